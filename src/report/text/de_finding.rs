//! German words of the findings: title and what was seen.

use std::net::{IpAddr, SocketAddr};

use super::blocked;
use super::clock;
use super::de;
use super::de_action::action;
use super::dscp::Hint;
use super::export::{Tap, exported, too_few};
use super::given;
use super::icmp::reason;
use super::intruder;
use super::life::silence;
use super::loss;
use super::mute;
use super::network;
use super::no_voice;
use super::registering;
use super::stalled;
use super::unmarked_leg;
use super::words::ends_within;
use super::{Context, List, dscp_name, dscp_shares, hints, named, of, peers, protocol, quoted};
use super::{connection, exposed};
use super::{one_way, passage};
use super::{signalling, voice};
use super::{trace, uneven};
use crate::check::{
    Detail, Export, Finding, LOSS_LIMITS, LossSign, MOS_LIMITS, Mute, PortUse, Refusal, Severity, Side,
    Trace, VoiceSender,
};
use crate::observe::Protocol;
use crate::report::language::Language::De;
use crate::report::number::{
    bytes, count, counted, decimal, decimal_beside, duration, percent, share, share_beside, time_of_day,
};
use crate::site::Confidence;

/// What was seen and what to do.
pub(super) fn words(finding: &Finding, context: &Context<'_>) -> (String, String) {
    let device = context.subject(finding).unwrap_or_else(|| "das Gerät".to_owned());
    (
        detail(finding, context, &device),
        intruder::first(finding, De).to_owned() + &action(finding, context.zone),
    )
}

fn detail(finding: &Finding, context: &Context<'_>, device: &str) -> String {
    match &finding.detail {
        Detail::Port001 { uses, as_of } => format!(
            "Nicht in der Portliste{}: {}.",
            as_of.map_or_else(String::new, |date| format!(" (Stand {})", date.strftime("%d.%m.%Y"))),
            list(List::of(uses, uses.len(), undocumented))
        ),
        Detail::Port002 { ports, documented, stated } => format!(
            "Die Sprachdaten von {device} laufen über UDP {}; {}. Firewall- und QoS-Regeln nach {} greifen dafür nicht.",
            list(List::of(ports, ports.len(), u16::to_string)),
            given::range(documented, stated, De),
            if stated.is_empty() { "der Herstellerliste" } else { "dieser Angabe" }
        ),
        Detail::Port003 { target, refusal: Refusal::Icmp { v6, kind, code, reporter }, voice: Some(sent), .. } => {
            let reason = reason(*v6, *kind, *code).words(De);
            turned_away((sent.packets, finding.count), *target, device, *reporter, reason)
        }
        Detail::Port003 { target, joined, protocol, refusal, life, .. } => {
            let (target_name, over) = blocked::target(*protocol, *target, joined, De);
            let at = (target_name.as_str(), *protocol, over.as_str());
            let service = context.service(finding).filter(|_| joined.is_empty());
            let tried = tried(finding.count, at, device, service, *refusal);
            tried + &silence(*life, *refusal, target.ip(), context.zone, De)
        }
        Detail::Port005 { port, provider, documented, stated, registers: true } => format!(
            "{device} meldet sich von UDP {port} beim Provider {provider} an; {}.",
            given::range(documented, stated, De)
        ),
        Detail::Port005 { port, provider, documented, stated, registers: false } => format!(
            "{device} spricht von UDP {port} aus SIP mit dem Provider {provider}; {}.",
            given::range(documented, stated, De)
        ),
        Detail::Port006 { observed: (first, last), model, documented, fits } => format!(
            "Beobachtet {}; für {} ist {documented} dokumentiert.{}",
            if first == last {
                format!("wurde der RTP-Port {first}")
            } else {
                format!("wurden die RTP-Ports {first} bis {last}")
            },
            context.names.model(model),
            fits.as_ref().map_or_else(String::new, |model| format!(
                " Das kleinste System, zu dem die Ports passen, ist {}.",
                context.names.model(model)
            ))
        ),
        Detail::Port007 { calls, channels, model, at } => format!(
            "Um {} Uhr hatte {device} {} gleichzeitig; {} hat {channels} Sprechkanäle. Sind alle belegt, bekommen \
             weitere Gespräche keinen Kanal mehr.",
            time_of_day(*at, context.zone),
            counted(*calls, "Gespräch", "Gespräche", De),
            context.names.model(model)
        ),
        Detail::Port008 { ports, rtcp, .. } if ports.is_empty() => format!(
            "{device} sendet RTCP von UDP {}, obwohl kein SDP es so ankündigt (a=rtcp, a=rtcp-mux). RTCP gehört auf den \
             ungeraden Port über dem der Sprache; Firewall- und QoS-Regeln für Portpaare greifen so nicht.",
            list(List::of(rtcp, rtcp.len(), u16::to_string))
        ),
        Detail::Port008 { ports, peers, rtcp } => format!(
            "{device} sendet Sprache zu {} von UDP {}{}. RTP gehört auf den geraden Port eines Paars, RTCP auf den ungeraden \
             darüber; Firewall- und QoS-Regeln für Portpaare greifen so nicht.",
            list(List::addresses(peers)),
            list(List::of(ports, ports.len(), u16::to_string)),
            match rtcp.is_empty() {
                true => String::new(),
                false => format!(" und RTCP von UDP {}", list(List::of(rtcp, rtcp.len(), u16::to_string))),
            }
        ),
        Detail::Port009 { port, tls, registers, peers } => {
            let who = list(List::of(peers, peers.len(), |peer| context.device(*peer)));
            let over = if *tls { "TLS" } else { "TCP" };
            let what = match (*registers, peers.len() == 1) {
                (true, true) => format!("meldet sich über {over} {port} an der Anlage an"),
                (true, false) => format!("melden sich über {over} {port} an der Anlage an"),
                (false, true) => format!("spricht über {over} {port} mit der Anlage SIP"),
                (false, false) => format!("sprechen über {over} {port} mit der Anlage SIP"),
            };
            format!("{who} {what}; dokumentiert ist dort nur UDP.")
        }
        Detail::Qos001 { unmarked, packets, dscp, expected, sender } => {
            unmarked_voice((*unmarked, *packets), dscp, *expected, *sender != VoiceSender::System)
        }
        Detail::Qos002 { pairs, before, after, frames, passage } => format!(
            "{} von {device} sind zweimal aufgezeichnet, erst mit DSCP\u{a0}{}, dann mit DSCP\u{a0}{}{}. \
             Zwischen den beiden Messstellen wird die Kennzeichnung geändert; ab dort läuft die Sprache ohne \
             Vorrang. {}",
            counted(*pairs, "Sprachpaket", "Sprachpakete", De),
            dscp_name(*before),
            dscp_name(*after),
            context
                .packets(*frames, "und")
                .map_or_else(String::new, |packets| format!(" (zum Beispiel Paket {packets})")),
            passage::detail(passage, |host| context.device(host), De)
        ),
        Detail::Qos003 { packets, expected, .. } => format!(
            "{device} ist ein Softphone auf einem PC und sendet {} ohne Kennzeichnung (DSCP 0 statt {}). \
             Windows kennzeichnet Sprache nur mit einer Gruppenrichtlinie.",
            counted(*packets, "Sprachpaket", "Sprachpakete", De),
            dscp_name(*expected)
        ),
        Detail::Qos004 { packets, dscp, expected } => format!(
            "Die Signalisierung (SIP) von {device} trägt in {} nicht DSCP\u{a0}{}. Gesehen: {}. Manche Telefone senden \
             ab Werk einen anderen Wert; für die Sprache selbst ist das ohne Bedeutung.",
            counted(*packets, "Paket", "Paketen", De),
            dscp_name(*expected),
            dscp_shares(dscp, De)
        ),
        Detail::Qos005 { pcp, expected, vlan } => format!(
            "Die Sprachpakete von {device} in VLAN {vlan} tragen die 802.1p-Priorität {} statt {expected}. \
             Switches, die nur auf die VLAN-Priorität achten, bevorzugen sie nicht.",
            list(List::of(pcp, pcp.len(), |(priority, _)| priority.to_string()))
        ),
        Detail::Qos007 { packets, peers, dscp, expected, .. } => {
            let host = finding.subject.as_ref().map(|subject| subject.address);
            unmarked_leg::detail((*packets, dscp, *expected), device, (host, peers), De)
        }
        Detail::Qos008 { unmarked, packets, dscp, expected, marked } => format!(
            "{device} sendet Sprache mit {} ({} Paketen), während die Gegenseite ({}) mit DSCP\u{a0}{} kennzeichnet. \
             Vorrang hat die Sprache damit nur in einer Richtung.",
            dscp_shares(dscp, De),
            of(*unmarked, *packets, "von", De),
            list(List::addresses(marked)),
            dscp_name(*expected)
        ),
        Detail::Qos009 { peer, before, after, changed_at } => format!(
            "Im Sprechweg von {device} zu {peer} wechselt die Kennzeichnung {} von DSCP\u{a0}{} auf DSCP\u{a0}{} \
             und bleibt dabei.",
            match context.packet(changed_at.0) {
                Some(packet) => format!("ab Paket {packet}"),
                None => format!("um {}", time_of_day(changed_at.1, context.zone)),
            },
            dscp_name(*before),
            dscp_name(*after)
        ),
        Detail::Qos010 { percent: part, bytes: amount, expected, flows } => format!(
            "{} aller Daten mit DSCP\u{a0}{} sind keine Sprache und kommen von {device} ({}): {}. Das kann der \
             Sprache den Vorrang nehmen.",
            percent(*part, De),
            dscp_name(*expected),
            bytes(*amount, De),
            list(List::of(flows, flows.len(), |(a, b, kind)| format!("{a} → {b} ({})", protocol(*kind))))
        ),
        Detail::Rtp001 { astray: Some(astray), .. } => {
            voice::de(&finding.detail, device, &context.audit.captures) + &voice::announcer(astray, context, De)
        }
        Detail::Rtp001 { packets, peers, trace: Trace::Halted(end, back), .. } => {
            trace::halted(device, peers, *packets, (*end, *back), De)
        }
        Detail::Rtp001 { packets, peers, trace: Trace::Unread(unread), .. } => {
            trace::unread(device, peers, *packets, *unread, De)
        }
        Detail::Rtp001 { packets, peers, strays, refused, export, trace, named, .. } => {
            let tap = Tap::of(finding, &context.audit.traffic);
            let exported = match export {
                Export::No => None,
                Export::Possible => Some(exported(&context.audit.captures, De)),
                Export::TooFew(missing) => Some(too_few(*missing, device, tap, De)),
            };
            format!(
            "In {} kamen {} von {}, aber {} von {device}. {}{}",
            match finding.count {
                1 => "einem angenommenen Gespräch".to_owned(),
                many => format!("{} angenommenen Gesprächen", count(many, De)),
            },
            counted(*packets, "Sprachpaket", "Sprachpakete", De),
            list(List::addresses(peers)),
            match strays {
                0 => "kein einziges".to_owned(),
                1 => "nur ein einziges, gleich am Anfang,".to_owned(),
                few => format!("nur {}, gleich am Anfang,", count(*few, De)),
            },
            trace::reported(*trace, device, De).unwrap_or_else(|| match exported {
                _ if *refused => "ICMP-Meldungen zeigen, dass die Sprachpakete dort abgewiesen werden.".to_owned(),
                Some(exported) => exported,
                None => one_way::listener(finding, device, tap, De),
            }),
            no_voice::may_go_outside(*named, context, De)
        )
        }
        Detail::Rtp002 { peers, why: why @ (Mute::Declined | Mute::Keys | Mute::Fax), .. } => {
            mute::detail(*why, finding.count, device, &list(List::addresses(peers)), De)
        }
        Detail::Rtp002 { peers, .. } => format!(
            "{} von {device} zu {} {} angenommen, zu sehen ist jedoch in keiner Richtung ein Sprechweg (RTP).",
            counted(finding.count, "Gespräch", "Gespräche", De),
            list(List::addresses(peers)),
            if finding.count == 1 { "wurde" } else { "wurden" }
        ),
        Detail::Rtp003 { .. } | Detail::Rtp004 { .. } | Detail::Rtp014 { .. } => {
            voice::de(&finding.detail, device, &context.audit.captures)
        }
        Detail::Rtp006 { agreed, codec, peers, clock: Some(clock), .. } => {
            uneven::wrong_clock((device, &list(List::addresses(peers))), *clock, *agreed, codec.as_deref(), De)
        }
        Detail::Rtp006 { seen, mostly, agreed, both, codec, peers, .. } => format!(
            "{device} sendet zu {} {}{}\u{a0}ms Sprache je Paket, {} {agreed}\u{a0}ms{}.",
            list(List::addresses(peers)),
            if *mostly { "meist " } else { "" },
            decimal(*seen, 0, De),
            if *both { "vereinbart sind" } else { "verlangt sind dort" },
            codec.as_ref().map_or_else(String::new, |name| format!(" ({})", quoted(name)))
        ),
        Detail::Rtp005 { mos, lost, expected, longest, codec, peers } => format!(
            "Der Schätzwert MOS-LQ für die Sprache von {device} zu {} beträgt {} ({}, E-Modell G.107, ohne Laufzeit; \
             unter 3,6 sind viele Teilnehmer unzufrieden). Ursache ist der Verlust von {} Paketen ({}), die längste Lücke umfasst {}.",
            list(List::addresses(peers)),
            decimal_beside(*mos, &MOS_LIMITS, 1, De),
            quoted(codec),
            of(*lost, *expected, "von", De),
            share_beside(*lost, *expected, &LOSS_LIMITS, De),
            counted(*longest, "Paket", "Pakete", De)
        ),
        Detail::Rtp007 { payload_type, peers, keys: Some(wanted), .. } => format!(
            "{device} sendet zu {} Tasten (DTMF, telephone-event) mit dem Payload-Typ {payload_type} ({}); das SDP des \
             Empfängers nennt dafür {}. Der Empfänger versteht die Tasten wahrscheinlich nicht.",
            list(List::addresses(peers)),
            counted(finding.count, "Paket", "Pakete", De),
            wanted.map_or_else(|| "keinen".to_owned(), |wanted| format!("Typ {wanted}")),
        ),
        Detail::Rtp007 { payload_type, codec, listed, peers, unseen, .. } => format!(
            "{device} sendet zu {} {} mit dem Payload-Typ {payload_type}{}, den das SDP des Empfängers nicht nennt{}.{}",
            list(List::addresses(peers)),
            counted(finding.count, "Paket", "Pakete", De),
            codec.as_ref().map_or_else(String::new, |name| format!(" ({})", quoted(name))),
            listed_codecs(listed, "vereinbart"),
            if *unseen {
                " Weil beide Seiten in diesem Moment ihre Quelle wechseln, fehlt wahrscheinlich ein neues Angebot (re-INVITE) im Mitschnitt."
            } else {
                ""
            }
        ),
        Detail::Rtp008 { peer, after, missing, refused, .. } => format!(
            "{} nach der Annahme kommen von {device} zu {peer} keine Sprachpakete mehr. Das Gespräch ging weiter und wurde \
             erst {} später beendet{}.{}",
            duration(*after, De),
            duration(*missing, De),
            further(finding.count),
            trace::gone(*refused, device, De)
        ),
        Detail::Rtp009 { before, after } => format!(
            "Mitten im Gespräch übernimmt {} den Sprechweg, ohne dass neu verhandelt wurde{}.",
            if before == after {
                format!("bei {after} eine andere Quelle (SSRC)")
            } else {
                format!("{after} von {before}")
            },
            further(finding.count)
        ),
        Detail::Rtp013 { announced, seen, peer } => format!(
            "{device} kündigt im SDP {announced} an, die Sprache zu {peer} kommt aber von {seen}{}.",
            further(finding.count)
        ),
        Detail::Sig004 { server, method, sent, returned, passed_on: true } => format!(
            "{} von {device} an {server} ist zweimal aufgezeichnet, vor und hinter einem Router, mit derselben Call-ID und \
             branch: Aus „{}“ im Via wurde „{}“. Ein Gerät dazwischen schreibt SIP-Nachrichten um.",
            quoted(method),
            named(sent),
            named(returned)
        ),
        Detail::Sig004 { server, method, sent, returned, passed_on: false } => format!(
            "Die Antwort von {server} auf {} von {device} bringt ein anderes Via zurück, als gesendet wurde: „{}“ statt \
             „{}“. Etwas auf dem Weg schreibt SIP-Nachrichten um.",
            quoted(method),
            named(returned),
            named(sent)
        ),
        Detail::Sig006 { peer, bytes: size, sent, method, unlisted, .. } => format!(
            "{}{} von {device} zu {peer}, {}{}-mal gesendet, {} in IP-Fragmente zerlegt und {} nie vollständig an (gesehen: {} \
             je Sendung).{}",
            counted(finding.count, "große SIP-Nachricht", "große SIP-Nachrichten", De),
            method.as_ref().map_or_else(String::new, |method| format!(" ({})", quoted(method))),
            if finding.count == 1 { "" } else { "zusammen " },
            count(*sent, De),
            if finding.count == 1 { "ist" } else { "sind" },
            if finding.count == 1 { "kommt" } else { "kommen" },
            bytes(u64::from(*size), De),
            match (*unlisted, finding.count) {
                (false, _) => "",
                (true, 1) => " Der Anruf kommt nicht zustande; unter „Gespräche“ fehlt er, weil keine seiner Nachrichten vollständig ist.",
                (true, _) => " Die Anrufe kommen nicht zustande; unter „Gespräche“ fehlen sie, weil keine ihrer Nachrichten vollständig ist.",
            }
        ),
        Detail::Sig007 { .. } => connection::tls(finding, device, De),
        Detail::Sig008 { registrar, joined, longest, expires } => {
            connection::silence_de(device, *registrar, &duration(*longest, De), *expires)
                + &blocked::further(*registrar, joined, De)
        }
        Detail::Sig002 { .. } | Detail::Sig003 { .. } => {
            registering::detail(finding, device, context.zone, De)
        }
        Detail::Sig001 { .. } | Detail::Sig005 { .. } | Detail::Sig009 { .. } => {
            signalling::detail(finding, device, De).unwrap_or_default()
        }
        Detail::Stalled { .. } => {
            stalled::detail(&finding.detail, finding.count, device, De).unwrap_or_default()
        }
        Detail::Net001 { .. } | Detail::Net002 { .. } | Detail::Net003(_) | Detail::Net005 { .. } => {
            network::detail(finding, device, De).unwrap_or_default()
        }
        Detail::Net004 { vlans, expected } => format!(
            "{} von {device} {} in VLAN {} unterwegs. Als Sprach-VLAN nennt die Standortdatei {}.",
            counted(finding.count, "Sprachpaket", "Sprachpakete", De),
            if finding.count == 1 { "ist" } else { "sind" },
            list(List::of(vlans, vlans.len(), |(vlan, _)| vlan.to_string())),
            list(List::of(expected, expected.len(), u16::to_string))
        ),
        Detail::Sec001 { at, protocol: transport, sources, gained, .. } if gained.keeps_open => {
            intruder::keeps_open(device, (*at, *transport), sources, De)
        }
        Detail::Sec001 { at, protocol: transport, sources, .. } if finding.severity == Severity::Info => format!(
            "{device} nimmt auf {} {at} Anrufe von {} an und spricht mit den Anrufern. Der Port ist für die Verbindung zum \
             Provider dokumentiert: Wahrscheinlich ist es Ihr Provider.",
            protocol(*transport),
            list(List::addresses(sources))
        ),
        Detail::Sec001 { at, protocol: transport, sources, gained, is_direct } => format!(
            "{device} beantwortet SIP-Anfragen aus dem Internet auf {} {at}. Anfragen kamen von {}, {}.{}",
            protocol(*transport),
            list(List::addresses(sources)),
            if sources.len() == 1 { "keinem bekannten Provider" } else { "keinen bekannten Providern" },
            intruder::gained(gained, De)
                + &exposed::sentence(*is_direct, device, De)
        ),
        Detail::Sec002 { requests, users, agent, answered, gained } => format!(
            "{device} sendet {} an {}{}. {}{}",
            counted(*requests, "SIP-Anfrage", "SIP-Anfragen", De),
            counted(*users, "verschiedenen Teilnehmer", "verschiedene Teilnehmer", De),
            agent.as_ref().map_or_else(String::new, |name| format!(" und nennt sich „{}“", quoted(name))),
            if *answered {
                "Mindestens eine Anfrage wurde beantwortet: Die Gegenseite weiß damit, dass hier eine Anlage steht."
            } else {
                "Keine Anfrage wurde beantwortet."
            },
            intruder::gained(gained, De)
        ),
        Detail::Sec003 { apps, peers } => format!(
            "{device} spricht {} im Klartext, obwohl der Hersteller hier Verschlüsselung voreinstellt. Gegenüber: {}. {}",
            apps.iter().map(|app| app.name().to_uppercase()).collect::<Vec<_>>().join(" und "),
            list(List::of(peers, peers.len(), |peer| context.device(*peer))),
            connection::overheard(apps, De)
        ),
        Detail::Sec004 { at, protocol: transport, sources, is_direct } => format!(
            "Der Verwaltungszugang {} {at} von {device} antwortet auf Zugriffe aus dem Internet. Zugegriffen \
             {} {}.{}",
            protocol(*transport),
            if sources.len() == 1 { "hat" } else { "haben" },
            list(List::addresses(sources)),
            exposed::sentence(*is_direct, device, De)
        ),
        Detail::Cap001 { signs } => format!(
            "{} {}",
            signs.iter().map(loss::de).collect::<Vec<_>>().join(" "),
            if signs.iter().all(|sign| matches!(sign, LossSign::Lapsed { .. })) {
                ""
            } else if context.audit.traffic.streams.is_empty() {
                "Was der Mitschnitt nicht zeigt, kann es deshalb trotzdem gegeben haben."
            } else {
                "Verlust- und Jitterwerte sind deshalb nicht belastbar."
            }
        )
        .trim_end()
        .to_owned(),
        Detail::Cap002 { two_clocks: streams @ 1.., .. } => format!(
            "{} zweimal im Mitschnitt, mit verschiedenen Uhrzeiten: Wahrscheinlich wurden Mitschnitte zusammengefügt, deren \
             Uhren voneinander abweichen. Verlust, Jitter und Sprachqualität sind dort nicht beurteilt.",
            counted(*streams, "Sprechweg steht", "Sprechwege stehen", De)
        ),
        Detail::Cap002 { duplicates, of: whole, received: more @ 1.., .. } => format!(
            "{} vergleichbaren Paketen ({}) sind Kopien eines anderen, und sie sind auch angekommen: Der Empfänger meldet per RTCP \
             {} mehr, als gesendet wurden. Das Netz verdoppelt sie also, nicht der Mitschnitt. Verlust und Jitter sind ohne sie gerechnet.",
            of(*duplicates, *whole, "von", De),
            share(*duplicates, *whole, De),
            counted(*more, "Sprachpaket", "Sprachpakete", De)
        ),
        Detail::Cap002 { duplicates, of: whole, is_scattered: true, .. } => format!(
            "{} vergleichbaren Paketen ({}) sind Kopien eines anderen, verstreut über die Sprechwege. Ein Spiegelport verdoppelt \
             alle Pakete eines Sprechwegs oder keines; wohl verdoppelt sie also das Netz. Verlust und Jitter sind ohne sie gerechnet.",
            of(*duplicates, *whole, "von", De),
            share(*duplicates, *whole, De)
        ),
        Detail::Cap002 { duplicates, of: whole, .. } => format!(
            "{} vergleichbaren Paketen ({}) sind Kopien eines anderen. Das geschieht, wo ein Paket mehrmals am Messpunkt \
             vorbeikommt: zwei gespiegelte Ports, alle Schnittstellen (any), vor und hinter einem Router, innerhalb und \
             außerhalb eines Tunnels; wo ein WLAN oder ein Rechner mit virtuellen Maschinen Multicast noch einmal aussendet; oder die Datei wurde mit sich selbst zusammengefügt. Als Beleg stehen hier die ersten Pakete mit ihren Kopien. Verlust und Jitter sind ohne sie gerechnet.",
            of(*duplicates, *whole, "von", De),
            share(*duplicates, *whole, De)
        ),
        Detail::Cap003 { pairs: 1 } if finding.confidence == Confidence::Suspected => {
            "Vom einzigen Gerätepaar ist nur eine Richtung zu sehen: Entweder fehlt die andere im Mitschnitt, oder die Gegenseite \
             hat nichts gesendet. Einseitige Sprache lässt sich so nicht beurteilen."
                .to_owned()
        }
        Detail::Cap003 { pairs: 1 } => {
            "Vom einzigen Gerätepaar ist nur eine Richtung zu sehen. Einseitige Sprache und blockierte Ports lassen sich so \
             nicht beurteilen."
                .to_owned()
        }
        Detail::Cap003 { pairs } => format!(
            "Von keinem der {} sind beide Richtungen zu sehen. Einseitige Sprache und blockierte Ports lassen sich so nicht \
             beurteilen.",
            counted(*pairs, "Gerätepaar", "Gerätepaare", De)
        ),
        Detail::Cap004 { cut, .. } => format!(
            "{} nur zum Teil aufgezeichnet (Snaplen zu klein). Was dahinter stand, fehlt: Rufnummern, Codecs oder \
             RTP-Ports.",
            if *cut == 1 {
                "1 SIP-Nachricht ist".to_owned()
            } else {
                format!("{} SIP-Nachrichten sind", count(*cut, De))
            }
        ),
        told @ Detail::Cap006 { .. } => clock::detail(told, context, De),
        Detail::Cap008 { connections } => format!(
            "{} mit Signalisierung {} verschlüsselt (TLS). Anmeldung, Rufaufbau und vereinbarte Codecs sind nicht \
             lesbar; bei pascom ist das der Normalfall.",
            counted(*connections, "Verbindung", "Verbindungen", De),
            if *connections == 1 { "ist" } else { "sind" }
        ),
        Detail::Cap010(reason) => no_voice::detail(reason, context, De),
        Detail::Cap011 { path, packets, ended } => format!(
            "{} {}{}. {}",
            quoted(path),
            if ends_within(ended) { "" } else { "ist " },
            (de::WORDS.ended)(ended),
            match *packets {
                0 => "Kein Paket konnte gelesen werden.".to_owned(),
                1 => "Bis dahin wurde 1\u{a0}Paket gelesen und ausgewertet; der Rest fehlt.".to_owned(),
                many => format!(
                    "Bis dahin wurden {}\u{a0}Pakete gelesen und ausgewertet; der Rest fehlt.",
                    count(many, De)
                ),
            }
        ),
    }
}

fn list(list: List) -> String {
    list.join("und", "weitere")
}

fn undocumented(port: &PortUse) -> String {
    let flows = counted(port.flows as u64, "Verbindung", "Verbindungen", De);
    let name = format!("{}\u{a0}{}", protocol(port.protocol), port.port);
    match port.side {
        Side::Own => format!("eigener Port {name} mit {} ({flows})", list(peers(port))),
        Side::Remote => format!("{name} zu {} ({flows})", list(peers(port))),
        Side::Open => format!(
            "{name} mit {} ({flows}, deren Aufbau fehlt: Auf welcher Seite der Dienst ist, zeigt der Mitschnitt nicht)",
            list(peers(port))
        ),
    }
}

fn tried(
    attempts: u64,
    (target, transport, over): (&str, Protocol, &str),
    device: &str,
    service: Option<&str>,
    refusal: Refusal,
) -> String {
    let tries = match (transport, refusal) {
        // A SYN that is sent again is no further connection.
        (Protocol::Tcp, Refusal::Silence | Refusal::Reset) => {
            counted(attempts, "SYN-Paket", "SYN-Pakete", De)
        }
        _ => counted(attempts, "Paket", "Pakete", De),
    };
    let service = service.map_or_else(String::new, |service| format!(" für „{service}“"));
    let verb = if attempts == 1 { ("blieb", "wurde") } else { ("blieben", "wurden") };
    let outcome = match refusal {
        Refusal::Silence => format!("{} ohne Antwort", verb.0),
        Refusal::Reset => format!("{} mit TCP-Reset abgewiesen", verb.1),
        Refusal::Icmp { v6, kind, code, reporter } => format!(
            "{} von {reporter} abgewiesen: {} (ICMP{} Typ {kind}, Code {code})",
            verb.1,
            reason(v6, kind, code).words(De),
            if v6 { "v6" } else { "" }
        ),
    };
    format!("{tries} von {device} zu {target} über {over}{service} {outcome}.")
}

/// Voice of which somebody says by ICMP that it does not arrive.
fn turned_away(
    (sent, refused): (u64, u64),
    target: SocketAddr,
    device: &str,
    reporter: IpAddr,
    reason: &str,
) -> String {
    format!(
        "{device} hat {} an {target} gesendet; {reporter} hat das {}-mal mit ICMP abgewiesen: {reason}. Jedes einzelne \
         Paket meldet ICMP nicht.",
        counted(sent, "Sprachpaket", "Sprachpakete", De),
        count(refused, De)
    )
}

fn unmarked_voice(
    (unmarked, packets): (u64, u64),
    dscp: &[(u8, u64)],
    expected: u8,
    terminal: bool,
) -> String {
    let which = if unmarked == packets {
        format!("Alle {}\u{a0}Sprachpakete", count(packets, De))
    } else {
        format!("{} Sprachpaketen ({})", of(unmarked, packets, "von", De), share(unmarked, packets, De))
    };
    let (seen, expected_name) = (dscp_shares(dscp, De), dscp_name(expected));
    let mut text = match dscp {
        [_] => format!("{which} tragen {seen} statt {expected_name}."),
        _ => format!("{which} tragen statt DSCP\u{a0}{expected_name} andere Werte: {seen}."),
    };
    for hint in hints(dscp, (unmarked, packets), expected) {
        text.push(' ');
        text.push_str(match hint {
            Hint::Unmarked => {
                "DSCP 0 heißt: Das Gerät kennzeichnet nicht, oder ein Switch auf dem Weg löscht die Kennzeichnung."
            }
            Hint::PrecedenceOnly => {
                "CS5 entsteht häufig, wenn ein Switch die Kennzeichnung mit seiner Standardtabelle aus der \
                 VLAN-Priorität (CoS) neu setzt."
            }
            Hint::Rewritten => "Ein solcher Wert deutet auf ein Gerät hin, das die Kennzeichnung unterwegs umschreibt.",
            Hint::Signalling => {
                "Dieser Wert ist für Signalisierung üblich; möglicherweise sind die Einstellungen für Sprache und \
                 Signalisierung vertauscht."
            }
        });
    }
    if !terminal {
        text.push_str(
            " Der Hersteller sagt EF nur für Endgeräte zu, deshalb ist dies kein Fehler der Anlage.",
        );
    }
    text
}

/// Codecs of an SDP, in brackets; nothing if it names none.
fn listed_codecs(listed: &[Box<str>], word: &str) -> String {
    let names: Vec<String> = listed.iter().take(4).map(|name| quoted(name)).collect();
    if names.is_empty() { String::new() } else { format!(" ({word}: {})", names.join(", ")) }
}

/// That more calls than the one that is told of show it.
fn further(calls: u64) -> String {
    match calls.saturating_sub(1) {
        0 => String::new(),
        more => format!(" (ebenso in {})", counted(more, "weiteren Gespräch", "weiteren Gesprächen", De)),
    }
}
