//! What the machine needs for the least that each part has to do, whatever does it: the figures beside which those of the
//! parts are to be read.

use std::io::Read;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::{file, voice};

const STREAMS: u32 = 400;
/// What a flow takes in its table, about (bytes).
const ROW: usize = 136;
const FILE_HEADER: usize = 24;
const RECORD_HEADER: usize = 16;

/// Bytes of a capture file of voice.
fn capture() -> Vec<u8> {
    let path = file("stages-limit.pcap", &voice(STREAMS));
    std::fs::read(path).expect("the file was just written")
}

/// Where each frame begins and ends.
fn frames(bytes: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut rest = bytes.get(FILE_HEADER..).unwrap_or_default();
    while let Some((header, behind)) = rest.split_at_checked(RECORD_HEADER) {
        let length = u32::from_le_bytes([header[8], header[9], header[10], header[11]]) as usize;
        let Some((frame, next)) = behind.split_at_checked(length) else { break };
        found.push(frame);
        rest = next;
    }
    found
}

/// Addresses and ports of a frame of IPv4 and UDP.
fn ends(frame: &[u8]) -> u128 {
    let mut key = [0; 16];
    if let Some(known) = frame.get(26..38) {
        key[4..].copy_from_slice(known);
    }
    u128::from_be_bytes(key)
}

/// Copying the file from the page cache.
#[divan::bench]
fn copy(bencher: Bencher<'_, '_>) {
    let path = file("stages-limit.pcap", &voice(STREAMS));
    let mut buffer = vec![0; 256 << 10];
    bencher.counter(ItemsCount::new(super::PACKETS)).bench_local(|| {
        let mut input = std::fs::File::open(&path).expect("the file was just written");
        while input.read(&mut buffer).expect("it can be read") > 0 {}
        black_box(&buffer);
    });
}

/// Going from record to record.
#[divan::bench]
fn walk(bencher: Bencher<'_, '_>) {
    let bytes = capture();
    bencher.counter(ItemsCount::new(super::PACKETS)).bench(|| black_box(frames(black_box(&bytes))).len());
}

/// Loading what tells one conversation from another.
#[divan::bench]
fn headers(bencher: Bencher<'_, '_>) {
    let bytes = capture();
    let frames = frames(&bytes);
    bencher.counter(ItemsCount::new(super::PACKETS)).bench(|| {
        for frame in &frames {
            black_box(ends(black_box(frame)));
        }
    });
}

/// Finding and touching a row of each conversation in a table.
#[divan::bench]
fn table(bencher: Bencher<'_, '_>) {
    let bytes = capture();
    let keys: Vec<u128> = frames(&bytes).into_iter().map(ends).collect();
    let mut rows: HashMap<u128, [u8; ROW], RandomState> = HashMap::default();
    bencher.counter(ItemsCount::new(super::PACKETS)).bench_local(|| {
        for key in &keys {
            let row = rows.entry(*key).or_insert([0; ROW]);
            row[0] = row[0].wrapping_add(1);
        }
        black_box(rows.len())
    });
}
