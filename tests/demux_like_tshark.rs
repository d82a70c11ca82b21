//! STUN, TURN channels, DTLS, ZRTP and SRTP are told apart from media packet by packet (RFC 7983), compared with what tshark
//! counts in the collection of captures.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use pbxray::observe::message::{App, recognise_datagram};
use pbxray::site::Hints;

use support::stages::audit_file;
use support::{captures, tshark};

/// What tshark calls a datagram, the innermost of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Stun,
    Dtls,
    Zrtp,
}

/// Datagrams that tshark and we see differently, by capture: how many tshark calls so and we do not, how many we do and
/// tshark does not, and who is right.
const DIFFERENT: &[(&str, Kind, usize, usize, &str)] = &[
    (
        "voip/8Wenders8_MTAA_SIP_PROXY__7-presmerovanie.pcap",
        Kind::Dtls,
        12,
        0,
        "CoAP in clear at port 5684, no record",
    ),
    (
        "voip/Magum23_mtaa-sip__conference_call.pcapng",
        Kind::Dtls,
        12,
        0,
        "CoAP in clear at port 5684, no record",
    ),
    (
        "voip/VuongBaNam_demo__CallSkype.pcapng",
        Kind::Stun,
        475,
        0,
        "framing of Microsoft's own (0xff10), no channel of RFC 8656",
    ),
    (
        "voip/goffinet_sip_captures__sip-flow-private.pcapng",
        Kind::Stun,
        0,
        2,
        "TAPA for tshark by its port 5000, and yet with the cookie",
    ),
    ("voip/ntop_nDPI__stun.pcap", Kind::Dtls, 0, 1, "a first hello, before tshark knows the flow"),
];

/// Ports, payload and protocols of each datagram that is in no tunnel; tshark decodes by content where it can.
fn datagrams(file: &Path) -> Vec<(u16, u16, Vec<u8>, String)> {
    let fields = ["udp.srcport", "udp.dstport", "udp.payload", "udp.length", "frame.protocols"];
    let mut words = vec!["-Y", "udp", "-T", "fields"];
    fields.iter().for_each(|field| words.extend(["-e", field]));
    let table = tshark::read(file, &words).unwrap_or_default();
    let rows = table.lines().filter_map(|line| {
        let mut cells = line.split('\t');
        let (source, destination) = (cells.next()?.parse().ok()?, cells.next()?.parse().ok()?);
        let digits = cells.next()?;
        let length: usize = cells.next()?.parse().ok()?;
        let bytes: Vec<u8> = (0..digits.len() / 2)
            .map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16))
            .collect::<Result<_, _>>()
            .ok()?;
        // Only whole ones: what is cut may be anything.
        (bytes.len() + 8 == length)
            .then(|| (source, destination, bytes, cells.next().unwrap_or_default().to_owned()))
    });
    rows.collect()
}

fn of_tshark(protocols: &str) -> Option<Kind> {
    let below = protocols.split(":udp:").last()?;
    let mut names = below.split(':');
    match (names.next()?, names.next()) {
        ("stun" | "classicstun", _) => Some(Kind::Stun),
        ("dtls", _) => Some(Kind::Dtls),
        // SDP announced RTP on these ports, whose reader hands it on.
        ("zrtp", _) | ("rtp", Some("zrtp")) => Some(Kind::Zrtp),
        _ => None,
    }
}

fn of_ours(source: u16, destination: u16, bytes: &[u8]) -> Option<Kind> {
    match recognise_datagram(bytes, bytes.len(), source, destination) {
        Some(App::Stun) => Some(Kind::Stun),
        Some(App::Dtls) => Some(Kind::Dtls),
        Some(App::Zrtp) => Some(Kind::Zrtp),
        _ => None,
    }
}

#[test]
fn stun_and_dtls_are_counted_as_tshark_counts_them() {
    let test = "stun_and_dtls_are_counted_as_tshark_counts_them";
    if !tshark::is_installed(test) {
        return;
    }
    let Some(files) = captures::collection(test, &["voip"]) else { return };
    let mut found: BTreeMap<(String, Kind), [usize; 3]> = BTreeMap::new();
    for file in &files {
        for (source, destination, bytes, protocols) in datagrams(file) {
            let (theirs, ours) = (of_tshark(&protocols), of_ours(source, destination, &bytes));
            let mut count = |kind: Option<Kind>, column: usize| {
                if let Some(kind) = kind {
                    found.entry((captures::name(file), kind)).or_default()[column] += 1;
                }
            };
            match theirs == ours {
                true => count(theirs, 0),
                false => {
                    count(theirs, 1);
                    count(ours, 2);
                }
            }
        }
    }
    let same: [usize; 3] = [Kind::Stun, Kind::Dtls, Kind::Zrtp]
        .map(|kind| found.iter().filter(|((_, of), _)| *of == kind).map(|(_, [same, ..])| same).sum());
    let different: Vec<_> = found
        .iter()
        .filter(|(_, [_, theirs, ours])| theirs + ours > 0)
        .map(|((name, kind), [_, theirs, ours])| (name.as_str(), *kind, *theirs, *ours))
        .collect();
    let known: Vec<_> =
        DIFFERENT.iter().map(|(name, kind, theirs, ours, _)| (*name, *kind, *theirs, *ours)).collect();
    assert_eq!(different, known, "the same: {same:?}");
    assert!(same[0] > 1_000 && same[1] > 90 && same[2] >= 10, "{same:?}");
}

/// Captures with SRTP, and how many of its packets are in no stream of which we know, with the reason.
const SECURE: [(&str, u64, &str); 5] = [
    ("NormB_sipnab__Asterisk_ZFONE_XLITE.pcap", 0, ""),
    ("VuongBaNam_demo__testCall.pcapng", 0, ""),
    ("ntop_nDPI__stun.pcap", 0, ""),
    ("ntop_nDPI__stun_dtls_rtp.pcapng", 0, ""),
    ("pentesteracademy_voipshark__SIP-SRTP-Normal_Call_two_parties.pcap", 0, ""),
];

#[test]
fn srtp_is_known_by_what_sets_it_up() {
    let test = "srtp_is_known_by_what_sets_it_up";
    if !tshark::is_installed(test) {
        return;
    }
    let Some(files) = captures::collection(test, &["voip"]) else { return };
    let mut wrong = Vec::new();
    for (name, missing, why) in SECURE {
        let file = files.iter().find(|file| file.ends_with(name)).unwrap();
        let words =
            ["--enable-heuristic", "rtp_udp", "-Y", "srtp.enc_payload", "-T", "fields", "-e", "frame.number"];
        let theirs = tshark::read(file, &words).unwrap().lines().count() as u64;
        let audit = audit_file(file, &Hints::default()).unwrap();
        let secure = audit.traffic.streams.iter().filter(|stream| stream.report.secure == Some(true));
        let ours: u64 = secure.map(|stream| stream.report.counts.packets).sum();
        if theirs == 0 || theirs.saturating_sub(ours) != missing {
            wrong.push(format!("{name}: {ours} of {theirs}, {missing} less for: {why}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
