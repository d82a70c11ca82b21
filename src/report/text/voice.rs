//! How findings tell of voice that is missing or uneven, and what to do, in both languages.

use std::net::IpAddr;

use super::everywhere;
use super::export::{export_whole, exported};
use super::standstill::{captured_there, look_at_offers, look_at_sender, meanwhile};
use super::{Context, List, loss, misled, of, uneven};
use crate::capture::{CaptureSummary, Frame};
use crate::check::{Astray, Detail, Heard, Interrupted, LOSS_LIMITS, Lost, Named, Unevenness};
use crate::report::language::Language::{self, De, En};
use crate::report::number::{count, counted, decimal, duration, share, share_beside};

/// From so many ms on a pause reads better in seconds.
const SECONDS: f64 = 1_000.0;

fn list_de(list: List) -> String {
    list.join("und", "weitere")
}

fn list_en(list: List) -> String {
    list.join("and", "more")
}

pub(super) fn milliseconds(value: f64, language: Language) -> String {
    if value < SECONDS {
        format!("{}\u{a0}ms", decimal(value, 0, language))
    } else {
        format!("{}\u{a0}s", decimal(value / 1_000.0, 1, language))
    }
}

/// Who named the address in SDP to which voice goes astray, as a sentence behind others.
pub(super) fn announcer(astray: &Astray, context: &Context<'_>, language: Language) -> String {
    let Some((host, invite)) = astray.announcer else { return String::new() };
    // The finding itself says so.
    if astray.lost == Lost::Rewritten && invite.is_none() {
        return String::new();
    }
    let named = Named { host, to: astray.to, invite, partly: false, mapped: None, is_rewritten: false };
    names(named, astray.outside, context, language)
}

/// Who names an address in SDP; `outside`: that is a public one although both lie in one subnet.
pub(super) fn names(named: Named, outside: bool, context: &Context<'_>, language: Language) -> String {
    let Named { host, to, invite, .. } = named;
    let packet = invite.and_then(|frame| context.packet(frame));
    let packet = packet.map_or_else(String::new, |packet| match language {
        De => format!(" (Paket {packet})"),
        En => format!(" (packet {packet})"),
    });
    match (outside, language) {
        (true, De) => format!(" {host} nennt im SDP die öffentliche Adresse {to}{packet}."),
        (false, De) => format!(" {host} nennt im SDP {to}{packet}."),
        (true, En) => format!(" {host} names the public address {to} in SDP{packet}."),
        (false, En) => format!(" {host} names {to} in SDP{packet}."),
    }
}

/// What to do about a public address in SDP that does not reach inside, at whoever named it.
pub(super) fn name_inner_address(announcer: Option<(IpAddr, Option<Frame>)>, language: Language) -> String {
    match language {
        De => format!(
            "Schalten Sie {} STUN oder die feste externe Adresse ab, solange es im selben LAN telefoniert, oder lassen Sie die \
             Anlage die Sprache vermitteln. Leitet der Router Pakete an die eigene öffentliche Adresse nach innen zurück \
             (NAT-Loopback, Hairpin-NAT), geht es auch so.",
            announcer.map_or_else(
                || "beim Gerät, das diese Adresse im SDP ankündigt,".to_owned(),
                |(host, _)| format!("beim Gerät {host}")
            )
        ),
        En => format!(
            "At the device {}, switch off STUN or the fixed external address while it calls within the same LAN, or let \
             the PBX relay the voice. A router that leads packets to its own public address back inside (NAT loopback, hairpin \
             NAT) makes it work as well.",
            announcer.map_or_else(
                || "that announces this address in SDP".to_owned(),
                |(host, _)| host.to_string()
            )
        ),
    }
}

/// What was seen: RTP-001 of voice that goes astray, RTP-003, RTP-004 and RTP-014; nothing for others.
pub(super) fn de(detail: &Detail, device: &str, captures: &[CaptureSummary]) -> String {
    match detail {
        Detail::Rtp001 { packets, peers, astray: Some(astray), .. } if astray.lost != Lost::Refused => {
            misled::de(device, *packets, peers, astray)
        }
        Detail::Rtp001 {
            packets,
            peers,
            astray: Some(Astray { to, announced, lasted, outside, is_over, .. }),
            ..
        } => {
            let said = format!(
                "{device} sendet die Sprache an {to}, wo sie per ICMP abgewiesen wird: {} in {}. {} {} davon nichts{}",
                counted(*packets, "Paket", "Pakete", De),
                duration(*lasted, De),
                list_de(List::addresses(peers)),
                if peers.len() == 1 { "hört" } else { "hören" },
                match (*outside, *is_over) {
                    (true, true) => {
                        ", bis sie direkt dorthin geht. Das Ziel ist eine öffentliche Adresse, also eine außerhalb des NAT (aus \
                     STUN etwa), obwohl beide im selben Subnetz liegen."
                    }
                    (true, false) => {
                        ". Das Ziel ist eine öffentliche Adresse, also eine außerhalb des NAT (aus STUN etwa), obwohl beide im \
                     selben Subnetz liegen."
                    }
                    (false, true) => ", bis sie direkt dorthin geht.",
                    (false, false) => ".",
                }
            );
            match announced {
                Some(announced) => format!("{said} Im SDP angekündigt ist {announced}."),
                None => said,
            }
        }
        Detail::Rtp003 {
            lost,
            expected,
            bursts,
            longest,
            peers,
            heard,
            interrupted,
            own,
            export,
            onward,
            everywhere: together,
            ..
        } => {
            let peers = list_de(List::addresses(peers));
            let missing = of(*lost, *expected, "von", De);
            let percent = share_beside(*lost, *expected, &LOSS_LIMITS, De);
            let said = match heard {
                Heard::Unknown if *own => captured_there(*interrupted, *heard, De).to_owned(),
                Heard::Unknown if *export => format!(" {}", exported(captures, De)),
                Heard::Unknown => String::new(),
                Heard::Lost(lost) => format!(
                    " Auch der Empfänger meldet per RTCP Verlust: {}.{}",
                    counted(*lost, "Paket", "Pakete", De),
                    if *own { captured_there(*interrupted, *heard, De) } else { "" }
                ),
                Heard::Complete => {
                    " Der Empfänger meldet per RTCP, dass er sie hat: Wahrscheinlich fehlen sie nur im \
                                    Mitschnitt."
                        .to_owned()
                }
            };
            let said = match onward.as_slice() {
                [] => said,
                onward => format!(
                    "{said} Dieselben Pakete fehlen auf dem Weg von dort zu {}: Sie gingen vorher verloren, das Gerät dazwischen reicht die \
                     Sprache nur weiter.",
                    list_de(List::addresses(onward))
                ),
            };
            let said = said + &everywhere::told(*together, De);
            match interrupted {
                Some(told @ Interrupted { times, longest, is_all, .. }) => format!(
                    "Der Sprechweg von {device} zu {peers} war {} unterbrochen{}: Dabei fehlen {missing} Sprachpaketen \
                     ({percent}), {} {}.{said}{}",
                    if *times == 1 { "einmal".to_owned() } else { format!("{}-mal", count(*times, De)) },
                    if *times == 1 {
                        format!(", {} lang", duration(*longest, De))
                    } else {
                        format!(", am längsten {}", duration(*longest, De))
                    },
                    if *is_all { "alle" } else { "fast alle" },
                    if *times == 1 { "am Stück" } else { "in diesen Lücken" },
                    meanwhile(*told, *heard, De)
                ),
                None => format!(
                    "Von {device} zu {peers} fehlen {missing} Sprachpaketen ({percent}), in {}; die längste umfasst {}. \
                     Richtwert: höchstens 1\u{a0}%.{said}",
                    counted(*bursts, "Lücke", "Lücken", De),
                    counted(*longest, "Paket", "Pakete", De),
                ),
            }
        }
        Detail::Rtp004 { jitter, mean, peers, estimated, how, onward, own, link } => {
            let to = list_de(List::addresses(peers));
            let reached = uneven::reached(*jitter, *mean, how, De);
            let mut text = match how {
                Unevenness::Often {
                    above, of: whole, excused: left_out, pauses: (pauses, longest), ..
                } => {
                    format!(
                        "Die Sprachpakete von {device} zu {to} kommen ungleichmäßig an: Der Jitter erreicht {reached}; über dem \
                     Richtwert von 20\u{a0}ms liegt er bei {} Paketen ({}).{}{}{} {}",
                        of(*above, *whole, "von", De),
                        share(*above, *whole, De),
                        excused(*left_out, De),
                        match pauses {
                            0 => String::new(),
                            1 => format!(
                                " Einmal kam ein Paket {} später, als sein Zeitstempel erwarten lässt.",
                                milliseconds(*longest, De)
                            ),
                            many => format!(
                                " Mindestens {}-mal kam ein Paket mehr als 100\u{a0}ms später, als sein Zeitstempel erwarten lässt, das späteste davon {}. Darin nicht \
                             mitgezählt ist, was danach nicht aufgeholt wurde (dann pausierte der Sender selbst), was einem \
                             neuen Angebot (SDP) folgt oder in die erste Sekunde fällt.",
                                count(*many, De),
                                milliseconds(*longest, De)
                            ),
                        },
                        uneven::behind(how, De),
                        if *above * 100 < *whole { "Das ging vorüber." } else { "Aussetzer sind möglich." }
                    )
                }
                Unevenness::Once { length } => format!(
                    "Die Sprache von {device} zu {to} stockte einmal {} lang; danach kamen die angestauten Pakete auf einmal. \
                     Daher rührt der Jitter von {reached}; davor und danach kommt sie gleichmäßig an.",
                    milliseconds(*length, De)
                ),
                Unevenness::Rises { times, greatest, too_late } => {
                    uneven::rises((device, &to), *times, *greatest, *too_late, *jitter, De)
                }
                Unevenness::Everywhere { streams, times } => {
                    uneven::everywhere((device, &to), *streams, *times, &reached, De)
                }
                Unevenness::Clock { spoken, passed } => format!(
                    "{device} sendet zu {to} zu {}: Sprache für {} kam in {}, ohne dass Pakete fehlen. Das erklärt den Jitter \
                     (höchstens {}\u{a0}ms, im Mittel {}\u{a0}ms): Er kommt von diesem Takt und nicht vom Netz.",
                    if spoken < passed { "langsam" } else { "schnell" },
                    milliseconds(*spoken, De),
                    milliseconds(*passed, De),
                    decimal(*jitter, 1, De),
                    decimal(*mean, 1, De)
                ),
            };
            if !onward.is_empty() {
                text.push_str(&format!(
                    " Genauso ungleichmäßig gehen die Pakete von dort weiter zu {}.",
                    list_de(List::addresses(onward))
                ));
            }
            if *own {
                text.push_str(
                    " Der Mitschnitt enthält nur, was dieses Gerät sendet oder empfängt, ist also wohl dort entstanden: Dann \
                     sendet es schon so.",
                );
            }
            if *link {
                text.push_str(
                    " Zwischen beiden liegt kein Router, und die Gegenrichtung kommt gleichmäßig an: Wahrscheinlich liegt es am \
                     Absender selbst oder an seinem WLAN.",
                );
            }
            if *estimated {
                text.push_str(" Der Takt des Codecs ist nicht vereinbart zu sehen und wurde geschätzt.");
            }
            text
        }
        Detail::Rtp014 { lost, expected, seen, peers, jam, hop } => format!(
            "{} meldet per RTCP, dass von {device} {} Sprachpaketen fehlen ({}). Im Mitschnitt {}: {}",
            list_de(List::addresses(peers)),
            of(*lost, *expected, "von", De),
            share_beside(*lost, *expected, &LOSS_LIMITS, De),
            match seen {
                0 => "sind sie da".to_owned(),
                1 => "fehlt nur eines".to_owned(),
                seen => format!("fehlen nur {}", count(*seen, De)),
            },
            match jam {
                None if hop.is_some() => hop.map(|hop| loss::hop(hop, De)).unwrap_or_default(),
                None => "Die Pakete gehen hinter dem Messpunkt verloren.".to_owned(),
                Some(length) => format!(
                    "Zuvor stockte die Sprache {} lang und kam dann auf einmal; wahrscheinlich hat der Empfänger verworfen, \
                     was sein Puffer nicht fasste.",
                    milliseconds(*length, De)
                ),
            }
        ),
        _ => String::new(),
    }
}

/// The same in English.
pub(super) fn en(detail: &Detail, device: &str, captures: &[CaptureSummary]) -> String {
    match detail {
        Detail::Rtp001 { packets, peers, astray: Some(astray), .. } if astray.lost != Lost::Refused => {
            misled::en(device, *packets, peers, astray)
        }
        Detail::Rtp001 {
            packets,
            peers,
            astray: Some(Astray { to, announced, lasted, outside, is_over, .. }),
            ..
        } => {
            let said = format!(
                "{device} sends its voice to {to}, where ICMP turns it away: {} in {}. {} {} nothing of it{}",
                counted(*packets, "packet", "packets", En),
                duration(*lasted, En),
                list_en(List::addresses(peers)),
                if peers.len() == 1 { "hears" } else { "hear" },
                match (*outside, *is_over) {
                    (true, true) => {
                        " until it goes there directly. The target is a public address, that is one outside of the NAT (from STUN, \
                     say), although both lie in the same subnet."
                    }
                    (true, false) => {
                        ". The target is a public address, that is one outside of the NAT (from STUN, say), although both lie in \
                     the same subnet."
                    }
                    (false, true) => " until it goes there directly.",
                    (false, false) => ".",
                }
            );
            match announced {
                Some(announced) => format!("{said} Announced in SDP is {announced}."),
                None => said,
            }
        }
        Detail::Rtp003 {
            lost,
            expected,
            bursts,
            longest,
            peers,
            heard,
            interrupted,
            own,
            export,
            onward,
            everywhere: together,
            ..
        } => {
            let peers = list_en(List::addresses(peers));
            let missing = of(*lost, *expected, "of", En);
            let percent = share_beside(*lost, *expected, &LOSS_LIMITS, En);
            let said = match heard {
                Heard::Unknown if *own => captured_there(*interrupted, *heard, En).to_owned(),
                Heard::Unknown if *export => format!(" {}", exported(captures, En)),
                Heard::Unknown => String::new(),
                Heard::Lost(lost) => format!(
                    " The receiver reports loss by RTCP as well: {}.{}",
                    counted(*lost, "packet", "packets", En),
                    if *own { captured_there(*interrupted, *heard, En) } else { "" }
                ),
                Heard::Complete => {
                    " The receiver reports by RTCP that it has them: most likely they are missing in the \
                                    capture only."
                        .to_owned()
                }
            };
            let said = match onward.as_slice() {
                [] => said,
                onward => format!(
                    "{said} The same packets are missing on the way from there to {}: they were lost before, the device between only passes \
                     the voice on.",
                    list_en(List::addresses(onward))
                ),
            };
            let said = said + &everywhere::told(*together, En);
            match interrupted {
                Some(told @ Interrupted { times, longest, is_all, .. }) => format!(
                    "The voice from {device} to {peers} was interrupted {}{}: {missing} voice packets are missing \
                     ({percent}), {} of them {}.{said}{}",
                    if *times == 1 { "once".to_owned() } else { format!("{} times", count(*times, En)) },
                    if *times == 1 {
                        format!(" for {}", duration(*longest, En))
                    } else {
                        format!(", for {} at most", duration(*longest, En))
                    },
                    if *is_all { "all" } else { "nearly all" },
                    if *times == 1 { "at a stretch" } else { "in these gaps" },
                    meanwhile(*told, *heard, En)
                ),
                None => format!(
                    "From {device} to {peers}, {missing} voice packets are missing ({percent}), in {}; the longest is {}. \
                     Guide value: at most 1\u{a0}%.{said}",
                    counted(*bursts, "gap", "gaps", En),
                    counted(*longest, "packet", "packets", En),
                ),
            }
        }
        Detail::Rtp004 { jitter, mean, peers, estimated, how, onward, own, link } => {
            let to = list_en(List::addresses(peers));
            let reached = uneven::reached(*jitter, *mean, how, En);
            let mut text = match how {
                Unevenness::Often {
                    above, of: whole, excused: left_out, pauses: (pauses, longest), ..
                } => {
                    format!(
                        "The voice packets from {device} to {to} arrive unevenly: jitter reaches {reached}; for {} packets ({}) it \
                     is above the guide value of 20\u{a0}ms.{}{}{} {}",
                        of(*above, *whole, "of", En),
                        share(*above, *whole, En),
                        excused(*left_out, En),
                        match pauses {
                            0 => String::new(),
                            1 => format!(
                                " Once a packet came {} later than its time stamp lets one expect.",
                                milliseconds(*longest, En)
                            ),
                            many => format!(
                                " At least {} times a packet came more than 100\u{a0}ms later than its time stamp lets one expect, the latest of \
                             them {}. Not counted in that is what was not caught up with afterwards (then the \
                             sender paused itself), what follows a new offer (SDP) or falls into the first second.",
                                count(*many, En),
                                milliseconds(*longest, En)
                            ),
                        },
                        uneven::behind(how, En),
                        if *above * 100 < *whole { "It passed." } else { "Drop-outs are possible." }
                    )
                }
                Unevenness::Once { length } => format!(
                    "The voice from {device} to {to} stalled once, for {}; then the packets that had been held up came all at \
                     once. That is where the jitter of {reached} comes from; before and after it the voice arrives evenly.",
                    milliseconds(*length, En)
                ),
                Unevenness::Rises { times, greatest, too_late } => {
                    uneven::rises((device, &to), *times, *greatest, *too_late, *jitter, En)
                }
                Unevenness::Everywhere { streams, times } => {
                    uneven::everywhere((device, &to), *streams, *times, &reached, En)
                }
                Unevenness::Clock { spoken, passed } => format!(
                    "{device} sends to {to} too {}: voice worth {} came in {}, and no packets are missing. That explains the \
                     jitter ({}\u{a0}ms at most, {}\u{a0}ms on average): it comes from that clock and not from the network.",
                    if spoken < passed { "slowly" } else { "fast" },
                    milliseconds(*spoken, En),
                    milliseconds(*passed, En),
                    decimal(*jitter, 1, En),
                    decimal(*mean, 1, En)
                ),
            };
            if !onward.is_empty() {
                text.push_str(&format!(
                    " The packets go on from there to {} just as unevenly.",
                    list_en(List::addresses(onward))
                ));
            }
            if *own {
                text.push_str(
                    " The capture holds only what this device sends or receives, so it was probably made there: then the device \
                     sends like that itself.",
                );
            }
            if *link {
                text.push_str(
                    " No router lies between the two, and the other direction comes evenly: most likely the sender itself or its WLAN \
                     does it.",
                );
            }
            if *estimated {
                text.push_str(
                    " The capture does not show which clock was agreed for the codec; it was estimated.",
                );
            }
            text
        }
        Detail::Rtp014 { lost, expected, seen, peers, jam, hop } => format!(
            "{} reports by RTCP that {} voice packets from {device} are missing ({}). In the capture {}: {}",
            list_en(List::addresses(peers)),
            of(*lost, *expected, "of", En),
            share_beside(*lost, *expected, &LOSS_LIMITS, En),
            match seen {
                0 => "they are there".to_owned(),
                1 => "only one is missing".to_owned(),
                seen => format!("only {} are missing", count(*seen, En)),
            },
            match jam {
                None if hop.is_some() => hop.map(|hop| loss::hop(hop, En)).unwrap_or_default(),
                None => "the packets get lost behind the measuring point.".to_owned(),
                Some(length) => format!(
                    "before that the voice stalled for {} and then came all at once; most likely the receiver threw away what \
                     its buffer did not hold.",
                    milliseconds(*length, En)
                ),
            }
        ),
        _ => String::new(),
    }
}

/// What is in neither number of a share of packets above the guide value, and why.
fn excused(packets: u64, language: Language) -> String {
    match (packets, language) {
        (0, _) => String::new(),
        (some, De) => format!(
            " In beiden Zahlen nicht mitgezählt {} {} über dem Richtwert: Grund ist dort ein neues Angebot (SDP), der Sender selbst \
             (Pause, erste Sekunde), oder ein üblicher Puffer gleicht es aus.",
            if some == 1 { "ist" } else { "sind" },
            counted(some, "weiteres Paket", "weitere Pakete", De)
        ),
        (some, En) => format!(
            " Counted in neither number {} {} above the guide value, where a new offer (SDP) or the sender itself (pause, first \
             second) is the reason, or a usual buffer evens it out.",
            if some == 1 { "is" } else { "are" },
            counted(some, "further packet", "further packets", En)
        ),
    }
}

/// What to do about lost voice.
pub(super) fn find_loss(detail: &Detail, language: Language) -> &'static str {
    let Detail::Rtp003 { heard, near, interrupted, public, own, export, everywhere, .. } = detail else {
        return "";
    };
    if *everywhere > 0 && *heard != Heard::Complete {
        return everywhere::action(language);
    }
    if *export {
        return export_whole(language);
    }
    if *own && *heard != Heard::Complete {
        return look_at_sender(interrupted.is_some(), *heard, language);
    }
    let framed = interrupted.filter(|_| *heard != Heard::Complete).map(|told| told.framed);
    if let Some(text) = framed.and_then(|framed| look_at_offers(framed, language)) {
        return text;
    }
    match (heard, interrupted, *near || !public, language) {
        (Heard::Complete, _, _, De) => {
            "Messen Sie noch einmal an einem weniger belasteten Punkt. Erst wenn die Pakete auch dort fehlen, suchen \
             Sie im Netz."
        }
        (Heard::Complete, _, _, En) => {
            "Measure again at a point with less load. Look for the fault in the network only if the packets are missing there too."
        }
        (_, Some(_), _, De) => {
            "Eine Unterbrechung ist keine Überlast, und der Absender zählte währenddessen weiter. Prüfen Sie, was in dieser Zeit \
             unterwegs geschah: Verbindung getrennt, WLAN- oder VPN-Wechsel, Neustart von Router oder Switch, ein anderer Weg \
             (neues Angebot im SDP), ein Gerät, das beim Aushandeln der Verschlüsselung (ZRTP, DTLS) nichts weitergibt, oder eine \
             Anlage, die Sprache anhält, während sie Tasten abfängt, und dabei weiterzählt."
        }
        (_, Some(_), _, En) => {
            "An interruption is no overload, and the sender went on counting meanwhile. Check what happened on the way at that \
             time: link down, change of WLAN or VPN, restart of a router or switch, another way (new offer in SDP), a device that \
             passes nothing on while it negotiates encryption (ZRTP, DTLS), or a PBX that holds voice back while it catches keys, \
             and goes on counting."
        }
        (Heard::Lost(_), None, true, De) => {
            "Prüfen Sie Auslastung, Duplex-Einstellung, Kabel und WLAN-Anteil auf der Strecke vor dem Messpunkt."
        }
        (Heard::Lost(_), None, true, En) => {
            "Check load, duplex setting, cables and WLAN sections on the way before the measuring point."
        }
        (Heard::Lost(_), None, false, De) => {
            "Prüfen Sie Auslastung, Duplex-Einstellung, WLAN-Anteil und Internetanschluss auf der Strecke vor dem Messpunkt."
        }
        (Heard::Lost(_), None, false, En) => {
            "Check load, duplex setting, WLAN sections and the Internet link on the way before the measuring point."
        }
        (Heard::Unknown, None, true, De) => {
            "Prüfen Sie Auslastung, Duplex-Einstellung, Kabel und WLAN-Anteil auf der Strecke. Ein überlasteter Spiegelport \
             sieht genauso aus: Messen Sie im Zweifel an einem zweiten Punkt."
        }
        (Heard::Unknown, None, true, En) => {
            "Check load, duplex setting, cables and WLAN sections on the way. An overloaded mirror port looks the same: if in \
             doubt, measure at a second place."
        }
        (Heard::Unknown, None, false, De) => {
            "Prüfen Sie Auslastung, Duplex-Einstellung, WLAN-Anteil und Internetanschluss auf der Strecke. Ein \
             überlasteter Spiegelport sieht genauso aus: Messen Sie im Zweifel an einem zweiten Punkt."
        }
        (Heard::Unknown, None, false, En) => {
            "Check load, duplex setting, WLAN sections and the Internet link on the way. An overloaded mirror port looks \
             the same: if in doubt, measure at a second place."
        }
    }
}
