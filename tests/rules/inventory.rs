//! Every row of the vendors' documents is there, once and as documented.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pbxray::rules::{DocumentKind, Row};
use pbxray::site::{Initiator, Ports};

use crate::book;

#[test]
fn all_76_rows_of_agfeo_and_26_of_pascom_are_there() {
    let book = book();
    let of = |vendor: &str| -> Vec<String> {
        let rows = book.rows.iter().filter(|row| row.document.kind == DocumentKind::Vendor);
        rows.filter(|row| row.document.vendor == vendor).map(|row| row.id.to_string()).collect()
    };
    let agfeo: Vec<String> = (1..=76).map(|number| format!("A{number:02}")).collect();
    let pascom: Vec<String> = (1..=26).map(|number| format!("P{number:02}")).collect();
    assert_eq!((of("AGFEO"), of("pascom")), (agfeo, pascom));
    let unique: BTreeSet<_> = book.rows.iter().map(|row| &row.id).collect();
    assert_eq!(unique.len(), book.rows.len());
}

/// The inventory is a list of the documents' rows that was written without knowledge of these files.
#[test]
fn rows_agree_with_the_inventory() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/domain/inventory.tsv");
    let Ok(text) = fs::read_to_string(&path) else {
        println!("rows_agree_with_the_inventory: skipped, there is no {}", path.display());
        return;
    };
    let book = book();
    let mut checked = 0;
    for line in text.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [id, _, vendor, _, _, transport, ports, direction, side, ..] = columns[..] else {
            panic!("{line}: not a row of the inventory");
        };
        let row = book.row(id).unwrap_or_else(|| panic!("{id} is missing"));
        assert_eq!(row.document.vendor, vendor, "{id}");
        assert_eq!(row.transport.to_string(), transport, "{id}");
        check_ports(row, &documented(ports), side);
        check_direction(row, direction);
        checked += 1;
    }
    assert_eq!(checked, 76 + 26);
}

fn documented(ports: &str) -> Ports {
    match ports.split_whitespace().next() {
        Some("dynamic") => Ports::Dynamic,
        Some("individual") => Ports::Individual,
        Some("NOT") => Ports::Unspecified,
        number => number.unwrap_or_default().parse().unwrap_or_else(|error| panic!("{ports}: {error}")),
    }
}

/// `L` own side, `R` remote side, `?` not stated: then the port is expected on either.
fn check_ports(row: &Row, ports: &Ports, side: &str) {
    let own = row.legs.iter().any(|leg| leg.own == *ports);
    let remote = row.legs.iter().any(|leg| leg.remote == *ports);
    let (on_own, on_remote) = (side.starts_with('L') || side == "?", side.contains('R') || side == "?");
    if on_own || on_remote {
        assert!(!on_own || own, "{}: {ports:?} on the own side", row.id);
        assert!(!on_remote || remote, "{}: {ports:?} on the remote side", row.id);
    } else {
        assert!(own != remote, "{}: {ports:?} on one side", row.id);
    }
}

fn check_direction(row: &Row, direction: &str) {
    let opens = |who| row.legs.iter().any(|leg| leg.initiator == who);
    let direction = direction.to_lowercase();
    let fits = match direction.as_str() {
        "beidseitig" => opens(Initiator::Either) || opens(Initiator::Own) && opens(Initiator::Peer),
        "quellport" => opens(Initiator::Either),
        _ if direction.ends_with("abgehend") => opens(Initiator::Own) && !opens(Initiator::Either),
        _ if direction.ends_with("eingehend") => opens(Initiator::Peer) && !opens(Initiator::Either),
        _ => true,
    };
    assert!(fits, "{}: {direction}", row.id);
}

/// What is printed in quotation marks as the vendor's words, one by one: what the books quote, and the statements that
/// the proposal for firewall rules quotes.
fn quotations() -> Vec<String> {
    let books = [include_str!("../../rules/agfeo.toml"), include_str!("../../rules/pascom.toml")];
    let quoted =
        books.iter().flat_map(|text| text.split('„').skip(1)).filter_map(|rest| rest.split('“').next());
    // One word alone is a term, as Wireshark has it.
    let mut all: Vec<String> = quoted.filter(|text| text.contains(' ')).map(ToOwned::to_owned).collect();
    let denials = book().statements.into_iter().filter(|one| one.denies_forwarding);
    all.extend(denials.map(|one| one.text.de.to_string()));
    all
}

#[test]
fn what_is_quoted_is_what_the_vendor_wrote() {
    let quoted = quotations();
    assert!(quoted.len() >= 5, "{quoted:?}");
    let denial = "I.d.R. sind daher keine Portfreigaben in einer Firewall vorzunehmen!";
    assert!(quoted.iter().any(|text| text == denial), "{quoted:?}");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vendors");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("what_is_quoted_is_what_the_vendor_wrote: skipped, there is no {}", folder.display());
        return;
    };
    let documents = entries.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let documents = documents.collect::<Vec<_>>().join("\n").replace('*', "").to_lowercase();
    for text in quoted {
        assert!(documents.contains(&text.to_lowercase()), "{text}: in no document");
    }
}
