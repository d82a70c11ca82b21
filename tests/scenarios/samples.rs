//! The named scenarios: clean sites stay silent, each code is raised where it must be and nowhere else.

use samplegen::scenario;

use crate::complaints::complaints;
use crate::rows::status_complaints;
use crate::support::stages::audit_of;

#[test]
fn every_scenario_is_judged_as_it_says() {
    let mut wrong = Vec::new();
    for scenario in scenario::all() {
        let audit = audit_of(&scenario);
        let all = complaints(&scenario, &audit).into_iter().chain(status_complaints(&scenario, &audit));
        wrong.extend(all.map(|text| format!("{}: {text}", scenario.name)));
    }
    assert!(wrong.is_empty(), "{} complaints:\n{}", wrong.len(), wrong.join("\n"));
}
