//! What it means that a capture holds SIP and RTP and nothing else (RTP-001, RTP-003), in both languages.

use crate::capture::CaptureSummary;
use crate::check::{Detail, Finding};
use crate::observe::message::App;
use crate::observe::{FlowView, Traffic};
use crate::report::language::Language::{self, De, En};
use crate::report::number::counted;

/// That the capture looks like the export of a display filter, in which voice may be missing that was sent.
pub(super) fn exported(captures: &[CaptureSummary], language: Language) -> String {
    let missing = CaptureSummary::left_out(captures).filter(|missing| *missing > 0);
    match (language, missing) {
        (De, None) => {
            "Der Mitschnitt enthält so gut wie nur SIP und RTP. Entweder ist er ein Export mit Anzeigefilter (sip || rtp): Dann \
             fehlt hier, was Wireshark nicht als RTP erkannte, auch wenn es gesendet wurde. Oder am Messpunkt war sonst nichts: \
             Dann fehlt die Sprache wirklich."
                .to_owned()
        }
        (De, Some(missing)) => format!(
            "Der Mitschnitt enthält so gut wie nur SIP und RTP, und nach den Zahlen in der Datei fehlen {}, die empfangen wurden: \
             Wahrscheinlich ist er ein Export mit Anzeigefilter (sip || rtp). Dann fehlt hier, was Wireshark nicht als RTP \
             erkannte, auch wenn es gesendet wurde. Es sind genug, dass die fehlende Sprache dabei sein kann.",
            counted(missing, "Paket", "Pakete", De)
        ),
        (En, None) => {
            "The capture holds next to nothing but SIP and RTP. Either it was exported with a display filter (sip || rtp): then what \
             Wireshark did not recognise as RTP is missing here, even if it was sent. Or there was nothing else at the measuring \
             point: then the voice is really missing."
                .to_owned()
        }
        (En, Some(missing)) => format!(
            "The capture holds next to nothing but SIP and RTP, and by the numbers in the file {} that were received are not in it: \
             it was probably exported with a display filter (sip || rtp). Then what Wireshark did not recognise as RTP is missing \
             here, even if it was sent. They are enough for the missing voice to be among them.",
            counted(missing, "packet", "packets", En)
        ),
    }
}

/// A device that is not heard and on which the capture was made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tap {
    /// The capture holds SIP that it sent.
    pub(super) sends_sip: bool,
}

impl Tap {
    /// The device of the finding, if that is where it was captured.
    pub(super) fn of(finding: &Finding, traffic: &Traffic) -> Option<Self> {
        let Detail::Rtp001 { at_tap: true, .. } = finding.detail else { return None };
        let host = finding.subject.as_ref()?.address;
        let mut views = traffic.flows.iter().filter(|flow| flow.app == App::Sip).flat_map(FlowView::both);
        Some(Self { sends_sip: views.any(|view| view.host() == host && view.sent.payload_packets > 0) })
    }

    /// Not all that it sends is missing: so much the less does that explain the missing voice.
    pub(super) fn but_sip(self, language: Language) -> &'static str {
        match language {
            De if self.sends_sip => " (seine SIP-Nachrichten sind hier allerdings zu sehen)",
            En if self.sends_sip => " (its SIP messages are seen here, though)",
            _ => "",
        }
    }
}

/// That it looks like one, but so little was left out that voice is missing all the same. `at_tap`: captured on the silent side.
pub(super) fn too_few(missing: u64, device: &str, at_tap: Option<Tap>, language: Language) -> String {
    match language {
        De => format!(
            "Der Mitschnitt enthält so gut wie nur SIP und RTP, und nach den Zahlen in der Datei fehlen {}, die empfangen wurden: \
             Wahrscheinlich ist er ein Export mit Anzeigefilter (sip || rtp). Die fehlende Sprache erklärt das nicht, auch wenn \
             alle davon Sprache von {device} wären: Mindestens zum Teil fehlt sie wirklich, es sei denn, das Gerät sendet in \
             Sprechpausen nichts.{}",
            counted(missing, "Paket", "Pakete", De),
            at_tap.map_or_else(String::new, |tap| format!(
                " Der Messpunkt ist wohl dieses Gerät; was ein Rechner selbst sendet, fehlt im Mitschnitt manchmal{}.",
                tap.but_sip(De)
            ))
        ),
        En => format!(
            "The capture holds next to nothing but SIP and RTP, and by the numbers in the file {} that were received are not in it: \
             it was probably exported with a display filter (sip || rtp). That does not explain the missing voice, even if all of \
             them were voice of {device}: at least in part it is really missing, unless the device sends nothing in pauses of \
             speech.{}",
            counted(missing, "packet", "packets", En),
            at_tap.map_or_else(String::new, |tap| format!(
                " The measuring point is probably this device; what a computer sends itself is sometimes missing in a capture{}.",
                tap.but_sip(En)
            ))
        ),
    }
}

/// What to do about that.
pub(super) fn export_whole(language: Language) -> &'static str {
    match language {
        De => {
            "Gibt es einen ungefilterten Mitschnitt, werten Sie ihn aus; steht er nicht mehr zur Verfügung, messen Sie noch \
             einmal und speichern Sie alle Pakete. Ist dies schon der ganze Mitschnitt, prüfen Sie, ob der Absender sendet \
             (Stummschaltung, Halten, eigene Firewall) und wohin (SDP der Gegenseite), danach NAT, Firewall und die Strecke \
             dazwischen."
        }
        En => {
            "If there is an unfiltered capture, check that one; if it is not at hand any more, measure again and save all packets. \
             If this is the whole capture already, check whether the sender sends (mute, hold, its own firewall) and where to \
             (SDP of the other side), then NAT, firewall and the way between."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Ended;
    use crate::report::fixture::capture;

    #[test]
    fn too_few_for_the_missing_voice_are_said_to_be() {
        let told = |at_tap| [De, En].map(|language| too_few(188, "192.168.0.150", at_tap, language));
        let [de, en] = told(None);
        assert!(de.contains("fehlen 188\u{a0}Pakete") && de.contains("zum Teil fehlt sie wirklich"), "{de}");
        assert!(
            en.contains("188\u{a0}packets that were") && en.contains("in part it is really missing"),
            "{en}"
        );
        let tap = |sends_sip| told(Some(Tap { sends_sip }))[0].clone();
        assert!(tap(false).ends_with("fehlt im Mitschnitt manchmal."));
        assert!(tap(true).ends_with("manchmal (seine SIP-Nachrichten sind hier allerdings zu sehen)."));
    }

    #[test]
    fn the_file_may_tell_that_packets_are_missing() {
        let told = |received| {
            let mut capture = capture("a.pcapng", Ended::Complete);
            let interface = &mut capture.interfaces[0];
            (interface.packets, interface.received, interface.drops) = (2_309, received, Some(0));
            capture.interfaces.truncate(1);
            capture.packets = 2_309;
            [De, En].map(|language| exported(&[capture.clone()], language))
        };
        let [de, en] = told(Some(2_497));
        assert!(
            de.contains("fehlen 188\u{a0}Pakete, die empfangen wurden") && !de.contains("Oder am Messpunkt"),
            "{de}"
        );
        assert!(en.contains("188\u{a0}packets that were received"), "{en}");
        for received in [None, Some(2_309), Some(2_312)] {
            assert!(told(received)[0].contains("Oder am Messpunkt war sonst nichts"), "{received:?}");
        }
    }
}
