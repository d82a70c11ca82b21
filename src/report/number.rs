//! Takes numbers, gives them as people of a language write them. Knows no report.

use jiff::tz::TimeZone;

use super::language::Language;
use crate::capture::Timestamp;

/// Stands between a number and its unit, so that no line breaks there.
pub(crate) const NO_BREAK_SPACE: char = '\u{a0}';

/// Shown where there is no number.
pub(crate) const NO_VALUE: &str = "–";

/// Places that a number gets at most so that it does not look like a limit.
const MORE_PLACES: usize = 8;

/// A whole number with thousands marks from five digits on: `1234`, `12.345`.
pub(crate) fn count(value: u64, language: Language) -> String {
    let digits = value.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mark = match language {
        Language::De => '.',
        Language::En => ',',
    };
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

/// A text with thousands marks in its numbers as [`count`] sets them, those of another base left as they are.
pub(crate) fn grouped(text: &str, language: Language) -> String {
    let grouped = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()).map(|piece| {
        let digits = piece.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        match digits.parse() {
            Ok(number) if !digits.starts_with('0') => count(number, language) + &piece[digits.len()..],
            _ => piece.to_owned(),
        }
    });
    grouped.collect()
}

/// A number with its noun in the right form: `1 Paket`, `2 Pakete`.
pub(crate) fn counted(value: u64, one: &str, many: &str, language: Language) -> String {
    let noun = if value == 1 { one } else { many };
    format!("{}{NO_BREAK_SPACE}{noun}", count(value, language))
}

/// A number with `places` digits behind the comma; [`NO_VALUE`] where it is not finite.
pub(crate) fn decimal(value: f64, places: usize, language: Language) -> String {
    if !value.is_finite() {
        return NO_VALUE.to_owned();
    }
    let text = format!("{value:.places$}");
    // `-0.0` and what rounds to it.
    let text = match text.strip_prefix('-') {
        Some(digits) if digits.chars().all(|c| matches!(c, '0' | '.')) => digits.to_owned(),
        _ => text,
    };
    match language {
        Language::De => text.replace('.', ","),
        Language::En => text,
    }
}

/// [`decimal`] with so many more places that the number is on the side of each limit that the value is on.
pub(crate) fn decimal_beside(value: f64, limits: &[f64], places: usize, language: Language) -> String {
    let places = (places..places + MORE_PLACES).find(|places| {
        let shown: f64 = format!("{value:.places$}").parse().unwrap_or(value);
        limits.iter().all(|limit| (value < *limit, value > *limit) == (shown < *limit, shown > *limit))
    });
    decimal(value, places.unwrap_or(MORE_PLACES), language)
}

/// `part` of `whole` in percent as [`share`] has it, but never rounded onto one of the limits.
pub(crate) fn share_beside(part: u64, whole: u64, limits: &[f64], language: Language) -> String {
    let value = percentage(part, whole).unwrap_or(f64::NAN);
    let is_moved = limits.iter().any(|limit| {
        let shown: f64 = format!("{value:.1}").parse().unwrap_or(value);
        (value < *limit, value > *limit) != (shown < *limit, shown > *limit)
    });
    match is_moved {
        true => format!("{}{NO_BREAK_SPACE}%", decimal_beside(value, limits, 1, language)),
        false => percent(value, language),
    }
}

/// A share in percent with one decimal. What is not nothing never shows as 0, what is not all never as 100.
pub(crate) fn percent(value: f64, language: Language) -> String {
    let number = if !value.is_finite() {
        return NO_VALUE.to_owned();
    } else if value > 0.0 && value < 0.1 {
        format!("<{NO_BREAK_SPACE}{}", decimal(0.1, 1, language))
    } else if value > 99.9 && value < 100.0 {
        format!(">{NO_BREAK_SPACE}{}", decimal(99.9, 1, language))
    } else if value.fract() == 0.0 {
        decimal(value, 0, language)
    } else {
        decimal(value, 1, language)
    };
    format!("{number}{NO_BREAK_SPACE}%")
}

/// `part` of `whole` in percent, see [`percent`]; [`NO_VALUE`] of nothing.
pub(crate) fn share(part: u64, whole: u64, language: Language) -> String {
    percent(percentage(part, whole).unwrap_or(f64::NAN), language)
}

/// `part` of `whole` in percent; `None` of nothing.
pub(crate) fn percentage(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 * 100.0 / whole as f64)
}

/// A length of time, given in nanoseconds, rounded to the two largest units that matter: `3 min 12 s`, `20,3 s`, `40 ms`.
pub(crate) fn duration(nanoseconds: i64, language: Language) -> String {
    let gap = NO_BREAK_SPACE;
    let length = nanoseconds.unsigned_abs();
    let in_units = |unit: u64| length.saturating_add(unit / 2) / unit;
    let two = |(large, large_unit): (u64, &str), (small, small_unit): (u64, &str)| {
        let rest = if small > 0 { format!("{gap}{small}{gap}{small_unit}") } else { String::new() };
        format!("{large}{gap}{large_unit}{rest}")
    };
    let [microsecond, tenth, second] = [1_000, 100_000_000, 1_000_000_000];
    let (seconds, minutes, hours) = (in_units(second), in_units(60 * second), in_units(3600 * second));
    if (1..100 * microsecond).contains(&length) {
        return format!("{}{gap}µs", in_units(microsecond).max(1));
    }
    if length < second {
        return format!(
            "{}{gap}ms",
            decimal(length as f64 / 1e6, usize::from(length < 10_000_000), language)
        );
    }
    if in_units(tenth) < 600 {
        return format!("{}{gap}s", decimal(length as f64 / 1e9, 1, language));
    }
    if seconds < 3600 {
        return two((seconds / 60, "min"), (seconds % 60, "s"));
    }
    if minutes < 24 * 60 {
        return two((minutes / 60, "h"), (minutes % 60, "min"));
    }
    let days = hours / 24;
    let unit = match (language, days) {
        (Language::De, 1) => "Tag",
        (Language::De, _) => "Tage",
        (Language::En, 1) => "day",
        (Language::En, _) => "days",
    };
    let rest = if hours % 24 > 0 { format!("{gap}{}{gap}h", hours % 24) } else { String::new() };
    format!("{}{gap}{unit}{rest}", count(days, language))
}

/// An amount of data in decimal units: `812 B`, `12,3 MB`.
pub(crate) fn bytes(value: u64, language: Language) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if value < 1000 {
        return format!("{value}{NO_BREAK_SPACE}B");
    }
    let mut amount = value as f64 / 1000.0;
    let mut unit = UNITS[0];
    for next in &UNITS[1..] {
        // 999.95 would be shown as 1000.0.
        if amount < 999.95 {
            break;
        }
        amount /= 1000.0;
        unit = next;
    }
    format!("{}{NO_BREAK_SPACE}{unit}", decimal(amount, 1, language))
}

/// Date and time of day in `zone`: `19.01.2026 10:15:03`, `2026-01-19 10:15:03`.
pub(crate) fn moment(time: Timestamp, zone: &TimeZone, language: Language) -> String {
    let pattern = match language {
        Language::De => "%d.%m.%Y %H:%M:%S",
        Language::En => "%Y-%m-%d %H:%M:%S",
    };
    in_zone(time, zone, pattern)
}

/// The day in UTC, as certificates count: `02.03.2026`.
pub(crate) fn day(time: Timestamp, language: Language) -> String {
    let pattern = match language {
        Language::De => "%d.%m.%Y",
        Language::En => "%Y-%m-%d",
    };
    in_zone(time, &TimeZone::UTC, pattern)
}

/// Time of day in `zone`: `10:15:03`.
pub(crate) fn time_of_day(time: Timestamp, zone: &TimeZone) -> String {
    in_zone(time, zone, "%H:%M:%S")
}

/// From and to, the date of `last` only where it is another day than that of `first`.
pub(crate) fn span(first: Timestamp, last: Timestamp, zone: &TimeZone, language: Language) -> String {
    const DAY: &str = "%Y-%m-%d";
    let from = moment(first, zone, language);
    if in_zone(first, zone, DAY) == in_zone(last, zone, DAY) {
        let until = time_of_day(last, zone);
        return if from.ends_with(&until) { from } else { format!("{from} – {until}") };
    }
    format!("{from} – {}", moment(last, zone, language))
}

/// [`span`] with its length behind it, which one moment has not.
pub(crate) fn period(first: Timestamp, last: Timestamp, zone: &TimeZone, language: Language) -> String {
    let text = span(first, last, zone, language);
    match last.since(first) {
        0 => text,
        length => format!("{text} ({})", duration(length, language)),
    }
}

/// The zone's name in the IANA database, else its offset at `time`: `UTC+01:00`. A zone that the system does not tell
/// is UTC, and so it is called whichever of its names the system has it under.
pub(crate) fn zone_name(zone: &TimeZone, time: Option<Timestamp>) -> String {
    match (zone.iana_name(), time) {
        (Some(name), _) => plain_zone(name).to_owned(),
        (None, Some(time)) if time.is_known() && !zone.is_unknown() => in_zone(time, zone, "UTC%:z"),
        _ => "UTC".to_owned(),
    }
}

fn plain_zone(name: &str) -> &str {
    match name {
        "Etc/UTC" | "Etc/UCT" | "Etc/Universal" | "Etc/Zulu" | "UCT" | "Universal" | "Zulu" => "UTC",
        other => other,
    }
}

/// RFC 3339 in UTC with nine digits behind the point; `None` for a time that is not known.
pub(crate) fn rfc3339(time: Timestamp) -> Option<String> {
    let instant = instant(time)?;
    Some(format!("{instant:.9}"))
}

fn in_zone(time: Timestamp, zone: &TimeZone, pattern: &str) -> String {
    instant(time).map_or_else(
        || NO_VALUE.to_owned(),
        |instant| instant.to_zoned(zone.clone()).strftime(pattern).to_string(),
    )
}

fn instant(time: Timestamp) -> Option<jiff::Timestamp> {
    time.is_known().then(|| jiff::Timestamp::from_nanosecond(i128::from(time.0)).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_is_rounded_onto_a_limit_that_it_does_not_keep() {
        let limits = [1.0, 3.0];
        assert_eq!(share_beside(7, 691, &limits, Language::De), "1,01\u{a0}%");
        assert_eq!(share_beside(1, 100, &limits, Language::De), "1\u{a0}%");
        assert_eq!(share_beside(299_999, 10_000_000, &limits, Language::En), "2.99999\u{a0}%");
        assert_eq!(share_beside(2, 100, &limits, Language::En), "2\u{a0}%");
        assert_eq!(decimal_beside(3.058, &[3.6, 3.1], 1, Language::De), "3,06");
        assert_eq!(decimal_beside(3.2, &[3.6, 3.1], 1, Language::De), "3,2");
        assert_eq!(decimal_beside(20.04, &[20.0], 1, Language::En), "20.04");
    }
    use Language::{De, En};

    #[test]
    fn thousands_marks_start_at_five_digits() {
        assert_eq!(count(9_999, De), "9999");
        assert_eq!(count(12_345, De), "12.345");
        assert_eq!(count(12_345, En), "12,345");
        assert_eq!(count(u64::MAX, De), "18.446.744.073.709.551.615");
    }

    #[test]
    fn numbers_in_a_text_get_their_marks() {
        let damage = "a block of 469762048 bytes (type 0x0a0d0d0a), longer than 262144";
        assert_eq!(
            grouped(damage, En),
            "a block of 469,762,048 bytes (type 0x0a0d0d0a), longer than 262,144"
        );
        assert_eq!(grouped("00012345 b12345 ä 1234", En), "00012345 b12345 ä 1234");
    }

    #[test]
    fn the_noun_follows_the_number() {
        assert_eq!(counted(1, "Paket", "Pakete", De), "1\u{a0}Paket");
        assert_eq!(counted(0, "Paket", "Pakete", De), "0\u{a0}Pakete");
        assert_eq!(counted(20_000, "packet", "packets", En), "20,000\u{a0}packets");
    }

    #[test]
    fn decimals_round_and_never_show_minus_zero_or_nan() {
        assert_eq!(decimal(12.345, 1, De), "12,3");
        assert_eq!(decimal(-0.04, 1, En), "0.0");
        assert_eq!(decimal(f64::NAN, 1, De), NO_VALUE);
        assert_eq!(decimal(f64::INFINITY, 1, De), NO_VALUE);
    }

    #[test]
    fn a_share_is_never_rounded_to_nothing_or_all() {
        assert_eq!(share(1, 100_000, De), "<\u{a0}0,1\u{a0}%");
        assert_eq!(share(99_999, 100_000, En), ">\u{a0}99.9\u{a0}%");
        assert_eq!(share(1, 1, De), "100\u{a0}%");
        assert_eq!(share(0, 7, De), "0\u{a0}%");
        assert_eq!(share(1, 8, De), "12,5\u{a0}%");
        assert_eq!(share(1, 0, De), NO_VALUE);
    }

    #[test]
    fn durations_use_the_units_that_matter() {
        let second = 1_000_000_000;
        assert_eq!(duration(2_500_000, De), "2,5\u{a0}ms");
        assert_eq!(duration(40_000_000, De), "40\u{a0}ms");
        assert_eq!(duration(20 * second + 300_000_000, En), "20.3\u{a0}s");
        assert_eq!(duration(192 * second, De), "3\u{a0}min\u{a0}12\u{a0}s");
        assert_eq!(duration(3_900 * second, De), "1\u{a0}h\u{a0}5\u{a0}min");
        assert_eq!(duration(90_000 * second, De), "1\u{a0}Tag\u{a0}1\u{a0}h");
        assert_eq!(duration(i64::MIN, En), "106,752\u{a0}days");
        assert_eq!(
            [27_400, 400, 0].map(|length| duration(length, De)),
            ["27\u{a0}µs", "1\u{a0}µs", "0,0\u{a0}ms"]
        );
    }

    #[test]
    fn durations_are_rounded_and_leave_out_what_is_nothing() {
        let told = |seconds: f64| duration((seconds * 1e9) as i64, En).replace('\u{a0}', " ");
        assert_eq!([76.9, 60.0, 59.96, 59.94].map(told), ["1 min 17 s", "1 min", "1 min", "59.9 s"]);
        assert_eq!([3_599.6, 7_199.0, 86_399.0].map(told), ["1 h", "2 h", "1 day"]);
        assert_eq!(told(10_000_000.0), "115 days 18 h");
    }

    #[test]
    fn amounts_of_data_change_unit_before_they_show_a_thousand() {
        assert_eq!(bytes(999, De), "999\u{a0}B");
        assert_eq!(bytes(12_345_678, De), "12,3\u{a0}MB");
        assert_eq!(bytes(999_960, En), "1.0\u{a0}MB");
        assert_eq!(bytes(u64::MAX, En), "18446744.1\u{a0}TB");
    }

    #[test]
    fn times_are_written_for_people_and_for_machines() {
        let first = Timestamp(1_768_814_103_000_000_001);
        let last = Timestamp(first.0 + 90_000_000_000);
        let next_day = Timestamp(first.0 + 86_400_000_000_000);
        assert_eq!(moment(first, &TimeZone::UTC, De), "19.01.2026 09:15:03");
        assert_eq!(span(first, last, &TimeZone::UTC, En), "2026-01-19 09:15:03 – 09:16:33");
        assert_eq!(span(first, first, &TimeZone::UTC, De), "19.01.2026 09:15:03");
        assert_eq!(span(first, next_day, &TimeZone::UTC, De), "19.01.2026 09:15:03 – 20.01.2026 09:15:03");
        assert_eq!(rfc3339(first).as_deref(), Some("2026-01-19T09:15:03.000000001Z"));
        assert_eq!(rfc3339(Timestamp::UNKNOWN), None);
        let east = TimeZone::fixed(jiff::tz::offset(1));
        assert_eq!(zone_name(&east, Some(first)), "UTC+01:00");
        assert_eq!(zone_name(&TimeZone::UTC, None), "UTC");
        assert_eq!(zone_name(&TimeZone::unknown(), Some(first)), "UTC");
        assert_eq!((plain_zone("Etc/UTC"), plain_zone("Europe/Berlin")), ("UTC", "Europe/Berlin"));
        assert_eq!(moment(Timestamp::UNKNOWN, &TimeZone::UTC, De), NO_VALUE);
    }
}
