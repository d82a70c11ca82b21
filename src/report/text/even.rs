//! Takes calls that all ended after the same time by the same far side; says so, and what to do, in both languages.

use crate::check::SameLength;
use crate::report::language::Language::{self, De, En};
use crate::report::number::{count, duration};

/// What was seen.
pub(super) fn detail(
    even: SameLength,
    device: &str,
    calls: u64,
    callers: &str,
    language: Language,
) -> String {
    let SameLength { length, spread, session } = even;
    let [length, spread] = [length, spread.max(1_000_000)].map(|time| duration(time, language));
    match language {
        De => format!(
            "{device} hat {} Gespräche jeweils nach {length} beendet; sie unterscheiden sich um höchstens {spread}, und keines dauerte \
             länger. {}Anrufer: {callers}.",
            count(calls, De),
            session.map_or_else(
                || "So gleich enden Gespräche nicht, wenn Menschen auflegen. ".to_owned(),
                |session| format!(
                    "Im Rufaufbau steht eine Sitzungszeit (Session-Expires) von {} s; eine Auffrischung (re-INVITE, UPDATE) ist \
                     in keinem zu sehen. ",
                    count(session.unsigned_abs(), De)
                )
            )
        ),
        En => format!(
            "{device} ended {} calls after {length} each; they differ by {spread} at most, and none lasted longer. {}Callers: \
             {callers}.",
            count(calls, En),
            session.map_or_else(
                || "Calls do not end so alike where people hang up. ".to_owned(),
                |session| format!(
                    "The call setup states a session time (Session-Expires) of {} s; no refresh (re-INVITE, UPDATE) is seen in any \
                     of them. ",
                    count(session.unsigned_abs(), En)
                )
            )
        ),
    }
}

/// What to do.
pub(super) fn action(even: SameLength) -> [&'static str; 2] {
    match even.session {
        Some(_) => [
            "Prüfen Sie den Session Timer (RFC 4028): ob die Anlage ihn kann und auffrischt, oder ob ein SIP ALG im Router die \
             Auffrischung verwirft. Fragen Sie sonst den Provider, ob er die Dauer von Gesprächen begrenzt.",
            "Check the session timer (RFC 4028): whether the PBX supports it and refreshes, or whether a SIP ALG in the router drops \
             the refresh. Otherwise ask the provider whether it limits how long calls last.",
        ],
        None => [
            "Fragen Sie den Provider, ob er die Dauer von Gesprächen begrenzt oder eine Auffrischung (Session Timer, RFC 4028) \
             vermisst. Rufen Sie zur Probe eine Person an, und sprechen Sie länger.",
            "Ask the provider whether it limits how long calls last, or misses a refresh (session timer, RFC 4028). For a test call a \
             person, and speak for longer.",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_timer_is_named_where_the_calls_state_one() {
        let even = SameLength { length: 900_000_000_000, spread: 0, session: Some(1_800) };
        let text = detail(even, "P", 3, "192.168.10.2", De);
        assert!(text.starts_with("P hat 3 Gespräche jeweils nach 15\u{a0}min beendet"), "{text}");
        assert!(text.contains("Session-Expires"), "{text}");
        let unknown = detail(SameLength { session: None, ..even }, "P", 3, "192.168.10.2", En);
        assert!(
            !unknown.contains("Session-Expires") && unknown.ends_with("Callers: 192.168.10.2."),
            "{unknown}"
        );
    }
}
