//! Takes since when a host is silent; gives what is said of it, in both languages. Judges nothing.

use std::net::IpAddr;

use jiff::tz::TimeZone;

use crate::check::{Life, Refusal};
use crate::report::language::Language::{self, De, En};
use crate::report::number::time_of_day;

/// That a host which does not answer sends nothing at all any more, as a sentence behind another one.
pub(super) fn silence(
    life: Life,
    refusal: Refusal,
    host: IpAddr,
    zone: &TimeZone,
    language: Language,
) -> String {
    match (life, language) {
        (Life::SilentSince(time), De) if refusal == Refusal::Silence => {
            format!(" Seit {} Uhr kommt von {host} nichts mehr.", time_of_day(time, zone))
        }
        (Life::SilentSince(time), En) if refusal == Refusal::Silence => {
            format!(" Since {} nothing comes from {host} any more.", time_of_day(time, zone))
        }
        _ => String::new(),
    }
}
