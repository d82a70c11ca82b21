use jiff::tz::TimeZone;

use super::{Context, finding_text, title, words};
use crate::capture::{Ended, Timestamp};
use crate::check::{
    Astray, Code, Detail, Finding, Heard, Life, Mute, NoVoice, Refusal, Unevenness, Unjudged, Verdict,
    VoiceSender,
};
use crate::observe::{Answer, Protocol};
use crate::report::Language::{self, De, En};
use crate::report::escape::is_plain;
use crate::report::fixture::{HOSTILE, audit, findings, names};
use crate::site::{Confidence, Site};

/// Detail and action of the finding with this code, changed by `change`, with plain blanks.
fn said(code: Code, language: Language, change: impl FnOnce(&mut Finding)) -> (String, String) {
    let audit = audit();
    let names = names(language);
    let context = Context { audit: &audit, names: &names, zone: &TimeZone::UTC };
    let mut finding = audit.findings.iter().find(|finding| finding.code() == code).unwrap().clone();
    change(&mut finding);
    let text = finding_text(&finding, &context, language);
    (text.detail.replace('\u{a0}', " "), text.action.replace('\u{a0}', " "))
}

#[test]
fn every_code_has_a_short_title_of_its_own() {
    for language in [De, En] {
        let mut titles: Vec<&str> = Code::ALL.iter().map(|code| title(*code, language)).collect();
        assert!(titles.iter().all(|title| (5..=60).contains(&title.chars().count())));
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), Code::ALL.len());
    }
}

#[test]
fn every_finding_is_told_in_full_sentences() {
    let codes: Vec<Code> = findings().iter().map(Finding::code).collect();
    let untold: Vec<&Code> = Code::ALL.iter().filter(|code| !codes.contains(code)).collect();
    assert_eq!(untold, [&Code::Port004], "only the row matrix tells of it");
    for code in codes {
        for language in [De, En] {
            let (detail, action) = said(code, language, |_| {});
            for text in [detail, action] {
                assert!(text.ends_with('.'), "{text}");
                assert!(!text.contains("  ") && !text.contains(" ,") && !text.contains("()"), "{text}");
                assert!(text.chars().all(is_plain), "{text}");
            }
        }
    }
}

#[test]
fn what_is_only_suspected_is_to_be_found_out_first() {
    for code in [Code::Sec001, Code::Sec004] {
        let told = |language, confidence| said(code, language, |finding| finding.confidence = confidence).1;
        for (language, at_once) in [(De, "sofort"), (En, "at once")] {
            assert!(told(language, Confidence::Likely).contains(at_once));
            let suspected = told(language, Confidence::Suspected);
            assert!(!suspected.contains(at_once) && suspected.ends_with('.'), "{suspected}");
        }
    }
}

#[test]
fn who_fell_silent_is_not_said_to_be_in_operation() {
    let silent = |finding: &mut Finding| match &mut finding.detail {
        Detail::Port003 { refusal, life, outbound, .. } => {
            (*refusal, *outbound, *life) = (Refusal::Silence, false, Life::SilentSince(Timestamp(0)));
        }
        Detail::Sig002 { life, .. } => *life = Life::SilentSince(Timestamp(0)),
        _ => {}
    };
    for (code, host) in [(Code::Port003, "192.0.2.10"), (Code::Sig002, "192.0.2.1")] {
        let (detail, action) = said(code, De, silent);
        assert!(detail.ends_with(&format!("Seit 00:00:00 Uhr kommt von {host} nichts mehr.")), "{detail}");
        assert!(action.starts_with("Prüfen Sie zuerst"), "{action}");
    }
}

#[test]
fn voice_that_is_refused_asks_no_service() {
    let voice = |finding: &mut Finding| {
        finding.count = 2;
        if let Detail::Port003 { voice, .. } = &mut finding.detail {
            *voice = Some(crate::check::VoiceSent { packets: 400, ports: None });
        }
    };
    let (detail, action) = said(Code::Port003, De, voice);
    assert!(
        detail.contains("400 Sprachpakete an 192.0.2.10:443 gesendet; 192.168.10.1 hat das 2-mal"),
        "{detail}"
    );
    assert!(!action.contains("Dienst") && action.contains("SDP"), "{action}");
}

#[test]
fn what_is_not_counted_stands_directly_behind_the_share() {
    let told = |language| said(Code::Rtp004, language, |_| {}).0;
    for (language, behind) in [
        (De, "%). In beiden Zahlen nicht mitgezählt sind 21 weitere Pakete"),
        (En, "it is above the guide value of 20 ms. Counted in neither number are 21 further packets"),
    ] {
        let text = told(language);
        assert!(text.contains(behind), "{text}");
    }
}

#[test]
fn one_is_not_told_as_many() {
    let once = |finding: &mut Finding| {
        finding.count = 1;
        if let Detail::Port003 { refusal, .. } = &mut finding.detail {
            *refusal = Refusal::Silence;
        }
    };
    let (detail, _) = said(Code::Port003, De, once);
    assert!(
        detail.starts_with("1 SYN-Paket von AGFEO Telefonanlage (192.168.10.2) zu 192.0.2.10:443"),
        "{detail}"
    );
    assert!(detail.ends_with("blieb ohne Antwort."), "{detail}");
    let over_udp = |finding: &mut Finding| {
        once(finding);
        if let Detail::Port003 { protocol, .. } = &mut finding.detail {
            *protocol = Protocol::Udp;
        }
    };
    assert!(said(Code::Port003, En, over_udp).0.starts_with("1 packet from AGFEO PBX (192.168.10.2) to"));
    let alone = |finding: &mut Finding| {
        if let Detail::Port001 { uses, .. } = &mut finding.detail {
            uses.truncate(1);
        }
    };
    let (detail, _) = said(Code::Port001, De, alone);
    assert_eq!(
        detail,
        "Nicht in der Portliste (Stand 19.01.2026): eigener Port UDP 4711 mit 192.168.10.31:40000 (7 Verbindungen)."
    );
    let called = |finding: &mut Finding| {
        if let Detail::Port001 { uses, .. } = &mut finding.detail {
            uses.truncate(1);
            let port = |port| std::net::SocketAddr::new(uses[0].peers[0].ip(), port);
            uses[0].peers = [40_000, 40_001, 40_002].map(port).to_vec();
        }
    };
    let (detail, _) = said(Code::Port001, En, called);
    assert!(detail.ends_with("own port UDP 4711 with 192.168.10.31 (7 flows)."), "{detail}");
    let single = |finding: &mut Finding| {
        if let Detail::Port006 { observed, .. } = &mut finding.detail {
            *observed = (5300, 5300);
        }
    };
    let (detail, _) = said(Code::Port006, De, single);
    assert!(detail.starts_with("Beobachtet wurde der RTP-Port 5300; für"), "{detail}");
    let (detail, _) = said(Code::Cap006, De, |_| {});
    assert!(
        detail.starts_with("Die Zeitstempel springen einmal um 2,5 s zurück und danach wieder vor:"),
        "{detail}"
    );
}

#[test]
fn the_value_seen_hints_at_its_cause() {
    let hint_for = |value| {
        let marked = |finding: &mut Finding| {
            if let Detail::Qos001 { dscp, unmarked, packets, .. } = &mut finding.detail {
                *dscp = vec![(value, 10)];
                (*unmarked, *packets) = (10, 10);
            }
        };
        said(Code::Qos001, De, marked).0
    };
    assert!(hint_for(0).contains("Das Gerät kennzeichnet nicht, oder ein Switch"));
    assert!(hint_for(40).contains("CS5 entsteht häufig"));
    assert!(hint_for(8).contains("unterwegs umschreibt"));
    assert!(hint_for(26).contains("für Signalisierung üblich"));
    assert_eq!(hint_for(10), "Alle 10 Sprachpakete tragen DSCP 10 (AF11) statt 46 (EF).");
}

#[test]
fn who_marks_some_packets_is_not_said_to_mark_none() {
    let (detail, _) = said(Code::Qos001, De, |_| {});
    assert!(!detail.contains("kennzeichnet nicht") && detail.contains("CS5 entsteht häufig"), "{detail}");
}

#[test]
fn what_a_vendor_promises_needs_no_setting() {
    assert!(!said(Code::Qos001, De, |_| {}).1.contains("QoS-Einstellung"));
    let other_maker = |finding: &mut Finding| {
        if let Detail::Qos001 { sender, .. } = &mut finding.detail {
            *sender = VoiceSender::Other;
        }
    };
    assert!(said(Code::Qos001, De, other_maker).1.contains("QoS-Einstellung"));
    let either = |finding: &mut Finding| {
        if let Detail::Qos001 { sender, .. } = &mut finding.detail {
            *sender = VoiceSender::PhoneOrSoftphone;
        }
    };
    let (_, action) = said(Code::Qos001, De, either);
    assert!(action.contains("Trust DSCP") && action.contains("Richtlinienbasierter QoS"), "{action}");
}

#[test]
fn voice_that_comes_from_the_internet_is_called_that() {
    let audit = audit();
    let names = names(De);
    let context = Context { audit: &audit, names: &names, zone: &TimeZone::UTC };
    let mut finding = audit.findings.iter().find(|finding| finding.code() == Code::Qos007).unwrap().clone();
    assert_eq!(finding_text(&finding, &context, De).title, title(Code::Qos007, De));
    finding.detail =
        Detail::Qos007 { packets: 1, peers: Vec::new(), inbound: true, dscp: vec![(0, 50)], expected: 46 };
    assert_eq!(finding_text(&finding, &context, De).title, "Sprache aus dem Internet ohne Kennzeichnung");
}

#[test]
fn voice_from_another_port_of_the_announced_address_is_called_that() {
    let audit = audit();
    let names = names(De);
    let context = Context { audit: &audit, names: &names, zone: &TimeZone::UTC };
    let mut finding = audit.findings.iter().find(|finding| finding.code() == Code::Rtp013).unwrap().clone();
    let mut title_of = |announced: &str, seen: &str| {
        let (announced, seen) = (announced.parse().unwrap(), seen.parse().unwrap());
        finding.detail = Detail::Rtp013 { announced, seen, peer: "192.168.10.2".parse().unwrap() };
        finding_text(&finding, &context, De).title
    };
    let at_port = title_of("192.168.10.31:10000", "192.168.10.31:10008");
    assert_eq!(at_port, "Sprache kommt von anderem Port als angekündigt");
    assert_eq!(title_of("192.168.10.31:10000", "192.168.10.32:10000"), title(Code::Rtp013, De));
}

#[test]
fn calls_without_their_voice_are_not_called_no_call() {
    let audit = audit();
    let names = names(De);
    let context = Context { audit: &audit, names: &names, zone: &TimeZone::UTC };
    let mut finding = audit.findings.iter().find(|finding| finding.code() == Code::Cap010).unwrap().clone();
    assert_eq!(finding_text(&finding, &context, De).title, title(Code::Cap010, De));
    finding.detail = Detail::Cap010(NoVoice::Answered);
    let text = finding_text(&finding, &context, De);
    assert_eq!(text.title, "Kein Sprechweg erkannt");
    assert!(text.action.contains("ohne Mitschnittfilter"), "{}", text.action);
    finding.detail = Detail::Cap010(NoVoice::Called);
    let text = finding_text(&finding, &context, De);
    assert_eq!(text.title, "Kein Sprechweg erkannt", "calls that nobody answered");
    assert!(text.action.contains("ein Gespräch"), "{}", text.action);
    finding.detail = Detail::Cap010(NoVoice::Unread);
    let text = finding_text(&finding, &context, De);
    assert!(text.detail.contains("Nicht gelesen") && text.action.contains("Spiegelport"), "{}", text.detail);
    let [one, other] = ["192.0.2.1", "192.0.2.2"].map(|address| address.parse().unwrap());
    let told = |senders: &[(std::net::IpAddr, u64)], listeners: &[std::net::IpAddr]| {
        let reason = NoVoice::Reported { senders: senders.into(), listeners: listeners.into() };
        finding_text(&Finding { detail: Detail::Cap010(reason), ..finding.clone() }, &context, De).detail
    };
    assert!(told(&[], &[other]).contains("oder keine Seite sendet"));
    let sent = told(&[(one, 602)], &[other]).replace('\u{a0}', " ");
    assert!(sent.contains(
        "von 192.0.2.1 (602 Pakete bis zum letzten Bericht); nur empfangen wird sie von 192.0.2.2"
    ));
    assert!(!sent.contains("keine Seite"), "{sent}");
}

#[test]
fn nothing_is_said_of_what_a_capture_with_gaps_lacks() {
    let mut audit = audit();
    let names = names(De);
    let of = |audit: &crate::check::Audit, detail: Detail| {
        let context = Context { audit, names: &names, zone: &TimeZone::UTC };
        let finding = audit.findings.iter().find(|finding| finding.code() == Code::Cap010).unwrap().clone();
        finding_text(&Finding { detail, ..finding }, &context, De).detail
    };
    let nothing = || Detail::Cap010(NoVoice::Nothing);
    assert!(of(&audit, nothing()).starts_with("In dem, was aufgezeichnet und gelesen wurde,"));
    audit.findings.retain(|finding| !matches!(finding.code(), Code::Cap001 | Code::Cap011));
    assert!(of(&audit, nothing()).starts_with("Im Mitschnitt"));
    audit.traffic.quality.skipped.clear();
    assert!(of(&audit, Detail::Cap010(NoVoice::Unread)).contains("kein IP-Paket"));
    let unread = |packets| Detail::Cap011 { path: "a".into(), packets, ended: Ended::Cut { at: 7, end: 9 } };
    assert!(of(&audit, unread(0)).ends_with("Kein Paket konnte gelesen werden."));
    assert!(of(&audit, unread(1)).ends_with("der Rest fehlt."));
    let cut = |at, end| Detail::Cap011 { path: "a".into(), packets: 1, ended: Ended::Cut { at, end } };
    let told = of(&audit, cut(98_218, 98_304));
    assert!(
        told.starts_with("a endet bei Byte 98.304 mitten im Paket, das bei Byte 98.218 beginnt."),
        "{told}"
    );
    assert!(of(&audit, cut(7, 7)).starts_with("a ist bei Byte 7 abgeschnitten."));
    let english = (words(En).ended)(&Ended::Cut { at: 98_218, end: 98_304 });
    assert_eq!(english, "ends at byte 98,304 within the packet that begins at byte 98,218");
}

#[test]
fn notices_are_pointed_to_where_there_are_any() {
    let told = |unjudged: &[Unjudged]| (words(De).verdict)(Verdict::Notes, unjudged);
    assert!(told(&[]).contains("die Hinweise"));
    // That there is no voice is no notice, and may be all there is to say.
    assert!(!told(&[Unjudged::NoVoice]).to_lowercase().contains("hinweise"));
    let english = (words(En).verdict)(Verdict::Notes, &[Unjudged::NoVoice]);
    assert!(!english.to_lowercase().contains("note"), "{english}");
}

#[test]
fn a_suspicion_gives_nobody_a_name() {
    let mut audit = audit();
    let address = "192.168.10.2".parse().unwrap();
    audit.site.devices.iter_mut().for_each(|device| device.confidence = Confidence::Suspected);
    let names = names(De);
    let context = Context { audit: &audit, names: &names, zone: &TimeZone::UTC };
    assert_eq!(context.device(address), "192.168.10.2");
}

#[test]
fn the_reason_of_a_damage_is_told_in_german_or_not_at_all() {
    let told = |reason: &str| {
        let ended = Ended::Damaged { at: 12_345, reason: reason.to_owned() };
        (super::words(De).ended)(&ended)
    };
    let known = told("a block whose two lengths differ (248 and 9)");
    assert_eq!(
        known,
        "ab Byte 12.345 beschädigt: Die beiden Längenangaben eines Blocks stimmen nicht überein (248 und 9)"
    );
    assert_eq!(told(HOSTILE), "ab Byte 12.345 beschädigt");
}

#[test]
fn calls_without_voice_are_counted() {
    let mut audit = audit();
    let names = names(De);
    let finding = audit.findings.iter().find(|finding| finding.code() == Code::Cap010).unwrap();
    let finding = Finding { detail: Detail::Cap010(NoVoice::Answered), ..finding.clone() };
    let mut call = audit.traffic.calls[0].clone();
    (call.answered, call.leg_of) = (Some(call.start), None);
    let open = crate::observe::Call { answered: None, ..call.clone() };
    let leg = crate::observe::Call { leg_of: Some(0), ..call.clone() };
    let mut told = |calls: &[&crate::observe::Call]| {
        audit.traffic.calls = calls.iter().map(|call| (*call).clone()).collect();
        let context = Context { audit: &audit, names: &names, zone: &TimeZone::UTC };
        finding_text(&finding, &context, De).detail
    };
    assert!(told(&[&call, &leg]).contains("obwohl das einzige Gespräch angenommen wurde: Seine Sprache"));
    assert!(told(&[&call, &open, &open]).contains("obwohl eines von 3 Gesprächen angenommen wurde: Seine"));
    assert!(told(&[&call, &call, &open]).contains("obwohl 2 von 3 Gesprächen angenommen wurden: Ihre"));
    assert!(told(&[&call, &call]).contains("obwohl beide Gespräche angenommen wurden: Ihre Sprache"));
}

#[test]
fn what_a_flow_holds_is_written_as_its_standard_has_it() {
    assert_eq!(["sip", "mdns", "openvpn"].map(super::app_title), ["SIP", "mDNS", "OpenVPN"]);
}

#[test]
fn a_device_without_role_is_told_by_its_address() {
    let mut audit = audit();
    audit.site = Site::default();
    let names = names(De);
    let context = Context { audit: &audit, names: &names, zone: &TimeZone::UTC };
    assert_eq!(context.device("192.168.10.2".parse().unwrap()), "192.168.10.2");
}

/// What to do about these numbers.
fn action_of(detail: Detail, language: Language) -> String {
    said(detail.code(), language, |finding| finding.detail = detail).1
}

#[test]
fn the_packet_time_to_set_is_the_one_that_was_agreed() {
    for agreed in [20, 30] {
        let detail = || Detail::Rtp006 {
            seen: 60.0,
            mostly: false,
            agreed,
            both: true,
            codec: None,
            peers: Vec::new(),
            clock: None,
        };
        for language in [De, En] {
            assert!(action_of(detail(), language).contains(&format!("{agreed} ms")));
        }
    }
}

#[test]
fn a_packet_time_that_most_packets_have_is_not_told_of_all() {
    let told = |language, most: bool| {
        let with = |finding: &mut Finding| {
            if let Detail::Rtp006 { mostly, .. } = &mut finding.detail {
                *mostly = most;
            }
        };
        said(Code::Rtp006, language, with).0
    };
    assert!(told(De, true).contains(" meist 30 ms") && told(En, true).contains(" mostly sends 30"));
    assert!(!told(De, false).contains("meist") && !told(En, false).contains("mostly"));
}

#[test]
fn the_total_counts_and_not_what_is_named() {
    let peers = (10..19).map(|end| format!("203.0.113.{end}").parse().unwrap()).collect();
    let detail = Detail::Qos007 { packets: 1080, peers, inbound: false, dscp: vec![(0, 50)], expected: 46 };
    let told = said(detail.code(), En, |finding| finding.detail = detail).0;
    assert!(told.contains("and 5 more"), "{told}");
}

#[test]
fn voice_that_goes_astray_is_told_by_where_it_goes() {
    let told = |outside: bool, is_over| {
        let to = "198.51.100.7:7078".parse().unwrap();
        let (detail, action) = said(Code::Rtp001, De, |finding| {
            if let Detail::Rtp001 { astray, .. } = &mut finding.detail {
                let announced = outside.then(|| "198.51.100.7:7000".parse().unwrap());
                let announcer = (!outside).then(|| ("192.168.10.15".parse().unwrap(), None));
                *astray = Some(Astray {
                    lost: crate::check::Lost::Refused,
                    to,
                    announced,
                    announcer,
                    lasted: 6_100_000_000,
                    outside,
                    is_over,
                    by_listener: false,
                });
            }
        });
        assert!(
            detail.contains("an 198.51.100.7:7078, wo sie per ICMP abgewiesen wird: 312 Pakete in 6,1 s.")
        );
        assert_eq!(detail.ends_with("Im SDP angekündigt ist 198.51.100.7:7000."), outside);
        (
            detail.contains("außerhalb des NAT"),
            detail.contains("bis sie direkt"),
            action.contains("NAT-Loopback"),
        )
    };
    assert_eq!(told(true, false), (true, false, true));
    assert_eq!(told(false, true), (false, true, false));
}

#[test]
fn the_advice_goes_to_who_named_the_public_address() {
    for (language, sentence) in [
        (De, "192.168.10.15 nennt im SDP die öffentliche Adresse 198.51.100.7:7078 (Paket 97)."),
        (En, "192.168.10.15 names the public address 198.51.100.7:7078 in SDP (packet 97)."),
    ] {
        let (detail, action) = said(Code::Rtp001, language, |finding| {
            if let Detail::Rtp001 { astray, .. } = &mut finding.detail {
                *astray = Some(Astray {
                    lost: crate::check::Lost::Refused,
                    to: "198.51.100.7:7078".parse().unwrap(),
                    announced: None,
                    announcer: Some((
                        "192.168.10.15".parse().unwrap(),
                        Some(crate::capture::Frame::new(0, 97)),
                    )),
                    lasted: 6_100_000_000,
                    outside: true,
                    is_over: false,
                    by_listener: false,
                });
            }
        });
        assert!(detail.ends_with(sentence), "{detail}");
        assert!(action.contains("192.168.10.15"), "{action}");
    }
}

#[test]
fn what_a_display_filter_may_have_left_out_is_said_to() {
    let (detail, action) = said(Code::Rtp001, De, |finding| {
        if let Detail::Rtp001 { refused, export, .. } = &mut finding.detail {
            (*refused, *export) = (false, crate::check::Export::Possible);
        }
    });
    assert!(
        detail.contains("Export mit Anzeigefilter")
            && action.starts_with("Gibt es einen ungefilterten Mitschnitt")
    );
    assert!(detail.contains("Oder am Messpunkt war sonst nichts"), "a quiet port: {detail}");
    assert!(action.contains("Ist dies schon der ganze Mitschnitt, prüfen Sie, ob der Absender sendet"));
    let (detail, _) = said(Code::Rtp003, En, |finding| {
        if let Detail::Rtp003 { heard, export, .. } = &mut finding.detail {
            (*heard, *export) = (Heard::Unknown, true);
        }
    });
    assert!(detail.contains("exported with a display filter"), "{detail}");
}

#[test]
fn a_clock_that_is_off_is_no_jitter_that_is_too_high() {
    let audit = audit();
    let names = names(De);
    let context = Context { audit: &audit, names: &names, zone: &TimeZone::UTC };
    let mut finding = audit.findings.iter().find(|finding| finding.code() == Code::Rtp004).unwrap().clone();
    if let Detail::Rtp004 { how, .. } = &mut finding.detail {
        *how = Unevenness::Clock { spoken: 11_800.0, passed: 18_200.0 };
    }
    let text = finding_text(&finding, &context, De);
    assert_eq!(text.title, "Takt des Absenders weicht ab");
    let detail = text.detail.replace('\u{a0}', " ");
    assert!(detail.contains("Sprache für 11,8 s kam in 18,2 s"), "{detail}");
}

#[test]
fn within_a_subnet_no_router_is_blamed() {
    let peers = || vec!["192.168.10.2".parse().unwrap()];
    let details = |near| {
        [
            Detail::Rtp001 {
                packets: 9,
                peers: peers(),
                strays: 0,
                refused: false,
                heard: true,
                at_tap: false,
                near,
                export: crate::check::Export::No,
                trace: crate::check::Trace::None,
                astray: None,
                named: None,
            },
            Detail::Rtp002 { peers: peers(), near, why: Mute::Unexplained },
            Detail::Rtp003 {
                lost: 9,
                expected: 100,
                bursts: 1,
                longest: 9,
                peers: peers(),
                heard: Heard::Unknown,
                near,
                interrupted: None,
                public: !near,
                own: false,
                export: false,
                onward: Vec::new(),
                everywhere: 0,
            },
            Detail::Rtp008 { peer: peers()[0], after: 1, missing: 1, near, refused: 0 },
            Detail::Sig006 {
                peer: "192.168.10.2:5060".parse().unwrap(),
                bytes: 1480,
                near,
                sent: 3,
                method: None,
                unlisted: false,
            },
        ]
    };
    // The network's firewall may be named only to say that it is not there.
    let blames = [
        (
            De,
            ["NAT und Firewall", "Firewall-Regeln", "Internetanschluss", "UDP-Timeout", "in der Firewall zu"],
        ),
        (En, ["NAT and firewall", "firewall rules", "Internet link", "UDP timeout", "in the firewall"]),
    ];
    for (language, names) in blames {
        for (near, far) in details(true).into_iter().zip(details(false)) {
            let code = near.code();
            let blamed = |text: &str| names.iter().any(|name| text.contains(name));
            assert!(blamed(&action_of(far, language)), "{code:?}");
            assert!(!blamed(&action_of(near, language)), "{code:?}");
        }
    }
}

#[test]
fn a_gap_in_the_capture_is_told_from_an_empty_one() {
    let of = |unjudged| (words(En).verdict)(Verdict::NotAssessable, unjudged);
    assert!(of(&[Unjudged::Damaged]).starts_with("NOT FULLY ASSESSABLE"));
    assert!(of(&[Unjudged::NoDevice, Unjudged::Damaged]).starts_with("NOT ASSESSABLE"));
    assert!(of(&[Unjudged::OneDirection]).starts_with("NOT ASSESSABLE"));
    assert!(of(&[Unjudged::UnseenAnswers]).contains("one device is not registered"));
    assert!(of(&[Unjudged::NoDevice, Unjudged::UnseenAnswers]).starts_with("NOT ASSESSABLE"));
}

#[test]
fn busy_after_ringing_may_be_a_person_who_declined() {
    let outcome = |status, rang| words(De).outcome(Answer::Rejected(status), rang);
    assert_eq!(outcome(486, false), "besetzt (486)");
    assert_eq!(outcome(486, true), "abgewiesen oder nicht angenommen (486)");
    assert_eq!(outcome(603, true), "abgelehnt (603)");
}
