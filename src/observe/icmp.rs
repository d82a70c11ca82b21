//! What ICMP says about a conversation: who could not be reached, how often and for how long.

use std::net::IpAddr;

use crate::capture::{Frame, Timestamp};

/// A copy comes so soon (ns).
const COPY_WITHIN: i64 = 1_000_000;
/// From so long (ns) a host that refuses packets does so lastingly, if it says so at least that often (ns).
const LASTING: i64 = 3_000_000_000;
const OFTEN: i64 = 2_500_000_000;

/// An ICMP error about a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IcmpReport {
    /// Who sent the error.
    pub reporter: IpAddr,
    /// Whether the quoted packet was one that `a` had sent.
    pub about_a: bool,
    /// ICMPv6 instead of ICMP.
    pub v6: bool,
    /// ICMP type.
    pub kind: u8,
    /// ICMP code.
    pub code: u8,
    /// First frame.
    pub frame: Frame,
    /// How often.
    pub count: u64,
    /// When it came first and last.
    pub span: (Timestamp, Timestamp),
    /// Longest time (ns) between two.
    pub pause: i64,
    /// Identification of the latest one's own IP header, 0 where it has none.
    pub identification: u16,
}

impl IcmpReport {
    /// Whether another one says the same.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        let said = |one: &Self| (one.reporter, one.about_a, one.v6, one.kind, one.code);
        said(self) == said(other)
    }

    /// Whether another one that says the same is a copy of the latest: hosts limit how often they say so (RFC 1812 section
    /// 4.3.2.8), and several interfaces capture each. Two that are numbered apart are two, as soon as they may follow.
    #[must_use]
    pub fn is_copied_by(&self, other: &Self) -> bool {
        let between = other.span.0.since(self.span.1);
        let numbers = (self.identification, other.identification);
        let is_same = numbers.0 == numbers.1 || numbers.0 == 0 || numbers.1 == 0;
        self.span.1.is_known() && (1..COPY_WITHIN).contains(&between) && is_same
    }

    /// Counts another one that says the same and came later.
    pub fn add(&mut self, later: &Self) {
        self.count += later.count;
        self.frame = self.frame.min(later.frame);
        let between = later.span.0.since(self.span.1).saturating_abs();
        self.pause = self.pause.max(later.pause).max(between);
        self.identification = later.identification;
        self.span = (self.span.0.min(later.span.0), self.span.1.max(later.span.1));
    }

    /// Whether the host itself says again and again, for a while, that it takes nothing there. Linux does so once a second; what
    /// was still under way when a call ended is refused within a moment.
    #[must_use]
    pub fn is_lasting_refusal_of(&self, host: IpAddr) -> bool {
        // Port unreachable and prohibited: RFC 792 and 1812, RFC 4443.
        let is_refusal =
            if self.v6 { matches!(self.code, 1 | 4) } else { matches!(self.code, 3 | 9 | 10 | 13) };
        self.reporter == host
            && self.is_unreachable()
            && is_refusal
            && self.span.1.since(self.span.0) >= LASTING
            && self.pause <= OFTEN
    }

    /// Whether it says that the packet did not reach whom it was for.
    #[must_use]
    pub fn is_undelivered(&self) -> bool {
        self.is_unreachable() || self.is_expired()
    }

    /// Whether it says that the packet went through too many routers, as it does where they send it round and round: RFC 792,
    /// and RFC 4443 section 3.3. Fragments that were never put together are something else.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        self.kind == if self.v6 { 3 } else { 11 } && self.code == 0
    }

    /// Whether it says that fragments of the packet never came: RFC 792, and RFC 4443 section 3.3.
    #[must_use]
    pub fn lacked_fragments(&self) -> bool {
        self.kind == if self.v6 { 3 } else { 11 } && self.code == 1
    }

    /// Whether it says that the packet could not be delivered: RFC 792, and RFC 4443 section 3.1. That it is too large says
    /// nothing of the target.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        self.kind == if self.v6 { 1 } else { 3 } && !self.is_too_big()
    }

    /// Whether it says that the packet is too large for the way: RFC 1191 section 4, and RFC 4443 section 3.2.
    #[must_use]
    pub fn is_too_big(&self) -> bool {
        if self.v6 { self.kind == 2 } else { (self.kind, self.code) == (3, 4) }
    }
}
