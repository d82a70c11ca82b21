//! DNS, RFC 1035, with multicast DNS (RFC 6762) and LLMNR (RFC 4795), which differ by port and not by format: takes a
//! datagram or one framed message of a TCP direction, gives questions and records. A message that is cut or odd still
//! gives its questions.

#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, Ipv6Addr};

use simple_dns::rdata::RData;
use simple_dns::{Packet, ResourceRecord};

use super::cursor::Cursor;
use super::text::Text;

/// Longest kept name, RFC 1035 section 2.3.4; escapes could make it longer in print.
const NAME_LIMIT: usize = 255;
/// Longest kept NAPTR word.
const WORD_LIMIT: usize = 64;
/// Questions kept of one message.
const QUESTION_LIMIT: usize = 8;
/// Records kept of one message.
const RECORD_LIMIT: usize = 32;
/// Labels followed in one name: more than a name of 255 bytes can hold.
const LABEL_LIMIT: usize = 128;

/// Bytes of the header, RFC 1035 section 4.1.1.
const HEADER: usize = 12;
/// Bytes that a question has at least: root, type, class.
const QUESTION_MIN: usize = 5;
/// Bytes that a record has at least: root, type, class, time to live, length.
const RECORD_MIN: usize = 11;

/// A DNS message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsMessage {
    /// Joins question and answer.
    pub id: u16,
    /// Answer or question.
    pub is_response: bool,
    /// The server cut its answer (TC): the client asks again over TCP.
    pub is_truncated: bool,
    /// Response code without its EDNS extension: 0 no error, 2 SERVFAIL, 3 NXDOMAIN.
    pub rcode: u8,
    /// The first questions.
    pub questions: Vec<Question>,
    /// The first records of the answer and the additional section that [`Data`] knows.
    pub records: Vec<Record>,
    /// The records could be read to the end.
    pub is_whole: bool,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Name in lower case, without the final dot.
    pub name: Text,
    /// Resource record type: 1 A, 12 PTR, 28 AAAA, 33 SRV, 35 NAPTR.
    pub kind: u16,
}

/// A resource record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Name in lower case, without the final dot.
    pub name: Text,
    /// Time to live in seconds.
    pub ttl: u32,
    /// What it says.
    pub data: Data,
}

/// Data of the record types that are kept. Names are as in [`Record::name`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// RFC 1035.
    A(Ipv4Addr),
    /// RFC 3596.
    Aaaa(Ipv6Addr),
    /// RFC 1035.
    Cname(Text),
    /// RFC 1035.
    Ptr(Text),
    /// RFC 2782.
    Srv {
        /// Lower is preferred.
        priority: u16,
        /// Share among equals.
        weight: u16,
        /// Port of the service.
        port: u16,
        /// Host of the service.
        target: Text,
    },
    /// RFC 3403.
    Naptr {
        /// Lower is first.
        order: u16,
        /// Lower is preferred among equals.
        preference: u16,
        /// `s`, `a`, `u` ...
        flags: Text,
        /// `SIP+D2U` ...
        service: Text,
        /// Next name.
        replacement: Text,
    },
}

/// Whether a datagram is DNS beyond doubt: header, questions and (unless `is_cut`) records fit.
#[must_use]
pub fn is_dns(bytes: &[u8], is_cut: bool) -> bool {
    let Some(header) = Header::read(bytes) else { return false };
    if !header.is_plausible() || (!is_cut && header.size_at_least() > bytes.len()) {
        return false;
    }
    match header.questions {
        // Only answers of multicast DNS hold no question, and their id is 0: RFC 6762 section 18.1.
        0 => header.id == 0 && header.is_response() && header.answers > 0 && Packet::parse(bytes).is_ok(),
        count => questions(bytes, count).is_some_and(|questions| questions.len() == usize::from(count)),
    }
}

/// Reads a message; `None` if not even a question can be read.
#[must_use]
pub fn read(bytes: &[u8]) -> Option<DnsMessage> {
    let header = Header::read(bytes).filter(Header::is_plausible)?;
    // The library reserves memory for as many records as the header claims.
    let packet = (header.size_at_least() <= bytes.len()).then(|| Packet::parse(bytes).ok()).flatten();
    let mut questions = questions(bytes, header.questions)?;
    questions.truncate(QUESTION_LIMIT);
    if questions.is_empty() && packet.is_none() {
        return None;
    }
    let is_whole = packet.is_some();
    let records = packet.map_or_else(Vec::new, |packet| {
        packet
            .answers
            .iter()
            .chain(&packet.additional_records)
            .filter_map(record)
            .take(RECORD_LIMIT)
            .collect()
    });
    Some(DnsMessage {
        id: header.id,
        is_response: header.is_response(),
        is_truncated: header.flags & 0x0200 != 0,
        rcode: header.rcode(),
        questions,
        records,
        is_whole,
    })
}

/// The first message of a TCP direction and the bytes it takes with its length, RFC 1035 section 4.2.2; `None` while it
/// is not whole.
#[must_use]
pub fn frame_stream(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let mut cursor = Cursor::new(bytes);
    let length = usize::from(cursor.u16()?);
    Some((cursor.take(length)?, length + 2))
}

struct Header {
    id: u16,
    flags: u16,
    questions: u16,
    answers: u16,
    records: usize,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let (id, flags, questions, answers) = (cursor.u16()?, cursor.u16()?, cursor.u16()?, cursor.u16()?);
        let records = usize::from(answers) + usize::from(cursor.u16()?) + usize::from(cursor.u16()?);
        Some(Self { id, flags, questions, answers, records })
    }

    fn is_response(&self) -> bool {
        self.flags & 0x8000 != 0
    }

    fn rcode(&self) -> u8 {
        (self.flags & 0x000f) as u8
    }

    /// Opcode query, status, notify or update; reserved bit 0; a question claims no failure and no answer.
    fn is_plausible(&self) -> bool {
        let opcode = self.flags >> 11 & 0x0f;
        matches!(opcode, 0 | 2 | 4 | 5)
            && self.flags & 0x0040 == 0
            && self.rcode() <= 10
            && (self.is_response() || self.rcode() == 0)
            && (self.questions > 0 || self.answers > 0)
    }

    fn size_at_least(&self) -> usize {
        HEADER + usize::from(self.questions) * QUESTION_MIN + self.records * RECORD_MIN
    }
}

/// The questions up to the first that is cut; `None` if one contradicts itself.
fn questions(bytes: &[u8], count: u16) -> Option<Vec<Question>> {
    let mut questions = Vec::new();
    let mut offset = HEADER;
    for _ in 0..count.min(RECORD_LIMIT as u16) {
        let (name, end) = match name(bytes, offset) {
            Name::Whole { name, end } => (name, end),
            Name::Cut => break,
            Name::Bad => return None,
        };
        let mut cursor = Cursor::new(bytes.get(end..)?);
        let (Some(kind), Some(class)) = (cursor.u16(), cursor.u16()) else { break };
        // The top bit asks for a unicast answer: RFC 6762 section 5.4.
        if !matches!(class & 0x7fff, 1 | 3 | 4 | 254 | 255) {
            return None;
        }
        questions.push(Question { name: Text::new(&name, NAME_LIMIT), kind });
        offset = end + 4;
    }
    Some(questions)
}

enum Name {
    /// `end` is the offset behind it.
    Whole { name: Vec<u8>, end: usize },
    /// The bytes end first.
    Cut,
    /// A reserved label, a pointer forward or a name too long.
    Bad,
}

/// RFC 1035 section 4.1.4. A pointer must point back, so that no name is endless.
fn name(bytes: &[u8], start: usize) -> Name {
    let (mut name, mut at, mut behind, mut lowest) = (Vec::new(), start, None, start);
    for _ in 0..LABEL_LIMIT {
        let Some(&length) = bytes.get(at) else { return Name::Cut };
        match length {
            0 => return Name::Whole { name, end: behind.unwrap_or(at + 1) },
            1..=63 => {
                let Some(label) = bytes.get(at + 1..at + 1 + usize::from(length)) else { return Name::Cut };
                if !name.is_empty() {
                    name.push(b'.');
                }
                name.extend(label.iter().map(u8::to_ascii_lowercase));
                if name.len() > NAME_LIMIT {
                    return Name::Bad;
                }
                at += 1 + usize::from(length);
            }
            0xc0.. => {
                let Some(&low) = bytes.get(at + 1) else { return Name::Cut };
                let target = usize::from(length & 0x3f) << 8 | usize::from(low);
                if target >= lowest {
                    return Name::Bad;
                }
                behind = behind.or(Some(at + 2));
                (at, lowest) = (target, target);
            }
            _ => return Name::Bad,
        }
    }
    Name::Bad
}

fn record(record: &ResourceRecord<'_>) -> Option<Record> {
    let data = match &record.rdata {
        RData::A(a) => Data::A(a.address.into()),
        RData::AAAA(aaaa) => Data::Aaaa(aaaa.address.into()),
        RData::CNAME(cname) => Data::Cname(name_text(cname)),
        RData::PTR(ptr) => Data::Ptr(name_text(ptr)),
        RData::SRV(srv) => Data::Srv {
            priority: srv.priority,
            weight: srv.weight,
            port: srv.port,
            target: name_text(&srv.target),
        },
        RData::NAPTR(naptr) => Data::Naptr {
            order: naptr.order,
            preference: naptr.preference,
            flags: Text::new(naptr.flags.to_string().as_bytes(), WORD_LIMIT),
            service: Text::new(naptr.services.to_string().as_bytes(), WORD_LIMIT),
            replacement: name_text(&naptr.replacement),
        },
        _ => return None,
    };
    Some(Record { name: name_text(&record.name), ttl: record.ttl, data })
}

fn name_text(name: &simple_dns::Name<'_>) -> Text {
    Text::new(name.to_string().to_ascii_lowercase().as_bytes(), NAME_LIMIT)
}
