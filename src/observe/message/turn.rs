//! TURN, RFC 8656: takes a datagram or a piece of a TCP stream that belongs to a flow of STUN, gives what it says about
//! relaying and what it carries for a peer: in ChannelData (section 12.4) or in the DATA attribute of Send and Data
//! indications (section 11). And what Skype and Teams put around the same on their way to a relay of Microsoft.

use std::net::SocketAddr;

use super::cursor::Cursor;
use super::stun::{MAGIC_COOKIE, address};

/// Section 12: numbers of channels.
const CHANNELS: std::ops::RangeInclusive<u16> = 0x4000..=0x4fff;
const STUN_HEADER: usize = 20;
const CHANNEL_HEADER: usize = 4;

/// Multiplexed TURN of Microsoft's relays, as Wireshark reads it (packet-stun.c): the length of what follows, an identifier
/// of the session, and then what elsewhere would stand alone.
const MULTIPLEXED: u16 = 0xff10;
const SESSION: usize = 8;
/// RFC 7983 section 7: so STUN begins.
const STUN_STARTS: std::ops::RangeInclusive<u8> = 0..=3;

const CHANNEL_NUMBER: u16 = 0x000c;
const XOR_PEER_ADDRESS: u16 = 0x0012;
const DATA: u16 = 0x0013;
const XOR_RELAYED_ADDRESS: u16 = 0x0016;

/// \[MS-TURN\] sections 2.2.1 and 2.2.2, from before RFC 5766: what its relays and clients still speak until a session stands. Every
/// message names this cookie first, and addresses are not masked.
const SEND_REQUEST: u16 = 0x0004;
const OLD_DATA_INDICATION: u16 = 0x0115;
const OLD_COOKIE: &[u8] = b"\0\x0f\0\x04\x72\xc6\x4b\xc6";
const DESTINATION_ADDRESS: u16 = 0x0011;
const REMOTE_ADDRESS: u16 = 0x0012;

const ALLOCATE_SUCCESS: u16 = 0x0103;
const CHANNEL_BIND: u16 = 0x0009;
const SEND: u16 = 0x0016;
const DATA_INDICATION: u16 = 0x0017;

/// What a message of TURN says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn<'a> {
    /// The server gives the client this address.
    Allocated {
        /// XOR-RELAYED-ADDRESS.
        relayed: SocketAddr,
    },
    /// The client asks for a channel to a peer.
    Bind {
        /// CHANNEL-NUMBER.
        channel: u16,
        /// XOR-PEER-ADDRESS.
        peer: SocketAddr,
    },
    /// What goes to a peer or comes from it.
    Carried(Carried<'a>),
}

/// Data of a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried<'a> {
    /// Its channel; in indications there is none.
    pub channel: Option<u16>,
    /// Whether it stands in a session of multiplexed TURN instead.
    pub multiplexed: bool,
    /// The peer, where the message names it.
    pub peer: Option<SocketAddr>,
    /// As far as captured.
    pub bytes: &'a [u8],
    /// Length on the wire.
    pub wire: u32,
    /// Whether the client sent it, if the message tells.
    pub is_clients: Option<bool>,
}

impl Carried<'_> {
    /// 1 where it stands in an indication, else 0.
    #[must_use]
    pub fn indicated(&self) -> u64 {
        u64::from(self.channel.is_none() && !self.multiplexed)
    }
}

/// Reads a message; `None` if it is none of these. `is_cut`: the snap length took its end.
#[must_use]
pub fn read(bytes: &[u8], is_cut: bool) -> Option<Turn<'_>> {
    let mut cursor = Cursor::new(bytes);
    let (kind, length) = (cursor.u16()?, cursor.u16()?);
    if CHANNELS.contains(&kind) {
        let rest = cursor.rest();
        let wanted = usize::from(length);
        // Over UDP it may be padded to whole words.
        let fits = is_cut && rest.len() <= wanted || (wanted..wanted + 4).contains(&rest.len());
        let bytes = rest.get(..wanted).unwrap_or(rest);
        let (channel, multiplexed, peer) = (Some(kind), false, None);
        let carried = Carried { channel, multiplexed, peer, bytes, wire: length.into(), is_clients: None };
        return fits.then_some(Turn::Carried(carried));
    }
    if kind == MULTIPLEXED {
        return multiplexed(cursor.rest(), length, is_cut);
    }
    let is_old = matches!(kind, SEND_REQUEST | OLD_DATA_INDICATION);
    let cookie = cursor.u32()?;
    let is_new =
        matches!(kind, ALLOCATE_SUCCESS | CHANNEL_BIND | SEND | DATA_INDICATION) && cookie == MAGIC_COOKIE;
    let transaction: [u8; 12] = cursor.array()?;
    if !(is_new || is_old && cursor.rest().starts_with(OLD_COOKIE)) {
        return None;
    }
    let (mut channel, mut peer, mut relayed, mut data) = (None, None, None, None);
    while let (Some(kind), Some(length)) = (cursor.u16(), cursor.u16()) {
        let wanted = usize::from(length);
        let value = cursor.take_lossy(wanted);
        cursor.take_lossy(wanted.next_multiple_of(4) - wanted);
        if value.len() < wanted && (kind != DATA || !is_cut) {
            break;
        }
        match kind {
            CHANNEL_NUMBER => channel = Cursor::new(value).u16().filter(|number| CHANNELS.contains(number)),
            DESTINATION_ADDRESS | REMOTE_ADDRESS if is_old => peer = address(value, None),
            XOR_PEER_ADDRESS => peer = address(value, Some(transaction)),
            XOR_RELAYED_ADDRESS => relayed = address(value, Some(transaction)),
            DATA => data = Some((value, u32::from(length))),
            _ => {}
        }
    }
    match kind {
        ALLOCATE_SUCCESS => Some(Turn::Allocated { relayed: relayed? }),
        CHANNEL_BIND => Some(Turn::Bind { channel: channel?, peer: peer? }),
        _ => data.map(|(bytes, wire)| {
            let is_clients = Some(matches!(kind, SEND | SEND_REQUEST));
            Turn::Carried(Carried { channel: None, multiplexed: false, peer, bytes, wire, is_clients })
        }),
    }
}

/// What follows the length in multiplexed TURN.
fn multiplexed(rest: &[u8], length: u16, is_cut: bool) -> Option<Turn<'_>> {
    let wanted = usize::from(length);
    let fits = rest.len() == wanted || is_cut && rest.len() < wanted;
    let bytes = rest.get(SESSION..).filter(|_| fits)?;
    let wire = u32::try_from(wanted.checked_sub(SESSION)?).ok()?;
    if bytes.first().is_some_and(|first| STUN_STARTS.contains(first)) {
        return read(bytes, is_cut);
    }
    let (channel, peer, is_clients) = (None, None, None);
    Some(Turn::Carried(Carried { channel, multiplexed: true, peer, bytes, wire, is_clients }))
}

/// What a TCP stream begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A message of so many bytes, padding included, of which some may not be there yet.
    Message(usize),
    /// More is needed to tell.
    NeedMore,
    /// No message.
    NotTurn,
}

/// Finds the message at the beginning of a TCP stream (section 12.5, and RFC 8489 section 6.2.2).
#[must_use]
pub fn frame(bytes: &[u8]) -> Frame {
    let Some(&[first, second, high, low]) = bytes.first_chunk() else { return Frame::NeedMore };
    let (kind, length) = (u16::from_be_bytes([first, second]), usize::from(u16::from_be_bytes([high, low])));
    if CHANNELS.contains(&kind) {
        return Frame::Message(CHANNEL_HEADER + length.next_multiple_of(4));
    }
    if kind & 0xc000 != 0 || !length.is_multiple_of(4) {
        return Frame::NotTurn;
    }
    match bytes.get(4..8) {
        Some(cookie) if cookie == MAGIC_COOKIE.to_be_bytes() => Frame::Message(STUN_HEADER + length),
        Some(_) => Frame::NotTurn,
        None => Frame::NeedMore,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::super::mutant::mutants;
    use super::*;

    const TRANSACTION: &[u8; 12] = b"abcdefghijkl";
    /// 192.0.2.7:5004, masked with the cookie.
    const PEER: &[u8] = b"\0\x01\x32\x9e\xe1\x12\xa6\x45";

    fn stun(kind: u16, attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (kind, value) in attributes {
            body.extend(kind.to_be_bytes());
            body.extend((value.len() as u16).to_be_bytes());
            body.extend(*value);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        let mut bytes = kind.to_be_bytes().to_vec();
        bytes.extend((body.len() as u16).to_be_bytes());
        bytes.extend(MAGIC_COOKIE.to_be_bytes());
        bytes.extend(TRANSACTION);
        bytes.extend(body);
        bytes
    }

    fn peer() -> SocketAddr {
        "192.0.2.7:5004".parse().unwrap()
    }

    #[test]
    fn what_sets_relaying_up_is_read() {
        let allocated = stun(ALLOCATE_SUCCESS, &[(XOR_RELAYED_ADDRESS, PEER)]);
        assert_eq!(read(&allocated, false), Some(Turn::Allocated { relayed: peer() }));
        let bind = stun(CHANNEL_BIND, &[(CHANNEL_NUMBER, &[0x40, 1, 0, 0]), (XOR_PEER_ADDRESS, PEER)]);
        assert_eq!(read(&bind, false), Some(Turn::Bind { channel: 0x4001, peer: peer() }));
        let outside = stun(CHANNEL_BIND, &[(CHANNEL_NUMBER, &[0x50, 1, 0, 0]), (XOR_PEER_ADDRESS, PEER)]);
        assert_eq!(read(&outside, false), None, "no number of a channel");
        assert_eq!(read(&stun(0x0001, &[]), false), None, "a binding");
    }

    #[test]
    fn what_is_carried_is_read() {
        let data: &[u8] = &[0x80, 8, 0, 1, 2];
        let send = stun(SEND, &[(XOR_PEER_ADDRESS, PEER), (DATA, data)]);
        let (channel, multiplexed) = (None, false);
        let is_clients = Some(true);
        let carried = Carried { channel, multiplexed, peer: Some(peer()), bytes: data, wire: 5, is_clients };
        assert_eq!(read(&send, false), Some(Turn::Carried(carried)));
        let back = stun(DATA_INDICATION, &[(XOR_PEER_ADDRESS, PEER), (DATA, data)]);
        assert_eq!(read(&back, false), Some(Turn::Carried(Carried { is_clients: Some(false), ..carried })));
        let channel = [&[0x40, 1, 0, 5][..], data, &[0; 3]].concat();
        let told = Carried { channel: Some(0x4001), peer: None, is_clients: None, ..carried };
        assert_eq!(read(&channel, false), Some(Turn::Carried(told)));
        assert_eq!(read(&channel[..7], true), Some(Turn::Carried(Carried { bytes: &data[..3], ..told })));
        assert_eq!(read(&channel[..7], false), None, "too short");
        let cut = &send[..send.len() - 5];
        assert_eq!(read(cut, true), Some(Turn::Carried(Carried { bytes: &data[..3], ..carried })));
        assert_eq!(read(cut, false), None);
    }

    #[test]
    fn what_skype_multiplexes_is_read() {
        let data: &[u8] = &[0x90, 97, 0, 1, 2];
        let wrap = |inside: &[u8]| {
            let length = (SESSION + inside.len()) as u16;
            [&MULTIPLEXED.to_be_bytes()[..], &length.to_be_bytes(), &[7; SESSION], inside].concat()
        };
        let (channel, is_clients) = (None, None);
        let carried = Carried { channel, multiplexed: true, peer: None, bytes: data, wire: 5, is_clients };
        let wrapped = wrap(data);
        assert_eq!(read(&wrapped, false), Some(Turn::Carried(carried)));
        assert_eq!(read(&wrapped[..15], true), Some(Turn::Carried(Carried { bytes: &data[..3], ..carried })));
        assert_eq!((read(&wrapped[..15], false), read(&wrapped[..8], true)), (None, None));
        let allocated = stun(ALLOCATE_SUCCESS, &[(XOR_RELAYED_ADDRESS, PEER)]);
        assert_eq!(read(&wrap(&allocated), false), Some(Turn::Allocated { relayed: peer() }));
    }

    #[test]
    fn what_skype_sends_before_a_session_stands_is_read() {
        let data: &[u8] = &[0x90, 97, 0, 1, 2];
        let cookie = &OLD_COOKIE[4..];
        let plain: &[u8] = b"\0\x01\x13\x8c\xc0\0\x02\x07";
        let send = stun(SEND_REQUEST, &[(0x000f, cookie), (DESTINATION_ADDRESS, plain), (DATA, data)]);
        let (channel, multiplexed, is_clients) = (None, false, Some(true));
        let carried = Carried { channel, multiplexed, peer: Some(peer()), bytes: data, wire: 5, is_clients };
        assert_eq!(read(&send, false), Some(Turn::Carried(carried)));
        let mut back = stun(OLD_DATA_INDICATION, &[(0x000f, cookie), (REMOTE_ADDRESS, plain), (DATA, data)]);
        back[4..8].fill(0x44);
        let told = Carried { is_clients: Some(false), ..carried };
        assert_eq!(read(&back, false), Some(Turn::Carried(told)), "relays leave out the cookie of RFC 8489");
        assert_eq!(read(&stun(SEND_REQUEST, &[(DATA, data)]), false), None, "not of that kind");
    }

    #[test]
    fn a_stream_is_cut_into_messages() {
        let bind = stun(CHANNEL_BIND, &[(CHANNEL_NUMBER, &[0x40, 1, 0, 0]), (XOR_PEER_ADDRESS, PEER)]);
        assert_eq!(frame(&bind), Frame::Message(bind.len()));
        assert_eq!((frame(&bind[..3]), frame(&bind[..7])), (Frame::NeedMore, Frame::NeedMore));
        assert_eq!(frame(&[0x40, 1, 0, 5]), Frame::Message(12), "padded to whole words");
        assert_eq!((frame(b"xml / HT"), frame(b"\0\x01\0\0abcd")), (Frame::NotTurn, Frame::NotTurn));
    }

    proptest! {
        #[test]
        fn mutants_never_panic(bytes in mutants(b"\0\x16\0\x10\x21\x12\xa4\x42abcdefghijkl\0\x13\0\x05\x80\x08\0\x01\x02\0\0\0"), is_cut: bool) {
            let _ = (read(&bytes, is_cut), frame(&bytes));
        }

        #[test]
        fn nothing_reaches_beyond_the_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200), is_cut: bool) {
            if let Some(Turn::Carried(carried)) = read(&bytes, is_cut) {
                assert!(carried.bytes.len() <= carried.wire as usize);
            }
        }
    }
}
