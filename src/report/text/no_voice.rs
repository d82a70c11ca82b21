//! What a capture without voice has instead (CAP-010), in both languages.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{Context, List, misled, quoted, unmapped, voice};
use crate::capture::CaptureSummary;
use crate::check::{Code, Named, NoVoice, all_ended_unanswered};
use crate::observe::{Call, is_public};
use crate::report::language::Language::{self, De, En};
use crate::report::number::{bytes, count, counted};

/// Hosts that are named as sought in vain.
const SOUGHT: usize = 3;

/// Where the voice may go that does not come past, as sentences behind others.
pub(super) fn may_go_outside(named: Option<Named>, context: &Context<'_>, language: Language) -> String {
    let Some(named) = named else { return String::new() };
    let host = named.host;
    if named.is_rewritten {
        return misled::rewritten(host, named.to, language);
    }
    if let Some((port, frame)) = named.mapped {
        let told = unmapped::told(
            named.to,
            port,
            frame.and_then(|frame| context.packet(frame)).as_deref(),
            language,
        );
        return format!("{} {told}", voice::names(named, is_public(named.to.ip()), context, language));
    }
    let may_go = match language {
        De if named.partly => format!(
            "Womöglich geht die Sprache dorthin, solange das gilt. Allein erklärt es das Fehlen nicht: Zeitweise nennt {host} eine \
             innere Adresse, und auch dort kommt nichts an."
        ),
        De => "Womöglich geht die Sprache dorthin.".to_owned(),
        En if named.partly => format!(
            "The voice may go there as long as that holds. That alone does not explain why it is missing: at times {host} names \
             an inner address, and nothing arrives there either."
        ),
        En => "The voice may go there.".to_owned(),
    };
    format!("{} {may_go}", voice::names(named, true, context, language))
}

/// A better title than that of the code, where there is one.
pub(super) fn title(reason: &NoVoice, language: Language) -> Option<&'static str> {
    let (de, en) = match reason {
        NoVoice::Empty => ("Leerer Mitschnitt", "Empty capture"),
        NoVoice::Unread | NoVoice::Erf | NoVoice::Cut { .. } => {
            ("Kein lesbares IP-Paket im Mitschnitt", "No readable IP packet in the capture")
        }
        NoVoice::Sought => {
            ("Kein IP-Paket: Geräte werden vergeblich gesucht", "No IP packet: devices are sought in vain")
        }
        NoVoice::Loopback => {
            ("Nur IP-Pakete eines Gerätes an sich selbst", "Only IP packets of a device to itself")
        }
        NoVoice::Rewritten => ("Adressen nachträglich ersetzt", "Addresses were replaced"),
        NoVoice::Short { .. } => ("Sprache nicht lesbar", "Voice cannot be read"),
        NoVoice::Answered
        | NoVoice::Explained
        | NoVoice::JustAnswered
        | NoVoice::Called
        | NoVoice::Keys
        | NoVoice::Foreign(_)
        | NoVoice::Reported { .. } => ("Kein Sprechweg erkannt", "No voice stream recognised"),
        NoVoice::Filtered => {
            ("Kein Sprechweg im gefilterten Mitschnitt", "No voice stream in the filtered capture")
        }
        NoVoice::Extract { .. } => ("Kein Sprechweg im Auszug", "No voice stream in the extract"),
        NoVoice::Sealed | NoVoice::Ipsec | NoVoice::Macsec | NoVoice::Nothing => return None,
    };
    Some(match language {
        De => de,
        En => en,
    })
}

/// What was seen.
pub(super) fn detail(reason: &NoVoice, context: &Context<'_>, language: Language) -> String {
    match language {
        De => german(reason, context),
        En => english(reason, context),
    }
}

/// Whether packets are missing, so that nothing can be said of all the traffic.
fn has_gaps(context: &Context<'_>) -> bool {
    context.audit.findings.iter().any(|finding| matches!(finding.code(), Code::Cap001 | Code::Cap011))
}

/// Who seeks whom by ARP in vain, and how often.
fn sought<'a>(context: &Context<'a>) -> impl Iterator<Item = (IpAddr, IpAddr, u64)> + use<'a> {
    let hosts = context.audit.traffic.hosts.iter();
    let all = hosts.flat_map(|host| {
        let arp = host.arp.iter().flat_map(|arp| &arp.sought);
        arp.map(|(target, times)| (host.address, *target, *times))
    });
    all.take(SOUGHT)
}

fn german(reason: &NoVoice, context: &Context<'_>) -> String {
    let unjudged = "Kennzeichnung (QoS) und Sprachqualität sind deshalb nicht beurteilt.";
    let place =
        if has_gaps(context) { "In dem, was aufgezeichnet und gelesen wurde," } else { "Im Mitschnitt" };
    let none = format!("{place} ist kein Sprechweg (RTP) zu erkennen");
    match reason {
        NoVoice::Empty => "Im Mitschnitt ist kein einziges Paket.".to_owned(),
        NoVoice::Sought => sought(context).fold(
            "Der Mitschnitt enthält kein IP-Paket, nur Meldungen zwischen Nachbarn (ARP, LLDP, CDP). Sprache und Signalisierung sind \
             deshalb nicht beurteilt."
                .to_owned(),
            |text, (asker, target, times)| {
                format!(
                    "{text} {asker} fragt {}-mal per ARP nach {target}, und niemand antwortet: Ein Gerät mit dieser Adresse gibt \
                     es im selben Netz (VLAN) offenbar nicht, oder es ist aus.",
                    count(times, De)
                )
            },
        ),
        NoVoice::Unread if context.audit.traffic.quality.skipped.is_empty() => {
            "Der Mitschnitt enthält kein IP-Paket, nur Meldungen zwischen Nachbarn (ARP, LLDP, CDP). Sprache und Signalisierung sind \
             deshalb nicht beurteilt."
                .to_owned()
        }
        NoVoice::Unread => {
            "Kein Paket des Mitschnitts enthält IP, das pbxray lesen kann; den Grund nennt „Nicht gelesen“ im Abschnitt \
             Mitschnitt. Sprache und Signalisierung sind deshalb nicht beurteilt."
                .to_owned()
        }
        NoVoice::Erf => {
            "Alle Pakete des Mitschnitts sind in ERF verpackt, dem Format von Mitschnittkarten; pbxray liest diese Verpackung nicht. \
             Sprache und Signalisierung sind deshalb nicht beurteilt."
                .to_owned()
        }
        NoVoice::Cut { kept } => format!(
            "Kein Paket des Mitschnitts enthält lesbares IP: Schon die Header sind abgeschnitten (höchstens {} aufgezeichnet). \
             Sprache und Signalisierung sind deshalb nicht beurteilt.",
            bytes(*kept, De)
        ),
        NoVoice::Short { kept } => format!(
            "Die Pakete sind nach höchstens {} abgeschnitten: Ob Sprache (RTP) darunter ist, lässt sich daran nicht erkennen. {unjudged}",
            bytes(*kept, De)
        ),
        NoVoice::JustAnswered => format!(
            "{none}: Mitschnitt oder Gespräch enden gleich nach der Annahme, bevor Sprache zu erwarten war. {unjudged}"
        ),
        NoVoice::Foreign(protocols) => format!(
            "Der Mitschnitt enthält Telefonie über {}; pbxray liest nur SIP und RTP. Gespräche, Kennzeichnung (QoS) und \
             Sprachqualität sind deshalb nicht beurteilt.",
            protocols.join(", ")
        ),
        NoVoice::Sealed => format!(
            "{none}. Verkehr läuft verschlüsselt durch einen Tunnel; darin können Gespräche sein. {unjudged}"
        ),
        NoVoice::Ipsec => {
            format!("{none}. Verkehr ist mit IPsec (ESP) geschützt; darin können Gespräche sein. {unjudged}")
        }
        NoVoice::Macsec => format!(
            "{none}. Verkehr ist mit MACsec (IEEE 802.1AE) verschlüsselt und nicht gelesen; darin können Gespräche sein. {unjudged}"
        ),
        NoVoice::Reported { senders, .. } if senders.is_empty() => format!(
            "{none}, wohl aber RTCP, das zu einem gehört: Entweder fehlt die Sprache im Mitschnitt, oder keine Seite sendet \
             welche. {unjudged}"
        ),
        NoVoice::Reported { senders, listeners } => format!(
            "{none}, wohl aber RTCP, das zu einem gehört. Danach wird Sprache gesendet von {}{}. Die Sprache selbst fehlt im \
             Mitschnitt. {unjudged}",
            List::of(senders, senders.len(), |(address, packets)| format!(
                "{address} ({} bis zum letzten Bericht)",
                counted(*packets, "Paket", "Pakete", De)
            ))
            .join("und", "weiteren"),
            match listeners.as_slice() {
                [] => String::new(),
                some => format!(
                    "; nur empfangen wird sie von {}",
                    List::of(some, some.len(), ToString::to_string).join("und", "weiteren")
                ),
            }
        ),
        NoVoice::Loopback => format!(
            "Alle IP-Pakete im Mitschnitt sendet ein Gerät an sich selbst; IP-Verkehr über das Netzwerk ist nicht darin. {unjudged}"
        ),
        NoVoice::Rewritten => format!(
            "Alle Pakete gehen von einer Adresse an sie selbst, im Ethernet aber {} zwischen zwei Stationen. Das tut kein Gerät: \
             Die IP-Adressen wurden nachträglich ersetzt (anonymisiert), und wer mit wem spricht, ist nicht zu erkennen. \
             {unjudged}",
            match context.audit.traffic.quality.rewritten {
                all if all == context.audit.traffic.quality.decoded => "alle".to_owned(),
                1 => "eines davon".to_owned(),
                many => format!("{} davon", count(many, De)),
            }
        ),
        NoVoice::Called if all_ended_unanswered(&context.audit.traffic) => format!(
            "{none}. {} Sprache war also nicht zu erwarten. {unjudged}",
            match context.audit.traffic.calls.len() {
                1 => "Der einzige Anruf wurde nicht angenommen.".to_owned(),
                all => format!("Von {} wurde keiner angenommen.", counted(all as u64, "Anruf", "Anrufen", De)),
            }
        ),
        NoVoice::Filtered => format!(
            "{}; der Filter{} ließ {} aus, in denen die Sprache sein kann. {unjudged}",
            match context.audit.traffic.quality.frames {
                0 => "Kein Paket wurde gelesen".to_owned(),
                read => format!("In den gelesenen {} ist kein Sprechweg (RTP) zu erkennen", counted(read, "Paket", "Paketen", De)),
            },
            filter(context),
            counted(context.audit.traffic.quality.filtered, "Paket", "Pakete", De)
        ),
        NoVoice::Answered => format!(
            "{none}, obwohl {} Sprache nimmt wohl einen anderen Weg als den, an dem gemessen wurde (direkt zwischen den \
             Telefonen, andere Schnittstelle), ein Filter hielt sie fern, oder niemand sendet. {unjudged}",
            match answered(context) {
                (1, 1) => "das einzige Gespräch angenommen wurde: Seine".to_owned(),
                (1, all) => format!("eines von {} Gesprächen angenommen wurde: Seine", count(all, De)),
                (2, 2) => "beide Gespräche angenommen wurden: Ihre".to_owned(),
                 (some, all) if some == all => format!("alle {} Gespräche angenommen wurden: Ihre", count(all, De)),
                (some, all) => {
                    format!("{} von {} Gesprächen angenommen wurden: Ihre", count(some, De), count(all, De))
                }
            }
        ),
        NoVoice::Explained => format!("{none}. Warum die angenommenen Gespräche keinen haben, sagt der Befund RTP-002. {unjudged}"),
        NoVoice::Extract { packets, received } => format!(
            "{none}. Gelesen {} aber nur {} von {}; in den übrigen kann Sprache sein. {unjudged}",
            if *packets == 1 { "ist" } else { "sind" },
            count(*packets, De),
            received_packets(*received, has_drops(context), De)
        ),
        NoVoice::Keys => format!("Im Mitschnitt sind nur Tastentöne (DTMF nach RFC 4733), keine Sprache. {unjudged}"),
        NoVoice::Called | NoVoice::Nothing => format!("{none}. {unjudged}"),
    }
}

/// That a file holds only a part of what was captured. `has_drops`: packets were dropped, which are not among the received.
pub(crate) fn extract_line(packets: u64, received: u64, has_drops: bool, language: Language) -> String {
    let packets = count(packets, language);
    let received = received_packets(received, has_drops, language);
    match language {
        De => format!("Die Datei enthält {packets} von {received}, ist also ein Auszug."),
        En => format!("The file holds {packets} of {received}: it is an extract."),
    }
}

/// Packets that came in while capturing, less those that were dropped.
fn received_packets(received: u64, has_drops: bool, language: Language) -> String {
    let received = count(received, language);
    match (language, has_drops) {
        (De, false) => format!("{received} empfangenen Paketen"),
        (De, true) => format!("{received} empfangenen und nicht verlorenen Paketen"),
        (En, false) => format!("{received} packets that were received"),
        (En, true) => format!("{received} packets that were received and not dropped"),
    }
}

/// Whether packets were dropped while capturing.
fn has_drops(context: &Context<'_>) -> bool {
    context.audit.captures.iter().any(CaptureSummary::has_drops)
}

/// How many calls were answered, of how many; one that a PBX passed on is one with its legs.
fn answered(context: &Context<'_>) -> (u64, u64) {
    let calls = &context.audit.traffic.calls;
    let root = |(at, call): (usize, &Call)| call.leg_of.unwrap_or(at);
    let all: BTreeSet<usize> = calls.iter().enumerate().map(root).collect();
    let answered = calls.iter().enumerate().filter(|(_, call)| call.came_about());
    let answered: BTreeSet<usize> = answered.map(root).collect();
    (answered.len() as u64, all.len() as u64)
}

/// The expression by which packets were chosen, in quotation marks.
fn filter(context: &Context<'_>) -> String {
    context.audit.filter.as_deref().map_or_else(String::new, |text| format!(" {}", quoted(text)))
}

fn english(reason: &NoVoice, context: &Context<'_>) -> String {
    let unjudged = "Marking (QoS) and voice quality are therefore not judged.";
    let place = if has_gaps(context) { "what was captured and read" } else { "the capture" };
    let none = format!("No voice stream (RTP) can be made out in {place}");
    match reason {
        NoVoice::Empty => "The capture holds no packet at all.".to_owned(),
        NoVoice::Sought => sought(context).fold(
            "The capture holds no IP packet, only messages between neighbours (ARP, LLDP, CDP). Voice and signalling are therefore \
             not judged."
                .to_owned(),
            |text, (asker, target, times)| {
                format!(
                    "{text} {asker} asks {} times by ARP for {target}, and nobody answers: apparently there is no device with this \
                     address in the same network (VLAN), or it is switched off.",
                    count(times, En)
                )
            },
        ),
        NoVoice::Unread if context.audit.traffic.quality.skipped.is_empty() => {
            "The capture holds no IP packet, only messages between neighbours (ARP, LLDP, CDP). Voice and signalling are therefore \
             not judged."
                .to_owned()
        }
        NoVoice::Unread => {
            "No packet of the capture holds IP that pbxray can read; “Not read” in the section on the capture says why. \
             Voice and signalling are therefore not judged."
                .to_owned()
        }
        NoVoice::Erf => {
            "All packets of the capture are wrapped in ERF, the format of capture cards; pbxray does not read this wrapping. Voice and \
             signalling are therefore not judged."
                .to_owned()
        }
        NoVoice::Cut { kept } => format!(
            "No packet of the capture holds IP that can be read: even the headers are cut (at most {} captured). \
             Voice and signalling are therefore not judged.",
            bytes(*kept, En)
        ),
        NoVoice::Short { kept } => format!(
            "The packets are cut off after {} at most: whether there is voice (RTP) among them cannot be told from that. {unjudged}",
            bytes(*kept, En)
        ),
        NoVoice::JustAnswered => format!(
            "{none}: capture or call ends right after the answer, before voice was due. {unjudged}"
        ),
        NoVoice::Foreign(protocols) => format!(
            "The capture holds telephony over {}; pbxray reads SIP and RTP only. Calls, marking (QoS) and voice quality are \
             therefore not judged.",
            protocols.join(", ")
        ),
        NoVoice::Sealed => {
            format!(
                "{none}. Traffic goes encrypted through a tunnel, which may carry calls. {unjudged}"
            )
        }
        NoVoice::Ipsec => {
            format!("{none}. Traffic is protected by IPsec (ESP), which may carry calls. {unjudged}")
        }
        NoVoice::Macsec => format!(
            "{none}. Traffic is encrypted with MACsec (IEEE 802.1AE) and was not read; it may carry calls. {unjudged}"
        ),
        NoVoice::Reported { senders, .. } if senders.is_empty() => format!(
            "{none}, but RTCP that belongs to one: either the voice is missing from the capture, or no side sends any. {unjudged}"
        ),
        NoVoice::Reported { senders, listeners } => format!(
            "{none}, but RTCP that belongs to one. By its word voice is sent by {}{}. The voice itself is missing from the \
             capture. {unjudged}",
            List::of(senders, senders.len(), |(address, packets)| format!(
                "{address} ({} up to its latest report)",
                counted(*packets, "packet", "packets", En)
            ))
            .join("and", "more"),
            match listeners.as_slice() {
                [] => String::new(),
                some => format!(
                    ", and only received by {}",
                    List::of(some, some.len(), ToString::to_string).join("and", "more")
                ),
            }
        ),
        NoVoice::Loopback => format!(
            "All IP packets of the capture are sent by a device to itself; IP traffic over the network is not in it. {unjudged}"
        ),
        NoVoice::Rewritten => format!(
            "All packets go from an address to itself, and yet {} between two stations of the Ethernet. No device does that: \
             the IP addresses were replaced later (anonymised), and who speaks with whom cannot be told. {unjudged}",
            match context.audit.traffic.quality.rewritten {
                all if all == context.audit.traffic.quality.decoded => "all".to_owned(),
                1 => "one of them".to_owned(),
                many => format!("{} of them", count(many, En)),
            }
        ),
        NoVoice::Called if all_ended_unanswered(&context.audit.traffic) => format!(
            "{none}. {} No voice was to be expected. {unjudged}",
            match context.audit.traffic.calls.len() {
                1 => "The only call was not answered.".to_owned(),
                all => format!("None of {} was answered.", counted(all as u64, "call", "calls", En)),
            }
        ),
        NoVoice::Filtered => format!(
            "{}; the filter{} left out {}, which may hold the voice. {unjudged}",
            match context.audit.traffic.quality.frames {
                0 => "No packet was read".to_owned(),
                read => format!("No voice stream (RTP) can be made out in the {} that were read", counted(read, "packet", "packets", En)),
            },
            filter(context),
            counted(context.audit.traffic.quality.filtered, "packet", "packets", En)
        ),
        NoVoice::Answered => format!(
            "{none}, although {} voice probably takes another way than the one that was measured (directly between the \
             telephones, another interface), a filter kept it out, or nobody sends. {unjudged}",
            match answered(context) {
                (1, 1) => "the only call was answered: its".to_owned(),
                (1, all) => format!("one of {} calls was answered: its", count(all, En)),
                (2, 2) => "both calls were answered: their".to_owned(),
                 (some, all) if some == all => format!("all {} calls were answered: their", count(all, En)),
                (some, all) => format!("{} of {} calls were answered: their", count(some, En), count(all, En)),
            }
        ),
        NoVoice::Explained => {
            format!("{none}. Why the calls that were answered have none is told by RTP-002. {unjudged}")
        }
        NoVoice::Extract { packets, received } => format!(
            "{none}. But only {} of {} {} been read; the others may hold voice. {unjudged}",
            count(*packets, En),
            received_packets(*received, has_drops(context), En),
            if *packets == 1 { "has" } else { "have" }
        ),
        NoVoice::Keys => format!("The capture holds keys only (DTMF by RFC 4733), no voice. {unjudged}"),
        NoVoice::Called | NoVoice::Nothing => format!("{none}. {unjudged}"),
    }
}

/// What to do.
pub(super) fn action(reason: &NoVoice, language: Language) -> &'static str {
    let (de, en) = match reason {
        NoVoice::Empty => (
            "Prüfen Sie Schnittstelle und Mitschnittfilter, und wiederholen Sie den Mitschnitt.",
            "Check interface and capture filter, and repeat the capture.",
        ),
        NoVoice::Filtered => (
            "Prüfen Sie den Filter (--filter), oder werten Sie den Mitschnitt ohne ihn aus.",
            "Check the filter (--filter), or look at the capture without it.",
        ),
        NoVoice::Foreign(_) => {
            ("Werten Sie diese Signalisierung in Wireshark aus.", "Look at this signalling in Wireshark.")
        }
        NoVoice::Sealed => (
            "Messen Sie vor oder hinter dem Tunnel, und führen Sie dabei ein Gespräch von einer Minute.",
            "Capture before or behind the tunnel, with a call of one minute.",
        ),
        NoVoice::Ipsec | NoVoice::Macsec => (
            "Messen Sie dort, wo der Verkehr noch nicht oder nicht mehr verschlüsselt ist, und führen Sie dabei ein Gespräch \
             von einer Minute.",
            "Capture where the traffic is not yet, or no longer, encrypted, with a call of one minute.",
        ),
        NoVoice::Cut { .. } | NoVoice::Short { .. } => (
            "Schneiden Sie mit voller Paketlänge mit (Snaplen 0 oder 262144).",
            "Capture whole packets (snap length 0 or 262144).",
        ),
        NoVoice::Sought => (
            "Prüfen Sie zuerst das gesuchte Gerät: Ist es eingeschaltet und angeschlossen, hat es diese Adresse, und liegt sein \
             Switch-Port im selben VLAN? Messen Sie danach noch einmal.",
            "First check the device that is sought: is it switched on and connected, has it this address, and is its switch port in \
             the same VLAN? Then capture again.",
        ),
        NoVoice::Erf => (
            "Wenn die Karte an Ethernet aufgezeichnet hat, wandeln Sie den Mitschnitt mit `editcap -T ether ALT NEU` um (editcap \
             gehört zu Wireshark), und werten Sie die neue Datei aus.",
            "If the card recorded on Ethernet, convert the capture by `editcap -T ether OLD NEW` (editcap comes with Wireshark), \
             and look at the new file.",
        ),
        NoVoice::Unread | NoVoice::Loopback => (
            "Zeichnen Sie an der Ethernet-Schnittstelle oder dem Spiegelport auf, an dem Telefone und Anlage hängen.",
            "Capture on the Ethernet interface or mirror port that telephones and PBX are connected to.",
        ),
        NoVoice::Rewritten => (
            "Werten Sie den Mitschnitt so aus, wie er vor dem Ersetzen der Adressen war.",
            "Look at the capture as it was before the addresses were replaced.",
        ),
        NoVoice::Answered | NoVoice::Reported { .. } => (
            "Messen Sie dort, wo auch die Sprache vorbeikommt, und ohne Mitschnittfilter, der sie ausschließt.",
            "Measure where the voice passes too, and without a capture filter that keeps it out.",
        ),
        NoVoice::Explained => (
            "Beheben Sie zuerst, was RTP-002 meldet, und messen Sie dann noch einmal mit einem Gespräch von einer Minute.",
            "First put right what RTP-002 tells, then capture again with a call of one minute.",
        ),
        NoVoice::Extract { .. } => (
            "Werten Sie den ganzen Mitschnitt aus, nicht nur diesen Auszug. Gibt es ihn nicht mehr, messen Sie noch einmal ohne \
             Mitschnittfilter, und führen Sie dabei ein Gespräch von einer Minute.",
            "Look at the whole capture, not at this extract alone. If it is gone, capture again without a capture filter, with \
             a call of one minute.",
        ),
        NoVoice::Called | NoVoice::JustAnswered | NoVoice::Keys | NoVoice::Nothing => (
            "Führen Sie während des Mitschnitts mindestens ein Gespräch von einer Minute.",
            "Make at least one call of one minute while capturing.",
        ),
    };
    match language {
        De => de,
        En => en,
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::report::fixture::audit;
    use crate::report::names::Names;

    #[test]
    fn an_address_that_is_withdrawn_is_no_whole_explanation() {
        let audit = audit();
        let names = Names::default();
        let context = Context { audit: &audit, names: &names, zone: &TimeZone::UTC };
        let (host, to) = ("192.168.0.100".parse().unwrap(), "203.0.113.54:7078".parse().unwrap());
        let told = |partly| {
            let named = Named { host, to, invite: None, partly, mapped: None, is_rewritten: false };
            may_go_outside(Some(named), &context, De)
        };
        assert!(
            told(false).ends_with("203.0.113.54:7078. Womöglich geht die Sprache dorthin."),
            "{}",
            told(false)
        );
        assert!(
            told(true).ends_with(
                "Zeitweise nennt 192.168.0.100 eine innere Adresse, und auch dort kommt nichts an."
            )
        );
        assert_eq!(may_go_outside(None, &context, De), "");
    }
}
