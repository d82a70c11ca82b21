//! Whether something was sent in a given time: ports are used again by the next call, so that the whole of a flow says little
//! about one call.

use std::net::SocketAddr;

use crate::capture::Timestamp;
use crate::observe::{Direction, FlowView, Stream};

use super::Case;

/// Packets of a flow that are in none of its streams and say nothing: what opens a mapping, or comes behind a call.
const STRAYS: u64 = 2;

/// From a moment to another, or to the end of the capture.
#[derive(Clone, Copy, Debug)]
pub(in crate::check) struct Span {
    pub(in crate::check) from: Timestamp,
    pub(in crate::check) until: Option<Timestamp>,
}

impl Span {
    fn is_before_end(self, time: Timestamp) -> bool {
        self.until.is_none_or(|until| time <= until)
    }

    /// Whether what lasts from `first` to `last` has a part in it.
    pub(in crate::check) fn meets(self, first: Timestamp, last: Timestamp) -> bool {
        last >= self.from && self.is_before_end(first)
    }

    fn holds(self, first: Timestamp, last: Timestamp) -> bool {
        first >= self.from && self.is_before_end(last)
    }

    /// How many packets of a stream lie in it, as exactly as the intervals of its course are wide.
    pub(in crate::check) fn packets_of(self, stream: &Stream) -> u64 {
        let report = &stream.report;
        let (first, last) = (report.first.time, report.last.time);
        if !self.meets(first, last) {
            0
        } else if self.holds(first, last) {
            report.counts.packets
        } else {
            u64::from(report.course.between(self.from, self.until.unwrap_or(last)).packets)
        }
    }
}

impl Case<'_> {
    /// How many packets the own side of a flow over UDP sent in this time, as far as that is known: 0 means none. Where the
    /// flow reaches beyond it, its streams tell, and what is in none of them may have been sent at any time.
    pub(in crate::check) fn sent_in(&self, view: &FlowView<'_>, span: Span) -> u64 {
        self.count(view.sent, (view.own(), view.peer()), span)
    }

    /// The same of what the own side received.
    pub(in crate::check) fn received_in(&self, view: &FlowView<'_>, span: Span) -> u64 {
        self.count(view.received, (view.peer(), view.own()), span)
    }

    fn count(&self, sent: &Direction, (from, to): (SocketAddr, SocketAddr), span: Span) -> u64 {
        let (Some((_, first)), Some((_, last))) = (sent.first, sent.last) else { return sent.packets };
        if !span.meets(first, last) {
            return 0;
        }
        if span.holds(first, last) {
            return sent.packets;
        }
        let (mut all, mut within) = (0, 0);
        for stream in self.streams_between(from, to) {
            let counts = &stream.report.counts;
            all += counts.packets + counts.duplicates + counts.strays;
            within += span.packets_of(stream);
        }
        let others = sent.packets.saturating_sub(all);
        let least = u64::from(span.holds(first, first) || span.holds(last, last));
        least.max(within + if others > STRAYS { others } else { 0 })
    }
}
