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
    let of_role = case.book.exposures.iter().filter(|rule| rule.roles.contains(&end.device.role));
    of_role.into_iter().find(|rule| {
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
        && !case.is_provider(peer)
        && view.took_part()
        && view.received.payload_packets > 0
        && view.sent.payload_packets > 0
}
