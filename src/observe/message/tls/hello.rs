//! `ClientHello` and `ServerHello`, RFC 8446 section 4.1 and the extensions that say who is meant.

use super::super::cursor::Cursor;
use super::super::text::{Host, Text};
use super::Version;

/// Protocols or versions kept of one hello.
const LIST_LIMIT: usize = 16;
/// Longest kept protocol name.
const PROTOCOL_LIMIT: usize = 64;

const SERVER_NAME: u16 = 0;
const ALPN: u16 = 16;
const SUPPORTED_VERSIONS: u16 = 43;

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientHello {
    /// Host name that is meant, RFC 6066 section 3.
    pub server_name: Option<Text>,
    /// Application protocols offered, RFC 7301.
    pub alpn: Vec<Text>,
    /// Versions offered, as listed; the legacy version alone if there is no list. Reserved values (GREASE) are left out.
    pub versions: Vec<Version>,
    /// Nothing of the hello is missing.
    pub is_whole: bool,
}

impl ClientHello {
    /// `None` if not even the version is there.
    pub(super) fn read(body: &[u8], is_whole: bool) -> Option<Self> {
        let mut cursor = Cursor::new(body);
        let legacy = Version(cursor.u16()?);
        let mut hello = Self { server_name: None, alpn: Vec::new(), versions: Vec::new(), is_whole };
        let _ = hello.read_on(&mut cursor);
        if hello.versions.is_empty() {
            hello.versions.push(legacy);
        }
        Some(hello)
    }

    /// Everything behind the version; stops where the bytes do.
    fn read_on(&mut self, cursor: &mut Cursor<'_>) -> Option<()> {
        cursor.take(32)?;
        let session_id = cursor.u8()?;
        cursor.take(usize::from(session_id))?;
        let ciphers = cursor.u16()?;
        cursor.take(usize::from(ciphers))?;
        let compressions = cursor.u8()?;
        cursor.take(usize::from(compressions))?;
        extensions(cursor, |kind, content| match kind {
            SERVER_NAME if self.server_name.is_none() => self.server_name = server_name(content),
            ALPN if self.alpn.is_empty() => self.alpn = protocols(content),
            SUPPORTED_VERSIONS if self.versions.is_empty() => self.versions = versions(content),
            _ => {}
        })
    }
}

/// What a server chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerHello {
    /// Version chosen.
    pub version: Version,
    /// Cipher suite chosen, as registered with IANA; 0 if it is cut off.
    pub cipher: u16,
    /// Nothing of the hello is missing.
    pub is_whole: bool,
}

impl ServerHello {
    pub(super) fn read(body: &[u8], is_whole: bool) -> Option<Self> {
        let mut cursor = Cursor::new(body);
        let mut hello = Self { version: Version(cursor.u16()?), cipher: 0, is_whole };
        let _ = hello.read_on(&mut cursor);
        Some(hello)
    }

    fn read_on(&mut self, cursor: &mut Cursor<'_>) -> Option<()> {
        cursor.take(32)?;
        let session_id = cursor.u8()?;
        cursor.take(usize::from(session_id))?;
        self.cipher = cursor.u16()?;
        cursor.u8()?;
        extensions(cursor, |kind, content| {
            if let (SUPPORTED_VERSIONS, Some(version)) = (kind, Cursor::new(content).u16()) {
                self.version = Version(version);
            }
        })
    }
}

/// Calls `each` for every extension that is whole.
fn extensions<'a>(cursor: &mut Cursor<'a>, mut each: impl FnMut(u16, &'a [u8])) -> Option<()> {
    let length = cursor.u16()?;
    let mut cursor = Cursor::new(cursor.take_lossy(usize::from(length)));
    while !cursor.is_empty() {
        let (kind, length) = (cursor.u16()?, cursor.u16()?);
        each(kind, cursor.take(usize::from(length))?);
    }
    Some(())
}

fn server_name(content: &[u8]) -> Option<Text> {
    let mut cursor = Cursor::new(content);
    let _list_length = cursor.u16()?;
    let kind = cursor.u8()?;
    let length = cursor.u16()?;
    let name = cursor.take(usize::from(length)).filter(|name| kind == 0 && !name.is_empty())?;
    Some(Text::new(&name.to_ascii_lowercase(), Host::LIMIT))
}

fn protocols(content: &[u8]) -> Vec<Text> {
    let mut cursor = Cursor::new(content);
    let _list_length = cursor.u16();
    std::iter::from_fn(|| {
        let length = cursor.u8()?;
        cursor.take(usize::from(length))
    })
    .take(LIST_LIMIT)
    .map(|name| Text::new(name, PROTOCOL_LIMIT))
    .collect()
}

fn versions(content: &[u8]) -> Vec<Version> {
    let mut cursor = Cursor::new(content);
    let _list_length = cursor.u8();
    let is_grease = |version: u16| version & 0x0f0f == 0x0a0a;
    std::iter::from_fn(|| cursor.u16())
        .filter(|&version| !is_grease(version))
        .take(LIST_LIMIT)
        .map(Version)
        .collect()
}
