//! The published form of what the receiver of a stream says of it by RTCP.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::Spread;

/// What the receiver of a stream reported by RTCP, RFC 3550 section 6.4.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Receiver {
    /// Report blocks about the stream.
    pub(in crate::report) reports: u64,
    /// Packets lost since the receiver began to count; negative where duplicates outweigh losses.
    pub(in crate::report) lost: i64,
    /// Their share of the packets that its reports cover.
    #[serde(default)]
    pub(in crate::report) lost_percent: Option<f64>,
    /// Greatest share lost between two reports.
    pub(in crate::report) worst_lost_percent: Option<f64>,
    /// Greatest jitter reported, if the clock of the stream is known.
    pub(in crate::report) max_jitter_ms: Option<f64>,
    /// From the measuring point to the receiver and back.
    pub(in crate::report) round_trip_ms: Option<Spread>,
    /// From the measuring point to the sender of the stream and back.
    #[serde(default)]
    pub(in crate::report) round_trip_sender_ms: Option<Spread>,
    /// VoIP metrics, RFC 3611 section 4.7.
    pub(in crate::report) voip: Option<Voip>,
    /// The latest report.
    pub(in crate::report) frames: Vec<u64>,
    /// For each frame, the position of its file in `captures`.
    pub(in crate::report) files: Vec<u16>,
}

impl Receiver {
    /// From one end to the other and back, in ms, as [`crate::observe::media::ReceiverReport::round_trip_of_ends`].
    pub(in crate::report) fn round_trip_of_ends(&self) -> Option<f64> {
        let mean = |spread: &Option<Spread>| spread.as_ref().and_then(|spread| spread.mean);
        let seen =
            mean(&self.round_trip_ms).zip(mean(&self.round_trip_sender_ms)).map(|(one, other)| one + other);
        seen.or_else(|| self.voip.as_ref()?.round_trip_ms.map(f64::from))
    }
}

/// VoIP metrics of an extended report, RFC 3611 section 4.7.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Voip {
    pub(in crate::report) lost_percent: Option<f64>,
    /// Share that came too late or early to be played.
    pub(in crate::report) discarded_percent: Option<f64>,
    /// Between the two ends.
    pub(in crate::report) round_trip_ms: Option<u16>,
    /// From the wire to the ear and from the mouth to the wire.
    pub(in crate::report) end_system_delay_ms: Option<u16>,
    pub(in crate::report) mos_lq: Option<f64>,
    pub(in crate::report) mos_cq: Option<f64>,
}
