//! Every exclusion of the table of faults, with the tests that show it, or why none can.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use pbxray::check::Code;

/// How an exclusion is held.
enum Held {
    /// By these tests, `module::name`.
    By(&'static [&'static str]),
    /// By none: what it excludes is not told by any code.
    Untold(&'static str),
}

use Held::{By, Untold};

/// What the table says: the fault, and what looks like it and is none.
const TABLE: [(&str, &str); 29] = [
    (
        "F1",
        "hold (`a=sendonly/inactive`, `c=0.0.0.0`), early media/ring tone, announcement/IVR, comfort noise/VAD (a few PT 13 packets count as a stream), mirror port that copies only RX or only TX, asymmetric route, capture started late, call < 3 s, direct media that bypasses the tap, SRTP via other IP after re-INVITE/ICE",
    ),
    ("F2", "same as F1; media on another VLAN; T.38 (`m=image`); call answered by the PBX locally"),
    ("F3", "mute with VAD; hold; transfer; end of capture"),
    (
        "F4",
        "phones with configured external IP or STUN; SBC/B2BUA and pascom's Kamailio legitimately rewrite; pascom's own \"SIP ALG\" switch on the interface [PD servermanagement]; TLS cannot be rewritten, so no ALG verdict there",
    ),
    (
        "F5",
        "planned reconnect (24 h line reset changes `received` once a day), phone reboot, failover to other registrar, TCP/TLS (different timers). German hosters ask for UDP aging > 60 s, better 180 s [W foncloud.outbox.de]",
    ),
    ("F6", "normal challenge = exactly one 401 per nonce; `stale=true`; de-registration (Expires: 0)"),
    (
        "F7",
        "Windows softphones; RTCP/CN/STUN in the same flow; packets seen after a router; capture on the sending PC with driver that marks later (GPO marks below the capture point?) -> say \"measured at ...\"",
    ),
    (
        "F8",
        "Internet/VPN leg (R2): only information; two different senders are not two legs; ECN bits must be masked (TOS >> 2)",
    ),
    ("F9", "untagged access port; mirror port or NIC driver strips tags (then no tag anywhere)"),
    (
        "F10",
        "phones boot untagged first, then tag: first DHCP in data VLAN is normal; PC behind phone; VLAN 0 priority tag",
    ),
    (
        "F11",
        "NAT-translated port seen on WAN side; direct media between two phones (pascom to phone range); configured other range (PD); RTCP odd port; third-party phones",
    ),
    (
        "F12",
        "capture sees one direction only (then all SYNs look unanswered: check for any established flow); server really down; RST after FIN or idle timeout is not a block; half-open port scan by third party",
    ),
    (
        "F13",
        "VPN/MPLS trunk with private provider addresses; provider SBC in 10/8 over a voice VLAN (Vodafone/Telekom style)",
    ),
    ("F14", "media servers legitimately use other IPs; load-balanced SRV targets"),
    (
        "F15",
        "provider OPTIONS pings; own mobile users on pascom (allowed); cloud SBC; the UA may be spoofed as AGFEO",
    ),
    (
        "F16",
        "telephone-event/CN PTs; G.722's 8000 Hz clock; variable Opus frames; maxptime vs ptime is only a wish; SRTP adds 4/10-byte tag",
    ),
    (
        "F17",
        "mirror-port overload looks exactly like loss [I voipmonitor/sniffer#117]; DTMF, CN, SSRC restart, 5-tuple reuse [I fmadio/voip_issues#8]; duplicated capture; clock of a VM",
    ),
    ("F18", "fragments on purpose and complete; capture snaplen; TCP has none"),
    (
        "F19",
        "TLS 1.3 hides certificates; session resumption shows none; scanners; `close_notify` (0) is normal",
    ),
    ("F20", "missing SRV while A record works is normal fallback; AAAA NODATA; search-suffix queries"),
    ("F21", "burst at boot; reply on other path; broadcast NTP"),
    (
        "F22",
        "phone falls back to vendor redirect service (pascom cloud uses it on purpose); renewals carry fewer options; option 66 should be *absent* with some hosters [W foncloud]",
    ),
    ("F23", "AGFEO's 389 is documented plain; empty result is not an error"),
    ("F24", "VRRP/HSRP/CARP virtual MACs, proxy ARP, failover"),
    ("F25", "487 after CANCEL, 401/407 challenge, 180/183 are normal"),
    ("F26", "end packets are sent three times by design (same timestamp, seq increments)"),
    ("F27", "licences unknown"),
    ("F28", "TCP keep-alives below the capture's view"),
    ("F29", "onsite mode \"Einfach\" chosen on purpose; trunk side to the provider is normally plain"),
];

/// The exclusions one by one, in the words of the table.
const LIST: &[(&str, &str, Held)] = &[
    (
        "F1",
        "hold (`a=sendonly/inactive`, `c=0.0.0.0`)",
        By(&[
            "heard::hold_sendonly",
            "heard::hold_inactive",
            "heard::hold_by_an_address_of_zeros",
            "heard::hold_by_re_invite_or_update",
        ]),
    ),
    (
        "F1",
        "early media/ring tone",
        By(&["heard::early_media", "fork::an_announcement_from_elsewhere_and_then_the_answer"]),
    ),
    ("F1", "announcement/IVR", By(&["heard::announcement"])),
    ("F1", "comfort noise/VAD (a few PT 13 packets count as a stream)", By(&["heard::comfort_noise"])),
    ("F1", "mirror port that copies only RX or only TX", By(&["heard::one_sided_mirror"])),
    ("F1", "asymmetric route", By(&["heard::asymmetric_route"])),
    ("F1", "capture started late", By(&["heard::late_start"])),
    ("F1", "call < 3 s", By(&["heard::short_call"])),
    ("F1", "direct media that bypasses the tap", By(&["heard::direct_media"])),
    (
        "F1",
        "SRTP via other IP after re-INVITE/ICE",
        By(&["heard::another_address_by_ice", "heard::another_address_by_re_invite"]),
    ),
    (
        "F2",
        "same as F1",
        By(&[
            "heard::hold_from_the_beginning_has_no_voice",
            "heard::direct_media_is_no_call_without_voice",
            "heard::a_capture_of_signalling_shows_no_voice",
        ]),
    ),
    ("F2", "media on another VLAN", By(&["heard::voice_in_another_vlan"])),
    ("F2", "T.38 (`m=image`)", By(&["heard::fax_by_t38"])),
    ("F2", "call answered by the PBX locally", By(&["heard::a_call_that_the_pbx_answers_itself"])),
    ("F3", "mute with VAD", By(&["course::mute_with_comfort_noise", "course::mute_with_silence_left_out"])),
    ("F3", "hold", By(&["heard::hold_by_re_invite_or_update"])),
    (
        "F3",
        "transfer",
        By(&["course::transfer_by_refer", "course::transfer_by_re_invite_brings_another_source"]),
    ),
    ("F3", "end of capture", By(&["course::end_of_the_capture"])),
    ("F4", "phones with configured external IP or STUN", By(&["signalling::an_address_learned_by_stun"])),
    (
        "F4",
        "SBC/B2BUA and pascom's Kamailio legitimately rewrite",
        By(&["signalling::b2bua_writes_messages_of_its_own", "pascom::kamailio_writes_anew_by_right"]),
    ),
    (
        "F4",
        "pascom's own \"SIP ALG\" switch on the interface [PD servermanagement]",
        By(&["pascom::pascoms_own_switch_for_an_alg"]),
    ),
    (
        "F4",
        "TLS cannot be rewritten, so no ALG verdict there",
        By(&["pascom::tls_gives_no_verdict_on_an_alg"]),
    ),
    (
        "F5",
        "planned reconnect (24 h line reset changes `received` once a day)",
        By(&["signalling::planned_reconnect"]),
    ),
    ("F5", "phone reboot", By(&["signalling::restart_of_the_telephone"])),
    ("F5", "failover to other registrar", By(&["signalling::another_registrar_sees_another_mapping"])),
    (
        "F5",
        "TCP/TLS (different timers)",
        By(&[
            "signalling::over_tcp_each_connection_has_a_mapping_of_its_own",
            "connection::tcp_needs_no_sign_of_life",
        ]),
    ),
    (
        "F5",
        "German hosters ask for UDP aging > 60 s, better 180 s [W foncloud.outbox.de]",
        By(&["connection::signs_of_life_in_time"]),
    ),
    ("F6", "normal challenge = exactly one 401 per nonce", By(&["signalling::normal_challenge"])),
    ("F6", "`stale=true`", By(&["signalling::stale_nonce"])),
    ("F6", "de-registration (Expires: 0)", By(&["signalling::signing_off"])),
    ("F7", "Windows softphones", By(&["marking::softphone_on_windows"])),
    (
        "F7",
        "RTCP/CN/STUN in the same flow",
        By(&[
            "marking::rtcp_without_a_mark",
            "marking::comfort_noise_without_a_mark",
            "marking::stun_beside_the_voice",
        ]),
    ),
    (
        "F7",
        "packets seen after a router",
        By(&["marking::behind_a_router_the_mark_is_no_longer_the_senders"]),
    ),
    (
        "F7",
        "capture on the sending PC with driver that marks later (GPO marks below the capture point?) -> say \"measured at ...\"",
        By(&["marking::a_driver_that_marks_behind_the_capture"]),
    ),
    (
        "F8",
        "Internet/VPN leg (R2): only information",
        By(&["marking::internet_leg", "marking::a_leg_in_a_vpn"]),
    ),
    ("F8", "two different senders are not two legs", By(&["marking::two_senders_are_no_path"])),
    ("F8", "ECN bits must be masked (TOS >> 2)", By(&["marking::congestion_bits_are_no_mark"])),
    ("F9", "untagged access port", By(&["marking::an_untagged_port_shows_no_priority"])),
    (
        "F9",
        "mirror port or NIC driver strips tags (then no tag anywhere)",
        By(&["marking::tags_that_the_mirror_port_takes_off"]),
    ),
    (
        "F10",
        "phones boot untagged first, then tag: first DHCP in data VLAN is normal",
        By(&["network::telephones_start_untagged"]),
    ),
    ("F10", "PC behind phone", By(&["network::a_computer_behind_the_telephone"])),
    ("F10", "VLAN 0 priority tag", By(&["network::a_tag_for_the_priority_alone"])),
    ("F11", "NAT-translated port seen on WAN side", By(&["course::a_port_that_nat_chose"])),
    (
        "F11",
        "direct media between two phones (pascom to phone range)",
        By(&["course::direct_media_between_telephones_keeps_to_their_ports"]),
    ),
    ("F11", "configured other range (PD)", By(&["course::another_range_that_was_set"])),
    ("F11", "RTCP odd port", By(&["course::rtcp_on_the_ports_of_the_voice"])),
    ("F11", "third-party phones", By(&["course::telephones_of_other_makers_have_ports_of_their_own"])),
    (
        "F12",
        "capture sees one direction only (then all SYNs look unanswered: check for any established flow)",
        By(&["connection::one_direction_of_the_attempts"]),
    ),
    ("F12", "server really down", By(&["connection::a_server_that_is_down"])),
    (
        "F12",
        "RST after FIN or idle timeout is not a block",
        By(&[
            "connection::a_reset_behind_the_conversation",
            "connection::a_reset_of_a_connection_that_was_idle",
        ]),
    ),
    ("F12", "half-open port scan by third party", By(&["connection::a_scan_by_strangers"])),
    (
        "F13",
        "VPN/MPLS trunk with private provider addresses",
        Untold("no code tells of a double translation"),
    ),
    (
        "F13",
        "provider SBC in 10/8 over a voice VLAN (Vodafone/Telekom style)",
        Untold("no code tells of a double translation"),
    ),
    (
        "F14",
        "media servers legitimately use other IPs",
        Untold("no code tells of a source that a provider does not admit"),
    ),
    ("F14", "load-balanced SRV targets", Untold("no code tells of a source that a provider does not admit")),
    ("F15", "provider OPTIONS pings", By(&["signalling::pings_of_the_provider"])),
    ("F15", "own mobile users on pascom (allowed)", By(&["pascom::own_users_on_the_move"])),
    ("F15", "cloud SBC", By(&["pascom::another_sbc_of_the_provider_in_the_cloud"])),
    ("F15", "the UA may be spoofed as AGFEO", By(&["signalling::a_scanner_may_call_itself_agfeo"])),
    (
        "F16",
        "telephone-event/CN PTs",
        By(&["course::keys_are_no_jitter", "course::comfort_noise_need_not_be_listed"]),
    ),
    ("F16", "G.722's 8000 Hz clock", By(&["course::the_clock_of_g722"])),
    ("F16", "variable Opus frames", By(&["course::the_length_of_opus"])),
    ("F16", "maxptime vs ptime is only a wish", By(&["course::a_maximum_is_only_a_wish"])),
    ("F16", "SRTP adds 4/10-byte tag", By(&["course::the_tag_of_srtp"])),
    (
        "F17",
        "mirror-port overload looks exactly like loss [I voipmonitor/sniffer#117]",
        By(&["course::loss_at_the_mirror_port", "course::a_thinned_capture"]),
    ),
    ("F17", "DTMF", By(&["course::keys_are_no_jitter"])),
    ("F17", "CN", By(&["course::comfort_noise_is_no_jitter"])),
    ("F17", "SSRC restart", By(&["course::restart_of_the_numbers"])),
    ("F17", "5-tuple reuse [I fmadio/voip_issues#8]", By(&["course::ports_used_again"])),
    ("F17", "duplicated capture", By(&["course::copies_of_the_mirror_port"])),
    ("F17", "clock of a VM", By(&["course::the_clock_of_a_virtual_machine"])),
    ("F18", "fragments on purpose and complete", By(&["signalling::fragments_that_arrive"])),
    ("F18", "capture snaplen", By(&["signalling::a_short_snap_length_loses_no_fragment"])),
    ("F18", "TCP has none", By(&["signalling::tcp_has_no_fragments"])),
    ("F19", "TLS 1.3 hides certificates", By(&["connection::tls_1_3_hides_certificates"])),
    ("F19", "session resumption shows none", By(&["connection::a_session_resumed_shows_no_certificate"])),
    ("F19", "scanners", By(&["connection::scanners_are_turned_away"])),
    ("F19", "`close_notify` (0) is normal", By(&["connection::close_notify"])),
    (
        "F20",
        "missing SRV while A record works is normal fallback",
        By(&["network::a_service_that_is_not_entered_while_the_name_is"]),
    ),
    ("F20", "AAAA NODATA", By(&["network::a_name_without_an_ipv6_address"])),
    ("F20", "search-suffix queries", By(&["network::a_name_with_a_search_domain_behind_it"])),
    ("F21", "burst at boot", By(&["network::a_burst_at_the_start"])),
    ("F21", "reply on other path", By(&["network::answers_that_take_another_way"])),
    ("F21", "broadcast NTP", By(&["network::time_that_is_broadcast"])),
    (
        "F22",
        "phone falls back to vendor redirect service (pascom cloud uses it on purpose)",
        Untold("PROV-001 is not raised"),
    ),
    ("F22", "renewals carry fewer options", Untold("PROV-002 is not raised; NET-003 compares offers alone")),
    ("F22", "option 66 should be *absent* with some hosters [W foncloud]", Untold("PROV-002 is not raised")),
    (
        "F23",
        "AGFEO's 389 is documented plain",
        By(&["pascom::the_directory_of_agfeo_is_plain_as_documented"]),
    ),
    ("F23", "empty result is not an error", Untold("no code tells of results of a directory")),
    ("F24", "VRRP/HSRP/CARP virtual MACs", By(&["network::virtual_routers"])),
    ("F24", "proxy ARP", By(&["network::a_router_that_answers_for_others"])),
    ("F24", "failover", By(&["network::a_spare_device_that_takes_over"])),
    ("F25", "487 after CANCEL", By(&["signalling::cancelled_by_the_caller"])),
    ("F25", "401/407 challenge", By(&["signalling::a_challenged_call"])),
    ("F25", "180/183 are normal", By(&["signalling::what_is_said_before_the_answer"])),
    (
        "F26",
        "end packets are sent three times by design (same timestamp, seq increments)",
        By(&["course::the_end_of_a_key_is_sent_three_times"]),
    ),
    ("F27", "licences unknown", By(&["course::licences_are_unknown"])),
    ("F28", "TCP keep-alives below the capture's view", By(&["connection::tcp_needs_no_sign_of_life"])),
    (
        "F29",
        "onsite mode \"Einfach\" chosen on purpose",
        By(&["pascom::the_mode_without_encryption_may_be_chosen"]),
    ),
    ("F29", "trunk side to the provider is normally plain", By(&["signalling::a_trunk_is_plain"])),
];

/// The modules that hold them.
const SOURCES: [(&str, &str); 8] = [
    ("connection", include_str!("connection.rs")),
    ("course", include_str!("course.rs")),
    ("fork", include_str!("fork.rs")),
    ("heard", include_str!("heard.rs")),
    ("marking", include_str!("marking.rs")),
    ("network", include_str!("network.rs")),
    ("pascom", include_str!("pascom.rs")),
    ("signalling", include_str!("signalling.rs")),
];

/// Codes of faults that no code of this version tells, so that nothing can exclude them.
const UNTOLD: [&str; 2] = ["PROV-001", "PROV-002"];

#[test]
fn every_exclusion_of_the_table_is_listed() {
    for (fault, cell) in TABLE {
        let mut rest = cell.to_owned();
        for (_, words, _) in LIST.iter().filter(|(of, ..)| *of == fault) {
            assert!(rest.contains(words), "{fault}: {words} is not in {rest}");
            rest = rest.replacen(words, "", 1);
        }
        assert!(!rest.contains(char::is_alphanumeric), "{fault}: nothing is listed for {rest}");
    }
    let known: BTreeSet<&str> = TABLE.iter().map(|(fault, _)| *fault).collect();
    assert!(LIST.iter().all(|(fault, ..)| known.contains(fault)));
    let numbers: Vec<String> = (1..=TABLE.len()).map(|number| format!("F{number}")).collect();
    assert!(TABLE.iter().map(|(fault, _)| *fault).eq(numbers.iter().map(String::as_str)));
}

/// Where the table itself is at hand, it says the same.
#[test]
fn the_table_is_that_of_the_domain() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/domain/DOMAIN.md");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("the_table_is_that_of_the_domain: skipped, there is no {}", path.display());
        return;
    };
    let rows = text.lines().filter_map(|line| {
        let cells = line.strip_prefix("| F")?.strip_suffix(" |")?;
        let number = cells.split_once(" |")?.0;
        number.parse::<usize>().is_ok().then_some((number, cells.rsplit_once(" | ")?.1))
    });
    let found: Vec<(String, &str)> = rows.map(|(number, cell)| (format!("F{number}"), cell)).collect();
    let ours: Vec<(String, &str)> = TABLE.iter().map(|(fault, cell)| ((*fault).to_owned(), *cell)).collect();
    assert_eq!(found, ours);
}

#[test]
fn every_exclusion_is_a_test() {
    let sources: BTreeMap<&str, &str> = SOURCES.into_iter().collect();
    for (fault, words, held) in LIST {
        let By(tests) = held else { continue };
        assert!(!tests.is_empty(), "{fault}: {words}");
        for test in *tests {
            let (module, name) = test.split_once("::").unwrap();
            let head = format!("#[test]\nfn {name}() {{");
            assert!(
                sources.get(module).is_some_and(|text| text.contains(&head)),
                "{fault}: there is no test {test}"
            );
        }
    }
}

#[test]
fn what_no_test_can_show_is_told_by_no_code() {
    for (fault, words, held) in LIST {
        let Untold(why) = held else { continue };
        let named: Vec<&str> = UNTOLD.into_iter().filter(|code| why.contains(code)).collect();
        assert!(why.starts_with("no code tells") || !named.is_empty(), "{fault}: {words}: {why}");
        for code in named {
            assert!(
                Code::ALL.iter().all(|known| known.as_str() != code),
                "{fault}: {words}: {code} is raised"
            );
        }
    }
}
