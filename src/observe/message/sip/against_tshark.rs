//! Compares what is read of SIP with what tshark reads, over captures of many programs.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use etherparse::{LaxSlicedPacket, TransportSlice};
use pcap_file::DataLink;
use pcap_file::pcap::PcapReader;

use super::{Kind, read};

/// Files that are not compared, and why.
const EXCEPTIONS: [(&str, &str); 1] = [(
    "ntop_nDPI__fuzz-2006-06-26-2594.pcap",
    "random bytes changed; tshark ends a text at NUL and passes over other ports",
)];

/// Method or status, Call-ID, `CSeq`, User-Agent of a frame.
type Row = [String; 4];

#[test]
fn reads_what_tshark_reads() {
    let root = std::env::var_os("PBXRAY_CAPTURES")
        .map_or_else(|| PathBuf::from("../shared/captures"), PathBuf::from);
    let Ok(directory) = std::fs::read_dir(root.join("voip")) else {
        println!("skipped reads_what_tshark_reads: no captures at {}", root.display());
        return;
    };
    if Command::new("tshark").arg("--version").output().is_err() {
        println!("skipped reads_what_tshark_reads: no tshark");
        return;
    }
    let mut paths: Vec<PathBuf> = directory.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let (mut frames, mut differences) = (0, Vec::new());
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some((_, reason)) = EXCEPTIONS.iter().find(|(exception, _)| *exception == name) {
            println!("not compared: {name}: {reason}");
            continue;
        }
        let datagrams = datagrams(&path);
        if !datagrams.values().any(|(bytes, _)| memchr::memmem::find(bytes, b"SIP/2.0").is_some()) {
            continue;
        }
        let expected = tshark(&path);
        for (number, (bytes, is_cut)) in &datagrams {
            let (ours, theirs) = (row(bytes, *is_cut), expected.get(number));
            frames += usize::from(theirs.is_some());
            if ours.as_ref() != theirs {
                differences.push(format!("{name} {number}: {ours:?} instead of {theirs:?}"));
            }
        }
    }
    assert!(differences.is_empty(), "{} of {frames}:\n{}", differences.len(), differences.join("\n"));
    assert!(frames > 1000, "only {frames} frames compared");
}

fn row(bytes: &[u8], is_cut: bool) -> Option<Row> {
    let message = read(bytes, is_cut)?;
    let what = match &message.kind {
        Kind::Request { method, .. } => method.to_string(),
        Kind::Response { status, .. } => status.to_string(),
    };
    let cseq = message.cseq.map(|cseq| format!("{} {}", cseq.number, cseq.method));
    let text = |text: Option<super::Text>| text.map_or_else(String::new, |text| text.as_str().to_owned());
    Some([what, text(message.call_id), cseq.unwrap_or_default(), text(message.user_agent)])
}

/// Payload of every unfragmented UDP datagram of a classic Ethernet capture, by frame number, and whether it is cut.
fn datagrams(path: &Path) -> BTreeMap<u64, (Vec<u8>, bool)> {
    let mut datagrams = BTreeMap::new();
    let Some(mut reader) = File::open(path).ok().and_then(|file| PcapReader::new(file).ok()) else {
        return datagrams;
    };
    if reader.header().datalink != DataLink::ETHERNET {
        return datagrams;
    }
    let mut number = 0;
    while let Some(Ok(packet)) = reader.next_packet() {
        number += 1;
        let Ok(sliced) = LaxSlicedPacket::from_ethernet(packet.data()) else { continue };
        let is_fragment = sliced
            .net
            .as_ref()
            .is_some_and(|net| net.ip_payload_ref().is_some_and(|payload| payload.fragmented));
        if let (Some(TransportSlice::Udp(udp)), false) = (sliced.transport, is_fragment) {
            let is_cut = packet.data().len() < packet.orig_len() as usize;
            datagrams.insert(number, (udp.payload().to_vec(), is_cut));
        }
    }
    datagrams
}

fn tshark(path: &Path) -> BTreeMap<u64, Row> {
    const FIELDS: [&str; 6] =
        ["frame.number", "sip.Method", "sip.Status-Code", "sip.Call-ID", "sip.CSeq", "sip.User-Agent"];
    let mut command = Command::new("tshark");
    command.arg("-r").arg(path).args(["-n", "-Y", "sip && udp", "-T", "fields", "-E", "occurrence=f"]);
    for field in FIELDS {
        command.args(["-e", field]);
    }
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .filter_map(|line| {
            let mut fields = line.split('\t').map(|field| field.trim_end().to_owned());
            let number = fields.next()?.parse().ok()?;
            let (method, status) = (fields.next()?, fields.next()?);
            let what = if method.is_empty() { status } else { method };
            Some((number, [what, fields.next()?, fields.next()?, fields.next()?]))
        })
        .collect()
}
