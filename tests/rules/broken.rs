//! What the loader says about rule books that are wrong. `⟦` marks the place that the error must name.

use pbxray::config::SourceText;
use pbxray::rules::{RuleErrors, Rulebook};
use proptest::prelude::*;

const DOCUMENT: &str = r#"
[document]
kind = "vendor"
vendor = "Muster"
title = "Ports"
edition = "1. Auflage"
as_of = 2026-01-19
origin = "Handbuch"
disclaimer = { de = "Ohne Gewähr", en = "No guarantee" }
"#;

const ROLE: &str = r#"
[[role]]
id = "muster.pbx"
kind = "pbx"
title = { de = "Anlage", en = "PBX" }
"#;

const MODEL: &str = r#"
[[model]]
id = "klein"
role = "muster.pbx"
title = { de = "Klein", en = "Small" }
rtp_row = "M2"
channels = 2
"#;

const ROWS: &str = r#"
[[row]]
id = "M1"
section = "1"
roles = ["muster.pbx"]
transport = "udp"
own = "5060, 5064-5127"
initiator = "peer"
peer.scope = "lan"
speaks = ["sip"]
service = { de = "Anmeldung", en = "Registration" }

[[row]]
id = "M2"
section = "2"
roles = ["muster.pbx"]
models = ["klein"]
transport = "udp"
own = "7000-7003"
initiator = "either"
peer.scope = "any"
speaks = ["rtp"]
service = { de = "Sprache", en = "Voice" }
"#;

const REST: &str = r#"
[[qos]]
id = "MQ1"
section = "3"
roles = ["muster.pbx"]
protocol = "rtp"
dscp = 46
promised = true

[[exposure]]
id = "ME1"
section = "4"
roles = ["muster.pbx"]
transport = "tcp"
ports = 443
text = { de = "Nie", en = "Never" }

[[identity]]
mac = ["00:09:40"]
role = "muster.pbx"
weight = 40
text = { de = "MAC", en = "MAC" }

[[identity]]
asks_for = ["*.muster.example"]
weight = 10
text = { de = "Name", en = "Name" }
"#;

fn good() -> String {
    [DOCUMENT, ROLE, MODEL, ROWS, REST].concat()
}

fn load(text: &str) -> Result<Rulebook, RuleErrors> {
    Rulebook::parse(&[SourceText::new("muster.toml", text)])
}

/// Replaces `from`, which must occur, by `to` in a good book; gives the errors and the place that `⟦` marks in `to`.
fn broken(from: &str, to: &str) -> (RuleErrors, (usize, usize)) {
    let text = good();
    assert!(text.contains(from), "{from:?} is not in the good book");
    let text = text.replacen(from, to, 1);
    let mark = text.find('⟦').unwrap_or_else(|| panic!("no mark in {to:?}"));
    let before = &text[..mark];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let place = (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1);
    (load(&text.replace('⟦', "")).expect_err(to), place)
}

#[test]
fn the_book_that_is_broken_below_is_good() {
    let book = load(&good()).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!((book.rows.len(), book.models.len(), book.identities.len()), (2, 1, 2));
}

/// From, to, message, advice.
type Case = (&'static str, &'static str, &'static str, &'static str);

fn check(cases: &[Case]) {
    for (from, to, message, help) in cases {
        let (errors, (line, column)) = broken(from, to);
        let first = &errors.problems()[0];
        assert_eq!(first.line_column(), Some((line, column)), "{to}\n{errors}");
        assert!(first.message().contains(message), "{message:?} is missing in\n{errors}");
        let shown = errors.to_string();
        for part in [&format!("muster.toml:{line}:{column}"), "help: ", help] {
            assert!(shown.contains(part), "{part:?} is missing in\n{shown}");
        }
    }
}

#[test]
fn mistakes_in_the_form_of_the_file() {
    check(&[
        ("[[role]]", "[[role]⟦", "unclosed", "syntax"),
        ("as_of = 2026-01-19", "as_of = ⟦2026-01-99", "", "syntax"),
        ("kind = \"pbx\"", "kind = \"pbx\"\n⟦kind = \"pbx\"", "duplicate key", "syntax"),
        (
            "[[row]]\nid = \"M1\"\nsection = \"1\"",
            "⟦[[row]]\nid = \"M1\"",
            "missing field `section`",
            "add it",
        ),
        ("[document]\nkind = \"vendor\"", "⟦[document]", "missing field `kind`", "add it"),
        ("speaks = [\"sip\"]", "⟦speeks = [\"sip\"]", "unknown field `speeks`", "spelling"),
        ("[[exposure]]", "[[⟦expose]]", "unknown key `expose`", "`exposure`"),
        ("transport = \"udp\"", "transport = ⟦\"sctp\"", "unknown variant `sctp`", "`udp`"),
        ("dscp = 46", "dscp = ⟦\"EF\"", "invalid type", "expected form"),
        ("kind = \"vendor\"", "kind = ⟦\"hearsay\"", "unknown variant `hearsay`", "`makers`"),
        ("as_of = 2026-01-19", "as_of = ⟦\"2026-01-19\"", "invalid type", "expected form"),
    ]);
}

#[test]
fn mistakes_in_single_values() {
    check(&[
        ("own = \"5060, 5064-5127\"", "own = ⟦\"\"", "no port is given", "6000-6063"),
        ("own = \"5060, 5064-5127\"", "own = ⟦\"5127-5064\"", "runs backwards", "6000-6063"),
        ("own = \"5060, 5064-5127\"", "own = ⟦70000", "`70000` is no port", "65535"),
        ("own = \"5060, 5064-5127\"", "own = ⟦\"30.000-35.000\"", "`30.000` is no port", "65535"),
        ("dscp = 46", "dscp = ⟦64", "64 is too large", "0 to 63"),
        ("dscp = 46", "dscp = 46\npcp = ⟦8", "8 is too large", "0 to 7"),
        ("dscp = 46", "dscp = 46\nfactory = [26, ⟦99]", "99 is too large", "0 to 63"),
        ("as_of = 2026-01-19", "as_of = ⟦12:00:00", "not a date", "as_of = 2026-01-19"),
        ("weight = 40", "weight = ⟦0", "weight 0", "1 to 100"),
        ("weight = 40", "weight = ⟦101", "101 is too large", "1 to 100"),
        ("[\"00:09:40\"]", "[⟦\"00:09\"]", "no MAC prefix", "24, 28 or 36"),
        ("[\"*.muster.example\"]", "[⟦\"*\"]", "matches everything", "run of characters"),
        ("[\"*.muster.example\"]", "[⟦\"a\\u001b\"]", "control character", "run of characters"),
        ("section = \"1\"", "section = ⟦\" \"", "the section is empty", "write it out"),
        ("de = \"Anmeldung\"", "de = ⟦\"\"", "the German text is empty", "write it out"),
        ("en = \"Voice\"", "en = ⟦\"Vo\\u001bice\"", "control character", "remove it"),
        ("origin = \"Handbuch\"", "origin = ⟦\"\"", "the origin is empty", "write it out"),
    ]);
}

#[test]
fn names_that_nothing_declares_and_ids_used_twice() {
    check(&[
        (
            "roles = [\"muster.pbx\"]",
            "roles = [⟦\"muster.pxb\"]",
            "no rule file declares the role",
            "[[role]]",
        ),
        ("models = [\"klein\"]", "models = [⟦\"gross\"]", "no rule file declares the model", "[[model]]"),
        ("speaks = [\"sip\"]", "speaks = [⟦\"spi\"]", "`spi` is no protocol", "`protocols`"),
        ("id = \"M2\"", "id = ⟦\"M1\"", "the id `M1` is used twice", "used here first"),
        ("id = \"MQ1\"", "id = ⟦\"M1\"", "the id `M1` is used twice", "used here first"),
        ("id = \"M1\"", "id = ⟦\"M 1\"", "`M 1` is no id", "letters, digits"),
        ("rtp_row = \"M2\"", "rtp_row = ⟦\"M9\"", "no row `M9`", "RTP range"),
        (
            "[[exposure]]",
            "[[misprint]]\nname = \"a\"\nmeans = \"b\"\nrow = ⟦\"M9\"\n[[exposure]]",
            "`M9`",
            "row",
        ),
    ]);
}

#[test]
fn entries_that_contradict_themselves_or_each_other() {
    let second_qos = "[[qos]]\nid = ⟦\"MQ2\"\nsection = \"3\"\nroles = [\"muster.pbx\"]\nprotocol = \"rtp\"\ndscp = 0\n\
                      promised = true\n[[exposure]]";
    let row = "[[row]]\nid = \"M1\"\nsection = \"1\"\nroles = [\"muster.pbx\"]\ntransport = \"udp\"\n\
               own = \"5060, 5064-5127\"";
    check(&[
        (
            row,
            "⟦[[row]]\nid = \"M1\"\nsection = \"1\"\ntransport = \"udp\"\nown = 5060",
            "without roles",
            "kinds",
        ),
        (
            row,
            "⟦[[row]]\nid = \"M1\"\nsection = \"1\"\nroles = [\"muster.pbx\"]\ntransport = \"udp\"",
            "without ports",
            "unspecified",
        ),
        (
            row,
            "[[row]]\nid = ⟦\"M1\"\nsection = \"1\"\nroles = [\"muster.pbx\"]\ntransport = \"udp\"\nown = \"dynamic\"",
            "explain every flow",
            "peer.roles",
        ),
        (
            "transport = \"udp\"\nown = \"5060, 5064-5127\"",
            "transport = \"none\"\nown = ⟦5060",
            "has ports",
            "remove the ports",
        ),
        ("channels = 2", "channels = ⟦3", "3 calls do not fit into the 4 ports", "two ports"),
        ("[[exposure]]", second_qos, "as MQ1 does", "once for each protocol"),
        ("[[identity]]\nmac", "⟦[[identity]]\nregistrar = true\nmac", "one kind of evidence", "exactly one"),
        ("[[identity]]\nmac = [\"00:09:40\"]", "⟦[[identity]]", "one kind of evidence", "exactly one"),
    ]);
}

#[test]
fn all_mistakes_are_shown_at_once() {
    let text = good().replace("dscp = 46", "dscp = 64").replace("weight = 40", "weight = 0");
    assert_eq!(load(&text).unwrap_err().problems().len(), 2);
    let text = good().replace("speaks", "speeks");
    assert_eq!(load(&text).unwrap_err().problems().len(), 2, "one for each row");
}

#[test]
fn an_id_used_in_two_files_points_at_both() {
    let second =
        [DOCUMENT, "[[statement]]\nid = \"M1\"\nsection = \"1\"\ntext = { de = \"a\", en = \"b\" }\n"]
            .concat();
    let sources = [SourceText::new("a.toml", good()), SourceText::new("b.toml", second)];
    let shown = Rulebook::parse(&sources).unwrap_err().to_string();
    assert!(shown.contains("b.toml:") && shown.contains("a.toml:"), "{shown}");
}

#[test]
fn a_file_without_source_is_refused_by_name() {
    let errors = load(&[ROLE, MODEL, ROWS].concat()).unwrap_err();
    assert!(errors.to_string().contains("muster.toml: the file does not say where its rows come from"));
}

#[test]
fn a_directory_replaces_the_built_in_books() {
    let directory = tempfile::tempdir().unwrap();
    let empty = Rulebook::from_dir(directory.path()).unwrap_err().to_string();
    assert!(empty.contains("holds no *.toml file") && empty.contains("--rules"), "{empty}");
    std::fs::write(directory.path().join("muster.toml"), good()).unwrap();
    std::fs::write(directory.path().join("notes.txt"), "not a rule book").unwrap();
    let book = Rulebook::from_dir(directory.path()).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(book.documents.len(), 1);
    assert_eq!(book.roles.iter().map(|role| role.id.as_str()).collect::<Vec<_>>(), ["muster.pbx"]);
    std::fs::write(directory.path().join("zz.toml"), [0xff, 0xfe]).unwrap();
    assert!(
        Rulebook::from_dir(directory.path()).unwrap_err().to_string().contains("zz.toml: cannot be read")
    );
}

proptest! {
    /// Loading and showing what is wrong, whatever was done to the text.
    #[test]
    fn a_mutated_book_never_panics(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40, "[\\PC\n\u{1b}]{0,6}|\\[\\[[a-z]{1,9}\\]\\]|\"|[0-9]{1,21}"), 1..5)
    ) {
        let mut text: Vec<char> = good().chars().collect();
        for (position, removed, inserted) in edits {
            let start = position.index(text.len().max(1)).min(text.len());
            let end = (start + removed).min(text.len());
            text.splice(start..end, inserted.chars());
        }
        if let Err(errors) = load(&text.into_iter().collect::<String>()) {
            prop_assert!(!errors.problems().is_empty());
            prop_assert!(errors.render(true).contains("muster.toml"));
        }
    }
}
