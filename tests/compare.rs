//! Two measurements of one site: what went, what came, what stayed, and what nobody can know.

#![allow(clippy::unwrap_used, reason = "a helper that cannot go on fails the test")]

mod support;

use std::net::IpAddr;

use pbxray::check::{Audit, Code, Detail, Finding};
use pbxray::compare::{Changes, Doubt, changes};
use pbxray::observe::HostFacts;
use pbxray::site::Hints;
use samplegen::net::{Call, Class, Host, Line, Net, Outcome, Refusal, SECOND};
use samplegen::scenario::agfeo::{self, PBX, Site};
use samplegen::scenario::{Scenario, find, pascom};
use samplegen::talk::rtp::Codec;

use support::stages::{audit_bytes, audit_of};

const T14: [u8; 4] = [192, 168, 10, 21];
const ELSEWHERE: [u8; 4] = [192, 168, 10, 77];

fn sample(name: &str) -> Audit {
    audit_of(&find(name).unwrap())
}

/// The base site and what is added to it.
fn site(add: impl FnOnce(&mut Net)) -> Audit {
    let mut net = Site::default().net();
    add(&mut net);
    audit_of(&Scenario::new("", "", net.capture()).pbx(PBX, "es-pure-ip"))
}

/// What became of the finding: `Some(None)` if it was put right.
fn fate(code: Code, before: &Audit, after: &Audit) -> Option<Option<Doubt>> {
    went(&changes(before, after)).into_iter().find(|(known, _)| *known == code).map(|(_, doubt)| doubt)
}

/// The sample, with the telephone at another address.
fn moved(name: &str) -> Audit {
    let mut bytes = find(name).unwrap().file();
    let dotted = |address: [u8; 4]| address.map(|octet| octet.to_string()).join(".").into_bytes();
    replace(&mut bytes, &T14, &ELSEWHERE);
    replace(&mut bytes, &dotted(T14), &dotted(ELSEWHERE));
    audit_bytes(&bytes, &Hints::default())
}

fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    assert_eq!(from.len(), to.len());
    for start in 0..bytes.len().saturating_sub(from.len()) {
        if bytes[start..].starts_with(from) {
            bytes[start..start + to.len()].copy_from_slice(to);
        }
    }
}

fn went(changes: &Changes) -> Vec<(Code, Option<Doubt>)> {
    changes.went.iter().map(|gone| (gone.finding.code(), gone.doubt)).collect()
}

fn came(changes: &Changes) -> Vec<Code> {
    changes.came.iter().map(|finding| finding.code()).collect()
}

fn stayed(changes: &Changes) -> Vec<Code> {
    changes.stayed.iter().map(|(_, after)| after.code()).collect()
}

#[test]
fn what_was_put_right_is_told_apart_from_what_came_and_stayed() {
    let (faulty, clean) = (sample("qos-001"), sample("agfeo-lan"));
    let better = changes(&faulty, &clean);
    assert_eq!((went(&better), came(&better)), (vec![(Code::Qos001, None)], vec![]));
    let worse = changes(&clean, &faulty);
    assert_eq!((went(&worse), came(&worse)), (vec![], vec![Code::Qos001]));
    let same = changes(&faulty, &faulty);
    assert_eq!((went(&same), came(&same), stayed(&same)), (vec![], vec![], vec![Code::Qos001]));
    assert!(same.rows.is_empty() && same.devices.is_empty());
}

#[test]
fn silence_of_a_capture_that_cannot_show_it_puts_nothing_right() {
    let doubt = |before: &str, after: &str| went(&changes(&sample(before), &sample(after)));
    let of = |found: Vec<(Code, Option<Doubt>)>, code| {
        found.into_iter().find(|(known, _)| *known == code).unwrap().1
    };
    assert!(of(doubt("qos-001", "office-without-telephony"), Code::Qos001).is_some());
    assert!(of(doubt("qos-001", "cap-010"), Code::Qos001).is_some(), "no call in the second measurement");
    assert_eq!(of(doubt("port-003", "agfeo-lan"), Code::Port003), Some(Doubt::NotTried));
    assert_eq!(
        of(doubt("port-003", "port-003-near"), Code::Port003),
        Some(Doubt::NotTried),
        "one try, no answer"
    );
}

#[test]
fn what_nobody_tried_is_not_put_right() {
    for (before, code, after) in [
        ("sec-001", Code::Sec001, "qos-001"),
        ("sec-002", Code::Sec002, "qos-001"),
        ("sig-004", Code::Sig004, "qos-001"),
        ("sig-005", Code::Sig005, "qos-001"),
        ("sig-006", Code::Sig006, "qos-001"),
        ("port-001", Code::Port001, "qos-001"),
        ("rtp-008", Code::Rtp008, "qos-001"),
    ] {
        let found = went(&changes(&sample(before), &sample(after)));
        let doubt =
            found.into_iter().find(|(known, _)| *known == code).unwrap_or_else(|| panic!("{before}")).1;
        assert!(doubt.is_some(), "{before} against {after}");
    }
}

#[test]
fn what_was_tried_again_and_goes_well_is_put_right() {
    for (before, code, after) in [
        ("qos-001", Code::Qos001, "agfeo-lan"),
        ("port-002", Code::Port002, "port-002-near"),
        ("port-009", Code::Port009, "qos-001"),
        ("net-001", Code::Net001, "net-001-near"),
        ("net-002", Code::Net002, "net-002-near"),
        ("net-005", Code::Net005, "net-005-near"),
    ] {
        let found = went(&changes(&sample(before), &sample(after)));
        assert!(found.contains(&(code, None)), "{before} against {after}: {found:?}");
    }
}

#[test]
fn a_second_port_a_second_status_is_a_finding_of_its_own() {
    let other = |finding: &Finding| {
        let mut second = finding.clone();
        match &mut second.detail {
            Detail::Sec001 { at, .. } => at.set_port(5900),
            Detail::Sig001 { rejection, .. } => rejection.status = 404,
            _ => return None,
        }
        Some(second)
    };
    for name in ["sec-001", "sig-001"] {
        let before = sample(name);
        let mut after = before.clone();
        after.findings.extend(before.findings.iter().find_map(other));
        let worse = changes(&before, &after);
        assert_eq!(came(&worse), [after.findings.last().unwrap().code()], "{name}");
        assert_eq!(stayed(&worse).len(), before.findings.len());
    }
}

#[test]
fn of_several_addresses_nobody_guesses() {
    let (before, mut after) = (sample("qos-001"), moved("qos-001"));
    let new = after.traffic.hosts.iter().position(|host| host.address == IpAddr::from(ELSEWHERE)).unwrap();
    let beside = |address: IpAddr| HostFacts { address, ..after.traffic.hosts[new].clone() };
    let (link_local, further) =
        (beside("fe80::15".parse().unwrap()), beside("192.168.10.78".parse().unwrap()));
    after.traffic.hosts.push(link_local);
    assert_eq!(
        stayed(&changes(&before, &after)),
        [Code::Qos001],
        "the other kind of IP says nothing of this one"
    );
    after.traffic.hosts.insert(new + 1, further);
    assert_eq!(stayed(&changes(&before, &after)), []);
}

#[test]
fn a_device_is_known_by_its_hardware_address() {
    let (before, after) = (sample("qos-001"), moved("qos-001"));
    let found = changes(&before, &after);
    assert_eq!((went(&found), came(&found), stayed(&found)), (vec![], vec![], vec![Code::Qos001]));
    let [device] = found.devices.as_slice() else { panic!("{:?}", found.devices) };
    assert_eq!(device.address.0.unwrap().to_string(), "192.168.10.21");
    assert_eq!(device.address.1.unwrap().to_string(), "192.168.10.77");
}

#[test]
fn a_port_is_shut_when_strangers_of_the_internet_are_turned_away() {
    let before = sample("sec-004");
    let turned_away = |hosts: [Host; 2]| {
        site(|net| {
            for (at, host) in (agfeo::AFTER..).step_by(5_000_000_000).zip(hosts) {
                net.refused(at, host.port(44_000), PBX.port(443), 2, Refusal::Reset);
            }
        })
    };
    let internet = |last| Host::internet("stranger", [198, 51, 100, last], agfeo::ROUTER);
    let branch = |last| Host::internet("branch", [10, 1, last, 5], agfeo::ROUTER);
    assert_eq!(fate(Code::Sec004, &before, &turned_away([internet(81), internet(82)])), Some(None));
    let inside = turned_away([branch(1), branch(2)]);
    assert!(matches!(fate(Code::Sec004, &before, &inside), Some(Some(_))), "hosts of the own network");
}

#[test]
fn clear_text_is_put_right_by_encryption_of_the_same_service() {
    let before = sample("sec-003");
    let (phone, server) = (pascom::YEALINK, pascom::SERVER);
    let after = |signals: bool| {
        let mut net = Net::new(1);
        net.arp(0, phone, server);
        net.tls(SECOND, phone.port(40_001), server.port(8884), Class::Data, pascom::SERVER_NAME, 400);
        if signals {
            let from = (phone, 40_003);
            pascom::signalling(&mut net, 2 * SECOND, from, server, pascom::SERVER_NAME, 4 * SECOND);
        }
        audit_of(&Scenario::new("", "", net.capture()).role(server, "pascom.server"))
    };
    assert_eq!(fate(Code::Sec003, &before, &after(true)), Some(None));
    assert!(matches!(fate(Code::Sec003, &before, &after(false)), Some(Some(_))), "provisioning is no SIP");
}

#[test]
fn names_and_leases_are_put_right_by_asking_again() {
    let unknown = sample("net-001-unknown");
    let asked = |hosts: &'static [samplegen::net::Host]| {
        site(|net| net.resolve(agfeo::AFTER, agfeo::T14, agfeo::ROUTER, "anlage.firma.example", hosts))
    };
    assert_eq!(fate(Code::Net001, &unknown, &asked(&[PBX])), Some(None));
    assert_eq!(fate(Code::Net001, &unknown, &asked(&[])), Some(Some(Doubt::NotTried)), "asked once only");
    let boots = |times: u64| {
        let boot = samplegen::net::Boot { class: "AGFEO T17", option_66: None };
        site(|net| {
            for nth in 0..times {
                net.dhcp(agfeo::AFTER + nth * SECOND, agfeo::T17, agfeo::ROUTER, &boot);
            }
        })
    };
    let rivals = sample("net-003");
    assert_eq!(fate(Code::Net003, &rivals, &boots(2)), Some(None));
    assert_eq!(fate(Code::Net003, &rivals, &boots(0)), Some(Some(Doubt::DeviceAbsent)));
}

#[test]
fn a_refused_account_is_put_right_where_that_account_is_accepted() {
    let before = sample("sig-001");
    assert_eq!(fate(Code::Sig001, &before, &sample("sig-001-near")), Some(None));
    let another = site(|net| {
        net.ping(agfeo::AFTER - SECOND, agfeo::PC, PBX);
        let line = Line { user: "99", ..agfeo::visofon_line(agfeo::PC) };
        net.register(agfeo::AFTER, line, agfeo::pbx_line(PBX, 0), agfeo::DOMAIN, Outcome::Accepted);
    });
    let doubt = Some(Some(Doubt::NotTried));
    assert_eq!(fate(Code::Sig001, &before, &another), doubt, "another account, and the first was not tried");
}

/// Calls of the T14 to a number, answered or refused.
fn calls(number: &'static str, answer: Option<&str>) -> Audit {
    let (phone, pbx) = (agfeo::t14_line(agfeo::T14), Line { user: number, ..agfeo::pbx_line(PBX, 5206) });
    site(|net| {
        for nth in 0..3 {
            let at = agfeo::AFTER + nth * 4 * SECOND;
            match answer {
                Some(answer) => {
                    let dialog = net.dialog(phone, pbx, agfeo::DOMAIN);
                    let offer =
                        samplegen::talk::sip::sdp(phone.media.from.address(), Codec::Pcma, "sendrecv");
                    let steps = [
                        (true, dialog.request("INVITE", 1, &[], &offer)),
                        (false, dialog.answer(answer, "INVITE", 1, &[], "")),
                        (true, dialog.request("ACK", 1, &[], "")),
                    ];
                    net.signal(at, phone.sip, pbx.sip, &steps);
                }
                None => net.call(&Call::new(at, 3 * SECOND, phone, pbx)),
            }
        }
    })
}

#[test]
fn calls_that_failed_outside_are_put_right_by_calls_outside() {
    let before = calls("01711234567", Some("503 Service Unavailable"));
    assert_eq!(fate(Code::Sig005, &before, &calls("030987654", None)), Some(None));
    let inside = calls("12", None);
    assert!(matches!(fate(Code::Sig005, &before, &inside), Some(Some(_))), "an extension was reached before");
}

#[test]
fn repeated_requests_are_put_right_by_those_that_one_sending_was_enough_for() {
    let before = sample("sig-009");
    assert_eq!(fate(Code::Sig009, &before, &calls("12", None)), Some(None));
    let other = site(|net| {
        let (phone, pbx) = (agfeo::t14_line(agfeo::T14), agfeo::pbx_line(PBX, 5206));
        for nth in 0..4 {
            net.options(agfeo::AFTER + nth * SECOND, phone, pbx, agfeo::DOMAIN);
        }
    });
    assert!(matches!(fate(Code::Sig009, &before, &other), Some(Some(_))), "another request");
}

#[test]
fn one_wrong_port_of_several_is_put_right_by_as_many_calls_as_would_have_shown_it() {
    let with_ports = |ports: &[u16]| {
        site(|net| {
            for (at, port) in (agfeo::AFTER..).step_by(4_000_000_000).zip(ports) {
                let pbx = agfeo::pbx_line(PBX, *port);
                net.call(&Call::new(at, 2 * SECOND, agfeo::t14_line(agfeo::T14), pbx));
            }
        })
    };
    let before = with_ports(&[5206, 5300]);
    assert!(matches!(fate(Code::Port006, &before, &with_ports(&[5206])), Some(Some(_))));
    assert_eq!(fate(Code::Port006, &before, &with_ports(&[5206; 9])), Some(None));
}

#[test]
fn other_traffic_with_the_mark_is_put_right_at_its_own_service() {
    let before = sample("qos-010");
    assert_eq!(fate(Code::Qos010, &before, &sample("qos-010-near")), Some(None));
    let other = site(|net| {
        let (from, to) = (agfeo::OFFICE_PC.port(50_000), agfeo::NAS.port(443));
        net.tls(agfeo::AFTER, from, to, Class::Data, "nas", 40_000);
    });
    assert!(matches!(fate(Code::Qos010, &before, &other), Some(Some(_))), "another service of the same host");
}

#[test]
fn the_packet_time_is_put_right_towards_each_peer() {
    let before = sample("rtp-006");
    assert_eq!(fate(Code::Rtp006, &before, &calls("12", None)), Some(None));
    let elsewhere = site(|net| {
        let (trunk, provider) = (agfeo::trunk_line(5064, 5206), agfeo::provider_line());
        net.call(&Call::new(agfeo::AFTER, 3 * SECOND, trunk, provider));
    });
    let of_pbx = went(&changes(&before, &elsewhere));
    assert!(of_pbx.iter().any(|(code, doubt)| *code == Code::Rtp006 && doubt.is_some()), "{of_pbx:?}");
}

#[test]
fn jitter_that_is_no_finding_any_more_is_not_put_right_by_that() {
    let before = sample("rtp-004");
    let mut after = sample("rtp-004");
    after.findings.retain(|finding| finding.code() != Code::Rtp004);
    after.traffic.streams.iter_mut().for_each(|stream| stream.report.counts.packets = 500);
    assert!(matches!(fate(Code::Rtp004, &before, &after), Some(Some(_))), "it has another cause");
    for stream in &mut after.traffic.streams {
        stream.report.timing.jitter.iter_mut().for_each(|jitter| jitter.max = jitter.max.min(10.0));
    }
    assert_eq!(fate(Code::Rtp004, &before, &after), Some(None));
}
