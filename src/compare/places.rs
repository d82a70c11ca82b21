//! Takes a measurement; gives where in it each host is: looked up for every finding that went, and gone through once.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::check::Audit;
use crate::observe::{Call, FlowView, Stream};

/// Places in the lists of a measurement, by host, ascending.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Conversations of which it is an end.
    flows: HashMap<IpAddr, Vec<usize>>,
    /// Streams that it sends.
    streams: HashMap<IpAddr, Vec<usize>>,
    /// Calls that came to it.
    calls: HashMap<IpAddr, Vec<usize>>,
}

impl Places {
    pub(super) fn of(audit: &Audit) -> Self {
        let mut places = Self::default();
        for (at, flow) in audit.traffic.flows.iter().enumerate() {
            places.flows.entry(flow.a.ip()).or_default().push(at);
            if flow.a.ip() != flow.b.ip() {
                places.flows.entry(flow.b.ip()).or_default().push(at);
            }
        }
        for (at, stream) in audit.traffic.streams.iter().enumerate() {
            places.streams.entry(stream.source.ip()).or_default().push(at);
        }
        for (at, call) in audit.traffic.calls.iter().enumerate() {
            places.calls.entry(call.callee.ip()).or_default().push(at);
        }
        places
    }

    /// Conversations of a host of that measurement, as it sees them.
    pub(super) fn views<'a>(&self, audit: &'a Audit, host: IpAddr) -> impl Iterator<Item = FlowView<'a>> {
        let flows = all(&self.flows, host).filter_map(|at| audit.traffic.flows.get(at));
        flows.flat_map(FlowView::both).filter(move |view| view.host() == host)
    }

    /// Streams that it sends.
    pub(super) fn streams<'a>(&self, audit: &'a Audit, host: IpAddr) -> impl Iterator<Item = &'a Stream> {
        all(&self.streams, host).filter_map(|at| audit.traffic.streams.get(at))
    }

    /// Calls that came to it.
    pub(super) fn calls<'a>(&self, audit: &'a Audit, host: IpAddr) -> impl Iterator<Item = &'a Call> {
        all(&self.calls, host).filter_map(|at| audit.traffic.calls.get(at))
    }
}

fn all(places: &HashMap<IpAddr, Vec<usize>>, host: IpAddr) -> impl Iterator<Item = usize> {
    places.get(&host).into_iter().flatten().copied()
}
