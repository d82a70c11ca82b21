//! The pascom sites: telephones and clients that talk to pascom.cloud, or to a server in the house.

use crate::net::{Class, Host, MS, Media, Net, Policy, SECOND, Stream};
use crate::talk::rtp::Codec;
use crate::talk::tls;

/// The router: gateway, name server, DHCP and time.
pub const ROUTER: Host = Host::lan("router", [192, 168, 20, 1], [0x00, 0xa0, 0x57, 0x20, 0x00, 0x01]);
/// Yealink telephone.
pub const YEALINK: Host =
    Host::lan("t46s", [192, 168, 20, 21], [0x24, 0x9a, 0xd8, 0x20, 0x00, 0x21]).marking(Policy::VOICE);
/// snom telephone.
pub const SNOM: Host =
    Host::lan("d785", [192, 168, 20, 22], [0x00, 0x04, 0x13, 0x20, 0x00, 0x22]).marking(Policy::VOICE);
/// Windows computer with the pascom Client.
pub const PC: Host = Host::lan("empfang-pc", [192, 168, 20, 51], [0x3c, 0x52, 0x82, 0x20, 0x00, 0x51])
    .windows()
    .marking(Policy::VOICE);
/// Computer with the web client.
pub const WEB_PC: Host =
    Host::lan("notebook", [192, 168, 20, 52], [0x3c, 0x52, 0x82, 0x20, 0x00, 0x52]).windows();
/// A server in the house, a virtual machine.
pub const SERVER: Host =
    Host::lan("pascom", [192, 168, 20, 5], [0x00, 0x0c, 0x29, 0x20, 0x00, 0x05]).marking(Policy::VOICE);
/// Addresses behind the customer's name in pascom.cloud.
pub const CLOUD: [Host; 3] = [
    Host::internet("cloud-a", [198, 51, 100, 20], ROUTER),
    Host::internet("cloud-b", [198, 51, 100, 21], ROUTER),
    Host::internet("cloud-c", [198, 51, 100, 22], ROUTER),
];
/// my.pascom.net.
pub const MY_PASCOM: Host = Host::internet("my", [203, 0, 113, 80], ROUTER);
/// cloudmx1.pascom.net.
pub const MAIL: Host = Host::internet("mx", [203, 0, 113, 81], ROUTER);
/// A colleague's client somewhere in the Internet.
pub const AWAY: Host = Host::internet("unterwegs", [198, 51, 100, 60], ROUTER);
/// Somebody in the Internet whom nobody knows.
pub const STRANGER: Host = Host::internet("stranger", [198, 51, 100, 77], ROUTER);

/// The customer's name in the cloud.
pub const CLOUD_NAME: &str = "muster.pascom.cloud";
/// The name of a server in the house.
pub const SERVER_NAME: &str = "telefon.muster.example";

/// A signalling connection over TLS that stays open from `at` for `lasts`, with something said every second.
pub fn signalling(net: &mut Net, at: u64, client: (Host, u16), server: Host, name: &str, lasts: u64) {
    let mut tcp = net.tcp(at, client.0.port(client.1), server.port(5061), Class::Signalling);
    let hello = tls::client_hello(name, net.rng().array(), 0);
    tcp.client(net, &hello);
    let answer = tls::server_hello(net.rng().array());
    tcp.server(net, &answer);
    for second in 0..lasts / SECOND {
        tcp.wait_until(at + second * SECOND + 200 * MS);
        let record = tls::application_data(&net.rng().bytes(480));
        tcp.client(net, &record);
        let record = tls::application_data(&net.rng().bytes(420));
        tcp.server(net, &record);
    }
    tcp.close(net);
}

/// An encrypted conversation.
#[must_use]
pub const fn srtp(client: Host, port: u16, server: Host, server_port: u16, at: u64, lasts: u64) -> Media {
    let streams = [Stream::new(client.port(port)), Stream::new(server.port(server_port))];
    Media { at, lasts, codec: Codec::Srtp, streams, rtcp: true }
}
