//! Takes findings and the names of things, gives the words for them in German and English. Everything a report says
//! stands here; the formats only arrange it. A text that is missing does not compile.

mod absent;
mod blocked;
mod broken;
mod call;
mod cause;
mod changes;
mod circumstance;
mod clock;
mod connection;
mod damage;
mod de;
mod de_action;
mod de_finding;
mod dscp;
mod edition;
mod even;
mod everywhere;
mod export;
mod exposed;
mod en;
mod en_action;
mod en_finding;
mod frame;
mod given;
mod understood;
mod icmp;
mod intruder;
mod lookup;
mod life;
mod loss;
mod malformed;
mod misled;
mod missed;
mod mute;
mod network;
mod no_voice;
mod offered;
mod one_way;
mod paper;
mod passage;
mod registering;
mod registration;
mod remarks;
mod remedies;
mod running;
mod screen;
mod signalling;
mod standstill;
mod status;
mod stalled;
mod storm;
mod stream;
#[cfg(test)]
mod tests;
mod uneven;
mod unheard;
mod titles;
mod trace;
mod unmapped;
mod unmarked_leg;
mod unsolicited;
mod unsubscribed;
mod voice;
mod words;

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use jiff::tz::TimeZone;

use super::escape::{FIELD, escape_terminal};
use super::language::Language;
use super::names::Names;
use super::number::{count, share};
use crate::capture::{Ended, Frame};
use crate::check::{
    self, Audit, Circumstance, Code, Detail, Evidence, Finding, Mute, PortUse, Side, Unevenness,
};
use crate::observe::message::App;
use crate::observe::{Flow, Protocol};
use crate::site::Confidence;

pub(crate) use absent::absent;
pub(crate) use call::{CallNotes, HoldNote, arrow, at_least, failed_transfer, transferred};
pub(crate) use changes::{ChangeWords, change_words};
pub(crate) use clock::stray_line;
pub(crate) use dscp::{EXPEDITED_FORWARDING, name as dscp_name};
pub(crate) use edition::edition;
pub(crate) use given::{given_words, is_changed, unjudged_lines, use_line, verdict_line};
pub(crate) use lookup::{refused_over_tcp, unanswered};
pub(crate) use malformed::malformed;
pub(crate) use no_voice::extract_line;
pub(crate) use paper::{PaperWords, glance_rest, paper_words};
pub(crate) use registration::{Registered, Unreachable};
pub(crate) use remarks::remark;
pub(crate) use running::run_words;
pub use screen::{ScreenWords, screen_words};
pub(crate) use status::{is_standard_phrase, sip_status};
pub(crate) use storm::{StormLine, storm_line};
pub(crate) use stream::{codecs_in_turn, heard_with, pause, reordered, skipped, spells, together};
pub(crate) use unheard::refused_pairs;
pub(crate) use unsolicited::unsolicited;
pub(crate) use unsubscribed::Unsubscribed;
pub(crate) use words::Words;

/// The words of one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingText {
    /// What it is, in a few words.
    pub title: &'static str,
    /// What was seen.
    pub detail: String,
    /// What to do about it.
    pub action: String,
}

/// What the words of a finding refer to.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The audit that the finding belongs to.
    pub audit: &'a Audit,
    /// Names in the language of the words.
    pub names: &'a Names,
    /// Zone in which times of day are shown.
    pub zone: &'a TimeZone,
}

/// The words of `finding`. What came from packets is in them already escaped for a terminal.
#[must_use]
pub fn finding_text(finding: &Finding, context: &Context<'_>, language: Language) -> FindingText {
    let (detail, action) = match language {
        Language::De => de_finding::words(finding, context),
        Language::En => en_finding::words(finding, context),
    };
    FindingText { title: title_of(finding, language), detail, action }
}

/// The title of a finding: that of its code, unless the case has a better one.
fn title_of(finding: &Finding, language: Language) -> &'static str {
    match (&finding.detail, language) {
        (Detail::Qos007 { inbound: true, .. }, Language::De) => "Sprache aus dem Internet ohne Kennzeichnung",
        (Detail::Qos007 { inbound: true, .. }, Language::En) => "Voice from the Internet without marking",
        (Detail::Qos007 { peers, .. }, language)
            if !unmarked_leg::is_internet(finding.subject.as_ref().map(|subject| subject.address), peers) =>
        {
            language.either(
                "Keine Kennzeichnung auf dem Weg über einen Router",
                "No marking on the way through a router",
            )
        }
        (Detail::Rtp013 { announced, seen, .. }, language) if announced.ip() == seen.ip() => match language {
            Language::De => "Sprache kommt von anderem Port als angekündigt",
            Language::En => "Media from another port than announced",
        },
        (Detail::Port002 { stated, documented, .. }, language)
            if documented.is_empty() && !stated.is_empty() =>
        {
            language.either(
                "Sprechweg außerhalb des angegebenen RTP-Bereichs",
                "Media outside the stated RTP range",
            )
        }
        (
            Detail::Sig005 { why: Some(Circumstance::Broken(_) | Circumstance::SameLength(_)), .. },
            language,
        ) => language.either("Gespräche brechen ab", "Calls are cut off"),
        (Detail::Rtp002 { why: Mute::Fax, .. }, language) => {
            language.either("Fax (T.38) ohne Pakete", "Fax (T.38) without packets")
        }
        (Detail::Rtp007 { keys: Some(_), .. }, language) => language.either(
            "Tasten (DTMF) mit nicht vereinbartem Payload-Typ",
            "Keys (DTMF) with a payload type not negotiated",
        ),
        (Detail::Rtp006 { clock: Some(_), .. }, language) => {
            language.either("Zeitstempel laufen in falschem Takt", "Timestamps run at a wrong clock")
        }
        (Detail::Rtp004 { how: Unevenness::Rises { .. }, .. }, language) => {
            language.either("Laufzeit der Sprache schwankt", "Delay of the voice varies")
        }
        (Detail::Rtp004 { how: Unevenness::Everywhere { .. }, .. }, language) => language.either(
            "Sprache stockt im Mitschnitt überall zugleich",
            "Voice stalls everywhere at once in the capture",
        ),
        (Detail::Rtp004 { how: Unevenness::Clock { .. }, .. }, Language::De) => {
            "Takt des Absenders weicht ab"
        }
        (Detail::Rtp004 { how: Unevenness::Clock { .. }, .. }, Language::En) => "Clock of the sender is off",
        (Detail::Cap011 { ended: Ended::Damaged { reason, .. }, .. }, language)
            if reason.starts_with(words::OTHER_VERSION) =>
        {
            match language {
                Language::De => "Mitschnittdatei nicht ganz lesbar",
                Language::En => "Capture file not wholly readable",
            }
        }
        (told @ Detail::Cap006 { .. }, _) => {
            clock::title(told, language).unwrap_or_else(|| title(finding.code(), language))
        }
        (Detail::Cap002 { received: 1.., .. } | Detail::Cap002 { is_scattered: true, .. }, Language::De) => {
            "Pakete kommen doppelt an"
        }
        (Detail::Cap002 { received: 1.., .. } | Detail::Cap002 { is_scattered: true, .. }, Language::En) => {
            "Packets arrive twice"
        }
        (Detail::Cap010(reason), _) => {
            no_voice::title(reason, language).unwrap_or_else(|| title(finding.code(), language))
        }
        _ => title(finding.code(), language),
    }
}

/// The title of a code.
pub(crate) fn title(code: Code, language: Language) -> &'static str {
    match language {
        Language::De => titles::de(code),
        Language::En => titles::en(code),
    }
}

/// All other words.
pub(crate) fn words(language: Language) -> &'static Words {
    match language {
        Language::De => &de::WORDS,
        Language::En => &en::WORDS,
    }
}

impl Context<'_> {
    /// Role and address, `T14 SIP (192.168.1.20)`; the bare address where there is no role, or only a suspicion.
    pub(crate) fn device(&self, address: IpAddr) -> String {
        let known = self.audit.site.device(address);
        match known.filter(|device| device.confidence >= Confidence::Likely) {
            Some(device) => format!("{} ({address})", self.names.role(&device.role)),
            None => address.to_string(),
        }
    }

    /// Where a person finds a frame: the name of its file where there may be several, and its number in it. `None`: nowhere,
    /// since a live capture was not written.
    pub(crate) fn place(&self, frame: Frame) -> Option<(Option<String>, u64)> {
        let captures = &self.audit.captures;
        let capture = captures.get(usize::from(frame.file()));
        let name = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned();
        match capture.and_then(|capture| capture.live.as_ref()) {
            Some(live) => {
                let (path, number) = live.place(frame.number())?;
                Some((Some(name(&path.display().to_string())), number))
            }
            None if captures.len() > 1 => {
                Some((Some(capture.map_or_else(String::new, |capture| name(&capture.path))), frame.number()))
            }
            None => Some((None, frame.number())),
        }
    }

    /// The same within a sentence: `12`, or `12 (trace_00002.pcapng)` where there are several files.
    fn packet(&self, frame: Frame) -> Option<String> {
        let (file, number) = self.place(frame)?;
        Some(match file.filter(|_| self.has_several_files()) {
            Some(file) => format!("{number} ({})", quoted(&file)),
            None => number.to_string(),
        })
    }

    /// Two of them: `12 and 13`, or `12 and 13 (trace_00002.pcapng)`.
    fn packets(&self, [first, second]: [Frame; 2], and: &str) -> Option<String> {
        let ((file, number), (other, _)) = (self.place(first)?, self.place(second)?);
        let first = if file == other { number.to_string() } else { self.packet(first)? };
        Some(format!("{first} {and} {}", self.packet(second)?))
    }

    fn has_several_files(&self) -> bool {
        let captures = &self.audit.captures;
        let written =
            captures.iter().filter_map(|capture| capture.live.as_ref()).flat_map(|live| &live.written);
        let mut paths = written.map(|run| &run.path);
        let first = paths.next();
        captures.len() > 1 || paths.any(|path| Some(path) != first)
    }

    /// The filter of a finding. One that names frames has their numbers in the file that is named first, since a filter is used
    /// on one file at a time; none where no file holds them.
    pub(crate) fn filter(&self, evidence: &Evidence) -> String {
        if !check::is_by_number(&evidence.filter) {
            return evidence.filter.clone();
        }
        let places: Vec<_> = evidence.frames.iter().filter_map(|frame| self.place(*frame)).collect();
        let file = places.first().map(|(file, _)| file.clone());
        let numbers = places.iter().filter(|(its, _)| Some(its) == file.as_ref()).map(|(_, number)| *number);
        check::by_number(&numbers.collect())
    }

    /// Whom a finding is about.
    fn subject(&self, finding: &Finding) -> Option<String> {
        finding.subject.as_ref().map(|subject| match &subject.role {
            Some(role) => format!("{} ({})", self.names.role(role), subject.address),
            None => self.device(subject.address),
        })
    }

    /// The service of the first row a finding rests on.
    fn service(&self, finding: &Finding) -> Option<&str> {
        finding.rows.iter().find_map(|row| self.names.row(row)).map(|row| &*row.service)
    }
}

/// `UDP`, `TCP`, `IP 47`.
pub(crate) fn protocol(protocol: Protocol) -> String {
    match protocol {
        Protocol::Udp => "UDP".to_owned(),
        Protocol::Tcp => "TCP".to_owned(),
        Protocol::Sctp => "SCTP".to_owned(),
        Protocol::Icmp => "ICMP".to_owned(),
        Protocol::Other(number) => format!("IP {number}"),
    }
}

/// What the content of a flow is called, if it was recognised.
pub(crate) fn app(flow: &Flow) -> Option<&'static str> {
    match flow.app {
        App::Unknown => None,
        App::Sip if flow.extra.is_websocket => Some("sip/ws"),
        app => Some(app.name()),
    }
}

/// Both ends of the flows in which SIP travels over WebSocket.
pub(crate) fn websockets(flows: &[Flow]) -> BTreeSet<[SocketAddr; 2]> {
    let of_sip = flows.iter().filter(|flow| flow.extra.is_websocket);
    of_sip.flat_map(|flow| [[flow.a, flow.b], [flow.b, flow.a]]).collect()
}

/// Another address that the hardware of a device was offered; `vlan`: which the device uses, and the offer did not.
pub(crate) fn former(address: &str, vlan: Option<u16>, language: Language) -> String {
    match (vlan, language) {
        (Some(vlan), Language::De) => {
            format!("dieselbe MAC wie {address} (außerhalb von VLAN\u{a0}{vlan} per DHCP angeboten)")
        }
        (None, Language::De) => format!("dieselbe MAC wie {address} (per DHCP angebotene Adresse)"),
        (Some(vlan), Language::En) => {
            format!("same MAC as {address} (which DHCP offered outside of VLAN\u{a0}{vlan})")
        }
        (None, Language::En) => format!("same MAC as {address} (an address that DHCP offered)"),
    }
}

/// The same as a person writes it, by its name in the JSON report: `DNS`, `mDNS`.
pub(crate) fn app_title(name: &str) -> String {
    match name {
        "mdns" => "mDNS".to_owned(),
        "netbios" => "NetBIOS".to_owned(),
        "openvpn" => "OpenVPN".to_owned(),
        "syslog" => "Syslog".to_owned(),
        // A word, no abbreviation.
        "capture" => name.to_owned(),
        _ => name.to_uppercase(),
    }
}

/// A few of many: at most [`FEW`] entries and how many were left out.
struct List {
    shown: Vec<String>,
    more: usize,
}

/// How many peers, ports or flows a sentence names.
const FEW: usize = 4;

impl List {
    /// Names the first entries of `all`, of which there are `total`.
    fn of<T>(all: &[T], total: usize, show: impl Fn(&T) -> String) -> Self {
        let shown: Vec<String> = all.iter().take(FEW).map(show).collect();
        let more = total.max(all.len()).saturating_sub(shown.len());
        Self { shown, more }
    }

    fn addresses(all: &[IpAddr]) -> Self {
        Self::of(all, all.len(), IpAddr::to_string)
    }

    /// `a`, `a und b`, `a, b und 3 weitere`.
    fn join(mut self, and: &str, others: &str) -> String {
        if self.more > 0 {
            self.shown.push(format!("{} {others}", self.more));
        }
        let last = self.shown.pop().unwrap_or_default();
        if self.shown.is_empty() { last } else { format!("{} {and} {last}", self.shown.join(", ")) }
    }
}

/// Peers of a port; of a remote port, and of a peer that used several ports, the address alone.
fn peers(port: &PortUse) -> List {
    let hosts = port.peers.chunk_by(|one, other| one.ip() == other.ip());
    let shown = hosts.filter_map(|of_one| match (port.side, of_one) {
        (Side::Own | Side::Open, [only]) => Some(only.to_string()),
        (_, several) => several.first().map(|peer| peer.ip().to_string()),
    });
    let shown: Vec<String> = shown.collect();
    List::of(&shown, shown.len(), String::clone)
}

/// `DSCP 0 (CS0) 98 %, DSCP 40 (CS5) 2 %`: most packets first; no share where there is one value only.
fn dscp_shares(values: &[(u8, u64)], language: Language) -> String {
    if let [(value, _)] = values {
        return format!("DSCP\u{a0}{}", dscp_name(*value));
    }
    let total = values.iter().fold(0_u64, |sum, (_, packets)| sum.saturating_add(*packets));
    let mut ordered = values.to_vec();
    ordered.sort_by_key(|(dscp, packets)| (Reverse(*packets), *dscp));
    let shares: Vec<String> = ordered
        .iter()
        .map(|(value, packets)| {
            format!("DSCP\u{a0}{} {}", dscp_name(*value), share(*packets, total, language))
        })
        .collect();
    shares.join(", ")
}

/// What the values on `unmarked` of `packets` hint at, each hint once. A sender that marks some packets is able to.
fn hints(values: &[(u8, u64)], (unmarked, packets): (u64, u64), expected: u8) -> Vec<dscp::Hint> {
    let marks_some = unmarked < packets || values.len() > 1;
    let mut hints: Vec<dscp::Hint> = values
        .iter()
        .filter(|(value, _)| *value != expected)
        .filter_map(|(value, _)| dscp::hint(*value))
        .filter(|hint| !(marks_some && *hint == dscp::Hint::Unmarked))
        .collect();
    hints.sort();
    hints.dedup();
    hints
}

/// Text of a packet within a sentence.
fn quoted(text: &str) -> String {
    escape_terminal(text, FIELD)
}

/// The same between quotation marks, of which a name may bring some of its own: they are spelled out, or nobody, redaction least of
/// all, could tell where the name ends.
fn named(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '„' | '“' | '”' => spelled.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => spelled.push(c),
        }
    }
    quoted(&spelled)
}

/// `3 von 12.345` without the nouns.
fn of(part: u64, whole: u64, of: &str, language: Language) -> String {
    format!("{} {of} {}", count(part, language), count(whole, language))
}
