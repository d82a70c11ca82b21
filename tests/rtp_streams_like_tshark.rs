//! Whole files: the streams that tshark knows from signalling have the figures that `tshark -z rtp,streams` shows.

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
    if !tshark::is_installed("streams_of_the_scenarios_have_the_figures_of_tshark") {
        return;
    }
    let outcomes = scenario::all().into_par_iter().map(|scenario| {
        let file = written(&scenario.file());
        judge(&scenario.name, file.path(), &hints(&scenario))
    });
    report(outcomes.collect());
}

#[test]
fn streams_of_recorded_captures_have_the_figures_of_tshark() {
    let test = "streams_of_recorded_captures_have_the_figures_of_tshark";
    let Some(files) = captures::collection(test, &["voip"]) else { return };
    if !tshark::is_installed(test) {
        return;
    }
    let outcomes = files.into_par_iter().map(|path| judge(&captures::name(&path), &path, &Hints::default()));
    report(outcomes.collect());
}

/// How many streams tshark shows in a file, and what is wrong here.
fn judge(name: &str, path: &Path, hints: &Hints) -> (usize, Vec<String>) {
    let Ok(audit) = audit_file(path, hints) else { return (0, Vec::new()) };
    let rows = tshark::streams(path, &[]);
    let mut wrong = complaints(&audit, &rows);
    let is_early = MEDIA_BEFORE_SDP.contains(&name);
    if is_early || DIFFERENT.iter().any(|(file, _)| *file == name) {
        if wrong.is_empty() {
            return (
                rows.len(),
                vec![format!("{name}: is listed as different, and all streams are the same")],
            );
        }
        wrong.clear();
    }
    if is_early {
        let mut guessed = tshark::streams(path, &["--enable-heuristic", "rtp_udp"]);
        guessed.retain(|guess| rows.iter().any(|row| row.key() == guess.key()));
        wrong = complaints(&audit, &guessed);
        if guessed.len() != rows.len() {
            wrong.push(format!("{} of {} streams with the heuristic", guessed.len(), rows.len()));
        }
    }
    (rows.len(), wrong.into_iter().map(|text| format!("{name}: {text}")).collect())
}

/// What differs between the streams and tshark's rows.
fn complaints(audit: &Audit, rows: &[StreamRow]) -> Vec<String> {
    let complaint = |row: &StreamRow| {
        let key = |stream: &Stream| (stream.source, stream.destination, stream.report.ssrc);
        let stream = audit.traffic.streams.iter().find(|stream| key(stream) == row.key());
        let Some(stream) = stream else { return Some(format!("not seen: {row:?}")) };
        match &stream.report.wireshark {
            Some(report) if tshark::is_same(report, &row.report) => None,
            report => Some(format!("{report:?}\n  is not {row:?}")),
        }
    };
    rows.iter().filter_map(complaint).collect()
}

fn report(outcomes: Vec<(usize, Vec<String>)>) {
    let streams: usize = outcomes.iter().map(|(count, _)| count).sum();
    let wrong: Vec<String> = outcomes.into_iter().flat_map(|(_, wrong)| wrong).collect();
    assert!(wrong.is_empty(), "{} of {streams} streams:\n{}", wrong.len(), wrong.join("\n"));
    assert!(streams > 0);
}
