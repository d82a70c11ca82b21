//! Words of the terminal view of a live capture, beyond those of the table.

use crate::report::language::Language;

/// Words that only the view needs. `{}` stands for a name or a time.
#[derive(Debug)]
pub struct ScreenWords {
    /// Names of the five views, in the order of their keys.
    pub tabs: [&'static str; 5],
    /// Before the first packet.
    pub waiting: &'static str,
    /// Packets of the interfaces.
    pub packets: &'static str,
    /// What the kernel dropped.
    pub kernel_drops: &'static str,
    /// What pbxray dropped.
    pub own_drops: &'static str,
    /// The picture stands still since then.
    pub frozen: &'static str,
    /// The keys, most wanted first, each with what it does.
    pub keys: &'static [(&'static str, &'static str)],
    /// The keys of an opened page.
    pub page_keys: &'static [(&'static str, &'static str)],
    /// All keys.
    pub help: &'static str,
    /// A report was saved.
    pub saved: &'static str,
    /// It could not be.
    pub not_saved: &'static str,
    /// There is nothing to save.
    pub nothing_to_save: &'static str,
    /// The capture is being ended.
    pub ending: &'static str,
    /// Something could not be recorded.
    pub recording: &'static str,
    /// An interface went away.
    pub gone: &'static str,
    /// It came back.
    pub back: &'static str,
    /// It is down.
    pub down: &'static str,
    /// It is up.
    pub up: &'static str,
    /// It came back as another kind of link.
    pub other: &'static str,
    /// Rows that are not shown, behind their number.
    pub more: &'static str,
    pub(crate) time: &'static str,
    pub(crate) state: &'static str,
    pub(crate) severity: &'static str,
    pub(crate) finding: &'static str,
    pub(crate) parties: &'static str,
    pub(crate) came: &'static str,
    /// It became heavier.
    pub(crate) rose: &'static str,
    pub(crate) went: &'static str,
    pub(crate) running: &'static str,
    pub(crate) ringing: &'static str,
    pub(crate) ended: &'static str,
    pub(crate) jitter: &'static str,
    /// The sides of a call, and what is told of it.
    pub(crate) caller: &'static str,
    pub(crate) callee: &'static str,
    pub(crate) rang: &'static str,
    /// From the INVITE to ringing.
    pub(crate) dial_delay: &'static str,
    pub(crate) answered: &'static str,
    pub(crate) ended_at: &'static str,
    /// From one packet of voice to the next.
    pub(crate) packet_time: &'static str,
    pub(crate) agreed: &'static str,
    pub(crate) no_voice: &'static str,
    pub(crate) ports: &'static str,
    /// A port that stands in no document.
    pub(crate) undocumented: &'static str,
    /// A port that is used other than documented.
    pub(crate) deviating: &'static str,
    /// What came while the picture stood still: packets, findings.
    pub since_then: &'static str,
    /// The key that lets a frozen picture go on.
    pub go_on: (&'static str, &'static str),
    pub(crate) fact: &'static str,
    pub(crate) value: &'static str,
    pub(crate) cleared_since: &'static str,
    /// Behind the counts of findings: so many of them are over.
    pub(crate) of_them_cleared: &'static str,
    /// Of an address that the user stated.
    pub(crate) not_in_capture: &'static str,
    /// Heading above when findings came and went.
    pub(crate) course: &'static str,
    pub(crate) since: &'static str,
    pub(crate) until: &'static str,
    /// In place of a time: the finding has not gone.
    pub(crate) holds: &'static str,
    /// An interface had no link.
    pub(crate) outage: &'static str,
    /// Before the verdict of a capture that goes on.
    pub so_far: &'static str,
    /// Behind the verdict: findings that came and went and that the report does not have any more.
    pub(crate) meanwhile: &'static str,
}

/// The view's words in a language.
#[must_use]
pub fn screen_words(language: Language) -> &'static ScreenWords {
    match language {
        Language::De => &DE,
        Language::En => &EN,
    }
}

const DE: ScreenWords = ScreenWords {
    tabs: ["Befunde", "Gespräche", "Geräte", "Ports", "Messung"],
    waiting: "Es ist noch kein Paket gekommen.",
    packets: "Pakete",
    kernel_drops: "Kernel verwarf",
    own_drops: "pbxray verwarf",
    frozen: "ANGEHALTEN seit {}",
    keys: &[
        ("1–5", "Ansicht"),
        ("q", "Ende"),
        ("?", "Hilfe"),
        ("Enter", "Öffnen"),
        ("s", "Sortieren"),
        ("f", "Anhalten"),
        ("w", "Bericht"),
    ],
    page_keys: &[("Esc", "Zurück"), ("↑↓", "Blättern"), ("q", "Ende")],
    help: "1 bis 5, Tab, ← →   andere Ansicht\n\
           ↑ ↓, Bild ↑ ↓, Pos1, Ende   Zeile wählen, blättern\n\
           Enter   Zeile öffnen: Erklärung eines Befunds, alle Angaben einer anderen Zeile\n\
           Esc   zurück\n\
           s   nach der nächsten Spalte sortieren\n\
           r   Reihenfolge umkehren\n\
           f   Bild anhalten und wieder laufen lassen; gemessen wird weiter\n\
           w   Bericht über alles Bisherige als HTML, JSON und Text im aktuellen Verzeichnis speichern\n\
           q, Strg-C   Messung beenden und den Bericht ausgeben; noch einmal: sofort beenden",
    saved: "gespeichert: {}",
    not_saved: "nicht gespeichert: {}",
    nothing_to_save: "Es gibt noch nichts zu speichern.",
    ending: "Die Messung wird beendet. Noch einmal q beendet sofort, ohne Bericht.",
    recording: "Aufzeichnung: {}",
    gone: "Schnittstelle ist weg ({}); es wird auf sie gewartet",
    back: "Schnittstelle ist wieder da",
    down: "Schnittstelle ist abgeschaltet oder ohne Verbindung; es wird auf sie gewartet",
    up: "Schnittstelle ist verbunden",
    other: "Schnittstelle kam in anderer Art wieder (Typ {}) und wird nicht gelesen; bitte neu starten",
    more: "weitere",
    time: "Zeit",
    state: "Stand",
    severity: "Schwere",
    finding: "Befund",
    parties: "Sprecher → Hörer",
    came: "neu",
    rose: "schwerer",
    went: "erledigt",
    running: "läuft",
    ringing: "klingelt",
    ended: "beendet",
    jitter: "Jitter",
    caller: "Anrufer",
    callee: "Ziel",
    rang: "Klingelt",
    dial_delay: "Klingelt nach",
    answered: "Angenommen",
    ended_at: "Ende",
    packet_time: "Paketlänge",
    agreed: "vereinbart",
    no_voice: "Zu diesem Anruf ist kein Sprechweg zu sehen.",
    ports: "Ports",
    undocumented: "undokumentiert",
    deviating: "abweichend",
    since_then: "seither {} Pakete, {} Meldungen; gemessen wird weiter",
    go_on: ("f", "weiter"),
    fact: "Angabe",
    value: "Wert",
    cleared_since: "Erledigt seit {}.",
    of_them_cleared: "{} erledigt",
    not_in_capture: "noch kein Paket gesehen",
    course: "Verlauf der Befunde",
    since: "Seit",
    until: "Erledigt",
    holds: "besteht",
    outage: "Schnittstelle {} ohne Verbindung: nichts gemessen",
    so_far: "BISHER",
    meanwhile: "Zwischenzeitlich gab es außerdem: {} (siehe Verlauf der Befunde).",
};

const EN: ScreenWords = ScreenWords {
    tabs: ["Findings", "Calls", "Devices", "Ports", "Capture"],
    waiting: "No packet has come yet.",
    packets: "packets",
    kernel_drops: "kernel dropped",
    own_drops: "pbxray dropped",
    frozen: "FROZEN since {}",
    keys: &[
        ("1–5", "view"),
        ("q", "quit"),
        ("?", "help"),
        ("Enter", "open"),
        ("s", "sort"),
        ("f", "freeze"),
        ("w", "save report"),
    ],
    page_keys: &[("Esc", "back"), ("↑↓", "scroll"), ("q", "quit")],
    help: "1 to 5, Tab, ← →   another view\n\
           ↑ ↓, Page Up, Page Down, Home, End   choose a row, scroll\n\
           Enter   open the row: the explanation of a finding, all that is known of another row\n\
           Esc   back\n\
           s   sort by the next column\n\
           r   reverse the order\n\
           f   freeze the picture and let it go on; the capture goes on all the time\n\
           w   save a report of all so far as HTML, JSON and text in the current directory\n\
           q, Ctrl-C   end the capture and print the report; once more: end at once",
    saved: "saved: {}",
    not_saved: "not saved: {}",
    nothing_to_save: "There is nothing to save yet.",
    ending: "The capture is being ended. q once more ends at once, without a report.",
    recording: "recording: {}",
    gone: "is gone ({}); waiting for it",
    back: "is back",
    down: "is down or has no link; waiting for it",
    up: "is up",
    other: "came back as another kind of link ({}) and is not captured on; start anew for it",
    more: "more",
    time: "Time",
    state: "State",
    severity: "Severity",
    finding: "Finding",
    parties: "Speaker → listener",
    came: "new",
    rose: "heavier",
    went: "cleared",
    running: "running",
    ringing: "ringing",
    ended: "ended",
    jitter: "Jitter",
    caller: "Caller",
    callee: "Callee",
    rang: "Rang",
    dial_delay: "Rang after",
    answered: "Answered",
    ended_at: "End",
    packet_time: "Packet time",
    agreed: "agreed",
    no_voice: "No voice stream of this call is seen.",
    ports: "Ports",
    undocumented: "undocumented",
    deviating: "deviating",
    since_then: "since then {} packets, {} events; the capture goes on",
    go_on: ("f", "go on"),
    fact: "Fact",
    value: "Value",
    cleared_since: "Cleared since {}.",
    of_them_cleared: "{} cleared",
    not_in_capture: "no packet seen yet",
    course: "When findings came and went",
    since: "Since",
    until: "Cleared",
    holds: "still there",
    outage: "interface {} had no link: nothing captured",
    so_far: "SO FAR",
    meanwhile: "In the meantime there also were: {} (see when findings came and went).",
};
