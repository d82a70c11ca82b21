//! Patterns that identify: names and agent strings with `*`, and MAC address prefixes.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::decode::Mac;

/// What a word that should be a pattern is instead.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatternError {
    /// Nothing, or only `*`: it would match everything.
    #[error("the pattern `{0}` matches everything")]
    MatchesAll(String),
    /// A line break, an escape: no agent and no name has one, and patterns are printed.
    #[error("the pattern holds a control character")]
    Control,
    /// Not 24, 28 or 36 bits in hexadecimal digits.
    #[error("`{0}` is no MAC prefix of 24, 28 or 36 bits, such as 00:09:40 or 74:19:F8:6/28")]
    NoMacPrefix(String),
    /// A prefix that is not assigned to a maker.
    #[error("`{0}` is a multicast or locally administered address and names no maker")]
    NoMaker(String),
}

/// A pattern for agent strings and host names: letters without regard to case, `*` for any run of characters.
///
/// `*.pascom.cloud` matches every name below `pascom.cloud`, not `pascom.cloud` itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Glob(Box<str>);

impl Glob {
    /// Whether the whole of `text` fits. Takes time proportional to both lengths multiplied, whatever the text.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let (pattern, text) = (self.0.as_bytes(), text.as_bytes());
        let (mut p, mut t) = (0, 0);
        // Where the last `*` was and how much of the text it has taken so far.
        let mut star: Option<(usize, usize)> = None;
        while let Some(&byte) = text.get(t) {
            match pattern.get(p) {
                Some(b'*') => {
                    star = Some((p, t));
                    p += 1;
                }
                Some(expected) if expected.eq_ignore_ascii_case(&byte) => {
                    p += 1;
                    t += 1;
                }
                _ => {
                    let Some((position, taken)) = star else { return false };
                    star = Some((position, taken + 1));
                    p = position + 1;
                    t = taken + 1;
                }
            }
        }
        pattern.get(p..).is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
    }

    /// As [`Glob::matches`], for a host name with or without the root's dot.
    #[must_use]
    pub fn matches_name(&self, name: &str) -> bool {
        self.matches(name.strip_suffix('.').unwrap_or(name))
    }

    /// The pattern as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Glob {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let pattern = text.trim();
        if pattern.contains(char::is_control) {
            return Err(PatternError::Control);
        }
        let matches_all = pattern.bytes().all(|byte| byte == b'*');
        if matches_all { Err(PatternError::MatchesAll(pattern.to_owned())) } else { Ok(Self(pattern.into())) }
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The first 24, 28 or 36 bits of a MAC address, as the IEEE assigns them to makers. Where several match, the
/// longest counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacPrefix {
    /// The prefix in the upper bits of a 48 bit number.
    value: u64,
    bits: u8,
}

impl MacPrefix {
    const ADDRESS_BITS: u8 = 48;

    /// Whether the address starts with it.
    #[must_use]
    pub fn matches(self, mac: Mac) -> bool {
        let address = mac.0.iter().fold(0_u64, |address, octet| address << 8 | u64::from(*octet));
        let rest = Self::ADDRESS_BITS - self.bits;
        address >> rest == self.value >> rest
    }

    /// Length: 24, 28 or 36.
    #[must_use]
    pub fn bits(self) -> u8 {
        self.bits
    }
}

impl FromStr for MacPrefix {
    type Err = PatternError;

    /// `00:09:40`, `00-09-40`, `74:19:F8:6/28`, `00:50:C2:83:D0/36`. Without a length every digit counts 4 bits.
    fn from_str(text: &str) -> Result<Self, PatternError> {
        let wrong = || PatternError::NoMacPrefix(text.to_owned());
        let (digits, length) = match text.split_once('/') {
            Some((digits, bits)) => (digits, Some(bits.trim().parse::<u8>().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let digits: String = digits.trim().chars().filter(|c| !matches!(c, ':' | '-')).collect();
        if digits.is_empty() || digits.len() > 12 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let given = digits.len() as u8 * 4;
        let bits = length.unwrap_or(given);
        let number = u64::from_str_radix(&digits, 16).map_err(|_| wrong())?;
        let value = number << (Self::ADDRESS_BITS - given);
        if !matches!(bits, 24 | 28 | 36) || bits > given || value << bits & 0xffff_ffff_ffff != 0 {
            return Err(wrong());
        }
        let first_octet = (value >> 40) as u8;
        if first_octet & 0x03 != 0 {
            Err(PatternError::NoMaker(text.to_owned()))
        } else {
            Ok(Self { value, bits })
        }
    }
}

impl fmt::Display for MacPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for digit in 0..self.bits / 4 {
            if digit > 0 && digit % 2 == 0 {
                f.write_str(":")?;
            }
            write!(f, "{:X}", self.value >> (44 - 4 * digit) & 0xf)?;
        }
        if self.bits == 24 { Ok(()) } else { write!(f, "/{}", self.bits) }
    }
}

impl fmt::Debug for MacPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn glob(text: &str) -> Glob {
        text.parse().unwrap()
    }

    #[test]
    fn a_star_stands_for_any_run() {
        for (pattern, text, fits) in [
            ("AGFEO SIP*", "agfeo sip V3.00.15 b", true),
            ("AGFEO SIP*", "not AGFEO SIP", false),
            ("*.pascom.cloud", "eu1.pascom.cloud", true),
            ("*.pascom.cloud", "pascom.cloud", false),
            ("*.pascom.cloud", "pascom.cloud.example.org", false),
            ("*T14*SIP*", "AGFEO T14 (SIP) 1.0", true),
            ("a*b*c", "abbbbbd", false),
            ("snom*", "snom", true),
        ] {
            assert_eq!(glob(pattern).matches(text), fits, "{pattern} {text}");
        }
        assert!(glob("pbx.agfeo.de").matches_name("PBX.agfeo.de."));
        assert!("**".parse::<Glob>().is_err() && "".parse::<Glob>().is_err());
    }

    #[test]
    fn mac_prefixes_of_all_three_lengths() {
        let mac = |octets| Mac(octets);
        for (text, shown, inside, outside) in [
            ("00:09:40", "00:09:40", [0, 9, 0x40, 1, 2, 3], [0, 9, 0x41, 1, 2, 3]),
            (
                "74-19-f8-6/28",
                "74:19:F8:6/28",
                [0x74, 0x19, 0xf8, 0x6f, 0, 0],
                [0x74, 0x19, 0xf8, 0x70, 0, 0],
            ),
            (
                "00:50:C2:83:D0/36",
                "00:50:C2:83:D/36",
                [0, 0x50, 0xc2, 0x83, 0xdf, 1],
                [0, 0x50, 0xc2, 0x83, 0xe0, 1],
            ),
        ] {
            let prefix: MacPrefix = text.parse().unwrap();
            assert_eq!(prefix.to_string(), shown);
            assert!(prefix.matches(mac(inside)) && !prefix.matches(mac(outside)), "{text}");
        }
        for text in [
            "",
            "00:09",
            "00:09:4g",
            "00:09:40:01:02:03",
            "00:50:C2:83:D1/36",
            "00:09:40/48",
            "zz/24",
            "00:09:40/",
        ] {
            assert!(matches!(text.parse::<MacPrefix>(), Err(PatternError::NoMacPrefix(_))), "{text:?}");
        }
        assert!(matches!("02:00:00".parse::<MacPrefix>(), Err(PatternError::NoMaker(_))));
    }

    /// The definition of what a `*` means, slow and plain.
    fn reference(pattern: &[u8], text: &[u8]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some((b'*', rest)) => (0..=text.len()).any(|taken| reference(rest, &text[taken..])),
            Some((first, rest)) => text.first() == Some(first) && reference(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn matching_is_what_a_star_means(pattern in "[ab*]{1,8}", text in "[ab]{0,10}") {
            if let Ok(glob) = pattern.parse::<Glob>() {
                prop_assert_eq!(glob.matches(&text), reference(pattern.as_bytes(), text.as_bytes()));
            }
        }

        #[test]
        fn parsing_a_prefix_never_panics_and_prints_what_it_read(text in "\\PC{0,20}|[0-9a-f:]{0,14}(/[0-9]{1,3})?") {
            if let Ok(prefix) = text.parse::<MacPrefix>() {
                prop_assert_eq!(prefix.to_string().parse::<MacPrefix>(), Ok(prefix));
            }
        }
    }
}
