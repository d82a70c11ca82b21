//! Who is who in whole captures, and which rows tell of it: what only the built-in rule books decide.

use pbxray::check::{Audit, Detail, RowStatus};
use pbxray::site::Confidence;
use samplegen::net::Host;
use samplegen::scenario::agfeo::{PBX, T17};
use samplegen::scenario::find;
use samplegen::scenario::pascom::{SERVER, YEALINK};

use crate::support::stages::{BOOK, audit_of};

fn sample(name: &str) -> Audit {
    audit_of(&find(name).unwrap())
}

/// Role and confidence.
fn who(audit: &Audit, host: Host) -> Option<(&str, Confidence)> {
    audit.site.device(host.ip).map(|device| (device.role.as_str(), device.confidence))
}

fn row(audit: &Audit, id: &str, host: Host) -> Option<(RowStatus, u64)> {
    let mut rows = audit.rows.iter().filter(|row| &*row.row == id && row.device == host.ip);
    rows.next().map(|row| (row.status, row.packets))
}

#[test]
fn a_telephone_of_whatever_make_that_pascom_registers_is_its_telephone() {
    let audit = sample("sec-003");
    assert_eq!(who(&audit, SERVER), Some(("pascom.server", Confidence::Sure)), "as stated");
    assert_eq!(who(&audit, YEALINK), Some(("pascom.phone", Confidence::Sure)));
    let device = audit.site.device(YEALINK.ip).unwrap();
    assert_eq!((device.maker.as_deref(), device.contradictions.len()), (Some("Yealink"), 0));
    assert!(audit.findings.iter().any(|finding| matches!(finding.detail, Detail::Sec003 { .. })));
}

#[test]
fn a_hardware_address_of_agfeo_alone_lists_the_device() {
    let audit = sample("cap-004");
    assert_eq!(who(&audit, T17), Some(("agfeo.device", Confidence::Suspected)));
    assert!(audit.rows.iter().all(|row| row.device != T17.ip), "nothing is held against it");
}

#[test]
fn the_condition_of_a_row_holds_for_all_who_use_it() {
    let audit = sample("sec-003-near");
    assert_eq!(row(&audit, "PX05", SERVER), Some((RowStatus::Used, 6)), "a gateway asks");
    let condition = BOOK.row("PX05").unwrap().condition.as_ref().unwrap();
    assert!(condition.de.starts_with("Für Telefone und Clients"), "{}", condition.de);
    assert!(condition.en.starts_with("For telephones and clients"), "{}", condition.en);
}

#[test]
fn a_deviating_row_counts_what_departs_from_it() {
    let audit = sample("port-009");
    let (status, packets) = row(&audit, "A12", PBX).unwrap();
    let over_tcp = audit.traffic.flows.iter().filter(|flow| flow.b.port() == 5060 && flow.tcp.is_some());
    assert_eq!((status, packets), (RowStatus::Deviating, over_tcp.map(|flow| flow.packets()).sum()));
    assert!(packets > 0);
}
