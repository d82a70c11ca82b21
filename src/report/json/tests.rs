use serde_json::Value;

use super::{FLOWS, json, schema};
use crate::check::Audit;
use crate::report::fixture::{HOSTILE, audit, empty_audit, names, settings};
use crate::report::{Language, Published, Settings};

fn text(audit: &Audit, settings: &Settings) -> String {
    let mut out = Vec::new();
    json(audit, &names(settings.language), settings, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn value(audit: &Audit, settings: &Settings) -> Value {
    serde_json::from_str(&text(audit, settings)).unwrap()
}

/// The contract: every key that was ever published, `[]` for the entries of an array.
const KEYS: &str = "
schema tool.name tool.version rulebooks[].vendor rulebooks[].title rulebooks[].as_of rulebooks[].rows verdict
captures[].path captures[].format captures[].packets captures[].bytes captures[].first captures[].last
captures[].linktypes captures[].interfaces[].name captures[].interfaces[].linktype captures[].interfaces[].drops captures[].interfaces[].packets
captures[].cut_packets captures[].undecoded captures[].ended
passed_over[].path passed_over[].reason
hosts[].address hosts[].macs hosts[].vendor hosts[].role hosts[].model hosts[].confidence hosts[].evidence
hosts[].vlans hosts[].outer_vlans hosts[].agents hosts[].names hosts[].contradictions
rows[].row rows[].status rows[].flows rows[].packets rows[].frames
flows[].a.address flows[].a.port flows[].b.address flows[].b.port flows[].transport flows[].initiator
flows[].packets_ab flows[].packets_ba flows[].bytes_ab flows[].bytes_ba flows[].first flows[].last flows[].rows
flows[].dscp_ab flows[].dscp_ba flows[].app flows_omitted
streams[].source.address streams[].source.port streams[].destination.address streams[].destination.port
streams[].ssrc streams[].payload_types streams[].codec streams[].packets streams[].expected streams[].lost
streams[].lost_percent streams[].duplicates streams[].reordered
streams[].delta_ms.min streams[].delta_ms.mean streams[].delta_ms.max
streams[].jitter_ms.min streams[].jitter_ms.mean streams[].jitter_ms.max
streams[].dscp streams[].ef_percent streams[].vlan streams[].pcp streams[].mos streams[].call streams[].wireshark
streams[].first streams[].last streams[].kind streams[].recognition streams[].secure streams[].payloads
streams[].announced_codecs streams[].ptime_ms streams[].announced_ptime_ms streams[].clock_hz streams[].clock_source
streams[].bursts streams[].longest_burst streams[].strays streams[].segments[].first streams[].segments[].last
streams[].segments[].highest_sequence streams[].segments[].expected streams[].segments[].lost
streams[].silence_percent streams[].talkspurts streams[].rating
streams[].receiver.reports streams[].receiver.lost streams[].receiver.worst_lost_percent
streams[].receiver.max_jitter_ms streams[].receiver.round_trip_ms.mean streams[].receiver.round_trip_sender_ms.mean streams[].receiver.voip.lost_percent
streams[].receiver.voip.discarded_percent streams[].receiver.voip.round_trip_ms
streams[].receiver.voip.end_system_delay_ms streams[].receiver.voip.mos_lq streams[].receiver.voip.mos_cq
streams[].receiver.frames streams[].receiver.files
calls[].call_id calls[].protocol calls[].from calls[].to calls[].start calls[].answered calls[].end calls[].state calls[].status
streams[].course.start streams[].course.interval_ms streams[].course.packets streams[].course.lost
streams[].course.jitter_ms routes routes_omitted
calls[].streams calls[].messages[].frame calls[].messages[].file calls[].messages[].time
calls[].messages[].source calls[].messages[].destination calls[].messages[].method calls[].messages[].status
calls[].messages[].sdp calls[].messages[].dscp calls[].messages_omitted
calls[].messages[].reason calls[].messages[].repeats calls[].messages[].copies calls[].messages[].omitted_before
quality.layers quality.foreign_telephony dhcp_servers rows[].no_forwarding
registrations[].aor registrations[].contact registrations[].registrar registrations[].expires
registrations[].status registrations[].attempts
findings[].code findings[].severity findings[].confidence findings[].title findings[].detail findings[].action
findings[].responsible findings[].subject findings[].rows findings[].count findings[].evidence.frames
findings[].evidence.filter findings[].evidence.first findings[].evidence.last
";

#[test]
fn every_published_key_is_there() {
    let document = value(&audit(), &settings(Language::En, 80));
    for key in KEYS.split_whitespace() {
        let pointer = format!("/{}", key.replace("[]", "/0").replace('.', "/"));
        assert!(document.pointer(&pointer).is_some(), "{key}");
    }
}

#[test]
fn the_schema_stays_as_published() {
    let mut out = Vec::new();
    schema(&mut out).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}

#[test]
fn a_small_report() {
    let mut audit = audit();
    audit.findings.truncate(2);
    insta::assert_snapshot!(text(&audit, &settings(Language::En, 80)));
}

#[test]
fn what_is_not_a_number_is_null() {
    let document = value(&audit(), &settings(Language::En, 80));
    assert_eq!(document.pointer("/streams/0/jitter_ms/mean"), Some(&Value::Null));
    assert_eq!(document.pointer("/streams/0/wireshark"), Some(&Value::Null));
}

#[test]
fn what_speaks_against_a_role_is_told_with_its_evidence() {
    let document = value(&audit(), &settings(Language::En, 80));
    let hosts = document["hosts"].as_array().unwrap();
    let told = hosts.iter().find_map(|host| host["contradictions"].get(0)).unwrap();
    assert_eq!((&told["role"], &told["evidence"]["seen"]), (&Value::from("other"), &Value::from("5004")));
}

#[test]
fn hostile_text_is_escaped_and_keeps_its_meaning() {
    let settings = settings(Language::En, 80);
    let text = text(&audit(), &settings);
    assert!(text.lines().all(|line| line.chars().all(crate::report::escape::is_plain)));
    assert!(text.contains("\\u202e"));
    let document = value(&audit(), &settings);
    assert_eq!(document.pointer("/calls/0/to").and_then(Value::as_str), Some(HOSTILE));
}

#[test]
fn flows_are_bounded_and_the_rest_is_counted() {
    let mut audit = audit();
    let mut foreign = audit.traffic.flows.swap_remove(0);
    let wanted = audit.traffic.flows.swap_remove(0);
    foreign.a = "10.0.0.1:1".parse().unwrap();
    foreign.b = "10.0.0.2:2".parse().unwrap();
    for id in 0..=FLOWS {
        let flow = if id == FLOWS { &wanted } else { &foreign };
        audit.traffic.flows.push(crate::observe::Flow { id, ..flow.clone() });
    }
    let settings = settings(Language::En, 80);
    let document = value(&audit, &settings);
    let listed = document["flows"].as_array().unwrap();
    assert_eq!((listed.len(), &document["flows_omitted"]), (FLOWS, &Value::from(1)));
    assert_eq!(listed.last().unwrap()["b"]["port"], wanted.b.port());

    let everything = value(&audit, &Settings { all_flows: true, ..settings });
    assert_eq!(everything["flows"].as_array().unwrap().len(), FLOWS + 1);
    assert_eq!(everything["flows_omitted"], 0);
}

#[test]
fn addresses_are_bounded_but_devices_never_left_out() {
    let mut audit = audit();
    let device = audit.site.devices.last().unwrap().address;
    let mut facts = audit.traffic.hosts.swap_remove(0);
    for number in 0..FLOWS as u32 + 3 {
        facts.address = std::net::Ipv4Addr::from_bits(0x0a00_0001 + number).into();
        audit.traffic.hosts.push(facts.clone());
    }
    let settings = settings(Language::En, 80);
    let document = value(&audit, &settings);
    let listed = document["hosts"].as_array().unwrap();
    let is_there =
        |address: std::net::IpAddr| listed.iter().any(|host| host["address"] == address.to_string());
    assert!(document["hosts_omitted"].as_u64().unwrap() >= 3 && is_there(device), "{}", listed.len());
    let everything = value(&audit, &Settings { all_flows: true, ..settings });
    assert_eq!(everything["hosts_omitted"], 0);
}

#[test]
fn an_empty_measurement_is_valid_too() {
    let document = value(&empty_audit(), &settings(Language::De, 80));
    assert_eq!(document["verdict"], "not-assessable");
    assert_eq!(document["language"], "de");
}

#[test]
fn lists_that_are_made_while_they_are_written_are_those_of_the_published_form() {
    let mut audit = audit();
    let (calls, streams) = (audit.traffic.calls.clone(), audit.traffic.streams.clone());
    for _ in 0..2_500 / streams.len() {
        audit.traffic.streams.extend_from_slice(&streams);
    }
    audit.traffic.calls.extend_from_slice(&calls);
    for (audit, all_flows) in [(&audit, false), (&audit, true), (&empty_audit(), false)] {
        let settings = Settings { all_flows, ..settings(Language::De, 80) };
        let mut whole = Vec::new();
        let published = Published::of(audit, &names(Language::De), &settings);
        published.json(&mut whole).unwrap();
        assert!(text(audit, &settings).as_bytes() == whole, "they differ");
    }
}

/// Two calls. In the first, voice of the callee begins 5 s late, pauses 3 s for an offer, changes its codec, comes out of order
/// lasts 20 s longer and rests for 2.4 s; in the second only one side is heard, as the only finding says.
fn with_remarks() -> Audit {
    use crate::check::Detail;
    use crate::observe::fixture::{at, call, frame, socket, stream};
    use crate::observe::media::report::PayloadRole;
    use crate::observe::media::timing::Pause;
    use crate::observe::media::{Moment, PayloadReport, Seen};
    use crate::observe::{Answer, Call, CallSide, Paused};
    let mut audit = audit();
    audit.unjudged.clear();
    audit.findings.retain(|finding| matches!(finding.detail, Detail::Rtp001 { .. }));
    let silent = format!("{}:5004", audit.findings[0].subject.as_ref().unwrap().address);
    let Detail::Rtp001 { peers, .. } = &audit.findings[0].detail else { panic!() };
    let speaker = format!("{}:5006", peers[0]);
    let answered = |caller: &str, callee: &str| Call {
        answer: Answer::Answered,
        answered: Some((frame(2), at(0))),
        end: Some((frame(9), at(20_000))),
        hung_up: Some(CallSide::Caller),
        caller_media: vec![socket(caller)],
        callee_media: vec![socket(callee)],
        ..call(caller, callee)
    };
    let said = |from: &str, to: &str, of: usize, times: [i64; 2]| {
        let mut said = stream(from, to, &[(46, 500)]);
        said.call = Some(of);
        (said.report.first.time, said.report.last.time) = (at(times[0]), at(times[1]));
        said
    };
    let [caller, callee] = ["192.168.10.71:4000", "192.168.10.72:4000"];
    audit.traffic.calls =
        vec![answered(caller, callee), Call { call_id: "c2".into(), ..answered(&speaker, &silent) }];
    let mut late = said(callee, caller, 0, [5_000, 40_000]);
    late.paused = Paused { packets: 5, length: 3_000_000_000 };
    late.report.counts.reordered = 10;
    late.report.timing.evenness.pauses = vec![Pause {
        at: Moment { frame: frame(70), time: at(12_000) },
        length: 2_400.0,
        late: 2_380.0,
        left: 2_380.0,
        is_whole: true,
    }];
    let payload = |value, name: &str, first: u64| PayloadReport {
        seen: Seen {
            value,
            packets: 200,
            frames: [frame(first)].into_iter().collect(),
            last: frame(first + 200),
        },
        since: at(first as i64),
        name: Some(name.to_owned()),
        role: PayloadRole::Media,
        rate: Some(8_000),
        length: None,
        step: None,
    };
    late.report.payloads = vec![payload(8, "PCMA", 1), payload(9, "G722", 300)];
    audit.traffic.streams =
        vec![said(caller, callee, 0, [0, 20_000]), late, said(&speaker, &silent, 1, [0, 20_000])];
    audit
}

#[test]
fn what_is_remarked_at_calls_and_voice_stands_in_every_form() {
    let audit = with_remarks();
    for language in [Language::De, Language::En] {
        let settings = settings(language, 140);
        let table = crate::report::table(&audit, &names(language), &settings);
        let published = Published::of(&audit, &names(language), &settings);
        let forms = [published.html(&settings.zone), published.markdown(&settings.zone)];
        let plain = |form: &str| form.replace('\u{a0}', " ").replace("\\!", "!");
        let (marks, remarks): (&str, [&str; 7]) = match language {
            Language::De => (
                "! steht vor Gesprächen",
                [
                    "erste Sprache 5,0 s nach der Annahme",
                    "noch 20,0 s nach dem Ende",
                    "Pause 3,0 s",
                    "10 vertauscht",
                    "PCMA, ab 00:00:01 G722",
                    "nur eine Seite ist zu hören (RTP-001)",
                    "Pause: Mit einem neuen Angebot",
                ],
            ),
            Language::En => (
                "! marks calls",
                [
                    "first voice 5.0 s after the answer",
                    "20.0 s longer than the call",
                    "Pause 3.0 s",
                    "10 out of order",
                    "PCMA, from 00:00:01 G722",
                    "only one side is heard (RTP-001)",
                    "Pause: with a new offer",
                ],
            ),
        };
        // A line of it may end within the remark.
        let (begins, _) = remarks[0].split_once(" s ").unwrap();
        assert!(plain(&table).contains(begins) && plain(&table).contains("\n! "), "{table}");
        assert!(plain(&table).find("\n! ") < plain(&table).find(begins), "the worst call first: {table}");
        for form in forms {
            let form = plain(&form);
            for remark in remarks.iter().chain([&marks]) {
                assert!(form.contains(remark), "{remark}: {form}");
            }
            assert_eq!(form.matches(remarks[0]).count(), 1);
            assert!(form.contains(">! ") || form.contains("| ! "), "{form}");
        }
    }
}

#[test]
fn what_is_remarked_at_calls_and_voice_is_told_to_machines() {
    let mut audit = with_remarks();
    let settings = settings(Language::En, 80);
    let document = value(&audit, &settings);
    let said = &document["streams"][1];
    for (key, ms) in
        [("late_ms", 5_000.0), ("over_ms", 20_000.0), ("paused_ms", 3_000.0), ("longest_rest_ms", 2_400.0)]
    {
        assert_eq!((&said[key], &document["streams"][0][key]), (&Value::from(ms), &Value::Null), "{key}");
    }
    assert_eq!((&said["stopped_ms"], &said["codecs_in_turn"][1]["codec"]), (&Value::Null, &"G722".into()));
    let call = |at: usize, key: &str| document["calls"][at][key].clone();
    assert_eq!([call(0, "marked"), call(0, "one_way")], [Value::Null, Value::Null]);
    assert_eq!(
        [call(1, "marked"), call(1, "one_way")["at_first_ms"].clone()],
        [Value::Bool(true), Value::Null]
    );
    assert_eq!([call(0, "worst"), call(1, "worst")], [Value::Null, Value::from(1)]);
    assert!(call(1, "one_way").is_object());
    audit.unjudged.push(crate::check::Unjudged::Clock);
    assert_eq!(value(&audit, &settings)["streams"][1]["late_ms"], Value::Null, "times cannot be compared");
    // Who fell silent before the end.
    audit.unjudged.clear();
    audit.traffic.streams[1].report.first.time = crate::observe::fixture::at(0);
    audit.traffic.streams[1].report.last.time = crate::observe::fixture::at(8_000);
    assert_eq!(value(&audit, &settings)["streams"][1]["stopped_ms"], 12_000.0);
}

#[test]
fn two_senders_that_reach_one_port_at_once_are_remarked_in_every_form() {
    use crate::observe::fixture::{call, spoken, stream};
    let mut audit = audit();
    audit.traffic.calls = vec![call("192.168.10.71:5060", "192.168.10.72:5060")];
    let said = |from: &str, ssrc| {
        let mut said = spoken(stream(from, "192.168.10.71:4000", &[]), 0, &[(46, 0, 1.0); 24]);
        (said.report.ssrc, said.call) = (ssrc, Some(0));
        said
    };
    audit.traffic.streams = vec![said("192.168.10.81:4000", 1), said("192.168.10.82:4000", 2)];
    let settings = settings(Language::De, 160);
    let document = value(&audit, &settings);
    let with = &document["streams"][0]["heard_with"];
    assert_eq!((&with["source"]["address"], &with["both_ms"]), (&"192.168.10.82".into(), &12_000.0.into()));
    let published = Published::of(&audit, &names(Language::De), &settings);
    let table = crate::report::table(&audit, &names(Language::De), &settings);
    assert!(table.contains("zugleich") && table.contains("womöglich"), "{table}");
    for form in [published.html(&settings.zone), published.markdown(&settings.zone)] {
        let form = form.replace('\u{a0}', " ");
        for other in ["192.168.10.81", "192.168.10.82"] {
            let remark = format!("12,0 s lang zugleich mit Sprache von {other} am selben Port");
            assert!(form.contains(&remark), "{form}");
        }
    }
    audit.unjudged.clear();
    for about in [crate::report::About::Call(0), crate::report::About::Stream(0)] {
        let page = crate::report::row_page(about, &audit, &[], &names(Language::De), &settings).unwrap();
        assert!(page.contains("zugleich mit Sprache von 192.168.10.82"), "{page}");
    }
}

#[test]
fn the_layout_is_that_of_serde_json() {
    let value = serde_json::json!({
        "empty": [[], {}, [[]], [{ "a": {} }]], "deep": [[[{ "a": [1, "b", null, -2.5] }]], "c"], "d": "\n\"\\e"
    });
    let mut written = Vec::new();
    super::write(&value, &mut written).unwrap();
    let pretty = serde_json::to_string_pretty(&value).unwrap() + "\n";
    assert_eq!(String::from_utf8(written).unwrap(), pretty);
}
