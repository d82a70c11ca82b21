//! A row of a document with how the capture used it, and the document.

use std::net::IpAddr;

use crate::capture::Frame;
use crate::site::Ports;

/// What became of a documented row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowStatus {
    /// Seen as documented.
    Used,
    /// Never seen.
    Unused,
    /// Tried and turned away.
    Blocked,
    /// The service was seen on another port.
    Deviating,
}

/// One line of the row matrix: a row and one device it binds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowResult {
    /// Id of the row.
    pub row: Box<str>,
    /// The device.
    pub device: IpAddr,
    /// What became of it.
    pub status: RowStatus,
    /// Ids of the flows, ordered; of a deviating row those that depart from it.
    pub flows: Vec<usize>,
    /// Flows in which attempts failed: all of them where the row is blocked, those of others where it was used as well.
    pub blocked_flows: usize,
    /// Of a row that was not seen: flows in which it was asked for in vain, too seldom for a finding or without proof
    /// that an answer would have been captured. They stand in `flows`.
    pub tried_flows: usize,
    /// Of a deviating row: flows that keep to it all the same. They do not stand in `flows`.
    pub kept_flows: usize,
    /// Of a row that was used: flows with voice to which no voice came back, which RTP-001 tells, and their RTCP. They
    /// stand in `flows`.
    pub one_sided_flows: usize,
    /// Packets of `flows`.
    pub packets: u64,
    /// Packets of those that keep to a deviating row.
    pub kept_packets: u64,
    /// Own ports that the site file puts in the place of those of the row.
    pub stated: Option<Ports>,
    /// First few frames.
    pub frames: Vec<Frame>,
}

impl RowResult {
    /// Packets of all that is used of it, as documented or not.
    #[must_use]
    pub fn all_packets(&self) -> u64 {
        self.packets.saturating_add(self.kept_packets)
    }

    /// What there is to the status.
    #[must_use]
    pub fn beside(&self) -> Beside {
        Beside::of(
            self.status,
            self.flows.len(),
            self.blocked_flows + self.tried_flows,
            self.kept_flows,
            self.one_sided_flows,
        )
    }

    /// Whether the status is not the whole of it.
    #[must_use]
    pub fn is_mixed(&self) -> bool {
        self.beside() != Beside::Nothing
    }
}

/// What else is to be said of a row than its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// The status is all.
    Nothing,
    /// Attempts failed, beside the use of the row or instead of it, or a row from which something departs is used as
    /// documented too.
    Others,
    /// Voice went one way only in all that used it,
    OneSided,
    /// or in some of it.
    PartlyOneSided,
}

impl Beside {
    /// Of so many flows of a row that `failed`, kept to it although others depart, and had voice one way only.
    #[must_use]
    pub fn of(status: RowStatus, flows: usize, failed: usize, kept: usize, one_sided: usize) -> Self {
        match status {
            RowStatus::Deviating if kept > 0 => Self::Others,
            RowStatus::Used | RowStatus::Unused | RowStatus::Blocked if failed > 0 => Self::Others,
            RowStatus::Used if one_sided >= flows && one_sided > 0 => Self::OneSided,
            RowStatus::Used if one_sided > 0 => Self::PartlyOneSided,
            _ => Self::Nothing,
        }
    }
}

/// A document that was judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulebookInfo {
    /// Vendor.
    pub vendor: Box<str>,
    /// Title.
    pub title: Box<str>,
    /// Date or edition.
    pub as_of: Box<str>,
    /// How many rows.
    pub rows: usize,
}
