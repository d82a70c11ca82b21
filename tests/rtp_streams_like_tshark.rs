//! Whole files: the streams that tshark knows from signalling have the figures that `tshark -z rtp,streams` shows.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper that cannot go on fails the test; the table is for people"
)]

mod support;

use std::path::Path;

use pbxray::check::Audit;
use pbxray::observe::Stream;
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

/// One figure, or one stream, that is not tshark's.
struct Difference {
    file: String,
    stream: String,
    column: &'static str,
    ours: String,
    theirs: String,
}

/// What became of a file.
struct Outcome {
    streams: usize,
    differences: Vec<Difference>,
    /// Why the differences are right.
    reason: Option<&'static str>,
    /// What is wrong with the lists above.
    stale: Option<String>,
}

fn judge(name: &str, path: &Path, hints: &Hints) -> Outcome {
    let Ok(audit) = audit_file(path, hints) else {
        return Outcome { streams: 0, differences: Vec::new(), reason: None, stale: None };
    };
    let rows = tshark::streams(path, &[]);
    let mut differences = differences(name, &audit, &rows);
    let mut reason = DIFFERENT.iter().find(|(file, _)| *file == name).map(|(_, reason)| *reason);
    let mut stale = None;
    if MEDIA_BEFORE_SDP.contains(&name) {
        reason = Some("media before the SDP that announces it; the same with tshark's heuristic");
        let mut guessed = tshark::streams(path, &["--enable-heuristic", "rtp_udp"]);
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
    Outcome { streams: rows.len(), differences, reason, stale }
}

/// What differs between the streams and tshark's rows.
fn differences(name: &str, audit: &Audit, rows: &[StreamRow]) -> Vec<Difference> {
    let difference = |row: &StreamRow, column, ours: String, theirs: String| Difference {
        file: name.to_owned(),
        stream: format!("{} → {} {:#010x}", row.source, row.destination, row.ssrc),
        column,
        ours,
        theirs,
    };
    rows.iter()
        .flat_map(|row| {
            let key = |stream: &Stream| (stream.source, stream.destination, stream.report.ssrc);
            let stream = audit.traffic.streams.iter().find(|stream| key(stream) == row.key());
            match stream.and_then(|stream| stream.report.wireshark.as_ref()) {
                Some(report) => tshark::differences(report, &row.report)
                    .into_iter()
                    .map(|(column, ours, theirs)| {
                        difference(row, column, ours.to_string(), theirs.to_string())
                    })
                    .collect(),
                None => {
                    vec![difference(row, "stream", "none".into(), format!("{} packets", row.report.packets))]
                }
            }
        })
        .collect()
}

/// Prints the table of differences; fails for those without a reason. Gives the number of tshark's streams.
fn settle(test: &str, outcomes: Vec<Outcome>) -> usize {
    let streams = outcomes.iter().map(|outcome| outcome.streams).sum();
    let mut wrong = Vec::new();
    println!("{test}: {streams} streams");
    println!("file | stream | column | pbxray | tshark | why");
    for outcome in outcomes {
        for Difference { file, stream, column, ours, theirs } in outcome.differences {
            let why = outcome.reason.unwrap_or("UNEXPLAINED");
            let line = format!("{file} | {stream} | {column} | {ours} | {theirs} | {why}");
            println!("{line}");
            if outcome.reason.is_none() {
                wrong.push(line);
            }
        }
        wrong.extend(outcome.stale);
    }
    assert!(wrong.is_empty(), "{} of {streams} streams:\n{}", wrong.len(), wrong.join("\n"));
    streams
}
