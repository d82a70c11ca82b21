//! Whether a registration that the capture shows unanswered is so: the answer may have gone another way.

use std::net::IpAddr;

use super::Case;
use crate::capture::Timestamp;
use crate::observe::{Protocol, Registration};
use crate::site::Confidence;

/// Repetitions of requests over UDP that show that no answer came to who asks: one may cross with the answer.
pub(in crate::check) const LEAST_RESENT: u64 = 2;

impl Case<'_> {
    /// How sure it is that the latest requests of a registration got no answer. Where nothing shows that one of the registrar would
    /// be in the capture, that the client asks again and again shows that none came to it (RFC 3261 section 17.1.2.2); another way
    /// back than past the measuring point is unlikely there if other things come to it that way.
    pub(in crate::check) fn is_left_unanswered(&self, row: &Registration) -> Option<Confidence> {
        let tries = &row.unanswered;
        if self.may_have_been_answered(row) {
            None
        } else if self.would_see_its_answer(row) || self.is_turned_away(row) {
            Some(Confidence::Likely)
        } else {
            let is_resent = row.protocol == Protocol::Udp && tries.count >= tries.requests + LEAST_RESENT;
            (is_resent && self.is_reached(row.client.ip())).then_some(Confidence::Suspected)
        }
    }

    /// Whether ICMP says of the latest requests of an account, from whatever port of the client, that they did not
    /// reach the registrar.
    fn is_turned_away(&self, row: &Registration) -> bool {
        let Some((first, _)) = row.unanswered.span else { return false };
        let ports = self.registrations_of(row.client.ip()).filter(|one| one.aor == row.aor);
        let views = ports.flat_map(|one| self.datagrams_of(one.client));
        views.filter(|view| view.peer() == row.registrar).any(|view| {
            let is_own = view.started();
            let mut told = view.flow.extra.icmp.iter();
            told.any(|icmp| icmp.about_a == is_own && icmp.is_undelivered() && icmp.span.1 >= first)
        })
    }

    /// Whether anything that goes to this host alone is in the capture.
    fn is_reached(&self, host: IpAddr) -> bool {
        let by_arp = self.host(host).and_then(|facts| facts.arp.as_ref()?.reached);
        by_arp.is_some() || self.ways().reached.contains_key(&host)
    }

    /// Whether anything came to this host alone since then.
    pub(in crate::check) fn is_reached_since(&self, host: IpAddr, from: Timestamp) -> bool {
        let by_arp = self.host(host).and_then(|facts| facts.arp.as_ref()?.reached);
        by_arp.max(self.ways().reached.get(&host).copied()) >= Some(from)
    }
}
