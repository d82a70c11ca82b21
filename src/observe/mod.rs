//! Takes packets in capture order; gives [`Traffic`]: flows, media streams, calls, names, hosts and how good the
//! capture is. Knows protocols, but no product, and judges nothing.
//!
//! ```text
//! Batch ──► Observer::open ──► Shard::track ──► Observer::settle ──► Shard::measure ──► Observer::finish ──► Traffic
//!  a block    fragments, ARP     flows, content    SIP, names, SDP      media             rows, in order
//! ```

mod adopt;
mod announce;
mod batch;
mod breaks;
mod call;
mod carriage;
mod clock;
mod content;
mod contests;
mod detours;
mod dialogs;
mod duplicates;
mod early;
mod echoes;
mod few;
#[cfg(test)]
pub(crate) mod fixture;
mod facts;
mod families;
mod flow;
mod fork;
mod forward;
mod fragments;
mod handshakes;
mod holds;
mod hello;
mod hosts;
mod icmp;
mod ladder;
mod lapses;
mod lasting;
mod legs;
mod leases;
mod lookups;
mod mapped;
mod marks;
pub mod media;
pub mod message;
mod midstream;
mod names;
mod observer;
mod offered;
mod offers;
mod pairs;
mod past;
mod policies;
mod progress;
mod quality;
mod reach;
mod refusal;
mod register;
mod registration;
mod registrations;
mod repeats;
mod resolvers;
mod returns;
mod rtcp_ports;
mod sent;
mod shard;
mod shares;
mod silences;
mod spells;
mod stall;
mod storm;
mod stream;
mod subscriptions;
mod talk;
mod tcp;
mod together;
mod traffic;
mod transaction;
mod unframe;
mod via;
mod view;

pub use batch::Batch;
pub use breaks::{Break, BreakKind};
pub use call::{Answer, Beginning, Call, CallProtocol, CallSide, Change, ChangeKind, Hold};
pub use carriage::{Carriage, Relay};
pub use clock::Stray;
pub use contests::Contest;
pub use detours::Detour;
pub use dialogs::Dialogs;
pub use echoes::ClocksApart;
pub use facts::{ArpTimes, HostFacts, MacSeen};
pub use few::Few;
pub use flow::EPHEMERAL;
pub use forward::Forward;
pub use fragments::{Counts as FragmentCounts, Datagram, Incomplete, Missing, Reassembler, RequestId, Whole};
pub use handshakes::{Failed, Handshakes, Seen as SeenCertificate};
pub use hello::{Course, Stuck};
pub use icmp::IcmpReport;
pub use ladder::{Ladder, Step};
pub use lapses::Lapse;
pub use leases::{DhcpOffer, DhcpServer, Rivals, Unserved};
pub use lookups::{Lookup, LookupKind};
pub use mapped::{Mapped, Mappings};
pub use marks::Marks;
pub use observer::{Observer, Spent};
pub use offered::{Offered, Protection};
pub use policies::{Policy, VoicePolicy};
pub use quality::{Malformed, Quality, is_own};
pub use reach::is_public;
pub use registration::{
    Absence, Binding, Late, Mapping, Outage, Refusals, Refused, Registration, Rhythm, Standing, Unanswered,
};
pub use repeats::{Prompt, Unheeded};
pub use resolvers::{FailedName, Lull, Resolver, Tries};
pub use rtcp_ports::{EvenRtcp, RtcpPorts};
pub use sent::{Nothing, Rare, Sent};
pub use shard::{Shard, Wave};
pub use silences::{Silence, Silences};
pub use spells::Spells;
pub use stall::Stall;
pub use storm::Storm;
pub use stream::Assembler;
pub use subscriptions::Subscriptions;
pub use together::{Receivers, Together};
pub use traffic::{
    Direction, DirectionExtra, FirstFrames, Flow, FlowExtra, Initiator, NameSeen, NameSource, Paused,
    Protocol, Repeated, Rewrite, SipEndpoint, Stream, TcpOutcome, TcpTrace, Traffic, Vlans,
};
pub use unframe::{Ending, Unframer};
pub use view::FlowView;
