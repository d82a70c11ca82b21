//! Takes LLDP and CDP frames in capture order, gives what switches and telephones say of the voice network: VLAN, 802.1p
//! priority and DSCP by LLDP-MED, ANSI/TIA-1057 section 10.2.3; the VLAN alone by Cisco's CDP.

use std::collections::BTreeMap;

use crate::capture::Frame;
use crate::decode::Mac;

use super::message::cdp::Cdp;
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
    /// It is a telephone, and says what it goes by.
    pub by_endpoint: bool,
    /// Its port.
    pub port: Option<Box<str>>,
    /// The latest word.
    pub policy: Policy,
    /// Frames that told it.
    pub count: u64,
    /// The first of them.
    pub frame: Frame,
}

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// By LLDP-MED.
    Med(NetworkPolicy),
    /// By CDP: the VLAN that telephones shall use.
    Cdp(u16),
}

/// Policies while the capture runs.
#[derive(Clone, Debug, Default)]
pub(super) struct PolicyBook {
    /// By sender and application; none by CDP.
    rows: BTreeMap<(Mac, Option<u8>), VoicePolicy>,
    /// Words that a cap left out.
    pub(super) over_cap: u64,
}

impl PolicyBook {
    pub(super) fn push(&mut self, frame: Frame, sender: Mac, lldp: &Lldp) {
        // An end that knows nothing yet asks with an unknown policy: that tells nobody anything.
        for policy in lldp.policies.iter().filter(|policy| !policy.is_unknown) {
            let Some(row) = self.row(sender, Policy::Med(*policy), frame) else { continue };
            row.by_endpoint = lldp.is_endpoint;
            row.system = lldp.system_name.as_ref().map(|name| name.as_str().into());
            row.port = lldp.port_id.as_ref().map(|id| id.as_str().into());
        }
    }

    pub(super) fn push_cdp(&mut self, frame: Frame, sender: Mac, cdp: &Cdp) {
        let told = cdp.voice_vlan.and_then(|vlan| self.row(sender, Policy::Cdp(vlan), frame));
        let Some(row) = told else { return };
        row.system = cdp.device_id.as_ref().map(|name| name.as_str().into());
        row.port = cdp.port_id.as_ref().map(|id| id.as_str().into());
    }

    /// The row of what a sender tells, with the new word in it. `None`: the cap leaves it out.
    fn row(&mut self, sender: Mac, policy: Policy, frame: Frame) -> Option<&mut VoicePolicy> {
        let application = match policy {
            Policy::Med(policy) => Some(policy.application),
            Policy::Cdp(_) => None,
        };
        let key = (sender, application);
        if !self.rows.contains_key(&key) && self.rows.len() >= POLICIES_KEPT {
            self.over_cap += 1;
            return None;
        }
        let row = self.rows.entry(key).or_insert_with(|| VoicePolicy {
            sender,
            system: None,
            by_endpoint: false,
            port: None,
            policy,
            count: 0,
            frame,
        });
        row.policy = policy;
        row.count += 1;
        Some(row)
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
        let told: Vec<_> = rows.iter().map(|row| (row.policy, row.count)).collect();
        let signalling = NetworkPolicy { application: 2, dscp: 24, ..VOICE };
        let expected = [(Policy::Med(NetworkPolicy { vlan: 30, ..VOICE }), 2), (Policy::Med(signalling), 1)];
        assert_eq!(told, expected);
        assert!(rows.iter().all(|row| row.sender == switch && row.frame == frame(1) && !row.by_endpoint));
        let mut book = PolicyBook::default();
        book.push(frame(1), other, &Lldp { is_endpoint: true, ..lldp(&[VOICE]) });
        assert!(book.finish()[0].by_endpoint);
    }

    #[test]
    fn cdp_tells_the_voice_vlan_beside_lldp() {
        let mut book = PolicyBook::default();
        let switch = Mac([0, 4, 0, 0, 0, 1]);
        book.push(frame(1), switch, &lldp(&[VOICE]));
        let cdp = Cdp { voice_vlan: Some(30), ..Cdp::default() };
        book.push_cdp(frame(2), switch, &cdp);
        book.push_cdp(frame(3), switch, &Cdp { voice_vlan: None, ..cdp });
        let rows = book.finish();
        let told: Vec<_> = rows.iter().map(|row| (row.policy, row.count)).collect();
        assert_eq!(told, [(Policy::Cdp(30), 1), (Policy::Med(VOICE), 1)]);
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
