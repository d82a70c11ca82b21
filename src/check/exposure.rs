//! Which flows are answers to the Internet that a document forbids: SEC findings are about them, and no others.

use crate::observe::message::App;
use crate::observe::{FlowView, Protocol};
use crate::rules::Exposure;
use crate::site::Scope;

use super::case::{Case, End};

/// The rule that forbids what this end of a flow does.
pub(super) fn exposure<'a>(case: &Case<'a>, end: &End<'_>) -> Option<&'a Exposure> {
    let view = &end.view;
    if !is_asked_from_the_internet(case, view) {
        return None;
    }
    case.book.exposures_of(&end.device.role).find(|rule| {
        let transport = match view.flow.protocol {
            Protocol::Udp => rule.transport.admits_udp(),
            Protocol::Tcp => rule.transport.admits_tcp(),
            _ => false,
        };
        let spoken = rule.speaks.iter().any(|word| *word == view.flow.app.name());
        let by_port = rule.ports.contains(view.own().port())
            && (rule.speaks.is_empty() || spoken || view.flow.app == App::Unknown);
        transport && (by_port || spoken)
    })
}

/// A public host that is no provider started, and the device answered with content.
fn is_asked_from_the_internet(case: &Case<'_>, view: &FlowView<'_>) -> bool {
    let peer = view.peer().ip();
    !view.started()
        && case.scope(peer) == Scope::Public
        && !case.is_partner(view.host(), peer)
        // Whoever sends first, be it an empty line, keeps a way open for the other one (RFC 5626 section 3.5.1).
        && view.received.first.map(|(_, time)| time) <= view.sent.first.map(|(_, time)| time)
        && view.took_part()
        && view.received.payload_packets > 0
        && view.sent.payload_packets > 0
}
