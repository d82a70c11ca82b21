//! Takes nothing, gives the network interfaces on which libpcap can capture. Listing opens none of them, so it needs no
//! privileges; the list is for `pbxray interfaces` and for choosing one of a live capture.

use ipnet::IpNet;
use pcap::{ConnectionStatus, Device};
use thiserror::Error;

/// One interface, as libpcap describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// What `-i` takes: `eth0`, `any`, `\Device\NPF_{...}`.
    pub name: String,
    /// What a person calls it, where the system knows.
    pub description: Option<String>,
    /// IPv4 and IPv6 addresses with their prefix length (that of a single host where the system gives none).
    pub addresses: Vec<IpNet>,
    /// Whether it leads nowhere but to this machine.
    pub loopback: bool,
    /// Whether it is wireless; a mirror port is not.
    pub wireless: bool,
    /// Whether it is switched on.
    pub up: bool,
    /// Whether it is ready to carry packets.
    pub running: bool,
    /// Whether a cable is plugged in or a radio network is joined; `None` where that is unknown or means nothing.
    pub connected: Option<bool>,
    /// In Mbit/s, where the system knows.
    pub speed: Option<u32>,
    /// Whether this user may capture on it; `None` before [`try_opening`], and where opening would alter something.
    pub access: Option<Access>,
}

/// Whether an interface can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// It can.
    Granted,
    /// This user lacks the right.
    Forbidden,
    /// It cannot, for another reason, in libpcap's words.
    Refused(String),
}

/// Opens each network interface that is switched on, and closes it again, to find out whether it can be captured on.
/// Pseudo-devices (NFLOG, D-Bus, USB ...) are left alone: opening some of them takes packets from others.
pub fn try_opening(interfaces: &mut [Interface]) {
    for interface in interfaces.iter_mut().filter(|interface| interface.up) {
        interface.access = Some(match super::live::try_open(&interface.name) {
            Ok(()) => Access::Granted,
            Err(super::LiveError::Forbidden { .. }) => Access::Forbidden,
            Err(super::LiveError::Refused { reason, .. }) => Access::Refused(reason),
            Err(other) => Access::Refused(other.to_string()),
        });
    }
}

/// Lists the interfaces, the one libpcap would take by default first.
///
/// # Errors
///
/// [`InterfacesError`] without libpcap, or if the system does not list its interfaces.
pub fn interfaces() -> Result<Vec<Interface>, InterfacesError> {
    pcap_dyn::availability().map_err(InterfacesError::NeedsLibpcap)?;
    let devices = Device::list().map_err(|error| InterfacesError::Refused(error.to_string()))?;
    Ok(devices.into_iter().map(Interface::from).collect())
}

/// Why the interfaces cannot be listed.
#[derive(Clone, Debug, Error)]
pub enum InterfacesError {
    /// There is no libpcap.
    #[error("capturing needs libpcap, which is not installed or cannot be loaded: {}", pcap_dyn::INSTALL)]
    NeedsLibpcap(&'static pcap_dyn::Missing),
    /// libpcap's words.
    #[error("the interfaces cannot be listed: {0}")]
    Refused(String),
}

impl InterfacesError {
    /// How to install what is missing.
    pub const INSTALL: &str = pcap_dyn::INSTALL;
}

impl From<Device> for Interface {
    fn from(device: Device) -> Self {
        let flags = &device.flags;
        Self {
            addresses: device.addresses.iter().map(network).collect(),
            loopback: flags.is_loopback(),
            wireless: flags.is_wireless(),
            up: flags.is_up(),
            running: flags.is_running(),
            connected: match flags.connection_status {
                ConnectionStatus::Connected => Some(true),
                ConnectionStatus::Disconnected => Some(false),
                ConnectionStatus::Unknown | ConnectionStatus::NotApplicable => None,
            },
            speed: super::system::speed(&device.name),
            access: None,
            name: device.name,
            description: device.desc,
        }
    }
}

fn network(address: &pcap::Address) -> IpNet {
    let masked = address.netmask.and_then(|mask| IpNet::with_netmask(address.addr, mask).ok());
    masked.unwrap_or_else(|| IpNet::from(address.addr))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loopback_interface_is_listed() {
        let all = interfaces().unwrap();
        let loopback = all.iter().find(|interface| interface.loopback).expect("every system has one");
        assert!(loopback.up && loopback.running && !loopback.wireless, "{loopback:?}");
        assert_eq!(loopback.connected, None);
        assert!(loopback.addresses.contains(&"127.0.0.1/8".parse().unwrap()), "{loopback:?}");
    }

    #[test]
    fn opening_is_tried_where_something_can_come() {
        let mut all = interfaces().unwrap();
        assert!(all.iter().all(|interface| interface.access.is_none()));
        try_opening(&mut all);
        for interface in &all {
            assert_eq!(interface.access.is_some(), interface.up, "{interface:?}");
        }
    }

    #[test]
    fn an_address_without_mask_is_a_single_host() {
        let address = |netmask| pcap::Address {
            addr: [192, 0, 2, 7].into(),
            netmask,
            broadcast_addr: None,
            dst_addr: None,
        };
        assert_eq!(network(&address(Some([255, 255, 255, 0].into()))).to_string(), "192.0.2.7/24");
        assert_eq!(network(&address(None)).to_string(), "192.0.2.7/32");
    }
}
