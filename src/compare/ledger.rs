//! Takes one audit after the other of a measurement that goes on; gives the findings that came and those that went, with
//! their times. No words.

use std::collections::BTreeMap;

use crate::capture::Timestamp;
use crate::check::{Audit, Finding};

use super::{Key, key};

/// Findings that hold at the moment, one for each code and device.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    open: BTreeMap<Key, (Timestamp, Finding)>,
}

/// A finding that came or went.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// As it was seen last.
    pub finding: Finding,
    /// When it came.
    pub since: Timestamp,
    /// When it went; `None`: it just came.
    pub cleared: Option<Timestamp>,
}

impl Ledger {
    /// What changed up to the latest packet of `audit`: what went, then what came, heaviest first.
    pub fn update(&mut self, audit: &Audit) -> Vec<Turn> {
        let now =
            audit.captures.iter().filter_map(|capture| capture.last).max().unwrap_or(Timestamp::UNKNOWN);
        let mut open = BTreeMap::new();
        let mut came = Vec::new();
        for finding in &audit.findings {
            let key = key(finding, |address| address);
            if open.contains_key(&key) {
                continue;
            }
            let since = self.open.remove(&key).map(|(since, _)| since);
            if since.is_none() {
                came.push(Turn { finding: finding.clone(), since: now, cleared: None });
            }
            open.insert(key, (since.unwrap_or(now), finding.clone()));
        }
        let went = std::mem::replace(&mut self.open, open).into_values();
        let mut turns: Vec<Turn> =
            went.map(|(since, finding)| Turn { finding, since, cleared: Some(now) }).collect();
        turns.append(&mut came);
        turns
    }
}
