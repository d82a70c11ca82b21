//! Takes a finding that a side is not heard (RTP-001); gives the sentence that says who hears nothing, in both
//! languages.

use super::List;
use super::export::Tap;
use crate::check::{Detail, Finding};
use crate::report::language::Language::{self, De, En};
use crate::site::Confidence;

/// A sentence that names the listener: which of the two is the other side is not plain where the finding is about a
/// provider. `device`: who is not heard, as it is to be shown. Nothing for other codes.
pub(super) fn listener(finding: &Finding, device: &str, tap: Option<Tap>, language: Language) -> String {
    let Detail::Rtp001 { peers, heard, .. } = &finding.detail else { return String::new() };
    let one = peers.len() == 1;
    let names =
        List::addresses(peers).join(language.either("und", "and"), language.either("weitere", "more"));
    // Only where it was captured with the listener is it likely that nothing came at all although nothing is heard
    // elsewhere.
    let at_listener = finding.confidence == Confidence::Likely;
    match (language, *heard, tap) {
        (De, true, _) => format!(
            "{names} {} gehört, {} selbst aber nichts.",
            if one { "wird" } else { "werden" },
            if one { "hört" } else { "hören" }
        ),
        (En, true, _) => format!(
            "{names} {} heard but {} nothing.",
            if one { "is" } else { "are" },
            if one { "hears" } else { "hear" }
        ),
        (De, false, Some(tap)) => format!(
            "Der Mitschnitt enthält nur, was dieses Gerät sendet oder empfängt, ist also wohl dort entstanden; was ein Rechner \
             selbst sendet, fehlt darin manchmal{}.",
            tap.but_sip(De)
        ),
        (En, false, Some(tap)) => format!(
            "The capture holds only what this device sends or receives, so it was probably made there; what a computer \
             sends itself is sometimes missing then{}.",
            tap.but_sip(En)
        ),
        (De, false, None) if at_listener => format!(
            "Gemessen wurde wohl bei {names}; dort kommt von {device} nichts an, {names} hört also nichts."
        ),
        (En, false, None) if at_listener => format!(
            "It was probably captured at {names}; nothing of {device} arrives there, so {names} hears nothing."
        ),
        (De, false, None) => format!(
            "Sieht der Messpunkt alles, was {device} sendet, dann {} {names} nichts.",
            if one { "hört" } else { "hören" }
        ),
        (En, false, None) => format!(
            "If the measuring point sees everything that {device} sends, {names} {} nothing.",
            if one { "hears" } else { "hear" }
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Code;
    use crate::report::fixture::audit;

    #[test]
    fn who_hears_nothing_is_named() {
        let audit = audit();
        let found = audit.findings.iter().find(|finding| finding.code() == Code::Rtp001).unwrap();
        let told = |likely: bool, is_heard: bool, tap: Option<Tap>| {
            let mut finding = found.clone();
            finding.confidence = if likely { Confidence::Likely } else { Confidence::Suspected };
            let Detail::Rtp001 { peers, heard, .. } = &mut finding.detail else { panic!() };
            (*peers, *heard) = (vec!["192.168.1.34".parse().unwrap()], is_heard);
            listener(&finding, "SIP-Provider (192.0.2.1)", tap, De)
        };
        assert_eq!(
            told(true, false, None),
            "Gemessen wurde wohl bei 192.168.1.34; dort kommt von SIP-Provider (192.0.2.1) nichts an, 192.168.1.34 hört also nichts."
        );
        assert_eq!(
            told(false, false, None),
            "Sieht der Messpunkt alles, was SIP-Provider (192.0.2.1) sendet, dann hört 192.168.1.34 nichts."
        );
        let sips = told(false, false, Some(Tap { sends_sip: true }));
        assert!(sips.ends_with("manchmal (seine SIP-Nachrichten sind hier allerdings zu sehen)."), "{sips}");
        assert_eq!(told(true, true, None), "192.168.1.34 wird gehört, hört selbst aber nichts.");
    }
}
