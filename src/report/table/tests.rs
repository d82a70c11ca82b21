use unicode_width::UnicodeWidthStr;

use super::table;
use crate::capture::Ended;
use crate::report::escape::is_plain;
use crate::report::fixture::{audit, capture, empty_audit, names, settings};
use crate::report::{Language, Settings};

fn shown(language: Language, width: u16) -> String {
    table(&audit(), &names(language), &settings(language, width))
}

#[test]
fn german_at_80_columns() {
    insta::assert_snapshot!(shown(Language::De, 80));
}

#[test]
fn german_at_140_columns() {
    insta::assert_snapshot!(shown(Language::De, 140));
}

#[test]
fn english_at_80_columns() {
    insta::assert_snapshot!(shown(Language::En, 80));
}

#[test]
fn english_at_140_columns() {
    insta::assert_snapshot!(shown(Language::En, 140));
}

#[test]
fn an_empty_measurement_says_so() {
    insta::assert_snapshot!(table(&empty_audit(), &names(Language::De), &settings(Language::De, 80)));
}

/// Filters are meant to be copied and stand alone on their lines.
#[test]
fn only_filters_are_wider_than_the_page() {
    for width in [60, 72, 80, 100, 140, 200] {
        for language in [Language::De, Language::En] {
            for line in shown(language, width).lines().filter(|line| !line.contains("frame.number in")) {
                assert!(line.width() <= usize::from(width), "{width}: {line}");
            }
        }
    }
}

#[test]
fn nothing_of_a_packet_reaches_the_terminal_as_a_command() {
    for language in [Language::De, Language::En] {
        assert!(shown(language, 80).lines().all(|line| line.chars().all(is_plain)));
    }
}

#[test]
fn colour_adds_only_styling() {
    let coloured = Settings { colour: true, ..settings(Language::De, 80) };
    let coloured = table(&audit(), &names(Language::De), &coloured);
    assert!(coloured.contains("\u{1b}[1m"));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), shown(Language::De, 80));
}

#[test]
fn frames_of_several_files_name_the_file() {
    let mut audit = audit();
    audit.captures.push(capture("zweite.pcap", Ended::Complete));
    let text = table(&audit, &names(Language::De), &settings(Language::De, 80));
    assert!(text.contains("Pakete anlage.pcapng: 12, 15, 977"), "{text}");
}
