//! Words of a comparison of two measurements.

use crate::check::Unjudged;
use crate::compare::Doubt;
use crate::report::language::Language;

/// Words that only a comparison needs.
#[derive(Debug)]
pub(crate) struct ChangeWords {
    pub(crate) before: &'static str,
    pub(crate) after: &'static str,
    /// The second measurement is older than the first, or the same.
    pub(crate) backward: &'static str,
    pub(crate) same: &'static str,
    pub(crate) went: &'static str,
    pub(crate) doubtful: &'static str,
    pub(crate) came: &'static str,
    pub(crate) stayed: &'static str,
    pub(crate) devices: &'static str,
    pub(crate) rows: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) appeared: &'static str,
    pub(crate) disappeared: &'static str,
    pub(crate) times: &'static str,
    pub(crate) doubt: fn(Doubt) -> &'static str,
}

pub(crate) fn change_words(language: Language) -> &'static ChangeWords {
    match language {
        Language::De => &DE,
        Language::En => &EN,
    }
}

const DE: ChangeWords = ChangeWords {
    before: "Vorher",
    after: "Nachher",
    backward: "„Nachher“ ist älter als „Vorher“: Wahrscheinlich sind die beiden Mitschnitte vertauscht, und „Neu“ und „Behoben“ \
        stehen dann falsch herum.",
    same: "Beide Male ist es derselbe Mitschnitt: Verändert haben kann sich nur, was Sie dazu angeben.",
    went: "Behoben",
    doubtful: "Nicht mehr gesehen, aber auch nicht widerlegt",
    came: "Neu",
    stayed: "Geblieben",
    devices: "Geräte",
    rows: "Dokumentierte Ports mit anderem Status",
    nothing: "Nichts.",
    appeared: "neu im Mitschnitt",
    disappeared: "nicht mehr im Mitschnitt",
    times: "Fälle",
    doubt: doubt_de,
};

const EN: ChangeWords = ChangeWords {
    before: "Before",
    after: "After",
    backward: "“After” is older than “before”: the two captures are probably in the wrong order, and “new” and “put right” then \
        stand the wrong way round.",
    same: "Both are the same capture: only what you state about it can have changed.",
    went: "Put right",
    doubtful: "No longer seen, but not disproved either",
    came: "New",
    stayed: "Still there",
    devices: "Devices",
    rows: "Documented ports with another status",
    nothing: "Nothing.",
    appeared: "new in the capture",
    disappeared: "no longer in the capture",
    times: "cases",
    doubt: doubt_en,
};

fn doubt_de(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::DeviceAbsent => "Der zweite Mitschnitt zeigt dieses Gerät nicht.",
        Doubt::NoVoice | Doubt::Unjudged(Unjudged::NoVoice) => {
            "Der zweite Mitschnitt enthält keine Sprache dieses Geräts. Messen Sie noch einmal, während ein Gespräch am \
             Messpunkt vorbeikommt."
        }
        Doubt::NoRegistration => "Im zweiten Mitschnitt meldet sich dieses Gerät nirgends an.",
        Doubt::NotTried => "Der zweite Mitschnitt zeigt nicht, dass es jetzt richtig geht.",
        Doubt::Unjudged(Unjudged::OwnOnly) => {
            "Im zweiten Mitschnitt gehen alle IP-Pakete von einem Gerät an sich selbst."
        }
        Doubt::Unjudged(Unjudged::Export) => "Der zweite Mitschnitt enthält nur SIP und RTP.",
        Doubt::Unjudged(Unjudged::OneDirection) => "Der zweite Mitschnitt zeigt nur eine Richtung.",
        Doubt::Unjudged(Unjudged::OneSided | Unjudged::OneSidedIpsec | Unjudged::OneSidedTunnel) => {
            "Im zweiten Mitschnitt ist in einem Gespräch nur eine Seite zu hören."
        }
        Doubt::Unjudged(Unjudged::UnheardCalls) => {
            "Zu einem Gespräch des zweiten Mitschnitts ist keine Sprache darin."
        }
        Doubt::Unjudged(Unjudged::NoRule) => {
            "Im zweiten Mitschnitt gilt für die Absender der Sprache keine Herstellerregel."
        }
        Doubt::Unjudged(Unjudged::FewPackets | Unjudged::NoMarks) => {
            "Im zweiten Mitschnitt sind zu wenige Sprachpakete, um die Kennzeichnung zu beurteilen."
        }
        Doubt::Unjudged(Unjudged::FewAtPort) => {
            "Im zweiten Mitschnitt sind auf einem Port zu wenige Sprachpakete, um ihn zu beurteilen."
        }
        Doubt::Unjudged(Unjudged::Incomplete) => "Im zweiten Mitschnitt fehlen Pakete.",
        Doubt::Unjudged(Unjudged::Clock | Unjudged::TwoClocks) => {
            "Im zweiten Mitschnitt stimmen die Zeitstempel nicht."
        }
        Doubt::Unjudged(Unjudged::CutSip) => "Im zweiten Mitschnitt sind die SIP-Nachrichten gekürzt.",
        Doubt::Unjudged(Unjudged::Encrypted) => "Im zweiten Mitschnitt ist die Signalisierung verschlüsselt.",
        Doubt::Unjudged(Unjudged::Compressed) => {
            "Im zweiten Mitschnitt ist SIP über WebSocket komprimiert und nicht lesbar."
        }
        Doubt::Unjudged(Unjudged::NoDevice) => {
            "Im zweiten Mitschnitt wurde kein Gerät eines bekannten Herstellers erkannt."
        }
        Doubt::Unjudged(Unjudged::UnseenAnswers) => {
            "Im zweiten Mitschnitt ist nicht zu sehen, ob Anmeldungen beantwortet werden."
        }
        Doubt::Unjudged(Unjudged::Damaged) => "Der zweite Mitschnitt ist beschädigt.",
        Doubt::Unjudged(Unjudged::OverLimit) => {
            "Der zweite Mitschnitt enthält mehr, als pbxray sich merken kann."
        }
    }
}

fn doubt_en(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::DeviceAbsent => "The second capture does not show this device.",
        Doubt::NoVoice | Doubt::Unjudged(Unjudged::NoVoice) => {
            "The second capture holds no voice of this device. Measure again while a call passes the measuring point."
        }
        Doubt::NoRegistration => "In the second capture this device registers nowhere.",
        Doubt::NotTried => "The second capture does not show that it is right now.",
        Doubt::Unjudged(Unjudged::OwnOnly) => {
            "In the second capture all IP packets go from a device to itself."
        }
        Doubt::Unjudged(Unjudged::Export) => "The second capture holds SIP and RTP alone.",
        Doubt::Unjudged(Unjudged::OneDirection) => "The second capture shows one direction only.",
        Doubt::Unjudged(Unjudged::OneSided | Unjudged::OneSidedIpsec | Unjudged::OneSidedTunnel) => {
            "In the second capture one call has voice of one side only."
        }
        Doubt::Unjudged(Unjudged::UnheardCalls) => "In the second capture one call has no voice.",
        Doubt::Unjudged(Unjudged::NoRule) => {
            "In the second capture no vendor's rule holds for the senders of voice."
        }
        Doubt::Unjudged(Unjudged::FewPackets | Unjudged::NoMarks) => {
            "The second capture has too few packets of voice to judge the marking."
        }
        Doubt::Unjudged(Unjudged::FewAtPort) => {
            "The second capture has too few packets of voice at one port to judge it."
        }
        Doubt::Unjudged(Unjudged::Incomplete) => "Packets are missing from the second capture.",
        Doubt::Unjudged(Unjudged::Clock | Unjudged::TwoClocks) => {
            "The time stamps of the second capture are wrong."
        }
        Doubt::Unjudged(Unjudged::CutSip) => "SIP messages are cut short in the second capture.",
        Doubt::Unjudged(Unjudged::Encrypted) => "Signalling is encrypted in the second capture.",
        Doubt::Unjudged(Unjudged::Compressed) => {
            "SIP over WebSocket is compressed in the second capture and cannot be read."
        }
        Doubt::Unjudged(Unjudged::NoDevice) => {
            "No device of a known vendor was recognised in the second capture."
        }
        Doubt::Unjudged(Unjudged::UnseenAnswers) => {
            "The second capture does not show whether registrations are answered."
        }
        Doubt::Unjudged(Unjudged::Damaged) => "The second capture is damaged.",
        Doubt::Unjudged(Unjudged::OverLimit) => "The second capture holds more than pbxray has room for.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_without_voice_may_have_a_call() {
        assert!(
            doubt_de(Doubt::NoVoice)
                .starts_with("Der zweite Mitschnitt enthält keine Sprache dieses Geräts.")
        );
        assert!(doubt_en(Doubt::NoVoice).starts_with("The second capture holds no voice of this device."));
    }
}
