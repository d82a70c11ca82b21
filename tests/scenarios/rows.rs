//! Each of the 102 documented rows with a capture that uses it and one that breaks it.

use pbxray::check::{Audit, RowStatus};
use samplegen::scenario::agfeo::T17;
use samplegen::scenario::{self, Scenario, row_broken, row_ids, row_used};

use crate::complaints::complaints;
use crate::support::stages::audit_of;

/// What differs in the row matrix.
pub(crate) fn status_complaints(scenario: &Scenario, audit: &Audit) -> Vec<String> {
    let mut complaints = Vec::new();
    for (id, device, expected) in &scenario.rows {
        let expected = match expected {
            scenario::RowStatus::Used => RowStatus::Used,
            scenario::RowStatus::Unused => RowStatus::Unused,
            scenario::RowStatus::Blocked => RowStatus::Blocked,
            scenario::RowStatus::Deviating => RowStatus::Deviating,
        };
        let rows = audit.rows.iter().filter(|row| &*row.row == *id && row.device == *device);
        let found: Vec<RowStatus> = rows.map(|row| row.status).collect();
        if found != [expected] {
            complaints.push(format!("row {id} of {device} is {found:?}, not {expected:?}"));
        }
    }
    complaints
}

fn judge(scenarios: impl Iterator<Item = Scenario>) {
    let mut wrong = Vec::new();
    let mut count = 0;
    for scenario in scenarios {
        count += 1;
        let audit = audit_of(&scenario);
        let all = complaints(&scenario, &audit).into_iter().chain(status_complaints(&scenario, &audit));
        wrong.extend(all.map(|text| format!("{}: {text}", scenario.name)));
    }
    assert!(wrong.is_empty(), "{} complaints:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(count, 102);
}

/// Where the row is seen as it should, at another device it counts for nothing.
#[test]
fn a_status_is_that_of_the_device_meant() {
    let mut scenario = row_used("A34").unwrap();
    let audit = audit_of(&scenario);
    assert!(status_complaints(&scenario, &audit).is_empty());
    scenario.rows[0].1 = T17.ip;
    assert_eq!(status_complaints(&scenario, &audit), ["row A34 of 192.168.10.22 is [], not Used"]);
}

#[test]
fn a_broken_row_is_never_as_if_nobody_had_tried() {
    for id in row_ids() {
        let statuses = row_broken(id).unwrap().rows;
        let [(row, _, status)] = statuses[..] else { panic!("{id}: {statuses:?}") };
        assert_eq!(row, id);
        assert!(
            matches!(status, scenario::RowStatus::Blocked | scenario::RowStatus::Deviating),
            "{id}: {status:?}"
        );
    }
}

#[test]
fn every_row_is_recognised_where_it_is_used() {
    judge(row_ids().into_iter().map(|id| row_used(id).unwrap()));
}

#[test]
fn every_row_is_missed_where_it_is_broken() {
    judge(row_ids().into_iter().map(|id| row_broken(id).unwrap()));
}
