//! The published form of what the captures themselves are like.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::link;
use crate::check::foreign_telephony;
use crate::observe::Traffic;

/// What the captures together can and cannot show.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Quality {
    pub(in crate::report) frames: u64,
    pub(in crate::report) decoded: u64,
    /// Frames that gave nothing, by reason.
    pub(in crate::report) undecoded: BTreeMap<String, u64>,
    /// Tunnels and the like that packets are wrapped in.
    #[serde(default)]
    pub(in crate::report) layers: Vec<String>,
    /// Packets of telephony that is not read, by its name.
    #[serde(default)]
    pub(in crate::report) foreign_telephony: BTreeMap<String, u64>,
    /// Frames that are copies of one shortly before.
    pub(in crate::report) duplicates: u64,
    /// Frames that could have been recognised as copies.
    pub(in crate::report) duplicate_candidates: u64,
    /// Pairs of hosts that exchanged packets of a kind that is answered.
    pub(in crate::report) pairs: u64,
    pub(in crate::report) pairs_both_ways: u64,
    /// Time stamps smaller than the one before.
    pub(in crate::report) clock_back: u64,
    pub(in crate::report) tcp_connections: u64,
    /// TCP connections in which bytes were acknowledged that the capture does not hold.
    pub(in crate::report) unseen_connections: u64,
    pub(in crate::report) incomplete_datagrams: u64,
    /// SIP messages without Call-ID or `CSeq`: no call can be told of them.
    #[serde(default)]
    pub(in crate::report) nameless_sip: u64,
    /// Packets of flows that a limit dropped.
    pub(in crate::report) packets_over_cap: u64,
    /// Packets with a header as of RTP whose sources nothing shows to be RTP: most are something else, and a few may be voice too
    /// short to tell, such as what follows STUN.
    #[serde(default)]
    pub(in crate::report) maybe_media: u64,
    /// Media samples that a limit dropped.
    pub(in crate::report) samples_over_cap: u64,
    /// Messages (SIP, names) that a limit dropped.
    pub(in crate::report) messages_over_cap: u64,
    /// Frames that the user's filter kept out.
    pub(in crate::report) filtered: u64,
}

pub(super) fn of(traffic: &Traffic, undecoded: BTreeMap<String, u64>) -> Quality {
    let quality = &traffic.quality;
    Quality {
        frames: quality.frames,
        decoded: quality.decoded,
        undecoded,
        layers: link::layers(link::layers_of(traffic)).map(ToOwned::to_owned).collect(),
        foreign_telephony: foreign_telephony(traffic)
            .into_iter()
            .map(|(name, packets)| (name.to_owned(), packets))
            .collect(),
        duplicates: quality.duplicates,
        duplicate_candidates: quality.duplicate_candidates,
        pairs: quality.pairs,
        pairs_both_ways: quality.pairs_both_ways,
        clock_back: quality.clock_back,
        tcp_connections: quality.tcp_connections,
        unseen_connections: quality.unseen_connections,
        incomplete_datagrams: quality.incomplete_datagrams,
        nameless_sip: quality.nameless_sip,
        packets_over_cap: quality.packets_over_cap,
        maybe_media: quality.maybe_media,
        samples_over_cap: quality.samples_over_cap,
        messages_over_cap: quality.messages_over_cap,
        filtered: quality.filtered,
    }
}
