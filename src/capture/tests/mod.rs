//! Reads captures made byte by byte, and compares with what was put into them.

mod files;
mod formats;
mod measurements;
mod ranges;

use std::path::PathBuf;

use super::*;

/// A record with its bytes and its settled frame number.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Seen {
    pub(super) frame: Frame,
    pub(super) time: i64,
    pub(super) interface: u32,
    pub(super) link: u16,
    pub(super) original_length: u32,
    pub(super) data: Vec<u8>,
}

pub(super) fn read(paths: &[PathBuf], settings: Settings) -> (Vec<Seen>, Vec<CaptureSummary>) {
    read_all(open(paths, settings).unwrap())
}

/// Reads everything in one thread, and checks that what was visited still lies where the record said.
pub(super) fn read_all(mut measurement: Measurement) -> (Vec<Seen>, Vec<CaptureSummary>) {
    type Visited = Vec<(u64, u32, Seen)>;
    let visit = |visited: &mut Visited, record: Record<'_>| {
        let seen = Seen {
            frame: Frame::new(0, 0),
            time: record.time.0,
            interface: record.interface,
            link: record.link.0,
            original_length: record.original_length,
            data: record.data.to_vec(),
        };
        visited.push((record.index, record.offset, seen));
    };
    let mut seen = Vec::new();
    loop {
        let jobs = measurement.next_wave();
        if jobs.is_empty() {
            break;
        }
        let outcomes = jobs.into_iter().map(|job| job.read(&visit)).collect();
        for chunk in measurement.join(outcomes, &visit) {
            for (index, offset, record) in &chunk.value {
                let start = *offset as usize;
                assert_eq!(chunk.bytes.get(start..start + record.data.len()), Some(&record.data[..]));
                seen.push(Seen { frame: chunk.frame(*index), ..record.clone() });
            }
        }
    }
    let progress = measurement.progress();
    assert!(progress.total.is_none_or(|total| progress.read <= total), "{progress:?}");
    (seen, measurement.finish())
}

pub(super) fn settings(range_bytes: u64, wave: usize) -> Settings {
    Settings { range_bytes, wave, ..Settings::default() }
}
