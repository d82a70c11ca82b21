//! Takes what names a SIP transaction, gives a fingerprint of it: sixteen bytes instead of texts, because every message
//! is looked up by it more than once.

use std::hash::{BuildHasher, Hash};

use foldhash::quality::RandomState;

use super::message::sip::CSeq;

/// Two different transactions have the same fingerprint once in 2¹²⁸; no sender can bring that about, since the seeds
/// are random.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Fingerprint(u64, u64);

/// Makes fingerprints; those of one press can be compared.
#[derive(Clone, Debug, Default)]
pub(super) struct Press(RandomState, RandomState);

impl Press {
    /// A request and its answers, Call-ID and `CSeq` (RFC 3261 section 8.1.3), between two ends as the caller of this
    /// tells them apart.
    pub(super) fn print(&self, call_id: &str, cseq: &CSeq, ends: impl Hash + Copy) -> Fingerprint {
        let transaction = (call_id, cseq.number, &cseq.method, ends);
        Fingerprint(self.0.hash_one(transaction), self.1.hash_one(transaction))
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
        let prints = [
            press.print("a", &cseq(1, Method::Invite), 1),
            press.print("b", &cseq(1, Method::Invite), 1),
            press.print("a", &cseq(2, Method::Invite), 1),
            press.print("a", &cseq(1, Method::Bye), 1),
            press.print("a", &cseq(1, Method::Invite), 2),
        ];
        for (at, print) in prints.iter().enumerate() {
            assert!(prints.iter().skip(at + 1).all(|other| other != print), "{at}");
        }
        assert_eq!(press.clone().print("a", &cseq(1, Method::Invite), 1), prints[0]);
    }
}
