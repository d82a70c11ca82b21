//! Whole files: the streams that tshark knows from signalling have the figures that `tshark -z rtp,streams` shows; and
//! those that it finds by its heuristic alone, where both find them.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper that cannot go on fails the test; the table is for people"
)]

mod support;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;

use pbxray::capture::Timestamp;
use pbxray::check::Audit;
use pbxray::observe::{Protocol, Stream};
use pbxray::site::Hints;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use samplegen::scenario;

use support::captures;
use support::stages::{audit_file, hints, written};
use support::tshark::{self, StreamRow};

/// Here media began before the SDP that announces it, and tshark never looks back. With its heuristic it sees the same
/// packets, and then the figures agree.
const MEDIA_BEFORE_SDP: [&str; 7] = [
    "voip/Magum23_mtaa-sip__call_end_and_cancel.pcapng",
    "voip/Magum23_mtaa-sip__call_transfer.pcapng",
    "voip/Magum23_mtaa-sip__conference_call.pcapng",
    "voip/Magum23_mtaa-sip__video_call.pcapng",
    "voip/kuko6_mtaa-sip-proxy__presmerovanie.pcapng",
    "voip/plugin23_mtaa_sipproxy__konferencnyhovor.pcap",
    "voip/plugin23_mtaa_sipproxy__presmerovaniehovoru.pcap",
];

/// Files with other differences, looked at by hand.
const DIFFERENT: [(&str, &str); 3] = [
    ("voip/dangdanding_Docs__sip-rtp.pcap", "link type ERF is not decoded"),
    (
        "voip/ntop_nDPI__FAX-Call-t38-CA-TDM-SIP-FB-1.pcap",
        "27 packets of G.711 behind the re-INVITE to T.38, which tshark takes for T.38 already",
    ),
    ("voip/ntop_nDPI__fuzz-2006-06-26-2594.pcap", "a single packet is no stream here"),
];

/// How tshark looks for voice that no signalling announces.
const GUESS: [&str; 2] = ["--enable-heuristic", "rtp_udp"];

/// Fewer packets that nothing announces are no stream here: any datagram whose first two bits are 10 may be one for
/// tshark.
const LEAST_UNANNOUNCED: u64 = 10;
const FEW: &str = "fewer than 10 packets, which nothing announces";

/// Where the figures are not those of tshark with its heuristic.
const GUESSED_DIFFERENTLY: [(&str, &str); 4] = [
    (
        "voip/Magum23_mtaa-sip__call.pcapng",
        "what tshark guessed it knows no codec of, though SDP names one: it has no clock, and gives no jitter",
    ),
    ("voip/Magum23_mtaa-sip__call_end_and_cancel.pcapng", "the same: no codec, no clock, no jitter"),
    (
        "voip/VuongBaNam_demo__testCall.pcapng",
        "frames 521 and 531 are SRTP with the padding bit: tshark takes the last byte of the tag for a length, finds it too large, \
         and leaves them out",
    ),
    (
        "voip/ntop_nDPI__FAX-Call-t38-CA-TDM-SIP-FB-1.pcap",
        "27 packets of G.711 behind the re-INVITE to T.38, which tshark takes for T.38 already",
    ),
];

/// Streams of at least [`LEAST_UNANNOUNCED`] packets that the heuristic alone finds: file, synchronisation source, why.
const GUESSED_ALONE: [(&str, u32, &str); 8] = [
    (
        "voip/ntop_nDPI__line.pcap",
        0x09bd_a678,
        "timestamps of milliseconds and packets of 30 to 40 bytes at no pace: no clock of a codec, and no voice",
    ),
    ("voip/ntop_nDPI__line.pcap", 0x09bd_a674, "the same, the other way"),
    ("voip/ntop_nDPI__line.pcap", 222, "the same in another conversation"),
    ("voip/ntop_nDPI__line.pcap", 122, "the same, the other way"),
    (
        "voip/ntop_nDPI__i3d.pcap",
        249_769,
        "pieces of one picture with one timestamp: fewer than the 30 packets that video takes",
    ),
    (
        "voip/ntop_nDPI__stun_google_meet.pcapng",
        0,
        "no voice: the padding bit, source 0 and timestamp 0 in all packets, of 260 bytes, in bursts",
    ),
    ("voip/ntop_nDPI__stun_google_meet.pcapng", 0, "the same in another conversation, over IPv6 or IPv4"),
    (
        "voip/ntop_nDPI__stun_signal.pcapng",
        2_013,
        "no voice: the padding bit and timestamp 0 in all packets, of 264 bytes",
    ),
];

/// Streams that tshark does not find even so.
const FOUND_ALONE: [(&str, &str); 1] =
    [("voip/VuongBaNam_demo__CallSkype.pcapng", "relayed in TURN, which takes the heuristic rtp_stun")];

#[test]
fn streams_of_the_scenarios_have_the_figures_of_tshark() {
    let test = "streams_of_the_scenarios_have_the_figures_of_tshark";
    if !tshark::is_installed(test) {
        return;
    }
    let outcomes = scenario::all().into_par_iter().map(|scenario| {
        let file = written(&scenario.file());
        judge(&scenario.name, file.path(), &hints(&scenario))
    });
    let streams = settle(test, outcomes.collect());
    assert!(streams > 100, "{streams}");
}

/// The samples that were recorded from real programs.
#[test]
fn voice_in_turn_channels_has_the_figures_of_tshark() {
    let test = "voice_in_turn_channels_has_the_figures_of_tshark";
    if !tshark::is_installed(test) {
        return;
    }
    let scenario = scenario::find("pascom-turn").unwrap();
    let file = written(&scenario.file());
    // Unasked it takes what is relayed for data.
    assert!(tshark::streams(file.path(), &[]).is_empty());
    let rows = tshark::streams(file.path(), &["--enable-heuristic", "rtp_stun"]);
    let audit = audit_file(file.path(), &hints(&scenario)).unwrap();
    let relayed = audit.traffic.streams.iter().filter(|stream| stream.relay.is_some()).count();
    assert_eq!((rows.len(), relayed), (2, 2));
    let differences = differences(&scenario.name, &audit, &rows);
    let told: Vec<_> = differences.iter().map(|it| (&it.stream, it.column, &it.ours, &it.theirs)).collect();
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn streams_of_recorded_samples_have_the_figures_of_tshark() {
    let test = "streams_of_recorded_samples_have_the_figures_of_tshark";
    if !tshark::is_installed(test) {
        return;
    }
    let entries = std::fs::read_dir("samples/recorded").unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|it| it == "gz")).collect();
    assert!(files.len() >= 5, "{files:?}");
    let outcomes = files.into_par_iter().map(|path| judge(&captures::name(&path), &path, &Hints::default()));
    let streams = settle(test, outcomes.collect());
    assert!(streams >= 5, "{streams}");
}

#[test]
fn streams_of_recorded_captures_have_the_figures_of_tshark() {
    let test = "streams_of_recorded_captures_have_the_figures_of_tshark";
    let folders = ["voip", "other", "container", "linktype", "malformed"];
    let Some(files) = captures::collection(test, &folders) else { return };
    if !tshark::is_installed(test) {
        return;
    }
    let outcomes = files.into_par_iter().map(|path| judge(&captures::name(&path), &path, &Hints::default()));
    let streams = settle(test, outcomes.collect());
    assert!(streams > 100, "{streams}");
}

#[test]
fn streams_that_tshark_guesses_have_its_figures_where_both_find_them() {
    let test = "streams_that_tshark_guesses_have_its_figures_where_both_find_them";
    let folders = ["voip", "other", "container", "linktype", "malformed"];
    let Some(files) = captures::collection(test, &folders) else { return };
    if !tshark::is_installed(test) {
        return;
    }
    let outcomes: Vec<Outcome> =
        files.into_par_iter().map(|path| judge_guessed(&captures::name(&path), &path)).collect();
    let told: BTreeSet<(String, &str)> = outcomes
        .iter()
        .flat_map(|outcome| &outcome.differences)
        .filter_map(|it| Some((it.file.clone(), it.why?)))
        .collect();
    let streams = settle(test, outcomes);
    assert!(streams > 200, "{streams}");
    let listed = GUESSED_DIFFERENTLY.iter().chain(&FOUND_ALONE).copied();
    for (file, why) in listed.chain(GUESSED_ALONE.iter().map(|(file, _, why)| (*file, *why))) {
        assert!(told.contains(&(file.to_owned(), why)), "{file} is listed, and nothing differs: {why}");
    }
}

/// One figure, or one stream, that is not tshark's.
struct Difference {
    file: String,
    stream: String,
    column: &'static str,
    ours: String,
    theirs: String,
    /// Why it is right.
    why: Option<&'static str>,
}

/// What became of a file.
#[derive(Default)]
struct Outcome {
    /// Of tshark, or for the heuristic those that both found.
    streams: usize,
    differences: Vec<Difference>,
    /// What is wrong with the lists above.
    stale: Option<String>,
}

/// Whether a capture may hold voice of some length, announced or not.
fn has_datagrams(audit: &Audit) -> bool {
    let mut flows = audit.traffic.flows.iter();
    flows.any(|flow| flow.protocol == Protocol::Udp && flow.packets() >= LEAST_UNANNOUNCED)
}

fn key(stream: &Stream) -> (SocketAddr, SocketAddr, u32) {
    (stream.source, stream.destination, stream.report.ssrc)
}

fn judge_guessed(name: &str, path: &Path) -> Outcome {
    let Some(audit) = audit_file(path, &Hints::default()).ok().filter(has_datagrams) else {
        return Outcome::default();
    };
    let rows = tshark::streams(path, &GUESS);
    let keys: BTreeSet<_> = rows.iter().map(StreamRow::key).collect();
    let is_ours = |row: &StreamRow| audit.traffic.streams.iter().any(|stream| key(stream) == row.key());
    let (both, alone): (Vec<StreamRow>, Vec<StreamRow>) = rows.into_iter().partition(is_ours);
    let mut differences = differences(name, &audit, &both);
    let why =
        |list: &[(&str, &'static str)]| list.iter().find(|(file, _)| *file == name).map(|(_, why)| *why);
    differences.iter_mut().for_each(|difference| difference.why = why(&GUESSED_DIFFERENTLY));
    let mut listed: Vec<_> = GUESSED_ALONE.iter().filter(|(file, ..)| *file == name).collect();
    for row in &alone {
        let at = listed.iter().position(|(_, ssrc, _)| *ssrc == row.ssrc);
        let why = match row.report.packets {
            0..LEAST_UNANNOUNCED => Some(FEW),
            _ => at.map(|at| listed.remove(at).2),
        };
        differences.push(Difference { why, ..only_theirs(name, row) });
    }
    let ours = audit.traffic.streams.iter().filter(|stream| !keys.contains(&key(stream)));
    differences.extend(ours.map(|stream| Difference {
        file: name.to_owned(),
        stream: format!("{} → {} {:#010x}", stream.source, stream.destination, stream.report.ssrc),
        column: "stream",
        ours: format!("{} packets", stream.report.counts.packets),
        theirs: "none".to_owned(),
        why: why(&FOUND_ALONE),
    }));
    Outcome { streams: both.len(), differences, stale: None }
}

fn judge(name: &str, path: &Path, hints: &Hints) -> Outcome {
    let Ok(audit) = audit_file(path, hints) else { return Outcome::default() };
    let rows = tshark::streams(path, &[]);
    let mut differences = differences(name, &audit, &rows);
    let mut reason = DIFFERENT.iter().find(|(file, _)| *file == name).map(|(_, reason)| *reason);
    let mut stale = None;
    if MEDIA_BEFORE_SDP.contains(&name) {
        reason = Some("media before the SDP that announces it; the same with tshark's heuristic");
        let mut guessed = tshark::streams(path, &GUESS);
        guessed.retain(|guess| rows.iter().any(|row| row.key() == guess.key()));
        let left = self::differences(name, &audit, &guessed);
        if !left.is_empty() || guessed.len() != rows.len() {
            reason = None;
            differences.extend(left);
        }
    }
    if reason.is_some() && differences.is_empty() {
        stale = Some(format!("{name} is listed as different, and all streams are the same"));
    }
    differences.iter_mut().for_each(|difference| difference.why = reason);
    Outcome { streams: rows.len(), differences, stale }
}

/// A stream that tshark has and we have not.
fn only_theirs(name: &str, row: &StreamRow) -> Difference {
    Difference {
        file: name.to_owned(),
        stream: format!("{} → {} {:#010x}", row.source, row.destination, row.ssrc),
        column: "stream",
        ours: "none".to_owned(),
        theirs: format!("{} packets", row.report.packets),
        why: None,
    }
}

/// What differs between the streams and tshark's rows.
fn differences(name: &str, audit: &Audit, rows: &[StreamRow]) -> Vec<Difference> {
    let difference = |row: &StreamRow, column, ours: String, theirs: String| Difference {
        file: name.to_owned(),
        stream: format!("{} → {} {:#010x}", row.source, row.destination, row.ssrc),
        column,
        ours,
        theirs,
        why: None,
    };
    let since = first_frame(audit, rows);
    rows.iter()
        .flat_map(|row| {
            let stream = audit.traffic.streams.iter().find(|stream| key(stream) == row.key());
            let report = stream.and_then(|stream| Some((stream, stream.report.wireshark.as_ref()?)));
            match report {
                Some((stream, report)) => spans(since, stream, row)
                    .into_iter()
                    .chain(tshark::differences(report, &row.report))
                    .map(|(column, ours, theirs)| {
                        difference(row, column, ours.to_string(), theirs.to_string())
                    })
                    .collect(),
                None => vec![only_theirs(name, row)],
            }
        })
        .collect()
}

/// The time from which tshark counts. Where the clock goes back, or two interfaces deliver not quite in order, it need
/// not be the earliest; there the first stream tells it, and only the others are held to it.
fn first_frame(audit: &Audit, rows: &[StreamRow]) -> Option<Timestamp> {
    let earliest = audit.captures.first()?.first?;
    let told = rows.iter().find_map(|row| {
        let stream = audit.traffic.streams.iter().find(|stream| key(stream) == row.key())?;
        Some(stream.report.first.time.plus(-(row.span[0] * 1e9).round() as i64))
    })?;
    let is_near = told.since(earliest).abs() <= 1_000_000;
    Some(if is_near || audit.traffic.quality.clock_back > 0 { told } else { earliest })
}

/// Where the first or the last packet is another one, by its time in seconds after the first frame.
fn spans(since: Option<Timestamp>, stream: &Stream, row: &StreamRow) -> Vec<(&'static str, f64, f64)> {
    let Some(since) = since else { return Vec::new() };
    let ours = [stream.report.first.time, stream.report.last.time].map(|time| time.since(since) as f64 / 1e9);
    let columns = ["start", "end"].into_iter().zip(ours).zip(row.span);
    // tshark prints microseconds.
    columns
        .filter(|((_, ours), theirs)| (ours - theirs).abs() > 2e-6)
        .map(|((column, ours), theirs)| (column, ours, theirs))
        .collect()
}

/// Prints the table of differences; fails for those without a reason. Gives the number of tshark's streams.
fn settle(test: &str, outcomes: Vec<Outcome>) -> usize {
    let streams = outcomes.iter().map(|outcome| outcome.streams).sum();
    let mut wrong = Vec::new();
    println!("{test}: {streams} streams");
    println!("file | stream | column | pbxray | tshark | why");
    for outcome in outcomes {
        for Difference { file, stream, column, ours, theirs, why } in outcome.differences {
            let told = why.unwrap_or("UNEXPLAINED");
            let line = format!("{file} | {stream} | {column} | {ours} | {theirs} | {told}");
            println!("{line}");
            if why.is_none() {
                wrong.push(line);
            }
        }
        wrong.extend(outcome.stale);
    }
    assert!(wrong.is_empty(), "{} of {streams} streams:\n{}", wrong.len(), wrong.join("\n"));
    streams
}
