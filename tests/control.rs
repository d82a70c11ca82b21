//! Recorded captures without an AGFEO or pascom installation, most of them harmless: nothing panics, and whatever is
//! said above a notice has been looked at.

mod support;

use pbxray::check::Severity;
use pbxray::site::Hints;

use support::captures;
use support::stages::audit_file;

/// All that is said above a notice about the folders `voip` and `other`: file, code, about whom, and why it is right.
const LOOKED_AT: &[(&str, &str, Option<&str>, &str)] = &[
    (
        "voip/AnettLangova_mtaa_zadanie1__register.pcapng",
        "SIG-005",
        Some("192.168.2.16"),
        "the only INVITE gets 400",
    ),
    ("voip/MichalCab_ISA__aaa.pcap", "SIG-005", Some("212.242.33.35"), "two calls get 403"),
    (
        "voip/MichalCab_ISA__aaa.pcap",
        "SIG-009",
        Some("192.168.1.2"),
        "INVITE to 200.68.120.81 sent three times",
    ),
    (
        "voip/MichalCab_ISA__aaa.pcap",
        "SIG-009",
        Some("192.168.1.2"),
        "CANCEL to 200.68.120.81 sent eleven times",
    ),
    (
        "voip/MichalCab_ISA__aaa.pcap",
        "SIG-009",
        Some("192.168.1.2"),
        "INVITE to 212.242.33.35 sent three times",
    ),
    (
        "voip/zeek_zeek__sip_wireshark.pcap",
        "SIG-005",
        Some("212.242.33.35"),
        "the beginning of the same capture",
    ),
    ("voip/zeek_zeek__sip_wireshark.pcap", "SIG-009", Some("192.168.1.2"), "the same"),
    ("voip/zeek_zeek__sip_wireshark.pcap", "SIG-009", Some("192.168.1.2"), "the same"),
    ("voip/zeek_zeek__sip_wireshark.pcap", "SIG-009", Some("192.168.1.2"), "the same"),
    (
        "voip/NormB_sipnab__sip-488-codec-reject.pcapng",
        "SIG-005",
        Some("192.168.8.13"),
        "the call gets 488, as the name says",
    ),
    (
        "voip/goffinet_sip_captures__private-test-sip.pcapng",
        "SIG-005",
        Some("172.16.98.102"),
        "three of four calls get 480",
    ),
    (
        "voip/goffinet_sip_captures__private-test-sip.pcapng",
        "SIG-009",
        Some("172.16.98.181"),
        "REGISTER after 0, 0.5, 1.5 and 3.5 s, then 100 and 483, for instance frames 153 to 159",
    ),
    (
        "voip/goffinet_sip_captures__private-test-sip.pcapng",
        "SIG-009",
        Some("172.16.98.1"),
        "the same from 172.16.98.1",
    ),
    (
        "voip/plugin23_mtaa_sipproxy__presmerovaniehovoru.pcap",
        "SIG-009",
        Some("192.168.1.4"),
        "INVITE of 192.168.1.4 after 0, 0.5, 1.5 and 3.5 s; the proxy passes each on within a millisecond",
    ),
    (
        "voip/plugin23_mtaa_sipproxy__vlastnystatus.pcap",
        "SIG-005",
        Some("192.168.1.3"),
        "two calls get 400, a status of the author's own",
    ),
    (
        "voip/LukasStrbo_MTAA_Sip_Proxy__MTAA_Group_Call.pcapng",
        "RTP-001",
        Some("192.168.0.150"),
        "2,287 packets to 192.168.0.150, which sends SIP and not one RTP packet; taken on that computer itself",
    ),
    (
        "voip/LukasStrbo_MTAA_Sip_Proxy__MTAA_Opus_NormalCall_VideoChat.pcapng",
        "RTP-001",
        Some("192.168.0.150"),
        "only suspected: the export of a display filter lacks the voice of one side",
    ),
    (
        "voip/LukasStrbo_MTAA_Sip_Proxy__MTAA_Opus_NormalCall_VideoChat.pcapng",
        "RTP-004",
        Some("192.168.0.100"),
        "a gap of 292 ms",
    ),
    (
        "voip/NormB_sipnab__Asterisk_ZFONE_XLITE.pcap",
        "RTP-003",
        Some("192.168.10.41"),
        "nothing for 4.7 s while the numbers go on; tshark counts the same 369",
    ),
    (
        "voip/asterisk_testsuite__fax_pjsip_t38_enabled_two_reinvite_on_b_leg_CARRIER_G711U.pcap",
        "RTP-003",
        Some("208.89.128.69"),
        "no packet from 12.18 s to 12.44 s, 12 numbers missing",
    ),
    (
        "voip/goffinet_sip_captures__sip-register-to-repo-proxy.pcapng",
        "NET-001",
        Some("172.16.98.102"),
        "true: its name server refuses all 40 questions, and the registrar answers 480 No DNS results",
    ),
    (
        "voip/goffinet_sip_captures__sip-flow-private.pcapng",
        "RTP-001",
        Some("172.16.98.1"),
        "594 packets to 172.16.98.1:5000, none back, although it hangs up properly",
    ),
    (
        "voip/gprshome_wireshark__sip.pcap",
        "RTP-004",
        Some("192.168.1.105"),
        "a gap of 2.5 s, 15 ms on average",
    ),
    (
        "voip/hdiniz_rtpdump__sample2_vowifi_ipv4_esp_ipv4.pcap",
        "RTP-004",
        Some("10.192.51.201"),
        "12.5 ms on average, a gap of 195 ms",
    ),
    (
        "voip/javier-pastor_ptavi-p5__sip.cap",
        "RTP-001",
        Some("86.64.162.35"),
        "611 packets to the provider, none back; STUN shows another port than SDP announces",
    ),
    ("voip/javier-pastor_ptavi-p5__sip.cap", "RTP-004", Some("192.168.1.34"), "40.7 ms on average"),
    (
        "voip/jkloris_MTAA_SIP_proxy__Z1_fullcall.pcapng",
        "RTP-001",
        Some("192.168.1.14"),
        "all voice goes to the public address of 192.168.1.15, ICMP turns it away, none comes to it",
    ),
    (
        "voip/jkloris_MTAA_SIP_proxy__Z1_hangup.pcapng",
        "RTP-001",
        Some("192.168.1.14"),
        "the same telephones: 20 ICMP errors, no packet to 192.168.1.15",
    ),
    (
        "voip/jkloris_MTAA_SIP_proxy__Z1_pickup-call.pcapng",
        "RTP-001",
        Some("192.168.1.14"),
        "the same telephones: 51 ICMP errors, no packet to 192.168.1.15",
    ),
    (
        "voip/jkloris_MTAA_SIP_proxy__Z1_transfercall.pcapng",
        "RTP-001",
        Some("192.168.1.14"),
        "the same telephones: turned away for 7.7 s",
    ),
    (
        "voip/jkloris_MTAA_SIP_proxy__Z1_videocall.pcapng",
        "RTP-001",
        Some("192.168.1.14"),
        "the same telephones: turned away for 3 s, then straight to 192.168.1.15",
    ),
    ("voip/jkloris_MTAA_SIP_proxy__Z1_fullcall.pcapng", "RTP-004", Some("192.168.1.15"), "a gap of 208 ms"),
    (
        "voip/MichalCab_ISA__aaa.pcap",
        "SIG-001",
        Some("192.168.1.2"),
        "the account voi18063 is refused: 403 Wrong password",
    ),
    (
        "voip/zeek_zeek__sip_wireshark.pcap",
        "SIG-001",
        Some("192.168.1.2"),
        "the beginning of the same capture",
    ),
    (
        "voip/ntop_nDPI__fuzz-2006-06-26-2594.pcap",
        "SIG-005",
        Some("212.242.33.35"),
        "true: the second try is answered 403 in frame 581; its INVITE cannot be read",
    ),
    (
        "voip/ntop_nDPI__FAX-Call-t38-CA-TDM-SIP-FB-1.pcap",
        "RTP-003",
        Some("10.35.60.100"),
        "nothing for 34.3 s behind a re-INVITE that leaves address and port as they are; tshark counts the same 1,712",
    ),
    (
        "voip/ntop_nDPI__FAX-Call-t38-CA-TDM-SIP-FB-1.pcap",
        "RTP-006",
        Some("10.23.1.52"),
        "80 bytes of PCMA every 10 ms, a=ptime:20 and 30 in all SDP",
    ),
    (
        "voip/plugin23_mtaa_sipproxy__konferencnyhovor.pcap",
        "RTP-003",
        Some("192.168.1.9"),
        "17 missing in 11 gaps",
    ),
    (
        "voip/plugin23_mtaa_sipproxy__konferencnyhovor.pcap",
        "RTP-004",
        Some("192.168.1.9"),
        "20.9 ms on average",
    ),
    (
        "voip/plugin23_mtaa_sipproxy__zakladnafunkcionalita.pcap",
        "RTP-003",
        Some("192.168.1.9"),
        "9 missing in 4 gaps",
    ),
    (
        "voip/plugin23_mtaa_sipproxy__zakladnafunkcionalita.pcap",
        "RTP-004",
        Some("192.168.1.9"),
        "the same sender, up to 110 ms",
    ),
    (
        "voip/jkloris_MTAA_SIP_proxy__Z1_decline.pcapng",
        "CAP-001",
        None,
        "its statistics block counts 13 drops",
    ),
    (
        "voip/jkloris_MTAA_SIP_proxy__Z1_pickup-call.pcapng",
        "CAP-001",
        None,
        "its statistics block counts 1 drop",
    ),
    ("voip/open5gs_open5gs__pcapng_volte.pcapng", "CAP-001", None, "its statistics block counts 627 drops"),
    (
        "voip/ntop_nDPI__webex.pcap",
        "SIG-002",
        Some("10.8.0.1"),
        "10.8.0.1 sends REGISTER 22 times to 172.16.1.75 in 96 s and gets answers from many others meanwhile",
    ),
    (
        "voip/sippy_rtpproxy__catch_dtmf_dtmf.pcap",
        "CAP-003",
        None,
        "two senders, and nothing ever comes back",
    ),
    (
        "voip/psabol571_MTAA-pcap__presmerovanie_hovoru.pcapng",
        "RTP-001",
        Some("192.168.1.103"),
        "348 packets to the public address of 192.168.1.58, turned away by ICMP",
    ),
    (
        "voip/slytechs-repos_jnetpcap-legacy__tc_TC_IDPRE_EXT0140.pcap",
        "CAP-011",
        None,
        "ends within frame 588",
    ),
    (
        "voip/NormB_sipnab__b2bua-asterisk.pcapng",
        "RTP-001",
        Some("172.16.98.1"),
        "355 packets to 172.16.98.1, one back right at the beginning, SDP sendrecv",
    ),
    (
        "voip/NormB_sipnab__sip-rtp-opus-hybrid.pcap",
        "CAP-001",
        None,
        "5 packets of 316, each to the millisecond where its timestamp puts it",
    ),
    ("voip/SIPp_sipp__g711a.pcap", "CAP-003", None, "one stream and nothing else"),
    (
        "voip/asterisk_testsuite__fax_pjsip_t38_enabled_two_reinvite_on_b_leg_CARRIER_G711U.pcap",
        "CAP-003",
        None,
        "one stream and nothing else",
    ),
    (
        "voip/asterisk_testsuite__pjsip_dtmf_sdp_dtmf_sdp_recognition_ulaw-2013785496.pcap",
        "CAP-003",
        None,
        "one stream and nothing else",
    ),
    (
        "voip/asterisk_testsuite__pjsip_rtp_ptime_transcode_40msalaw.pcap",
        "CAP-003",
        None,
        "one stream and nothing else",
    ),
    (
        "voip/signalwire_freeswitch__unit_milliwatt.pcmu.rtp.pcap",
        "CAP-003",
        None,
        "one stream and nothing else",
    ),
    ("voip/sippy_rtpproxy__rtp_analyze_alice_srtp.pcap", "CAP-003", None, "one stream and nothing else"),
    (
        "voip/slytechs-repos_jnetpcap-legacy__tc_TC_IDPRE_EXT0140.pcap",
        "SIG-005",
        Some("130.100.144.22"),
        "200 sent eleven times, no ACK, then a BYE for 408",
    ),
];

/// File, code and about whom.
type Alarm = (String, &'static str, Option<String>);

/// Those of `all` that are not in `known`, or more often than there.
fn beyond<'a>(all: &'a [Alarm], known: &[Alarm]) -> Vec<&'a Alarm> {
    let mut left: Vec<&Alarm> = known.iter().collect();
    let mut is_new = |alarm: &&Alarm| match left.iter().position(|other| *other == *alarm) {
        Some(at) => {
            left.remove(at);
            false
        }
        None => true,
    };
    all.iter().filter(|alarm| is_new(alarm)).collect()
}

#[test]
fn another_device_and_a_second_finding_are_new() {
    let alarm = |code, subject: &str| ("a.pcap".to_owned(), code, Some(subject.to_owned()));
    let known = [alarm("SIG-009", "192.168.1.2")];
    assert!(beyond(&known, &known).is_empty());
    for other in [alarm("SIG-009", "192.168.1.3"), alarm("SIG-001", "192.168.1.2"), known[0].clone()] {
        let all = [known[0].clone(), other.clone()];
        assert_eq!(beyond(&all, &known), [&other]);
        assert!(beyond(&known, &all).is_empty());
    }
}

#[test]
fn nothing_panics_and_no_alarm_is_false() {
    let folders = ["container", "linktype", "malformed", "other", "voip"];
    let Some(files) = captures::collection("nothing_panics_and_no_alarm_is_false", &folders) else { return };
    let mut alarms = Vec::new();
    for path in &files {
        let name = captures::name(path);
        let Ok(audit) = audit_file(path, &Hints::default()) else { continue };
        if name.starts_with("voip/") || name.starts_with("other/") {
            let heavy = audit.findings.iter().filter(|finding| finding.severity >= Severity::Warning);
            alarms.extend(heavy.map(|finding| {
                let subject = finding.subject.as_ref().map(|subject| subject.address.to_string());
                (name.clone(), finding.code().as_str(), subject)
            }));
        }
    }
    let looked_at: Vec<Alarm> = LOOKED_AT
        .iter()
        .map(|(file, code, subject, _)| ((*file).to_owned(), *code, subject.map(str::to_owned)))
        .collect();
    let (new, gone) = (beyond(&alarms, &looked_at), beyond(&looked_at, &alarms));
    assert!(new.is_empty() && gone.is_empty(), "not looked at: {new:#?}\nno longer raised: {gone:#?}");
}
