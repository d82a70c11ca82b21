//! Words of a comparison of two measuring points.

use crate::compare::points::Field;
use crate::report::language::Language;

/// Words that only this comparison needs.
#[derive(Debug)]
pub(super) struct PointWords {
    pub(super) title: &'static str,
    pub(super) first: &'static str,
    pub(super) second: &'static str,
    pub(super) nothing_matched: &'static str,
    pub(super) result: &'static str,
    pub(super) voice: &'static str,
    /// Lost, sent, share.
    pub(super) voice_lost: fn(&str, &str, &str) -> String,
    pub(super) voice_arrived: fn(&str) -> String,
    pub(super) voice_unknown: fn(&str) -> String,
    pub(super) voice_missing: fn(&str) -> String,
    pub(super) marking: &'static str,
    /// Before, behind, packets, direction.
    pub(super) mark_changed: fn(&str, &str, &str, &str) -> String,
    pub(super) unchanged: &'static str,
    /// Lost, sent.
    pub(super) sip_lost: fn(&str, &str) -> String,
    pub(super) sip_rewritten: fn(&str) -> String,
    pub(super) sip_arrived: &'static str,
    pub(super) addresses: &'static str,
    pub(super) translated: &'static str,
    pub(super) clock: &'static str,
    pub(super) offset: &'static str,
    pub(super) offset_rough: &'static str,
    pub(super) ahead: fn(&str, bool) -> String,
    pub(super) delay: &'static str,
    pub(super) round_trip: fn(&str, &str) -> String,
    pub(super) drift: &'static str,
    /// Parts per million, three standard errors of it, time a day, whether it is slow.
    pub(super) drifts: fn(&str, &str, &str, bool) -> String,
    /// The most that could hide.
    pub(super) no_drift: fn(&str) -> String,
    /// What the line leaves over, packets, time.
    pub(super) drift_rest: fn(&str, &str, &str) -> String,
    pub(super) differences_forth: &'static str,
    pub(super) differences_back: &'static str,
    pub(super) differences_unknown: &'static str,
    /// Median, low, high, count.
    pub(super) differences: fn(&str, &str, &str, &str) -> String,
    pub(super) both_directions: &'static str,
    pub(super) one_direction: &'static str,
    pub(super) streams: &'static str,
    pub(super) no_streams: &'static str,
    pub(super) stream: &'static str,
    pub(super) way: &'static str,
    pub(super) way_unknown: &'static str,
    pub(super) both: &'static str,
    pub(super) only_first: &'static str,
    pub(super) only_second: &'static str,
    pub(super) lost: &'static str,
    pub(super) spread: &'static str,
    pub(super) alone: &'static str,
    pub(super) point: &'static str,
    pub(super) packets: &'static str,
    pub(super) note: &'static str,
    pub(super) call_known: &'static str,
    pub(super) call_unknown: &'static str,
    pub(super) marks: &'static str,
    pub(super) no_marks: &'static str,
    pub(super) what: &'static str,
    pub(super) untagged: &'static str,
    pub(super) mappings: &'static str,
    pub(super) no_mappings: &'static str,
    pub(super) sip: fn(&str, &str) -> String,
    pub(super) elsewhere: fn(&str, &str) -> String,
    pub(super) one_sided: fn(&str, &str) -> String,
    pub(super) beyond: fn(&str, &str) -> String,
    pub(super) sip_unjudged: fn(&str) -> String,
    pub(super) sip_one_sided: fn(&str) -> String,
    pub(super) message: &'static str,
    pub(super) ends: &'static str,
    pub(super) seen_at: &'static str,
    pub(super) frame: &'static str,
    pub(super) got_lost: &'static str,
    pub(super) not_captured: &'static str,
    pub(super) rewritten: &'static str,
    pub(super) no_rewrites: &'static str,
    pub(super) part: &'static str,
    pub(super) messages: &'static str,
    pub(super) field: fn(Field) -> &'static str,
    pub(super) omitted: fn(&str) -> String,
    pub(super) left_out: fn(usize, &str) -> String,
}

pub(super) fn point_words(language: Language) -> &'static PointWords {
    match language {
        Language::De => &DE,
        Language::En => &EN,
    }
}

const DE: PointWords = PointWords {
    title: "Derselbe Verkehr an zwei Messpunkten",
    first: "Messpunkt 1",
    second: "Messpunkt 2",
    nothing_matched: "Nichts wurde an beiden Messpunkten gesehen: weder ein Sprachstrom noch eine SIP-Nachricht. \
                      Prüfen Sie, ob beide Mitschnitte zur selben Zeit liefen und unverschlüsselte Signalisierung zeigen. \
                      Eine Telefonanlage dazwischen, die Gespräche neu aufbaut, vergibt eigene Kennungen.",
    result: "Ergebnis",
    voice: "Sprache",
    voice_lost: |lost, sent, share| format!("{lost} von {sent} Paketen unterwegs verloren ({share})"),
    voice_arrived: |sent| format!("vollständig angekommen ({sent} Pakete)"),
    voice_unknown: |packets| format!("Pakete an nur einem Messpunkt, Richtung unbekannt: {packets}"),
    voice_missing: |streams| {
        format!("Ströme, von denen ein Messpunkt nur die Signalisierung zeigt: {streams}")
    },
    marking: "Kennzeichnung der Sprache",
    mark_changed: |before, behind, packets, way| {
        format!("{before} wird zu {behind} (Sprachpakete: {packets}, Richtung {way})")
    },
    unchanged: "unverändert",
    sip_lost: |lost, sent| format!("unterwegs verlorene Nachrichten: {lost} von {sent}"),
    sip_rewritten: |fields| format!("unterwegs umgeschrieben: {fields}"),
    sip_arrived: "alle Nachrichten angekommen, nichts umgeschrieben",
    addresses: "Adressen und Ports",
    translated: "werden umgesetzt (NAT)",
    clock: "Uhren und Laufzeit",
    offset: "Uhr von Messpunkt 2",
    offset_rough: "Uhr und Laufzeit zusammen",
    ahead: |time, is_behind| {
        if is_behind {
            format!("geht {} nach", time.trim_start_matches('−'))
        } else {
            format!("geht {time} vor")
        }
    },
    delay: "Laufzeit",
    round_trip: |whole, one| format!("mindestens {whole} hin und zurück, also etwa {one} je Richtung"),
    drift: "Gang der Uhr",
    drifts: |ppm, error, day, is_slow| {
        let way = if is_slow { "langsamer" } else { "schneller" };
        format!("läuft {ppm} ± {error} ppm {way} als die von Messpunkt 1, das sind {day} am Tag.")
    },
    no_drift: |most| format!("gleich schnell; eine Abweichung wäre kleiner als {most} ppm."),
    drift_rest: |residual, packets, span| {
        format!("Restabweichung von der Geraden {residual} ({packets} Pakete in {span}).")
    },
    differences_forth: "Zeitunterschied 1 → 2",
    differences_back: "Zeitunterschied 2 → 1",
    differences_unknown: "Zeitunterschied",
    differences: |median, low, high, count| {
        format!("Median {median}, 90 % zwischen {low} und {high} ({count} Pakete)")
    },
    both_directions: "Aus beiden Richtungen gerechnet wie bei NTP, aus den schnellsten Paketen. Das gilt, wenn der Weg in beiden \
                      Richtungen gleich lange dauert, solange nichts warten muss.",
    one_direction: "Nur eine Richtung ist bekannt. Uhrabweichung und Laufzeit lassen sich daraus nicht trennen.",
    streams: "Sprachströme",
    no_streams: "Kein Sprachstrom wurde an beiden Messpunkten gesehen.",
    stream: "Strom",
    way: "Richtung",
    way_unknown: "unbekannt",
    both: "an beiden",
    only_first: "nur an 1",
    only_second: "nur an 2",
    lost: "verloren",
    spread: "Schwankung",
    alone: "Diese Ströme wurden nur an einem Messpunkt gesehen, während der andere lief:",
    point: "Messpunkt",
    packets: "Pakete",
    note: "Hinweis",
    call_known: "Der andere Messpunkt zeigt die Signalisierung dieses Gesprächs: Die Sprache kommt dort nicht an, oder sie \
                 nimmt einen anderen Weg.",
    call_unknown: "",
    marks: "DSCP und VLAN",
    no_marks: "An beiden Messpunkten gleich.",
    what: "Merkmal",
    untagged: "ohne Tag",
    mappings: "Adressen und Ports (NAT)",
    no_mappings: "An beiden Messpunkten gleich.",
    sip: |matched, lost| {
        format!(
            "Nachrichten an beiden Messpunkten: {matched}. Nachrichten an nur einem, obwohl beide liefen: {lost}."
        )
    },
    elsewhere: |first, second| {
        format!(
            "Nachrichten zwischen Geräten, die der andere Messpunkt gar nicht zeigt: {first} an 1, {second} an 2."
        )
    },
    one_sided: |first, second| {
        format!(
            "Nicht zu vergleichen, weil der andere Messpunkt diese Richtung gar nicht aufzeichnet: {first} an 1, {second} an 2."
        )
    },
    beyond: |first, second| {
        format!(
            "Nicht beurteilt, weil der andere Messpunkt da noch nicht oder nicht mehr aufzeichnete: {first} an 1, {second} an 2."
        )
    },
    sip_one_sided: |messages| {
        format!("nicht zu vergleichen: {messages}, der andere Messpunkt zeichnet diese Richtung nicht auf")
    },
    sip_unjudged: |messages| {
        format!("nicht beurteilt: {messages}, der andere Messpunkt zeichnete da nicht auf")
    },
    message: "Nachricht",
    ends: "von und an",
    seen_at: "gesehen an",
    frame: "Paket",
    got_lost: "unterwegs verloren",
    not_captured: "im früheren Mitschnitt nicht enthalten",
    rewritten: "Unterwegs umgeschrieben (SIP-ALG, Proxy oder Session Border Controller):",
    no_rewrites: "Keine Nachricht wurde unterwegs umgeschrieben.",
    part: "Bestandteil",
    messages: "Nachrichten",
    field: |field| match field {
        Field::Hops => "Anzahl Via",
        Field::MediaPorts => "SDP m=",
        Field::Defects => "Fehler im Aufbau",
        other => field_name(other),
    },
    omitted: |count| format!("Weitere Zeilen: {count}. JSON enthält alle."),
    left_out: |point, count| {
        format!(
            "Messpunkt {point}: {count} Pakete oder Nachrichten konnten nicht verglichen werden (zu viele, gekürzt, in WebSocket komprimiert oder \
             SIP über TCP, von dem Segmente fehlen)."
        )
    },
};

const EN: PointWords = PointWords {
    title: "The same traffic at two measuring points",
    first: "Point 1",
    second: "Point 2",
    nothing_matched: "Nothing was seen at both points: no stream of voice and no SIP message. Check whether both captures ran \
                      at the same time and show signalling that is not encrypted. A telephone system in between that sets up \
                      calls anew gives them identifiers of its own.",
    result: "Result",
    voice: "Voice",
    voice_lost: |lost, sent, share| format!("{lost} of {sent} packets lost on the way ({share})"),
    voice_arrived: |sent| format!("arrived whole ({sent} packets)"),
    voice_unknown: |packets| format!("packets at one point only, direction unknown: {packets}"),
    voice_missing: |streams| format!("streams of which one point shows the signalling only: {streams}"),
    marking: "Marking of voice",
    mark_changed: |before, behind, packets, way| {
        format!("{before} becomes {behind} (voice packets: {packets}, direction {way})")
    },
    unchanged: "unchanged",
    sip_lost: |lost, sent| format!("messages lost on the way: {lost} of {sent}"),
    sip_rewritten: |fields| format!("rewritten on the way: {fields}"),
    sip_arrived: "all messages arrived, nothing rewritten",
    addresses: "Addresses and ports",
    translated: "are translated (NAT)",
    clock: "Clocks and delay",
    offset: "Clock of point 2",
    offset_rough: "Clock and delay together",
    ahead: |time, is_behind| {
        if is_behind { format!("{} behind", time.trim_start_matches('−')) } else { format!("{time} ahead") }
    },
    delay: "Delay",
    round_trip: |whole, one| format!("at least {whole} round trip, so about {one} each way"),
    drift: "Rate of the clock",
    drifts: |ppm, error, day, is_slow| {
        let way = if is_slow { "slower" } else { "faster" };
        format!("runs {ppm} ± {error} ppm {way} than that of point 1, which is {day} a day.")
    },
    no_drift: |most| format!("as fast as the other; a difference would be below {most} ppm."),
    drift_rest: |residual, packets, span| {
        format!("Deviation from the straight line: {residual} ({packets} packets in {span}).")
    },
    differences_forth: "Time difference 1 → 2",
    differences_back: "Time difference 2 → 1",
    differences_unknown: "Time difference",
    differences: |median, low, high, count| {
        format!("median {median}, 90 % between {low} and {high} ({count} packets)")
    },
    both_directions: "Calculated from both directions as NTP does, from the quickest packets. It holds if the way takes as long in both \
                      directions where nothing has to wait.",
    one_direction: "Only one direction is known. Clock offset and delay cannot be told apart by it.",
    streams: "Streams of voice",
    no_streams: "No stream of voice was seen at both points.",
    stream: "Stream",
    way: "Direction",
    way_unknown: "unknown",
    both: "at both",
    only_first: "only at 1",
    only_second: "only at 2",
    lost: "lost",
    spread: "spread",
    alone: "These streams were seen at one point only, while the other was recording:",
    point: "Point",
    packets: "Packets",
    note: "Note",
    call_known: "The other point shows the signalling of this call: its voice does not get there, or takes another way.",
    call_unknown: "",
    marks: "DSCP and VLAN",
    no_marks: "The same at both points.",
    what: "What",
    untagged: "untagged",
    mappings: "Addresses and ports (NAT)",
    no_mappings: "The same at both points.",
    sip: |matched, lost| {
        format!(
            "Messages at both points: {matched}. Messages at only one although both were recording: {lost}."
        )
    },
    elsewhere: |first, second| {
        format!(
            "Messages between hosts that the other point does not show at all: {first} at 1, {second} at 2."
        )
    },
    one_sided: |first, second| {
        format!(
            "Not to be compared, because the other point does not record this direction at all: {first} at 1, {second} at 2."
        )
    },
    beyond: |first, second| {
        format!(
            "Not judged, because the other point was not recording yet, or no longer: {first} at 1, {second} at 2."
        )
    },
    sip_one_sided: |messages| {
        format!("not to be compared: {messages}, the other point does not record this direction")
    },
    sip_unjudged: |messages| format!("not judged: {messages}, the other point was not recording then"),
    message: "Message",
    ends: "From and to",
    seen_at: "Seen at",
    frame: "packet",
    got_lost: "lost on the way",
    not_captured: "missing from the earlier capture",
    rewritten: "Rewritten on the way (SIP ALG, proxy or session border controller):",
    no_rewrites: "No message was rewritten on the way.",
    part: "Part",
    messages: "Messages",
    field: |field| match field {
        Field::Hops => "Number of Via",
        Field::MediaPorts => "SDP m=",
        Field::Defects => "Malformed",
        other => field_name(other),
    },
    omitted: |count| format!("Further rows: {count}. JSON lists all."),
    left_out: |point, count| {
        format!(
            "Point {point}: {count} packets or messages could not be compared (too many, cut short, compressed in WebSocket, or SIP over TCP \
             of which segments are missing)."
        )
    },
};

/// What has the same name in both languages.
fn field_name(field: Field) -> &'static str {
    match field {
        Field::Via => "Via",
        Field::Branch => "Via branch",
        Field::Hops => "Via count",
        Field::RequestUri => "Request-URI",
        Field::Contact => "Contact",
        Field::CallId => "Call-ID",
        Field::From => "From",
        Field::To => "To",
        Field::Connection => "SDP c=",
        Field::Origin => "SDP o=",
        Field::MediaPorts => "SDP m=",
        Field::Agent => "User-Agent, Server",
        Field::Defects => "defects",
    }
}
