//! Whose doing it is that voice is uneven or missing: of all streams of a sender, of the sender itself, of whoever exported
//! the capture.

use super::super::super::finding::{Export, Unevenness};
use super::arrival::{shaky, spell};
use super::*;
use crate::capture::{CaptureSummary, Ended, InterfaceSummary, LinkType};
use crate::observe::IcmpReport;

const SENDER: &str = "192.168.10.21:10000";
const RECEIVER: &str = "192.168.10.2:5204";

#[test]
fn the_figures_are_those_of_all_streams_that_are_told() {
    let mut second = shaky(25.0, vec![spell(1_000, 40)]);
    second.destination = socket("192.168.10.22:10000");
    let world = World::new("").streams(vec![shaky(30.0, vec![spell(1_000, 60)]), second]);
    let finding = check(&world.case(), &[]).remove(0);
    let Detail::Rtp004 { jitter, how, peers, .. } = finding.detail else { panic!("{finding:?}") };
    let both = Unevenness::Often {
        above: 100,
        of: 1_998,
        excused: 0,
        pauses: (0, 0.0),
        is_peak_excused: false,
        behind: None,
    };
    assert_eq!((jitter, how, peers.len()), (30.0, both, 2));
}

#[test]
fn on_one_link_with_an_even_other_direction_the_sender_is_asked() {
    let with = |back: f64,
                on_link: Option<bool>,
                device: Option<(&str, &str)>,
                heard: Option<u32>,
                flows: Vec<Flow>| {
        let mut even = shaky(back, Vec::new());
        (even.source, even.destination) = (socket(RECEIVER), socket(SENDER));
        even.report.timing.clock = Some(Clock { rate: 8_000, source: ClockSource::Assigned });
        even.report.receiver = heard
            .map(|jitter| Box::new(ReceiverReport { worst_jitter: jitter, ..*heard_by_receiver(0, 20_000) }));
        let mut world = World::new("").streams(vec![shaky(30.0, vec![spell(1_000, 600)]), even]);
        if let Some((address, role)) = device {
            world = world.device(address, role);
        }
        world.traffic.hosts = vec![fixture::host(PBX, Some(true)), fixture::host(PHONE, on_link)];
        let world = world.flows(flows);
        let finding = check(&world.case(), &[]).remove(0);
        let Detail::Rtp004 { link, .. } = finding.detail else { panic!("{finding:?}") };
        (link, finding.responsible)
    };
    let told = |back, on_link, device| with(back, on_link, device, None, Vec::new());
    assert_eq!(told(8.0, Some(true), None), (true, Party::Computers));
    let network = (false, Party::Network);
    assert_eq!(told(21.0, Some(true), None), network, "both directions are uneven");
    assert_eq!(told(8.0, None, None), network, "a router may be between");
    assert_eq!(told(8.0, Some(true), Some((PHONE, "acme.phone"))), network, "a telephone");
    let heard = |jitter| with(8.0, Some(true), None, Some(jitter), Vec::new());
    assert_eq!((heard(80), heard(192)), ((true, Party::Computers), network), "24 ms where it arrives");
    let at_the_pbx = || vec![udp(SENDER, RECEIVER), udp("192.168.10.22:5060", "192.168.10.2:5060")];
    let pbx = Some((PBX, "acme.pbx"));
    assert_eq!(with(8.0, Some(true), pbx, None, at_the_pbx()), network, "it has only just left");
    assert!(with(8.0, Some(true), pbx, None, Vec::new()).0);
}

#[test]
fn an_export_of_a_display_filter_proves_no_silence() {
    let told = |with: Option<Flow>| {
        let mut flows = flows(0);
        (flows[0].app, flows[1].app) = (App::Sip, App::Rtp);
        flows.extend(with);
        let elsewhere = stream("192.168.10.2:5300", "192.168.10.22:10000", &[(46, 200)]);
        let world = world(call(), vec![voice(4_000), elsewhere], flows);
        let finding = check(&world.case(), &[]).remove(0);
        let Detail::Rtp001 { export, .. } = finding.detail else { panic!("{finding:?}") };
        (export == Export::Possible, finding.severity, finding.confidence, finding.responsible)
    };
    let doubtful = (true, Severity::Warning, Confidence::Suspected, Party::Capture);
    assert_eq!(told(None), doubtful);
    let other = |app| Some(Flow { app, ..udp("192.168.10.21:40000", "192.168.10.2:53") });
    assert_eq!(told(other(App::Sip)), doubtful);
    let whole = (false, Severity::Error, Confidence::Likely, Party::Telephony);
    assert_eq!(told(other(App::Dns)), whole);
    assert_eq!(told(other(App::Rtcp)), whole, "no filter for RTP lets RTCP pass");
}

#[test]
fn a_file_that_tells_that_nothing_is_missing_is_no_export() {
    let is_export = |received| {
        let mut flows = flows(0);
        (flows[0].app, flows[1].app) = (App::Sip, App::Rtp);
        let mut capture = CaptureSummary::unread("a.pcapng".to_owned(), "pcapng".to_owned(), Ended::Complete);
        let (link, packets) = (LinkType(1), 200);
        let one = InterfaceSummary { name: None, link, snap_length: 0, drops: Some(0), packets, received };
        (capture.packets, capture.interfaces) = (packets, vec![one]);
        let world = world(call(), vec![voice(4_000)], flows);
        world.case().of_captures(&[capture]).is_export()
    };
    assert_eq!([None, Some(200), Some(205), Some(300)].map(is_export), [true, false, false, true]);
}

#[test]
fn fewer_packets_than_the_other_side_sends_explain_no_silence() {
    let told = |received| {
        let mut flows = flows(0);
        (flows[0].app, flows[1].app) = (App::Sip, App::Rtp);
        let mut capture = CaptureSummary::unread("a.pcapng".to_owned(), "pcapng".to_owned(), Ended::Complete);
        let (link, packets) = (LinkType(1), 200);
        let received = Some(received);
        let one = InterfaceSummary { name: None, link, snap_length: 0, drops: Some(0), packets, received };
        (capture.packets, capture.interfaces) = (packets, vec![one]);
        let world = world(call(), vec![voice(4_000)], flows);
        let finding = check(&world.case().of_captures(&[capture]), &[]).remove(0);
        let Detail::Rtp001 { export, packets, .. } = finding.detail else { panic!("{finding:?}") };
        (export, packets, finding.severity, finding.responsible)
    };
    let (export, packets, ..) = told(10_000);
    assert_eq!((export, told(10_000).3), (Export::Possible, Party::Capture));
    let few = packets / 2;
    assert_eq!(
        told(200 + few),
        (Export::TooFew(few), packets, Severity::Warning, Party::Telephony),
        "half of the voice of the other side at most"
    );
}

#[test]
fn an_export_of_a_display_filter_proves_no_interruption() {
    let with_errors = |app, errors: u64, quoting: u64| {
        let mut lossy = arrival::interrupted(&[(3_000, 300)], 0);
        lossy.flow = 1;
        let mut flows = flows(1000);
        (flows[0].app, flows[1].app) = (app, App::Rtp);
        if errors > 0 {
            let icmp = Protocol::Icmp;
            let reporter = udp("192.168.10.2:0", "192.168.10.21:0");
            flows.push(Flow { protocol: icmp, from_a: sent(errors), from_b: sent(0), ..reporter });
            flows[0].extra.icmp.push(Box::new(unreachable(quoting)));
        }
        let world = World::new("").streams(vec![lossy]).flows(flows);
        let finding = check(&world.case(), &[]).remove(0);
        let Detail::Rtp003 { export, .. } = finding.detail else { panic!("{finding:?}") };
        (export, finding.severity, finding.confidence)
    };
    let (export, whole) =
        ((true, Severity::Warning, Confidence::Suspected), (false, Severity::Error, Confidence::Likely));
    assert_eq!(with_errors(App::Sip, 0, 0), export);
    assert_eq!(with_errors(App::Tls, 0, 0), whole);
    assert_eq!(with_errors(App::Sip, 2, 2), export, "errors that quote SIP or RTP fit the filter as well");
    assert_eq!(with_errors(App::Sip, 3, 2), whole, "a ping");
}

/// Errors of the PBX about what came from the other side.
fn unreachable(count: u64) -> IcmpReport {
    IcmpReport {
        reporter: ip(PBX),
        about_a: true,
        v6: false,
        kind: 3,
        code: 3,
        frame: frame(5),
        count,
        span: (at(0), at(0)),
        pause: 0,
        identification: 0,
    }
}

#[test]
fn what_is_turned_away_when_the_other_side_has_hung_up_proves_no_refusal() {
    let refused = |count: u64| {
        let mut flows = flows(0);
        flows[1].extra.icmp.push(Box::new(unreachable(count)));
        let world = world(call(), vec![voice(4_000)], flows);
        assert_eq!(world.traffic.turned_away(&world.traffic.streams[0]), if count < 3 { 0 } else { count });
        let Detail::Rtp001 { refused, .. } = check(&world.case(), &[]).remove(0).detail else { panic!() };
        refused
    };
    assert!(!refused(2) && refused(3));
    let answered = world(call(), vec![voice(4_000)], {
        let mut flows = flows(200);
        flows[1].extra.icmp.push(Box::new(unreachable(9)));
        flows
    });
    assert_eq!(
        answered.traffic.turned_away(&answered.traffic.streams[0]),
        0,
        "a telephone that hung up first"
    );
}

#[test]
fn what_is_missing_where_it_is_sent_from_and_at_the_receiver_was_not_sent() {
    let told = |at_the_sender: bool| {
        let mut stream = lossy(50);
        stream.report.last.time = at(20_000);
        stream.report.receiver = Some(heard_by_receiver(50, 20_000));
        let beside = if at_the_sender { SENDER } else { RECEIVER };
        let flows = vec![udp(SENDER, RECEIVER), udp(beside, "192.168.10.22:5060")];
        let finding = check(&World::new("").streams(vec![stream]).flows(flows).case(), &[]).remove(0);
        let Detail::Rtp003 { own, .. } = finding.detail else { panic!("{finding:?}") };
        (own, finding.severity, finding.confidence, finding.responsible)
    };
    assert_eq!(told(true), (true, Severity::Warning, Confidence::Sure, Party::Computers));
    assert_eq!(told(false), (false, Severity::Error, Confidence::Sure, Party::Network));
}

#[test]
fn quality_is_not_estimated_of_long_gaps_however_many() {
    let poor = |stream: Stream| {
        let mut stream = stream;
        stream.report.quality = Some(Quality { rating: 50.0, mos: 2.6 });
        codes(&World::new("").streams(vec![stream])).contains(&"RTP-005")
    };
    assert!(!poor(arrival::interrupted(&[(3_000, 25), (9_000, 25)], 0)));
    assert!(poor(arrival::interrupted(&[(3_000, 25)], 30)));
}
