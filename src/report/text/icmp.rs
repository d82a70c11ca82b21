//! Takes ICMP types and codes, gives what they say.

use crate::report::language::Language;

/// What an ICMP error says about a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A filter forbids it.
    Prohibited,
    /// Nothing listens on the port.
    Port,
    /// The host does not answer.
    Host,
    /// No way leads there.
    Network,
    /// Too large for the way.
    TooBig,
    /// It went through too many routers.
    Expired,
    /// Anything else.
    Other,
}

impl Reason {
    /// As a report says it.
    pub(crate) fn words(self, language: Language) -> &'static str {
        match self {
            Self::Prohibited => language.either("durch eine Regel verboten", "forbidden by a rule"),
            Self::Port => {
                language.either("auf dem Port antwortet kein Dienst", "no service answers on the port")
            }
            Self::Host => language.either("Ziel nicht erreichbar", "host unreachable"),
            Self::Network => language.either("Netz nicht erreichbar", "network unreachable"),
            Self::TooBig => language.either("Paket zu groß für den Weg", "packet too big for the path"),
            Self::Expired => language.either(
                "zu viele Router auf dem Weg, TTL abgelaufen",
                "too many routers on the way, time to live exceeded",
            ),
            Self::Other => language.either("nicht zustellbar", "undeliverable"),
        }
    }
}

/// The meaning of a type and code of ICMP (RFC 792, RFC 1812 section 5.2.7.1) or ICMPv6 (RFC 4443 section 3).
pub(crate) fn reason(v6: bool, kind: u8, code: u8) -> Reason {
    match (v6, kind, code) {
        (false, 3, 9 | 10 | 13) | (true, 1, 1 | 5 | 6) => Reason::Prohibited,
        (false, 3, 3) | (true, 1, 4) => Reason::Port,
        (false, 3, 1 | 7 | 8 | 12) | (true, 1, 3) => Reason::Host,
        (false, 3, 0 | 5 | 6 | 11) | (true, 1, 0 | 2) => Reason::Network,
        (false, 3, 4) | (true, 2, _) => Reason::TooBig,
        (false, 11, _) | (true, 3, _) => Reason::Expired,
        _ => Reason::Other,
    }
}
