//! What the user knows about the installation: `site.toml`.
//!
//! ```toml
//! customer = "Muster GmbH"
//! lan = ["192.168.10.0/24"]
//! voice_vlans = [20]
//!
//! [[host]]
//! address = "192.168.10.2"
//! role = "agfeo.pbx"
//! model = "hypervoice"
//!
//! [[provider]]
//! name = "Telekom"
//! addresses = ["217.0.0.0/13"]
//!
//! [[ports]]
//! row = "A25"
//! own = "6204-6523"
//! reason = "Bereich wegen einer zweiten Anlage verschoben"
//!
//! [[exception]]
//! code = "PORT-001"
//! host = "192.168.10.2"
//! port = 8123
//! reason = "Hausautomation auf der Anlage"
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;
use std::path::Path;

use ipnet::IpNet;
use serde::Deserialize;
use toml::Spanned;

use super::device::ExceptionUse;
use super::{Model, ModelId, Ports, Role, RoleId, RowId, TransportSpec};
use crate::config::{Diagnosis, Problem, SourceText, TomlFile, Word};
use crate::observe::Protocol;

/// The names a site file may use.
#[derive(Clone, Copy, Debug, Default)]
pub struct Vocabulary<'a> {
    /// Roles of the rule books.
    pub roles: &'a [Role],
    /// Models of the rule books.
    pub models: &'a [Model],
    /// Ids of the rule rows.
    pub rows: &'a [RowId],
    /// Codes of findings that may be raised; empty if they are not to be checked.
    pub codes: &'a [&'a str],
    /// Those of which an exception may name a port, a peer or a transport; empty if that is not to be checked.
    pub detailed: &'a [&'a str],
}

/// The site file, checked against the rule books.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteFile {
    /// The customer's name.
    pub customer: Option<String>,
    /// Where the installation is.
    pub location: Option<String>,
    /// Who measures.
    pub technician: Option<String>,
    /// Further lines for the cover of a report, label and text, in the order of the file.
    pub cover_fields: Vec<(String, String)>,
    /// Networks that are LAN although their addresses do not show it, or all there are.
    pub lan: Vec<IpNet>,
    /// VLANs that voice belongs in; none if that is not to be judged.
    pub voice_vlans: Vec<u16>,
    /// Hosts whose role the user states.
    pub hosts: Vec<HostHint>,
    /// Carriers.
    pub providers: Vec<ProviderHint>,
    /// Port ranges that were changed on purpose.
    pub ports: Vec<PortChange>,
    /// Findings that are accepted.
    pub exceptions: Vec<Exception>,
}

/// A host whose role the user states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostHint {
    /// Its address.
    pub address: IpAddr,
    /// What it is.
    pub role: RoleId,
    /// Which model.
    pub model: Option<ModelId>,
    /// What the user calls it.
    pub name: Option<String>,
}

/// A carrier and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderHint {
    /// What the user calls it.
    pub name: Option<String>,
    /// Its SIP and media servers.
    pub addresses: Vec<IpNet>,
}

/// Own ports of a row that were changed on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortChange {
    /// The row whose own ports these are.
    pub row: RowId,
    /// Only at this host; everywhere if not given.
    pub host: Option<IpAddr>,
    /// The ports that are right here.
    pub own: Ports,
    /// Why.
    pub reason: String,
    /// Line in the site file, from 1, for the list of exceptions in the report.
    pub line: usize,
}

impl PortChange {
    /// For the list of exceptions in the report: row, host, ports.
    #[must_use]
    pub fn with_use(&self, matched: u64) -> ExceptionUse {
        let words = [
            Some(self.row.to_string()),
            self.host.map(|host| host.to_string()),
            self.own.set().map(ToString::to_string),
        ];
        used(words, self.host, (&self.reason, self.line), false, matched)
    }
}

/// A finding that is accepted. What is given must fit; what is not given fits always.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The host that the finding is about.
    pub host: Option<IpAddr>,
    /// The other side.
    pub peer: Option<IpNet>,
    /// A port on either side.
    pub port: Option<Ports>,
    /// Its transport.
    pub transport: Option<TransportSpec>,
    /// The finding's code.
    pub code: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// Line in the site file, from 1, for the list of exceptions in the report.
    pub line: usize,
}

impl Exception {
    /// Whether the exception accepts a finding of this code about the host at `own` and its traffic with `peer`.
    #[must_use]
    pub fn covers(&self, code: &str, own: SocketAddr, peer: SocketAddr, protocol: Protocol) -> bool {
        let transport = self.transport.is_none_or(|transport| match protocol {
            Protocol::Udp => transport.admits_udp(),
            Protocol::Tcp => transport.admits_tcp(),
            _ => false,
        });
        let ports = |ports: &Ports| ports.admits(own.port()) || ports.admits(peer.port());
        transport
            && self.code.as_ref().is_none_or(|only| only.eq_ignore_ascii_case(code))
            && self.host.is_none_or(|host| host == own.ip())
            && self.peer.is_none_or(|network| network.contains(&peer.ip()))
            && self.port.as_ref().is_none_or(ports)
    }

    /// Whether the exception accepts every finding of this code about the host.
    #[must_use]
    pub fn covers_whole(&self, code: &str, host: IpAddr) -> bool {
        self.peer.is_none()
            && self.port.is_none()
            && self.transport.is_none()
            && (self.host.is_some() || self.code.is_some())
            && self.host.is_none_or(|only| only == host)
            && self.code.as_ref().is_none_or(|only| only.eq_ignore_ascii_case(code))
    }

    /// For the list of exceptions in the report.
    #[must_use]
    pub fn with_use(&self, matched: u64) -> ExceptionUse {
        let words = [
            self.code.clone(),
            self.host.map(|host| host.to_string()),
            self.peer.map(|peer| peer.to_string()),
            self.port.as_ref().and_then(Ports::set).map(ToString::to_string),
            self.transport.map(|transport| transport.to_string()),
        ];
        used(words, self.host, (&self.reason, self.line), true, matched)
    }
}

/// An entry of the site file for the list in the report, in the words that were given.
fn used<const N: usize>(
    words: [Option<String>; N],
    host: Option<IpAddr>,
    (reason, line): (&str, usize),
    is_exception: bool,
    matched: u64,
) -> ExceptionUse {
    let words: Vec<String> = words.into_iter().flatten().collect();
    let everywhere = host.is_none();
    ExceptionUse {
        text: words.join(" ").into(),
        reason: reason.into(),
        line,
        matched,
        everywhere,
        is_exception,
    }
}

impl SiteFile {
    /// Lines for the cover of a report: label and text.
    #[must_use]
    pub fn cover(&self) -> Vec<(Box<str>, Box<str>)> {
        let known =
            [("customer", &self.customer), ("location", &self.location), ("technician", &self.technician)];
        let known = known.into_iter().filter_map(|(label, text)| Some((label, text.as_deref()?)));
        let free = self.cover_fields.iter().map(|(label, text)| (label.as_str(), text.as_str()));
        known.chain(free).map(|(label, text)| (label.into(), text.into())).collect()
    }

    /// Reads and checks the file.
    ///
    /// # Errors
    /// Everything that is wrong in it, with line and column; or that it cannot be read.
    pub fn load(path: &Path, known: &Vocabulary<'_>) -> Result<Self, Diagnosis> {
        let name = path.display().to_string();
        match fs::read(path) {
            Ok(bytes) => Self::parse(&text_of(&name, bytes)?, known),
            Err(error) => Err(Diagnosis::single(Problem::in_file(
                &SourceText::new(name, ""),
                format!("cannot be read: {error}"),
                "give the path of a readable UTF-8 text file with --site",
            ))),
        }
    }

    /// As [`SiteFile::load`], from text.
    ///
    /// # Errors
    /// Everything that is wrong in it, with line and column.
    pub fn parse(source: &SourceText, known: &Vocabulary<'_>) -> Result<Self, Diagnosis> {
        let mut problems = Vec::new();
        let file = TomlFile::parse(source, &mut problems)
            .map(|file| Reader { source, known, problems: &mut problems }.read(file));
        Diagnosis::check(problems)?;
        Ok(file.unwrap_or_default())
    }
}

/// The text of a file, or the place of the first byte that is none.
fn text_of(name: &str, bytes: Vec<u8>) -> Result<SourceText, Diagnosis> {
    let error = match String::from_utf8(bytes) {
        Ok(text) => return Ok(SourceText::new(name, text)),
        Err(error) => error,
    };
    let at = error.utf8_error().valid_up_to();
    let byte = error.as_bytes().get(at).copied().unwrap_or_default();
    let source = SourceText::new(name, String::from_utf8_lossy(error.as_bytes()));
    let message = format!("the byte 0x{byte:02X} is no text in UTF-8");
    let help = "save the file as UTF-8; many editors write it as ANSI or UTF-16 unless told otherwise";
    Err(Diagnosis::single(Problem::at(&source, at..at + 1, message, help)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHost {
    address: Spanned<String>,
    role: Spanned<String>,
    model: Option<Spanned<String>>,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProvider {
    name: Option<String>,
    addresses: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPorts {
    row: Spanned<String>,
    host: Option<Spanned<String>>,
    own: Spanned<Word>,
    reason: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawException {
    host: Option<Spanned<String>>,
    peer: Option<Spanned<String>>,
    port: Option<Spanned<Word>>,
    transport: Option<Spanned<String>>,
    code: Option<Spanned<String>>,
    reason: Spanned<String>,
}

fn cover_fields(cover: BTreeMap<Spanned<String>, String>) -> Vec<(String, String)> {
    let mut fields: Vec<(Spanned<String>, String)> = cover.into_iter().collect();
    fields.sort_by_key(|(label, _)| label.span().start);
    fields.into_iter().map(|(label, text)| (label.into_inner(), text)).collect()
}

struct Reader<'a> {
    source: &'a SourceText,
    known: &'a Vocabulary<'a>,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn read(&mut self, mut file: TomlFile<'_>) -> SiteFile {
        let mut text = |file: &mut TomlFile<'_>, key| file.take(key, self.problems).map(Spanned::into_inner);
        let (customer, location, technician) =
            (text(&mut file, "customer"), text(&mut file, "location"), text(&mut file, "technician"));
        let cover: Option<Spanned<BTreeMap<Spanned<String>, String>>> = file.take("cover", self.problems);
        let lan: Option<Spanned<Vec<Spanned<String>>>> = file.take("lan", self.problems);
        let voice_vlans: Option<Spanned<Vec<Spanned<u16>>>> = file.take("voice_vlans", self.problems);
        let hosts = file.take_all("host", self.problems);
        let providers = file.take_all("provider", self.problems);
        let ports = file.take_all("ports", self.problems);
        let exceptions = file.take_all("exception", self.problems);
        file.finish(self.problems);
        SiteFile {
            customer,
            location,
            technician,
            cover_fields: cover_fields(cover.map(Spanned::into_inner).unwrap_or_default()),
            lan: self.networks(lan.map(Spanned::into_inner).unwrap_or_default()),
            voice_vlans: self.vlans(voice_vlans.map(Spanned::into_inner).unwrap_or_default()),
            hosts: self.hosts(hosts),
            providers: providers.into_iter().filter_map(|raw| self.provider(raw)).collect(),
            ports: ports.into_iter().filter_map(|raw| self.port_change(raw)).collect(),
            exceptions: exceptions.into_iter().filter_map(|raw| self.exception(raw)).collect(),
        }
    }

    fn hosts(&mut self, hosts: Vec<Spanned<RawHost>>) -> Vec<HostHint> {
        let mut first: BTreeMap<IpAddr, Range<usize>> = BTreeMap::new();
        let mut hints = Vec::new();
        for raw in hosts.into_iter().map(Spanned::into_inner) {
            let span = raw.address.span();
            let (address, role) = (self.address(&raw.address), self.role(&raw.role));
            let model = raw.model.as_ref().map(|model| self.model(model, raw.role.get_ref()));
            let (Some(address), Some(role)) = (address, role) else { continue };
            if let Some(earlier) = first.get(&address) {
                let help = "keep one of the two entries";
                let problem = Problem::at(self.source, span, format!("{address} is listed twice"), help);
                self.problems.push(problem.related(self.source, earlier.clone(), "first here"));
                continue;
            }
            first.insert(address, span);
            hints.push(HostHint { address, role, model: model.flatten(), name: raw.name });
        }
        hints
    }

    fn provider(&mut self, raw: Spanned<RawProvider>) -> Option<ProviderHint> {
        let span = raw.span();
        let raw = raw.into_inner();
        if raw.addresses.is_empty() {
            self.complain(span, "a provider without addresses", "list them: addresses = [\"217.0.0.0/13\"]");
            return None;
        }
        Some(ProviderHint { name: raw.name, addresses: self.networks(raw.addresses) })
    }

    fn port_change(&mut self, raw: Spanned<RawPorts>) -> Option<PortChange> {
        let (line, _) = self.source.line_column(raw.span().start);
        let raw = raw.into_inner();
        let row = raw.row.get_ref().as_str();
        let known = self.known.rows.iter().find(|id| id.as_str() == row).cloned();
        if known.is_none() {
            let help = "use an id that `pbxray ports` prints, such as the row of the RTP range";
            self.complain(raw.row.span(), format!("no rule row has the id `{row}`"), help);
        }
        let own = self.ports(&raw.own);
        let host = raw.host.as_ref().map(|host| self.address(host));
        let reason = self.reason(raw.reason);
        Some(PortChange { row: known?, host: host.flatten(), own: own?, reason: reason?, line })
    }

    fn exception(&mut self, raw: Spanned<RawException>) -> Option<Exception> {
        let span = raw.span();
        let (line, _) = self.source.line_column(span.start);
        let raw = raw.into_inner();
        if raw.host.is_none() && raw.peer.is_none() && raw.port.is_none() && raw.code.is_none() {
            let help = "say at least one of host, peer, port, code";
            self.complain(span, "this exception would accept every finding", help);
        }
        let host = raw.host.as_ref().map(|host| self.address(host));
        let peer = raw.peer.as_ref().map(|peer| self.network(peer));
        let port = raw.port.as_ref().map(|port| self.ports(port));
        let transport = raw.transport.as_ref().map(|word| self.transport(word));
        let is_detailed = raw.peer.is_some() || raw.port.is_some() || raw.transport.is_some();
        let code = raw.code.map(|code| self.code(code, is_detailed));
        let reason = self.reason(raw.reason)?;
        let (host, peer, port, code) = (host.flatten(), peer.flatten(), port.flatten(), code.flatten());
        Some(Exception { host, peer, port, transport: transport.flatten(), code, reason, line })
    }

    fn transport(&mut self, word: &Spanned<String>) -> Option<TransportSpec> {
        let known = [("udp", TransportSpec::Udp), ("tcp", TransportSpec::Tcp), ("any", TransportSpec::Any)];
        let found = known.into_iter().find(|(known, _)| word.get_ref().eq_ignore_ascii_case(known));
        if found.is_none() {
            let message = format!("`{}` is no transport", word.get_ref());
            self.complain(word.span(), message, "use \"udp\", \"tcp\", or \"any\" for both");
        }
        found.map(|(_, transport)| transport)
    }

    fn code(&mut self, code: Spanned<String>, is_detailed: bool) -> Option<String> {
        let is_in = |known: &[&str]| known.is_empty() || known.contains(&code.get_ref().as_str());
        if !is_in(self.known.codes) {
            let message = format!("no finding has the code `{}`", code.get_ref());
            self.complain(code.span(), message, "use the code that the report prints, such as PORT-001");
            return None;
        }
        if is_detailed && !is_in(self.known.detailed) {
            let message =
                format!("{} is about a host as a whole, not about a port or a peer", code.get_ref());
            let help =
                "leave port, peer and transport out: the exception then accepts the finding about this host";
            self.complain(code.span(), message, help);
            return None;
        }
        Some(code.into_inner())
    }

    fn reason(&mut self, reason: Spanned<String>) -> Option<String> {
        if reason.get_ref().trim().is_empty() {
            self.complain(
                reason.span(),
                "the reason is empty",
                "say why this is accepted; the report prints it",
            );
            return None;
        }
        Some(reason.into_inner())
    }

    fn role(&mut self, role: &Spanned<String>) -> Option<RoleId> {
        let name = role.get_ref().as_str();
        let found =
            self.known.roles.iter().find(|known| known.id.as_str() == name).map(|known| known.id.clone());
        if found.is_none() {
            let names: Vec<&str> = self.known.roles.iter().map(|known| known.id.as_str()).collect();
            let help = format!("use one of {}", names.join(", "));
            self.complain(role.span(), format!("no rule book declares the role `{name}`"), help);
        }
        found
    }

    fn model(&mut self, model: &Spanned<String>, role: &str) -> Option<ModelId> {
        let name = model.get_ref().as_str();
        let of_role = self.known.models.iter().filter(|known| known.role.as_str() == role);
        let found = of_role.clone().find(|known| known.id.as_str() == name).map(|known| known.id.clone());
        if found.is_none() {
            let names: Vec<&str> = of_role.map(|known| known.id.as_str()).collect();
            let help = if names.is_empty() {
                "leave `model` out: no models are distinguished for this role".to_owned()
            } else {
                format!("use one of {}", names.join(", "))
            };
            self.complain(model.span(), format!("`{role}` has no model `{name}`"), help);
        }
        found
    }

    fn ports(&mut self, word: &Spanned<Word>) -> Option<Ports> {
        match word.get_ref().0.parse() {
            Ok(ports) => Some(ports),
            Err(error) => {
                let help = "write a port, a range or a list: 5060, \"6000-6063\", \"80, 443\"";
                self.complain(word.span(), format!("{error}"), help);
                None
            }
        }
    }

    fn address(&mut self, text: &Spanned<String>) -> Option<IpAddr> {
        let parsed = text.get_ref().trim().parse().ok();
        if parsed.is_none() {
            let message = format!("`{}` is no IP address", text.get_ref());
            self.complain(text.span(), message, "write it like 192.168.10.2 or fd00::2");
        }
        parsed
    }

    fn networks(&mut self, texts: Vec<Spanned<String>>) -> Vec<IpNet> {
        texts.iter().filter_map(|text| self.network(text)).collect()
    }

    /// In order, each once. Of the numbers of 12 bits 0 and 4095 name no VLAN (IEEE 802.1Q).
    fn vlans(&mut self, numbers: Vec<Spanned<u16>>) -> Vec<u16> {
        let mut vlans = BTreeSet::new();
        for number in numbers {
            match *number.get_ref() {
                known @ 1..=4094 => drop(vlans.insert(known)),
                other => self.complain(number.span(), format!("{other} is no VLAN"), "VLANs are 1 to 4094"),
            }
        }
        vlans.into_iter().collect()
    }

    /// A network, or a single address as the network that holds only it.
    fn network(&mut self, text: &Spanned<String>) -> Option<IpNet> {
        let word = text.get_ref().trim();
        let parsed = word.parse::<IpNet>().ok().or_else(|| word.parse::<IpAddr>().ok().map(IpNet::from));
        if parsed.is_none() {
            let message = format!("`{word}` is no network");
            self.complain(text.span(), message, "write it like 192.168.10.0/24, or a single address");
        }
        parsed.map(|network| network.trunc())
    }

    fn complain(&mut self, span: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(Problem::at(self.source, span, message, help));
    }
}

#[cfg(test)]
mod tests;
