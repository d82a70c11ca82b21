//! The entries of the long lists of a report, made one by one: there may be tens of thousands of streams and calls, and who
//! writes them needs none of them twice.

use std::collections::BTreeSet;

use super::call::{self, Ties};
use super::course;
use super::document::{Call, Flow, Stream};
use super::fill;
use super::worst::{Grade, family, worst_first, worst_streams};
use crate::check::{Audit, Unjudged};
use crate::observe::{self, Receivers, Spells};

/// Calls that tell their messages, unless all flows were asked for.
const LADDERS: usize = 50;
/// Streams that tell their course, unless all flows were asked for.
const COURSES: usize = 100;

/// What it takes to publish any flow, stream or call of an audit.
pub(super) struct Rows<'a> {
    audit: &'a Audit,
    flows: Vec<&'a observe::Flow>,
    ties: Ties,
    /// The voice of each call.
    voices: Vec<Vec<usize>>,
    receivers: Receivers<'a>,
    /// Positions of the streams that tell their course, and of the calls that tell their messages.
    courses: BTreeSet<usize>,
    ladders: BTreeSet<usize>,
}

impl<'a> Rows<'a> {
    /// Of an audit, with at most `limit` flows.
    pub(super) fn of(audit: &'a Audit, limit: usize) -> Self {
        let bounded = |most| if limit == usize::MAX { limit } else { most };
        let traffic = &audit.traffic;
        let grades: Vec<Grade> = traffic.streams.iter().map(|stream| Grade::of(&stream.report)).collect();
        let voices = traffic.voices();
        let ties = Ties::of(audit, &voices);
        let standings: Vec<_> =
            traffic.calls.iter().enumerate().map(|(id, call)| call::standing(id, call, &ties)).collect();
        let roots = worst_first(&standings, &grades).into_iter().take(bounded(LADDERS));
        let ladders = roots.flat_map(|root| family(&standings, root)).collect();
        drop(standings);
        Self {
            audit,
            flows: fill::chosen_flows(audit, limit),
            courses: worst_streams(&grades, bounded(COURSES)).into_iter().collect(),
            ladders,
            ties,
            receivers: Receivers::of(traffic),
            voices,
        }
    }

    /// How many flows are listed.
    pub(super) fn flows(&self) -> usize {
        self.flows.len()
    }

    /// How many streams there are.
    pub(super) fn streams(&self) -> usize {
        self.audit.traffic.streams.len()
    }

    /// How many calls there are.
    pub(super) fn calls(&self) -> usize {
        self.audit.traffic.calls.len()
    }

    /// One of the listed flows.
    pub(super) fn flow(&self, at: usize) -> Option<Flow> {
        self.flows.get(at).map(|flow| fill::flow(flow, self.audit))
    }

    /// One stream.
    pub(super) fn stream(&self, at: usize) -> Option<Stream> {
        let stream = self.audit.traffic.streams.get(at)?;
        let course = self.courses.contains(&at).then(|| course::of(&stream.report));
        let together = self.receivers.heard_with(stream);
        Some(fill::stream(stream, &self.audit.traffic, self.spells(stream), together, course))
    }

    /// One call.
    pub(super) fn call(&self, at: usize) -> Option<Call> {
        let call = self.audit.traffic.calls.get(at)?;
        Some(call::call(at, call, &self.ties, self.audit, self.voices.get(at)?, self.ladders.contains(&at)))
    }

    /// Where the clock of the capture jumps nobody can tell.
    fn spells(&self, stream: &observe::Stream) -> Spells {
        let voices = stream.call.and_then(|call| self.voices.get(call));
        let voices = voices.filter(|_| !self.audit.unjudged.contains(&Unjudged::Clock));
        voices.map(|voices| self.audit.traffic.spells_among(stream, voices)).unwrap_or_default()
    }
}
