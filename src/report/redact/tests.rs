use super::super::json::document::Outage;
use super::*;
use crate::report::fixture::{audit, names, settings};
use crate::report::{Language, Published, json, table};

fn pseudonyms(words: &[(&str, &str)]) -> Pseudonyms {
    let words = words.iter().map(|(word, other)| ((*word).to_owned(), (*other).to_owned())).collect();
    let real: IpAddr = "217.0.0.5".parse().unwrap();
    let map = BTreeMap::from([(real, "198.18.0.1".parse().unwrap())]);
    Pseudonyms { words, addresses: Some(map) }
}

#[test]
fn the_user_of_a_party_is_found_in_every_form() {
    assert_eq!(parts("\"Anna\" <sip:21@pbx.example:5060;x=y>"), ("21", Some("pbx.example")));
    assert_eq!(parts("sip:+4930@[2001:db8::1]:5060"), ("+4930", Some("2001:db8::1")));
    assert_eq!(parts("21"), ("21", None));
}

#[test]
fn words_are_replaced_where_they_stand_alone() {
    let known = pseudonyms(&[("21", "number-1"), ("030123", "number-2")]);
    assert_eq!(
        known.text("21 packets of 21@pbx to 030123, not 0301234"),
        "21 packets of number-1@pbx to number-2, not 0301234"
    );
}

#[test]
fn the_end_behind_a_relay_is_hidden_and_what_agreed_on_keys_stays() {
    let mut audit = audit();
    let (peer, relayed) = ("217.0.0.5:5004".parse().unwrap(), "217.0.0.6:49152".parse().unwrap());
    audit.traffic.streams[0].relay = Some(crate::observe::Relay {
        protocol: crate::observe::Protocol::Udp,
        channel: Some(0x4001),
        multiplexed: false,
        indicated: 5,
        peer: Some(peer),
        relayed: Some(relayed),
        is_clients: true,
    });
    audit.traffic.streams[0].report.keying = Some(crate::observe::media::Keying::Zrtp);
    audit.traffic.calls[0].from = "sip:zrtp@anlage.example".into();
    let document = json::document_of(&audit, &names(Language::En), &settings(Language::En, 80));
    let hidden = redact(&document, Redaction::Addresses).unwrap();
    let text = serde_json::to_string(&hidden.streams[0]).unwrap();
    assert!(!text.contains("217.0.0."), "{text}");
    assert!(text.contains("\"keyed_by\":\"zrtp\"") && text.contains("16385"), "{text}");
}

#[test]
fn an_extension_is_no_count_and_no_port() {
    let known = pseudonyms(&[("100", "number-1"), ("5060", "number-2"), ("anna", "user-3")]);
    assert_eq!(
        known.text("100 of sip:100 and sip:5060 at 10.0.0.1:5060, anna, annabel"),
        "100 of sip:number-1 and sip:number-2 at 10.0.0.1:5060, user-3, annabel"
    );
    assert_eq!(
        known.filter("frame.number in {100, 101} && sip.from contains \"anna\" && anna == 217.0.0.5"),
        "frame.number in {100, 101} && sip.from contains \"user-3\" && anna == 198.18.0.1"
    );
}

#[test]
fn the_longest_word_wins_and_others_do_not_hide_it() {
    let known =
        pseudonyms(&[("anna", "user-1"), ("anna.b", "user-2"), ("anna.berg", "user-3"), ("zoë", "user-4")]);
    assert_eq!(
        known.text("anna.berg anna.b anna.bx anna. (zoë) zoëx"),
        "user-3 user-2 user-1.bx user-1. (user-4) zoëx"
    );
}

#[test]
fn addresses_are_replaced_with_port_and_in_filters() {
    let known = pseudonyms(&[]);
    assert_eq!(known.text("ip.src == 217.0.0.5 && x"), "ip.src == 198.18.0.1 && x");
    assert_eq!(known.text("217.0.0.5:5060, 217.0.0.5."), "198.18.0.1:5060, 198.18.0.1.");
    assert_eq!(known.text("217.0.0.50 192.168.1.1"), "217.0.0.50 192.168.1.1");
}

/// Every word that the form of the report is made of, as the name of a caller.
#[test]
fn who_is_called_like_a_word_of_the_report_does_not_alter_it() {
    let mut schema = Vec::new();
    json::schema(&mut schema).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let mut words = Vec::new();
    enumerated(&schema, &mut words);
    assert!(words.contains(&"not-assessable".to_owned()) && words.len() > 40, "{words:?}");
    let document = json::document_of(&audit(), &names(Language::De), &settings(Language::De, 80));
    let mut named = document.clone();
    for (call, word) in std::iter::repeat_n(&document.calls[0], words.len()).zip(&words) {
        let mut call = call.clone();
        call.from = format!("sip:{word}@pbx.example");
        named.calls.push(call);
    }
    let hidden = redact(&named, Redaction::Addresses).unwrap();
    assert_eq!(hidden.verdict, document.verdict);
    assert!(
        hidden
            .findings
            .iter()
            .zip(&document.findings)
            .all(|(x, y)| x.severity == y.severity && x.title == y.title)
    );
    assert!(hidden.calls.iter().all(|call| !call.from.contains("pbx.example")));
}

fn enumerated(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            let listed = fields.get("enum").and_then(Value::as_array).into_iter().flatten();
            words.extend(listed.chain(fields.get("const")).filter_map(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| enumerated(value, words));
        }
        Value::Array(values) => values.iter().for_each(|value| enumerated(value, words)),
        _ => {}
    }
}

#[test]
fn the_table_has_the_pseudonyms_of_the_published_forms() {
    for (language, redaction) in [(Language::De, Redaction::People), (Language::En, Redaction::Addresses)] {
        let (names, settings) = (names(language), settings(language, 120));
        let plain = table(&audit(), &names, &settings);
        let published = Published::of(&audit(), &names, &settings);
        let hidden = published.redacted_table(audit(), &names, &settings, redaction);
        for secret in ["11@192.168.10.2", "anlage.pcapng", "notizen.txt", "defekt.pcap", "evil"] {
            assert!(plain.contains(secret), "the table names {secret}");
        }
        for secret in ["11@", "anlage.pcapng", "notizen.txt"] {
            assert!(!hidden.contains(secret), "{secret}: {hidden}");
        }
        assert_eq!(hidden.contains("203.0.113.77"), redaction == Redaction::People);
        let document = redact(&json::document_of(&audit(), &names, &settings), redaction).unwrap();
        for shown in [&document.calls[0].from, &document.calls[0].to, &document.registrations[0].aor] {
            assert!(hidden.contains(shown.as_str()), "{shown}: {hidden}");
        }
        // The filter is still one: its frames are frames.
        assert!(hidden.contains("frame.number in {12, 15, 977}"), "{hidden}");
    }
}

#[test]
fn what_packets_say_in_words_is_hidden_unless_a_standard_says_it() {
    const PHRASE: &str = "Number +491711234567 of Frau Meier is barred";
    let mut audit = audit();
    audit.captures[0].path = "MuellerGmbH".to_owned();
    let call = &mut audit.traffic.calls[0];
    (call.reason, call.dialled) = (Some(PHRASE.into()), Some("08019200028".into()));
    for finding in &mut audit.findings {
        match &mut finding.detail {
            Detail::Sig001 { rejection, .. } | Detail::Sig005 { rejection, .. } => {
                rejection.reason = PHRASE.into()
            }
            Detail::Sig004 { sent, returned, .. } => {
                (*sent, *returned) = ("annas-notebook:5064".into(), "198.51.100.9:40000".into());
            }
            Detail::Cap011 { path, .. } => *path = "MuellerGmbH".into(),
            _ => {}
        }
    }
    let (names, settings) = (names(Language::En), settings(Language::En, 400));
    let document = json::document_of(&audit, &names, &settings);
    let published = serde_json::to_string(&document).unwrap();
    let hidden = serde_json::to_string(&redact(&document, Redaction::People).unwrap()).unwrap();
    let table_of = |audit| {
        Published::of(&audit, &names, &settings).redacted_table(audit, &names, &settings, Redaction::People)
    };
    let table = table_of(audit);
    for secret in ["Meier", "+491711234567", "08019200028", "annas-notebook", "MuellerGmbH"] {
        assert!(published.contains(secret), "{secret} is not told at all");
        assert!(!hidden.contains(secret), "{secret}");
        assert!(!table.contains(secret), "{secret}: {table}");
    }
    assert!(hidden.contains("capture-1 is"), "CAP-011 names the file as the list of files does");
    assert!(hidden.contains("198.51.100.9:40000"), "an address is no name");
}

#[test]
fn interfaces_without_a_link_have_the_numbers_of_the_capture() {
    let mut document = json::document_of(&audit(), &names(Language::En), &settings(Language::En, 80));
    let outage = |name: &str| Outage { interface: name.to_owned(), since: None, until: None };
    document.captures[0].interfaces[0].name = Some("praxis-empfang".to_owned());
    document.outages = vec![outage("buero-chef"), outage("praxis-empfang"), outage("buero-chef")];
    let hidden = redact(&document, Redaction::People).unwrap();
    let told: Vec<&str> = hidden.outages.iter().map(|outage| outage.interface.as_str()).collect();
    assert_eq!(told[0], told[2]);
    assert_eq!(Some(told[1]), hidden.captures[0].interfaces[0].name.as_deref());
    assert!(told[0] != told[1] && told.iter().all(|name| name.starts_with("interface-")), "{told:?}");
}

#[test]
fn hosts_are_taken_out_of_quotations() {
    let hosts = |text: &'static str| quotations(text).filter_map(named_host).collect::<Vec<_>>();
    assert_eq!(hosts("„217.0.0.5:5060“ statt „anna.local:5064“."), ["anna.local"]);
    assert_eq!(hosts("“[2001:db8::1]:5060” instead of “anna”, “2001:db8::1”"), ["anna"]);
}

#[test]
fn names_with_quotation_marks_of_their_own_are_hidden_as_a_whole() {
    let hidden = |language, name: &str| {
        let mut audit = audit();
        for finding in &mut audit.findings {
            match &mut finding.detail {
                Detail::Net001 { names, .. } => *names = vec![name.into(), "kanzlei.example".into()],
                Detail::Sig004 { sent, returned, .. } => {
                    (*sent, *returned) = (format!("{name}:5064").into(), "198.51.100.9:40000".into());
                }
                _ => {}
            }
        }
        let document = json::document_of(&audit, &names(language), &settings(language, 400));
        let published = serde_json::to_string(&document).unwrap();
        assert!(published.contains("anna") && published.contains("meier"), "{published}");
        serde_json::to_string(&redact(&document, Redaction::People).unwrap()).unwrap()
    };
    for mark in ['’', '‘', '„', '“', '”'] {
        for language in [Language::De, Language::En] {
            let told = hidden(language, &format!("anna{mark}meier{mark}praxis.example"));
            for secret in ["anna", "meier", "praxis.example", "kanzlei"] {
                assert!(!told.contains(secret), "{mark} {secret}: {told}");
            }
        }
    }
}

#[test]
fn what_a_device_is_called_may_have_quotation_marks() {
    assert_eq!(stated_name("--site agfeo.es “Kanzlei “Meier””"), Some("Kanzlei “Meier”"));
    assert_eq!(stated_name("--site provider “anna”"), Some("anna"));
    assert_eq!(stated_name("--pbx agfeo.es"), None);
}
