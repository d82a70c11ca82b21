//! The exclusions of the project's table of faults, by name: what looks like a fault and is none. Beside each site stands
//! a twin without what excuses it, about which the code is raised.

mod carried;
mod connection;
mod course;
mod fork;
mod heard;
mod list;
mod marking;
mod network;
mod pascom;
mod signalling;

use pbxray::check::{Audit, Severity};
use samplegen::capture::Capture;
use samplegen::net::{Class, End, Line, MS, Net, SECOND};
use samplegen::scenario::Scenario;
use samplegen::scenario::agfeo::{self, DOMAIN, PBX, Site, T14};
use samplegen::talk::rtp::{self, Codec, Header};
use samplegen::talk::sip::{self, Dialog};

use crate::support::stages::audit_of;

/// When the calls of these sites begin.
const AT: u64 = 2 * SECOND;
const PCMA: u8 = 8;
const COMFORT_NOISE: u8 = 13;

fn audit(capture: Capture) -> Audit {
    audit_of(&Scenario::new("exclusion", "", capture).pbx(PBX, "es-pure-ip"))
}

/// Whether the code is raised with at least this severity.
fn is_raised(audit: &Audit, code: &str, least: Severity) -> bool {
    audit.findings.iter().any(|finding| finding.code().as_str() == code && finding.severity >= least)
}

/// The code is raised about the twin and not about the site.
#[track_caller]
fn excluded(code: &str, site: Net, twin: Net) {
    excluded_in(code, site.capture(), twin.capture());
}

#[track_caller]
fn excluded_in(code: &str, site: Capture, twin: Capture) {
    let (site, twin) = (audit(site), audit(twin));
    assert!(is_raised(&twin, code, Severity::Info), "{code} without the exclusion: {:?}", twin.findings);
    assert!(!is_raised(&site, code, Severity::Info), "{code}: {:?}", site.findings);
}

/// The base site without a call.
fn site() -> Net {
    Site { lasts: 0, ..Site::default() }.net()
}

fn phone() -> Line {
    agfeo::t14_line(T14)
}

fn pbx() -> Line {
    agfeo::pbx_line(PBX, 5204)
}

/// What this side describes: G.711 at its port, in this direction.
fn sdp(line: Line, direction: &str) -> String {
    sip::sdp(line.media.from.address(), Codec::Pcma, direction)
}

/// A call of one line at another, message by message.
struct Talk {
    dialog: Dialog,
    caller: Line,
    callee: Line,
}

impl Talk {
    fn new(net: &mut Net, caller: Line, callee: Line) -> Self {
        Self { dialog: net.dialog(caller, callee, DOMAIN), caller, callee }
    }

    /// INVITE and 180.
    fn invite(&self, net: &mut Net, at: u64, offer: &str) {
        let steps = [
            (true, self.dialog.request("INVITE", 1, &[], offer)),
            (false, self.dialog.answer("180 Ringing", "INVITE", 1, &[], "")),
        ];
        net.signal(at, self.caller.sip, self.callee.sip, &steps);
    }

    /// A final answer to the INVITE, and ACK.
    fn answer(&self, net: &mut Net, at: u64, status: &str, reply: &str) {
        let steps = [
            (false, self.dialog.answer(status, "INVITE", 1, &[], reply)),
            (true, self.dialog.request("ACK", 1, &[], "")),
        ];
        net.signal(at, self.caller.sip, self.callee.sip, &steps);
    }

    /// A request of the caller in the running call, answered with 200.
    fn ask(&self, net: &mut Net, at: u64, (method, sequence): (&str, u32), offer: &str, reply: &str) {
        let steps = [
            (true, self.dialog.request(method, sequence, &[], offer)),
            (false, self.dialog.answer("200 OK", method, sequence, &[], reply)),
        ];
        net.signal(at, self.caller.sip, self.callee.sip, &steps);
    }

    fn hang_up(&self, net: &mut Net, at: u64) {
        self.ask(net, at, ("BYE", 9), "", "");
    }
}

/// An answered call of the T14 at the PBX with these descriptions; it stands 100 ms after [`AT`] and lasts so long.
fn described(net: &mut Net, lasts: u64, offer: &str, reply: &str) -> Talk {
    let talk = Talk::new(net, phone(), pbx());
    talk.invite(net, AT, offer);
    talk.answer(net, AT + 100 * MS, "200 OK", reply);
    talk.hang_up(net, AT + 100 * MS + lasts);
    talk
}

/// An answered call that is agreed as usual.
fn agreed(net: &mut Net, lasts: u64) -> Talk {
    described(net, lasts, &sdp(phone(), "sendrecv"), &sdp(pbx(), "sendrecv"))
}

/// One source's packets of 20 ms.
#[derive(Clone, Copy)]
pub(crate) struct Voice {
    pub(crate) from: End,
    pub(crate) to: End,
    pub(crate) ssrc: u32,
    pub(crate) payload_type: u8,
    pub(crate) class: Class,
}

impl Voice {
    pub(crate) const fn new(from: End, to: End) -> Self {
        Self { from, to, ssrc: 7, payload_type: PCMA, class: Class::Voice }
    }

    /// So many packets from `at` on, numbered from `first` on.
    pub(crate) fn speak(&self, net: &mut Net, at: u64, first: u16, packets: u16) {
        for nth in 0..packets {
            let time = at + u64::from(nth) * 20 * MS;
            let header = Header {
                payload_type: self.payload_type,
                marker: nth == 0,
                sequence: first.wrapping_add(nth),
                // 8 kHz.
                timestamp: (time / 125_000) as u32,
                ssrc: self.ssrc,
            };
            let payload = if self.payload_type == COMFORT_NOISE { vec![0x40] } else { vec![0xd5; 160] };
            net.udp(time, self.from, self.to, self.class, &rtp::rtp(&header, &payload));
        }
    }
}

/// The T14's voice to the PBX, and the PBX's to the T14.
fn forth() -> Voice {
    Voice::new(phone().media.from, pbx().media.from)
}

fn back() -> Voice {
    Voice { ssrc: 8, ..Voice::new(pbx().media.from, phone().media.from) }
}
