//! Writes the few pcapng blocks (draft-ietf-opsawg-pcapng sections 4.1, 4.2, 4.3 and 4.6) that a live capture consists
//! of, little-endian.

const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const STATISTICS: u32 = 5;
const PACKET: u32 = 6;
const BYTE_ORDER_MAGIC: u32 = 0x1a2b_3c4d;
const OPTION_COMMENT: u16 = 1;
const OPTION_NAME: u16 = 2;
const OPTION_RESOLUTION: u16 = 9;
const OPTION_DROPS: u16 = 5;

/// A section of unknown length.
pub(super) fn section() -> Vec<u8> {
    let mut bytes = Vec::new();
    block(&mut bytes, SECTION, section_head);
    bytes
}

/// The same with a comment.
pub(super) fn commented_section(bytes: &mut Vec<u8>, comment: &str) {
    block(bytes, SECTION, |bytes| {
        section_head(bytes);
        option(bytes, OPTION_COMMENT, comment_bytes(comment));
        bytes.extend([0; 4]);
    });
}

fn section_head(bytes: &mut Vec<u8>) {
    bytes.extend(BYTE_ORDER_MAGIC.to_le_bytes());
    bytes.extend([1, 0, 0, 0]);
    bytes.extend(u64::MAX.to_le_bytes());
}

/// An option's length is stated in 16 bits.
fn comment_bytes(comment: &str) -> &[u8] {
    comment.get(..comment.floor_char_boundary(60_000)).unwrap_or_default().as_bytes()
}

/// An interface; times are in nanoseconds, else in microseconds.
pub(super) fn interface(bytes: &mut Vec<u8>, name: &str, link: u16, snap_length: u32, is_nano: bool) {
    block(bytes, INTERFACE, |bytes| {
        bytes.extend(link.to_le_bytes());
        bytes.extend([0, 0]);
        bytes.extend(snap_length.to_le_bytes());
        if !name.is_empty() {
            option(bytes, OPTION_NAME, name.as_bytes());
        }
        option(bytes, OPTION_RESOLUTION, &[if is_nano { 9 } else { 6 }]);
        bytes.extend([0; 4]);
    });
}

/// A packet; `time` in the unit of its interface since the epoch.
#[inline]
pub(super) fn packet(bytes: &mut Vec<u8>, interface: u32, time: u64, original: u32, data: &[u8]) {
    commented_packet(bytes, interface, time, original, data, &[]);
}

/// The same with comments.
#[inline]
pub(super) fn commented_packet(
    bytes: &mut Vec<u8>,
    interface: u32,
    time: u64,
    original: u32,
    data: &[u8],
    comments: &[String],
) {
    block(bytes, PACKET, |bytes| {
        let start = bytes.len();
        bytes.extend(interface.to_le_bytes());
        bytes.extend(((time >> 32) as u32).to_le_bytes());
        bytes.extend((time as u32).to_le_bytes());
        bytes.extend((data.len() as u32).to_le_bytes());
        bytes.extend(original.to_le_bytes());
        bytes.extend_from_slice(data);
        if !comments.is_empty() {
            pad(bytes, start);
            comments.iter().for_each(|comment| option(bytes, OPTION_COMMENT, comment_bytes(comment)));
            bytes.extend([0; 4]);
        }
    });
}

/// A block of a stream that was written here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Next {
    /// Bytes of the block.
    pub(super) length: usize,
    /// Time stamp, if it is a packet.
    pub(super) time: Option<u64>,
}

/// The first block of `bytes`; `None` if there is no whole one.
#[inline]
pub(super) fn next(bytes: &[u8]) -> Option<Next> {
    let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let length = word(4)? as usize;
    let is_whole = length >= 12 && length <= bytes.len();
    let time = match word(0)? {
        PACKET => Some(u64::from(word(12)?) << 32 | u64::from(word(16)?)),
        _ => None,
    };
    is_whole.then_some(Next { length, time })
}

/// All that was dropped on an interface so far.
pub(super) fn drops(bytes: &mut Vec<u8>, interface: u32, total: u64) {
    block(bytes, STATISTICS, |bytes| {
        bytes.extend(interface.to_le_bytes());
        bytes.extend([0; 8]);
        option(bytes, OPTION_DROPS, &total.to_le_bytes());
        bytes.extend([0; 4]);
    });
}

#[inline]
fn block(bytes: &mut Vec<u8>, kind: u32, body: impl FnOnce(&mut Vec<u8>)) {
    let start = bytes.len();
    bytes.extend(kind.to_le_bytes());
    bytes.extend([0; 4]);
    body(bytes);
    pad(bytes, start);
    let length = ((bytes.len() - start + 4) as u32).to_le_bytes();
    if let Some(place) = bytes.get_mut(start + 4..start + 8) {
        place.copy_from_slice(&length);
    }
    bytes.extend(length);
}

fn option(bytes: &mut Vec<u8>, code: u16, value: &[u8]) {
    let start = bytes.len();
    bytes.extend(code.to_le_bytes());
    bytes.extend((value.len() as u16).to_le_bytes());
    bytes.extend_from_slice(value);
    pad(bytes, start);
}

fn pad(bytes: &mut Vec<u8>, start: usize) {
    let missing = (bytes.len() - start).next_multiple_of(4) - (bytes.len() - start);
    bytes.extend_from_slice(&[0; 3][..missing]);
}
