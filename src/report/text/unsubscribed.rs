//! Whose subscriptions are refused, and what hangs on that, in both languages.

use super::signalling::tally;
use crate::report::language::Language::{self, De, En};
use crate::report::number::{count, counted};

/// Event packages by which a telephone learns who is busy: RFC 4235, RFC 3856.
const OF_LAMPS: [&str; 2] = ["dialog", "presence"];
/// The one by which it learns of waiting messages: RFC 3842.
const OF_MESSAGES: &str = "message-summary";

/// Subscriptions of which several were refused; names as they are to be shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unsubscribed<'a> {
    pub(crate) client: &'a str,
    /// Who refused; may be the client.
    pub(crate) server: &'a str,
    pub(crate) relay: Option<&'a str>,
    /// How often, by status.
    pub(crate) refused: &'a [(u16, u64)],
    /// How often, by event package, as far as it is known.
    pub(crate) packages: &'a [(String, u64)],
    pub(crate) accepted: u64,
}

impl Unsubscribed<'_> {
    /// What was refused, what may follow, and what to look at.
    pub(crate) fn sentences(&self, language: Language) -> String {
        let parts = [Some(self.refusal(language)), self.effect(language), self.advice(language)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn times(&self) -> u64 {
        self.refused.iter().map(|(_, times)| times).sum()
    }

    fn refusal(&self, language: Language) -> String {
        let Self { client, server, accepted, .. } = self;
        let times = self.times();
        let all = times.saturating_add(*accepted);
        let statuses = with_meaning(self.refused, language);
        let subscriptions = match (language, accepted) {
            (De, 0) => counted(times, "Abonnement", "Abonnements", De),
            (De, _) => format!("{times} von {all} Abonnements"),
            (En, 0) => counted(times, "subscription", "subscriptions", En),
            (En, _) => format!("{times} of {all} subscriptions"),
        };
        let packages = self.packages(language);
        match (language, self.relay) {
            (De, Some(relay)) if client == server => format!(
                "{client} lehnt {subscriptions} ab, die das Gerät selbst gesendet hat (SUBSCRIBE): {statuses}{packages}. {relay} \
                 bedient sie nicht selbst, sondern leitet sie an den angemeldeten Kontakt weiter, also zurück an {client}."
            ),
            (En, Some(relay)) if client == server => format!(
                "{client} refuses {subscriptions} that the device itself has sent (SUBSCRIBE): {statuses}{packages}. {relay} does \
                 not serve them itself but sends them on to the registered contact, which is back to {client}."
            ),
            (De, relay) => {
                let passed = relay.map_or_else(String::new, |relay| {
                    format!(" {relay} gibt Anfrage und Ablehnung nur weiter.")
                });
                format!(
                    "{server} lehnt {subscriptions} von {client} (SUBSCRIBE) ab: {statuses}{packages}.{passed}"
                )
            }
            (En, relay) => {
                let passed = relay.map_or_else(String::new, |relay| {
                    format!(" {relay} only passes on request and refusal.")
                });
                format!(
                    "{server} refuses {subscriptions} of {client} (SUBSCRIBE): {statuses}{packages}.{passed}"
                )
            }
        }
    }

    /// In a stored report, and where the requests are missing, nothing is known of them.
    fn packages(&self, language: Language) -> String {
        let mut packages: Vec<_> = self.packages.iter().collect();
        packages.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
        match packages.as_slice() {
            [] => String::new(),
            [(name, _)] => format!(" (Event: {name})"),
            all => {
                let told = all.iter().map(|(name, times)| match (language, times) {
                    (De, _) => format!("{}-mal {name}", count(*times, De)),
                    (En, 1) => format!("{name} once"),
                    (En, _) => format!("{name} {}\u{a0}times", count(*times, En)),
                });
                format!(" (Event: {})", told.collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn is_known(&self) -> bool {
        self.packages.iter().map(|(_, times)| times).sum::<u64>() >= self.times()
    }

    /// Whether busy lamps and whether the sign of waiting messages hang on what was refused.
    fn darkened(&self) -> [bool; 2] {
        let holds = |wanted: &[&str]| self.packages.iter().any(|(name, _)| wanted.contains(&name.as_str()));
        let is_open = !self.is_known();
        [is_open || holds(&OF_LAMPS), is_open || holds(&[OF_MESSAGES])]
    }

    fn effect(&self, language: Language) -> Option<String> {
        let told = match (language, self.darkened()) {
            (De, [true, true]) => {
                "Besetztlampen (BLF) oder die Anzeige wartender Nachrichten können dann dunkel bleiben."
            }
            (De, [true, false]) => "Besetztlampen (BLF) können dann dunkel bleiben.",
            (De, [false, true]) => "Die Anzeige wartender Nachrichten kann dann dunkel bleiben.",
            (De, [false, false]) => {
                "Besetztlampen (BLF) und die Anzeige wartender Nachrichten hängen daran nicht."
            }
            (En, [true, true]) => "Busy lamps (BLF) or the sign of waiting messages may stay dark then.",
            (En, [true, false]) => "Busy lamps (BLF) may stay dark then.",
            (En, [false, true]) => "The sign of waiting messages may stay dark then.",
            (En, [false, false]) => {
                "Busy lamps (BLF) and the sign of waiting messages do not depend on that."
            }
        };
        Some(told.to_owned())
    }

    fn advice(&self, language: Language) -> Option<String> {
        if self.darkened() == [false, false] {
            return None;
        }
        // What came back to its sender was no business of the account.
        let asked = self.relay.filter(|_| self.client == self.server);
        Some(match (language, asked) {
            (De, Some(relay)) => {
                format!("Prüfen Sie, ob {relay} das Abonnierte anbietet; sonst schalten Sie es am Gerät ab.")
            }
            (En, Some(relay)) => {
                format!(
                    "Check whether {relay} offers what is subscribed to; else switch it off in the device."
                )
            }
            (De, None) => {
                format!("Prüfen Sie, ob {} das Abonnierte anbietet und das Konto es darf.", self.server)
            }
            (En, None) => format!(
                "Check whether {} offers what is subscribed to, and whether the account may have it.",
                self.server
            ),
        })
    }
}

/// `8-mal 403 (dem Konto nicht erlaubt)`: the most frequent first, with what it means of a subscription (RFC 6665
/// section 4.2.1).
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

    const BASE: Unsubscribed<'_> = Unsubscribed {
        client: "A",
        server: "B",
        relay: None,
        refused: &[(403, 8), (489, 4)],
        packages: &[],
        accepted: 0,
    };

    fn german(row: Unsubscribed<'_>) -> String {
        row.sentences(De).replace('\u{a0}', " ")
    }

    #[test]
    fn how_many_of_all_were_refused_is_told() {
        let text = german(BASE);
        assert!(
            text.starts_with(
                "B lehnt 12 Abonnements von A (SUBSCRIBE) ab: 8-mal 403 (dem Konto nicht erlaubt), 4-mal 489 (diese Art \
                 Abonnement wird nicht angeboten)."
            ),
            "{text}"
        );
        let other = german(Unsubscribed { refused: &[(503, 3)], ..BASE });
        assert!(other.contains("ab: 3-mal 503."), "no meaning of its own: {other}");
        let some = Unsubscribed { accepted: 3, ..BASE };
        assert!(some.sentences(De).contains("12 von 15 Abonnements"));
        assert!(some.sentences(En).contains("12 of 15 subscriptions"));
    }

    #[test]
    fn only_what_hangs_on_the_package_is_told() {
        let told = |packages: &[(&str, u64)]| {
            let packages: Vec<_> =
                packages.iter().map(|(name, times)| ((*name).to_owned(), *times)).collect();
            german(Unsubscribed { packages: &packages, ..BASE })
        };
        let watchers = told(&[("presence.winfo", 12)]);
        assert!(watchers.contains("(Event: presence.winfo). Besetztlampen (BLF) und"), "{watchers}");
        assert!(watchers.contains("hängen daran nicht") && !watchers.contains("Prüfen"), "{watchers}");
        let messages = told(&[("message-summary", 3), ("presence.winfo", 9)]);
        assert!(messages.contains("(Event: 9-mal presence.winfo, 3-mal message-summary)"), "{messages}");
        assert!(messages.contains("Die Anzeige wartender Nachrichten kann"), "{messages}");
        assert!(told(&[("dialog", 12)]).contains("Besetztlampen (BLF) können"));
        let some_unknown = told(&[("presence.winfo", 11)]);
        assert!(some_unknown.contains("Besetztlampen (BLF) oder die Anzeige"), "{some_unknown}");
    }

    #[test]
    fn who_only_passes_on_is_not_said_to_refuse() {
        let back = german(Unsubscribed { server: "A", relay: Some("R"), ..BASE });
        assert!(back.starts_with("A lehnt 12 Abonnements ab, die das Gerät selbst gesendet hat"), "{back}");
        assert!(back.contains("also zurück an A.") && back.contains("ob R das Abonnierte"), "{back}");
        let other = german(Unsubscribed { relay: Some("R"), ..BASE });
        assert!(other.starts_with("B lehnt 12 Abonnements von A"), "{other}");
        assert!(other.contains("R gibt Anfrage und Ablehnung nur weiter. Bes"), "{other}");
    }
}
