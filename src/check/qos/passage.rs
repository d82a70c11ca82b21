//! Takes a stream whose packets come by twice, marked and then not; says what lies between the two places.

use crate::observe::media::marking::Remarked;
use crate::observe::{HostFacts, Stream};
use crate::site::longest;

use super::super::case::Case;
use super::super::finding::{Passage, Station};

/// By what the two copies differ in.
pub(super) fn of(case: &Case<'_>, stream: &Stream, pair: &Remarked) -> Passage {
    let [before, after] = pair.ttl;
    Passage {
        routers: before.saturating_sub(after),
        vlans: Some(pair.vlan).filter(|[before, after]| before != after),
        station: station(case, stream, pair.second.1),
    }
}

/// Who sent the copies that are marked `after`, if the packets of the stream come from two stations. Which of them is
/// which tells the mark: the first of the two that were read need not be the sender.
fn station(case: &Case<'_>, stream: &Stream, after: u8) -> Option<Station> {
    let flow = case.traffic.flows.get(stream.flow)?;
    let sent = match stream.source {
        source if source == flow.a => &flow.from_a,
        source if source == flow.b => &flow.from_b,
        // Of a relay: its station is not the sender's.
        _ => return None,
    };
    let (other, dscp) = sent.extra.other_mac?;
    let mac = if dscp == after { other } else { sent.mac? };
    let is_own = |host: &&HostFacts| host.macs.iter().any(|seen| seen.mac == mac && seen.paired);
    let mut owners = case.traffic.hosts.iter().filter(is_own);
    let address = match (owners.next(), owners.next()) {
        (Some(owner), None) => Some(owner.address),
        _ => None,
    };
    let makers = longest(&case.book.identities, mac);
    Some(Station { mac, maker: makers.first().map(|identity| identity.vendor.as_str().into()), address })
}
