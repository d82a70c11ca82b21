//! What is to be said of a device that looks for its SIP server and gets no answer, in both languages.

use crate::observe::LookupKind;
use crate::report::language::Language::{self, De, En};
use crate::report::number::counted;

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
