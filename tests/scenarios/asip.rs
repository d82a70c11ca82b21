//! Calls of ASIP telephones, which no signalling tells: their voice is split into calls.

use pbxray::check::{Audit, Severity};
use pbxray::observe::{Answer, Call, CallProtocol};
use samplegen::net::{Host, MS, SECOND};
use samplegen::scenario::agfeo::{self, ASIP, OFFICE_PC, PBX, Site};
use samplegen::scenario::{Scenario, find};

use crate::exclusions::Voice;
use crate::support::stages::{audit_of, json, table};

fn untold(audit: &Audit) -> Vec<(usize, &Call)> {
    let calls = audit.traffic.calls.iter().enumerate();
    calls.filter(|(_, call)| call.protocol == CallProtocol::Unreadable("ASIP".into())).collect()
}

/// Begin and end of each such call in tenths of a second since the capture's start, and the sources of its voice.
fn told(audit: &Audit) -> Vec<(i64, Option<i64>, Vec<String>)> {
    let start = audit.captures[0].first.unwrap();
    let calls = untold(audit).into_iter().map(|(id, call)| {
        let tenths = |time: pbxray::capture::Timestamp| (time.since(start) + 50_000_000) / 100_000_000;
        let sources = audit.traffic.voice_of(id).map(|at| audit.traffic.streams[at].source.to_string());
        (tenths(call.start.1), call.end.map(|(_, end)| tenths(end)), sources.collect())
    });
    calls.collect()
}

fn both() -> Vec<String> {
    vec!["192.168.10.41:5896".to_owned(), "192.168.10.2:5210".to_owned()]
}

#[test]
fn two_calls_between_the_same_ports_are_two_calls() {
    let audit = audit_of(&find("agfeo-asip").unwrap());
    assert_eq!(told(&audit), [(70, Some(110), both()), (140, Some(200), both())]);
    for (_, call) in untold(&audit) {
        assert_eq!((call.answer, call.answered), (Answer::Answered, Some(call.start)));
        assert_eq!((call.caller.ip(), call.callee.ip()), (ASIP.ip, PBX.ip));
    }
    assert_eq!(audit.traffic.calls.len(), 3, "and one by SIP");
    let heavy: Vec<_> = audit.findings.iter().filter(|finding| finding.severity > Severity::Notice).collect();
    assert!(heavy.is_empty(), "{heavy:?}");
}

#[test]
fn they_stand_in_the_reports_as_calls_by_asip() {
    let audit = audit_of(&find("agfeo-asip").unwrap());
    let text = table(&audit);
    assert_eq!(text.matches("call by ASIP, number unknown").count(), 2, "{text}");
    let document: serde_json::Value = serde_json::from_str(&json(&audit)).unwrap();
    let calls: Vec<_> = document["calls"].as_array().unwrap().iter().collect();
    let protocols: Vec<_> = calls.iter().map(|call| call["protocol"].as_str().unwrap()).collect();
    assert_eq!(protocols, ["SIP", "ASIP", "ASIP"]);
    for call in &calls[1..] {
        assert_eq!((&call["caller"]["port"], &call["callee"]["port"]), (&5896.into(), &5210.into()));
        assert!(call["start"] == call["answered"] && call["end"].is_string(), "{call}");
        let streams: Vec<_> = call["streams"].as_array().unwrap().iter().collect();
        assert_eq!(streams.len(), 2);
        for at in streams {
            let stream = &document["streams"][at.as_u64().unwrap() as usize];
            assert_eq!(stream["call"], call["call_id"]);
            assert!(
                stream["codec"] == "PCMA" && stream["mos"].is_number() && stream["dscp"]["46"].is_number()
            );
        }
    }
}

/// An ASIP telephone that speaks with the PBX in parts: moment, first number and packets of each; the same sources all
/// along.
fn parts(parts: &[(u64, u16, u16)], phone: Host) -> Audit {
    let mut net = Site { lasts: 0, ..Site::default() }.net();
    if phone == ASIP {
        agfeo::asip_signalling(&mut net, 4 * SECOND, phone, PBX);
    }
    let (own, other) = (phone.port(5896), PBX.port(5210));
    for &(at, first, packets) in parts {
        Voice::new(own, other).speak(&mut net, at, first, packets);
        Voice { ssrc: 8, ..Voice::new(other, own) }.speak(&mut net, at + 7 * MS, first + 900, packets);
    }
    // So that the capture goes on behind the last call.
    net.ping(40 * SECOND, PBX, ASIP);
    let scenario = Scenario::new("asip", "", net.capture()).pbx(PBX, "es-pure-ip");
    audit_of(&if phone == ASIP { scenario } else { scenario.role(phone, "agfeo.phone.t14") })
}

#[test]
fn a_source_that_begins_anew_begins_another_call() {
    let audit = parts(&[(6 * SECOND, 100, 200), (12 * SECOND, 30_000, 150)], ASIP);
    assert_eq!(audit.traffic.streams.len(), 2, "one of each side all along");
    assert_eq!(told(&audit), [(60, Some(100), both()), (120, Some(150), both())]);
}

#[test]
fn a_source_that_goes_on_after_long_silence_is_in_another_call() {
    let calls = told(&parts(&[(6 * SECOND, 100, 200), (20 * SECOND, 300, 150)], ASIP));
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert_eq!((calls[0].0, calls[1].1, &calls[1].2), (60, Some(230), &both()));
    assert!((100..=105).contains(&calls[0].1.unwrap()) && (195..=200).contains(&calls[1].0), "{calls:?}");
}

#[test]
fn each_call_of_a_source_has_figures_of_its_own() {
    // Five packets get lost in the second call.
    let audit = parts(&[(6 * SECOND, 100, 200), (20 * SECOND, 300, 50), (21_100 * MS, 355, 100)], ASIP);
    let calls: Vec<usize> = untold(&audit).into_iter().map(|(id, _)| id).collect();
    assert_eq!(calls.len(), 2);
    let of = |call: usize| -> Vec<_> {
        let voice = audit.traffic.voice_of(call);
        voice.filter_map(|at| audit.traffic.in_call(at, call)).map(|it| (it.packets, it.lost)).collect()
    };
    assert_eq!((of(calls[0]), of(calls[1])), (vec![(200, 0); 2], vec![(150, 5); 2]));
    let quality = |call: usize| {
        let at = audit.traffic.voice_of(call).next().unwrap();
        audit.traffic.in_call(at, call).unwrap().quality.unwrap().mos
    };
    assert!(quality(calls[0]) > quality(calls[1]));
    // Wireshark's figures stay those of the whole stream.
    let whole = audit.traffic.streams[0].report.wireshark.unwrap();
    assert_eq!((whole.packets, whole.lost), (350, 5));
    let document: serde_json::Value = serde_json::from_str(&json(&audit)).unwrap();
    let heard = &document["calls"][calls[1]]["heard"];
    assert_eq!((&heard[0]["packets"], &heard[0]["lost"]), (&150.into(), &5.into()), "{heard}");
    let text = table(&audit);
    assert!(text.contains("loss\u{a0}3.2\u{a0}%") || text.contains("loss\u{a0}3.2 %"), "{text}");
}

#[test]
fn a_pause_within_a_call_is_no_end() {
    assert_eq!(
        told(&parts(&[(6 * SECOND, 100, 200), (13 * SECOND, 300, 150)], ASIP)),
        [(60, Some(160), both())]
    );
}

#[test]
fn a_telephone_whose_calls_can_be_read_has_none_by_asip() {
    let audit = parts(&[(6 * SECOND, 100, 200)], OFFICE_PC);
    assert!(!audit.traffic.streams.is_empty() && untold(&audit).is_empty());
}
