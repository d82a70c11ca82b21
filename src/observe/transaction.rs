//! Takes what names a SIP transaction, gives a fingerprint of it: sixteen bytes instead of texts, because every message
//! is looked up by it more than once.

use std::hash::{BuildHasher, Hash};
use std::net::{IpAddr, SocketAddr};

use foldhash::quality::RandomState;

use super::message::sip::{CSeq, SipMessage};

/// Two different transactions have the same fingerprint once in 2¹²⁸; no sender can bring that about, since the seeds
/// are random.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Fingerprint(u64, u64);

/// Makes fingerprints; those of one press can be compared.
#[derive(Clone, Debug, Default)]
pub(super) struct Press(RandomState, RandomState);

impl Press {
    /// What a message belongs to; `None` where it does not tell.
    pub(super) fn transaction(&self, message: &SipMessage) -> Option<Transaction<'_>> {
        Some(self.named(message.call_id.as_deref()?, message.cseq.as_ref()?))
    }

    /// A request and its answers, by Call-ID and `CSeq` (RFC 3261 section 8.1.3).
    pub(super) fn named(&self, call_id: &str, cseq: &CSeq) -> Transaction<'_> {
        Transaction { press: self, print: self.print((call_id, cseq.number, &cseq.method)) }
    }

    fn print(&self, named: impl Hash + Copy) -> Fingerprint {
        Fingerprint(self.0.hash_one(named), self.1.hash_one(named))
    }
}

/// A request and its answers, wherever they are seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transaction<'a> {
    press: &'a Press,
    print: Fingerprint,
}

impl Transaction<'_> {
    /// Whoever sends it to whom.
    pub(super) fn wherever(self) -> Fingerprint {
        self.print
    }

    /// Between two hosts.
    pub(super) fn between(self, from: IpAddr, to: IpAddr) -> Fingerprint {
        self.press.print((self.print, bits(from), bits(to)))
    }

    /// One attempt, whoever sends it.
    pub(super) fn to(self, to: SocketAddr, branch: &str) -> Fingerprint {
        self.press.print((self.print, bits(to.ip()), to.port(), branch))
    }

    /// Between two sockets, and as one attempt of those that share its number: by the branch of the Via.
    pub(super) fn attempt(self, from: SocketAddr, to: SocketAddr, branch: Option<&str>) -> [Fingerprint; 2] {
        let ports = u32::from(from.port()) << 16 | u32::from(to.port());
        let all = self.press.print((self.print, bits(from.ip()), bits(to.ip()), ports));
        [all, self.press.print((all, branch))]
    }
}

/// An address as one number, which is hashed at once.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::sip::Method;
    use super::*;

    #[test]
    fn whatever_differs_makes_another_fingerprint() {
        let press = Press::default();
        let cseq = |number, method| CSeq { number, method };
        let [one, other, third]: [SocketAddr; 3] =
            ["192.0.2.1:5060", "192.0.2.2:5060", "192.0.2.1:5061"].map(|text| text.parse().unwrap());
        let invite = press.named("a", &cseq(1, Method::Invite));
        let [all, exact] = invite.attempt(one, other, Some("z9hG4bK1"));
        let mut prints = vec![all, exact];
        for named in [
            press.named("b", &cseq(1, Method::Invite)),
            press.named("a", &cseq(2, Method::Invite)),
            press.named("a", &cseq(1, Method::Bye)),
        ] {
            prints.extend(named.attempt(one, other, Some("z9hG4bK1")));
        }
        prints.extend(invite.attempt(other, one, Some("z9hG4bK1")));
        prints.extend(invite.attempt(third, other, Some("z9hG4bK1")));
        prints.push(invite.attempt(one, other, None)[1]);
        prints.push(invite.attempt(one, other, Some("z9hG4bK2"))[1]);
        prints.extend([invite.between(one.ip(), other.ip()), invite.between(other.ip(), one.ip())]);
        prints.extend([one, other, third].map(|to| invite.to(to, "z9hG4bK1")));
        prints.push(invite.to(one, "z9hG4bK2"));
        for (at, print) in prints.iter().enumerate() {
            assert!(prints.iter().skip(at + 1).all(|other| other != print), "{at}");
        }
        let again = press.clone();
        assert_eq!(again.named("a", &cseq(1, Method::Invite)).attempt(one, other, None)[0], all);
    }
}
