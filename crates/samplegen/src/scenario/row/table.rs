//! The rows as data. The id is that of the vendors' lists; own and remote side follow from who opens.

use super::cast::Who;
use Fault::{From, To, Unanswered};
use Talk::{
    Binary, BinaryUdp, Csta, Dns, DnsTcp, Http, Ldap, Media, Mqtt, Ntp, NtpTcp, OpenVpn, Search, SipMedia,
    SipTcp, SipUdp, Smtp, Srtp, Stun, Syslog, Tftp, Tls, Trace, Xmpp,
};

/// What is spoken; it decides the transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Talk {
    Dns,
    DnsTcp,
    Ntp,
    /// In the list, though nobody does it.
    NtpTcp,
    /// Bytes over TCP that no list describes.
    Binary,
    /// The same as single datagrams that are not answered.
    BinaryUdp,
    Http,
    Tls,
    Ldap,
    Mqtt,
    Csta,
    SipUdp,
    SipTcp,
    /// A call with SIP around it.
    SipMedia,
    /// Media that no message announces.
    Media,
    /// The same encrypted.
    Srtp,
    /// AGFEO's device search.
    Search,
    Tftp,
    /// A capture as a stream.
    Trace,
    Syslog,
    Stun,
    Xmpp,
    Smtp,
    OpenVpn,
}

impl Talk {
    pub(super) fn is_media(self) -> bool {
        matches!(self, Self::SipMedia | Self::Media | Self::Srtp)
    }
}

/// How a row breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Tried, without an answer.
    Unanswered,
    /// The opener uses this port of its own.
    From(u16),
    /// The other side uses this port.
    To(u16),
}

/// One row. Port 0 stands for an ephemeral one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) id: &'static str,
    /// Who opens, or whose media port it is.
    pub(super) from: Who,
    pub(super) from_port: u16,
    pub(super) to: Who,
    pub(super) to_port: u16,
    pub(super) talk: Talk,
    pub(super) fault: Fault,
}

/// Rows of whom is called; all others are of whom calls, or whose media port it is.
const CALLED: [&str; 21] = [
    "A03", "A06", "A07", "A08", "A09", "A11", "A12", "A50", "A53", "A73", "A74", "A76", "P16", "P17", "P18",
    "P19", "P22", "P23", "P24", "P25", "P26",
];

impl Row {
    /// In whose list it stands.
    pub(super) fn whose(&self) -> Who {
        if CALLED.contains(&self.id) { self.to } else { self.from }
    }
}

const fn row(id: &'static str, from: (Who, u16), to: (Who, u16), talk: Talk, fault: Fault) -> Row {
    Row { id, from: from.0, from_port: from.1, to: to.0, to_port: to.1, talk, fault }
}

use Who::{
    AgfeoCloud, App, Asip, Away, Broker, Computer, Dashboard, Dect, Module, MyPascom, PascomClient,
    PascomCloud, PascomMail, PascomServer, PascomWebClient, Provider, Resolver, T14, T17, Tapi, Tfe, Time,
    Visofon, Werkzeug, Yealink,
};

const PBX: Who = Who::Pbx("es-pure-ip");
const HYPERVOICE: Who = Who::Pbx("hypervoice");

pub(super) const TABLE: [Row; 102] = [
    row("A01", (PBX, 0), (Resolver, 53), Dns, Unanswered),
    row("A02", (PBX, 0), (Resolver, 53), DnsTcp, Unanswered),
    row("A03", (Dashboard, 0), (PBX, 80), Http, Unanswered),
    row("A04", (PBX, 123), (Resolver, 123), Ntp, Unanswered),
    row("A05", (PBX, 0), (Resolver, 123), NtpTcp, Unanswered),
    row("A06", (T14, 0), (PBX, 389), Ldap, Unanswered),
    row("A07", (Dashboard, 0), (PBX, 443), Tls, Unanswered),
    row("A08", (Computer, 0), (PBX, 1883), Mqtt, Unanswered),
    row("A09", (Tapi, 0), (PBX, 3232), Csta, Unanswered),
    row("A10", (PBX, 0), (Broker, 1883), Mqtt, Unanswered),
    row("A11", (Asip, 2153), (PBX, 5904), Binary, Unanswered),
    row("A12", (T14, 5060), (PBX, 5060), SipUdp, Unanswered),
    row("A13", (PBX, 5064), (Provider, 5060), SipUdp, From(6064)),
    row("A14", (PBX, 0), (Provider, 5060), SipTcp, Unanswered),
    row("A15", (Who::Pbx("es-16ch"), 5004), (T14, 10_000), SipMedia, From(6004)),
    row("A16", (Who::Pbx("es-16ch"), 5020), (T14, 10_000), SipMedia, From(5040)),
    row("A17", (Who::Pbx("es-4ch"), 5010), (T14, 10_000), SipMedia, From(5012)),
    row("A18", (Who::Pbx("es-6ch"), 5014), (T14, 10_000), SipMedia, From(5016)),
    row("A19", (Who::Pbx("es-12ch"), 5026), (T14, 10_000), SipMedia, From(5028)),
    row("A20", (Who::Pbx("es-16ch"), 5034), (T14, 10_000), SipMedia, From(5036)),
    row("A21", (Module, 5004), (T14, 10_000), SipMedia, From(6004)),
    row("A22", (PBX, 5204), (T14, 10_000), SipMedia, From(9_000)),
    row("A23", (PBX, 5262), (T14, 10_000), SipMedia, From(5264)),
    row("A24", (Who::Pbx("es-7xx-plus"), 5330), (T14, 10_000), SipMedia, From(5332)),
    row("A25", (HYPERVOICE, 5522), (T14, 10_000), SipMedia, From(5524)),
    row("A26", (PBX, 0), (AgfeoCloud("remote.agfeo.de"), 443), Tls, Unanswered),
    row("A27", (PBX, 0), (AgfeoCloud("remote2.agfeo.de"), 443), Tls, Unanswered),
    row("A28", (PBX, 0), (AgfeoCloud("pbx.agfeo.de"), 443), Tls, Unanswered),
    row("A29", (HYPERVOICE, 0), (AgfeoCloud("aws.agfeo.de"), 443), Tls, Unanswered),
    row("A30", (PBX, 0), (AgfeoCloud("dect.agfeo.de"), 80), Http, Unanswered),
    row("A31", (PBX, 0), (AgfeoCloud("dect.agfeo.de"), 443), Tls, Unanswered),
    row("A32", (Dashboard, 0), (AgfeoCloud("autoupdate.agfeo.de"), 443), Tls, Unanswered),
    row("A33", (Dashboard, 0), (AgfeoCloud("dokumentation.agfeo.de"), 443), Tls, Unanswered),
    row("A34", (T14, 5060), (PBX, 5060), SipUdp, From(5070)),
    row("A35", (T14, 10_100), (PBX, 5204), SipMedia, From(12_000)),
    row("A36", (T17, 5060), (PBX, 5060), SipUdp, From(5070)),
    row("A37", (T17, 10_100), (PBX, 5204), SipMedia, From(12_000)),
    row("A38", (Dect, 5060), (PBX, 5060), SipUdp, From(5070)),
    row("A39", (Dect, 50_042), (PBX, 5204), SipMedia, From(50_044)),
    row("A40", (Visofon, 51_234), (PBX, 5060), SipUdp, Unanswered),
    row("A41", (Visofon, 60_104), (PBX, 5060), SipUdp, Unanswered),
    row("A42", (Visofon, 45_000), (PBX, 5060), SipUdp, Unanswered),
    row("A43", (Visofon, 53_000), (PBX, 5204), SipMedia, Unanswered),
    row("A44", (Visofon, 65_118), (PBX, 5204), SipMedia, Unanswered),
    row("A45", (Visofon, 40_000), (PBX, 5204), SipMedia, Unanswered),
    row("A46", (Tfe, 5060), (PBX, 5060), SipUdp, From(5070)),
    row("A47", (Tfe, 7078), (PBX, 5204), SipMedia, Unanswered),
    row("A48", (Dect, 0), (AgfeoCloud("dect.agfeo.de"), 80), Http, Unanswered),
    row("A49", (Dashboard, 0), (AgfeoCloud("headset.agfeo.cst.online"), 80), Http, Unanswered),
    row("A50", (Computer, 0), (Asip, 80), Http, Unanswered),
    row("A51", (Asip, 2153), (PBX, 5904), Binary, From(2154)),
    row("A52", (Asip, 5896), (PBX, 5204), Media, From(5996)),
    row("A53", (Werkzeug, 0), (Asip, 12_179), Search, Unanswered),
    row("A54", (Asip, 0), (AgfeoCloud("system.agfeo.de"), 80), Http, Unanswered),
    row("A55", (App, 0), (PBX, 443), Tls, Unanswered),
    row("A56", (Dashboard, 0), (PBX, 80), Http, Unanswered),
    row("A57", (Dashboard, 0), (PBX, 443), Tls, Unanswered),
    row("A58", (Tapi, 0), (PBX, 3232), Csta, Unanswered),
    row("A59", (Werkzeug, 0), (PBX, 12_172), Search, Unanswered),
    row("A60", (Werkzeug, 0), (PBX, 12_176), Search, Unanswered),
    row("A61", (Werkzeug, 0), (PBX, 12_178), Search, Unanswered),
    row("A62", (Werkzeug, 0), (Asip, 12_179), Search, Unanswered),
    row("A63", (Werkzeug, 0), (PBX, 12_181), Search, Unanswered),
    row("A64", (Werkzeug, 0), (PBX, 12_185), Search, Unanswered),
    row("A65", (Werkzeug, 0), (PBX, 12_186), Search, Unanswered),
    row("A66", (Werkzeug, 0), (Dect, 12_187), Search, Unanswered),
    row("A67", (Werkzeug, 0), (PBX, 12_188), Search, Unanswered),
    row("A68", (Werkzeug, 0), (PBX, 12_189), Search, Unanswered),
    row("A69", (Werkzeug, 0), (Tfe, 12_190), Search, Unanswered),
    row("A70", (Werkzeug, 0), (PBX, 12_191), Search, Unanswered),
    row("A71", (Werkzeug, 0), (Module, 12_192), Search, Unanswered),
    row("A72", (Werkzeug, 0), (PBX, 12_174), Binary, Unanswered),
    row("A73", (PBX, 0), (Werkzeug, 12_175), BinaryUdp, Unanswered),
    row("A74", (Dect, 0), (Werkzeug, 69), Tftp, Unanswered),
    row("A75", (Werkzeug, 0), (PBX, 39_321), Trace, Unanswered),
    row("A76", (PBX, 0), (Werkzeug, 514), Syslog, Unanswered),
    row("P01", (Yealink, 0), (PascomCloud, 5061), Tls, Unanswered),
    row("P02", (Yealink, 11_780), (PascomCloud, 30_100), Srtp, To(36_000)),
    row("P03", (Yealink, 0), (PascomCloud, 636), Tls, Unanswered),
    row("P04", (Yealink, 0), (PascomCloud, 8884), Tls, Unanswered),
    row("P05", (PascomClient, 0), (MyPascom, 80), Http, Unanswered),
    row("P06", (PascomClient, 0), (MyPascom, 443), Tls, Unanswered),
    row("P07", (PascomClient, 0), (PascomCloud, 3478), Stun, Unanswered),
    row("P08", (PascomClient, 0), (PascomCloud, 5222), Xmpp, Unanswered),
    row("P09", (PascomWebClient, 0), (PascomCloud, 19_302), Stun, Unanswered),
    row("P10", (PascomWebClient, 0), (PascomCloud, 19_302), Tls, Unanswered),
    row("P11", (PascomServer, 0), (PascomCloud, 8885), OpenVpn, Unanswered),
    row("P12", (PascomServer, 0), (MyPascom, 80), Http, Unanswered),
    row("P13", (PascomServer, 0), (MyPascom, 443), Tls, Unanswered),
    row("P14", (PascomServer, 0), (PascomMail, 25), Smtp, Unanswered),
    row("P15", (PascomServer, 0), (Time, 123), Ntp, Unanswered),
    row("P16", (Away, 0), (PascomServer, 5061), Tls, Unanswered),
    row("P17", (Away, 61_004), (PascomServer, 30_002), Srtp, To(36_000)),
    row("P18", (Away, 0), (PascomServer, 636), Tls, Unanswered),
    row("P19", (Away, 0), (PascomServer, 8884), Tls, Unanswered),
    row("P20", (PascomClient, 0), (MyPascom, 80), Http, Unanswered),
    row("P21", (PascomClient, 0), (MyPascom, 443), Tls, Unanswered),
    row("P22", (Away, 0), (PascomServer, 3478), Stun, Unanswered),
    row("P23", (Away, 0), (PascomServer, 5222), Xmpp, Unanswered),
    row("P24", (Away, 0), (PascomServer, 19_302), Stun, Unanswered),
    row("P25", (Away, 0), (PascomServer, 19_302), Tls, Unanswered),
    row("P26", (Away, 0), (PascomServer, 8885), OpenVpn, Unanswered),
];
