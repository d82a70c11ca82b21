//! The Reason header, RFC 3326: why a request was sent or refused, above all what the telephone network said (ITU-T Q.850).

use super::super::ascii::{number, parameter, split_once};
use super::super::text::Text;
use super::PHRASE_LIMIT;

/// Whose numbers a cause is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CauseProtocol {
    /// ITU-T Q.850, 1 to 127.
    Q850,
    /// Status codes of SIP.
    Sip,
}

/// One value of a Reason header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Whose number it is.
    pub protocol: CauseProtocol,
    /// Below 1,000.
    pub value: u16,
    /// What the sender wrote beside it; hostile.
    pub text: Option<Text>,
}

impl Cause {
    /// Reads one value; `None` for other protocols and where the number is missing.
    pub(super) fn read(value: &[u8]) -> Option<Self> {
        let (protocol, parameters) = split_once(value, b';')?;
        let protocol = protocol.trim_ascii();
        let protocol = if protocol.eq_ignore_ascii_case(b"Q.850") {
            CauseProtocol::Q850
        } else if protocol.eq_ignore_ascii_case(b"SIP") {
            CauseProtocol::Sip
        } else {
            return None;
        };
        let value = parameter(parameters, b"cause").and_then(number).filter(|value| *value < 1_000)?;
        let text = parameter(parameters, b"text").filter(|text| !text.is_empty());
        Some(Self {
            protocol,
            value: u16::try_from(value).ok()?,
            text: text.map(|text| Text::new(text, PHRASE_LIMIT)),
        })
    }

    /// Whether it says that another telephone has taken the call: RFC 3326 section 2, and non-selected user clearing.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        matches!((self.protocol, self.value), (CauseProtocol::Sip, 200) | (CauseProtocol::Q850, 26))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(value: &str) -> Option<(CauseProtocol, u16, Option<String>)> {
        let cause = Cause::read(value.as_bytes())?;
        Some((cause.protocol, cause.value, cause.text.map(|text| text.as_str().to_owned())))
    }

    #[test]
    fn causes_are_read_as_systems_write_them() {
        let local = Some("local".to_owned());
        assert_eq!(told("Q.850 ;cause=16 ;text=\"local\""), Some((CauseProtocol::Q850, 16, local)));
        assert_eq!(told("q.850;cause=21"), Some((CauseProtocol::Q850, 21, None)));
        let elsewhere = told("SIP;cause=200;text=\"Call completed elsewhere\"").unwrap();
        assert_eq!((elsewhere.0, elsewhere.1), (CauseProtocol::Sip, 200));
        assert!(Cause::read(b"SIP;cause=200").unwrap().is_elsewhere());
        assert!(!Cause::read(b"SIP;cause=408").unwrap().is_elsewhere());
    }

    #[test]
    fn what_is_none_is_left_aside() {
        for value in
            ["SIP;description=\"x\"", "Q.850", "Q.850;cause=", "Q.850;cause=70000", "preemption;cause=1"]
        {
            assert_eq!(told(value), None, "{value}");
        }
    }
}
