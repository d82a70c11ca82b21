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

    /// Whether the status is not the whole of it: attempts failed, beside the use of the row or instead of it, or a row from
    /// which something departs is used as documented too.
    #[must_use]
    pub fn is_mixed(&self) -> bool {
        match self.status {
            RowStatus::Deviating => self.kept_flows > 0,
            RowStatus::Used | RowStatus::Unused | RowStatus::Blocked => {
                self.blocked_flows > 0 || self.tried_flows > 0
            }
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
