//! XMPP, RFC 6120: takes the start of one TCP direction.

use memchr::memmem;

use super::text::{Host, Text};

/// Bytes in which the stream header must end.
const HEAD_LIMIT: usize = 2048;

/// The opening of a stream, RFC 6120 section 4.7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Domain that the client asks for.
    pub to: Option<Text>,
}

/// Reads the stream header; `None` if the bytes are none, or too few yet.
#[must_use]
pub fn read(prefix: &[u8]) -> Option<Stream> {
    let head = prefix.get(..HEAD_LIMIT).unwrap_or(prefix).trim_ascii_start();
    let start = match head {
        [b'<', b'?', b'x', b'm', b'l', ..] => memmem::find(head, b"<stream:stream")?,
        _ => head.starts_with(b"<stream:stream").then_some(0)?,
    };
    let tag = head.get(start..)?.split(|&byte| byte == b'>').next()?;
    Some(Stream { to: attribute(tag, b" to=").map(|to| Text::new(to, Host::LIMIT)) })
}

fn attribute<'a>(tag: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let value = tag.get(memmem::find(tag, name)? + name.len()..)?;
    let (quote, value) = value.split_first()?;
    value.split(|byte| byte == quote).next()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::super::mutant::mutants;
    use super::*;

    const OPEN: &[u8] =
        b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' to='pbx.example' version='1.0'>";

    #[test]
    fn reads_the_domain() {
        assert_eq!(read(OPEN).and_then(|stream| stream.to).as_deref(), Some("pbx.example"));
        assert_eq!(read(b"<stream:stream xmlns=\"x\">"), Some(Stream { to: None }));
    }

    #[test]
    fn other_xml_and_cuts_are_refused() {
        assert_eq!(read(b"<?xml version='1.0'?><html to='a'>"), None);
        assert_eq!(read(b"<?xml version='1.0'?><stream:str"), None);
        assert_eq!(read(b"<stream:stream to="), Some(Stream { to: None }));
    }

    proptest! {
        #[test]
        fn mutants_never_panic(bytes in mutants(OPEN)) {
            let _ = read(&bytes);
        }
    }
}
