//! Takes a conversation with the ICMP about it; says whether it refused what one side of it sends, and then that nobody heard it.

use std::net::{IpAddr, SocketAddr};

use super::traffic::{Flow, Stream};
use crate::capture::Timestamp;

/// Messages of ICMP about a stream; routers send few of them. Who hangs up first refuses what is still under way.
const LEAST_REFUSED: u64 = 3;
/// Whoever refuses goes on to speak for so long (ns).
const LEAST_SPOKEN: i64 = 2_000_000_000;

impl Flow {
    /// How often ICMP said of what one end sends that it cannot be delivered; 0 where that may be what was still under way when
    /// the other side had hung up.
    #[must_use]
    pub fn refused(&self, source: SocketAddr) -> u64 {
        let is_of_a = self.a == source;
        let errors = self.extra.icmp.iter().filter(|icmp| icmp.about_a == is_of_a && icmp.is_unreachable());
        let count = errors.map(|icmp| icmp.count).sum();
        if count >= LEAST_REFUSED { count } else { 0 }
    }

    /// The same where nothing came back, or where whoever speaks there refuses it himself all the while: a firewall on the host.
    #[must_use]
    pub fn turned_away(&self, source: SocketAddr) -> u64 {
        let (back, peer) = if self.a == source { (&self.from_b, self.b) } else { (&self.from_a, self.a) };
        let is_from_early_on = || back.packets == 0 && self.is_refused_early(source);
        let is_taken = !is_from_early_on() && !self.is_refused_by_speaker(source, peer.ip());
        if is_taken { 0 } else { self.refused(source) }
    }

    /// Whether that began within the first half of what is sent; a call that is over is refused at its end.
    fn is_refused_early(&self, source: SocketAddr) -> bool {
        let (is_of_a, sent) = if self.a == source { (true, &self.from_a) } else { (false, &self.from_b) };
        let Some(((_, first), (_, last))) = sent.first.zip(sent.last) else { return true };
        let mut errors =
            self.extra.icmp.iter().filter(|icmp| icmp.about_a == is_of_a && icmp.is_unreachable());
        errors.any(|icmp| icmp.span.0.since(first).saturating_mul(2) <= last.since(first))
    }

    /// Whether the other end speaks itself and takes nothing of this one.
    #[must_use]
    pub fn is_refused_by_speaker(&self, source: SocketAddr, peer: IpAddr) -> bool {
        let (is_of_a, back) = if self.a == source { (true, &self.from_b) } else { (false, &self.from_a) };
        let speaks_on = |until: Timestamp| back.last.is_some_and(|(_, last)| last > until);
        back.packets > 0
            && self.extra.icmp.iter().any(|icmp| {
                icmp.about_a == is_of_a
                    && icmp.is_lasting_refusal_of(peer)
                    && speaks_on(icmp.span.0.plus(LEAST_SPOKEN))
            })
    }
}

/// Takes back how good a stream sounds where its receiver did not take it.
pub(super) fn note(stream: &mut Stream, flow: &Flow) {
    if flow.turned_away(stream.source) > 0 {
        stream.report.quality = None;
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, ip, sent, stream, udp};
    use super::super::media::quality::Quality;
    use super::super::{IcmpReport, Traffic};
    use super::*;
    use crate::capture::Frame;

    const FROM: &str = "192.168.10.21:10000";
    const TO: &str = "192.168.10.2:5204";

    /// Voice with a MOS, to a port that refused so many packets of it and sent so many.
    fn voice(refused: u64, back: u64) -> (Stream, Flow) {
        let mut flow = Flow { from_b: sent(back), ..udp(FROM, TO) };
        flow.extra.icmp.push(Box::new(IcmpReport {
            reporter: ip("192.168.10.2"),
            about_a: true,
            v6: false,
            kind: 3,
            code: 3,
            frame: Frame::new(0, 5),
            count: refused,
            span: (at(0), at(0)),
            pause: 0,
            identification: 0,
        }));
        let mut voice = stream(FROM, TO, &[(46, 200)]);
        voice.report.quality = Some(Quality { rating: 93.2, mos: 4.4 });
        (voice, flow)
    }

    #[test]
    fn voice_that_nobody_took_sounds_like_nothing() {
        let is_rated = |refused, back| {
            let (mut voice, flow) = voice(refused, back);
            note(&mut voice, &flow);
            voice.report.quality.is_some()
        };
        assert!(!is_rated(3, 0));
        assert!(is_rated(2, 0), "still under way when the other side hung up");
        assert!(is_rated(3, 9), "it speaks itself");
    }

    #[test]
    fn what_is_refused_only_at_its_end_was_taken_before() {
        let turned_away = |from: i64| {
            let (voice, mut flow) = voice(3, 0);
            let frame = |nth| Frame::new(0, nth);
            (flow.from_a.first, flow.from_a.last) = (Some((frame(1), at(0))), Some((frame(99), at(16_000))));
            flow.extra.icmp[0].span = (at(from), at(from + 900));
            flow.turned_away(voice.source)
        };
        assert_eq!((turned_away(20), turned_away(8_000), turned_away(15_100)), (3, 3, 0));
    }

    #[test]
    fn a_message_that_several_interfaces_captured_counts_once() {
        let (_, mut flow) = voice(1, 0);
        let told = *flow.extra.icmp[0];
        let heard = |ns: i64| IcmpReport { span: (at(0).plus(ns), at(0).plus(ns)), ..told };
        let first = heard(0);
        assert!(first.is_copied_by(&heard(45_000)) && !first.is_copied_by(&heard(20_000_000)));
        let numbered = |identification, ns| IcmpReport { identification, ..heard(ns) };
        assert!(numbered(7, 0).is_copied_by(&numbered(7, 45_000)));
        assert!(!numbered(7, 0).is_copied_by(&numbered(8, 45_000)), "two requests that came together");
        flow.extra.icmp[0].add(&heard(20_000_000));
        assert_eq!(flow.extra.icmp[0].count, 2);
    }

    #[test]
    fn nor_does_the_part_of_it_that_belongs_to_one_of_its_calls() {
        let mos = |refused| {
            let (mut voice, flow) = voice(refused, 0);
            (voice.is_shared, voice.report.codec) = (true, Some("PCMA".to_owned()));
            let voice = super::super::fixture::spoken(voice, 0, &[(46, 0, 1.0); 4]);
            let calls = vec![super::super::fixture::call(FROM, TO)];
            let traffic = Traffic { flows: vec![flow], streams: vec![voice], calls, ..Traffic::default() };
            traffic.in_call(0, 0).unwrap().quality.map(|quality| quality.mos)
        };
        assert!(mos(0).is_some() && mos(9).is_none());
    }
}
