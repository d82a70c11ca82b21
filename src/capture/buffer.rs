//! Takes bytes from a file, keeps them for as long as a chunk lives, and gives the memory back to be used again:
//! a fresh megabyte for each range would cost more in page faults than decoding it.

use std::fs::File;
use std::io;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use super::system::read_at;

/// Buffers that are not in use at the moment.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    idle: Arc<Mutex<Vec<Vec<u8>>>>,
    /// More idle buffers than this are given back to the system.
    keep: usize,
    /// Longer buffers than this (one huge record) are given back too.
    longest: usize,
}

impl Pool {
    pub(super) fn new(keep: usize, longest: usize) -> Self {
        Self { idle: Arc::default(), keep, longest }
    }

    pub(super) fn take(&self) -> Buffer {
        let memory = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        Buffer { memory, filled: 0, pool: Some(self.clone()) }
    }

    fn put(&self, memory: Vec<u8>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.keep && memory.capacity() <= self.longest {
            idle.push(memory);
        }
    }
}

/// Bytes of a capture; dereferences to the filled part.
#[derive(Debug, Default)]
pub struct Buffer {
    /// Initialised once and never zeroed again; only `..filled` is of this range.
    memory: Vec<u8>,
    filled: usize,
    pool: Option<Pool>,
}

impl Buffer {
    /// Reads the bytes of `file` behind those that are here (which began at `start`), up to `length` in all.
    /// Fewer at the end of the file.
    pub(super) fn read_file(&mut self, file: &File, start: u64, length: usize) -> io::Result<()> {
        while self.filled < length {
            let at = start.saturating_add(self.filled as u64);
            match read_at(file, self.space(length), at) {
                Ok(0) => break,
                Ok(count) => self.filled = self.memory.len().min(self.filled + count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Appends what one call of `read` gives, up to `length` bytes in all; gives the number of new bytes.
    pub(super) fn read_some(&mut self, source: &mut dyn io::Read, length: usize) -> io::Result<usize> {
        loop {
            match source.read(self.space(length)) {
                Ok(count) => {
                    let before = self.filled;
                    self.filled = self.memory.len().min(before + count);
                    return Ok(self.filled - before);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Appends a copy of `bytes`.
    pub(super) fn append(&mut self, bytes: &[u8]) {
        let length = self.filled + bytes.len();
        self.space(length).copy_from_slice(bytes);
        self.filled = length;
    }

    /// Forgets the bytes from `length` on.
    pub(super) fn truncate(&mut self, length: usize) {
        self.filled = self.filled.min(length);
    }

    /// The unfilled bytes up to `length` in all.
    fn space(&mut self, length: usize) -> &mut [u8] {
        if self.memory.len() < length {
            self.memory.resize(length, 0);
        }
        self.memory.get_mut(self.filled..length).unwrap_or_default()
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.memory.get(..self.filled).unwrap_or_default()
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if let Some(pool) = &self.pool {
            pool.put(std::mem::take(&mut self.memory));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_used_again_and_bounded() {
        let pool = Pool::new(1, 1000);
        let mut first = pool.take();
        first.append(b"ring");
        let address = first.as_ptr();
        drop((first, pool.take()));
        let mut again = pool.take();
        again.append(b"rang");
        assert_eq!(again.as_ptr(), address);
        assert_eq!(&again[..], b"rang");

        let mut huge = pool.take();
        huge.append(&[0; 2000]);
        drop(huge);
        assert_eq!(pool.idle.lock().unwrap().len(), 0);
    }
}
