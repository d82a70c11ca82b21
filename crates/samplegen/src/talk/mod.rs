//! The messages that hosts say to each other, as bytes behind the transport header. Knows no host and no time.

pub mod dns;
pub mod lan;
pub mod rtp;
pub mod server;
pub mod sip;
pub mod tls;
pub mod turn;
pub mod websocket;
pub mod zrtp;
