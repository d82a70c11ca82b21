//! Takes targets and ports; gives the words for which ports of a host are blocked (PORT-003), and which registrars have
//! no mapping kept alive (SIG-008), in both languages.

use std::net::SocketAddr;

use super::{List, protocol};
use crate::observe::Protocol;
use crate::report::language::Language;

/// `TCP 389`, `TCP 80, TCP 389 und TCP 443`.
pub(super) fn ports(transport: Protocol, target: SocketAddr, further: &[u16], language: Language) -> String {
    let mut all: Vec<u16> = further.to_vec();
    all.push(target.port());
    all.sort_unstable();
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
    further: &[u16],
    language: Language,
) -> (String, String) {
    match further.is_empty() {
        true => (target.to_string(), protocol(transport)),
        false => (target.ip().to_string(), ports(transport, target, further, language)),
    }
}

/// What is true of further registrars too; nothing where there are none.
pub(super) fn further(registrars: &[SocketAddr], language: Language) -> String {
    if registrars.is_empty() {
        return String::new();
    }
    let list = List::of(registrars, registrars.len(), SocketAddr::to_string);
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
        assert_eq!(ports(Protocol::Tcp, at, &[], De), "TCP 389");
        assert_eq!(ports(Protocol::Tcp, at, &[80, 443], De), "TCP 80, TCP 389 und TCP 443");
        let asked = |further: &[u16]| target(Protocol::Tcp, at, further, De);
        assert_eq!(asked(&[]), ("192.168.10.2:389".to_owned(), "TCP".to_owned()));
        assert_eq!(asked(&[80]), ("192.168.10.2".to_owned(), "TCP 80 und TCP 389".to_owned()));
        assert_eq!(further(&[], De), "");
        assert_eq!(further(&[at], De), " Ebenso zu 192.168.10.2:389.");
    }
}
