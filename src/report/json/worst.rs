//! Which calls and streams are the worst: they alone tell all. Takes the few values that decide it, which a report that is
//! being made has as well as a stored one.

use std::cmp::Ordering;

use super::call::{Call, CallState};
use super::document::Stream;
use super::fill::finite;
use crate::observe::media::StreamReport;
use crate::report::text::{EXPEDITED_FORWARDING, is_everyday, is_failure};

/// How good a stream was, where that can be told.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Grade {
    pub(super) mos: Option<f64>,
    pub(super) lost_percent: Option<f64>,
    pub(super) ef_percent: Option<f64>,
}

impl Grade {
    /// Of what was seen.
    pub(super) fn of(report: &StreamReport) -> Self {
        Self {
            mos: report.quality.as_ref().and_then(|quality| finite(quality.mos)),
            lost_percent: report.lost_percent().and_then(finite),
            ef_percent: finite(report.dscp_percent(EXPEDITED_FORWARDING)),
        }
    }

    /// Of what was published.
    pub(in crate::report) fn published(stream: &Stream) -> Self {
        Self { mos: stream.mos, lost_percent: stream.lost_percent, ef_percent: stream.ef_percent }
    }
}

/// How a call ended, and what belongs to it by its position.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Standing<'a> {
    outcome: u8,
    leg_of: Option<usize>,
    leg_by: &'a [usize],
    streams: &'a [usize],
}

/// What a call came to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome<'a> {
    pub(super) state: CallState,
    pub(super) final_status: Option<u16>,
    pub(super) unacknowledged: bool,
    pub(super) reason: Option<&'a str>,
    pub(super) rang: bool,
}

impl<'a> Standing<'a> {
    pub(super) fn of(
        outcome: Outcome<'_>,
        leg_of: Option<usize>,
        leg_by: &'a [usize],
        streams: &'a [usize],
    ) -> Self {
        Self { outcome: outcome.rank(), leg_of, leg_by, streams }
    }

    /// Of what was published.
    pub(in crate::report) fn published(call: &'a Call) -> Self {
        let outcome = Outcome {
            state: call.state,
            final_status: call.final_status,
            unacknowledged: call.unacknowledged,
            reason: call.reason.as_deref(),
            rang: call.ringing.is_some(),
        };
        Self::of(outcome, call.leg_of, &call.leg_by, &call.streams)
    }

    fn rank(&self, grades: &[Grade]) -> Rank {
        let own = || self.streams.iter().filter_map(|stream| grades.get(*stream));
        let least = |values: &mut dyn Iterator<Item = f64>, best: f64| values.fold(best, f64::min);
        Rank {
            outcome: self.outcome,
            mos: least(&mut own().filter_map(|grade| grade.mos), 5.0),
            kept_percent: least(
                &mut own().filter_map(|grade| grade.lost_percent).map(|lost| 100.0 - lost),
                100.0,
            ),
            ef_percent: least(&mut own().filter_map(|grade| grade.ef_percent), 100.0),
        }
    }
}

impl Outcome<'_> {
    /// The worst smallest.
    fn rank(self) -> u8 {
        match (self.state, self.final_status) {
            (CallState::Unanswered, _) => 0,
            (CallState::Answered, _) if self.unacknowledged => 1,
            (CallState::Cancelled, Some(status)) if is_failure(status) => 1,
            (CallState::Rejected, Some(408)) if self.rang => 3,
            (CallState::Rejected, Some(status)) if is_everyday(status, self.reason) => 3,
            (CallState::Rejected, _) => 1,
            (CallState::Answered | CallState::Cancelled | CallState::Open, _) => 2,
        }
    }
}

/// How a call stands, the worst smallest.
#[derive(Clone, Copy, Debug, Default)]
struct Rank {
    outcome: u8,
    mos: f64,
    kept_percent: f64,
    ef_percent: f64,
}

impl Rank {
    fn compare(&self, other: &Self) -> Ordering {
        self.outcome
            .cmp(&other.outcome)
            .then(self.mos.total_cmp(&other.mos))
            .then(self.kept_percent.total_cmp(&other.kept_percent))
            .then(self.ef_percent.total_cmp(&other.ef_percent))
    }
}

/// A call and what a PBX passed it on as, in order.
pub(in crate::report) fn family(calls: &[Standing<'_>], root: usize) -> Vec<usize> {
    let mut members = vec![root];
    let mut at = 0;
    while let Some(call) = members.get(at).and_then(|member| calls.get(*member)) {
        // A stored report may tie calls in a circle.
        let more: Vec<usize> = call.leg_by.iter().copied().filter(|leg| !members.contains(leg)).collect();
        members.extend(more);
        at += 1;
    }
    members.retain(|member| *member < calls.len());
    members
}

/// Positions of the calls that are no leg of another, the worst first: those that came to nothing, then those with the
/// worst voice, then the earliest.
pub(in crate::report) fn worst_first(calls: &[Standing<'_>], grades: &[Grade]) -> Vec<usize> {
    let mut ranked: Vec<(usize, Rank)> = calls
        .iter()
        .enumerate()
        .filter(|(_, call)| call.leg_of.is_none())
        .map(|(root, _)| {
            let members = family(calls, root);
            let ranks = members.iter().filter_map(|member| calls.get(*member)).map(|call| call.rank(grades));
            (root, ranks.min_by(Rank::compare).unwrap_or_default())
        })
        .collect();
    ranked.sort_by(|x, y| x.1.compare(&y.1).then(x.0.cmp(&y.0)));
    ranked.into_iter().map(|(root, _)| root).collect()
}

/// Positions of the `most` streams with the worst voice, of all if there are no more.
pub(super) fn worst_streams(grades: &[Grade], most: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..grades.len()).collect();
    if order.len() > most {
        let rank = |at: &usize| {
            let grade = grades.get(*at);
            let mos = grade.and_then(|one| one.mos).unwrap_or(5.0);
            let lost = grade.and_then(|one| one.lost_percent).unwrap_or_default();
            (mos, -lost)
        };
        order.sort_by(|x, y| {
            let (x, y) = (rank(x), rank(y));
            x.0.total_cmp(&y.0).then(x.1.total_cmp(&y.1))
        });
        order.truncate(most);
    }
    order
}
