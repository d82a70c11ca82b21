//! The pcapng format, draft-ietf-opsawg-pcapng, block by block.

use super::Order;
use crate::capture::{Capture, Record};

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
const OBSOLETE_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const NAME_RESOLUTION: u32 = 4;
const INTERFACE_STATISTICS: u32 = 5;
const ENHANCED_PACKET: u32 = 6;
const CUSTOM: u32 = 0x0bad;

/// The capture as a pcapng file of one section and one interface.
#[must_use]
pub fn write(capture: &Capture) -> Vec<u8> {
    let mut file = Pcapng::new(Order::Little);
    let interface = file.interface(&Interface::of(capture));
    for record in &capture.records {
        file.packet(interface, record);
    }
    file.finish()
}

/// What an interface description block says.
#[derive(Clone, Copy, Debug)]
pub struct Interface {
    /// `LINKTYPE_` number.
    pub link: u16,
    /// Longest frame kept.
    pub snap: u32,
    /// `if_name`.
    pub name: &'static str,
    /// `if_tsresol` as it stands in the file: 6 and 9 are powers of ten, 0x80 | n is a power of two.
    pub resolution: u8,
    /// `if_tsoffset` in seconds, taken off every time of the interface.
    pub offset: i64,
}

impl Interface {
    /// Nanoseconds, as dumpcap writes them.
    #[must_use]
    pub fn of(capture: &Capture) -> Self {
        Self { link: capture.link, snap: capture.snap, name: "eth0", resolution: 9, offset: 0 }
    }

    /// A time in the interface's own units.
    fn ticks(&self, time: u64) -> u64 {
        let time = i128::from(time) - i128::from(self.offset) * 1_000_000_000;
        let per_second = match self.resolution {
            power if power & 0x80 != 0 => 1_i128 << (power & 0x7f),
            power => 10_i128.pow(power.into()),
        };
        // Rounded up, so that a reader who rounds down gets the same microsecond back.
        ((time * per_second + 999_999_999) / 1_000_000_000) as u64
    }
}

/// A file in the making.
#[derive(Debug)]
pub struct Pcapng {
    out: Vec<u8>,
    order: Order,
    interfaces: Vec<Interface>,
}

impl Pcapng {
    /// Starts with a section header.
    #[must_use]
    pub fn new(order: Order) -> Self {
        let mut file = Self { out: Vec::new(), order, interfaces: Vec::new() };
        file.section(order);
        file
    }

    /// Starts a new section, which knows none of the interfaces before it.
    pub fn section(&mut self, order: Order) {
        self.order = order;
        self.interfaces.clear();
        let body = [
            &order.u32(0x1a2b_3c4d)[..],
            &order.u16(1),
            &order.u16(0),
            // Section length not given.
            &order.u64(u64::MAX),
            &self.option(4, b"samplegen"),
            &self.option(0, &[]),
        ]
        .concat();
        self.block(SECTION_HEADER, &body);
    }

    /// Describes an interface; gives its number for the packets.
    pub fn interface(&mut self, interface: &Interface) -> u32 {
        let offset = self.order.u64(interface.offset as u64);
        let mut body =
            [&self.order.u16(interface.link)[..], &[0, 0], &self.order.u32(interface.snap)].concat();
        body.extend(self.option(2, interface.name.as_bytes()));
        body.extend(self.option(9, &[interface.resolution]));
        if interface.offset != 0 {
            body.extend(self.option(14, &offset));
        }
        body.extend(self.option(0, &[]));
        self.block(INTERFACE_DESCRIPTION, &body);
        self.interfaces.push(*interface);
        self.interfaces.len() as u32 - 1
    }

    /// An enhanced packet block.
    pub fn packet(&mut self, interface: u32, record: &Record) {
        let mut body = self.order.u32(interface).to_vec();
        body.extend(self.time(interface, record));
        body.extend(self.lengths(record));
        body.extend(padded(&record.data));
        self.block(ENHANCED_PACKET, &body);
    }

    /// A simple packet block: no time, always the first interface.
    pub fn simple_packet(&mut self, record: &Record) {
        let body = [&self.order.u32(record.wire)[..], &padded(&record.data)].concat();
        self.block(SIMPLE_PACKET, &body);
    }

    /// The packet block of old files, with its own drop counter.
    pub fn obsolete_packet(&mut self, interface: u32, drops: u16, record: &Record) {
        let mut body = self.order.u16(interface as u16).to_vec();
        body.extend(self.order.u16(drops));
        body.extend(self.time(interface, record));
        body.extend(self.lengths(record));
        body.extend(padded(&record.data));
        self.block(OBSOLETE_PACKET, &body);
    }

    /// Interface statistics: frames that the interface received and dropped.
    pub fn statistics(&mut self, interface: u32, time: u64, received: u64, dropped: u64) {
        let at = Record::whole(time, Vec::new());
        let mut body = self.order.u32(interface).to_vec();
        body.extend(self.time(interface, &at));
        body.extend(self.option(4, &self.order.u64(received)));
        body.extend(self.option(5, &self.order.u64(dropped)));
        body.extend(self.option(0, &[]));
        self.block(INTERFACE_STATISTICS, &body);
    }

    /// A name for an IPv4 address.
    pub fn name(&mut self, address: [u8; 4], name: &str) {
        let value = [&address, name.as_bytes(), &[0]].concat();
        let mut body =
            [&self.order.u16(1)[..], &self.order.u16(value.len() as u16), &padded(&value)].concat();
        body.extend([0; 4]);
        self.block(NAME_RESOLUTION, &body);
    }

    /// A custom block of the private enterprise number for documentation (RFC 5612).
    pub fn custom(&mut self, data: &[u8]) {
        const DOCUMENTATION: u32 = 32_473;
        let body = [&self.order.u32(DOCUMENTATION)[..], &padded(data)].concat();
        self.block(CUSTOM, &body);
    }

    /// A block of any type; `body` is padded.
    pub fn block(&mut self, kind: u32, body: &[u8]) {
        let body = padded(body);
        let length = self.order.u32(body.len() as u32 + 12);
        self.out.extend(self.order.u32(kind));
        self.out.extend(length);
        self.out.extend(body);
        self.out.extend(length);
    }

    /// The file's bytes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    fn time(&self, interface: u32, record: &Record) -> Vec<u8> {
        let ticks =
            self.interfaces.get(interface as usize).map_or(0, |described| described.ticks(record.time));
        [self.order.u32((ticks >> 32) as u32), self.order.u32(ticks as u32)].concat()
    }

    fn lengths(&self, record: &Record) -> Vec<u8> {
        [self.order.u32(record.data.len() as u32), self.order.u32(record.wire)].concat()
    }

    fn option(&self, code: u16, value: &[u8]) -> Vec<u8> {
        [&self.order.u16(code)[..], &self.order.u16(value.len() as u16), &padded(value)].concat()
    }
}

fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_says_its_length_at_both_ends() {
        let capture = Capture::ethernet(vec![Record::whole(1, vec![7; 61]), Record::whole(2, vec![8; 60])]);
        let file = write(&capture);
        let mut rest = &file[..];
        let mut kinds = Vec::new();
        while let Some((head, _)) = rest.split_first_chunk::<8>() {
            let word = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap());
            let length = word(&head[4..]) as usize;
            assert_eq!(word(&rest[length - 4..length]) as usize, length);
            kinds.push(word(&head[..4]));
            rest = &rest[length..];
        }
        assert!(rest.is_empty());
        assert_eq!(kinds, [SECTION_HEADER, INTERFACE_DESCRIPTION, ENHANCED_PACKET, ENHANCED_PACKET]);
    }

    #[test]
    fn times_survive_powers_of_two_and_offsets() {
        let interface =
            Interface { link: 1, snap: 0, name: "", resolution: 0x80 | 30, offset: 1_700_000_000 };
        let time = 1_772_438_400_123_456_000_u64;
        let read = (u128::from(interface.ticks(time)) * 1_000_000_000) >> 30;
        assert_eq!((read + 1_700_000_000 * 1_000_000_000) as u64 / 1000, time / 1000);
    }
}
