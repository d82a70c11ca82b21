//! Recorded captures without an AGFEO or pascom installation, most of them harmless: nothing panics, and whatever is
//! said above a notice has been looked at.

mod support;

use pbxray::check::Severity;
use pbxray::site::Hints;

use support::captures;
use support::stages::audit_file;

/// All that is said above a notice about the folders `voip` and `other`, and why it is right.
const LOOKED_AT: &[(&str, &str, &str)] = &[
    ("voip/jkloris_MTAA_SIP_proxy__Z1_decline.pcapng", "CAP-001", "its statistics block counts 13 drops"),
    ("voip/jkloris_MTAA_SIP_proxy__Z1_pickup-call.pcapng", "CAP-001", "its statistics block counts 1 drop"),
    ("voip/open5gs_open5gs__pcapng_volte.pcapng", "CAP-001", "its statistics block counts 627 drops"),
    ("voip/sippy_rtpproxy__catch_dtmf_dtmf.pcap", "CAP-003", "two senders, and nothing ever comes back"),
    ("voip/slytechs-repos_jnetpcap-legacy__tc_TC_IDPRE_EXT0140.pcap", "CAP-011", "ends within frame 588"),
    ("other/ntop_nDPI__bacnet.pcap", "CAP-003", "nine pairs, and nothing ever comes back"),
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
