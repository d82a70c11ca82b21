//! Holds an audit against what its scenario demands.

use pbxray::check::{Audit, Code, Severity};
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
        let expected =
            scenario.expect.iter().any(|(known, _)| *known == code) || scenario.may.contains(&code);
        if scenario.never.contains(&code) || finding.severity > Severity::Notice && !expected {
            complaints.push(format!("{code} must not be raised: {:?} {:?}", finding.subject, finding.detail));
        }
    }
    complaints
}
