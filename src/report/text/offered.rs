//! Takes an offer that was not acceptable; gives the sentence about what it holds and what to do, in both languages.

use super::quoted;
use crate::observe::{Offered, Protection};
use crate::report::language::Language::{self, De, En};

/// Behind the status. `several`: it is the offer of the last of several calls.
pub(super) fn told(offered: &Offered, several: bool, language: Language) -> String {
    let codecs: Vec<String> = offered.codecs.iter().map(|name| quoted(name)).collect();
    let profiles: Vec<&str> = offered.protections.iter().map(|one| profile(*one, language)).collect();
    let (codecs, profiles) = (codecs.join(", "), profiles.join(language.either(" und ", " and ")));
    match (language, offered.codecs.len()) {
        (De, 0) => format!(" Angeboten war{} {profiles}.", if several { " zuletzt" } else { "" }),
        (De, 1) => {
            format!(" Angeboten war{} nur {codecs}, {profiles}.", if several { " zuletzt" } else { "" })
        }
        (De, _) => format!(" Angeboten waren{} {codecs}, {profiles}.", if several { " zuletzt" } else { "" }),
        (En, 0) => format!(" The offer{} was {profiles}.", if several { " of the last one" } else { "" }),
        (En, 1) => format!(
            " The offer{} held {codecs} alone, {profiles}.",
            if several { " of the last one" } else { "" }
        ),
        (En, _) => {
            format!(" The offer{} held {codecs}, {profiles}.", if several { " of the last one" } else { "" })
        }
    }
}

fn profile(protection: Protection, language: Language) -> &'static str {
    match protection {
        Protection::Plain => language.either("unverschlüsselt (RTP/AVP)", "unencrypted (RTP/AVP)"),
        Protection::Optional => {
            language.either("SRTP nur auf Wunsch (RTP/AVP)", "SRTP only if wanted (RTP/AVP)")
        }
        Protection::Srtp => language.either("verschlüsselt (RTP/SAVP)", "encrypted (RTP/SAVP)"),
        Protection::Dtls => {
            language.either("verschlüsselt mit DTLS (RTP/SAVP)", "encrypted by DTLS (RTP/SAVP)")
        }
    }
}

/// What to do.
pub(super) fn action(offered: &Offered) -> [&'static str; 2] {
    let is_plain = |one: &Protection| matches!(one, Protection::Plain | Protection::Optional);
    if !offered.protections.iter().any(is_plain) {
        return [
            "Angeboten ist nur verschlüsselte Sprache: Prüfen Sie, ob die abweisende Seite SRTP auf dieselbe Art kann und \
             eingeschaltet hat; sonst schalten Sie es beim Anrufer ab oder auf „wahlweise“. Passt das, vergleichen Sie die \
             Codecs beider Seiten.",
            "Nothing but encrypted voice is offered: check whether the side that turns it away is able to do SRTP in the same way \
             and has it enabled; otherwise disable it at the caller or make it optional. If that fits, compare the codecs of \
             both sides.",
        ];
    }
    [
        "Vergleichen Sie das Angebot mit den Codecs, die bei der abweisenden Seite eingeschaltet sind; fehlt ein gemeinsamer, \
         ergänzen Sie auf einer Seite G.711 (PCMA). Passt einer, verlangt sie wahrscheinlich Verschlüsselung (SRTP).",
        "Compare the offer with the codecs that are enabled at the side that turns it away; if they have none in common, add \
         G.711 (PCMA) on one side. If one fits, that side probably demands encryption (SRTP).",
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_is_told_with_codecs_and_profile() {
        let offer = |codecs: &[&str], protections: &[Protection]| Offered {
            codecs: codecs.iter().map(|name| (*name).into()).collect(),
            protections: protections.iter().copied().collect(),
        };
        let one = offer(&["G729"], &[Protection::Plain]);
        assert_eq!(told(&one, false, De), " Angeboten war nur G729, unverschlüsselt (RTP/AVP).");
        assert_eq!(
            told(&one, true, En),
            " The offer of the last one held G729 alone, unencrypted (RTP/AVP)."
        );
        let both = offer(&["PCMA", "\x1b[2J"], &[Protection::Srtp, Protection::Plain]);
        assert_eq!(
            told(&both, false, De),
            " Angeboten waren PCMA, \\x1b[2J, verschlüsselt (RTP/SAVP) und unverschlüsselt (RTP/AVP)."
        );
        assert_eq!(
            told(&offer(&[], &[Protection::Dtls]), false, En),
            " The offer was encrypted by DTLS (RTP/SAVP)."
        );
        let is_about_srtp =
            |offered: &Offered| action(offered)[0].starts_with("Angeboten ist nur verschlüsselte");
        assert!(is_about_srtp(&offer(&["PCMA"], &[Protection::Srtp])));
        assert!(!is_about_srtp(&both) && !is_about_srtp(&one));
    }
}
