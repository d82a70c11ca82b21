//! Pages about how voice goes on within a call, and what the far end says of it.

use super::{Page, Text};

pub(super) const RTP_005: Page = Page {
    de: Text {
        meaning: "So viele Sprachpakete fehlen, dass das Gehörte nach dem E-Modell nicht mehr gut ist.",
        measured: "MOS-LQ nach ITU-T G.107 aus Paketverlust, Länge der Lücken und Codec, mindestens 100 Pakete: Warnung \
                   unter 3,6, Fehler unter 3,1. Laufzeit und Jitter gehen nicht ein. Meldet der Empfänger per RTCP, dass \
                   er die Pakete hat, oder fehlt das meiste am Stück, wird nicht geurteilt.",
        action: "Beheben Sie den Paketverlust (RTP-003).",
        pitfalls: "Ein Schätzwert, keine Hörprobe. Nur G.711 (mit Verdeckung von Lücken) und G.729 haben Werte; für G.722, \
                   Opus und andere gibt es auf dieser Skala keine.",
        source: "ITU-T G.107 und G.113 Anhang I.",
    },
    en: Text {
        meaning: "So many voice packets are missing that by the E-model the sound is no longer good.",
        measured: "MOS-LQ by ITU-T G.107 from packet loss, length of the gaps and codec, at least 100 packets: a warning \
                   below 3.6, an error below 3.1. Delay and jitter are not in it. If the receiver reports by RTCP that it \
                   has the packets, or if most of the loss is one gap, nothing is judged.",
        action: "Remove the packet loss (RTP-003).",
        pitfalls: "An estimate, no listening test. Only G.711 (with concealment of gaps) and G.729 have values; G.722, Opus \
                   and others have none on this scale.",
        source: "ITU-T G.107 and G.113 appendix I.",
    },
};

pub(super) const RTP_007: Page = Page {
    de: Text {
        meaning: "Ein Gerät sendet einen Codec, den die Gegenstelle in ihrem SDP nicht genannt hat. Sie darf ihn verwerfen; \
                  dann hört der Teilnehmer nichts.",
        measured: "Mindestens 50 Pakete mit einem Payload-Typ, der in der Medienzeile des Empfängers zu diesem Zeitpunkt \
                   fehlt. Komfortrauschen (13, 19) zählt nicht. Von Tasten (telephone-event) genügen 5: so viele \
                   hat eine einzige.",
        action: "Gleichen Sie die Codec-Listen beider Seiten ab, bei Tasten (DTMF) den Payload-Typ für telephone-event.",
        pitfalls: "Viele Geräte spielen trotzdem ab, was sie kennen. Fehlt ein späteres SDP im Mitschnitt, kann der Typ doch \
                   vereinbart sein.",
        source: "RFC 3264 Abschnitt 5.1, 6.1 und 7.",
    },
    en: Text {
        meaning: "A device sends a codec that the far end did not list in its SDP. It may drop it; then the party hears nothing.",
        measured: "At least 50 packets with a payload type that the media line of the receiver lacks at that time. Comfort noise \
                   (13, 19) does not count. Of keys (telephone-event) 5 are enough: a single one has as many.",
        action: "Align the codec lists of both sides; for keys (DTMF) the payload type of telephone-event.",
        pitfalls: "Many devices play what they know all the same. If a later SDP is missing in the capture, the type may be \
                   agreed after all.",
        source: "RFC 3264 sections 5.1, 6.1 and 7.",
    },
};

pub(super) const RTP_008: Page = Page {
    de: Text {
        meaning: "Mitten im Gespräch verstummt eine Seite, und das Gespräch geht weiter.",
        measured: "In einem angenommenen Gespräch mit BYE kommt von einer Seite mehr als 5 s vor dem Ende das letzte Paket, \
                   während die andere Seite noch mehr als 5 s weiter sendet.",
        action: "Prüfen Sie, ob das Gerät noch sendet; liegt die Gegenseite in einem anderen Netz, auch UDP-Timeout der Firewall \
                 und Session-Timer auf dem Weg.",
        pitfalls: "Halten, T.38, ICE, Sender mit Sprechpausen oder Komfortrauschen und alles um ein neues SDP herum werden \
                   nicht beurteilt. Sendet das Gerät von anderen Ports weiter, ist es kein Befund. Verstummt mit ihm, wem es die Sprache \
                   weiterreicht, steht nur die erste Seite da.",
        source: "RFC 3264 Abschnitt 8; RFC 4787 Abschnitt 4.3 (UDP-Timeout).",
    },
    en: Text {
        meaning: "In the middle of a call one side falls silent, and the call goes on.",
        measured: "In an answered call with a BYE the last packet of one side comes more than 5 s before the end, while the \
                   other side sends on for more than 5 s.",
        action: "Check whether the device still sends; if the other side lies in another network, also the UDP timeout of the \
                 firewall and session timers on the way.",
        pitfalls: "Hold, T.38, ICE, senders with pauses or comfort noise, and all that happens around a new SDP are not judged. \
                   If the device goes on from other ports, there is no finding. Where a device only passes on the voice that \
                   stops, the first side alone is told.",
        source: "RFC 3264 section 8; RFC 4787 section 4.3 (UDP timeout).",
    },
};

pub(super) const RTP_009: Page = Page {
    de: Text {
        meaning: "Die Sprache kommt mitten im Gespräch aus einer anderen Quelle, ohne dass neu verhandelt wurde.",
        measured: "Ein Sprechweg zum selben Ziel endet, ein anderer (andere SSRC oder Absenderadresse) beginnt höchstens 2 s \
                   danach. Beide haben mindestens 100 Pakete, und weder kurz nach der Annahme noch um ein neues SDP herum.",
        action: "Keine, solange beide Seiten hören.",
        pitfalls: "Wartemusik, Vermittlung und Ansagen einer Anlage sehen so aus und sind in Ordnung.",
        source: "RFC 3550 Abschnitt 8.2.",
    },
    en: Text {
        meaning: "In the middle of a call the voice comes from another source, although nothing was negotiated anew.",
        measured: "A stream to one destination ends, another one (other SSRC or source address) begins within 2 s. Both have at \
                   least 100 packets, and it is neither right after the answer nor around a new SDP.",
        action: "None as long as both sides hear.",
        pitfalls: "Music on hold, transfer and announcements of a PBX look like this and are in order.",
        source: "RFC 3550 section 8.2.",
    },
};

pub(super) const RTP_013: Page = Page {
    de: Text {
        meaning: "Ein Gerät sendet Sprache von einer anderen Adresse oder einem anderen Port, als sein SDP ankündigt. Was \
                  zurückkommt, geht an die angekündigte Adresse; Firewalls lassen nur diese durch.",
        measured: "Mindestens 100 Pakete über mehr als 2 s nach der Annahme, deren Absender in keinem SDP dieser Seite steht.",
        action: "Prüfen Sie RTP-Port und NAT-Einstellung des Gerätes.",
        pitfalls: "Nennt das SDP eine andere Adresse, als die Signalisierung benutzt, liegt NAT dazwischen; das wird nicht \
                   beurteilt. Manche Geräte senden und empfangen mit Absicht auf verschiedenen Ports.",
        source: "RFC 4961; RFC 3264 Abschnitt 5.1.",
    },
    en: Text {
        meaning: "A device sends voice from another address or port than its SDP announces. What comes back goes to the announced \
                  one; firewalls admit only that.",
        measured: "At least 100 packets over more than 2 s after the answer whose source no SDP of that side names.",
        action: "Check RTP port and NAT setting of the device.",
        pitfalls: "If SDP names another address than signalling uses, NAT is between; that is not judged. Some devices send and \
                   receive on different ports on purpose.",
        source: "RFC 4961; RFC 3264 section 5.1.",
    },
};

pub(super) const RTP_014: Page = Page {
    de: Text {
        meaning: "Der Empfänger vermisst Pakete, die der Mitschnitt enthält. Sie gehen zwischen Messpunkt und Empfänger verloren.",
        measured: "RTCP-Berichte (SR oder RR) des Empfängers zählen mindestens 5 Pakete und 1 % mehr verloren als der \
                   Mitschnitt, bei mindestens 100 Paketen. Ist der Anfang des Gesprächs nicht im Mitschnitt, zählt nur, was \
                   zwischen zwei Berichten dazukam. Verglichen wird mit den Paketen, welche die Berichte erfassen. Stockte die \
                   Sprache davor und kam dann auf einmal, ist es nur ein Hinweis und ein Verdacht, wenn etwa so viele Pakete fehlen, \
                   wie sich dabei stauten.",
        action: "Messen Sie näher am Empfänger.",
        pitfalls: "Manche Geräte zählen Pakete mit, die zu spät kamen oder nach einem Stau verworfen wurden.",
        source: "RFC 3550 Abschnitt 6.4.1.",
    },
    en: Text {
        meaning: "The receiver lacks packets that the capture holds. They get lost between measuring point and receiver.",
        measured: "RTCP reports (SR or RR) of the receiver count at least 5 packets and 1 % more lost than the capture, over at \
                   least 100 packets. If the beginning of the call is not in the capture, only what was added between two \
                   reports counts. It is held against the packets that the reports cover. If the voice stalled before that and \
                   then came all at once, it is a notice and a suspicion only, if about as many packets are missing as were held up.",
        action: "Measure closer to the receiver.",
        pitfalls: "Some devices count packets that came too late, or that they dropped after a jam.",
        source: "RFC 3550 section 6.4.1.",
    },
};
