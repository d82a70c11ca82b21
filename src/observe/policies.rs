//! Takes LLDP frames in capture order, gives what switches and telephones say of the voice network: VLAN, 802.1p priority
//! and DSCP by LLDP-MED, ANSI/TIA-1057 section 10.2.3.

use std::collections::BTreeMap;

use crate::capture::Frame;
use crate::decode::Mac;

use super::message::lldp::{Lldp, NetworkPolicy};

/// A switch sends one frame a port, a mirror port shows a few of them.
const POLICIES_KEPT: usize = 1_024;

/// What one sender tells of one application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoicePolicy {
    /// Who sent the frame; a switch has an address for each port.
    pub sender: Mac,
    /// How it calls itself.
    pub system: Option<Box<str>>,
    /// Its port.
    pub port: Option<Box<str>>,
    /// The latest word.
    pub policy: NetworkPolicy,
    /// Frames that told it.
    pub count: u64,
    /// The first of them.
    pub frame: Frame,
}

/// Policies while the capture runs.
#[derive(Clone, Debug, Default)]
pub(super) struct PolicyBook {
    /// By sender and application.
    rows: BTreeMap<(Mac, u8), VoicePolicy>,
    /// Words that a cap left out.
    pub(super) over_cap: u64,
}

impl PolicyBook {
    pub(super) fn push(&mut self, frame: Frame, sender: Mac, lldp: &Lldp) {
        // An end that knows nothing yet asks with an unknown policy: that tells nobody anything.
        for policy in lldp.policies.iter().filter(|policy| !policy.is_unknown) {
            let key = (sender, policy.application);
            if !self.rows.contains_key(&key) && self.rows.len() >= POLICIES_KEPT {
                self.over_cap += 1;
                continue;
            }
            let row = self.rows.entry(key).or_insert_with(|| VoicePolicy {
                sender,
                system: None,
                port: None,
                policy: *policy,
                count: 0,
                frame,
            });
            row.policy = *policy;
            row.count += 1;
            row.system = lldp.system_name.as_ref().map(|name| name.as_str().into());
            row.port = lldp.port_id.as_ref().map(|id| id.as_str().into());
        }
    }

    /// Ordered by sender, then application.
    pub(super) fn finish(self) -> Vec<VoicePolicy> {
        self.rows.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::frame;
    use super::*;

    const VOICE: NetworkPolicy =
        NetworkPolicy { application: 1, is_unknown: false, is_tagged: true, vlan: 20, pcp: 5, dscp: 46 };

    fn lldp(policies: &[NetworkPolicy]) -> Lldp {
        Lldp { policies: policies.to_vec(), ..Lldp::default() }
    }

    #[test]
    fn the_latest_word_of_each_sender_and_application_counts() {
        let mut book = PolicyBook::default();
        let [switch, other] = [Mac([0, 4, 0, 0, 0, 1]), Mac([0, 4, 0, 0, 0, 2])];
        book.push(frame(1), switch, &lldp(&[VOICE, NetworkPolicy { application: 2, dscp: 24, ..VOICE }]));
        book.push(frame(2), other, &lldp(&[NetworkPolicy { is_unknown: true, ..VOICE }]));
        book.push(frame(3), switch, &lldp(&[NetworkPolicy { vlan: 30, ..VOICE }]));
        let rows = book.finish();
        let told: Vec<_> =
            rows.iter().map(|row| (row.policy.application, row.policy.vlan, row.count)).collect();
        assert_eq!(told, [(1, 30, 2), (2, 20, 1)]);
        assert!(rows.iter().all(|row| row.sender == switch && row.frame == frame(1)));
    }

    #[test]
    fn senders_beyond_the_cap_are_counted() {
        let mut book = PolicyBook::default();
        for nth in 0..POLICIES_KEPT as u32 + 3 {
            let [a, b, c, d] = nth.to_be_bytes();
            book.push(frame(1), Mac([0, 4, a, b, c, d]), &lldp(&[VOICE]));
        }
        assert_eq!((book.over_cap, book.finish().len()), (3, POLICIES_KEPT));
    }
}
