//! What is to be said of a device that looks for its SIP server and gets no answer, or tries a transport there that is
//! refused, in both languages.

use crate::observe::LookupKind;
use crate::report::language::Language::{self, De, En};
use crate::report::number::{counted, duration};

/// A sentence of what was seen, and what to do. `host`: as it is to be shown.
pub(crate) fn unanswered(host: &str, kind: LookupKind, asked: u64, language: Language) -> String {
    let record = kind.name();
    match language {
        De => format!(
            "{host} sucht seinen SIP-Server im DNS ({record}) und bekommt keine Antwort: {}. Bis das Gerät aufgibt, warten \
             Anmeldungen und Gespräche. Prüfen Sie den DNS-Server (Wireshark-Filter: dns.qry.type == {}), oder tragen Sie am \
             Gerät Adresse und Port des SIP-Servers fest ein.",
            counted(asked, "Anfrage", "Anfragen", De),
            kind.number()
        ),
        En => format!(
            "{host} looks for its SIP server by DNS ({record}) and gets no answer: {}. Registrations and calls wait until the \
             device gives up. Check the DNS server (Wireshark filter: dns.qry.type == {}), or enter address and port of the SIP \
             server in the device.",
            counted(asked, "query", "queries", En),
            kind.number()
        ),
    }
}

/// Who tries SIP over TCP in vain before it goes over UDP, and what to do. `client`, `server`: as they are to be shown;
/// `waited`: in ns.
pub(crate) fn refused_over_tcp(
    client: &str,
    server: &str,
    attempts: u64,
    waited: i64,
    language: Language,
) -> String {
    let waited = duration(waited, language);
    match language {
        De => format!(
            "{client} versucht SIP auch über TCP, {server} lehnt das ab: {}. Bis das Gerät zu UDP übergeht, warten Anmeldung oder \
             Gespräch (hier {waited}). Für große Nachrichten (etwa ab 1300 Byte) versucht SIP das von selbst. Schalten Sie am Server \
             TCP frei, oder stellen Sie das Gerät fest auf UDP.",
            counted(attempts, "Versuch", "Versuche", De)
        ),
        En => format!(
            "{client} tries SIP over TCP as well, {server} refuses that: {}. Registration or call wait until the device goes over to \
             UDP ({waited} here). For large messages (from about 1300 bytes on) SIP tries that of itself. Allow TCP at the server, or \
             set the device to UDP only.",
            counted(attempts, "attempt", "attempts", En)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_detour_costs_is_told() {
        let told =
            |language| refused_over_tcp("A", "B:5060", 3, 1_003_000_000, language).replace('\u{a0}', " ");
        let text = told(De);
        assert!(text.starts_with("A versucht SIP auch über TCP, B:5060 lehnt das ab: 3 Versuche."), "{text}");
        assert!(text.contains("(hier 1,0 s)"), "{text}");
        assert!(told(En).contains("3 attempts"));
    }
}
