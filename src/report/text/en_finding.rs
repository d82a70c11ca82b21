//! English words of the findings: title and what was seen.

use std::net::{IpAddr, SocketAddr};

use super::blocked;
use super::clock;
use super::dscp::Hint;
use super::en;
use super::en_action::action;
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
use crate::report::language::Language::En;
use crate::report::number::{
    bytes, count, counted, decimal, decimal_beside, duration, percent, share, share_beside, time_of_day,
};
use crate::site::Confidence;

/// What was seen and what to do.
pub(super) fn words(finding: &Finding, context: &Context<'_>) -> (String, String) {
    let device = context.subject(finding).unwrap_or_else(|| "the device".to_owned());
    (
        detail(finding, context, &device),
        intruder::first(finding, En).to_owned() + &action(finding, context.zone),
    )
}

fn detail(finding: &Finding, context: &Context<'_>, device: &str) -> String {
    match &finding.detail {
        Detail::Port001 { uses, as_of } => format!(
            "Not in the port list{}: {}.",
            as_of.map_or_else(String::new, |date| format!(" (as of {date})")),
            list(List::of(uses, uses.len(), undocumented))
        ),
        Detail::Port002 { ports, documented, stated } => format!(
            "Voice of {device} uses UDP {}; {}. Firewall and QoS rules built from {} do not match it.",
            list(List::of(ports, ports.len(), u16::to_string)),
            given::range(documented, stated, En),
            if stated.is_empty() { "the vendor's list" } else { "that" }
        ),
        Detail::Port003 { target, refusal: Refusal::Icmp { v6, kind, code, reporter }, voice: Some(sent), .. } => {
            let reason = reason(*v6, *kind, *code).words(En);
            turned_away((sent.packets, finding.count), *target, device, *reporter, reason)
        }
        Detail::Port003 { target, joined, protocol, refusal, life, .. } => {
            let (target_name, over) = blocked::target(*protocol, *target, joined, En);
            let at = (target_name.as_str(), *protocol, over.as_str());
            let service = context.service(finding).filter(|_| joined.is_empty());
            let tried = tried(finding.count, at, device, service, *refusal);
            tried + &silence(*life, *refusal, target.ip(), context.zone, En)
        }
        Detail::Port005 { port, provider, documented, stated, registers } => format!(
            "{device} {} {provider} from UDP {port}; {}.",
            if *registers { "registers with the provider" } else { "speaks SIP with the provider" },
            given::range(documented, stated, En)
        ),
        Detail::Port006 { observed: (first, last), model, documented, fits } => format!(
            "{} seen; the documented range of {} is {documented}.{}",
            if first == last {
                format!("RTP port {first} was")
            } else {
                format!("RTP ports {first} to {last} were")
            },
            context.names.model(model),
            fits.as_ref().map_or_else(String::new, |model| format!(
                " The smallest system whose range fits is {}.",
                context.names.model(model)
            ))
        ),
        Detail::Port007 { calls, channels, model, at } => format!(
            "At {} {device} had {} at the same time; {} has {channels} channels. Once all are taken, further calls get none.",
            time_of_day(*at, context.zone),
            counted(*calls, "call", "calls", En),
            context.names.model(model)
        ),
        Detail::Port008 { ports, rtcp, .. } if ports.is_empty() => format!(
            "{device} sends RTCP from UDP {} though no SDP announces that (a=rtcp, a=rtcp-mux). RTCP belongs on the odd port \
             above that of the voice; firewall and QoS rules for pairs of ports do not match.",
            list(List::of(rtcp, rtcp.len(), u16::to_string))
        ),
        Detail::Port008 { ports, peers, rtcp } => format!(
            "{device} sends voice to {} from UDP {}{}. RTP belongs on the even port of a pair, RTCP on the odd one above; \
             firewall and QoS rules for pairs of ports do not match.",
            list(List::addresses(peers)),
            list(List::of(ports, ports.len(), u16::to_string)),
            match rtcp.is_empty() {
                true => String::new(),
                false => format!(" and RTCP from UDP {}", list(List::of(rtcp, rtcp.len(), u16::to_string))),
            }
        ),
        Detail::Port009 { port, tls, registers, peers } => format!(
            "{} {} with the PBX over {} {port}; only UDP is documented there.",
            list(List::of(peers, peers.len(), |peer| context.device(*peer))),
            match (*registers, peers.len() == 1) {
                (true, true) => "registers",
                (true, false) => "register",
                (false, true) => "speaks SIP",
                (false, false) => "speak SIP",
            },
            if *tls { "TLS" } else { "TCP" }
        ),
        Detail::Qos001 { unmarked, packets, dscp, expected, sender } => {
            unmarked_voice((*unmarked, *packets), dscp, *expected, *sender != VoiceSender::System)
        }
        Detail::Qos002 { pairs, before, after, frames, passage } => format!(
            "{} of {device} were captured twice, first with DSCP\u{a0}{}, then with DSCP\u{a0}{}{}. \
             Between the two places the marking is changed; beyond that point voice has no priority. {}",
            counted(*pairs, "voice packet", "voice packets", En),
            dscp_name(*before),
            dscp_name(*after),
            context
                .packets(*frames, "and")
                .map_or_else(String::new, |packets| format!(" (packets {packets}, for instance)")),
            passage::detail(passage, |host| context.device(host), En)
        ),
        Detail::Qos003 { packets, expected, .. } => format!(
            "{device} is a softphone on a PC and sends {} without marking (DSCP 0 instead of {}). Windows marks \
             voice only through a group policy.",
            counted(*packets, "voice packet", "voice packets", En),
            dscp_name(*expected)
        ),
        Detail::Qos004 { packets, dscp, expected } => format!(
            "Signalling (SIP) of {device} does not carry DSCP\u{a0}{} in {}. Seen: {}. Some phones send another value \
             by default; for the voice itself it does not matter.",
            dscp_name(*expected),
            counted(*packets, "packet", "packets", En),
            dscp_shares(dscp, En)
        ),
        Detail::Qos005 { pcp, expected, vlan } => format!(
            "Voice packets of {device} in VLAN {vlan} carry 802.1p priority {} instead of {expected}. Switches \
             that look at the VLAN priority only do not prefer them.",
            list(List::of(pcp, pcp.len(), |(priority, _)| priority.to_string()))
        ),
        Detail::Qos007 { packets, peers, dscp, expected, .. } => {
            let host = finding.subject.as_ref().map(|subject| subject.address);
            unmarked_leg::detail((*packets, dscp, *expected), device, (host, peers), En)
        }
        Detail::Qos008 { unmarked, packets, dscp, expected, marked } => format!(
            "{device} sends voice with {} ({} packets), while the other side ({}) marks DSCP\u{a0}{}. Voice has priority \
             in one direction only.",
            dscp_shares(dscp, En),
            of(*unmarked, *packets, "of", En),
            list(List::addresses(marked)),
            dscp_name(*expected)
        ),
        Detail::Qos009 { peer, before, after, changed_at } => format!(
            "In the stream from {device} to {peer} the marking changes at {} from DSCP\u{a0}{} to DSCP\u{a0}{} and stays so.",
            match context.packet(changed_at.0) {
                Some(packet) => format!("packet {packet}"),
                None => time_of_day(changed_at.1, context.zone),
            },
            dscp_name(*before),
            dscp_name(*after)
        ),
        Detail::Qos010 { percent: part, bytes: amount, expected, flows } => format!(
            "{} of all data with DSCP\u{a0}{} are not voice and come from {device} ({}): {}. They may take the priority \
             away from voice.",
            percent(*part, En),
            dscp_name(*expected),
            bytes(*amount, En),
            list(List::of(flows, flows.len(), |(a, b, kind)| format!("{a} → {b} ({})", protocol(*kind))))
        ),
        Detail::Rtp001 { astray: Some(astray), .. } => {
            voice::en(&finding.detail, device, &context.audit.captures) + &voice::announcer(astray, context, En)
        }
        Detail::Rtp001 { packets, peers, trace: Trace::Halted(end, back), .. } => {
            trace::halted(device, peers, *packets, (*end, *back), En)
        }
        Detail::Rtp001 { packets, peers, trace: Trace::Unread(unread), .. } => {
            trace::unread(device, peers, *packets, *unread, En)
        }
        Detail::Rtp001 { packets, peers, strays, refused, export, trace, named, .. } => {
            let tap = Tap::of(finding, &context.audit.traffic);
            let exported = match export {
                Export::No => None,
                Export::Possible => Some(exported(&context.audit.captures, En)),
                Export::TooFew(missing) => Some(too_few(*missing, device, tap, En)),
            };
            format!(
            "In {}, {} came from {}, but {} from {device}. {}{}",
            match finding.count {
                1 => "one answered call".to_owned(),
                many => format!("{} answered calls", count(many, En)),
            },
            counted(*packets, "voice packet", "voice packets", En),
            list(List::addresses(peers)),
            match strays {
                0 => "not a single one".to_owned(),
                1 => "only a single one, right at the beginning,".to_owned(),
                few => format!("only {}, right at the beginning,", count(*few, En)),
            },
            trace::reported(*trace, device, En).unwrap_or_else(|| match exported {
                _ if *refused => "ICMP messages show that the voice packets are turned away there.".to_owned(),
                Some(exported) => exported,
                None => one_way::listener(finding, device, tap, En),
            }),
            no_voice::may_go_outside(*named, context, En)
        )
        }
        Detail::Rtp002 { peers, why: why @ (Mute::Declined | Mute::Keys | Mute::Fax), .. } => {
            mute::detail(*why, finding.count, device, &list(List::addresses(peers)), En)
        }
        Detail::Rtp002 { peers, .. } => format!(
            "{} from {device} to {} {} answered, but no voice stream (RTP) can be seen in either direction.",
            counted(finding.count, "call", "calls", En),
            list(List::addresses(peers)),
            if finding.count == 1 { "was" } else { "were" }
        ),
        Detail::Rtp003 { .. } | Detail::Rtp004 { .. } | Detail::Rtp014 { .. } => {
            voice::en(&finding.detail, device, &context.audit.captures)
        }
        Detail::Rtp006 { agreed, codec, peers, clock: Some(clock), .. } => {
            uneven::wrong_clock((device, &list(List::addresses(peers))), *clock, *agreed, codec.as_deref(), En)
        }
        Detail::Rtp006 { seen, mostly, agreed, both, codec, peers, .. } => format!(
            "{device} {}sends {}\u{a0}ms of voice per packet to {}; {agreed}\u{a0}ms was {}{}.",
            if *mostly { "mostly " } else { "" },
            decimal(*seen, 0, En),
            list(List::addresses(peers)),
            if *both { "agreed" } else { "asked for there" },
            codec.as_ref().map_or_else(String::new, |name| format!(" ({})", quoted(name)))
        ),
        Detail::Rtp005 { mos, lost, expected, longest, codec, peers } => format!(
            "The estimated MOS-LQ of the voice from {device} to {} is {} ({}, E-model G.107, without delay; below 3.6 many \
             users are dissatisfied). The cause is the loss of {} packets ({}); the longest gap is {}.",
            list(List::addresses(peers)),
            decimal_beside(*mos, &MOS_LIMITS, 1, En),
            quoted(codec),
            of(*lost, *expected, "of", En),
            share_beside(*lost, *expected, &LOSS_LIMITS, En),
            counted(*longest, "packet", "packets", En)
        ),
        Detail::Rtp007 { payload_type, peers, keys: Some(wanted), .. } => format!(
            "{device} sends keys (DTMF, telephone-event) to {} with payload type {payload_type} ({}); the receiver's SDP lists \
             {} for them. The receiver probably does not understand the keys.",
            list(List::addresses(peers)),
            counted(finding.count, "packet", "packets", En),
            wanted.map_or_else(|| "none".to_owned(), |wanted| format!("type {wanted}")),
        ),
        Detail::Rtp007 { payload_type, codec, listed, peers, unseen, .. } => format!(
            "{device} sends {} to {} with payload type {payload_type}{}, which the receiver's SDP does not list{}.{}",
            counted(finding.count, "packet", "packets", En),
            list(List::addresses(peers)),
            codec.as_ref().map_or_else(String::new, |name| format!(" ({})", quoted(name))),
            listed_codecs(listed, "agreed"),
            if *unseen {
                " As both sides change their source at that moment, a new offer (re-INVITE) is probably missing in the capture."
            } else {
                ""
            }
        ),
        Detail::Rtp008 { peer, after, missing, refused, .. } => format!(
            "{} after the answer no more voice packets come from {device} to {peer}. The call went on and ended only {} \
             later{}.{}",
            duration(*after, En),
            duration(*missing, En),
            further(finding.count),
            trace::gone(*refused, device, En)
        ),
        Detail::Rtp009 { before, after } => format!(
            "In the middle of the call {} the media stream, although nothing was negotiated anew{}.",
            if before == after {
                format!("another source (SSRC) at {after} takes over")
            } else {
                format!("{after} takes over from {before}")
            },
            further(finding.count)
        ),
        Detail::Rtp013 { announced, seen, peer } => format!(
            "{device} announces {announced} in SDP, but the voice to {peer} comes from {seen}{}.",
            further(finding.count)
        ),
        Detail::Sig004 { server, method, sent, returned, passed_on: true } => format!(
            "{} of {device} to {server} was captured twice, before and behind a router, with the same Call-ID and branch: “{}” in the \
             Via became “{}”. A device between rewrites SIP messages.",
            quoted(method),
            named(sent),
            named(returned)
        ),
        Detail::Sig004 { server, method, sent, returned, passed_on: false } => format!(
            "The answer of {server} to {} of {device} brings back another Via than was sent: “{}” instead of “{}”. \
             Something on the way rewrites SIP messages.",
            quoted(method),
            named(returned),
            named(sent)
        ),
        Detail::Sig006 { peer, bytes: size, sent, method, unlisted, .. } => format!(
            "{}{} from {device} to {peer}, sent {} times{}, {} split into IP fragments and never {} whole (seen: {} of each \
             sending).{}",
            counted(finding.count, "large SIP message", "large SIP messages", En),
            method.as_ref().map_or_else(String::new, |method| format!(" ({})", quoted(method))),
            count(*sent, En),
            if finding.count == 1 { "" } else { " in all" },
            if finding.count == 1 { "is" } else { "are" },
            if finding.count == 1 { "arrives" } else { "arrive" },
            bytes(u64::from(*size), En),
            match (*unlisted, finding.count) {
                (false, _) => "",
                (true, 1) => " The call does not come about; it is not listed under “Calls”, because none of its messages is complete.",
                (true, _) => " The calls do not come about; they are not listed under “Calls”, because none of their messages is complete.",
            }
        ),
        Detail::Sig007 { .. } => connection::tls(finding, device, En),
        Detail::Sig008 { registrar, joined, longest, expires } => {
            connection::silence_en(device, *registrar, &duration(*longest, En), *expires)
                + &blocked::further(*registrar, joined, En)
        }
        Detail::Sig002 { .. } | Detail::Sig003 { .. } => {
            registering::detail(finding, device, context.zone, En)
        }
        Detail::Sig001 { .. } | Detail::Sig005 { .. } | Detail::Sig009 { .. } => {
            signalling::detail(finding, device, En).unwrap_or_default()
        }
        Detail::Stalled { .. } => {
            stalled::detail(&finding.detail, finding.count, device, En).unwrap_or_default()
        }
        Detail::Net001 { .. } | Detail::Net002 { .. } | Detail::Net003(_) | Detail::Net005 { .. } => {
            network::detail(finding, device, En).unwrap_or_default()
        }
        Detail::Net004 { vlans, expected } => format!(
            "{} of {device} {} in VLAN {}. The site file names {} for voice.",
            counted(finding.count, "voice packet", "voice packets", En),
            if finding.count == 1 { "is" } else { "are" },
            list(List::of(vlans, vlans.len(), |(vlan, _)| vlan.to_string())),
            list(List::of(expected, expected.len(), u16::to_string))
        ),
        Detail::Sec001 { at, protocol: transport, sources, gained, .. } if gained.keeps_open => {
            intruder::keeps_open(device, (*at, *transport), sources, En)
        }
        Detail::Sec001 { at, protocol: transport, sources, .. } if finding.severity == Severity::Info => format!(
            "{device} takes calls from {1} on {0} {at} and talks to the callers. The port is documented for the connection \
             to the provider: this is probably yours.",
            protocol(*transport),
            list(List::addresses(sources))
        ),
        Detail::Sec001 { at, protocol: transport, sources, gained, is_direct } => format!(
            "{device} answers SIP requests from the Internet on {} {at}. Requests came from {}, {}.{}",
            protocol(*transport),
            list(List::addresses(sources)),
            if sources.len() == 1 { "which is no known provider" } else { "which are no known providers" },
            intruder::gained(gained, En)
                + &exposed::sentence(*is_direct, device, En)
        ),
        Detail::Sec002 { requests, users, agent, answered, gained } => format!(
            "{device} sends {} to {}{}. {}{}",
            counted(*requests, "SIP request", "SIP requests", En),
            counted(*users, "different user", "different users", En),
            agent.as_ref().map_or_else(String::new, |name| format!(" and calls itself “{}”", quoted(name))),
            if *answered {
                "At least one request was answered: the other side now knows that there is a PBX."
            } else {
                "No request was answered."
            },
            intruder::gained(gained, En)
        ),
        Detail::Sec003 { apps, peers } => format!(
            "{device} speaks {} in clear text, although the vendor's setting here is encryption. With: {}. {}",
            apps.iter().map(|app| app.name().to_uppercase()).collect::<Vec<_>>().join(" and "),
            list(List::of(peers, peers.len(), |peer| context.device(*peer))),
            connection::overheard(apps, En)
        ),
        Detail::Sec004 { at, protocol: transport, sources, is_direct } => format!(
            "The management access {} {at} of {device} answers requests from the Internet. They came from {}.{}",
            protocol(*transport),
            list(List::addresses(sources)),
            exposed::sentence(*is_direct, device, En)
        ),
        Detail::Cap001 { signs } => format!(
            "{} {}",
            signs.iter().map(loss::en).collect::<Vec<_>>().join(" "),
            if signs.iter().all(|sign| matches!(sign, LossSign::Lapsed { .. })) {
                ""
            } else if context.audit.traffic.streams.is_empty() {
                "What the capture does not show may therefore have happened all the same."
            } else {
                "Loss and jitter values are therefore not reliable."
            }
        )
        .trim_end()
        .to_owned(),
        Detail::Cap002 { two_clocks: streams @ 1.., .. } => format!(
            "{} in the capture twice, at different times: captures whose clocks are apart were probably merged. Loss, jitter \
             and voice quality are not judged there.",
            counted(*streams, "stream is", "streams are", En)
        ),
        Detail::Cap002 { duplicates, of: whole, received: more @ 1.., .. } => format!(
            "{} comparable packets ({}) are copies of another one, and they arrived as well: by RTCP the receiver reports {} more \
             than were sent. So the network doubles them, not the capture. Loss and jitter are computed without them.",
            of(*duplicates, *whole, "of", En),
            share(*duplicates, *whole, En),
            counted(*more, "voice packet", "voice packets", En)
        ),
        Detail::Cap002 { duplicates, of: whole, is_scattered: true, .. } => format!(
            "{} comparable packets ({}) are copies of another one, scattered over the streams. A mirror port doubles all packets \
             of a stream or none, so it is probably the network that doubles them. Loss and jitter are computed without them.",
            of(*duplicates, *whole, "of", En),
            share(*duplicates, *whole, En)
        ),
        Detail::Cap002 { duplicates, of: whole, .. } => format!(
            "{} comparable packets ({}) are copies of another one, as happens where a packet passes the measuring point more \
             than once: two mirrored ports, all interfaces (any), before and behind a router, inside and outside of a tunnel; \
             where a WLAN or a computer with virtual machines sends multicast once more; or the file was merged with itself. The evidence names the first \
             packets with their copies. Loss and jitter are computed without them.",
            of(*duplicates, *whole, "of", En),
            share(*duplicates, *whole, En)
        ),
        Detail::Cap003 { pairs: 1 } if finding.confidence == Confidence::Suspected => {
            "Of the only pair of hosts only one direction is visible: either the other one is missing from the capture, or the \
             other side has sent nothing. One-way audio cannot be judged that way."
                .to_owned()
        }
        Detail::Cap003 { pairs: 1 } => {
            "Of the only pair of hosts only one direction is visible. One-way audio and blocked ports cannot be judged that \
             way."
                .to_owned()
        }
        Detail::Cap003 { pairs } => format!(
            "For none of the {} are both directions visible. One-way audio and blocked ports cannot be judged that way.",
            counted(*pairs, "pair of hosts", "pairs of hosts", En)
        ),
        Detail::Cap004 { cut, .. } => format!(
            "{} captured only in part (snap length too small). What followed is missing: numbers, codecs or RTP \
             ports.",
            if *cut == 1 {
                "1 SIP message was".to_owned()
            } else {
                format!("{} SIP messages were", count(*cut, En))
            }
        ),
        told @ Detail::Cap006 { .. } => clock::detail(told, context, En),
        Detail::Cap008 { connections } => format!(
            "{} with signalling {} encrypted (TLS). Registration, call set-up and negotiated codecs cannot be read; \
             with pascom this is normal.",
            counted(*connections, "connection", "connections", En),
            if *connections == 1 { "is" } else { "are" }
        ),
        Detail::Cap010(reason) => no_voice::detail(reason, context, En),
        Detail::Cap011 { path, packets, ended } => format!(
            "{} {}{}. {}",
            quoted(path),
            if ends_within(ended) { "" } else { "is " },
            (en::WORDS.ended)(ended),
            match *packets {
                0 => "No packet could be read.".to_owned(),
                1 => "1 packet was read and judged up to that point; the rest is missing.".to_owned(),
                many => format!(
                    "{} packets were read and judged up to that point; the rest is missing.",
                    count(many, En)
                ),
            }
        ),
    }
}

fn list(list: List) -> String {
    list.join("and", "more")
}

fn undocumented(port: &PortUse) -> String {
    let flows = counted(port.flows as u64, "flow", "flows", En);
    let name = format!("{}\u{a0}{}", protocol(port.protocol), port.port);
    match port.side {
        Side::Own => format!("own port {name} with {} ({flows})", list(peers(port))),
        Side::Remote => format!("{name} to {} ({flows})", list(peers(port))),
        Side::Open => format!(
            "{name} with {} ({flows} without a beginning: the capture does not show on which side the service is)",
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
            counted(attempts, "SYN packet", "SYN packets", En)
        }
        _ => counted(attempts, "packet", "packets", En),
    };
    let service = service.map_or_else(String::new, |service| format!(" for “{service}”"));
    let was = if attempts == 1 { "was" } else { "were" };
    let outcome = match refusal {
        Refusal::Silence => "got no answer".to_owned(),
        Refusal::Reset => format!("{was} rejected with a TCP reset"),
        Refusal::Icmp { v6, kind, code, reporter } => format!(
            "{was} rejected by {reporter}: {} (ICMP{} type {kind}, code {code})",
            reason(v6, kind, code).words(En),
            if v6 { "v6" } else { "" }
        ),
    };
    format!("{tries} from {device} to {target} over {over}{service} {outcome}.")
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
        "{device} sent {} to {target}; {reporter} refused it by ICMP {}: {reason}. ICMP does not report every single packet.",
        counted(sent, "voice packet", "voice packets", En),
        counted(refused, "time", "times", En)
    )
}

fn unmarked_voice(
    (unmarked, packets): (u64, u64),
    dscp: &[(u8, u64)],
    expected: u8,
    terminal: bool,
) -> String {
    let which = if unmarked == packets {
        format!("All {}\u{a0}voice packets", count(packets, En))
    } else {
        format!("{} voice packets ({})", of(unmarked, packets, "of", En), share(unmarked, packets, En))
    };
    let (seen, expected_name) = (dscp_shares(dscp, En), dscp_name(expected));
    let mut text = match dscp {
        [_] => format!("{which} carry {seen} instead of {expected_name}."),
        _ => format!("{which} carry other values than DSCP\u{a0}{expected_name}: {seen}."),
    };
    for hint in hints(dscp, (unmarked, packets), expected) {
        text.push(' ');
        text.push_str(match hint {
            Hint::Unmarked => "DSCP 0 means: the device does not mark, or a switch on the way removes the marking.",
            Hint::PrecedenceOnly => {
                "CS5 often appears where a switch sets the marking anew from the VLAN priority (CoS) by its \
                 default table."
            }
            Hint::Rewritten => "Such a value suggests a device on the way that rewrites the marking.",
            Hint::Signalling => {
                "This value is usual for signalling; the settings for voice and signalling may have been swapped."
            }
        });
    }
    if !terminal {
        text.push_str(" The vendor promises EF for terminals only, so this is no fault of the PBX.");
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
        more => format!(" (likewise in {})", counted(more, "further call", "further calls", En)),
    }
}
