//! Takes targets and ports; gives the words for which ports of a host are blocked (PORT-003), and which registrars have
//! no mapping kept alive (SIG-008), in both languages.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use super::{List, protocol};
use crate::check::{Detail, Finding};
use crate::observe::Protocol;
use crate::report::language::Language;

/// `TCP 389`, `TCP 80, TCP 389 und TCP 443`.
pub(super) fn ports(
    transport: Protocol,
    target: SocketAddr,
    joined: &[Finding],
    language: Language,
) -> String {
    let all: BTreeSet<u16> = others(target, joined).iter().chain([&target]).map(SocketAddr::port).collect();
    let transport = protocol(transport);
    // Whoever opens them needs them all.
    let shown = all.iter().map(|port| format!("{transport} {port}")).collect();
    List { shown, more: 0 }.join(language.either("und", "and"), "")
}

/// The host with its port, and over what it was asked for: `192.168.10.2:389` and `TCP`; several ports stand in the
/// latter.
pub(super) fn target(
    transport: Protocol,
    target: SocketAddr,
    joined: &[Finding],
    language: Language,
) -> (String, String) {
    match joined.is_empty() {
        true => (target.to_string(), protocol(transport)),
        false => (target.ip().to_string(), ports(transport, target, joined, language)),
    }
}

/// What the joined ones are about beside `target`, in order.
fn others(target: SocketAddr, joined: &[Finding]) -> Vec<SocketAddr> {
    let all = joined.iter().filter_map(|one| match one.detail {
        Detail::Port003 { target: at, .. } | Detail::Sig008 { registrar: at, .. } => Some(at),
        _ => None,
    });
    let all: BTreeSet<SocketAddr> = all.filter(|at| *at != target).collect();
    all.into_iter().collect()
}

/// What is true of further registrars too; nothing where there are none.
pub(super) fn further(registrar: SocketAddr, joined: &[Finding], language: Language) -> String {
    let registrars = others(registrar, joined);
    if registrars.is_empty() {
        return String::new();
    }
    let list = List::of(&registrars, registrars.len(), SocketAddr::to_string);
    match language {
        Language::De => format!(" Ebenso zu {}.", list.join("und", "weiteren")),
        Language::En => format!(" The same is true of {}.", list.join("and", "more")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::fixture::socket;
    use crate::report::language::Language::De;

    #[test]
    fn all_ports_are_named() {
        let at = socket("192.168.10.2:389");
        let all = |ports: &[u16]| -> Vec<Finding> {
            let mut one = crate::report::fixture::audit().findings.swap_remove(0);
            let quiet = |registrar| Detail::Sig008 { registrar, joined: Vec::new(), longest: 1, expires: 2 };
            let one_of = |port: &u16| {
                one.detail = quiet(SocketAddr::new(at.ip(), *port));
                one.clone()
            };
            ports.iter().map(one_of).collect()
        };
        assert_eq!(ports(Protocol::Tcp, at, &[], De), "TCP 389");
        assert_eq!(ports(Protocol::Tcp, at, &all(&[389, 80, 443]), De), "TCP 80, TCP 389 und TCP 443");
        let asked = |joined: &[u16]| target(Protocol::Tcp, at, &all(joined), De);
        assert_eq!(asked(&[]), ("192.168.10.2:389".to_owned(), "TCP".to_owned()));
        assert_eq!(asked(&[389, 80]), ("192.168.10.2".to_owned(), "TCP 80 und TCP 389".to_owned()));
        assert_eq!(further(at, &[], De), "");
        assert_eq!(further(at, &all(&[389, 390]), De), " Ebenso zu 192.168.10.2:390.");
    }
}
