use super::*;
use crate::site::TransportSpec;

#[test]
fn built_in_rule_books_load() {
    Rulebook::builtin().unwrap_or_else(|errors| panic!("{errors}"));
}

#[test]
fn services_are_single_ports_that_are_called() {
    let book = Rulebook::builtin().unwrap_or_else(|errors| panic!("{errors}"));
    let services = book.service_ports();
    let waits = |transport, port| services.contains(&(transport, port));
    assert!(waits(TransportSpec::Tcp, 389), "own port of the side that is called");
    assert!(waits(TransportSpec::Udp, 53), "remote port of the side that calls");
    assert!(waits(TransportSpec::Tcp, 5904) && !waits(TransportSpec::Tcp, 2153), "ASIP: the PBX is called");
    assert!(!waits(TransportSpec::Udp, 5896), "nobody waits for voice");
    let range = book.row("A13").and_then(|row| row.own_ports()).cloned().unwrap();
    assert!(services.iter().all(|(_, port)| !range.contains(*port)), "a range is no service");
    assert!(services.is_sorted() && services.windows(2).all(|pair| pair[0] != pair[1]));
}
