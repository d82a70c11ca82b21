//! What is to be said of a device that looks for its SIP server and gets no answer, or whose subscriptions are refused, in both
//! languages.

use super::signalling::tally;
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

/// Whose subscriptions are refused, and what hangs on that. `client`, `server`: as they are to be shown.
pub(crate) fn unsubscribed(
    client: &str,
    server: &str,
    refused: &[(u16, u64)],
    accepted: u64,
    language: Language,
) -> String {
    let times = refused.iter().map(|(_, times)| times).sum::<u64>();
    let all = times.saturating_add(accepted);
    let statuses = with_meaning(refused, language);
    match language {
        De => format!(
            "{server} lehnt {} von {client} (SUBSCRIBE) ab: {statuses}. Besetztlampen (BLF) oder die Anzeige wartender \
             Nachrichten können dann dunkel bleiben. Prüfen Sie, ob die Gegenseite das Abonnierte anbietet und das Konto es darf.",
            if accepted == 0 {
                counted(times, "Abonnement", "Abonnements", De)
            } else {
                format!("{times} von {all} Abonnements")
            }
        ),
        En => format!(
            "{server} refuses {} of {client} (SUBSCRIBE): {statuses}. Busy lamps (BLF) or the sign of waiting messages may stay \
             dark then. Check whether the other side offers what is subscribed to, and whether the account may have it.",
            if accepted == 0 {
                counted(times, "subscription", "subscriptions", En)
            } else {
                format!("{times} of {all} subscriptions")
            }
        ),
    }
}

/// `8-mal 403 (dem Konto nicht erlaubt)`: the most frequent first, with what it means of a subscription (RFC 6665 section 4.2.1).
fn with_meaning(refused: &[(u16, u64)], language: Language) -> String {
    let mut refused = refused.to_vec();
    refused.sort_by_key(|(status, times)| (std::cmp::Reverse(*times), *status));
    let told = refused.iter().map(|one| {
        let meaning = match one.0 {
            403 => language.either("dem Konto nicht erlaubt", "not allowed to the account"),
            404 => language.either("die Nebenstelle gibt es nicht", "there is no such extension"),
            489 => language.either("diese Art Abonnement wird nicht angeboten", "this kind is not offered"),
            _ => return tally(&[*one], language),
        };
        format!("{} ({meaning})", tally(&[*one], language))
    });
    told.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_many_of_all_were_refused_is_told() {
        let told = |accepted, language| unsubscribed("A", "B", &[(403, 8), (489, 4)], accepted, language);
        let text = told(0, De).replace('\u{a0}', " ");
        assert!(
            text.starts_with(
                "B lehnt 12 Abonnements von A (SUBSCRIBE) ab: 8-mal 403 (dem Konto nicht erlaubt), 4-mal 489 (diese Art \
                 Abonnement wird nicht angeboten)."
            ),
            "{text}"
        );
        let other = unsubscribed("A", "B", &[(503, 3)], 0, De).replace('\u{a0}', " ");
        assert!(other.contains("ab: 3-mal 503."), "no meaning of its own: {other}");
        assert!(told(3, De).contains("12 von 15 Abonnements"));
        assert!(told(3, En).contains("12 of 15 subscriptions"));
    }
}
