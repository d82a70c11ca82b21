use unicode_width::UnicodeWidthStr;

use super::table;
use crate::capture::Ended;
use crate::check::Audit;
use crate::decode::Layers;
use crate::observe::message::App;
use crate::observe::{Flow, Protocol};
use crate::report::escape::is_plain;
use crate::report::fixture::{audit, capture, empty_audit, names, settings};
use crate::report::{Language, Settings};

fn shown(language: Language, width: u16) -> String {
    table(&audit(), &names(language), &settings(language, width))
}

#[test]
fn german_at_80_columns() {
    insta::assert_snapshot!(shown(Language::De, 80));
}

#[test]
fn german_at_140_columns() {
    insta::assert_snapshot!(shown(Language::De, 140));
}

#[test]
fn english_at_80_columns() {
    insta::assert_snapshot!(shown(Language::En, 80));
}

#[test]
fn english_at_140_columns() {
    insta::assert_snapshot!(shown(Language::En, 140));
}

#[test]
fn an_empty_measurement_says_so() {
    insta::assert_snapshot!(table(&empty_audit(), &names(Language::De), &settings(Language::De, 80)));
}

/// Filters are meant to be copied and stand alone on their lines.
#[test]
fn only_filters_are_wider_than_the_page() {
    for width in [60, 72, 80, 100, 140, 200] {
        for language in [Language::De, Language::En] {
            for line in shown(language, width).lines().filter(|line| !line.contains("frame.number in")) {
                assert!(line.width() <= usize::from(width), "{width}: {line}");
            }
        }
    }
}

#[test]
fn nothing_of_a_packet_reaches_the_terminal_as_a_command() {
    for language in [Language::De, Language::En] {
        assert!(shown(language, 80).lines().all(|line| line.chars().all(is_plain)));
    }
}

#[test]
fn colour_adds_only_styling() {
    let coloured = Settings { colour: true, ..settings(Language::De, 80) };
    let coloured = table(&audit(), &names(Language::De), &coloured);
    assert!(coloured.contains("\u{1b}[1m"));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), shown(Language::De, 80));
}

#[test]
fn frames_of_several_files_name_the_file() {
    let mut audit = audit();
    audit.captures.push(capture("zweite.pcap", Ended::Complete));
    let text = table(&audit, &names(Language::De), &settings(Language::De, 80));
    assert!(text.contains("Pakete anlage.pcapng: 12, 15, 977"), "{text}");
}

#[test]
fn what_wraps_the_packets_and_what_was_not_read_has_a_name() {
    let mut audit = audit();
    let flow = audit.traffic.flows[0].clone();
    let ends = "192.0.2.1:2944".parse().unwrap();
    let mut gateway = Flow { protocol: Protocol::Udp, a: ends, b: ends, app: App::Unknown, ..flow };
    (gateway.from_a.packets, gateway.from_a.payload_packets) = (150, 130);
    (gateway.from_b.packets, gateway.from_b.payload_packets) = (20, 0);
    gateway.layers = Layers::GTP_U.with(Layers::INCOMPLETE);
    audit.traffic.flows.push(gateway);
    let shown = |audit: &Audit| {
        let text = table(audit, &names(Language::En), &settings(Language::En, 140));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let before = shown(&audit);
    assert!(before.contains("GTP-U, not all of it can be read inside"), "{before}");
    assert!(before.contains("130 × H.248 (MEGACO)"), "{before}");
    let compared = "Comparable are packets";
    for timeless in [0, 1] {
        audit.captures.iter_mut().for_each(|one| one.timeless_packets = timeless);
        assert_eq!(shown(&audit).contains(compared), timeless > 0);
    }
}

#[test]
fn a_stream_tells_of_keys_and_of_the_channel_it_travels_in() {
    use crate::observe::Relay;
    use crate::observe::media::Keying;
    let mut audit = audit();
    let stream = &mut audit.traffic.streams[0];
    stream.report.keying = Some(Keying::Zrtp);
    stream.relay = Some(Relay {
        protocol: Protocol::Udp,
        channel: Some(0x4001),
        multiplexed: false,
        indicated: 5,
        peer: Some("203.0.113.9:5004".parse().unwrap()),
        relayed: None,
        is_clients: true,
    });
    let shown =
        |audit: &crate::check::Audit, language| table(audit, &names(language), &settings(language, 140));
    for (language, words) in [
        (
            Language::De,
            [
                "verschlüsselt (ZRTP)",
                "in TURN-Kanal 0x4001, 5 in TURN-Nachrichten",
                "(Gegenstelle 203.0.113.9:5004)",
            ],
        ),
        (
            Language::En,
            ["encrypted (ZRTP)", "in TURN channel 0x4001, 5 in TURN indications", "(peer 203.0.113.9:5004)"],
        ),
    ] {
        // Words are torn at blanks where a column is narrow.
        let text = shown(&audit, language);
        for word in words.iter().flat_map(|words| words.split(' ')) {
            assert!(text.contains(word), "{word}: {text}");
        }
    }
    let stream = &mut audit.traffic.streams[0];
    (stream.relay, stream.report.keying, stream.report.srtp_tag) = (None, None, Some(10));
    assert!(shown(&audit, Language::De).contains("wahrscheinlich"));
}

/// An answered call without signalling between these hosts, and voice of the first one in it.
fn heard(from: &str, to: &str, lost: u64) -> (crate::observe::Call, crate::observe::Stream) {
    use crate::observe::{Answer, Call, fixture};
    let [from, to] = [from, to].map(|host| format!("{host}:5204"));
    let call = Call {
        answer: Answer::Answered,
        answered: Some((fixture::frame(2), fixture::at(0))),
        caller_media: vec![fixture::socket(&from)],
        callee_media: vec![fixture::socket(&to)],
        ..fixture::call(&from, &to)
    };
    let mut voice = fixture::stream(&from, &to, &[(46, 1_000 - lost)]);
    voice.call = Some(0);
    (voice.report.counts.expected, voice.report.counts.lost) = (1_000, lost);
    (call, voice)
}

#[test]
fn a_call_that_is_one_way_is_marked() {
    use crate::check::Detail;
    let mut audit = audit();
    audit.findings.retain(|finding| matches!(finding.detail, Detail::Rtp001 { .. }));
    let silent = audit.findings[0].subject.as_ref().unwrap().address.to_string();
    let Detail::Rtp001 { peers, .. } = &audit.findings[0].detail else { panic!() };
    let (call, voice) = heard(&peers[0].to_string(), &silent, 0);
    let mut back = voice.clone();
    (back.source, back.destination) = (voice.destination, voice.source);
    audit.traffic.calls = vec![call];
    let mut told = |streams| {
        audit.traffic.streams = streams;
        let text = table(&audit, &names(Language::De), &settings(Language::De, 140));
        (text.contains("nur eine Seite ist zu hören (RTP-001)"), text.contains("\n! "))
    };
    assert_eq!(told(vec![voice.clone()]), (true, true));
    assert_eq!(told(vec![voice.clone(), back.clone()]), (false, false), "another call of the same hosts");
    let Detail::Rtp001 { strays, .. } = &mut audit.findings[0].detail else { panic!() };
    *strays = 1;
    back.report.counts.packets = 1;
    audit.traffic.streams = vec![voice, back];
    let text = table(&audit, &names(Language::De), &settings(Language::De, 140));
    assert!(text.contains("\n! "), "the one packet at the beginning is what the finding tells of: {text}");
}

#[test]
fn a_call_whose_voice_goes_astray_is_marked_as_long_as_it_does() {
    use crate::check::{Astray, Detail};
    let mut audit = audit();
    audit.findings.retain(|finding| matches!(finding.detail, Detail::Rtp001 { .. }));
    let subject = audit.findings[0].subject.as_ref().unwrap().address.to_string();
    let (call, mut voice) = heard(&subject, "192.168.10.99", 0);
    let to = crate::observe::fixture::socket("203.0.113.9:7078");
    voice.destination = to;
    (audit.traffic.calls, audit.traffic.streams) = (vec![call], vec![voice]);
    let mut told = |is_over| {
        let Detail::Rtp001 { astray, .. } = &mut audit.findings[0].detail else { panic!() };
        *astray = Some(Astray {
            lost: crate::check::Lost::Refused,
            to,
            announced: None,
            announcer: None,
            lasted: 3_000_000_000,
            outside: true,
            is_over,
            by_listener: false,
        });
        table(&audit, &names(Language::De), &settings(Language::De, 140))
    };
    assert!(told(false).contains("nur eine Seite ist zu hören (RTP-001)"));
    assert!(told(true).contains("anfangs 3,0\u{a0}s lang nur eine Seite zu hören (RTP-001)"));
}

#[test]
fn a_call_in_which_nobody_is_heard_is_marked() {
    use crate::check::Detail;
    let mut audit = audit();
    audit.findings.retain(|finding| matches!(finding.detail, Detail::Rtp002 { .. }));
    let caller = audit.findings[0].subject.as_ref().unwrap().address.to_string();
    let Detail::Rtp002 { peers, .. } = &audit.findings[0].detail else { panic!() };
    let (call, _) = heard(&caller, &peers[0].to_string(), 0);
    (audit.traffic.calls, audit.traffic.streams) = (vec![call], Vec::new());
    let mut told = |unheard| {
        audit.unheard = unheard;
        table(&audit, &names(Language::De), &settings(Language::De, 140)).contains("\n! ")
    };
    assert_eq!((told(vec![0]), told(Vec::new())), (true, false), "others of the same hosts are heard");
}

#[test]
fn a_call_that_goes_on_at_the_end_of_the_capture_lasted_at_least_as_long_as_both_sides_speak() {
    let mut audit = audit();
    let (call, voice) = heard("192.168.10.21", "192.168.10.22", 0);
    let until = |mut voice: crate::observe::Stream, seconds: i64| {
        voice.report.last.time = crate::observe::fixture::at(seconds * 1_000);
        voice
    };
    let mut back = voice.clone();
    (back.source, back.destination) = (voice.destination, voice.source);
    audit.traffic.calls = vec![call];
    audit.traffic.streams = vec![until(voice, 90), until(back, 77)];
    let text = table(&audit, &names(Language::De), &settings(Language::De, 140)).replace('\u{a0}', " ");
    assert!(text.contains("≥ 1 min 17 s"), "{text}");
    let published = crate::report::Published::of(&audit, &names(Language::En), &settings(Language::En, 80));
    let page = published.html(&settings(Language::En, 80).zone).replace('\u{a0}', " ");
    assert!(page.contains("≥ 1 min 17 s"), "{page}");
    let live = |audit: &Audit| {
        let about = crate::report::About::Call(0);
        crate::report::row_page(about, audit, &[], &names(Language::De), &settings(Language::De, 140))
            .unwrap()
    };
    assert!(!live(&audit).contains('≥'), "it goes on, and is told as long as it lasts");
    let mut ended = audit.clone();
    ended.traffic.calls[0].is_unacknowledged = true;
    ended.traffic.calls[0].end =
        Some((crate::observe::fixture::frame(9), crate::observe::fixture::at(99_000)));
    assert!(live(&ended).replace('\u{a0}', " ").contains("≥ 1 min 17 s"), "{}", live(&ended));
    audit.traffic.streams.pop();
    let text = table(&audit, &names(Language::De), &settings(Language::De, 140));
    assert!(!text.contains("≥\u{a0}1\u{a0}min"), "one side may go on behind the end: {text}");
}

#[test]
fn both_legs_of_a_call_that_lost_packets_are_marked() {
    let mut audit = audit();
    audit.findings.clear();
    let (call, voice) = heard("192.168.10.21", "192.168.10.22", 65);
    let leg = crate::observe::Call { leg_of: Some(0), also_heard: vec![0], ..call.clone() };
    (audit.traffic.calls, audit.traffic.streams) = (vec![call, leg], vec![voice]);
    let text = table(&audit, &names(Language::De), &settings(Language::De, 140));
    assert_eq!(text.matches("\n! ").count(), 2, "{text}");
}

#[test]
fn a_codec_that_changes_is_told_with_the_time() {
    use crate::observe::fixture::{at, frame};
    use crate::observe::media::report::PayloadRole;
    use crate::observe::media::{PayloadReport, Seen};
    let mut audit = audit();
    let (call, mut voice) = heard("192.168.10.21", "192.168.10.22", 0);
    let payload = |value, name: &str, packets, first: u64| PayloadReport {
        seen: Seen {
            value,
            packets,
            frames: [frame(first)].into_iter().collect(),
            last: frame(first + packets),
        },
        since: at(first as i64),
        name: Some(name.to_owned()),
        role: PayloadRole::Media,
        rate: Some(8_000),
        length: None,
        step: None,
    };
    voice.report.codec = Some("G722".to_owned());
    voice.report.payloads = vec![payload(8, "PCMA", 200, 1), payload(9, "G722", 250, 300)];
    let mut told = |voice: &crate::observe::Stream| {
        (audit.traffic.calls, audit.traffic.streams) = (vec![call.clone()], vec![voice.clone()]);
        table(&audit, &names(Language::De), &settings(Language::De, 140))
    };
    let text = told(&voice);
    assert!(text.contains(": PCMA, ab ") && text.contains(" G722, EF"), "{text}");
    voice.report.payloads[0].seen.packets = 3;
    assert!(told(&voice).contains(": G722, EF"), "a slip");
    voice.report.payloads[0].seen =
        Seen { packets: 200, last: frame(400), ..voice.report.payloads[0].seen.clone() };
    assert!(told(&voice).contains(": G722, EF"), "both at once");
}

#[test]
fn many_packets_out_of_order_are_told() {
    let mut audit = audit();
    let (call, voice) = heard("192.168.10.21", "192.168.10.22", 0);
    (audit.traffic.calls, audit.traffic.streams) = (vec![call], vec![voice]);
    let mut told = |reordered| {
        audit.traffic.streams[0].report.counts.reordered = reordered;
        table(&audit, &names(Language::De), &settings(Language::De, 140)).contains("vertauscht")
    };
    assert!(told(10) && !told(9), "1 %");
}

#[test]
fn where_it_was_captured_and_what_switches_tell_stand_there_as_on_paper() {
    use crate::observe::{Policy, VoicePolicy};
    let mut audit = audit();
    let shown = |audit: &Audit| table(audit, &names(Language::De), &settings(Language::De, 140));
    let words = crate::report::text::paper_words(Language::De);
    assert!(!shown(&audit).contains(words.policies));
    audit.traffic.flows[0].from_a.packets = 10_000;
    let frame = audit.traffic.hosts[0].macs[0].first;
    audit.traffic.policies.push(VoicePolicy {
        sender: crate::decode::Mac([0, 4, 0x0e, 0x10, 0, 7]),
        system: Some("switch-eg".into()),
        by_endpoint: false,
        port: Some("ge-0/0/7".into()),
        policy: Policy::Cdp(20),
        count: 1,
        frame,
    });
    let text = shown(&audit);
    for part in [words.measuring_point, words.policies, "switch-eg (00:04:0e:10:00:07)", "ge-0/0/7"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains(words.telephone_says));
    audit.traffic.policies.iter_mut().for_each(|told| told.by_endpoint = true);
    assert!(shown(&audit).contains(words.telephone_says), "no switch has said so");
}

#[test]
fn a_device_has_the_hardware_address_that_names_its_maker_and_another_one_beside_it() {
    let told = |other: [u8; 6], frames: u64| {
        let mut audit = audit();
        let first = audit.traffic.hosts[0].macs[0];
        let other = crate::observe::MacSeen { mac: crate::decode::Mac(other), frames, ..first };
        audit.traffic.hosts[0].macs.insert(0, other);
        let text = table(&audit, &names(Language::De), &settings(Language::De, 140));
        let own = text.find(&first.mac.to_string()).unwrap();
        let other = text.find(&format!("auch von {}", other.mac));
        other.map(|other| other > own)
    };
    assert_eq!(told([2, 0x11, 0x22, 0x33, 0x44, 0x55], 9), Some(true));
    assert_eq!(told([2, 0x11, 0x22, 0x33, 0x44, 0x55], 0), None, "nothing came from there");
    assert_eq!(told([0; 6], 9), None, "its loopback interface");
}

#[test]
fn a_storm_of_arp_is_told_in_the_table_and_on_paper() {
    use crate::observe::Storm;
    let mut audit = audit();
    let shown = |audit: &Audit| {
        let table = table(audit, &names(Language::De), &settings(Language::De, 140));
        let document =
            crate::report::json::document_of(audit, &names(Language::De), &settings(Language::De, 140));
        let paper = crate::report::paper::paper(&document, &jiff::tz::TimeZone::UTC);
        [
            table.contains("ARP nach"),
            format!("{:?}", paper.sections.iter().map(|one| &one.parts).collect::<Vec<_>>())
                .contains("ARP nach"),
        ]
    };
    assert_eq!(shown(&audit), [false; 2]);
    let first = audit.traffic.hosts[0].macs[0].first;
    let [asker, target] = ["192.168.10.50", "192.168.10.99"].map(|address| address.parse().unwrap());
    let span = (crate::capture::Timestamp(0), crate::capture::Timestamp(6_000_000_000));
    audit.traffic.quality.storm = Some(Storm { asker, target, requests: 6_000, span, first });
    assert_eq!(shown(&audit), [true; 2]);
}

#[test]
fn of_whom_a_finding_tells_is_not_said_to_be_unjudged() {
    let mut audit = audit();
    let shown = |audit: &Audit| {
        let settings = settings(Language::De, 140);
        let document = crate::report::json::document_of(audit, &names(Language::De), &settings);
        let paper = crate::report::paper::paper(&document, &jiff::tz::TimeZone::UTC);
        let paper = format!("{:?}", paper.sections.iter().map(|one| &one.parts).collect::<Vec<_>>());
        [table(audit, &names(Language::De), &settings), paper]
            .map(|text| text.contains("wird nicht beurteilt"))
    };
    audit.site.devices.truncate(1);
    audit.site.devices[0].confidence = crate::site::Confidence::Suspected;
    let address = audit.site.devices[0].address;
    let all = std::mem::take(&mut audit.findings);
    assert_eq!(shown(&audit), [true; 2]);
    audit.findings = all
        .into_iter()
        .filter(|one| one.subject.as_ref().is_some_and(|subject| subject.address == address))
        .collect();
    assert!(!audit.findings.is_empty());
    assert_eq!(shown(&audit), [false; 2]);
}
