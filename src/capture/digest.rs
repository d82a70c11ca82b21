//! Takes capture files, gives the SHA-256 of each (FIPS 180-4) over the bytes as they lie on the disk: what `sha256sum`
//! prints, so that a report names exactly the file that it is about.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::value::CaptureSummary;

/// Bytes read at a time.
const BUFFER: usize = 256 << 10;

/// Adds their SHA-256 to captures that are regular files, unless they come to more than `most_bytes` together. One that
/// cannot be read any more is left without.
pub fn fingerprint(captures: &mut [CaptureSummary], most_bytes: u64) {
    let length = |capture: &CaptureSummary| {
        fs::metadata(&capture.path).ok().filter(fs::Metadata::is_file).map(|file| file.len())
    };
    let lengths: Vec<Option<u64>> = captures.iter().map(length).collect();
    let all = lengths.iter().flatten().fold(0_u64, |sum, length| sum.saturating_add(*length));
    if all > most_bytes {
        return;
    }
    for (capture, _) in captures.iter_mut().zip(lengths).filter(|(_, length)| length.is_some()) {
        capture.sha256 = sha256(Path::new(&capture.path)).ok();
    }
}

/// In hexadecimal.
fn sha256(path: &Path) -> io::Result<Box<str>> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; BUFFER];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            length => hash.update(buffer.get(..length).unwrap_or_default()),
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Ended;

    fn summary(path: &Path) -> CaptureSummary {
        CaptureSummary::unread(path.display().to_string(), String::new(), Ended::Complete)
    }

    #[test]
    fn a_file_has_the_digest_of_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let (short, long) = (folder.path().join("short"), folder.path().join("long"));
        fs::write(&short, "abc").unwrap();
        fs::write(&long, vec![b'a'; 1_000_000]).unwrap();
        let mut captures = [&short, &long].map(|path| summary(path));
        fingerprint(&mut captures, 1_000_002);
        assert!(captures.iter().all(|capture| capture.sha256.is_none()), "too long together");
        fingerprint(&mut captures, u64::MAX);
        // FIPS 180-4 examples.
        assert_eq!(
            captures.map(|capture| capture.sha256.unwrap()).each_ref().map(|hex| &**hex),
            [
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ]
        );
    }

    #[test]
    fn what_is_no_file_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let mut captures = [Path::new("-"), folder.path(), Path::new("absent.pcap")].map(summary);
        fingerprint(&mut captures, u64::MAX);
        assert!(captures.iter().all(|capture| capture.sha256.is_none()));
    }
}
