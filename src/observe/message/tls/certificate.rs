//! The names and the validity of an X.509 certificate, RFC 5280, from the Certificate message of TLS 1.2 and older.
//! No signature is checked.

use super::super::ascii::number;
use super::super::ber::{Element, OID, SEQUENCE};
use super::super::cursor::Cursor;
use super::super::text::{Host, Text};

/// Alternative names kept.
const NAME_LIMIT: usize = 16;
/// Elements of a name or extensions that are looked at.
const ELEMENT_LIMIT: usize = 64;

/// `id-at-commonName`, 2.5.4.3.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// `id-at-organizationName`, 2.5.4.10.
const ORGANIZATION: &[u8] = &[0x55, 0x04, 0x0a];
/// `id-ce-subjectAltName`, 2.5.29.17.
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];

const SET: u8 = 0x31;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const EXTENSIONS: u8 = 0xa3;
const VERSION: u8 = 0xa0;
const DNS_NAME: u8 = 0x82;

/// What a certificate says of its holder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    /// Common name of the subject.
    pub common_name: Option<Text>,
    /// Common name of the issuer, else its organization.
    pub issuer: Option<Text>,
    /// Alternative DNS names of the subject, in lower case.
    pub dns_names: Vec<Text>,
    /// Begin of validity, seconds since the Unix epoch.
    pub not_before: Option<i64>,
    /// End of validity, seconds since the Unix epoch.
    pub not_after: Option<i64>,
    /// Issuer and subject are the same.
    pub is_self_issued: bool,
}

impl Certificate {
    /// The first certificate of a Certificate message, RFC 5246 section 7.4.2.
    pub(super) fn read_message(body: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(body);
        let _chain_length = cursor.u24()?;
        let length = cursor.u24()? as usize;
        Self::read(cursor.take(length)?)
    }

    fn read(der: &[u8]) -> Option<Self> {
        let certificate = Element::expect(&mut Cursor::new(der), SEQUENCE)?;
        let mut fields = Cursor::new(Element::expect(&mut Cursor::new(certificate), SEQUENCE)?);
        let first = Element::read(&mut fields)?;
        if first.tag == VERSION {
            let _serial = Element::read(&mut fields)?;
        }
        let _signature = Element::expect(&mut fields, SEQUENCE)?;
        let issuer = Element::expect(&mut fields, SEQUENCE)?;
        let mut validity = Cursor::new(Element::expect(&mut fields, SEQUENCE)?);
        let subject = Element::expect(&mut fields, SEQUENCE)?;
        let not_before = Element::read(&mut validity).and_then(time);
        let not_after = Element::read(&mut validity).and_then(time);
        let _public_key = Element::expect(&mut fields, SEQUENCE);
        let extensions = elements(fields.rest()).find(|element| element.tag == EXTENSIONS);
        Some(Self {
            common_name: part_of_name(subject, COMMON_NAME),
            issuer: part_of_name(issuer, COMMON_NAME).or_else(|| part_of_name(issuer, ORGANIZATION)),
            dns_names: extensions.map_or_else(Vec::new, |extensions| dns_names(extensions.content)),
            not_before,
            not_after,
            is_self_issued: issuer == subject,
        })
    }
}

fn elements(bytes: &[u8]) -> impl Iterator<Item = Element<'_>> {
    let mut cursor = Cursor::new(bytes);
    std::iter::from_fn(move || Element::read(&mut cursor)).take(ELEMENT_LIMIT)
}

/// The first value of an attribute in a distinguished name, RFC 5280 section 4.1.2.4.
fn part_of_name(name: &[u8], attribute: &[u8]) -> Option<Text> {
    elements(name).filter(|set| set.tag == SET).flat_map(|set| elements(set.content)).find_map(|pair| {
        let mut pair = Cursor::new(pair.content);
        let is_wanted = Element::expect(&mut pair, OID)? == attribute;
        let value = Element::read(&mut pair)?;
        is_wanted.then(|| Text::new(value.content, Host::LIMIT))
    })
}

fn dns_names(extensions: &[u8]) -> Vec<Text> {
    let names = elements(extensions).flat_map(|list| elements(list.content)).find_map(|extension| {
        let mut fields = Cursor::new(extension.content);
        let is_wanted = Element::expect(&mut fields, OID)? == SUBJECT_ALT_NAME;
        // A boolean (critical) may stand before the value.
        elements(fields.rest()).last().filter(|_| is_wanted)
    });
    let Some(names) = names else { return Vec::new() };
    elements(names.content)
        .flat_map(|list| elements(list.content))
        .filter(|name| name.tag == DNS_NAME)
        .take(NAME_LIMIT)
        .map(|name| Text::new(&name.content.to_ascii_lowercase(), Host::LIMIT))
        .collect()
}

/// `YYMMDDhhmmssZ` or `YYYYMMDDhhmmssZ`, RFC 5280 section 4.1.2.5.
fn time(element: Element<'_>) -> Option<i64> {
    let digits = element.content.strip_suffix(b"Z")?;
    let (year, rest) = match element.tag {
        UTC_TIME => {
            let (year, rest) = digits.split_at_checked(2)?;
            let year = i16::try_from(number(year)?).ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = digits.split_at_checked(4)?;
            (i16::try_from(number(year)?).ok()?, rest)
        }
        _ => return None,
    };
    let pair = |index: usize| {
        rest.get(index * 2..index * 2 + 2).and_then(number).and_then(|value| i8::try_from(value).ok())
    };
    let (month, day, hour, minute, second) = (pair(0)?, pair(1)?, pair(2)?, pair(3)?, pair(4)?);
    let time = jiff::civil::DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    Some(time.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use samplegen::talk::tls::der as tlv;

    use super::*;

    /// No parts.
    const EMPTY: [&[u8]; 0] = [];

    fn name(common_name: &[u8]) -> Vec<u8> {
        let pair = tlv(SEQUENCE, &[&tlv(OID, &[COMMON_NAME]), &tlv(0x0c, &[common_name])]);
        tlv(SEQUENCE, &[&tlv(SET, &[&pair])])
    }

    fn certificate() -> Vec<u8> {
        let names = tlv(SEQUENCE, &[&tlv(DNS_NAME, &[b"PBX.example"]), &tlv(0x87, &[&[192, 0, 2, 1]])]);
        let critical = tlv(0x01, &[&[0xff]]);
        let extension = tlv(SEQUENCE, &[&tlv(OID, &[SUBJECT_ALT_NAME]), &critical, &tlv(0x04, &[&names])]);
        let validity = tlv(
            SEQUENCE,
            &[&tlv(UTC_TIME, &[b"240101000000Z"]), &tlv(GENERALIZED_TIME, &[b"20500101000000Z"])],
        );
        let fields: [&[u8]; 8] = [
            &tlv(VERSION, &[&tlv(0x02, &[&[2]])]),
            &tlv(0x02, &[&[1]]),
            &tlv(SEQUENCE, &EMPTY),
            &name(b"pbx"),
            &validity,
            &name(b"pbx"),
            &tlv(SEQUENCE, &EMPTY),
            &tlv(EXTENSIONS, &[&tlv(SEQUENCE, &[&extension])]),
        ];
        tlv(SEQUENCE, &[&tlv(SEQUENCE, &fields), &tlv(SEQUENCE, &EMPTY)])
    }

    #[test]
    fn reads_names_and_validity() {
        let certificate = Certificate::read(&certificate()).unwrap();
        assert_eq!(certificate.common_name.as_deref(), Some("pbx"));
        assert_eq!(certificate.issuer.as_deref(), Some("pbx"));
        assert_eq!(certificate.dns_names, [Text::new(b"pbx.example", 99)]);
        let seconds = |text: &str| text.parse::<jiff::Timestamp>().ok().map(|time| time.as_second());
        assert_eq!(certificate.not_before, seconds("2024-01-01T00:00:00Z"));
        assert_eq!(certificate.not_after, seconds("2050-01-01T00:00:00Z"));
        assert!(certificate.is_self_issued);
    }

    #[test]
    fn an_issuer_without_common_name_is_told_by_its_organization() {
        let pair =
            |oid: &[u8], text: &[u8]| tlv(SET, &[&tlv(SEQUENCE, &[&tlv(OID, &[oid]), &tlv(0x0c, &[text])])]);
        let name = [pair(&[0x55, 0x04, 0x06], b"DE"), pair(ORGANIZATION, b"Muster GmbH")].concat();
        assert_eq!(part_of_name(&name, COMMON_NAME), None);
        assert_eq!(part_of_name(&name, ORGANIZATION).as_deref(), Some("Muster GmbH"));
    }

    #[test]
    fn damaged_certificates_do_not_panic() {
        let whole = certificate();
        for at in 0..whole.len() {
            assert_eq!(Certificate::read(&whole[..at]), None);
            for value in [0x00, 0x7f, 0x84, 0xff] {
                let mut damaged = whole.clone();
                damaged[at] = value;
                let _ = Certificate::read(&damaged);
            }
        }
    }
}
