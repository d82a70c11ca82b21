//! LLDP, IEEE 802.1AB, with the voice policy and inventory of LLDP-MED, ANSI/TIA-1057: takes what stands behind the
//! link header, gives who sends and which VLAN and marking a switch tells telephones to use.

use std::net::IpAddr;

use crate::decode::Mac;

use super::cursor::Cursor;
use super::text::Text;

/// Longest kept text: a TLV holds at most 511 bytes.
const TEXT_LIMIT: usize = 255;
/// Policies kept of one frame.
const POLICY_LIMIT: usize = 8;
/// Management addresses kept of one frame.
const ADDRESS_LIMIT: usize = 4;

/// TLV types, IEEE 802.1AB-2016 table 8-1.
const END: u8 = 0;
const CHASSIS_ID: u8 = 1;
const PORT_ID: u8 = 2;
const SYSTEM_NAME: u8 = 5;
const SYSTEM_DESCRIPTION: u8 = 6;
const CAPABILITIES: u8 = 7;
const MANAGEMENT_ADDRESS: u8 = 8;
const ORGANIZATION: u8 = 127;

/// Organization of LLDP-MED.
const TIA: [u8; 3] = [0x00, 0x12, 0xbb];
/// Subtype of a chassis or port id that is a MAC address.
const CHASSIS_MAC: u8 = 4;
const PORT_MAC: u8 = 3;
/// System capability, IEEE 802.1AB-2016 table 8-4.
const TELEPHONE: u16 = 1 << 5;

/// What a device says of itself and of its port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lldp {
    /// Chassis id, if it is a MAC address.
    pub chassis_mac: Option<Mac>,
    /// Port id, MAC addresses written out.
    pub port_id: Option<Text>,
    /// System name.
    pub system_name: Option<Text>,
    /// System description.
    pub system_description: Option<Text>,
    /// Management addresses.
    pub management: Vec<IpAddr>,
    /// Network policies of LLDP-MED, one per application.
    pub policies: Vec<NetworkPolicy>,
    /// An end of the network: by its class in LLDP-MED (ANSI/TIA-1057 section 10.2.2), else because it works as a telephone.
    pub is_endpoint: bool,
    /// Firmware, from the LLDP-MED inventory.
    pub firmware: Option<Text>,
    /// Maker, from the LLDP-MED inventory.
    pub manufacturer: Option<Text>,
    /// Model, from the LLDP-MED inventory.
    pub model: Option<Text>,
}

/// Network policy, ANSI/TIA-1057 section 10.2.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkPolicy {
    /// 1 voice, 2 voice signalling, 3 guest voice, 5 softphone voice, 6 video conferencing ...
    pub application: u8,
    /// The policy is not known to the sender: the other fields say nothing.
    pub is_unknown: bool,
    /// Tagged with [`Self::vlan`].
    pub is_tagged: bool,
    /// VLAN identifier; 0 for a priority tag.
    pub vlan: u16,
    /// Priority code point, 0 to 7.
    pub pcp: u8,
    /// Differentiated services code point, 0 to 63.
    pub dscp: u8,
}

impl NetworkPolicy {
    fn read(value: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(value);
        let (application, bits) = (cursor.u8()?, cursor.u24()?);
        Some(Self {
            application,
            is_unknown: bits & 1 << 23 != 0,
            is_tagged: bits & 1 << 22 != 0,
            vlan: (bits >> 9 & 0x0fff) as u16,
            pcp: (bits >> 6 & 0x07) as u8,
            dscp: (bits & 0x3f) as u8,
        })
    }
}

/// Reads an LLDP frame; `None` if it does not start with a chassis id.
#[must_use]
pub fn read(bytes: &[u8]) -> Option<Lldp> {
    let mut cursor = Cursor::new(bytes);
    let mut lldp = Lldp::default();
    let mut is_first = true;
    while let Some(head) = cursor.u16() {
        let (kind, length) = ((head >> 9) as u8, usize::from(head & 0x01ff));
        if is_first && kind != CHASSIS_ID {
            return None;
        }
        let Some(value) = cursor.take(length).filter(|_| kind != END) else { break };
        is_first = false;
        lldp.tlv(kind, value);
    }
    (!is_first).then_some(lldp)
}

impl Lldp {
    fn tlv(&mut self, kind: u8, value: &[u8]) {
        match (kind, value) {
            (CHASSIS_ID, [CHASSIS_MAC, mac @ ..]) => self.chassis_mac = mac.try_into().ok().map(Mac),
            (PORT_ID, [PORT_MAC, mac @ ..]) => {
                self.port_id =
                    mac.try_into().ok().map(|mac| Text::new(Mac(mac).to_string().as_bytes(), TEXT_LIMIT));
            }
            (PORT_ID, [_, id @ ..]) => self.port_id = text(id),
            (SYSTEM_NAME, name) => self.system_name = text(name),
            (SYSTEM_DESCRIPTION, description) => self.system_description = text(description),
            (CAPABILITIES, [_, _, high, low, ..]) => {
                self.is_endpoint |= u16::from_be_bytes([*high, *low]) & TELEPHONE != 0;
            }
            (MANAGEMENT_ADDRESS, value) if self.management.len() < ADDRESS_LIMIT => {
                self.management.extend(management_address(value));
            }
            (ORGANIZATION, [a, b, c, subtype, value @ ..]) if [*a, *b, *c] == TIA => {
                self.med(*subtype, value)
            }
            _ => {}
        }
    }

    /// ANSI/TIA-1057 section 10.2.
    fn med(&mut self, subtype: u8, value: &[u8]) {
        match subtype {
            // The TLV of the class stands behind the capabilities (ANSI/TIA-1057 section 10.1).
            1 => {
                if let Some(class) = value.get(2) {
                    self.is_endpoint = matches!(class, 1..=3);
                }
            }
            2 if self.policies.len() < POLICY_LIMIT => self.policies.extend(NetworkPolicy::read(value)),
            6 => self.firmware = text(value),
            9 => self.manufacturer = text(value),
            10 => self.model = text(value),
            _ => {}
        }
    }
}

/// Length of family and address, family (1 IPv4, 2 IPv6), address.
fn management_address(value: &[u8]) -> Option<IpAddr> {
    let mut cursor = Cursor::new(value);
    match (cursor.u8()?, cursor.u8()?) {
        (5, 1) => cursor.array::<4>().map(IpAddr::from),
        (17, 2) => cursor.array::<16>().map(IpAddr::from),
        _ => None,
    }
}

fn text(value: &[u8]) -> Option<Text> {
    let value = value.strip_suffix(b"\0").unwrap_or(value);
    (!value.is_empty()).then(|| Text::new(value, TEXT_LIMIT))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::super::mutant::mutants;
    use super::*;

    fn tlv(kind: u8, value: &[u8]) -> Vec<u8> {
        let head = u16::from(kind) << 9 | u16::try_from(value.len()).unwrap();
        [&head.to_be_bytes()[..], value].concat()
    }

    fn frame() -> Vec<u8> {
        // Voice, tagged, VLAN 100, priority 5, code point 46.
        let policy = (1_u32 << 22 | 100 << 9 | 5 << 6 | 46).to_be_bytes();
        let policy = [&TIA[..], &[2, 1], &policy[1..]].concat();
        [
            tlv(CHASSIS_ID, &[CHASSIS_MAC, 0, 4, 0x13, 1, 2, 3]),
            tlv(PORT_ID, b"\x05Gi1/0/7"),
            tlv(3, &[0, 120]),
            tlv(SYSTEM_NAME, b"switch-eg"),
            tlv(MANAGEMENT_ADDRESS, &[5, 1, 192, 168, 1, 254, 2, 0, 0, 0, 1, 0]),
            tlv(CAPABILITIES, &[0, 0x24, 0, 0x24]),
            tlv(ORGANIZATION, &[&TIA[..], &[1, 0, 3, 4]].concat()),
            tlv(ORGANIZATION, &policy),
            tlv(ORGANIZATION, &[&TIA[..], b"\x0aD785"].concat()),
            tlv(END, &[]),
        ]
        .concat()
    }

    #[test]
    fn reads_the_voice_policy() {
        let lldp = read(&frame()).unwrap();
        let policy =
            NetworkPolicy { application: 1, is_unknown: false, is_tagged: true, vlan: 100, pcp: 5, dscp: 46 };
        assert_eq!(lldp.policies, [policy]);
        assert_eq!(lldp.chassis_mac, Some(Mac([0, 4, 0x13, 1, 2, 3])));
        assert_eq!(
            (lldp.port_id.as_deref(), lldp.system_name.as_deref()),
            (Some("Gi1/0/7"), Some("switch-eg"))
        );
        assert_eq!(lldp.management, ["192.168.1.254".parse::<IpAddr>().unwrap()]);
        assert_eq!(lldp.model.as_deref(), Some("D785"));
    }

    #[test]
    fn an_endpoint_says_that_it_is_one() {
        let chassis = tlv(CHASSIS_ID, &[CHASSIS_MAC, 0, 4, 0x13, 1, 2, 3]);
        let telephone = tlv(CAPABILITIES, &[0, 0x24, 0, 0x24]);
        let class = |class: u8| tlv(ORGANIZATION, &[&TIA[..], &[1, 0, 3, class]].concat());
        let is_endpoint =
            |parts: &[&[u8]]| read(&[&[&chassis[..]], parts].concat().concat()).unwrap().is_endpoint;
        assert!(is_endpoint(&[&telephone]) && is_endpoint(&[&class(3)]));
        assert!(!is_endpoint(&[]) && !is_endpoint(&[&class(4)]));
        assert!(!is_endpoint(&[&telephone, &class(4)]), "a switch with a telephone in it");
        assert!(!is_endpoint(&[&tlv(CAPABILITIES, &[0, 0x24, 0, 0x04])]), "it could, but does not");
    }

    #[test]
    fn must_start_with_a_chassis_id() {
        assert_eq!(read(&tlv(PORT_ID, b"\x05a")), None);
        assert_eq!(read(&[]), None);
    }

    proptest! {
        #[test]
        fn mutants_never_panic(bytes in mutants(frame())) {
            let _ = read(&bytes);
        }
    }
}
