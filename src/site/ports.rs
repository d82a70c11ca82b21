//! Port numbers as documents write them: `5060`, `5064-5127`, `80, 443`, `dynamic`.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use thiserror::Error;

/// What a word that should be ports is instead.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PortsError {
    /// Not a single port.
    #[error("no port is given")]
    Empty,
    /// Not a number from 1 to 65535.
    #[error("`{0}` is no port; ports are numbers from 1 to 65535")]
    NoPort(String),
    /// The end comes before the start.
    #[error("the range {0}-{1} runs backwards")]
    Reversed(u16, u16),
}

/// A set of ports, kept as sorted ranges that neither touch nor overlap. Never empty when parsed.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortSet(Box<[(u16, u16)]>);

impl PortSet {
    /// Whether `port` is one of them.
    #[must_use]
    pub fn contains(&self, port: u16) -> bool {
        self.0.iter().any(|&(first, last)| (first..=last).contains(&port))
    }

    /// The ranges in ascending order.
    pub fn ranges(&self) -> impl Iterator<Item = RangeInclusive<u16>> + '_ {
        self.0.iter().map(|&(first, last)| first..=last)
    }

    /// How many ports.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.0.iter().map(|&(first, last)| u32::from(last.saturating_sub(first)) + 1).sum()
    }

    /// The lowest port.
    #[must_use]
    pub fn first(&self) -> Option<u16> {
        self.0.first().map(|range| range.0)
    }

    /// The highest port.
    #[must_use]
    pub fn last(&self) -> Option<u16> {
        self.0.last().map(|range| range.1)
    }
}

impl FromIterator<RangeInclusive<u16>> for PortSet {
    fn from_iter<I: IntoIterator<Item = RangeInclusive<u16>>>(ranges: I) -> Self {
        let mut sorted: Vec<(u16, u16)> =
            ranges.into_iter().filter(|r| !r.is_empty()).map(RangeInclusive::into_inner).collect();
        sorted.sort_unstable();
        let mut joined: Vec<(u16, u16)> = Vec::with_capacity(sorted.len());
        for (first, last) in sorted {
            match joined.last_mut() {
                Some(previous) if first <= previous.1.saturating_add(1) => previous.1 = previous.1.max(last),
                _ => joined.push((first, last)),
            }
        }
        Self(joined.into())
    }
}

impl FromStr for PortSet {
    type Err = PortsError;

    /// Numbers and ranges with commas between them; blanks and an en dash are allowed.
    fn from_str(text: &str) -> Result<Self, PortsError> {
        let parts = text.split(',').map(str::trim);
        let ranges: Vec<_> = parts.filter(|part| !part.is_empty()).map(range).collect::<Result<_, _>>()?;
        if ranges.is_empty() { Err(PortsError::Empty) } else { Ok(ranges.into_iter().collect()) }
    }
}

fn range(text: &str) -> Result<RangeInclusive<u16>, PortsError> {
    let Some((first, last)) = text.split_once(['-', '\u{2013}']) else {
        let port = port(text)?;
        return Ok(port..=port);
    };
    let (first, last) = (port(first)?, port(last)?);
    if first <= last { Ok(first..=last) } else { Err(PortsError::Reversed(first, last)) }
}

fn port(text: &str) -> Result<u16, PortsError> {
    let text = text.trim();
    match text.parse() {
        Ok(number) if number > 0 && text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(number),
        _ => Err(PortsError::NoPort(text.to_owned())),
    }
}

impl fmt::Display for PortSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, &(first, last)) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            if first == last { write!(f, "{first}")? } else { write!(f, "{first}-{last}")? }
        }
        Ok(())
    }
}

/// One side's ports as a document gives them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ports {
    /// These.
    Set(PortSet),
    /// Taken from 1024 to 65535 at every start, RFC 6056 section 3.2.
    Dynamic,
    /// Whatever the administrator of the installation chose.
    Individual,
    /// The document gives no number.
    #[default]
    Unspecified,
}

impl Ports {
    /// First port that is taken dynamically, RFC 6056 section 3.2.
    const FIRST_DYNAMIC: u16 = 1024;

    /// Whether `port` fits what the document says.
    #[must_use]
    pub fn admits(&self, port: u16) -> bool {
        match self {
            Self::Set(ports) => ports.contains(port),
            Self::Dynamic => port >= Self::FIRST_DYNAMIC,
            Self::Individual | Self::Unspecified => true,
        }
    }

    /// The numbers, if the document gives any.
    #[must_use]
    pub fn set(&self) -> Option<&PortSet> {
        if let Self::Set(ports) = self { Some(ports) } else { None }
    }
}

impl FromStr for Ports {
    type Err = PortsError;

    fn from_str(text: &str) -> Result<Self, PortsError> {
        match text.trim() {
            "dynamic" => Ok(Self::Dynamic),
            "individual" => Ok(Self::Individual),
            "unspecified" => Ok(Self::Unspecified),
            numbers => numbers.parse().map(Self::Set),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_numbers_ranges_and_lists() {
        for (text, shown, count) in [
            ("5060", "5060", 1),
            ("5064 \u{2013} 5127", "5064-5127", 64),
            ("443,80", "80, 443", 2),
            ("1-65535", "1-65535", 65535),
            ("10-20, 21, 15-30", "10-30", 21),
        ] {
            let ports: PortSet = text.parse().unwrap();
            assert_eq!((ports.to_string().as_str(), ports.count()), (shown, count), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_port() {
        for (text, error) in [
            ("", PortsError::Empty),
            (" , ", PortsError::Empty),
            ("0", PortsError::NoPort("0".into())),
            ("65536", PortsError::NoPort("65536".into())),
            ("+5", PortsError::NoPort("+5".into())),
            ("30.000", PortsError::NoPort("30.000".into())),
            ("5-", PortsError::NoPort(String::new())),
            ("20-10", PortsError::Reversed(20, 10)),
        ] {
            assert_eq!(text.parse::<PortSet>(), Err(error), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_set_holds_exactly_the_ports_of_its_ranges(
            ranges in prop::collection::vec((1_u16.., 0_u16..300), 1..6),
            probe in 1_u16..
        ) {
            let ranges: Vec<_> = ranges.iter().map(|&(first, n)| first..=first.saturating_add(n)).collect();
            let ports: PortSet = ranges.iter().cloned().collect();
            prop_assert_eq!(ports.contains(probe), ranges.iter().any(|range| range.contains(&probe)));
            prop_assert_eq!(ports.to_string().parse::<PortSet>().unwrap(), ports);
        }
    }
}
