//! German words of every report, apart from those of the findings.

use super::frame;
use super::signalling::meaning;
use super::words::{
    Headings, Labels, Notes, Noun, Nouns, OTHER_VERSION, Words, is_only_unknown, is_partial, is_unregistered,
    is_unused,
};
use crate::capture::{Ended, LinkType};
use crate::check::{Beside, Party, RowStatus, Severity, Unjudged, Verdict};
use crate::decode::Skip;
use crate::observe::{Answer, CallSide};
use crate::report::escape::{FIELD, escape_terminal};
use crate::report::language::Language;
use crate::report::link;
use crate::report::number::{count, duration};
use crate::site::{Confidence, EvidenceKind};

pub(super) const WORDS: Words = Words {
    headings: HEADINGS,
    labels: LABELS,
    notes: NOTES,
    nouns: NOUNS,
    verdict,
    severity,
    findings,
    confidence,
    party,
    row_status,
    skip,
    ended,
    leaps,
    evidence,
    answer,
    untold,
    busy_after_ringing: "abgewiesen oder nicht angenommen",
    hung_up,
    renewed,
    unjudged,
};

const HEADINGS: Headings = Headings {
    findings: "Befunde",
    not_judged: "Nicht beurteilbar",
    devices: "Erkannte Geräte",
    rows: "Dokumentierte Ports: Soll und Ist",
    media: "Sprechwege (RTP)",
    media_with_video: "Sprechwege und Video (RTP)",
    unexplained: "Nicht dokumentierte Verbindungen",
    calls: "Gespräche",
    remarks: "Hinweise",
    registrations: "Anmeldungen",
    capture: "Mitschnitt",
    exceptions: "Ausnahmen und geänderte Ports aus der Standortdatei",
    sources: "Quellen",
};

const LABELS: Labels = Labels {
    device: "Gerät",
    seen: "Beobachtung",
    action: "Maßnahme",
    responsible: "Zuständig",
    evidence: "Beleg",
    filter: "Wireshark-Filter",
    source: "Quelle",
    confidence: "Gewissheit",
    address: "Adresse",
    known_by: "Erkannt an",
    against: "Dagegen spricht",
    row: "Zeile",
    service: "Dienst",
    status: "Status",
    packets: "Pakete",
    route: "Von → nach",
    codec: "Codec",
    loss: "Verlust",
    jitter: "Jitter max.",
    transport: "Protokoll",
    bytes: "Datenmenge",
    content: "Inhalt",
    start: "Beginn",
    length: "Dauer",
    rang_after: "Klingelt nach",
    parties: "Anrufer → Ziel",
    result: "Ergebnis",
    account: "Konto",
    registrar: "Registrar",
    attempts: "Versuche",
    file: "Datei",
    period: "Zeitraum",
    time_of_all: "Zeitraum",
    link_type: "Schnittstellentyp",
    drops: "Beim Mitschneiden verloren",
    not_decoded: "Nicht gelesen",
    cut: "Gekürzt",
    timeless: "Ohne brauchbare Zeitangabe",
    wrapped: "VLAN und Tunnel",
    sealed: "ESP von IPsec, nicht gelesen",
    duplicates: "Doppelt (von den vergleichbaren Paketen)",
    both_ways: "Gerätepaare (TCP/UDP) in beiden Richtungen",
    passed_over: "Übergangene Dateien",
    incomplete: "Datagramme, zu denen Fragmente fehlen",
    nameless_sip: "SIP-Nachrichten ohne Call-ID oder CSeq",
    malformed_sip: "SIP-Nachrichten mit Fehlern im Aufbau",
    storm: "Schleife oder Sturm (ARP)",
    over_cap: "Nicht ausgewertet (Speichergrenze)",
    filtered: "Vom Filter ausgelassen",
    reading: "Lesen",
    time_gap: "Zeitsprünge",
    section: "Abschnitt",
    meaning: "Bedeutung",
    measured: "Gemessen",
    pitfalls: "Was täuschen kann",
    cleared: "Wann es im Live-Betrieb als erledigt gilt",
};

const NOTES: Notes = Notes {
    no_findings: "Keine.",
    everything_judged: "Nichts: Für die Prüfungen dieser Version reicht der Mitschnitt aus.",
    no_devices: "Kein Gerät von AGFEO oder pascom erkannt. Benennen Sie die Anlage mit --pbx ADRESSE=MODELL.",
    no_rows: "Kein erkanntes Gerät hat dokumentierte Ports, die zu prüfen wären.",
    unused_rows: "Im Mitschnitt nicht beobachtet; das ist kein Fehler:",
    no_media: "Im Mitschnitt ist kein Sprechweg zu erkennen.",
    no_unexplained: "Keine.",
    unexplained_are_told: "Keine außer denen, von denen ein Befund (SEC) handelt.",
    no_calls: "Im Mitschnitt ist kein Gespräch zu erkennen.",
    no_signalling: "Zu den Sprechwegen ist im Mitschnitt keine lesbare Signalisierung.",
    exception_unused: "wurde nicht gebraucht; prüfen Sie, ob sie noch nötig ist",
    disclaimer: "Angaben der Hersteller ohne Gewähr; es sind Werkseinstellungen, die am Gerät geändert sein können.",
    more: "weitere",
    drops_unknown: "keine Angabe in der Datei",
    why_passed_over: "Den Grund nennt pbxray, wenn Sie die Datei selbst angeben.",
    of: "von",
    seen_as: "gesehen als",
    passes_on: "leitet weiter",
    unknown: "unbekannt",
    dynamic: "dynamisch",
    voice_key: "Verlust: was im Mitschnitt fehlt; „RTCP“ darunter: was der Empfänger als verloren meldet. MOS (1 bis 4,5): \
                geschätzte Hörqualität nach G.107 aus Codec und Verlust. Laufzeit und Jitter gehen nicht ein; „≤“ steht bei \
                Jitter über 50\u{a0}ms, den ein üblicher Puffer nicht ausgleicht.",
    strangers: "Anmeldeversuche aus dem Internet, die niemand beantwortet, sind kein Befund. Der Router leitet sie aber bis hierher \
                weiter: Prüfen Sie, ob diese Weiterleitung gebraucht wird.",
    remarked: "„→“ bei DSCP: Dieselben Pakete kommen mit diesem Wert ein zweites Mal vorbei; er wurde unterwegs geändert.",
    video: "Video",
    few_packets: "Verlust wird erst ab 100 erwarteten Paketen beurteilt; kürzere Sprechwege sind nur aufgeführt.",
    fitted: "oder größer (nach RTP-Ports)",
    only_suspected: "nur vermutet (wird nicht beurteilt)",
    every_time_in: "Alle Uhrzeiten in der Zeitzone",
    end_unseen: "Ende nicht im Mitschnitt",
    answer_unseen: "Antwort nicht im Mitschnitt",
    dropped: "Gegenseite schloss die TCP-Verbindung ohne endgültige Antwort",
    given_up: "von der Anlage abgebrochen",
    answered_elsewhere: "an anderem Telefon angenommen",
    unacknowledged: "Annahme nicht bestätigt",
    clock_unset: "Die Pakete tragen keine echte Zeit (vor 1980): Die Uhr des aufzeichnenden Geräts war nicht gestellt, oder die Zeiten \
        wurden später entfernt.",
    at_most: "höchstens",
    unread_inside: "innen nicht alles lesbar",
    uncompared: "Vergleichbar sind Pakete mit Nutzdaten und brauchbarer Zeit, ohne Rundsendungen, die keine IP-Kennung tragen.",
    encrypted: "verschlüsselt",
    probably_srtp: "wahrscheinlich SRTP",
    outer_vlan: "äußeres VLAN",
    also_from: "auch von",
    in_channel: "in TURN-Kanal",
    in_indications: "in TURN-Nachrichten",
    multiplexed: "in TURN-Multiplex (Microsoft)",
    peer: "Gegenstelle",
    time_gaps_across: |number| {
        let number = count(number, Language::De);
        format!("{number} davon zwischen verschiedenen Schnittstellen, deren Uhren verschieden gehen können.")
    },
    why_time_gap: |across, forth| match (across, forth) {
        (true, true) => {
            "Die Pakete davor und danach stammen von verschiedenen Schnittstellen: Deren Uhren gehen \
            verschieden, mehrere Mitschnitte sind zusammengefügt, oder es kam lange kein Paket."
        }
        (true, false) => {
            "Die Pakete davor und danach stammen von verschiedenen Schnittstellen: Deren Uhren gehen \
            verschieden, oder mehrere Mitschnitte sind zusammengefügt."
        }
        (false, true) => {
            "Die Uhr wurde gestellt, mehrere Mitschnitte sind zusammengefügt, oder es kam lange kein Paket."
        }
        (false, false) => "Die Uhr wurde gestellt, oder mehrere Mitschnitte sind zusammengefügt.",
    },
    marked_calls: "Die mit ! markierten Gespräche stehen zuerst, das schlimmste oben, danach die anderen in der Reihenfolge ihres Beginns; was die Anlage weitergab, steht bei seinem Gespräch. ! steht vor Gesprächen, die scheiterten (besetzt, abgelehnt und nicht erreichbar zählen nicht dazu, wenn der Server keinen Fehler dazu nennt), stumm, einseitig oder nur von einer Seite verschlüsselt waren oder mehr als 1 % Verlust hatten (wo der Empfänger per RTCP berichtet, nach dessen Zählung).",
    twice: "doppelt",
    keys: "Tastentöne",
    repeated: "wiederholt",
    times_unjudged: "Die Zeitstempel des Mitschnitts stimmen nicht (CAP-006): Zeiten können um den Sprung oder um den Unterschied der Uhren falsch sein. Wo die Uhr während eines Gesprächs gestellt wurde, steht keine Dauer.",
    turned_away: "vom Ziel abgewiesen (ICMP)",
    video_jitter: "Jitter bei Video: gemessen am ersten Paket jedes Bildes; die übrigen tragen denselben Zeitstempel.",
    skipped: "Ausgelassene Nummern: Der Absender hat sie selbst übersprungen, meist rund um Tasten; nach seinen Zeitstempeln ging dort nichts verloren. Wireshark zählt sie als verloren.",
    jitter_untold: "Jitter über 20\u{a0}ms ohne Befund: Er folgt einem neuen Angebot (SDP) oder fällt in die erste Sekunde, der Absender pausierte selbst, die Sprache war unterbrochen, oder ein üblicher Puffer gleicht ihn aus.",
    figures_unjudged: "Der Mitschnitt ist unvollständig (CAP-001): Verlust, Jitter und MOS stehen hier nur zur Kenntnis. Was fehlt, kann beim Mitschneiden verloren gegangen sein.",
    jitter_unjudged: "Die Zeitstempel des Mitschnitts stimmen nicht (CAP-006): Jitter steht hier nur zur Kenntnis und ist nicht beurteilt, und ein Zeitraum, der über einen Sprung reicht, stimmt nicht (er kann vor seinem Anfang enden).",
    paused: "Pause: Mit einem neuen Angebot (Halten, Fax, anderer Weg) kam so lange nichts. Was dort an Nummern fehlt, zählt nicht \
             als Verlust.",
};

const NOUNS: Nouns = Nouns {
    packet: Noun { one: "Paket", many: "Pakete" },
    voice_packet: Noun { one: "Sprachpaket", many: "Sprachpakete" },
    message: Noun { one: "Nachricht", many: "Nachrichten" },
    file: Noun { one: "Datei", many: "Dateien" },
    row: Noun { one: "Zeile", many: "Zeilen" },
    entry: Noun { one: "Eintrag", many: "Einträge" },
    time: Noun { one: "Mal", many: "Mal" },
};

fn verdict(verdict: Verdict, unjudged: &[Unjudged]) -> &'static str {
    match verdict {
        Verdict::Pass => {
            "BESTANDEN – die geprüften Ports und Kennzeichnungen entsprechen den Herstellerangaben."
        }
        Verdict::Notes if unjudged.contains(&Unjudged::NoVoice) => {
            "BESTANDEN, SPRACHE NICHT BEURTEILT – kein Fehler an der Anlage gefunden, aber auch kein Sprechweg: Kennzeichnung und Sprachqualität sind offen."
        }
        Verdict::Notes if unjudged.contains(&Unjudged::NoMarks) => {
            "BESTANDEN MIT HINWEISEN – kein Fehler an der Anlage gefunden, aber auch kein Sprechweg, dessen Kennzeichnung beurteilt werden kann."
        }
        Verdict::Notes => {
            "BESTANDEN MIT HINWEISEN – kein Fehler an der Anlage gefunden; beachten Sie die Hinweise."
        }
        Verdict::Fail => "NICHT BESTANDEN – mindestens ein Punkt muss geprüft oder behoben werden.",
        Verdict::NotAssessable if is_partial(unjudged) => {
            "NICHT VOLLSTÄNDIG BEURTEILBAR – kein Fehler zu sehen, aber der Mitschnitt ist lückenhaft."
        }
        Verdict::NotAssessable if is_unregistered(unjudged) => {
            "NICHT VOLLSTÄNDIG BEURTEILBAR – mindestens ein Gerät ist nicht angemeldet; ob ihm jemand antwortet, zeigt der Mitschnitt nicht."
        }
        Verdict::NotAssessable if is_unused(unjudged) => {
            "NICHT BEURTEILBAR – keiner der dokumentierten Ports wird im Mitschnitt benutzt."
        }
        Verdict::NotAssessable if is_only_unknown(unjudged) => {
            "NICHT BEURTEILBAR – die Anlage ist unbekannt: Nennen Sie sie mit --pbx ADRESSE=MODELL."
        }
        Verdict::NotAssessable => "NICHT BEURTEILBAR – der Mitschnitt reicht für ein Urteil nicht aus.",
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Kritisch",
        Severity::Error => "Fehler",
        Severity::Warning => "Warnung",
        Severity::Notice => "Hinweis",
        Severity::Info => "Info",
    }
}

fn findings(severity: Severity) -> Noun {
    match severity {
        Severity::Critical => Noun { one: "kritischer Befund", many: "kritische Befunde" },
        Severity::Error => Noun { one: "Fehler", many: "Fehler" },
        Severity::Warning => Noun { one: "Warnung", many: "Warnungen" },
        Severity::Notice => Noun { one: "Hinweis", many: "Hinweise" },
        Severity::Info => Noun { one: "Info", many: "Infos" },
    }
}

fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Sure => "sicher",
        Confidence::Likely => "wahrscheinlich",
        Confidence::Suspected => "vermutet",
    }
}

fn party(party: Party) -> &'static str {
    match party {
        Party::Network => "Netzwerk/Firewall",
        Party::Telephony => "TK-Technik",
        Party::Provider => "Provider",
        Party::Computers => "PC/IT",
        Party::Capture => "wer den Mitschnitt macht",
        Party::Nobody => "niemand, nur zur Kenntnis",
    }
}

fn row_status(status: RowStatus, beside: Beside) -> &'static str {
    let is_mixed = beside == Beside::Others;
    match status {
        RowStatus::Used if beside == Beside::OneSided => "benutzt, einseitig",
        RowStatus::Used if beside == Beside::PartlyOneSided => "benutzt, teils einseitig",
        RowStatus::Used if is_mixed => "benutzt, teils blockiert",
        RowStatus::Used => "benutzt",
        RowStatus::Unused if is_mixed => "nur Versuche gesehen",
        RowStatus::Unused => "nicht beobachtet",
        RowStatus::Blocked => "blockiert",
        RowStatus::Deviating if is_mixed => "benutzt, teils abweichend",
        RowStatus::Deviating => "abweichend",
    }
}

fn skip(skip: Skip) -> String {
    match skip {
        Skip::Empty => "leerer Frame".to_owned(),
        Skip::UnknownLink(link) => {
            format!("Schnittstellentyp {}", link::title(&link::name(LinkType(link)), Language::De))
        }
        Skip::CutLink => "Link-Layer-Header abgeschnitten oder nicht lesbar".to_owned(),
        Skip::NotIp(kind) => format!("kein IP ({})", frame::kind(kind)),
        Skip::Macsec => "mit MACsec verschlüsselt".to_owned(),
        Skip::NoData => "keine lesbaren Daten (WLAN: Verwaltung, Steuerung oder verschlüsselt)".to_owned(),
        Skip::CutIp => "IP-Header oder Erweiterungsheader abgeschnitten".to_owned(),
        Skip::BadIp => "IP-Header widersprüchlich".to_owned(),
        Skip::CutTransport => "vor den Portnummern abgeschnitten".to_owned(),
        Skip::BadTransport => "TCP- oder UDP-Header widersprüchlich".to_owned(),
        Skip::TooDeep => "zu viele Schichten ineinander".to_owned(),
        Skip::BadTunnel => "Tunnel-Header nicht lesbar".to_owned(),
        Skip::Rest => "weitere Arten".to_owned(),
    }
}

fn leaps(leaps: u64, largest: i64, frame: Option<&str>) -> String {
    let length = duration(largest, Language::De);
    let back = if largest < 0 { " zurück" } else { "" };
    let place = frame.map_or_else(String::new, |frame| format!(", vor Paket {frame}"));
    match leaps {
        1 => format!("einer, um {length}{back}{place}"),
        _ => format!(
            "{} von mindestens einem Tag, der größte um {length}{back}{place}",
            count(leaps, Language::De)
        ),
    }
}

fn ended(ended: &Ended) -> String {
    let byte = |at: u64| count(at, Language::De);
    match ended {
        Ended::Complete => "vollständig".to_owned(),
        // What was packed may end between two packets.
        Ended::Cut { at, end } if end <= at => format!("bei Byte {} abgeschnitten", byte(*at)),
        Ended::Cut { at, end } => {
            format!("endet bei Byte {} mitten im Paket, das bei Byte {} beginnt", byte(*end), byte(*at))
        }
        Ended::Damaged { at, reason } if reason.starts_with(OTHER_VERSION) => {
            format!("ab Byte {} in einer pcapng-Version geschrieben, die es offiziell nicht gibt", byte(*at))
        }
        Ended::Damaged { at, reason } => match super::damage::german(reason) {
            Some(reason) => format!("ab Byte {} beschädigt: {reason}", byte(*at)),
            None => format!("ab Byte {} beschädigt", byte(*at)),
        },
        Ended::Unreadable { at, reason } => {
            let reason = escape_terminal(reason, FIELD);
            format!("ab Byte {} nicht lesbar; Meldung: „{reason}“", byte(*at))
        }
        Ended::Stopped => "vom Benutzer beendet".to_owned(),
    }
}

fn evidence(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Stated => "Ihre Angabe",
        EvidenceKind::MacPrefix => "MAC-Adresse (Hersteller)",
        EvidenceKind::Agent => "Kennung",
        EvidenceKind::NameAsked => "Namensabfrage",
        EvidenceKind::NameGreeted => "angesprochener Server (TLS oder HTTP)",
        EvidenceKind::NameOwned => "eigener Name",
        EvidenceKind::Ports => "typische Ports",
        EvidenceKind::Registration => "nimmt Anmeldungen an",
        EvidenceKind::Challenge => "verlangt Anmeldedaten",
        EvidenceKind::Registered => "angemeldet an",
    }
}

fn answer(answer: Answer) -> String {
    match answer {
        Answer::Answered => "angenommen".to_owned(),
        Answer::Rejected(status) => format!("{} ({status})", rejected(status)),
        Answer::Cancelled => "vom Anrufer abgebrochen".to_owned(),
        Answer::Unanswered => "keine Antwort zu sehen".to_owned(),
        Answer::Open => "Ende nicht im Mitschnitt".to_owned(),
    }
}

/// Two times that read the same are one.
fn renewed(shortest: &str, longest: &str) -> String {
    if shortest == longest {
        format!("erneuert nach {shortest}")
    } else {
        format!("erneuert nach {shortest} bis {longest}")
    }
}

fn untold(protocol: &str, both: bool) -> String {
    if both {
        format!("Gespräch über {protocol}, Nummer unbekannt")
    } else {
        format!("{protocol}: nur eine Seite zu hören, Nummer unbekannt")
    }
}

fn hung_up(side: CallSide) -> &'static str {
    match side {
        CallSide::Caller => "Anrufer legt auf",
        CallSide::Callee => "Angerufener legt auf",
    }
}

/// RFC 3261 section 21, of INVITE.
fn rejected(status: u16) -> &'static str {
    match status {
        404 | 604 => "Nummer unbekannt",
        status => meaning(status, Language::De),
    }
}

fn unjudged(what: Unjudged) -> &'static str {
    match what {
        Unjudged::NoDevice => {
            "Portlisten der Hersteller: Es wurde kein Gerät erkannt, für das AGFEO oder pascom Ports dokumentiert."
        }
        Unjudged::NoVoice => {
            "EF-Kennzeichnung und RTP-Ports: Im Mitschnitt ist keine Sprache (RTP) zu erkennen."
        }
        Unjudged::OwnOnly => {
            "Ports, EF-Kennzeichnung und Sprachqualität: Alle IP-Pakete im Mitschnitt sendet ein Gerät an sich selbst (an dieselbe \
             Adresse, oder von 127.x an 127.x); wer im Netzwerk mit wem spricht, zeigen sie nicht."
        }
        Unjudged::Export => {
            "Alle anderen Verbindungen: Der Mitschnitt enthält nur SIP und RTP, ist also wohl gefiltert. Nicht dokumentierte und \
             blockierte Ports, TLS und weitere Zugriffe aus dem Internet zeigt er nicht."
        }
        Unjudged::OneDirection => {
            "Blockierte Ports und einseitige Sprache: Der Mitschnitt zeigt nur eine Richtung."
        }
        Unjudged::OneSided => {
            "Einseitige Sprache: In mindestens einem Gespräch ist (fast) nur eine Seite zu hören. Ob die andere schwieg (Halten, \
             Stummschaltung) oder einen anderen Weg nahm (ICE, direkte Verbindung, VPN), zeigt der Mitschnitt nicht."
        }
        Unjudged::OneSidedIpsec => {
            "Einseitige Sprache: In mindestens einem Gespräch ist (fast) nur eine Seite zu hören, und zur selben Zeit läuft ein \
             IPsec-Tunnel (ESP). Ob die andere Seite darin spricht, zeigt der Mitschnitt nicht. Messen Sie dort, wo die \
             Sprache nicht im Tunnel ist."
        }
        Unjudged::OneSidedTunnel => {
            "Einseitige Sprache: In mindestens einem Gespräch ist (fast) nur eine Seite zu hören, und zur selben Zeit läuft ein \
             Tunnel, in den pbxray nicht hineinsieht (OpenVPN, WireGuard, GRE oder L2TPv3). Ob die andere Seite darin spricht, \
             zeigt der Mitschnitt nicht. Messen Sie dort, wo die Sprache nicht im Tunnel ist."
        }
        Unjudged::UnheardCalls => {
            "Gespräche ohne Sprache: Zu mindestens einem angenommenen Gespräch ist kein Sprachpaket im Mitschnitt, obwohl er \
             anderes RTP enthält. Ob niemand sendet oder die Sprache einen anderen Weg nimmt als den, an dem gemessen wurde (direkt zwischen den \
             Telefonen, andere Schnittstelle, VPN) oder ein Anzeigefilter beim Speichern sie wegließ, zeigt der Mitschnitt nicht."
        }
        Unjudged::NoRule => {
            "EF-Kennzeichnung: Zu mindestens einem Gerät, das Sprache sendet, gibt es keine Herstellervorgabe. Seine DSCP-Werte \
             stehen bei den Sprechwegen."
        }
        Unjudged::FewPackets => {
            "EF-Kennzeichnung: Nicht von jedem Gerät, das ohne Kennzeichnung sendet, sind genug Sprachpakete für ein Urteil im Mitschnitt."
        }
        Unjudged::FewAtPort => {
            "Ports der Sprache: Mindestens ein Gerät hat Sprache auf einem Port, der nicht in der Herstellerliste steht, aber zu \
             wenige Pakete für ein Urteil (2 bis 49). Führen Sie während des Mitschnitts ein Gespräch von einer Minute."
        }
        Unjudged::NoMarks => {
            "EF-Kennzeichnung: Von keinem Gerät sind genug Sprachpakete für ein Urteil im Mitschnitt, und was da ist, trägt die \
             Kennzeichnung nicht. Führen Sie während des Mitschnitts ein Gespräch von einer Minute."
        }
        Unjudged::Encrypted => "Gespräche und Anmeldungen: Die Signalisierung ist verschlüsselt.",
        Unjudged::Compressed => {
            "Gespräche und Anmeldungen über WebSocket: Die Nachrichten sind komprimiert (permessage-deflate) und nicht lesbar."
        }
        Unjudged::Incomplete => "Paketverlust und Jitter: Der Mitschnitt ist unvollständig.",
        Unjudged::Clock => {
            "Jitter und Zeitabstände: Die Zeitstempel des Mitschnitts stimmen nicht (CAP-006)."
        }
        Unjudged::TwoClocks => {
            "Paketverlust, Sprachqualität, einseitige Sprache, Dauer von Gesprächen und wiederholte Anfragen: Dieselben Pakete stehen \
             nach zwei Uhren im Mitschnitt."
        }
        Unjudged::UnseenAnswers => {
            "Anmeldungen ohne Antwort: Mindestens ein Gerät versucht es vergeblich (Tabelle Anmeldungen). Vom Registrar ist zu dieser \
             Zeit nichts an das Gerät aufgezeichnet; ob er ihm antwortet, ist nicht zu sehen."
        }
        Unjudged::OverLimit => {
            "Was über die Speichergrenzen von pbxray hinausging (Zahlen beim Mitschnitt): Es kann Geräte, Verbindungen oder Antworten \
             enthalten, die hier fehlen. Grenzen Sie den Mitschnitt auf die Telefonie oder auf kürzere Zeit ein (--filter)."
        }
        Unjudged::Damaged => "Alles ab der Stelle, an der das Lesen endete (CAP-011).",
        Unjudged::CutSip => "Anmeldungen, Gespräche, Codecs und RTP-Ports: Die SIP-Nachrichten sind gekürzt.",
    }
}
