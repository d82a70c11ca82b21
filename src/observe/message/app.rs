//! What a flow carries, told by content. A port only decides between formats that are the same bytes.

use std::fmt;

use super::{
    Reading, capwap, dhcp, dns, http, ldap, mqtt, netbios, ntp, openvpn, quic, sip, snmp, stun, syslog, tftp,
};
use super::{tls, trace, websocket, xmpp, zrtp};

/// Ports that IANA gives to the variants of DNS: the format is the same.
const MDNS_PORT: u16 = 5353;
const LLMNR_PORT: u16 = 5355;
/// Of the name service, RFC 1002 section 4.2: what it says reads as DNS where its names are not encoded as they should be.
const NETBIOS_PORT: u16 = 137;

/// An application protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum App {
    /// RFC 3261, readable.
    Sip,
    /// RFC 3550; never recognised from one datagram, a stream's behaviour decides.
    Rtp,
    /// RFC 3550; never recognised from one datagram.
    Rtcp,
    /// STUN and TURN, RFC 8489 and RFC 8656.
    Stun,
    /// RFC 6347.
    Dtls,
    /// RFC 6189: keys for the media on the same ports.
    Zrtp,
    /// RFC 9000.
    Quic,
    /// RFC 1035.
    Dns,
    /// RFC 6762.
    Mdns,
    /// RFC 4795.
    Llmnr,
    /// RFC 2131.
    Dhcp,
    /// RFC 5905.
    Ntp,
    /// RFC 8446; what is inside (SIP, HTTP, ...) cannot be told.
    Tls,
    /// RFC 9112.
    Http,
    /// RFC 4511.
    Ldap,
    /// OASIS MQTT.
    Mqtt,
    /// RFC 6120.
    Xmpp,
    /// RFC 1350.
    Tftp,
    /// RFC 5424.
    Syslog,
    /// RFC 3411.
    Snmp,
    /// UPnP discovery: HTTP over UDP.
    Ssdp,
    /// RFC 1002.
    Netbios,
    /// OpenVPN.
    OpenVpn,
    /// RFC 5415.
    Capwap,
    /// RFC 4253.
    Ssh,
    /// RFC 5321.
    Smtp,
    /// The remote framebuffer protocol of VNC, RFC 6143.
    Vnc,
    /// A capture file that is being sent.
    Capture,
    /// Not recognised.
    #[default]
    Unknown,
}

impl App {
    /// Stable name in lower case, for reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sip => "sip",
            Self::Rtp => "rtp",
            Self::Rtcp => "rtcp",
            Self::Stun => "stun",
            Self::Dtls => "dtls",
            Self::Zrtp => "zrtp",
            Self::Quic => "quic",
            Self::Dns => "dns",
            Self::Mdns => "mdns",
            Self::Llmnr => "llmnr",
            Self::Dhcp => "dhcp",
            Self::Ntp => "ntp",
            Self::Tls => "tls",
            Self::Http => "http",
            Self::Ldap => "ldap",
            Self::Mqtt => "mqtt",
            Self::Xmpp => "xmpp",
            Self::Tftp => "tftp",
            Self::Syslog => "syslog",
            Self::Snmp => "snmp",
            Self::Ssdp => "ssdp",
            Self::Netbios => "netbios",
            Self::OpenVpn => "openvpn",
            Self::Capwap => "capwap",
            Self::Ssh => "ssh",
            Self::Smtp => "smtp",
            Self::Vnc => "vnc",
            Self::Capture => "capture",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a datagram is, beyond doubt; `None` if it could be anything, as media are.
///
/// `wire_length` is the payload's length on the wire: what the snap length took is not held against a protocol.
#[must_use]
pub fn recognise_datagram(
    bytes: &[u8],
    wire_length: usize,
    source_port: u16,
    destination_port: u16,
) -> Option<App> {
    let is_cut = bytes.len() < wire_length;
    // Strong marks first: text, cookies and magic numbers; then formats where everything must fit.
    if sip::is_sip(bytes) || sip::keep_alive(bytes).is_some() {
        Some(App::Sip)
    } else if stun::read(bytes, is_cut).is_some() || stun::channel_data(bytes, is_cut).is_some() {
        Some(App::Stun)
    } else if tls::is_dtls(bytes, is_cut) {
        Some(App::Dtls)
    } else if zrtp::read(bytes, is_cut).is_some() {
        Some(App::Zrtp)
    } else if quic::version(bytes).is_some() {
        Some(App::Quic)
    } else if dhcp::read(bytes).is_some() {
        Some(App::Dhcp)
    } else if netbios::is_netbios(bytes) {
        Some(App::Netbios)
    } else if dns::is_dns(bytes, is_cut) {
        Some(dns_by_port(source_port, destination_port))
    } else if matches!(http::read(bytes), Reading::Whole(_) | Reading::Partial(Some(_))) {
        Some(App::Ssdp)
    } else if snmp::version(bytes, is_cut).is_some() {
        Some(App::Snmp)
    } else if syslog::priority(bytes).is_some() {
        Some(App::Syslog)
    } else if tftp::read(bytes).is_some() {
        Some(App::Tftp)
    } else if openvpn::is_reset(bytes) {
        Some(App::OpenVpn)
    } else if capwap::is_capwap(bytes, is_cut) {
        Some(App::Capwap)
    } else {
        ntp::read(bytes).map(|_| App::Ntp)
    }
}

/// What the first bytes of a TCP direction are, beyond doubt; `None` if more are needed or it is none of these.
#[must_use]
pub fn recognise_stream_start(bytes: &[u8]) -> Option<App> {
    if sip::is_sip(bytes) || websocket::is_sip(bytes) {
        Some(App::Sip)
    } else if bytes.len() > 5 && tls::is_record_start(bytes) {
        Some(App::Tls)
    } else if bytes.starts_with(b"SSH-") {
        Some(App::Ssh)
    } else if bytes.starts_with(b"RFB 00") {
        Some(App::Vnc)
    } else if matches!(http::read(bytes), Reading::Whole(_) | Reading::Partial(Some(_))) {
        Some(App::Http)
    } else if xmpp::read(bytes).is_some() {
        Some(App::Xmpp)
    } else if is_smtp(bytes) {
        Some(App::Smtp)
    } else if trace::is_capture(bytes) {
        Some(App::Capture)
    } else if mqtt::read_connect(bytes).is_some() {
        Some(App::Mqtt)
    } else if matches!(ldap::read(bytes), Reading::Whole(_)) {
        Some(App::Ldap)
    } else if stun::read(bytes, true).is_some_and(|stun| !stun.is_classic) {
        Some(App::Stun)
    } else if openvpn::is_reset_stream(bytes) {
        Some(App::OpenVpn)
    } else {
        dns::frame_stream(bytes).filter(|(message, _)| dns::is_dns(message, false)).map(|_| App::Dns)
    }
}

fn dns_by_port(source: u16, destination: u16) -> App {
    match (source, destination) {
        (MDNS_PORT, _) | (_, MDNS_PORT) => App::Mdns,
        (LLMNR_PORT, _) | (_, LLMNR_PORT) => App::Llmnr,
        (NETBIOS_PORT, NETBIOS_PORT) => App::Netbios,
        _ => App::Dns,
    }
}

/// Greeting of a server that names the protocol (FTP greets with 220 too), RFC 5321 section 4.2; or of a client.
fn is_smtp(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"EHLO ") {
        return true;
    }
    if !(bytes.starts_with(b"220 ") || bytes.starts_with(b"220-")) {
        return false;
    }
    let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or(bytes);
    line.windows(4).any(|word| word.eq_ignore_ascii_case(b"SMTP"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::*;

    fn datagram(bytes: &[u8]) -> Option<App> {
        recognise_datagram(bytes, bytes.len(), 40_000, 40_001)
    }

    #[test]
    fn datagrams_are_told_by_content() {
        let query = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03pbx\x07example\0\0\x01\0\x01";
        let ntp = [&[0x23, 0, 6, 0xe9][..], &[0; 36], &[0xe9; 8]].concat();
        let cases: [(&[u8], App); 13] = [
            (b"OPTIONS sip:a SIP/2.0\r\n\r\n", App::Sip),
            (b"\r\n\r\n", App::Sip),
            (b"\0\x01\0\0\x21\x12\xa4\x42abcdefghijkl", App::Stun),
            (b"\x16\xfe\xff\0\0\0\0\0\0\0\0\0\x01\x01", App::Dtls),
            (b"\x10\0\0\x01ZRTPabcd\x50\x5a\0\x03HelloACK\x01\x02\x03\x04", App::Zrtp),
            (b"\xc3\0\0\0\x01\0\0\0", App::Quic),
            (query, App::Dns),
            (b"M-SEARCH * HTTP/1.1\r\nST: x\r\n\r\n", App::Ssdp),
            (b"\x30\x0f\x02\x01\x01\x04\x06public\xa0\x02\x02\0", App::Snmp),
            (b"<34>Oct 11 pbx", App::Syslog),
            (b"\0\x01a.cfg\0octet\0", App::Tftp),
            (b"\x38session!\0\0\0\0\0", App::OpenVpn),
            (&ntp, App::Ntp),
        ];
        for (bytes, app) in cases {
            assert_eq!(datagram(bytes), Some(app), "{}", bytes.escape_ascii());
        }
        assert_eq!(recognise_datagram(query, query.len(), 5353, 5353), Some(App::Mdns));
        assert_eq!(recognise_datagram(query, query.len(), 50_000, 5355), Some(App::Llmnr));
        // A name that is not encoded as NetBIOS wants it reads as DNS.
        assert_eq!(recognise_datagram(query, query.len(), 137, 137), Some(App::Netbios));
    }

    #[test]
    fn streams_are_told_by_their_start() {
        let cases: [(&[u8], App); 11] = [
            (b"RFB 003.008\n", App::Vnc),
            (b"REGISTER sip:a SIP/2.0\r\nVia: x", App::Sip),
            (b"\x16\x03\x01\x02\0\x01\0\x01", App::Tls),
            (b"SSH-2.0-OpenSSH_9.6\r\n", App::Ssh),
            (b"GET / HTTP/1.1\r\n", App::Http),
            (b"<?xml version='1.0'?><stream:stream to='a'>", App::Xmpp),
            (b"220 mx.example ESMTP\r\n", App::Smtp),
            (b"\xd4\xc3\xb2\xa1\x02\0\x04\0", App::Capture),
            (b"\x10\x0c\0\x04MQTT\x04\0\0\x3c\0\0", App::Mqtt),
            (b"\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\0\x80\0", App::Ldap),
            (b"\0\x0e\x38session!\0\0\0\0\0", App::OpenVpn),
        ];
        for (bytes, app) in cases {
            assert_eq!(recognise_stream_start(bytes), Some(app), "{}", bytes.escape_ascii());
        }
        for bytes in [&b""[..], b"220 ftp ready\r\n", b"hello", b"\x16\x03", b"GET"] {
            assert_eq!(recognise_stream_start(bytes), None, "{}", bytes.escape_ascii());
        }
    }

    proptest! {
        /// Any payload type, marker, contributing sources, sequence, timestamp and content.
        #[test]
        fn rtp_is_left_to_the_judge_of_streams(
            head in prop::array::uniform11(any::<u8>()),
            sources in 0x80_u8..0x90,
            payload in prop::collection::vec(any::<u8>(), 20..320),
            is_cut: bool,
        ) {
            let bytes = [&[sources][..], &head, &payload].concat();
            let wire_length = bytes.len() + usize::from(is_cut);
            assert_eq!(recognise_datagram(&bytes, wire_length, 5004, 10_000), None);
        }

        #[test]
        fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), more in 0_usize..3) {
            let _ = recognise_datagram(&bytes, bytes.len() + more, 1, 2);
            let _ = recognise_stream_start(&bytes);
        }
    }
}
