//! Samples of the findings about the capture itself, each with a near miss.

use super::agfeo::{self, PBX, Site};
use super::{Container, Scenario, pascom};
use crate::capture::{Capture, Record};
use crate::file::pcapng::{Interface, Pcapng};
use crate::file::{Order, damage, pcap, pcapng};
use crate::frame::{Segment, flag};
use crate::net::{Class, Host, MS, Net, Refusal, SECOND, Say};
use crate::wrap::{Wrap, wrap};

pub(super) fn all() -> Vec<Scenario> {
    vec![
        cap_001(),
        cap_001_unseen(),
        cap_001_near(),
        mirror_duplicates(),
        cap_002_near(),
        one_sided_mirror(),
        cap_003_near(),
        cap_004(),
        cap_004_near(),
        cap_006(),
        cap_006_near(),
        cap_008(),
        cap_008_near(),
        cap_010(),
        cap_010_near(),
        cap_011(),
        cap_011_scribbled(),
        cap_011_near(),
    ]
}

fn base() -> Capture {
    Site::default().net().capture()
}

fn site(name: &str, about: &str, capture: Capture) -> Scenario {
    Scenario::new(name, about, capture).pbx(PBX, "es-pure-ip")
}

/// The capture with interface statistics behind it.
fn with_drops(capture: &Capture, dropped: u64) -> Container {
    let mut file = Pcapng::new(Order::Little);
    let interface = file.interface(&Interface::of(capture));
    for record in &capture.records {
        file.packet(interface, record);
    }
    let end = capture.records.last().map_or(0, |record| record.time);
    file.statistics(interface, end, capture.records.len() as u64 + dropped, dropped);
    Container::File("pcapng", file.finish())
}

fn cap_001() -> Scenario {
    let capture = base();
    let container = with_drops(&capture, 500);
    site("cap-001", "The capturing computer says that it dropped 500 frames.", capture)
        .expect_plain("CAP-001")
        .stored(container)
}

fn cap_001_unseen() -> Scenario {
    let mut net = Site::default().net();
    let (pc, nas) = (agfeo::OFFICE_PC.port(51_300), agfeo::NAS.port(445));
    for nth in 0..20_u32 {
        // The server acknowledges ten times what was captured.
        let at = agfeo::AFTER + u64::from(nth) * 10 * MS;
        let sent = Segment { sequence: 1 + nth * 10_000, acknowledgment: 1, flags: flag::ACK | flag::PSH };
        net.segment(at, pc, nas, Class::Data, &sent, &[7; 1000]);
        let acknowledged =
            Segment { sequence: 1, acknowledgment: 1 + nth * 10_000 + 10_000, flags: flag::ACK };
        net.segment(at + MS, nas, pc, Class::Data, &acknowledged, &[]);
    }
    site("cap-001-unseen", "TCP acknowledges bytes that were never captured.", net.capture())
        .expect_plain("CAP-001")
}

fn cap_001_near() -> Scenario {
    let capture = base();
    let container = with_drops(&capture, 0);
    site("cap-001-near", "The capturing computer says that it dropped nothing.", capture)
        .never(&["CAP-001"])
        .stored(container)
}

/// Every nth frame appears a second time 15 µs later, as from a mirror port of two interfaces.
fn doubled(capture: &Capture, every: usize) -> Capture {
    let copies = capture.records.iter().enumerate().flat_map(|(nth, record)| {
        let copy = Record { time: record.time + 15_000, ..record.clone() };
        [Some(record.clone()), (nth % every == 0).then_some(copy)].into_iter().flatten()
    });
    let mut records: Vec<Record> = copies.collect();
    records.sort_by_key(|record| record.time);
    Capture { records, ..*capture }
}

fn mirror_duplicates() -> Scenario {
    site("mirror-duplicates", "A mirror port shows every frame twice.", doubled(&base(), 1))
        .expect_plain("CAP-002")
        .never(&["RTP-003", "RTP-004", "SIG-009", "QOS-001"])
}

fn cap_002_near() -> Scenario {
    site("cap-002-near", "One frame in 200 appears twice.", doubled(&base(), 200)).never(&["CAP-002"])
}

fn one_sided_mirror() -> Scenario {
    let mut net = Site::default().net();
    net.refused(agfeo::AFTER, agfeo::T17.port(49_900), PBX.port(389), 3, Refusal::Silence);
    let mut capture = net.capture();
    // The mirror shows what the switch receives from the telephones and never what it sends to them.
    capture.records.retain(|record| record.data.get(6..10) == Some(&[0x00, 0x09, 0x40, 0x20]));
    site("one-sided-mirror", "The mirror port shows only what the telephones send.", capture)
        .expect_plain("CAP-003")
        .never(&["PORT-003", "RTP-001", "SIG-002", "QOS-008"])
}

fn cap_003_near() -> Scenario {
    let mut net = Site::default().net();
    let group = Host::group([239, 1, 1, 1]).port(9000);
    for nth in 0..200_u64 {
        net.udp(agfeo::AFTER + nth * 20 * MS, agfeo::NAS.port(9000), group, Class::Data, &[0; 64]);
    }
    site("cap-003-near", "Much multicast goes one way, everything else both ways.", net.capture())
        .never(&["CAP-003"])
}

fn cap_004() -> Scenario {
    site(
        "cap-004",
        "Frames are cut at 128 bytes: SIP cannot be read, ports and DSCP can.",
        wrap(&base(), Wrap::Snap(128)),
    )
    .expect_plain("CAP-004")
    .never(&["QOS-001", "PORT-002"])
    .stored(Container::Pcap)
}

fn cap_004_near() -> Scenario {
    let mut net = Site::default().net();
    let words = [Say::Client(vec![7; 6000])];
    net.conversation(agfeo::AFTER, agfeo::OFFICE_PC.port(51_400), agfeo::NAS.port(445), Class::Data, &words);
    site(
        "cap-004-near",
        "Frames are cut at 1200 bytes, which touches no SIP.",
        wrap(&net.capture(), Wrap::Snap(1200)),
    )
    .never(&["CAP-004"])
}

/// The capture with all times from the middle on moved by `seconds`.
fn leap(mut capture: Capture, seconds: i64) -> Capture {
    let middle = capture.records.len() / 2;
    for record in capture.records.iter_mut().skip(middle) {
        record.time = record.time.saturating_add_signed(seconds * SECOND as i64);
    }
    capture
}

fn cap_006() -> Scenario {
    site("cap-006", "In the middle of a call the clock goes back by 30 s.", leap(base(), -30))
        .expect_plain("CAP-006")
        .never(&["RTP-004"])
}

fn cap_006_near() -> Scenario {
    let mut capture = base();
    let middle = capture.records.len() / 2;
    capture.records.swap(middle, middle + 1);
    site(
        "cap-006-near",
        "Two neighbours stand in the wrong order, as two queues of one card give them.",
        capture,
    )
    .never(&["CAP-006"])
}

fn cap_008() -> Scenario {
    use pascom::{CLOUD, CLOUD_NAME, ROUTER, YEALINK};
    let mut net = Net::new(1);
    net.resolve(0, YEALINK, ROUTER, CLOUD_NAME, &CLOUD[..1]);
    pascom::signalling(&mut net, 100 * MS, (YEALINK, 40_003), CLOUD[0], CLOUD_NAME, 5 * SECOND);
    net.media(&pascom::srtp(YEALINK, 11_780, CLOUD[0], 30_100, SECOND, 2 * SECOND));
    Scenario::new("cap-008", "All signalling is TLS: what was said cannot be judged.", net.capture())
        .expect_plain("CAP-008")
}

fn cap_008_near() -> Scenario {
    site("cap-008-near", "All signalling can be read.", base()).never(&["CAP-008"])
}

fn cap_010() -> Scenario {
    let capture = Site { lasts: 0, ..Site::default() }.net().capture();
    site("cap-010", "Registrations, but no call.", capture).expect_plain("CAP-010")
}

fn cap_010_near() -> Scenario {
    site("cap-010-near", "One short call.", base()).never(&["CAP-010"]).stored(Container::PcapGzip)
}

fn cap_011() -> Scenario {
    let capture = base();
    let file = damage::cut(pcap::write(&capture, &pcap::Options::default()), 100);
    site("cap-011", "A pcap file that ends in the middle of its last record.", capture)
        .expect_plain("CAP-011")
        .stored(Container::File("pcap", file))
}

fn cap_011_scribbled() -> Scenario {
    let capture = base();
    let file = pcapng::write(&capture);
    let at = file.len() * 9 / 10;
    let file = damage::scribble(file, at, 4096);
    site("cap-011-scribbled", "A pcapng file with 4096 foreign bytes near its end.", capture)
        .expect_plain("CAP-011")
        .stored(Container::File("pcapng", file))
}

fn cap_011_near() -> Scenario {
    let capture = wrap(&base(), Wrap::LinuxCooked2);
    let mut file = Pcapng::new(Order::Big);
    let half = capture.records.len() / 2;
    let (first, second) = capture.records.split_at(half);
    let cooked = file.interface(&Interface { resolution: 0x80 | 30, ..Interface::of(&capture) });
    file.name([192, 168, 10, 2], "anlage.example");
    for record in first {
        file.packet(cooked, record);
    }
    file.custom(b"not for you");
    file.block(0x0000_0bbb, b"nobody knows this block");
    file.section(Order::Little);
    let cooked =
        file.interface(&Interface { resolution: 6, offset: 1_700_000_000, ..Interface::of(&capture) });
    for record in second {
        file.packet(cooked, record);
    }
    site(
        "cap-011-near",
        "A whole pcapng file that looks odd: two sections of different byte order, Linux cooked frames, time in \
         powers of two and with an offset, a custom block and an unknown one.",
        capture,
    )
    .never(&["CAP-011"])
    .stored(Container::File("pcapng", file.finish()))
}
