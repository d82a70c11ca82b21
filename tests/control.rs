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
        "INVITE to 192.168.1.9:50810 after 0, 0.5, 1.5 and 3.5 s; the hop before the proxy is not told of again",
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
    ("voip/LukasStrbo_MTAA_Sip_Proxy__MTAA_Opus_NormalCall_VideoChat.pcapng", "RTP-004", "a gap of 292 ms"),
    ("voip/Magum23_mtaa-sip__video_call.pcapng", "RTP-004", "a gap of 455 ms"),
    (
        "voip/NormB_sipnab__Asterisk_ZFONE_XLITE.pcap",
        "RTP-003",
        "nothing for 4.7 s while the numbers go on; tshark counts the same 369",
    ),
    (
        "voip/NormB_sipnab__sip-rtp-opus-hybrid.pcap",
        "RTP-003",
        "5 packets of 316, numbers and timestamps of one stream over 6 s",
    ),
    (
        "voip/asterisk_testsuite__fax_pjsip_t38_enabled_two_reinvite_on_b_leg_CARRIER_G711U.pcap",
        "RTP-003",
        "no packet from 12.18 s to 12.44 s, 12 numbers missing",
    ),
    ("voip/goffinet_sip_captures__private-test-sip.pcapng", "SIG-001", "REGISTER gets 404 in frame 161"),
    (
        "voip/goffinet_sip_captures__sip-flow-private.pcapng",
        "RTP-001",
        "594 packets to 172.16.98.1:5000, none back, although it hangs up properly",
    ),
    ("voip/goffinet_sip_captures__sip-flow-private.pcapng", "RTP-004", "sent in pairs: 17.8 ms on average"),
    ("voip/goffinet_sip_captures__test_voip.pcap.pcapng", "RTP-004", "19.7 ms on average"),
    ("voip/goffinet_sip_captures__test_voip.pcap.pcapng", "RTP-004", "19.7 ms on average, behind the B2BUA"),
    ("voip/gprshome_wireshark__sip.pcap", "RTP-004", "a gap of 2.5 s, 15 ms on average"),
    (
        "voip/hdiniz_rtpdump__sample2_vowifi_ipv4_esp_ipv4.pcap",
        "RTP-004",
        "12.5 ms on average, a gap of 195 ms",
    ),
    ("voip/javier-pastor_ptavi-p5__sip.cap", "RTP-004", "40.7 ms on average"),
    ("voip/jkloris_MTAA_SIP_proxy__Z1_fullcall.pcapng", "RTP-004", "a gap of 208 ms"),
    ("voip/jkloris_MTAA_SIP_proxy__Z1_videocall.pcapng", "RTP-004", "22.6 ms on average, a gap of 2.8 s"),
    ("voip/MichalCab_ISA__aaa.pcap", "SIG-001", "the account voi18063 is refused: 403 Wrong password"),
    ("voip/zeek_zeek__sip_wireshark.pcap", "SIG-001", "the beginning of the same capture"),
    (
        "voip/ntop_nDPI__FAX-Call-t38-CA-TDM-SIP-FB-1.pcap",
        "RTP-003",
        "nothing for 34 s while the numbers go on; tshark counts the same 1,712",
    ),
    ("voip/kuko6_mtaa-sip-proxy__hovor_rtp.pcapng", "RTP-004", "a gap of 150 ms"),
    ("voip/kuko6_mtaa-sip-proxy__konferencny_hovor.pcapng", "RTP-004", "a gap of 158 ms"),
    (
        "voip/ntop_nDPI__FAX-Call-t38-CA-TDM-SIP-FB-1.pcap",
        "RTP-006",
        "80 bytes of PCMA every 10 ms, a=ptime:20 and 30 in all SDP",
    ),
    ("voip/ntop_nDPI__fuzz-2006-06-26-2594.pcap", "SIG-002", "its bit errors make the answers unreadable"),
    ("voip/plugin23_mtaa_sipproxy__konferencnyhovor.pcap", "RTP-003", "17 missing in 11 gaps"),
    ("voip/plugin23_mtaa_sipproxy__konferencnyhovor.pcap", "RTP-004", "20.9 ms on average"),
    ("voip/plugin23_mtaa_sipproxy__zakladnafunkcionalita.pcap", "RTP-003", "9 missing in 4 gaps"),
    ("voip/plugin23_mtaa_sipproxy__zakladnafunkcionalita.pcap", "RTP-004", "the same sender, up to 110 ms"),
    (
        "voip/tsytsykvitaliy_digital-forensics-network-forensics-challenge__SIP.pcap",
        "RTP-004",
        "a gap of 1.3 s, 15.5 ms on average",
    ),
    (
        "voip/tsytsykvitaliy_digital-forensics-network-forensics-challenge__SIP.pcap",
        "RTP-004",
        "the same gap on the other leg",
    ),
    (
        "voip/tsytsykvitaliy_digital-forensics-network-forensics-challenge__SIP.pcap",
        "RTP-014",
        "14 of the packets that came at once behind the gap are missing at 10.21.1.109, says its report in frame 1328",
    ),
    (
        "voip/vitalybupt_wireshark_samples__cisco.pcap",
        "RTP-006",
        "480 ticks of Opus, 10 ms, where 20 are asked for",
    ),
    ("voip/jkloris_MTAA_SIP_proxy__Z1_decline.pcapng", "CAP-001", "its statistics block counts 13 drops"),
    ("voip/jkloris_MTAA_SIP_proxy__Z1_pickup-call.pcapng", "CAP-001", "its statistics block counts 1 drop"),
    ("voip/open5gs_open5gs__pcapng_volte.pcapng", "CAP-001", "its statistics block counts 627 drops"),
    ("voip/sippy_rtpproxy__catch_dtmf_dtmf.pcap", "CAP-003", "two senders, and nothing ever comes back"),
    ("voip/slytechs-repos_jnetpcap-legacy__tc_TC_IDPRE_EXT0140.pcap", "CAP-011", "ends within frame 588"),
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
