//! The same site seen through another link layer, a tunnel or a short snap length: the same findings, but for what
//! the layer itself cannot carry.

mod support;

use std::fmt::Write as _;

use pbxray::check::Audit;
use pbxray::site::{Confidence, Hints};
use samplegen::capture::Capture;
use samplegen::file::pcapng;
use samplegen::frame::Tag;
use samplegen::scenario::{self, Container, Scenario};
use samplegen::wrap::{Wrap, wrap};

use support::stages::{Said, audit_bytes, hints, said, stated};

/// Tags whose priority is the one that voice needs: nothing to be said about them.
const TAGGED: [Wrap; 2] =
    [Wrap::Vlan(Tag { vlan: 10, pcp: 5 }), Wrap::QinQ(Tag { vlan: 7, pcp: 0 }, Tag { vlan: 10, pcp: 5 })];

/// What needs more of a SIP message than the snap length leaves: from which length on it is seen, scenario, code.
const NEEDS_CONTENT: [(u32, &str, &str); 28] = [
    // Port 5060 over TCP alone does not make it SIP: its first line does.
    (96, "port-009", "PORT-009"),
    // Where voice is to go and how long its packets are stands in SDP.
    (u32::MAX, "rtp-001", "RTP-001"),
    (u32::MAX, "rtp-002", "RTP-002"),
    // What the receiver has is said by RTCP behind the cut.
    (96, "rtp-003-mirror", "RTP-003"),
    (u32::MAX, "rtp-006", "RTP-006"),
    (u32::MAX, "rtp-006", "RTP-006"),
    (u32::MAX, "rtp-007", "RTP-007"),
    // So do the beginning and the end of a call, from which on its voice is to go on.
    (u32::MAX, "rtp-008", "RTP-008"),
    (u32::MAX, "rtp-009", "RTP-009"),
    (u32::MAX, "rtp-013", "RTP-013"),
    (u32::MAX, "rtp-014", "RTP-014"),
    // What became of a message stands in headers behind the cut, and a fragment that is cut cannot be told from a lost one.
    (u32::MAX, "sig-001", "SIG-001"),
    (u32::MAX, "sig-002", "SIG-002"),
    (u32::MAX, "sig-003", "SIG-003"),
    (u32::MAX, "sig-004", "SIG-004"),
    (u32::MAX, "sig-005", "SIG-005"),
    (u32::MAX, "sig-006", "SIG-006"),
    (u32::MAX, "sig-007", "SIG-007"),
    (u32::MAX, "sig-007-expired", "SIG-007"),
    (u32::MAX, "sig-008", "SIG-008"),
    (u32::MAX, "sig-009", "SIG-009"),
    // What is asked for, and what is offered, stands behind the headers.
    (96, "net-001", "NET-001"),
    (96, "net-001-unknown", "NET-001"),
    (u32::MAX, "net-003", "NET-003"),
    // Users are counted by their To headers.
    (u32::MAX, "sec-002", "SEC-002"),
    (u32::MAX, "sec-002-unanswered", "SEC-002"),
    // As of port-009.
    (96, "remark-calls", "PORT-009"),
    (96, "remark-calls-near", "PORT-009"),
];

/// That the PBX talks to its provider is said by SIP behind the cut; without it the port is one that nobody documented.
const PROVIDER_UNKNOWN: (&str, &str) = ("port-009-near", "PORT-001");
/// That the blocked port is that of a registration is said by SIP behind the cut.
const REGISTRATION_UNKNOWN: (&str, &str) = ("sig-002", "PORT-003");
/// That the receiver has what the capture lacks is said by RTCP behind the cut.
const RECEIVER_UNKNOWN: (&str, &str) = ("rtp-003-mirror", "RTP-003");
/// That it is SIP which comes to the registrar over TCP, only its content says.
const CALLER_UNKNOWN: (&str, &str) = ("port-009", "PORT-001");
/// That it is STUN, or SIP of a telephone that is gone or over TCP, only what is behind the cut says.
const CONTENT_UNKNOWN: (&str, &str) = ("remark-", "PORT-001");

#[test]
fn layers_and_tunnels_change_no_finding() {
    let layers = Wrap::ALL.into_iter().filter(|how| !is_tag(*how) && !matches!(how, Wrap::Snap(_)));
    let layers: Vec<Wrap> = layers.chain(TAGGED).collect();
    for scenario in scenarios() {
        let hints = hints(&scenario);
        let plain = said(&audit(&scenario.capture, &hints));
        for &how in &layers {
            let found = said(&audit(&wrap(&scenario.capture, how), &hints));
            let (gone, new) = difference(&plain, &found);
            let (name, is_bare) = (scenario.name.as_str(), has_only_packets(how));
            // ARP goes in none that carries IP alone.
            let may_go = |code| is_bare && matches!(code, "QOS-005" | "NET-004") || code == "NET-005";
            assert!(gone.iter().all(|said| may_go(said.0)), "{how:?} {name}: gone {gone:?}");
            assert!(new.is_empty(), "{how:?} {name}: new {new:?}");
        }
    }
}

#[test]
fn a_tag_without_priority_changes_only_what_is_said_about_priority() {
    for scenario in scenarios() {
        let hints = hints(&scenario);
        let others = |capture: &Capture| {
            let (priority, others): (Vec<Said>, Vec<Said>) =
                said(&audit(capture, &hints)).into_iter().partition(|said| said.0 == "QOS-005");
            (priority.len(), others)
        };
        let (priority, plain) = others(&scenario.capture);
        for how in Wrap::ALL.into_iter().filter(|how| is_tag(*how)) {
            let (found_priority, found) = others(&wrap(&scenario.capture, how));
            assert_eq!(found, plain, "{how:?} {}", scenario.name);
            assert!(found_priority >= priority, "{how:?} {}", scenario.name);
        }
    }
}

#[test]
fn short_frames_keep_marking_and_ports() {
    for snap in [60, 96, 128] {
        let mut needing = Vec::new();
        for scenario in scenarios() {
            // Agents and names are cut off too: who is who the user has to say.
            let hints = roles_of(&audit(&scenario.capture, &hints(&scenario)));
            let whole = said(&audit(&scenario.capture, &hints));
            let cut = said(&audit(&wrap(&scenario.capture, Wrap::Snap(snap)), &hints));
            let (gone, new) = difference(&whole, &cut);
            needing.extend(gone.iter().map(|said| (scenario.name.clone(), said.0)));
            let known = [PROVIDER_UNKNOWN, REGISTRATION_UNKNOWN, RECEIVER_UNKNOWN, CALLER_UNKNOWN];
            let (remarks, of_content) = CONTENT_UNKNOWN;
            let is_remark = |code| scenario.name.starts_with(remarks) && code == of_content;
            let may_come = |code| {
                code == "CAP-004" || known.contains(&(scenario.name.as_str(), code)) || is_remark(code)
            };
            assert!(new.iter().all(|said| may_come(said.0)), "{snap} {}: new {new:?}", scenario.name);
        }
        let expected = NEEDS_CONTENT.into_iter().filter(|(enough, ..)| snap < *enough);
        let expected: Vec<_> = expected.map(|(_, name, code)| (name.to_owned(), code)).collect();
        assert_eq!(needing, expected, "{snap} bytes");
    }
}

/// Those whose frames, and not the file around them, are what they show.
fn scenarios() -> impl Iterator<Item = Scenario> {
    scenario::all().into_iter().filter(|scenario| !matches!(scenario.container, Container::File(..)))
}

fn audit(capture: &Capture, hints: &Hints) -> Audit {
    audit_bytes(&pcapng::write(capture), hints)
}

/// Whoever was recognised with good reason, stated by the user.
fn roles_of(audit: &Audit) -> Hints {
    let mut site = String::new();
    for device in audit.site.devices.iter().filter(|device| device.confidence >= Confidence::Likely) {
        let _ = write!(site, "[[host]]\naddress = \"{}\"\nrole = \"{}\"\n", device.address, device.role);
        if let Some(model) = &device.model {
            let _ = writeln!(site, "model = \"{model}\"");
        }
    }
    stated(site, &[])
}

fn is_tag(how: Wrap) -> bool {
    matches!(how, Wrap::Vlan(_) | Wrap::QinQ(..))
}

/// Whether the layer carries IP packets without their Ethernet header: no hardware addresses, no tags.
fn has_only_packets(how: Wrap) -> bool {
    matches!(how, Wrap::RawIp | Wrap::Null | Wrap::Loop | Wrap::Ppp | Wrap::Gre | Wrap::IpInIp)
}

/// What is only in `before`, and what is only in `after`.
fn difference(before: &[Said], after: &[Said]) -> (Vec<Said>, Vec<Said>) {
    let only =
        |these: &[Said], those: &[Said]| these.iter().filter(|said| !those.contains(said)).copied().collect();
    (only(before, after), only(after, before))
}
