//! Takes what somebody on the Internet got (SEC-001, SEC-002); gives sentences of it in both languages: passwords that he tries,
//! registrations, calls. Neither weighs it nor knows the rest of the finding.

use std::net::{IpAddr, SocketAddr};

use super::{List, protocol, quoted};
use crate::check::{Detail, Finding, Guessing, Intrusion};
use crate::observe::Protocol;
use crate::report::language::Language::{self, De, En};
use crate::report::number::{count, counted, duration};
use crate::site::Confidence;

/// That a registrar keeps the way to its client open (SEC-001). `asked`: where, and over what.
pub(super) fn keeps_open(
    device: &str,
    (at, transport): (SocketAddr, Protocol),
    sources: &[IpAddr],
    language: Language,
) -> String {
    let (transport, sources) = (protocol(transport), List::addresses(sources));
    match language {
        De => format!(
            "{device} beantwortet auf {transport} {at} OPTIONS von {}. Sie gehen an den Kontakt, den das Gerät bei seiner Anmeldung \
             angibt; den kennt nur, bei wem es angemeldet ist. So hält ein Provider den Weg durch das NAT offen.",
            sources.join("und", "weitere")
        ),
        En => format!(
            "{device} answers OPTIONS of {} at {transport} {at}. They go to the contact that the device gives when it registers, which \
             only its registrar knows. In this way a provider keeps the way through the NAT open.",
            sources.join("and", "more")
        ),
    }
}

/// What was seen, as sentences behind others; nothing if it was nothing.
pub(super) fn gained(intrusion: &Intrusion, language: Language) -> String {
    let mut text = String::new();
    if let Some(guessing) = &intrusion.guessing {
        text.push_str(&guesses(guessing, language));
    }
    if !intrusion.let_in.is_empty() {
        text.push_str(&registered(intrusion, language));
        if intrusion.calls > 0 {
            text.push_str(&called(intrusion.calls, language));
        }
    }
    text
}

fn guesses(guessing: &Guessing, language: Language) -> String {
    let Guessing { account, refused, within, others } = guessing;
    let (account, times, within) = (quoted(account), count(*refused, language), duration(*within, language));
    let others = *others as u64;
    match language {
        De => format!(
            " Von dort wurde die Anmeldung für {account} {times}-mal in {within} abgelehnt{}: So probiert jemand Kennwörter durch.",
            match others {
                0 => String::new(),
                some => format!(" (ebenso {})", counted(some, "weiteres Konto", "weitere Konten", De)),
            }
        ),
        En => format!(
            " From there the registration of {account} was refused {times} times in {within}{}: this is how somebody tries \
             passwords.",
            match others {
                0 => String::new(),
                some =>
                    format!(" (and likewise of {})", counted(some, "other account", "other accounts", En)),
            }
        ),
    }
}

fn registered(intrusion: &Intrusion, language: Language) -> String {
    let accounts = &intrusion.let_in;
    let shown = List::of(accounts, accounts.len(), |account| quoted(account).to_string());
    match language {
        De if intrusion.unasked => format!(
            " Angenommen wurde von dort die Anmeldung für {}, ohne nach einem Kennwort zu fragen: Womöglich kann sich so jeder \
             anmelden, der das Gerät erreicht.",
            shown.join("und", "weitere")
        ),
        En if intrusion.unasked => format!(
            " The registration of {} from there was accepted without asking for a password: so perhaps anybody can register who \
             reaches the device.",
            shown.join("and", "more")
        ),
        De => format!(
            " Angenommen wurde von dort die Anmeldung für {}: Wer dort sitzt, kennt das Kennwort, oder es wird keines verlangt.",
            shown.join("und", "weitere")
        ),
        En => format!(
            " The registration of {} from there was accepted: whoever sits there knows the password, or none is asked for.",
            shown.join("and", "more")
        ),
    }
}

/// Whoever is registered has calls that the customer pays; who is not may be a provider that nobody named.
fn called(calls: u64, language: Language) -> String {
    match language {
        De => format!(
            " {} von dort {} zustande (Tabelle Gespräche); das kann Gebühren kosten.",
            counted(calls, "Gespräch", "Gespräche", De),
            if calls == 1 { "kam" } else { "kamen" },
        ),
        En => format!(
            " {} from there came about (table of calls); that may cost money.",
            counted(calls, "call", "calls", En)
        ),
    }
}

/// What to do first, before the words of the code; nothing where it was nothing or may have been the provider.
pub(super) fn first(finding: &Finding, language: Language) -> &'static str {
    let gained = match &finding.detail {
        Detail::Sec001 { gained, .. } if finding.confidence != Confidence::Suspected => gained,
        Detail::Sec002 { gained, .. } => gained,
        _ => return "",
    };
    match (gained.let_in.is_empty(), gained.guessing.is_some(), language) {
        (false, _, De) if gained.unasked => {
            "Stellen Sie das Gerät sofort so ein, dass es für jede Anmeldung ein Kennwort verlangt. Ist dort kein eigenes Gerät \
             (Heimarbeitsplatz), sperren Sie auch teure Ziele; die Verbindungsdaten zeigen, was es schon gekostet hat. "
        }
        (false, _, En) if gained.unasked => {
            "Set the device at once to ask for a password for each registration. Unless a device of your own is there (a home \
             office), bar expensive destinations as well; the call records show what it has cost already. "
        }
        (false, _, De) => {
            "Ist dort kein eigenes Gerät (Heimarbeitsplatz), ändern Sie sofort die Kennwörter der Konten, die von dort angemeldet sind, \
             und sperren Sie teure Ziele; die Verbindungsdaten zeigen, was es schon gekostet hat. "
        }
        (false, _, En) => {
            "Unless a device of your own is there (a home office), change at once the passwords of the accounts that are registered from \
             there, and bar expensive destinations; the call records show what it has cost already. "
        }
        (true, true, De) => "Geben Sie dem Konto ein langes, zufälliges Kennwort. ",
        (true, true, En) => "Give the account a long, random password. ",
        (true, false, _) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn got(is_guessed: bool, let_in: usize, calls: u64) -> Intrusion {
        let guessing = is_guessed.then(|| Guessing {
            account: "sip:12@a.example".into(),
            refused: 60,
            within: 18_000_000_000,
            others: 0,
        });
        Intrusion {
            guessing,
            let_in: vec!["sip:12@a.example".into(); let_in],
            unasked: false,
            calls,
            keeps_open: false,
        }
    }

    #[test]
    fn only_what_was_got_is_said() {
        for language in [De, En] {
            let said = |is_guessed, let_in, calls| gained(&got(is_guessed, let_in, calls), language);
            assert_eq!(said(false, 0, 0), "");
            assert_eq!(said(false, 0, 4), "", "a provider calls too");
            let guessed = said(true, 0, 0);
            assert!(guessed.contains("60") && guessed.contains("sip:12@a.example"), "{guessed}");
            let let_in = said(false, 1, 4);
            assert!(
                let_in.contains("4\u{a0}") && let_in.starts_with(' ') && let_in.ends_with('.'),
                "{let_in}"
            );
        }
    }

    #[test]
    fn where_no_password_is_asked_for_none_is_to_be_changed() {
        let detail = |unasked| Detail::Sec002 {
            requests: 9,
            users: 1,
            agent: None,
            answered: true,
            gained: Intrusion { unasked, ..got(false, 1, 0) }.into(),
        };
        let told = |unasked, language| {
            let known = crate::report::fixture::audit().findings.swap_remove(0);
            let finding = Finding { detail: detail(unasked), ..known };
            let gained = gained(&Intrusion { unasked, ..got(false, 1, 0) }, language);
            (gained, first(&finding, language))
        };
        let (seen, action) = told(true, De);
        assert!(seen.contains("ohne nach einem Kennwort zu fragen") && !seen.contains("kennt"), "{seen}");
        assert!(action.contains("ein Kennwort verlangt") && !action.contains("ändern"), "{action}");
        let (seen, action) = told(false, De);
        assert!(seen.contains("kennt das Kennwort") && action.contains("ändern Sie"), "{seen} {action}");
        let (seen, action) = told(true, En);
        assert!(seen.contains("without asking") && !action.contains("change"), "{seen} {action}");
    }
}
