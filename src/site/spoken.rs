//! What a flow shows beyond its ports, as evidence: takes what was read of it, says whether it may be what an identity describes;
//! and whose refusals count.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::identity::{Identity, PortPrint, longest};
use super::value::AppName;
use crate::observe::message::App;
use crate::observe::{FlowView, TcpOutcome, Traffic};

/// What no connection hides that begins in the capture.
const READABLE: [App; 4] = [App::Tls, App::Http, App::Xmpp, App::Ldap];

/// Whether what is spoken may be what `print` wants. `is_whole`: no packet is cut short, so that what a connection begins with is
/// read, if the capture has it.
pub(super) fn is_content_right(view: &FlowView<'_>, print: &PortPrint, is_whole: bool) -> bool {
    let is_readable = |word: &AppName| READABLE.iter().any(|known| *word == known.name());
    let has_begun = view.flow.tcp.as_ref().is_some_and(|tcp| {
        tcp.outcome == TcpOutcome::Answered && tcp.unseen_acknowledged == 0 && view.flow.extra.others == 0
    });
    let has_spoken = view.sent.payload_packets > 0 && view.received.payload_packets > 0;
    match view.flow.app {
        _ if print.read_as.is_empty() => true,
        App::Unknown => !(is_whole && has_begun && has_spoken && print.read_as.iter().all(is_readable)),
        app => print.read_as.iter().any(|word| *word == app.name()),
    }
}

/// Whether the peer tried to connect and the own side refused.
pub(super) fn is_refused(view: &FlowView<'_>) -> bool {
    let outcome = view.flow.tcp.as_ref().map(|tcp| tcp.outcome);
    !view.started() && view.sent.packets > 0 && outcome == Some(TcpOutcome::Refused)
}

/// Hosts with a hardware address of a vendor, and those of makers of telephones: that a telephone asks a vendor's host for a
/// service of this vendor tells what it is, also where it refuses. Anybody else may just try all ports.
pub(super) struct Refusing<'a> {
    makers: BTreeMap<IpAddr, &'a str>,
    telephones: BTreeSet<IpAddr>,
}

impl<'a> Refusing<'a> {
    pub(super) fn of(traffic: &Traffic, identities: &'a [Identity]) -> Self {
        let (mut makers, mut telephones) = (BTreeMap::new(), BTreeSet::new());
        // Without anybody who refuses nothing is to be looked up.
        let mut views = traffic.flows.iter().flat_map(FlowView::both);
        let any = views.any(|view| is_refused(&view));
        for facts in traffic.hosts.iter().filter(|facts| any && facts.on_link != Some(false)) {
            let Some(seen) = facts.macs.iter().find(|seen| !seen.mac.is_local() && !seen.mac.is_multicast())
            else {
                continue;
            };
            for identity in longest(identities, seen.mac) {
                if identity.telephones {
                    telephones.insert(facts.address);
                } else if identity.role.is_none() {
                    makers.insert(facts.address, identity.vendor.as_str());
                }
            }
        }
        Self { makers, telephones }
    }

    /// The vendor of the host, if it refused a telephone there.
    pub(super) fn maker(&self, view: &FlowView<'_>) -> Option<&'a str> {
        let maker = self.makers.get(&view.host())?;
        (is_refused(view) && self.telephones.contains(&view.peer().ip())).then_some(*maker)
    }
}
