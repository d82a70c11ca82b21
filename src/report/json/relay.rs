//! The published form of a detour over a TURN server, and of what agreed on keys.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::Endpoint;
use super::fill::endpoint;
use crate::observe;

published_both_ways! {
    /// What agreed on the keys of SRTP.
    Keying from observe::media::Keying { Sdp, Dtls, Zrtp }
}

/// A TURN server on the way (RFC 8656): the stream is measured between client and server.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Relay {
    /// `udp` or `tcp`, between client and server.
    pub(in crate::report) transport: String,
    /// Number of the channel; null in Send and Data indications.
    pub(in crate::report) channel: Option<u16>,
    /// Whether it is in a session of Microsoft's multiplexed TURN instead.
    #[serde(default)]
    pub(in crate::report) multiplexed: bool,
    /// Packets in Send and Data indications; with a channel, those before it was bound.
    #[serde(default)]
    pub(in crate::report) indicated: u64,
    /// The end behind the server, where the capture shows which that is.
    pub(in crate::report) far_end: Option<Endpoint>,
    /// The address that the server gave the client.
    pub(in crate::report) relayed: Option<Endpoint>,
}

impl From<observe::Relay> for Relay {
    fn from(relay: observe::Relay) -> Self {
        let transport = if relay.protocol == observe::Protocol::Tcp { "tcp" } else { "udp" };
        Self {
            transport: transport.to_owned(),
            channel: relay.channel,
            multiplexed: relay.multiplexed,
            indicated: relay.indicated,
            far_end: relay.peer.map(endpoint),
            relayed: relay.relayed.map(endpoint),
        }
    }
}
