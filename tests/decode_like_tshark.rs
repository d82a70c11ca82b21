//! Every frame of public captures gives the same innermost addresses, ports and DSCP as tshark's.
//!
//! Reads classic pcap files of `../shared/captures` (or `PBXRAY_CAPTURES`): all of `linktype`, and of the other
//! classes every twentieth, or every file with `PBXRAY_ORACLE=all`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "clippy.toml allows both in test functions only"
)]

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use pbxray::capture::{LinkType, Record, Timestamp};
use pbxray::decode::{Decoded, Packet, decode};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

/// Files in which some frames are read otherwise on purpose: name, how many frames, why.
const EXCEPTIONS: &[(&str, usize, &str)] = &[
    ("AlexeyVasilev_PcapFlowLab__parsing_mpls_pw_01_mpls_pw_eth_ipv4_tcp_no_cw.pcap", 1, PSEUDOWIRE),
    ("AlexeyVasilev_PcapFlowLab__parsing_mpls_pw_02_mpls_pw_eth_ipv4_udp_no_cw.pcap", 1, PSEUDOWIRE),
    ("AlexeyVasilev_PcapFlowLab__showcase_pcap_flow_lab_showcase.pcap", 1, PSEUDOWIRE),
    ("arkime_arkime__vxlan.pcap", 2, "ARP inside VXLAN is a link message"),
    ("dotpcap_packetnet__ipv6_redirect.pcap", 1, "a redirect is no ICMPv6 error"),
    ("ntop_nDPI__fuzz-2006-06-26-2594.pcap", 1, CUT_CHAIN),
    ("ntop_nDPI__teredo.pcap", 24, "Teredo is not taken off"),
    ("seladb_PcapPlusPlus__Pcap++Test_ip4_bad_fragment.pcap", 1, CUT_CHAIN),
    ("the-tcpdump-group_tcpdump__ip6_frag_asan.pcap", 1, CUT_CHAIN),
    ("the-tcpdump-group_tcpdump__sflow-print-v6.pcap", 5, "headers sampled by sFlow are no packets"),
];
const PSEUDOWIRE: &str = "tshark takes an address that starts with 0 for a control word";
const CUT_CHAIN: &str = "options or extension headers end behind the frame: no ports to judge by";

const EVERY: usize = 20;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    source: IpAddr,
    destination: IpAddr,
    ports: (u16, u16),
    /// `None` where the row speaks of a packet that an ICMP error quotes.
    dscp: Option<u8>,
}

#[test]
fn innermost_packet_is_the_one_that_tshark_shows_last() {
    let Some(files) = captures() else { return };
    let results: Vec<(String, Vec<String>)> =
        files.par_iter().filter_map(|path| Some((file_name(path), differences(path)?))).collect();
    assert!(!results.is_empty(), "no capture could be compared");

    let allowed: BTreeMap<&str, usize> = EXCEPTIONS.iter().map(|&(name, count, _)| (name, count)).collect();
    let mut wrong = Vec::new();
    for (name, lines) in &results {
        if lines.len() != allowed.get(name.as_str()).copied().unwrap_or_default() {
            wrong.push(format!("{name}: {} frames differ\n    {}", lines.len(), first_lines(lines)));
        }
    }
    assert!(wrong.is_empty(), "{} of {} files:\n{}", wrong.len(), results.len(), wrong.join("\n"));
}

fn first_lines(lines: &[String]) -> String {
    lines.iter().take(5).map(String::as_str).collect::<Vec<_>>().join("\n    ")
}

/// `None`, with a line that says so, where captures or tshark are absent.
fn captures() -> Option<Vec<PathBuf>> {
    let root =
        env::var_os("PBXRAY_CAPTURES").map_or_else(|| PathBuf::from("../shared/captures"), PathBuf::from);
    let tshark = Command::new("tshark").arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !root.is_dir() || !tshark.is_ok_and(|status| status.success()) {
        println!("skipped: decode_like_tshark needs tshark and captures in {}", root.display());
        return None;
    }
    let all = env::var("PBXRAY_ORACLE").is_ok_and(|value| value == "all");
    let mut files = pcap_files(&root.join("linktype"));
    for class in ["container", "malformed", "other", "voip"] {
        let step = if all { 1 } else { EVERY };
        files.extend(pcap_files(&root.join(class)).into_iter().step_by(step));
    }
    Some(files)
}

fn pcap_files(directory: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pcap" || extension == "cap"))
        .collect();
    files.sort();
    files
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// One line per frame that differs; `None` if the file is no classic pcap.
fn differences(path: &Path) -> Option<Vec<String>> {
    let ours = our_rows(&fs::read(path).unwrap())?;
    let theirs = tshark_rows(path);
    let mut lines = Vec::new();
    for (index, theirs) in theirs.iter().enumerate() {
        let ours = ours.get(index);
        let same = match (ours.and_then(|(row, _)| row.as_ref()), theirs) {
            (Some(ours), Some(theirs)) => {
                let dscp_fits = ours.dscp.is_none() || ours.dscp == theirs.dscp;
                dscp_fits && Row { dscp: theirs.dscp, ..ours.clone() } == *theirs
            }
            (ours, theirs) => ours == theirs.as_ref(),
        };
        if !same {
            lines.push(format!("frame {}: {ours:?}\n      tshark {theirs:?}", index + 1));
        }
    }
    Some(lines)
}

fn our_rows(file: &[u8]) -> Option<Vec<(Option<Row>, String)>> {
    let word = |at: usize, little: bool| {
        let bytes = *file.get(at..)?.first_chunk()?;
        Some(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    };
    let little = match word(0, true)? {
        0xa1b2_c3d4 | 0xa1b2_3c4d => true,
        0xd4c3_b2a1 | 0x4d3c_b2a1 => false,
        _ => return None,
    };
    let link = LinkType(word(20, little)? as u16);
    let (mut rows, mut at) = (Vec::new(), 24);
    while let (Some(captured), Some(original_length)) = (word(at + 8, little), word(at + 12, little)) {
        let Some(data) = file.get(at + 16..at + 16 + captured as usize) else { break };
        let record = Record {
            index: rows.len() as u64,
            time: Timestamp(0),
            interface: 0,
            link,
            original_length,
            data,
            offset: at as u32 + 16,
        };
        let decoded = decode(&record);
        rows.push((our_row(&decoded), format!("{decoded:?}").chars().take(60).collect()));
        at += 16 + captured as usize;
    }
    Some(rows)
}

fn our_row(decoded: &Decoded) -> Option<Row> {
    let row = |packet: &Packet| Row {
        source: packet.source,
        destination: packet.destination,
        ports: (packet.source_port, packet.destination_port),
        dscp: Some(packet.dscp),
    };
    match decoded {
        Decoded::Packet(packet) => Some(row(packet)),
        Decoded::Fragment { fragment, first } => Some(row(first.as_deref().unwrap_or(&fragment.packet))),
        Decoded::IcmpError(error) => Some(Row {
            source: error.quoted_source,
            destination: error.quoted_destination,
            ports: error.quoted_ports,
            dscp: None,
        }),
        Decoded::Link(_) | Decoded::Skipped(_) => None,
    }
}

const FIELDS: [&str; 13] = [
    "frame.protocols",
    "ip.src",
    "ip.dst",
    "ip.dsfield.dscp",
    "ipv6.src",
    "ipv6.dst",
    "ipv6.tclass.dscp",
    "udp.srcport",
    "udp.dstport",
    "tcp.srcport",
    "tcp.dstport",
    "sctp.srcport",
    "sctp.dstport",
];

fn tshark_rows(path: &Path) -> Vec<Option<Row>> {
    let mut command = Command::new("tshark");
    command.args(["-n", "-T", "fields", "-E", "occurrence=l", "-E", "separator=/t"]);
    command.args(["-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-r"]).arg(path);
    for field in FIELDS {
        command.args(["-e", field]);
    }
    let output = command.stderr(Stdio::null()).output().unwrap();
    String::from_utf8_lossy(&output.stdout).lines().map(tshark_row).collect()
}

/// Last occurrences may stem from different layers, so the order of the protocols decides which of them count.
fn tshark_row(line: &str) -> Option<Row> {
    let values: BTreeMap<&str, &str> = FIELDS.into_iter().zip(line.split('\t')).collect();
    let protocols: Vec<&str> = values["frame.protocols"].split(':').collect();
    let at = protocols.iter().rposition(|name| matches!(*name, "ip" | "ipv6"))?;
    let (source, destination, dscp) = match protocols[at] {
        "ip" => ("ip.src", "ip.dst", "ip.dsfield.dscp"),
        _ => ("ipv6.src", "ipv6.dst", "ipv6.tclass.dscp"),
    };
    let transport = protocols[at..].iter().find(|name| matches!(**name, "udp" | "tcp" | "sctp"));
    let port = |side: &str| {
        let field = transport.map(|name| format!("{name}.{side}port"));
        field.and_then(|field| values.get(field.as_str())?.parse().ok()).unwrap_or_default()
    };
    Some(Row {
        source: values[source].parse().ok()?,
        destination: values[destination].parse().ok()?,
        ports: (port("src"), port("dst")),
        dscp: values[dscp].parse().ok(),
    })
}
