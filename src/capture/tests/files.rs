//! Makes capture files byte by byte, after the format descriptions and not after the reader.

use std::io::Write;
use std::path::PathBuf;

use super::super::bytes::Order;

/// Writes integers in a byte order.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    pub(super) order: Order,
    pub(super) bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn new(order: Order) -> Self {
        Self { order, bytes: Vec::new() }
    }

    pub(super) fn u16(mut self, value: u16) -> Self {
        self.bytes.extend(match self.order {
            Order::Little => value.to_le_bytes(),
            Order::Big => value.to_be_bytes(),
        });
        self
    }

    pub(super) fn u32(mut self, value: u32) -> Self {
        self.bytes.extend(match self.order {
            Order::Little => value.to_le_bytes(),
            Order::Big => value.to_be_bytes(),
        });
        self
    }

    pub(super) fn u64(mut self, value: u64) -> Self {
        self.bytes.extend(match self.order {
            Order::Little => value.to_le_bytes(),
            Order::Big => value.to_be_bytes(),
        });
        self
    }

    pub(super) fn raw(mut self, bytes: &[u8]) -> Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    pub(super) fn pad(mut self) -> Self {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        self
    }
}

/// File header of pcap.
pub(super) fn pcap(order: Order, magic: u32, snap_length: u32, link_word: u32) -> Writer {
    Writer::new(order).u32(magic).u16(2).u16(4).u32(0).u32(0).u32(snap_length).u32(link_word)
}

impl Writer {
    /// A pcap record of the 16 byte kind.
    pub(super) fn record(self, seconds: u32, fraction: u32, original: u32, data: &[u8]) -> Self {
        self.u32(seconds).u32(fraction).u32(data.len() as u32).u32(original).raw(data)
    }

    /// A pcapng block.
    pub(super) fn block(self, kind: u32, body: impl FnOnce(Self) -> Self) -> Self {
        let body = body(Self::new(self.order)).pad().bytes;
        let length = body.len() as u32 + 12;
        self.u32(kind).u32(length).raw(&body).u32(length)
    }

    /// A section header block; what follows is in its byte order.
    pub(super) fn section(mut self, order: Order) -> Self {
        self.order = order;
        self.block(0x0a0d_0d0a, |body| body.u32(0x1a2b_3c4d).u16(1).u16(0).u64(u64::MAX))
    }

    /// An interface description block with options.
    pub(super) fn interface(self, link: u16, snap_length: u32, options: &[(u16, &[u8])]) -> Self {
        self.block(1, |body| body.u16(link).u16(0).u32(snap_length).options(options))
    }

    /// An enhanced packet block with options.
    pub(super) fn packet(
        self,
        interface: u32,
        ticks: u64,
        original: u32,
        data: &[u8],
        options: &[(u16, &[u8])],
    ) -> Self {
        self.block(6, |body| {
            let body = body.u32(interface).u32((ticks >> 32) as u32).u32(ticks as u32);
            body.u32(data.len() as u32).u32(original).raw(data).pad().options(options)
        })
    }

    pub(super) fn options(self, options: &[(u16, &[u8])]) -> Self {
        let all = options
            .iter()
            .fold(self, |writer, (code, value)| writer.u16(*code).u16(value.len() as u16).raw(value).pad());
        if options.is_empty() { all } else { all.u32(0) }
    }
}

/// Files in a folder that goes away with it.
#[derive(Debug)]
pub(super) struct Folder(tempfile::TempDir);

impl Folder {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(super) fn path(&self) -> PathBuf {
        self.0.path().to_owned()
    }

    pub(super) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

pub(super) fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

pub(super) fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut packed = lz4_flex::frame::FrameEncoder::new(Vec::new());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}
