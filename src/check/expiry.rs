//! Takes the registrations of an audit; gives when one ran out that nobody renewed, as far as the capture covers the time. Is
//! told and not judged: no finding comes of it.

use std::collections::HashMap;
use std::net::IpAddr;

use super::finding::{Audit, Unjudged};
use crate::capture::Timestamp;
use crate::observe::{FlowView, Registration, Standing};

/// So long (ns) behind its end a renewal may still come.
const GRACE: i64 = 2_000_000_000;

/// What tells for each registration whether it ran out.
#[derive(Debug)]
pub(crate) struct Expiry<'a> {
    /// When each capture begins and ends, and goes on behind a time without any packet: between two of them anything may have
    /// happened. None where the clock of the capture jumps.
    spans: Vec<(Timestamp, Timestamp)>,
    /// The latest grant of an account to a client, from whatever port and by whatever registrar.
    granted: HashMap<(&'a str, IpAddr), Timestamp>,
    /// When a host sent last.
    heard: HashMap<IpAddr, Timestamp>,
}

impl<'a> Expiry<'a> {
    pub(crate) fn of(audit: &'a Audit) -> Self {
        let spans = match audit.unjudged.contains(&Unjudged::Clock) {
            true => Vec::new(),
            false => audit.captures.iter().filter_map(|capture| capture.first.zip(capture.last)).collect(),
        };
        let spans = apart(spans, &audit.traffic.quality.pauses);
        let (mut granted, mut heard) = (HashMap::new(), HashMap::new());
        for row in &audit.traffic.registrations {
            if let Some((_, latest)) = row.granted {
                let known = granted.entry((&*row.aor, row.client.ip())).or_insert(latest);
                *known = latest.max(*known);
            }
        }
        let ends = audit.traffic.flows.iter().filter(|_| !granted.is_empty()).flat_map(FlowView::both);
        for (host, last) in ends.filter_map(|view| Some((view.host(), view.sent.last?.1))) {
            let known = heard.entry(host).or_insert(last);
            *known = last.max(*known);
        }
        Self { spans, granted, heard }
    }

    /// When it ran out, if nothing renewed it although the capture goes on and one of both is still heard.
    pub(crate) fn since(&self, row: &Registration) -> Option<Timestamp> {
        let (until, (_, granted)) = (row.bound.last()?.until, row.granted?);
        let is_settled = row.standing == Standing::Accepted && !row.is_leaving && row.unanswered.count == 0;
        let is_latest =
            self.granted.get(&(&*row.aor, row.client.ip())).is_none_or(|latest| *latest <= granted);
        let is_covered =
            self.spans.iter().any(|(first, last)| *first <= granted && *last >= until.plus(GRACE));
        let ends = [row.client.ip(), row.registrar.ip()];
        let is_heard = ends.iter().filter_map(|end| self.heard.get(end)).any(|last| *last >= until);
        (row.expires.is_some() && is_settled && is_latest && is_covered && is_heard).then_some(until)
    }
}

/// Cuts the pauses out of the spans.
fn apart(
    spans: Vec<(Timestamp, Timestamp)>,
    pauses: &[(Timestamp, Timestamp)],
) -> Vec<(Timestamp, Timestamp)> {
    let mut cut = Vec::new();
    for (first, last) in spans {
        let mut from = first;
        for (silent, again) in pauses.iter().filter(|(silent, again)| *silent >= first && *again <= last) {
            cut.push((from, *silent));
            from = *again;
        }
        cut.push((from, last));
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::super::audit;
    use super::super::fixture::World;
    use super::*;
    use crate::capture::{CaptureSummary, Ended};
    use crate::observe::Binding;
    use crate::observe::fixture::{at, frame, registration, udp};

    fn row(client: &str, granted: i64, until: i64) -> Registration {
        Registration {
            expires: Some(10),
            granted: Some((at(0), at(granted))),
            bound: vec![Binding { from: at(0), until: at(until) }],
            ..registration(client, "192.168.10.2:5060")
        }
    }

    /// Whether the first of these ran out where the capture and the last packet end then.
    fn ran_out(rows: Vec<Registration>, end: i64, heard: i64) -> bool {
        ran_out_of(rows, end, heard, |_| {})
    }

    fn ran_out_of(
        rows: Vec<Registration>,
        end: i64,
        heard: i64,
        spoil: impl Fn(&mut crate::observe::Quality),
    ) -> bool {
        let mut flow = udp("192.168.10.21:5060", "192.168.10.2:5060");
        flow.from_b.last = Some((frame(9), at(heard)));
        let mut world = World::new("").flows(vec![flow]);
        world.traffic.registrations = rows;
        spoil(&mut world.traffic.quality);
        let summary = CaptureSummary::unread("a.pcap".into(), "pcap".into(), Ended::Complete);
        let captures = vec![CaptureSummary { first: Some(at(0)), last: Some(at(end)), ..summary }];
        let audit = audit(captures, Vec::new(), world.traffic, world.site, &world.book, &world.hints);
        let first = audit.traffic.registrations.first().unwrap();
        Expiry::of(&audit).since(first) == Some(at(10_000))
    }

    #[test]
    fn what_was_not_renewed_in_time_has_run_out() {
        let phone = || row("192.168.10.21:5060", 0, 10_000);
        assert!(ran_out(vec![phone()], 20_000, 16_000));
        assert!(!ran_out(vec![phone()], 11_000, 11_000), "it may still come");
        assert!(!ran_out(vec![phone()], 20_000, 9_000), "nobody is heard any more");
        let elsewhere = row("192.168.10.21:5070", 9_000, 19_000);
        assert!(!ran_out(vec![phone(), elsewhere], 20_000, 16_000), "from another port");
        let other = row("192.168.10.22:5060", 9_000, 19_000);
        assert!(ran_out(vec![phone(), other], 20_000, 16_000), "another telephone");
        let leaving = Registration { standing: Standing::SignedOff, ..phone() };
        assert!(!ran_out(vec![leaving], 20_000, 16_000));
    }

    #[test]
    fn what_was_sent_while_nothing_was_captured_nobody_knows() {
        let phone = || vec![row("192.168.10.21:5060", 0, 10_000)];
        let paused = |from, until| {
            ran_out_of(phone(), 900_000, 800_000, |quality| quality.pauses = vec![(at(from), at(until))])
        };
        assert!(!paused(5_000, 600_000), "it may have been renewed meanwhile");
        assert!(!paused(11_000, 600_000), "or at the last moment");
        assert!(paused(13_000, 600_000));
        let jumps = |quality: &mut crate::observe::Quality| {
            (quality.clock_back, quality.clock_back_frames) = (1, vec![frame(3)]);
            quality.clock_back_max = 600_000_000_000;
        };
        assert!(!ran_out_of(phone(), 900_000, 800_000, jumps), "by a clock that was set");
    }

    #[test]
    fn between_two_captures_anything_may_have_happened() {
        let mut phone = row("192.168.10.21:5060", 0, 10_000);
        phone.granted = Some((at(-5_000), at(-5_000)));
        assert!(!ran_out(vec![phone], 20_000, 16_000), "granted in another one");
    }
}
