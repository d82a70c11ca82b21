//! The AGFEO site that most scenarios start from: a PBX, its telephones and computers, a provider.

use crate::net::{Call, Class, Host, Line, MS, Media, Net, Outcome, Policy, SECOND, Say, Stream};
use crate::talk::server;

/// The router: gateway, name server, DHCP and time.
pub const ROUTER: Host = Host::lan("router", [192, 168, 10, 1], [0x00, 0x04, 0x0e, 0x10, 0x00, 0x01]);
/// An ES system.
pub const PBX: Host =
    Host::lan("anlage", [192, 168, 10, 2], [0x00, 0x09, 0x40, 0x10, 0x00, 0x02]).marking(Policy::VOICE);
/// T14 SIP.
pub const T14: Host = phone("t14", 21);
/// T17 SIP.
pub const T17: Host = phone("t17", 22);
/// DECT IP base.
pub const DECT: Host = phone("dect", 31);
/// System telephone with ASIP.
pub const ASIP: Host = phone("st56ip", 41);
/// IP video door station.
pub const TFE: Host = phone("tfe", 61);
/// Windows computer with Dashboard and VISOfon.
pub const PC: Host = Host::lan("buero-pc", [192, 168, 10, 51], [0x3c, 0x52, 0x82, 0x10, 0x00, 0x51])
    .windows()
    .marking(Policy::VOICE);
/// A second Windows computer that has nothing to do with telephony.
pub const OFFICE_PC: Host =
    Host::lan("lager-pc", [192, 168, 10, 52], [0x3c, 0x52, 0x82, 0x10, 0x00, 0x52]).windows();
/// A file server in the LAN.
pub const NAS: Host = Host::lan("nas", [192, 168, 10, 60], [0x00, 0x11, 0x32, 0x10, 0x00, 0x60]);
/// Registrar of the provider.
pub const PROVIDER: Host = Host::internet("provider", [203, 0, 113, 10], ROUTER);
/// Media server of the provider.
pub const PROVIDER_MEDIA: Host = Host::internet("provider-media", [203, 0, 113, 20], ROUTER);
/// Whatever `*.agfeo.de` resolves to here.
pub const CLOUD: Host = Host::internet("agfeo", [198, 51, 100, 10], ROUTER);
/// Somebody in the Internet whom nobody knows.
pub const STRANGER: Host = Host::internet("stranger", [198, 51, 100, 77], ROUTER);

/// Domain of the provider.
pub const PROVIDER_DOMAIN: &str = "tel.provider.example";
/// Domain of the PBX for its telephones.
pub const DOMAIN: &str = "anlage.example";
/// How long calls last that are measured: 100 packets each way.
pub const TALK: u64 = 2 * SECOND;
/// How long the base call lasts where it only has to be there: 60 packets each way.
pub const SHORT: u64 = 1200 * MS;
/// When the base site has said everything.
pub const AFTER: u64 = 8 * SECOND;

const fn phone(name: &'static str, number: u8) -> Host {
    Host::lan(name, [192, 168, 10, number], [0x00, 0x09, 0x40, 0x20, 0x00, number]).marking(Policy::VOICE)
}

/// The PBX as registrar and as the other side of calls, with its media at `rtp`.
#[must_use]
pub const fn pbx_line(pbx: Host, rtp: u16) -> Line {
    Line::new("10", "AGFEO SIP V4.10.02", pbx.port(5060), rtp)
}

/// A T14 with the first port of its range.
#[must_use]
pub const fn t14_line(host: Host) -> Line {
    Line::new("21", "AGFEO T14 SIP 2.14.1", host.port(5060), 10_000)
}

/// A T17.
#[must_use]
pub const fn t17_line(host: Host) -> Line {
    Line::new("22", "AGFEO T17 SIP 2.14.1", host.port(5060), 10_002)
}

/// A handset of the DECT base; the base signals for all of them from one port.
#[must_use]
pub const fn dect_line(user: &'static str, rtp: u16) -> Line {
    Line::new(user, "AGFEO DECT IP Basis 5.32", DECT.port(5060), rtp)
}

/// VISOfon with the ports that the PBX presets.
#[must_use]
pub const fn visofon_line(host: Host) -> Line {
    Line::new("51", "AGFEO VISOfon 1.9", host.port(60_104), 65_100)
}

/// The PBX's account at the provider, signalling from `port`.
#[must_use]
pub const fn trunk_line(port: u16, rtp: u16) -> Line {
    Line::new("4952100", "AGFEO SIP V4.10.02", PBX.port(port), rtp)
}

/// The provider with a call from outside.
#[must_use]
pub const fn provider_line() -> Line {
    let line = Line::new("4930200", "Provider-SBC 7.2", PROVIDER.port(5060), 0);
    Line { media: Stream::new(PROVIDER_MEDIA.port(23_400)), ..line }
}

/// The base site: both SIP telephones register, the PBX greets its cloud, the T14 has one call with the PBX.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// The T14 as it signals and speaks.
    pub t14: Line,
    /// The PBX as registrar and as the other side of the call.
    pub pbx: Line,
    /// How long the call lasts; 0 for no call.
    pub lasts: u64,
    /// Whether both send RTCP.
    pub rtcp: bool,
}

impl Default for Site {
    fn default() -> Self {
        Self { t14: t14_line(T14), pbx: pbx_line(PBX, 5204), lasts: SHORT, rtcp: true }
    }
}

impl Site {
    /// Says all that on the wire; ends before [`AFTER`].
    pub fn play(&self, net: &mut Net) {
        let (pbx, phone) = (self.pbx.sip.host, self.t14.sip.host);
        net.arp(0, phone, pbx);
        net.arp(2 * MS, pbx, ROUTER);
        net.ntp(100 * MS, pbx.port(123), ROUTER);
        cloud_visit(net, 200 * MS, pbx, "pbx.agfeo.de");
        net.register(500 * MS, self.t14, self.pbx, DOMAIN, Outcome::Accepted);
        net.register(600 * MS, t17_line(T17), self.pbx, DOMAIN, Outcome::Accepted);
        directory(net, SECOND, phone, pbx);
        if self.lasts > 0 {
            let call = Call::new(2 * SECOND, self.lasts, self.t14, self.pbx);
            net.call(&Call { rtcp: self.rtcp, ..call });
        }
    }

    /// The base site as a network to which a deviation can be added.
    #[must_use]
    pub fn net(&self) -> Net {
        let mut net = Net::new(1);
        self.play(&mut net);
        net
    }
}

/// `host` looks `name` up and opens TLS to it.
pub fn cloud_visit(net: &mut Net, at: u64, host: Host, name: &str) {
    net.resolve(at, host, ROUTER, name, &[CLOUD]);
    net.tls(at + 20 * MS, host.port(49_300), CLOUD.port(443), Class::Data, name, 400);
}

/// `client` reads the PBX's directory over LDAP.
pub fn directory(net: &mut Net, at: u64, client: Host, pbx: Host) {
    let words = [Say::Client(server::ldap_bind(1)), Say::Server(server::ldap_bound(1))];
    net.conversation(at, client.port(49_400), pbx.port(389), Class::Data, &words);
}

/// A conversation of an ASIP telephone at its one documented media port; it has none for RTCP.
#[must_use]
pub const fn asip_media(phone: Host, pbx: Host, rtp: u16, at: u64, lasts: u64) -> Media {
    Media { rtcp: false, ..Media::between(phone.port(5896), pbx.port(rtp), at, lasts) }
}

/// An ASIP telephone's signalling connection, from its documented port to the PBX's.
pub fn asip_signalling(net: &mut Net, at: u64, phone: Host, pbx: Host) {
    let words = [
        Say::Client(server::binary(1, &net.rng().bytes(40))),
        Say::Server(server::binary(2, &net.rng().bytes(60))),
        Say::Pause(SECOND),
        Say::Client(server::binary(7, &net.rng().bytes(24))),
        Say::Server(server::binary(8, &net.rng().bytes(24))),
    ];
    net.conversation(at, phone.port(2153), pbx.port(5904), Class::Signalling, &words);
}
