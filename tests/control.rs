//! Recorded captures without an AGFEO or pascom installation, most of them harmless: nothing panics, and whatever is
//! said above a notice has been looked at.

mod support;

use pbxray::check::Severity;
use pbxray::site::Hints;

use support::captures;
use support::stages::audit_file;

/// All that is said above a notice about the folders `voip` and `other`, and why it is right.
const LOOKED_AT: &[(&str, &str, &str)] = &[
    ("voip/AnettLangova_mtaa_zadanie1__register.pcapng", "SIG-005", "the only INVITE gets 400"),
    ("voip/MichalCab_ISA__aaa.pcap", "SIG-005", "two calls get 403"),
    ("voip/MichalCab_ISA__aaa.pcap", "SIG-009", "INVITE to 200.68.120.81 sent three times"),
    ("voip/MichalCab_ISA__aaa.pcap", "SIG-009", "CANCEL to 200.68.120.81 sent eleven times"),
    ("voip/MichalCab_ISA__aaa.pcap", "SIG-009", "INVITE to 212.242.33.35 sent three times"),
    ("voip/zeek_zeek__sip_wireshark.pcap", "SIG-005", "the beginning of the same capture"),
    ("voip/zeek_zeek__sip_wireshark.pcap", "SIG-009", "the same"),
    ("voip/zeek_zeek__sip_wireshark.pcap", "SIG-009", "the same"),
    ("voip/zeek_zeek__sip_wireshark.pcap", "SIG-009", "the same"),
    ("voip/NormB_sipnab__sip-488-codec-reject.pcapng", "SIG-005", "the call gets 488, as the name says"),
    ("voip/goffinet_sip_captures__private-test-sip.pcapng", "SIG-005", "three of four calls get 480"),
    (
        "voip/goffinet_sip_captures__private-test-sip.pcapng",
        "SIG-009",
        "REGISTER after 0, 0.5, 1.5 and 3.5 s, then 100 and 483, for instance frames 153 to 159",
    ),
    ("voip/goffinet_sip_captures__private-test-sip.pcapng", "SIG-009", "the same from 172.16.98.1"),
    (
        "voip/plugin23_mtaa_sipproxy__presmerovaniehovoru.pcap",
        "SIG-009",
        "INVITE of 192.168.1.4 after 0, 0.5, 1.5 and 3.5 s; the proxy passes each on within a millisecond",
    ),
    (
        "voip/plugin23_mtaa_sipproxy__vlastnystatus.pcap",
        "SIG-005",
        "two calls get 400, a status of the author's own",
    ),
    (
        "voip/LukasStrbo_MTAA_Sip_Proxy__MTAA_Group_Call.pcapng",
        "RTP-001",
        "2,287 packets to 192.168.0.150, which sends SIP and not one RTP packet; taken on that computer itself",
    ),
    (
        "voip/LukasStrbo_MTAA_Sip_Proxy__MTAA_Opus_NormalCall_VideoChat.pcapng",
        "RTP-001",
        "only suspected: the export of a display filter lacks the voice of one side",
    ),
    ("voip/LukasStrbo_MTAA_Sip_Proxy__MTAA_Opus_NormalCall_VideoChat.pcapng", "RTP-004", "a gap of 292 ms"),
    (
        "voip/NormB_sipnab__Asterisk_ZFONE_XLITE.pcap",
        "RTP-003",
        "nothing for 4.7 s while the numbers go on; tshark counts the same 369",
    ),
    (
        "voip/asterisk_testsuite__fax_pjsip_t38_enabled_two_reinvite_on_b_leg_CARRIER_G711U.pcap",
        "RTP-003",
        "no packet from 12.18 s to 12.44 s, 12 numbers missing",
    ),
    (
        "voip/goffinet_sip_captures__sip-flow-private.pcapng",
        "RTP-001",
        "594 packets to 172.16.98.1:5000, none back, although it hangs up properly",
    ),
    ("voip/gprshome_wireshark__sip.pcap", "RTP-004", "a gap of 2.5 s, 15 ms on average"),
    (
        "voip/hdiniz_rtpdump__sample2_vowifi_ipv4_esp_ipv4.pcap",
        "RTP-004",
        "12.5 ms on average, a gap of 195 ms",
    ),
    (
        "voip/javier-pastor_ptavi-p5__sip.cap",
        "RTP-001",
        "611 packets to the provider, none back; STUN shows another port than SDP announces",
    ),
    ("voip/javier-pastor_ptavi-p5__sip.cap", "RTP-004", "40.7 ms on average"),
    (
        "voip/jkloris_MTAA_SIP_proxy__Z1_fullcall.pcapng",
        "RTP-001",
        "all voice goes to the public address of 192.168.1.15, ICMP turns it away, none comes to it",
    ),
    (
        "voip/jkloris_MTAA_SIP_proxy__Z1_hangup.pcapng",
        "RTP-001",
        "the same telephones: 20 ICMP errors, no packet to 192.168.1.15",
    ),
    (
        "voip/jkloris_MTAA_SIP_proxy__Z1_pickup-call.pcapng",
        "RTP-001",
        "the same telephones: 51 ICMP errors, no packet to 192.168.1.15",
    ),
    (
        "voip/jkloris_MTAA_SIP_proxy__Z1_transfercall.pcapng",
        "RTP-001",
        "the same telephones: turned away for 7.7 s",
    ),
    (
        "voip/jkloris_MTAA_SIP_proxy__Z1_videocall.pcapng",
        "RTP-001",
        "the same telephones: turned away for 3 s, then straight to 192.168.1.15",
    ),
    ("voip/jkloris_MTAA_SIP_proxy__Z1_fullcall.pcapng", "RTP-004", "a gap of 208 ms"),
    ("voip/MichalCab_ISA__aaa.pcap", "SIG-001", "the account voi18063 is refused: 403 Wrong password"),
    ("voip/zeek_zeek__sip_wireshark.pcap", "SIG-001", "the beginning of the same capture"),
    (
        "voip/ntop_nDPI__fuzz-2006-06-26-2594.pcap",
        "SIG-005",
        "true: the second try is answered 403 in frame 581; its INVITE cannot be read",
    ),
    (
        "voip/ntop_nDPI__FAX-Call-t38-CA-TDM-SIP-FB-1.pcap",
        "RTP-003",
        "nothing for 34.3 s behind a re-INVITE that leaves address and port as they are; tshark counts the same 1,712",
    ),
    (
        "voip/ntop_nDPI__FAX-Call-t38-CA-TDM-SIP-FB-1.pcap",
        "RTP-006",
        "80 bytes of PCMA every 10 ms, a=ptime:20 and 30 in all SDP",
    ),
    ("voip/plugin23_mtaa_sipproxy__konferencnyhovor.pcap", "RTP-003", "17 missing in 11 gaps"),
    ("voip/plugin23_mtaa_sipproxy__konferencnyhovor.pcap", "RTP-004", "20.9 ms on average"),
    ("voip/plugin23_mtaa_sipproxy__zakladnafunkcionalita.pcap", "RTP-003", "9 missing in 4 gaps"),
    ("voip/plugin23_mtaa_sipproxy__zakladnafunkcionalita.pcap", "RTP-004", "the same sender, up to 110 ms"),
    ("voip/jkloris_MTAA_SIP_proxy__Z1_decline.pcapng", "CAP-001", "its statistics block counts 13 drops"),
    ("voip/jkloris_MTAA_SIP_proxy__Z1_pickup-call.pcapng", "CAP-001", "its statistics block counts 1 drop"),
    ("voip/open5gs_open5gs__pcapng_volte.pcapng", "CAP-001", "its statistics block counts 627 drops"),
    (
        "voip/ntop_nDPI__webex.pcap",
        "SIG-002",
        "10.8.0.1 sends REGISTER 22 times to 172.16.1.75 in 96 s and gets answers from many others meanwhile",
    ),
    ("voip/sippy_rtpproxy__catch_dtmf_dtmf.pcap", "CAP-003", "two senders, and nothing ever comes back"),
    (
        "voip/psabol571_MTAA-pcap__presmerovanie_hovoru.pcapng",
        "RTP-001",
        "348 packets to the public address of 192.168.1.58, turned away by ICMP",
    ),
    ("voip/slytechs-repos_jnetpcap-legacy__tc_TC_IDPRE_EXT0140.pcap", "CAP-011", "ends within frame 588"),
    (
        "voip/NormB_sipnab__b2bua-asterisk.pcapng",
        "RTP-001",
        "355 packets to 172.16.98.1, one back right at the beginning, SDP sendrecv",
    ),
    (
        "voip/NormB_sipnab__sip-rtp-opus-hybrid.pcap",
        "CAP-001",
        "5 packets of 316, each to the millisecond where its timestamp puts it",
    ),
    ("voip/SIPp_sipp__g711a.pcap", "CAP-003", "one stream and nothing else"),
    (
        "voip/asterisk_testsuite__fax_pjsip_t38_enabled_two_reinvite_on_b_leg_CARRIER_G711U.pcap",
        "CAP-003",
        "one stream and nothing else",
    ),
    (
        "voip/asterisk_testsuite__pjsip_dtmf_sdp_dtmf_sdp_recognition_ulaw-2013785496.pcap",
        "CAP-003",
        "one stream and nothing else",
    ),
    (
        "voip/asterisk_testsuite__pjsip_rtp_ptime_transcode_40msalaw.pcap",
        "CAP-003",
        "one stream and nothing else",
    ),
    ("voip/signalwire_freeswitch__unit_milliwatt.pcmu.rtp.pcap", "CAP-003", "one stream and nothing else"),
    ("voip/sippy_rtpproxy__rtp_analyze_alice_srtp.pcap", "CAP-003", "one stream and nothing else"),
    (
        "voip/slytechs-repos_jnetpcap-legacy__tc_TC_IDPRE_EXT0140.pcap",
        "SIG-005",
        "200 sent eleven times, no ACK, then a BYE for 408",
    ),
];

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
            alarms.extend(heavy.map(|finding| (name.clone(), finding.code().as_str())));
        }
    }
    let looked_at: Vec<_> = LOOKED_AT.iter().map(|(file, code, _)| ((*file).to_owned(), *code)).collect();
    let new: Vec<_> = alarms.iter().filter(|alarm| !looked_at.contains(alarm)).collect();
    let gone: Vec<_> = looked_at.iter().filter(|alarm| !alarms.contains(alarm)).collect();
    assert!(new.is_empty() && gone.is_empty(), "not looked at: {new:#?}\nno longer raised: {gone:#?}");
}
