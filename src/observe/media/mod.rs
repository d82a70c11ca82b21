//! RTP media: from datagrams that could be RTP to one report per stream.
//!
//! Takes, in arrival order, what the flow tracker found ([`Sample`]s with the flow and direction they belong to,
//! RTCP, what SDP announced). Gives [`StreamReport`]s: loss, jitter, marking, recognition. It is arithmetic on values:
//! no I/O, no clock, no threads, bounded memory, and nothing about products or what is good or bad.
//!
//! ```text
//! bytes ─ rtp ─► Sample ─► table (candidates) ─► stream ─► report
//!                                                 ├ sequence   loss, duplicates, reordering (RFC 3550 A.1, A.3)
//!                                                 ├ gaps       where numbers are missing
//!                                                 ├ timing     jitter and delta (RFC 3550 A.8), clock
//!                                                 ├ course     the same by intervals of time
//!                                                 ├ silence    what was left out while nobody spoke
//!                                                 ├ marking    DSCP, PCP, VLAN
//!                                                 ├ likeness   is it RTP at all
//!                                                 └ wireshark  the figures of `tshark -z rtp,streams`
//! bytes ─ rtcp ─► reception   what the receivers saw, and the round trip (RFC 3550 6.4, RFC 3611)
//! ```

pub mod announce;
pub mod course;
mod gaps;
pub mod likeness;
pub mod marking;
pub mod payload;
pub mod quality;
pub mod reception;
pub mod report;
pub mod rtcp;
pub mod rtp;
pub mod sample;
pub mod sequence;
pub mod silence;
pub mod stream;
pub mod table;
pub mod tally;
pub mod timing;
pub mod wireshark;

pub use announce::{Announcement, Announcements, Endpoint, FORMATS, Lookup, MediaDirection, Profile};
pub use likeness::Recognition;
pub use payload::{MediaKind, PayloadName};
pub use reception::{ReceiverReport, Receptions, SenderCount};
pub use report::{Gap, Keying, Moment, PayloadReport, Rests, StreamReport};
pub use rtcp::{Rtcp, could_be_rtcp, read_rtcp};
pub use rtp::{RtpHeader, could_be_rtp};
pub use sample::{Direction, Sample};
pub use stream::Key;
pub use table::{Dropped, Limits, Streams, Waiting};
pub use tally::Seen;
