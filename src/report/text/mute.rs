//! The sentences of RTP-002 where signalling, or what went on the ports of the voice, says why there is none, in both languages.

use crate::check::Mute;
use crate::report::language::Language::{self, De, En};
use crate::report::number::counted;

/// What was seen. `peers`: their addresses in one text.
pub(super) fn detail(why: Mute, calls: u64, device: &str, peers: &str, language: Language) -> String {
    let which = match language {
        De => counted(calls, "Gespräch", "Gespräche", De),
        En => counted(calls, "call", "calls", En),
    };
    match (why, language, calls == 1) {
        (Mute::Keys, De, one) => format!(
            "{which} von {device} zu {peers} {} angenommen; auf den Ports der Sprache ist aber nur der Schlüsselaustausch (DTLS) zu \
             sehen. Er wird offenbar nicht fertig, und ohne ihn sendet keine Seite Sprache.",
            if one { "wurde" } else { "wurden" }
        ),
        (Mute::Keys, En, one) => format!(
            "{which} from {device} to {peers} {} answered, but on the ports of the voice there is only the exchange of keys (DTLS). It \
             seems never to be finished, and without it neither side sends voice.",
            if one { "was" } else { "were" }
        ),
        (Mute::Fax, De, _) => format!(
            "{device} und {peers} haben {which} auf Fax (T.38) umgestellt; danach ist in keiner Richtung mehr ein Paket zu sehen, weder \
             Fax noch Sprache."
        ),
        (Mute::Fax, En, _) => format!(
            "{device} and {peers} switched {which} to fax (T.38); from then on not a packet is seen in either direction, neither fax nor \
             voice."
        ),
        (Mute::Declined | Mute::Unexplained, De, one) => format!(
            "{device} hat {which} von {peers} angenommen, lehnt in der Annahme (200) den Sprechweg aber ab: Das SDP nennt für Audio \
             Port 0. {} auf beiden Seiten stumm.",
            if one { "Das Gespräch bleibt" } else { "Die Gespräche bleiben" }
        ),
        (Mute::Declined | Mute::Unexplained, En, one) => format!(
            "{device} answered {which} from {peers}, but its answer (200) refuses the voice: its SDP names port 0 for audio. {} silent \
             on both sides.",
            if one { "The call stays" } else { "The calls stay" }
        ),
    }
}

/// What to do.
pub(super) fn action(why: Mute, language: Language) -> &'static str {
    match (why, language) {
        (Mute::Keys, De) => {
            "Prüfen Sie, ob eine Firewall zwischen beiden Geräten DTLS auf den Sprachports verwirft, und ob beide DTLS-SRTP beherrschen."
        }
        (Mute::Keys, En) => {
            "Check whether a firewall between the two devices drops DTLS on the ports of the voice, and whether both can do DTLS-SRTP."
        }
        (Mute::Fax, De) => {
            "Prüfen Sie, ob beide Seiten T.38 wirklich beherrschen und ob die Firewall die Ports durchlässt, die sie dafür im SDP nennen. \
             Hilft das nicht, schalten Sie T.38 ab: Dann läuft das Fax über G.711."
        }
        (Mute::Fax, En) => {
            "Check whether both sides really have T.38, and whether the firewall lets the ports through that they name for it in SDP. If \
             that does not help, switch T.38 off: the fax then goes over G.711."
        }
        (Mute::Declined | Mute::Unexplained, De) => {
            "Vergleichen Sie Codecs und Verschlüsselung (RTP oder SRTP) in den SIP-Einstellungen beider Seiten: Dieses Gerät kann mit \
             dem Sprechweg, den der Anrufer anbietet, nichts anfangen."
        }
        (Mute::Declined | Mute::Unexplained, En) => {
            "Compare codecs and encryption (RTP or SRTP) in the SIP settings of both sides: this device cannot use the voice that the \
             caller offers."
        }
    }
}
