//! STUN, RFC 8489, classic STUN, RFC 3489, and the channels of TURN, RFC 8656: takes a datagram or the start of a TCP
//! direction.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::cursor::Cursor;
use super::text::Text;

/// RFC 8489 section 5.
pub(super) const MAGIC_COOKIE: u32 = 0x2112_a442;
/// Longest kept software name.
const SOFTWARE_LIMIT: usize = 128;

/// First byte of a channel's number. Those from 0x4100 to 0x4fff are channels as well, but clients count up from 0x4000,
/// and GTP version 2 (3GPP TS 29.274 section 5.1) looks like 0x4820.
const CHANNELS: u8 = 0x40;

const MAPPED_ADDRESS: u16 = 0x0001;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;
const SOFTWARE: u16 = 0x8022;

/// A STUN message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stun {
    /// Request, indication, success or error.
    pub class: Class,
    /// 1 Binding; 3 to 9 belong to TURN, RFC 8656.
    pub method: u16,
    /// XOR-MAPPED-ADDRESS, else MAPPED-ADDRESS: how the server saw the client.
    pub mapped: Option<SocketAddr>,
    /// SOFTWARE.
    pub software: Option<Text>,
    /// Without magic cookie, RFC 3489.
    pub is_classic: bool,
}

/// RFC 8489 section 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Asks.
    Request,
    /// Tells, without answer.
    Indication,
    /// Answers.
    Success,
    /// Refuses.
    Error,
}

/// Reads a message; `None` if it is no STUN. Attributes behind a cut are absent.
#[must_use]
pub fn read(bytes: &[u8], is_cut: bool) -> Option<Stun> {
    let mut cursor = Cursor::new(bytes);
    let (kind, length, cookie) = (cursor.u16()?, usize::from(cursor.u16()?), cursor.u32()?);
    let transaction: [u8; 12] = cursor.array()?;
    let is_length = length.is_multiple_of(4) && (is_cut || length <= cursor.rest().len());
    if kind & 0xc000 != 0 || !is_length {
        return None;
    }
    let is_classic = cookie != MAGIC_COOKIE;
    let mut stun =
        Stun { class: Class::read(kind), method: method(kind), mapped: None, software: None, is_classic };
    let mut attributes = Cursor::new(cursor.take_lossy(length));
    let is_exact = stun.attributes(&mut attributes, transaction) && cursor.is_empty();
    // Without a cookie only a binding that fits to the last byte is believed, and only a request may be empty.
    let is_binding = stun.method == 1 && is_exact && (length > 0 || stun.class == Class::Request);
    (!is_classic || (is_binding && transaction != [0; 12])).then_some(stun)
}

/// What a channel of TURN carries, RFC 8656 section 12.4; `None` if the datagram is none. Four bytes of header are little
/// to go by, so what it carries must be one of the protocols that share a port with media (RFC 7983).
#[must_use]
pub fn channel_data(bytes: &[u8], is_cut: bool) -> Option<&[u8]> {
    let (&[first, _, high, low], rest) = bytes.split_first_chunk()?;
    let length = usize::from(u16::from_be_bytes([high, low]));
    // Over UDP it may be padded to whole words.
    let fits = is_cut && rest.len() <= length || (length..length + 4).contains(&rest.len());
    let data = rest.get(..length).unwrap_or(rest);
    let is_known = match data.first()? {
        0..=3 => read(data, is_cut).is_some_and(|stun| !stun.is_classic),
        20..=63 => super::tls::is_dtls(data, is_cut),
        128..=191 => data.len() >= 8,
        _ => false,
    };
    (first == CHANNELS && fits && is_known).then_some(data)
}

impl Stun {
    /// Whether the attributes end where the bytes do.
    fn attributes(&mut self, cursor: &mut Cursor<'_>, transaction: [u8; 12]) -> bool {
        while let (Some(kind), Some(length)) = (cursor.u16(), cursor.u16()) {
            let length = usize::from(length);
            let Some(value) = cursor.take(length) else { return false };
            cursor.take_lossy(length.next_multiple_of(4) - length);
            match kind {
                XOR_MAPPED_ADDRESS => self.mapped = address(value, Some(transaction)).or(self.mapped),
                MAPPED_ADDRESS if self.mapped.is_none() => self.mapped = address(value, None),
                SOFTWARE => self.software = Some(Text::new(value, SOFTWARE_LIMIT)),
                _ => {}
            }
        }
        cursor.is_empty()
    }
}

impl Class {
    fn read(kind: u16) -> Self {
        match kind & 0x0110 {
            0x0000 => Self::Request,
            0x0010 => Self::Indication,
            0x0100 => Self::Success,
            _ => Self::Error,
        }
    }
}

/// The bits of the message type that are not its class, RFC 8489 figure 3.
fn method(kind: u16) -> u16 {
    kind & 0x000f | (kind & 0x00e0) >> 1 | (kind & 0x3e00) >> 2
}

/// RFC 8489 sections 14.1 and 14.2; with a transaction the address is masked by cookie and transaction.
pub(super) fn address(value: &[u8], transaction: Option<[u8; 12]>) -> Option<SocketAddr> {
    let mut cursor = Cursor::new(value);
    let (_, family, port) = (cursor.u8()?, cursor.u8()?, cursor.u16()?);
    let cookie = if transaction.is_some() { MAGIC_COOKIE } else { 0 };
    let ip = match family {
        1 => IpAddr::V4(Ipv4Addr::from(cursor.u32()? ^ cookie)),
        2 => {
            let mut mask = [0; 16];
            mask[..4].copy_from_slice(&cookie.to_be_bytes());
            mask[4..].copy_from_slice(&transaction.unwrap_or_default());
            let address = u128::from_be_bytes(cursor.array()?) ^ u128::from_be_bytes(mask);
            IpAddr::V6(Ipv6Addr::from(address))
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port ^ (cookie >> 16) as u16))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::super::mutant::mutants;
    use super::*;

    /// The sample response of RFC 5769 section 2.2, without its integrity attributes.
    const RESPONSE: &[u8] = b"\x01\x01\0\x1c\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae\
        \x80\x22\0\x0btest vector \0\x20\0\x08\0\x01\xa1\x47\xe1\x12\xa6\x43";

    #[test]
    fn reads_the_mapped_address() {
        let stun = read(RESPONSE, false).unwrap();
        assert_eq!((stun.class, stun.method, stun.is_classic), (Class::Success, 1, false));
        assert_eq!(stun.mapped, "192.0.2.1:32853".parse().ok());
        assert_eq!(stun.software.as_deref(), Some("test vector"));
    }

    #[test]
    fn classic_stun_must_fit_exactly() {
        let classic = b"\x01\x01\0\x0cAAAAabcdefghijkl\0\x01\0\x08\0\x01\x13\xc4\xc0\0\x02\x07";
        assert_eq!(read(classic, false).and_then(|stun| stun.mapped), "192.0.2.7:5060".parse().ok());
        assert_eq!(read(&classic[..classic.len() - 1], true), None);
        assert!(read(b"\0\x01\0\0AAAAabcdefghijkl", false).is_some_and(|stun| stun.class == Class::Request));
        assert_eq!(read(b"\x01\x01\0\0AAAAabcdefghijkl", false), None);
    }

    #[test]
    fn turn_methods_are_told_apart() {
        assert_eq!((method(0x0003), method(0x0113), method(0x0016)), (3, 3, 6));
        assert_eq!((Class::read(0x0016), Class::read(0x0113)), (Class::Indication, Class::Error));
    }

    #[test]
    fn channels_carry_what_shares_a_port_with_media() {
        let channel = |data: &[u8]| [&[0x40, 0x03, 0, data.len() as u8], data].concat();
        let rtp = [0x80, 8, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4, 0xd5];
        assert_eq!(channel_data(&channel(&rtp), false), Some(&rtp[..]));
        assert_eq!(channel_data(&channel(RESPONSE), false), Some(RESPONSE));
        assert_eq!(channel_data(&[&channel(&rtp)[..], &[0; 3]].concat(), false), Some(&rtp[..]), "padded");
        assert_eq!(channel_data(&channel(&rtp)[..12], true), Some(&rtp[..8]), "cut");
        assert_eq!(channel_data(&channel(&rtp)[..12], false), None, "too short");
        assert_eq!(channel_data(&[&channel(&rtp)[..], &[0; 4]].concat(), false), None, "too long");
        assert_eq!(channel_data(&channel(b"Hello, World!"), false), None);
        let mut other = channel(&rtp);
        other[0] = 0x48;
        assert_eq!(channel_data(&other, false), None, "GTP version 2");
    }

    #[test]
    fn media_are_not_stun() {
        assert_eq!(read(&[0x80; 60], false), None);
        assert_eq!(read(&[0; 60], false), None);
    }

    proptest! {
        #[test]
        fn mutants_never_panic(bytes in mutants(RESPONSE), is_cut: bool) {
            let _ = read(&bytes, is_cut);
            let _ = channel_data(&bytes, is_cut);
        }
    }
}
