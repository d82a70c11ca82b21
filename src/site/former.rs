//! Takes devices, gives them without the addresses that DHCP only offered to hardware which is at another address: a
//! telephone asks for one before it knows the VLAN for voice, and for another one there.

use std::net::IpAddr;

use super::device::{Device, EvidenceKind, Former};
use crate::observe::Traffic;

/// Most former addresses kept of a device.
const MOST: usize = 8;

/// The devices in their order, former addresses with the device that has the hardware address now.
pub(super) fn merged(mut devices: Vec<Device>, traffic: &Traffic) -> Vec<Device> {
    let gone: Vec<(IpAddr, IpAddr, Former)> = devices
        .iter()
        .filter_map(|device| {
            let (now, former) = former(device, traffic)?;
            devices.iter().any(|known| known.address == now).then_some((device.address, now, former))
        })
        .collect();
    devices.retain(|device| !gone.iter().any(|(address, ..)| *address == device.address));
    for (_, now, former) in gone {
        if let Some(device) = devices.iter_mut().find(|device| device.address == now)
            && device.former.len() < MOST
        {
            device.former.push(former);
        }
    }
    devices
}

/// Where the hardware is now, if nothing but it is known of the address, and nothing was ever sent from there.
fn former(device: &Device, traffic: &Traffic) -> Option<(IpAddr, Former)> {
    if device.evidence.iter().any(|sign| sign.kind != EvidenceKind::MacPrefix) {
        return None;
    }
    let facts = traffic.host(device.address).filter(|facts| facts.sent == 0 && facts.arp.is_none())?;
    let seen = facts.macs.first()?;
    // Who has no address yet sends from none.
    let is_same = |other: &&crate::observe::HostFacts| {
        other.address != device.address
            && !other.address.is_unspecified()
            && other.sent > 0
            && other.on_link != Some(false)
    };
    let has_it = |other: &&crate::observe::HostFacts| other.macs.iter().any(|one| one.mac == seen.mac);
    let now = traffic.hosts.iter().filter(is_same).find(has_it)?;
    let vlan = match now.vlans.as_slice() {
        [only] if !facts.vlans.contains(only) => Some(*only),
        _ => None,
    };
    Some((now.address, Former { address: device.address, vlan }))
}
