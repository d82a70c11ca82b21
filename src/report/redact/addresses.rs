//! Takes public addresses, gives pseudonyms that are addresses as well; finds addresses in text.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::observe::is_public;
use crate::report::json::document::Document;

/// Addresses that are told apart: as many as RFC 2544 has.
const ADDRESSES_KEPT: usize = 0x1_ffff;

/// Pseudonyms of public addresses: RFC 2544's for IPv4, RFC 3849's for IPv6. Those that a report names come first, in
/// order, so that every form of it has the same; whatever else a capture holds follows as it comes.
#[derive(Clone, Debug, Default)]
pub struct AddressNames {
    pub(super) map: BTreeMap<IpAddr, IpAddr>,
    fours: u32,
    sixes: u128,
}

impl AddressNames {
    pub(in crate::report) fn of(document: &Document) -> Self {
        let texts = serde_json::to_string(document).unwrap_or_default();
        let found: BTreeSet<IpAddr> =
            pieces(&texts).filter_map(|(_, piece)| address(piece)).map(|(address, _)| address).collect();
        let mut names = Self::default();
        for address in found {
            names.name(address);
        }
        names
    }

    /// What stands for the address: itself unless it is public. Of more than can be told apart the rest have one name.
    pub fn name(&mut self, address: IpAddr) -> IpAddr {
        if !is_public(address) {
            return address;
        }
        if let Some(known) = self.map.get(&address) {
            return *known;
        }
        if self.map.len() >= ADDRESSES_KEPT {
            return numbered(address, 0);
        }
        let number = match address {
            IpAddr::V4(_) => {
                self.fours += 1;
                u128::from(self.fours)
            }
            IpAddr::V6(_) => {
                self.sixes += 1;
                self.sixes
            }
        };
        let name = numbered(address, number);
        self.map.insert(address, name);
        name
    }
}

fn numbered(address: IpAddr, number: u128) -> IpAddr {
    match address {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::from(0xc612_0000_u32 | number as u32 & 0x1_ffff)),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from(0x2001_0db8_0000_0000_0000_0000_0000_0000_u128 + number)),
    }
}

pub(super) fn with_addresses(text: &str, map: &BTreeMap<IpAddr, IpAddr>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for (start, piece) in pieces(text) {
        if let Some((pseudonym, length)) =
            address(piece).and_then(|(known, length)| Some((map.get(&known)?, length)))
        {
            out.push_str(text.get(end..start).unwrap_or_default());
            out.push_str(&pseudonym.to_string());
            end = start + length;
        }
    }
    out.push_str(text.get(end..).unwrap_or_default());
    out
}

/// Runs of characters that an address may consist of, with their places.
fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_inside = |c: char| c.is_ascii_hexdigit() || matches!(c, '.' | ':');
    text.split(move |c| !is_inside(c))
        .filter(|piece| piece.len() > 1)
        .map(move |piece| (piece.as_ptr() as usize - text.as_ptr() as usize, piece))
}

/// The address that a piece begins with, and its length; behind it a port or the end of a sentence may stand.
fn address(piece: &str) -> Option<(IpAddr, usize)> {
    let shorter = piece.trim_end_matches(['.', ':']);
    let without_port = piece.split(':').next().unwrap_or_default();
    [piece, shorter, without_port]
        .into_iter()
        .find_map(|text| text.parse::<IpAddr>().ok().map(|address| (address, text.len())))
}
