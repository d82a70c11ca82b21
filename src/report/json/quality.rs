//! The published form of what the captures themselves are like.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::captured::Wrapping;
use super::super::number;
use crate::check::foreign_telephony;
use crate::observe::{Flow, Traffic};

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
    /// Whether what is in them is not all readable IP.
    #[serde(default)]
    pub(in crate::report) unread_inside: bool,
    /// VLANs of the packets and of ARP.
    #[serde(default)]
    pub(in crate::report) vlans: BTreeSet<u16>,
    /// VLANs of the outermost of several tags (QinQ).
    #[serde(default)]
    pub(in crate::report) outer_vlans: BTreeSet<u16>,
    /// Packets of IPsec (ESP), which are not read.
    #[serde(default)]
    pub(in crate::report) esp_packets: u64,
    /// Where times leap by a day or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) leaps: Option<Leaps>,
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
    /// Of those, pairs of which one direction is nothing but ICMP that refuses packets.
    #[serde(default)]
    pub(in crate::report) pairs_by_icmp: u64,
    /// Time stamps smaller than the one before.
    pub(in crate::report) clock_back: u64,
    pub(in crate::report) tcp_connections: u64,
    /// TCP connections in which bytes were acknowledged that the capture does not hold.
    pub(in crate::report) unseen_connections: u64,
    pub(in crate::report) incomplete_datagrams: u64,
    /// SIP messages without Call-ID or `CSeq`: no call can be told of them.
    #[serde(default)]
    pub(in crate::report) nameless_sip: u64,
    /// SIP messages that are not as RFC 3261 has them, and yet readable. Lines that end in LF and text that is not UTF-8 are too
    /// common to count here.
    #[serde(default)]
    pub(in crate::report) malformed_sip: u64,
    /// SIP messages by what is wrong with them, these two included.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(in crate::report) malformed_sip_kinds: BTreeMap<String, u64>,
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
    /// Frames of a Linux cooked capture that the capturing device sent itself, or that were meant for it (packet types 4 and 0).
    #[serde(default)]
    pub(in crate::report) own_cooked: u64,
    /// Packets between two addresses whose Ethernet header names one and the same station twice, or none (zeros): of the loopback
    /// interface of Linux, for one.
    #[serde(default)]
    pub(in crate::report) one_station: u64,
    /// Packets from an address to itself whose Ethernet header names two stations: addresses were replaced later.
    #[serde(default)]
    pub(in crate::report) rewritten: u64,
    /// Packets of a device to itself whose Ethernet header names no station (zeros), as on the loopback interface of Linux.
    #[serde(default)]
    pub(in crate::report) looped: u64,
    /// A packet with a false time, where this is all that is wrong with the times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) stray: Option<Stray>,
    /// One question of ARP that came as fast and as often as no device asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) arp_storm: Option<ArpStorm>,
    /// Frames that the user's filter kept out.
    pub(in crate::report) filtered: u64,
}

/// The same question of ARP over and over, at least 1000 times and 500 times a second.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct ArpStorm {
    /// Who asks.
    pub(in crate::report) asker: String,
    /// Whom it seeks.
    pub(in crate::report) target: String,
    pub(in crate::report) requests: u64,
    pub(in crate::report) length_ms: f64,
    /// The first of them.
    pub(in crate::report) frame: u64,
    /// Position of its file in `captures`.
    pub(in crate::report) file: u16,
}

/// A packet with a false time: those before and after it are close together and far from it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Stray {
    pub(in crate::report) frame: u64,
    /// Position of its file in `captures`.
    pub(in crate::report) file: u16,
    /// The time it has; missing where the calendar has none.
    pub(in crate::report) time: Option<String>,
}

/// Leaps of time from a packet to the next, of a day or more.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Leaps {
    pub(in crate::report) count: u64,
    /// Those among them from one interface to another, whose clocks may differ.
    pub(in crate::report) crossing: u64,
    /// Those among them that go forth.
    pub(in crate::report) forth: u64,
    /// The largest; negative for one back.
    pub(in crate::report) largest_ms: f64,
    /// The packet that it leads to.
    pub(in crate::report) frame: u64,
    /// Position of its file in `captures`.
    pub(in crate::report) file: u16,
}

pub(super) fn of(traffic: &Traffic, undecoded: BTreeMap<String, u64>) -> Quality {
    let quality = &traffic.quality;
    let Wrapping { vlans, outer_vlans, layers, is_unread_inside } = Wrapping::of(traffic);
    let leaps = quality.leaps.largest.map(|(largest, frame)| Leaps {
        count: quality.leaps.count,
        crossing: quality.leaps.crossing,
        forth: quality.leaps.forth,
        largest_ms: largest as f64 / 1e6,
        frame: frame.number(),
        file: frame.file(),
    });
    Quality {
        frames: quality.frames,
        decoded: quality.decoded,
        undecoded,
        layers,
        unread_inside: is_unread_inside,
        vlans,
        outer_vlans,
        esp_packets: traffic.flows.iter().map(Flow::esp).fold(0, u64::saturating_add),
        leaps,
        foreign_telephony: foreign_telephony(traffic)
            .into_iter()
            .map(|(name, packets)| (name.to_owned(), packets))
            .collect(),
        duplicates: quality.duplicates,
        duplicate_candidates: quality.duplicate_candidates,
        pairs: quality.pairs,
        pairs_both_ways: quality.pairs_both_ways,
        pairs_by_icmp: quality.pairs_by_icmp,
        clock_back: quality.clock_back,
        tcp_connections: quality.tcp_connections,
        unseen_connections: quality.unseen_connections,
        incomplete_datagrams: quality.incomplete_datagrams,
        nameless_sip: quality.nameless_sip,
        malformed_sip: quality.malformed_sip.messages,
        malformed_sip_kinds: quality
            .malformed_sip
            .kinds
            .iter()
            .map(|(kind, messages)| (kind.name().to_owned(), *messages))
            .collect(),
        packets_over_cap: quality.packets_over_cap,
        maybe_media: quality.maybe_media,
        samples_over_cap: quality.samples_over_cap,
        messages_over_cap: quality.messages_over_cap,
        own_cooked: quality.own_cooked,
        one_station: quality.one_station,
        rewritten: quality.rewritten,
        looped: quality.looped,
        stray: quality.stray.map(|stray| Stray {
            frame: stray.frame.number(),
            file: stray.frame.file(),
            time: number::rfc3339(stray.time),
        }),
        arp_storm: quality.storm.map(|storm| ArpStorm {
            asker: storm.asker.to_string(),
            target: storm.target.to_string(),
            requests: storm.requests,
            length_ms: storm.span.1.since(storm.span.0) as f64 / 1e6,
            frame: storm.first.number(),
            file: storm.first.file(),
        }),
        filtered: quality.filtered,
    }
}
