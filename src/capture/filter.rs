//! Takes an expression in libpcap's filter language (pcap-filter(7)) and the bytes of records, gives yes or no.
//! Leaves the look inside a frame to libpcap; knows no file format and no report.
//!
//! libpcap judges VLAN-tagged frames by the words after `vlan` only: `udp port 5060` misses all of them. Telephones
//! often live in a tagged voice VLAN, so an expression X is widened to tagged and doubly tagged frames, see
//! [`with_vlan_tags`]. Linux cooked captures (SLL, SLL2) are the exception: libpcap knows no tags in them.

use std::cell::RefCell;
use std::fmt;
use std::sync::Mutex;

use pcap::{BpfProgram, Capture, Linktype};
use thiserror::Error;

use super::{LinkType, Record};

/// Link types by which an expression is judged before any capture is open; some words exist on one of them only.
const USUAL_LINKS: [LinkType; 4] = [
    LinkType(1),   // ETHERNET
    LinkType(276), // LINUX_SLL2
    LinkType(101), // RAW
    LinkType(127), // IEEE802_11_RADIOTAP
];

/// An expression that libpcap accepts: shared by all workers, each of which compiles its own programs from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterSpec {
    expression: String,
}

impl FilterSpec {
    /// Takes what the user gave with `--filter`. Host names in it are looked up by libpcap, once per program.
    ///
    /// # Errors
    ///
    /// [`FilterError::NeedsLibpcap`] without libpcap, [`FilterError::Expression`] if no usual link type takes it.
    pub fn new(expression: &str) -> Result<Self, FilterError> {
        let [ethernet, others @ ..] = USUAL_LINKS;
        match Filter::compile(expression, ethernet) {
            Err(FilterError::Link { expression, reason, .. })
                if others.iter().all(|&link| Filter::compile(&expression, link).is_err()) =>
            {
                Err(FilterError::Expression { expression, reason })
            }
            Err(error @ FilterError::NeedsLibpcap(_)) => Err(error),
            _ => Ok(Self { expression: expression.to_owned() }),
        }
    }

    /// As the user wrote it.
    #[must_use]
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// A program for records of `link`, say to tell the user early that the expression does not suit a capture.
    ///
    /// # Errors
    ///
    /// [`FilterError::Link`] if the expression says nothing about such records.
    pub fn compile(&self, link: LinkType) -> Result<Filter, FilterError> {
        Filter::compile(&self.expression, link)
    }

    /// Whether the expression is true of a record; false where it says nothing about records of that link type.
    /// Each thread compiles its own programs, once.
    #[must_use]
    pub fn selects(&self, record: &Record<'_>) -> bool {
        self.passes(record.link, record.data)
    }

    fn passes(&self, link: LinkType, data: &[u8]) -> bool {
        thread_local! {
            static COMPILED: RefCell<Vec<(String, LinkType, Option<Filter>)>> = const { RefCell::new(Vec::new()) };
        }
        COMPILED.with_borrow_mut(|compiled| {
            let known =
                compiled.iter().position(|(text, known, _)| *known == link && *text == self.expression);
            let at = known.unwrap_or_else(|| {
                compiled.push((self.expression.clone(), link, self.compile(link).ok()));
                compiled.len() - 1
            });
            let filter = compiled.get(at).and_then(|(.., filter)| filter.as_ref());
            filter.is_some_and(|filter| filter.matches(data))
        })
    }
}

/// An expression compiled for one link type.
pub struct Filter {
    program: BpfProgram,
}

impl Filter {
    /// Compiles `expression` for records of `link`, widened by [`with_vlan_tags`] where that link type has tags.
    ///
    /// # Errors
    ///
    /// [`FilterError::NeedsLibpcap`] or [`FilterError::Link`].
    pub fn compile(expression: &str, link: LinkType) -> Result<Self, FilterError> {
        /// libpcap before 1.8 compiles with global variables.
        static COMPILER: Mutex<()> = Mutex::new(());

        pcap_dyn::availability().map_err(FilterError::NeedsLibpcap)?;
        let refused = |error: pcap::Error| FilterError::Link {
            expression: expression.to_owned(),
            link,
            reason: match error {
                pcap::Error::PcapError(text) => text,
                other => other.to_string(),
            },
        };
        let _one_at_a_time = COMPILER.lock();
        let handle = Capture::dead(data_link(link)).map_err(refused)?;
        // First as it stands: errors shall be about what the user wrote.
        let plain = handle.compile(expression, true).map_err(refused)?;
        if asks_the_kernel(&plain) {
            let reason = "inbound, outbound or ifindex is not recorded in such frames".to_owned();
            return Err(FilterError::Link { expression: expression.to_owned(), link, reason });
        }
        let program = handle.compile(&with_vlan_tags(expression), true).unwrap_or(plain);
        Ok(Self { program })
    }

    /// Whether the expression is true of a record's captured bytes. `len`, `greater` and `less` see the number of
    /// captured bytes, not the length on the wire.
    #[must_use]
    pub fn matches(&self, data: &[u8]) -> bool {
        self.program.filter(data)
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter").field("instructions", &self.program.get_instructions().len()).finish()
    }
}

/// Whether a program loads from the offsets by which Linux gives what it knows of a packet beside its bytes
/// (`SKF_AD_OFF`, linux/filter.h). Over recorded bytes such a program would silently match nothing.
fn asks_the_kernel(program: &BpfProgram) -> bool {
    const SKF_AD_OFF: u32 = -0x1000_i32 as u32;
    const LOAD_ABSOLUTE: [&str; 3] = ["32", "40", "48"]; // BPF_LD | BPF_ABS of a word, half a word, a byte

    program.get_instructions().iter().any(|instruction| {
        // The pcap crate shows an instruction only as text: code, jt, jf, k.
        let text = instruction.to_string();
        let mut fields = text.split(' ');
        let loads = fields.next().is_some_and(|code| LOAD_ABSOLUTE.contains(&code));
        loads && fields.nth(2).and_then(|k| k.parse().ok()).is_some_and(|k: u32| k >= SKF_AD_OFF)
    })
}

/// Why `--filter` cannot be used.
#[derive(Clone, Debug, Error)]
pub enum FilterError {
    /// There is no libpcap.
    #[error("--filter needs libpcap, which is not installed or cannot be loaded: {}", pcap_dyn::INSTALL)]
    NeedsLibpcap(&'static pcap_dyn::Missing),
    /// libpcap does not take the expression.
    #[error("--filter {expression:?}: libpcap says: {reason}; `man pcap-filter` describes the language")]
    Expression {
        /// As the user gave it.
        expression: String,
        /// libpcap's words.
        reason: String,
    },
    /// libpcap does not take the expression for this link type.
    #[error("--filter {expression:?} cannot be applied to frames of link type {}: {reason}", link.0)]
    Link {
        /// As the user gave it.
        expression: String,
        /// Of the frames in question.
        link: LinkType,
        /// In libpcap's words, mostly.
        reason: String,
    },
}

/// Widens X to `(U) or (vlan and ((U) or (vlan and (X))))` where U is X of what bears no further tag, true also of frames
/// with one tag or two.
///
/// In libpcap's language `vlan` is true of a tagged frame and shifts every offset after it by the tag, so X without
/// tag has to come first, and the second tag has to stand inside the first. It is asked of what bears no tag alone: what a
/// negation excludes would be found in every tagged frame otherwise, since X sees none of what is behind the tag. For the
/// same reason an expression that itself says where to look, with `vlan`, another word that shifts offsets or the type of
/// a tag, is left alone.
fn with_vlan_tags(expression: &str) -> String {
    const SHIFT_OFFSETS: [&str; 6] = ["vlan", "mpls", "pppoed", "pppoes", "geneve", "vxlan"];
    const TAGS: [&str; 3] = ["0x8100", "0x88a8", "0x9100"];
    const TAGS_IN_DECIMAL: [&str; 3] = ["33024", "34984", "37120"];

    let is_between = |letter: char| letter.is_whitespace() || "()!&|[]:=<>".contains(letter);
    let words: Vec<&str> = expression.split(is_between).filter(|word| !word.is_empty()).collect();
    let asks_for_tags = words.iter().any(|word| TAGS.contains(&word.to_ascii_lowercase().as_str()))
        || words.windows(2).any(|pair| matches!(pair, ["proto", number] if TAGS_IN_DECIMAL.contains(number)));
    if asks_for_tags || words.iter().any(|word| SHIFT_OFFSETS.contains(word)) {
        return expression.to_owned();
    }
    let tagged = TAGS.map(|tag| format!("ether proto {tag}")).join(" or ");
    let (x, untagged) = (expression, format!("(not ({tagged}) and ({expression}))"));
    format!("{untagged} or (vlan and ({untagged} or (vlan and ({x}))))")
}

/// The `DLT_` number that libpcap has for the `LINKTYPE_` number of a file: the same but for those that were given
/// differently on different systems (libpcap, `pcap-common.c`).
fn data_link(link: LinkType) -> Linktype {
    Linktype(match link.0 {
        100 => 11,                                // ATM_RFC1483
        101 if cfg!(target_os = "openbsd") => 14, // RAW
        101 => 12,                                // RAW
        102 => 15,                                // SLIP_BSDOS
        103 => 16,                                // PPP_BSDOS
        106 => 19,                                // ATM_CLIP
        same => i32::from(same),
    })
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use etherparse::PacketBuilder;

    use super::*;

    const ETHERNET: LinkType = LinkType(1);
    const RAW: LinkType = LinkType(101);
    const SLL2: LinkType = LinkType(276);

    /// An Ethernet frame with a UDP datagram to `port`, with a tag for each of `vlans`, outermost first.
    fn frame(port: u16, vlans: &[u16]) -> Vec<u8> {
        let (a, b) = (Ipv4Addr::new(192, 0, 2, 1), Ipv4Addr::new(192, 0, 2, 2));
        let mut frame = Vec::new();
        PacketBuilder::ethernet2([2; 6], [4; 6])
            .ipv4(a.octets(), b.octets(), 64)
            .udp(5060, port)
            .write(&mut frame, b"OPTIONS")
            .unwrap();
        for vlan in vlans.iter().rev() {
            let mut tag = vec![0x81, 0x00];
            tag.extend(vlan.to_be_bytes());
            frame.splice(12..12, tag);
        }
        frame
    }

    fn matches(expression: &str, link: LinkType, data: &[u8]) -> bool {
        FilterSpec::new(expression).unwrap().passes(link, data)
    }

    #[test]
    fn frames_match_with_and_without_tags() {
        for vlans in [&[][..], &[100], &[100, 7]] {
            assert!(matches("udp dst port 5061", ETHERNET, &frame(5061, vlans)), "{vlans:?}");
            assert!(!matches("udp dst port 5061", ETHERNET, &frame(5062, vlans)), "{vlans:?}");
            assert!(!matches("not udp", ETHERNET, &frame(5061, vlans)), "{vlans:?}");
            assert!(!matches("not udp dst port 5061", ETHERNET, &frame(5061, vlans)), "{vlans:?}");
            assert!(matches("not udp dst port 5061", ETHERNET, &frame(5062, vlans)), "{vlans:?}");
            assert!(matches("not tcp and not host 192.0.2.9", ETHERNET, &frame(5061, vlans)), "{vlans:?}");
        }
    }

    #[test]
    fn a_user_who_writes_vlan_gets_what_he_wrote() {
        assert!(matches("vlan 100 and udp", ETHERNET, &frame(5061, &[100])));
        assert!(!matches("vlan 100 and udp", ETHERNET, &frame(5061, &[])));
        assert!(!matches("vlan 7 and udp", ETHERNET, &frame(5061, &[100, 7])));
        assert!(!matches("(vlan)", ETHERNET, &frame(5061, &[])));
        assert_eq!(with_vlan_tags("not(vlan)and ip"), "not(vlan)and ip");
        for asks_for_tags in ["ether proto 0x8100", "ether[12:2]=0x88A8", "ether proto 33024"] {
            assert_eq!(with_vlan_tags(asks_for_tags), asks_for_tags);
        }
        assert_ne!(with_vlan_tags("tcp port 33024"), "tcp port 33024");
        assert_ne!(with_vlan_tags("host vlan.example"), "host vlan.example");
    }

    #[test]
    fn link_types_may_change_within_a_capture() {
        let frame = frame(5061, &[]);
        let spec = FilterSpec::new("udp dst port 5061").unwrap();
        let sll2: Vec<u8> = [8, 0].into_iter().chain([0; 18]).chain(frame[14..].iter().copied()).collect();
        for _ in 0..2 {
            assert!(spec.passes(ETHERNET, &frame));
            assert!(spec.passes(RAW, &frame[14..]));
            assert!(spec.passes(SLL2, &sll2));
        }
    }

    #[test]
    fn any_cut_is_judged_without_trouble() {
        let (spec, frame) = (FilterSpec::new("udp dst port 5061").unwrap(), frame(5061, &[1, 2]));
        let ports = frame.len() - b"OPTIONS".len() - 4;
        for length in 0..=frame.len() {
            assert_eq!(spec.passes(ETHERNET, &frame[..length]), length >= ports, "{length}");
        }
    }

    #[test]
    fn errors_name_the_option_and_give_libpcaps_words() {
        let error = FilterSpec::new("udp prot 5060").unwrap_err().to_string();
        assert!(error.starts_with("--filter \"udp prot 5060\": libpcap says: "), "{error}");
        assert!(error.contains("syntax error"), "{error}");
        assert!(FilterSpec::new("udp) or (tcp").is_err());
        assert!(FilterSpec::new("udp\0").is_err());
    }

    #[test]
    fn an_expression_is_refused_where_it_says_nothing() {
        let spec = FilterSpec::new("ether host 02:02:02:02:02:02").unwrap();
        let error = spec.compile(RAW).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("--filter") && error.contains("link type 101"), "{error}");
        // Words that exist on one link type only are no syntax errors.
        let spec = FilterSpec::new("ifindex 3").unwrap();
        assert!(spec.compile(SLL2).is_ok());
        assert!(spec.compile(ETHERNET).is_err());
        assert!(FilterSpec::new("inbound and udp").unwrap().compile(ETHERNET).is_err());
    }

    #[test]
    fn threads_may_share_an_expression() {
        let (spec, frame) = (FilterSpec::new("udp dst port 5061").unwrap(), frame(5061, &[]));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| assert!(spec.passes(ETHERNET, &frame)));
            }
        });
    }

    /// libpcap translates the link type when it opens a file; ours must say the same for every number it knows.
    #[test]
    fn link_types_are_translated_as_libpcap_does() {
        pcap_dyn::availability().unwrap();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("empty.pcap");
        for link in 0..400u16 {
            let mut header = Vec::new();
            for word in [0xa1b2_c3d4_u32, 4 << 16 | 2, 0, 0, 65535, u32::from(link)] {
                header.extend(word.to_le_bytes());
            }
            std::fs::write(&path, header).unwrap();
            let opened = Capture::from_file(&path).unwrap().get_datalink();
            assert_eq!(data_link(LinkType(link)), opened, "LINKTYPE {link}");
        }
    }
}
