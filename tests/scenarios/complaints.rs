//! Holds an audit against what its scenario demands.

use pbxray::check::{Audit, Code, Observation, Severity};
use samplegen::scenario::Scenario;

/// What differs between the audit and what the scenario demands, in words; empty if nothing.
pub(crate) fn complaints(scenario: &Scenario, audit: &Audit) -> Vec<String> {
    let mut complaints = Vec::new();
    let known = |code: &str| Code::ALL.iter().any(|known| known.as_str() == code);
    for (code, subject) in scenario.expect.iter().filter(|(code, _)| known(code)) {
        let raised = audit.findings.iter().any(|finding| {
            finding.code().as_str() == *code
                && finding.subject.as_ref().map(|subject| subject.address) == *subject
        });
        if !raised {
            complaints.push(format!("{code} is not raised about {subject:?}"));
        }
    }
    for finding in &audit.findings {
        let code = finding.code().as_str();
        let subject = finding.subject.as_ref().map(|subject| subject.address);
        let named = || scenario.expect.iter().filter(|(known, _)| *known == code);
        let expected = named().any(|(_, about)| *about == subject) || scenario.may.contains(&code);
        // What is to be said about one device is said about no other, however mildly.
        let is_told = finding.severity > Severity::Notice || named().next().is_some();
        if scenario.never.contains(&code) || is_told && !expected {
            complaints.push(format!("{code} must not be raised: {:?} {:?}", finding.subject, finding.detail));
        }
    }
    let told: Vec<_> =
        audit.remarks.iter().map(|remark| (kind(&remark.what), remark.hosts.first())).collect();
    let demanded: Vec<_> = scenario.remarks.iter().map(|(kind, host)| (*kind, Some(host))).collect();
    if told.iter().any(|one| !demanded.contains(one)) || told.len() != demanded.len() {
        complaints.push(format!("remarked is {told:?}, not {demanded:?}"));
    }
    if audit.dropped.len() != scenario.dropped {
        complaints.push(format!("{} calls are dropped, not {}", audit.dropped.len(), scenario.dropped));
    }
    complaints
}

/// As JSON has it.
fn kind(what: &Observation) -> &'static str {
    match what {
        Observation::SharedAccount { .. } => "shared-account",
        Observation::UnheededOptions { .. } => "unheeded-options",
        Observation::OtherVlan { .. } => "other-vlan",
        Observation::RefusedStun { .. } => "refused-stun",
        Observation::NameServerAway { .. } => "name-server-away",
        Observation::UnansweredDhcp { .. } => "unanswered-dhcp",
        Observation::LateCredentials { .. } => "late-credentials",
        Observation::DeadBranch { .. } => "dead-branch",
    }
}

#[test]
fn the_same_code_about_another_device_is_a_complaint() {
    use crate::support::stages::audit_of;
    let mut scenario = samplegen::scenario::find("net-002").unwrap();
    let audit = audit_of(&scenario);
    assert!(complaints(&scenario, &audit).is_empty());
    let mut twice = audit;
    let mut second =
        twice.findings.iter().find(|finding| finding.code().as_str() == "NET-002").unwrap().clone();
    second.severity = Severity::Info;
    second.subject.as_mut().unwrap().address = samplegen::scenario::agfeo::T17.ip;
    twice.findings.push(second);
    assert_eq!(complaints(&scenario, &twice).len(), 1);
    scenario.may.push("NET-002");
    assert!(complaints(&scenario, &twice).is_empty());
}
