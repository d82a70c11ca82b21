//! What Wireshark says of the samples. Skipped, with a line that says so, where tshark is not installed.

use std::io::Write;
use std::net::Ipv6Addr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{fs, io};

use samplegen::capture::{Capture, LINK_ETHERNET, Record};
use samplegen::file::pcapng::{Interface, Pcapng};
use samplegen::file::{Order, pcap, pcapng};
use samplegen::net::{Class, Host, MS, Media, Net};
use samplegen::scenario::agfeo::SHORT;
use samplegen::scenario::{self, Scenario, row_broken, row_ids, row_used};
use samplegen::wrap::{Wrap, wrap};

/// tshark's words about a file, or `None` where there is no tshark.
fn tshark(file: &[u8], words: &[&str]) -> io::Result<Option<String>> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // A real file: some dialects of pcap are told apart by seeking.
    let name = format!("tshark-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, file)?;
    let output = Command::new("tshark").args(["-n", "-r"]).arg(&path).args(words).output();
    fs::remove_file(&path)?;
    match output {
        Ok(output) => Ok(Some(String::from_utf8_lossy(&output.stdout).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            writeln!(io::stderr(), "skipped: tshark is not installed")?;
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Malformed frames and wrong checksums, by frame number and protocol.
fn complaints(file: &[u8]) -> io::Result<Option<String>> {
    const CHECKSUMS: [&str; 6] =
        ["-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"];
    const BAD: &str = "_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0 || \
                       tcp.checksum.status == 0 || icmp.checksum.status == 0 || eth.fcs.status == 0";
    let fields = ["-Y", BAD, "-T", "fields", "-e", "frame.number", "-e", "_ws.col.Protocol"];
    tshark(file, &[&CHECKSUMS[..], &fields].concat())
}

#[test]
fn no_frame_is_malformed() {
    // What a short snap length leaves of a frame is malformed for Wireshark.
    let whole =
        |scenario: &Scenario| scenario.capture.link == LINK_ETHERNET && scenario.capture.snap > 65_535;
    let rows = row_ids().into_iter().flat_map(|id| [row_used(id).unwrap(), row_broken(id).unwrap()]);
    let scenarios = scenario::all().into_iter().filter(whole).chain(rows);
    let records: Vec<Record> = scenarios.flat_map(|scenario| scenario.capture.records).collect();
    assert!(records.len() > 10_000);
    let Some(text) = complaints(&pcapng::write(&Capture::ethernet(records))).unwrap() else { return };
    assert_eq!(text, "");
}

#[test]
fn a_wrong_checksum_would_be_found() {
    let mut capture = scenario::find("cap-010").unwrap().capture;
    let last = capture.records.last_mut().unwrap();
    last.data[25] ^= 1;
    let Some(text) = complaints(&pcapng::write(&capture)).unwrap() else { return };
    assert_eq!(text.lines().count(), 1, "{text}");
}

#[test]
fn streams_and_messages_of_the_healthy_site_are_recognised() {
    let file = scenario::find("agfeo-lan").unwrap().file();
    let Some(streams) = tshark(&file, &["-q", "-z", "rtp,streams"]).unwrap() else { return };
    let whole = streams.lines().filter(|line| line.contains("0 (0.0%)")).count();
    assert_eq!(whole, 8, "{streams}");
    let Some(messages) = tshark(&file, &["-q", "-z", "sip,stat"]).unwrap() else { return };
    for line in ["INVITE          :     4", "BYE             :     4", "401 Unauthorized    :     6"] {
        assert!(messages.contains(line), "no {line:?} in\n{messages}");
    }
}

/// What tshark reads above the link layer, frame by frame: methods, marks, sources, names.
fn contents(capture: &Capture) -> io::Result<Option<Vec<String>>> {
    const FIELDS: [&str; 7] = [
        "sip.Method",
        "sip.Status-Code",
        "rtp.ssrc",
        "rtcp.pt",
        "dns.qry.name",
        "tls.handshake.extensions_server_name",
        "ldap.messageID",
    ];
    let words = FIELDS.iter().flat_map(|field| ["-e", field]);
    let words: Vec<&str> = ["-T", "fields"].into_iter().chain(words).collect();
    let text = tshark(&pcapng::write(capture), &words)?;
    Ok(text.map(|text| text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()))
}

#[test]
fn every_wrap_shows_the_same_traffic() {
    let capture = scenario::find("cap-010-near").unwrap().capture;
    let Some(plain) = contents(&capture).unwrap() else { return };
    let voice = 2 * (SHORT / (20 * MS)) as usize;
    // 15 SIP messages, 2 RTCP reports, 2 each of DNS and LDAP, one TLS hello that names a server.
    assert_eq!(plain.len(), voice + 15 + 2 + 2 + 2 + 1);
    for how in Wrap::ALL.into_iter().filter(|how| !matches!(how, Wrap::Snap(_))) {
        let wrapped = wrap(&capture, how);
        assert_eq!(contents(&wrapped).unwrap().unwrap(), plain, "{how:?}");
        assert_eq!(complaints(&pcapng::write(&wrapped)).unwrap().unwrap(), "", "{how:?}");
    }
}

#[test]
fn every_dialect_of_pcap_gives_the_same_times() {
    let capture = scenario::find("cap-010").unwrap().capture;
    let times = |file: &[u8]| tshark(file, &["-T", "fields", "-e", "frame.time_epoch", "-e", "frame.len"]);
    let Some(expected) = times(&pcapng::write(&capture)).unwrap() else { return };
    assert_eq!(expected.lines().count(), capture.records.len());
    for order in [Order::Little, Order::Big] {
        for dialect in [pcap::Dialect::Microseconds, pcap::Dialect::Nanoseconds, pcap::Dialect::Modified] {
            let file = pcap::write(&capture, &pcap::Options { order, dialect, fcs: false });
            assert_eq!(times(&file).unwrap().unwrap(), expected, "{order:?} {dialect:?}");
        }
    }
    let options = pcap::Options { fcs: true, ..pcap::Options::default() };
    assert_eq!(complaints(&pcap::write(&capture, &options)).unwrap().unwrap(), "");
}

#[test]
fn simple_and_obsolete_packet_blocks_are_read() {
    let capture = scenario::find("cap-010").unwrap().capture;
    let mut file = Pcapng::new(Order::Big);
    let interface = file.interface(&Interface::of(&capture));
    for (nth, record) in capture.records.iter().enumerate() {
        match nth % 3 {
            0 => file.packet(interface, record),
            1 => file.simple_packet(record),
            _ => file.obsolete_packet(interface, 0, record),
        }
    }
    let file = file.finish();
    let Some(lengths) = tshark(&file, &["-T", "fields", "-e", "frame.len"]).unwrap() else { return };
    let expected: Vec<String> = capture.records.iter().map(|record| record.wire.to_string()).collect();
    assert_eq!(lengths.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn ipv6_and_fragments_have_right_checksums() {
    let mut net = Net::new(1);
    let host = |name, last| {
        Host::lan(name, [0; 4], [2, 0, 0, 0, 0, last]).at(Ipv6Addr::new(
            0x2001,
            0xdb8,
            0,
            0,
            0,
            0,
            0,
            last.into(),
        )
        .into())
    };
    let (phone, pbx) = (host("phone", 1), host("pbx", 2));
    net.udp(0, phone.port(5060), pbx.port(5060), Class::Signalling, &[0x20; 4000]);
    net.unreachable(MS, pbx, 3, phone.port(5060), pbx.port(5060));
    net.tls(2 * MS, phone.port(40_000), pbx.port(443), Class::Data, "anlage.example", 5000);
    net.media(&Media::between(phone.port(10_000), pbx.port(5204), 40 * MS, 200 * MS));
    let file = pcapng::write(&net.capture());
    let Some(text) = complaints(&file).unwrap() else { return };
    assert_eq!(text, "");
    let whole = tshark(&file, &["-Y", "ipv6.reassembled.length == 4008"]).unwrap().unwrap();
    assert_eq!(whole.lines().count(), 1, "{whole}");
}

#[test]
fn odd_pcapng_files_are_read_whole() {
    let sample = scenario::find("cap-011-near").unwrap();
    // Wireshark shows a custom block as a frame without time.
    let times =
        |file: &[u8]| tshark(file, &["-Y", "frame.time_epoch", "-T", "fields", "-e", "frame.time_epoch"]);
    let (Some(odd), Some(plain)) =
        (times(&sample.file()).unwrap(), times(&pcapng::write(&sample.capture)).unwrap())
    else {
        return;
    };
    assert_eq!(odd.lines().count(), sample.capture.records.len());
    let microseconds = |text: &str| text.lines().map(|line| line[..17].to_owned()).collect::<Vec<_>>();
    assert_eq!(microseconds(&odd), microseconds(&plain));
}

#[test]
fn the_committed_samples_are_what_the_generator_makes() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    let differences = samplegen::samples::differences(&folder).unwrap();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
