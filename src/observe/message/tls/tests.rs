use proptest::prelude::{prop, proptest};
use tls_parser::{TlsExtension, TlsMessage, TlsMessageHandshake};

use super::super::mutant::mutants;
use super::super::text::Text;
use super::*;

fn block(length_bytes: usize, content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&length[4 - length_bytes..], &content].concat()
}

fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &block(2, &[content])].concat()
}

fn client_hello() -> Vec<u8> {
    client_hello_for(b"My.Pascom.net", &[b"h2", b"http/1.1"])
}

/// Handshake bytes of a hello with a key share as large as post-quantum ones are.
fn client_hello_for(name: &[u8], protocols: &[&[u8]]) -> Vec<u8> {
    let name = block(2, &[&[0], &block(2, &[name])]);
    let protocols: Vec<u8> = protocols.iter().flat_map(|protocol| block(1, &[protocol])).collect();
    let extensions = [
        extension(0x0a0a, &[]),
        extension(51, &[0x55; 1216]),
        extension(0, &name),
        extension(16, &block(2, &[&protocols])),
        extension(43, &block(1, &[&[0x3a, 0x3a, 3, 4, 3, 3]])),
    ];
    let extensions = block(2, &[&extensions.concat()]);
    let body: [&[u8]; 6] =
        [&[3, 3], &[7; 32], &block(1, &[&[9; 32]]), &block(2, &[&[0x13, 1]]), &[1, 0], &extensions];
    [&[1], &block(3, &body)[..]].concat()
}

fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind, 3, 3], &block(2, &[content])[..]].concat()
}

/// The hello in records of `size` bytes.
fn in_records(size: usize) -> Vec<u8> {
    client_hello().chunks(size).flat_map(|chunk| record(HANDSHAKE, chunk)).collect()
}

#[test]
fn a_hello_may_span_records_and_segments() {
    for size in [5, 100, 4000] {
        let bytes = in_records(size);
        let hello = read(&bytes).known().and_then(|tls| tls.client_hello).unwrap();
        assert_eq!(hello.server_name.as_deref(), Some("my.pascom.net"), "{size}");
        assert_eq!(hello.alpn, [Text::new(b"h2", 9), Text::new(b"http/1.1", 9)]);
        assert_eq!(hello.versions, [Version(0x0304), Version(0x0303)]);
        assert!(hello.is_whole);
    }
}

#[test]
fn a_growing_prefix_is_never_foreign() {
    let bytes = in_records(700);
    for length in 0..bytes.len() {
        let Reading::Partial(tls) = read(&bytes[..length]) else { panic!("{length} bytes") };
        assert!(tls.and_then(|tls| tls.client_hello).is_none_or(|hello| !hello.is_whole), "{length} bytes");
    }
    let over = [bytes, record(CHANGE_CIPHER_SPEC, &[1])].concat();
    assert!(matches!(read(&over), Reading::Whole(tls) if tls.client_hello.is_some()));
}

#[test]
fn a_cut_hello_gives_the_name_when_it_is_there() {
    let bytes = in_records(4000);
    let cut = &bytes[..bytes.len() - 10];
    let hello = read(cut).known().and_then(|tls| tls.client_hello).unwrap();
    assert_eq!((hello.server_name.as_deref(), hello.is_whole), (Some("my.pascom.net"), false));
}

#[test]
fn server_hello_and_alert() {
    let extensions = block(2, &[&extension(43, &[3, 4])]);
    let body: [&[u8]; 5] = [&[3, 3], &[8; 32], &[0], &[0x13, 2, 0], &extensions];
    let hello = [&[2], &block(3, &body)[..]].concat();
    let bytes = [record(HANDSHAKE, &hello), record(ALERT, &[2, 40])].concat();
    let tls = read(&bytes).known().unwrap();
    assert_eq!(
        tls.server_hello,
        Some(ServerHello { version: Version(0x0304), cipher: 0x1302, is_whole: true })
    );
    assert_eq!(tls.alert, Some(Alert { level: 2, description: 40 }));
    assert_eq!(Version(0x0304).to_string(), "TLS 1.3");
}

#[test]
fn other_protocols_are_foreign() {
    for bytes in
        [&b"GET / HTTP/1.1\r\n"[..], b"\x16\x03\x09\x00\x10", b"\x16\x03\x01\xff\xff", b"\x80\x2e\x01"]
    {
        assert_eq!(read(bytes), Reading::Foreign);
    }
}

fn dtls_hello() -> Vec<u8> {
    [&[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0][..], &block(2, &[&[1; 60]])].concat()
}

#[test]
fn dtls_is_told_by_its_record_header() {
    let hello = dtls_hello();
    assert!(is_dtls(&hello, false));
    assert!(is_dtls(&hello[..30], true));
    assert!(!is_dtls(&hello[..30], false));
    assert!(!is_dtls(&[0x80; 60], false));
}

/// What tls-parser reads of a record: server name, protocols, versions.
fn oracle(record: &[u8]) -> (Vec<u8>, Vec<Vec<u8>>, Vec<u16>) {
    let (_, record) = tls_parser::parse_tls_plaintext(record).unwrap();
    let Some(TlsMessage::Handshake(TlsMessageHandshake::ClientHello(hello))) = record.msg.first() else {
        panic!("{record:?}");
    };
    let (_, extensions) = tls_parser::parse_tls_client_hello_extensions(hello.ext.unwrap()).unwrap();
    let mut read = (Vec::new(), Vec::new(), Vec::new());
    for extension in extensions {
        match extension {
            TlsExtension::SNI(names) => read.0 = names[0].1.to_ascii_lowercase(),
            TlsExtension::ALPN(protocols) => {
                read.1 = protocols.iter().map(|protocol| protocol.to_vec()).collect()
            }
            TlsExtension::SupportedVersions(versions) => {
                read.2 = versions.iter().map(|version| version.0).collect()
            }
            _ => {}
        }
    }
    read.2.retain(|version| *version != 0x3a3a);
    read
}

proptest! {
    #[test]
    fn hellos_are_read_as_by_tls_parser(
        name in "[a-zA-Z0-9.-]{1,60}",
        protocols in prop::collection::vec("[a-z0-9/.]{1,12}", 1..6),
    ) {
        let protocols: Vec<&[u8]> = protocols.iter().map(String::as_bytes).collect();
        let bytes = record(HANDSHAKE, &client_hello_for(name.as_bytes(), &protocols));
        let hello = read(&bytes).known().and_then(|tls| tls.client_hello).unwrap();
        let name = hello.server_name.unwrap().as_bytes().to_vec();
        let protocols = hello.alpn.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        let versions = hello.versions.iter().map(|version| version.0).collect();
        assert_eq!((name, protocols, versions), oracle(&bytes));
    }

    #[test]
    fn mutants_never_panic(bytes in mutants(in_records(500)), is_cut: bool) {
        let _ = (read(&bytes), is_dtls(&bytes, is_cut));
    }

    #[test]
    fn mutants_of_a_datagram_never_panic(bytes in mutants(dtls_hello()), is_cut: bool) {
        let _ = is_dtls(&bytes, is_cut);
    }
}
