//! Takes the bytes of one message (a datagram, or the start of a TCP direction), gives what it says as values of
//! bounded size. Pure functions: no state, no input or output, no product, no verdict, and no secret is kept.
//!
//! One file per protocol. [`App`] names what a flow carries; content decides it, never a port alone.

mod app;
pub mod arp;
mod ascii;
mod ber;
pub mod capwap;
pub mod cdp;
mod cursor;
pub mod dhcp;
pub mod dns;
pub mod http;
pub mod ldap;
pub mod lldp;
pub mod mqtt;
#[cfg(test)]
mod mutant;
pub mod netbios;
pub mod ntp;
pub mod openvpn;
pub mod quic;
mod reading;
pub mod sdp;
pub mod sip;
pub mod snmp;
pub mod stun;
pub mod syslog;
mod text;
pub mod tftp;
pub mod tls;
pub mod trace;
pub mod turn;
pub mod websocket;
pub mod xmpp;
pub mod zrtp;

pub use app::{App, recognise_datagram, recognise_stream_start};
pub use reading::Reading;
pub use text::{Host, Text};
