//! DHCPv4, RFC 2131 and the options of RFC 2132 that phones are provisioned with: takes a datagram, gives a
//! [`DhcpMessage`]. An option area that is cut gives the options before the cut.

use std::net::Ipv4Addr;

use crate::decode::Mac;

use super::cursor::Cursor;
use super::text::Text;

/// Offsets and sizes of RFC 2131 section 2.
const SERVER_NAME: usize = 64;
const BOOT_FILE: usize = 128;
const MAGIC_COOKIE: [u8; 4] = [99, 130, 83, 99];

/// Longest kept option text: an option holds no more.
const TEXT_LIMIT: usize = 255;
/// Servers kept of options 6 and 150.
const ADDRESS_LIMIT: usize = 4;

/// A DHCP (or BOOTP) message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DhcpMessage {
    /// From server to client.
    pub is_reply: bool,
    /// Transaction.
    pub xid: u32,
    /// The client asks for answers to all (section 4.1).
    pub to_all: bool,
    /// Option 53; `None` for BOOTP or when it is cut off.
    pub kind: Option<MessageType>,
    /// Client's hardware address (chaddr), if it is one of Ethernet.
    pub client_mac: Option<Mac>,
    /// Address that the client has (ciaddr), if any.
    pub client: Option<Ipv4Addr>,
    /// Address that the client gets (yiaddr), if any.
    pub yours: Option<Ipv4Addr>,
    /// Relay agent (giaddr), if any.
    pub relay: Option<Ipv4Addr>,
    /// Option 50: address that the client wants.
    pub requested: Option<Ipv4Addr>,
    /// Option 54: server that is meant or answers.
    pub server: Option<Ipv4Addr>,
    /// Option 1.
    pub mask: Option<Ipv4Addr>,
    /// Option 3: the first router.
    pub gateway: Option<Ipv4Addr>,
    /// Option 6: name servers.
    pub name_servers: Vec<Ipv4Addr>,
    /// Option 12.
    pub host_name: Option<Text>,
    /// Option 60.
    pub vendor_class: Option<Text>,
    /// Option 66, or the sname field.
    pub tftp_server: Option<Text>,
    /// Option 67, or the file field.
    pub boot_file: Option<Text>,
    /// Option 150, RFC 5859.
    pub tftp_addresses: Vec<Ipv4Addr>,
    /// Option 43, as text.
    pub vendor_options: Option<Text>,
    /// Option 160, a second place for the provisioning URL.
    pub provisioning: Option<Text>,
    /// Option 81, RFC 4702: name of the client.
    pub client_fqdn: Option<Text>,
}

/// Option 53, RFC 2132 section 9.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageType {
    /// Client looks for servers.
    Discover,
    /// Server offers an address.
    Offer,
    /// Client takes an offer or renews.
    Request,
    /// Client found the address in use.
    Decline,
    /// Server agrees.
    Ack,
    /// Server refuses.
    Nak,
    /// Client gives the address back.
    Release,
    /// Client asks for options only.
    Inform,
    /// A later type.
    Other(u8),
}

/// Reads a datagram; `None` if it is no DHCP.
#[must_use]
pub fn read(datagram: &[u8]) -> Option<DhcpMessage> {
    let mut cursor = Cursor::new(datagram);
    let [op @ 1..=2, hardware, hardware_length, hops] = cursor.array()? else { return None };
    if hardware_length > 16 || hops > 16 {
        return None;
    }
    let xid = cursor.u32()?;
    let seconds_and_flags = cursor.u32()?;
    let client = address(&mut cursor)?;
    let yours = address(&mut cursor)?;
    let _next_server = address(&mut cursor)?;
    let relay = address(&mut cursor)?;
    let chaddr: [u8; 16] = cursor.array()?;
    let (server_name, file) = (cursor.take(SERVER_NAME)?, cursor.take(BOOT_FILE)?);
    if cursor.array() != Some(MAGIC_COOKIE) {
        return None;
    }
    let mut message = DhcpMessage {
        is_reply: op == 2,
        xid,
        to_all: seconds_and_flags & 0x8000 != 0,
        kind: None,
        client_mac: (hardware == 1 && hardware_length == 6)
            .then(|| chaddr.first_chunk().copied().map(Mac))
            .flatten(),
        client: assigned(client),
        yours: assigned(yours),
        relay: assigned(relay),
        requested: None,
        server: None,
        mask: None,
        gateway: None,
        name_servers: Vec::new(),
        host_name: None,
        vendor_class: None,
        tftp_server: None,
        boot_file: None,
        tftp_addresses: Vec::new(),
        vendor_options: None,
        provisioning: None,
        client_fqdn: None,
    };
    let overload = message.options(cursor.rest());
    message.fields(overload, server_name, file);
    Some(message)
}

impl DhcpMessage {
    /// Walks an option area; gives option 52, which says what the sname and file fields hold.
    fn options(&mut self, area: &[u8]) -> u8 {
        let mut cursor = Cursor::new(area);
        let mut overload = 0;
        while let Some(code) = cursor.u8().filter(|&code| code != 255) {
            if code == 0 {
                continue;
            }
            let Some(length) = cursor.u8() else { break };
            let Some(value) = cursor.take(usize::from(length)) else { break };
            match (code, value) {
                (52, [value]) => overload = *value,
                _ => self.option(code, value),
            }
        }
        overload
    }

    fn option(&mut self, code: u8, value: &[u8]) {
        match code {
            1 => self.mask = address(&mut Cursor::new(value)),
            3 => self.gateway = address(&mut Cursor::new(value)).and_then(assigned),
            6 => add(&mut self.name_servers, value),
            12 => self.host_name = text(value),
            43 => self.vendor_options = text(value),
            50 => self.requested = address(&mut Cursor::new(value)),
            53 => self.kind = value.first().map(|&kind| MessageType::read(kind)),
            54 => self.server = address(&mut Cursor::new(value)),
            60 => self.vendor_class = text(value),
            66 => self.tftp_server = text(value),
            67 => self.boot_file = text(value),
            // Flags and two result codes stand before the name.
            81 => self.client_fqdn = value.get(3..).and_then(text),
            150 => add(&mut self.tftp_addresses, value),
            160 => self.provisioning = text(value),
            _ => {}
        }
    }

    /// The sname and file fields: names, or further options (RFC 2132 section 9.3).
    fn fields(&mut self, overload: u8, server_name: &[u8], file: &[u8]) {
        if overload & 1 != 0 {
            self.options(file);
        } else if self.boot_file.is_none() {
            self.boot_file = text(file);
        }
        if overload & 2 != 0 {
            self.options(server_name);
        } else if self.tftp_server.is_none() {
            self.tftp_server = text(server_name);
        }
    }
}

impl MessageType {
    fn read(kind: u8) -> Self {
        match kind {
            1 => Self::Discover,
            2 => Self::Offer,
            3 => Self::Request,
            4 => Self::Decline,
            5 => Self::Ack,
            6 => Self::Nak,
            7 => Self::Release,
            8 => Self::Inform,
            other => Self::Other(other),
        }
    }
}

fn address(cursor: &mut Cursor<'_>) -> Option<Ipv4Addr> {
    cursor.array::<4>().map(Ipv4Addr::from)
}

/// Adds to a list, of which the first few are kept; an option may come in parts (RFC 3396).
fn add(list: &mut Vec<Ipv4Addr>, value: &[u8]) {
    let room = ADDRESS_LIMIT.saturating_sub(list.len());
    list.extend(value.chunks_exact(4).filter_map(|chunk| address(&mut Cursor::new(chunk))).take(room));
}

fn assigned(address: Ipv4Addr) -> Option<Ipv4Addr> {
    (!address.is_unspecified()).then_some(address)
}

/// Text up to the first NUL; `None` if nothing is left.
fn text(value: &[u8]) -> Option<Text> {
    let text = value.split(|&byte| byte == 0).next().filter(|text| !text.is_empty())?;
    Some(Text::new(text, TEXT_LIMIT))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::super::mutant::mutants;
    use super::*;

    fn message(options: &[u8]) -> Vec<u8> {
        let mut bytes = vec![2, 1, 6, 0, 1, 2, 3, 4, 0, 0, 0, 0];
        bytes.extend([0, 0, 0, 0, 192, 168, 1, 50, 0, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend([0x00, 0x09, 0x40, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend([0; SERVER_NAME + BOOT_FILE]);
        bytes.extend(MAGIC_COOKIE);
        bytes.extend(options);
        bytes
    }

    const OFFER: &[u8] =
        b"\x35\x01\x02\x00\x36\x04\xc0\xa8\x01\x01\x01\x04\xff\xff\xff\x00\x03\x04\xc0\xa8\x01\x01\x06\x08\xc0\xa8\x01\x05\x09\x09\x09\x09\x42\x0bpbx.example\x3c\x04snom\x96\x04\xc0\xa8\x01\x02\
        \x51\x07\x05\x00\x00t14x\xff\x0c\x03not";

    #[test]
    fn reads_an_offer() {
        let offer = read(&message(OFFER)).unwrap();
        assert_eq!((offer.is_reply, offer.kind, offer.xid), (true, Some(MessageType::Offer), 0x0102_0304));
        assert_eq!(offer.client_mac, Some(Mac([0x00, 0x09, 0x40, 1, 2, 3])));
        assert_eq!((offer.yours, offer.client), (Some(Ipv4Addr::new(192, 168, 1, 50)), None));
        assert_eq!(offer.server, Some(Ipv4Addr::new(192, 168, 1, 1)));
        assert_eq!(offer.tftp_addresses, [Ipv4Addr::new(192, 168, 1, 2)]);
        assert_eq!((offer.mask, offer.gateway), (Some(Ipv4Addr::new(255, 255, 255, 0)), offer.server));
        assert_eq!(offer.name_servers, [Ipv4Addr::new(192, 168, 1, 5), Ipv4Addr::new(9, 9, 9, 9)]);
        assert_eq!(
            (offer.tftp_server.as_deref(), offer.vendor_class.as_deref()),
            (Some("pbx.example"), Some("snom"))
        );
        assert_eq!((offer.client_fqdn.as_deref(), offer.host_name), (Some("t14x"), None));
    }

    #[test]
    fn fields_hold_options_when_overloaded() {
        let mut bytes = message(b"\x34\x01\x01\xff");
        let file = 44 + SERVER_NAME;
        bytes[file..file + 6].copy_from_slice(b"\x42\x03abc\xff");
        let message = read(&bytes).unwrap();
        assert_eq!((message.tftp_server.as_deref(), message.boot_file), (Some("abc"), None));
    }

    #[test]
    fn every_cut_gives_the_options_before_it() {
        let whole = message(OFFER);
        let options = whole.len() - OFFER.len();
        for length in 0..whole.len() {
            let read = read(&whole[..length]);
            assert_eq!(read.is_some(), length >= options, "{length} bytes");
            assert_eq!(
                read.is_some_and(|message| message.kind.is_some()),
                length >= options + 3,
                "{length} bytes"
            );
        }
    }

    proptest! {
        #[test]
        fn mutants_never_panic(bytes in mutants(message(OFFER))) {
            let _ = read(&bytes);
        }
    }
}
