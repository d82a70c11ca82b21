use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::draw::draw;
use super::model::{Act, Model};
use super::{Board, Terms, Wishes};
use crate::capture::{Frame, Meter, Timestamp};
use crate::check::{Audit, Code, Finding};
use crate::compare::{Course, Turn};
use crate::observe::Answer;
use crate::report::fixture::{HOSTILE, audit, names, settings};
use crate::report::{Language, Pane, opened};

const SIZES: [(u16, u16); 3] = [(80, 24), (40, 10), (200, 60)];

/// What the view needs beside the board; nothing runs.
fn with_terms<T>(language: Language, then: impl FnOnce(&Terms<'_>) -> T) -> T {
    let (names, settings) = (names(language), settings(language, 80));
    then(&Terms {
        names: &names,
        settings: &settings,
        meter: &Meter::default(),
        interfaces: &["eth1".to_owned()],
        stop: &AtomicBool::new(false),
        signal: &AtomicUsize::new(0),
        wishes: &Wishes::default(),
        folder: PathBuf::new(),
    })
}

/// Draws after each key; gives the lines of the last picture.
fn press(language: Language, (width, height): (u16, u16), audit: Audit, keys: &[KeyCode]) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    with_terms(language, |terms| {
        let board = Board::default();
        let turn = |(at, finding): (usize, &Finding)| Turn {
            finding: finding.clone(),
            since: Timestamp(at as i64 * 1_000_000_000),
            risen: None,
            cleared: None,
        };
        let turns: Vec<Turn> = audit.findings.iter().enumerate().map(turn).collect();
        board.show(&Arc::new(audit), &turns, Course::default());
        let mut model = Model::default();
        model.learn(&board.told(), terms);
        terminal.draw(|frame| draw(frame, &mut model, terms)).unwrap();
        for key in keys {
            model.key(KeyEvent::new(*key, KeyModifiers::NONE));
            terminal.draw(|frame| draw(frame, &mut model, terms)).unwrap();
        }
        let buffer = terminal.backend().buffer();
        let line = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        (0..height).map(line).collect()
    })
}

fn keys(text: &str) -> Vec<KeyCode> {
    text.chars().map(|c| if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) }).collect()
}

#[test]
fn every_view_has_verdict_tabs_rows_and_keys_at_every_size() {
    for (language, verdict, tab) in [
        (Language::De, "BISHER NICHT BESTANDEN", "1 Befunde"),
        (Language::En, "SO FAR NOT PASSED", "1 Findings"),
    ] {
        for size in SIZES {
            for digit in 1..=5 {
                let lines = press(language, size, audit(), &keys(&digit.to_string()));
                assert!(lines[0].starts_with(verdict), "{lines:#?}");
                assert!(lines[1].starts_with("eth1  0"), "{lines:#?}");
                assert!(lines[2].starts_with(tab), "{lines:#?}");
                assert!(lines[4].trim().len() > 10, "{size:?} {digit} {lines:#?}");
                assert!(lines.last().unwrap().starts_with("1–5 "), "{lines:#?}");
            }
        }
    }
}

#[test]
fn where_there_is_little_room_the_title_goes_before_the_state() {
    let mut audit = audit();
    audit.findings.retain(|finding| finding.code() == Code::Qos001);
    let row = |width| press(Language::De, (width, 24), audit.clone(), &[])[4].clone();
    let (narrow, wide) = (row(40), row(80));
    assert!(narrow.starts_with("neu ") && narrow.contains("QOS-001"), "{narrow}");
    assert!(!narrow.contains("RTP-Pakete") && wide.contains("RTP-Pakete"), "{wide}");
}

#[test]
fn calls_show_both_ends_marking_loss_and_quality_at_80_columns() {
    let lines = press(Language::De, (80, 24), audit(), &keys("2"));
    for head in ["Beginn", "Sprecher", "DSCP", "Verlust", "Jitter", "MOS"] {
        assert!(lines[3].contains(head), "{head}: {lines:#?}");
    }
    assert!(lines[4].contains('→'), "{lines:#?}");
}

#[test]
fn enter_opens_the_explanation_and_escape_closes_it() {
    let whole = press(Language::En, (200, 200), audit(), &keys("\n")).join("\n");
    assert!(whole.contains("What to do") && whole.contains("What can mislead"), "{whole}");
    let closed = press(Language::En, (80, 24), audit(), &[KeyCode::Enter, KeyCode::Esc]);
    assert_eq!(closed, press(Language::En, (80, 24), audit(), &[]));
    // The whole page fits on the largest, where nothing is to be scrolled.
    for size in SIZES.into_iter().filter(|(_, height)| *height < 60) {
        let opened = press(Language::De, size, audit(), &[KeyCode::Enter]);
        let scrolled = press(Language::De, size, audit(), &[KeyCode::Enter, KeyCode::PageDown]);
        assert_ne!(opened[3..], scrolled[3..], "{size:?}");
    }
    let end =
        press(Language::De, (80, 24), audit(), &[&[KeyCode::Enter][..], &[KeyCode::PageDown; 9]].concat());
    assert!(end[3..23].iter().filter(|line| !line.trim().is_empty()).count() > 10, "{end:#?}");
}

#[test]
fn what_still_holds_is_shown_as_it_stands_now() {
    let (names, settings, audit) = (names(Language::En), settings(Language::En, 80), audit());
    let now = audit.findings.iter().find(|finding| finding.code() == Code::Sig009).unwrap();
    let mut then = now.clone();
    then.evidence.filter = "ip.addr == 192.0.2.77".to_owned();
    let turn = Turn { finding: then, since: Timestamp(0), risen: None, cleared: None };
    assert!(!opened(&turn, &audit, &names, &settings).contains("192.0.2.77"), "as when it came");
    let cleared = Turn { risen: None, cleared: Some(Timestamp(1)), ..turn };
    assert!(opened(&cleared, &audit, &names, &settings).contains("192.0.2.77"), "as it was at last");
}

#[test]
fn rows_are_sorted_by_each_column_and_back() {
    let first = |text: &str| press(Language::En, (200, 60), audit(), &keys(text))[4].clone();
    let (by_code, reversed) = (first("ssss"), first("ssssr"));
    assert!(by_code.contains("CAP-001") && reversed.contains("SIG-009"), "{by_code} {reversed}");
    assert_eq!(first("sssssss"), first(""));
}

#[test]
fn the_chosen_row_is_about_the_same_wherever_it_stands() {
    let rows = |text: &str| press(Language::En, (200, 60), audit(), &keys(text))[4..].to_vec();
    let opened = |text: &str| press(Language::En, (200, 200), audit(), &keys(text))[3..30].join("\n");
    // The third of the rows as they come, and where it stands when they are sorted by code and turned round.
    let third = rows("jj")[2].clone();
    let sorted = rows("jjssssr");
    let place = sorted.iter().position(|row| *row == third).unwrap();
    assert_ne!(place, 2, "sorting moves it");
    assert_eq!(opened("jjssssr\n"), opened("jj\n"));
    assert_ne!(opened("jjssssr\n"), opened("ssssrjj\n"), "and the third by code is another");
    // Nothing is chosen in the first row: it shows the latest.
    assert_ne!(opened("\n"), opened("ssssr\n"));
}

#[test]
fn what_comes_moves_the_chosen_row_down() {
    with_terms(Language::En, |terms| {
        let audit = Arc::new(audit());
        let turn = |at: usize| Turn {
            finding: audit.findings[at].clone(),
            since: Timestamp(at as i64),
            risen: None,
            cleared: None,
        };
        let board = Board::default();
        let mut model = Model::default();
        let mut look = |board: &Board, code: KeyCode| {
            model.key(KeyEvent::new(code, KeyModifiers::NONE));
            model.learn(&board.told(), terms);
            model.refresh(terms, 80);
            model.window(20).0
        };
        board.show(&audit, &[turn(0), turn(1), turn(2)], Course::default());
        look(&board, KeyCode::Null);
        assert_eq!(look(&board, KeyCode::Down), 1);
        board.show(&audit, &[turn(3), turn(4)], Course::default());
        assert_eq!(look(&board, KeyCode::Null), 3, "two came above it");
        assert_eq!(look(&board, KeyCode::Home), 0);
        board.show(&audit, &[turn(5)], Course::default());
        assert_eq!(look(&board, KeyCode::Null), 0, "who looks at the latest goes on to");
    });
}

#[test]
fn the_chosen_row_stays_in_sight() {
    let top = press(Language::En, (40, 10), audit(), &[]);
    let end = press(Language::En, (40, 10), audit(), &[KeyCode::End]);
    assert_ne!(top[4], end[4]);
    assert_eq!(press(Language::En, (40, 10), audit(), &[KeyCode::End, KeyCode::Home]), top);
}

#[test]
fn hostile_names_are_spelled_out_in_every_view() {
    let mut hostile = audit();
    for call in &mut hostile.traffic.calls {
        call.from = HOSTILE.into();
        call.to = format!("sip:{HOSTILE}@{HOSTILE}").into();
    }
    for host in &mut hostile.traffic.hosts {
        host.own_names = vec![HOSTILE.into()];
    }
    let mut shown = String::new();
    for size in SIZES {
        for digit in 1..=5 {
            for text in [digit.to_string(), format!("{digit}\n")] {
                let lines = press(Language::De, size, hostile.clone(), &keys(&text));
                let is_obeyed = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}');
                assert!(!lines.iter().any(|line| line.contains(is_obeyed)), "{lines:#?}");
                shown.push_str(&lines.join("\n"));
            }
        }
    }
    assert!(shown.contains("evil\\x1b["), "the names are not there at all");
}

#[test]
fn a_frozen_picture_learns_nothing_until_it_goes_on() {
    let mut model = Model::default();
    with_terms(Language::En, |terms| {
        let board = Board::default();
        let freeze = KeyEvent::new(KeyCode::Char('f'), KeyModifiers::NONE);
        model.key(freeze);
        board.show(&Arc::new(audit()), &[], Course::default());
        model.learn(&board.told(), terms);
        assert!(model.headline.is_none());
        model.key(freeze);
        model.learn(&board.told(), terms);
        assert!(model.headline.is_some());
    });
}

#[test]
fn a_frozen_picture_says_since_when_and_what_came_since() {
    for (language, frozen, since, go_on) in [
        (Language::De, "ANGEHALTEN seit ", "seither 12.345 Pakete, 2 Meldungen", "f weiter"),
        (Language::En, "FROZEN since ", "since then 12,345 packets, 2 events", "f go on"),
    ] {
        for size in [(80, 24), (40, 10)] {
            with_terms(language, |terms| {
                let audit = Arc::new(audit());
                let turn = |at: usize| Turn {
                    finding: audit.findings[at].clone(),
                    since: Timestamp(at as i64),
                    risen: None,
                    cleared: None,
                };
                let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
                let (board, mut model) = (Board::default(), Model::default());
                let mut look = |board: &Board, model: &mut Model| {
                    model.learn(&board.told(), terms);
                    terminal.draw(|frame| draw(frame, model, terms)).unwrap();
                    let buffer = terminal.backend().buffer();
                    let line = |y| (0..size.0).map(|x| buffer[(x, y)].symbol()).collect::<String>();
                    (0..size.1).map(line).collect::<Vec<_>>()
                };
                board.show(&audit, &[turn(0)], Course::default());
                assert!(!look(&board, &mut model)[2].contains(frozen));
                model.key(KeyEvent::new(KeyCode::Char('f'), KeyModifiers::NONE));
                terms.meter.took(12_345);
                board.show(&audit, &[turn(1), turn(2)], Course::default());
                let lines = look(&board, &mut model);
                assert!(lines[2].contains(frozen), "{lines:#?}");
                let last = lines.last().unwrap();
                assert!(last.starts_with(go_on), "{last}");
                assert!(last.contains(since) || size.0 == 40 && last.contains('…'), "{last}");
                model.key(KeyEvent::new(KeyCode::Char('f'), KeyModifiers::NONE));
                let lines = look(&board, &mut model);
                assert!(!lines[2].contains(frozen) && !lines.last().unwrap().contains(go_on), "{lines:#?}");
            });
        }
    }
}

#[test]
fn an_opened_call_tells_times_and_both_directions() {
    let mut audit = audit();
    let call = &mut audit.traffic.calls[0];
    let at = |millis: i64| (Frame::new(0, 1), Timestamp(1_768_814_100_000_000_000 + millis * 1_000_000));
    (call.start, call.let_through) = (at(0), Some(at(0)));
    (call.ringing, call.answered, call.end) = (Some(at(1_500)), Some(at(4_000)), Some(at(64_000)));
    (call.answer, call.status) = (Answer::Answered, Some(200));
    let page = |language, keys: &str| press(language, (100, 60), audit.clone(), &self::keys(keys)).join("\n");
    for (language, wanted) in [
        (
            Language::De,
            [
                "Anrufer",
                "Ziel",
                "09:15:00",
                "09:15:01",
                "1,5\u{a0}s",
                "09:15:04",
                "09:16:04",
                "1\u{a0}min",
                "200 OK",
                "Anrufer → Ziel: 192.168.10.31:10000",
                "Ziel → Anrufer: ",
                "PCMA",
                "Paketlänge",
                "DSCP",
                "0,3\u{a0}%",
                "4,2\u{a0}ms",
            ],
        ),
        (
            Language::En,
            [
                "Caller",
                "Callee",
                "09:15:00",
                "09:15:01",
                "1.5\u{a0}s",
                "09:15:04",
                "09:16:04",
                "1\u{a0}min",
                "200 OK",
                "Caller → Callee: 192.168.10.31:10000",
                "Callee → Caller: ",
                "PCMA",
                "Packet time",
                "DSCP",
                "0.3\u{a0}%",
                "4.2\u{a0}ms",
            ],
        ),
    ] {
        let opened = page(language, "2\n");
        for wanted in wanted {
            assert!(opened.contains(wanted), "{wanted}: {opened}");
        }
    }
}

#[test]
fn ports_are_told_with_transport_and_those_without_a_row_too() {
    for size in [(80, 24), (140, 40)] {
        let lines = press(Language::De, size, audit(), &keys("4"));
        assert!(lines[3].contains("Status") && lines[3].contains("Ports"), "{lines:#?}");
        let text = lines.join("\n");
        assert!(text.contains("PORT-001") && text.contains("undokumentiert"), "{text}");
        assert!(text.contains("PORT-006") && text.contains("abweichend"), "{text}");
        assert!(lines[4..].iter().any(|line| line.contains("UDP ") || line.contains("TCP ")), "{text}");
    }
    // What is cut says so, and the row of a finding opens its explanation.
    let narrow = press(Language::De, (80, 24), audit(), &keys("4"));
    assert!(narrow[4..23].iter().any(|line| line.trim_end().ends_with('…')), "{narrow:#?}");
    let row = narrow[4..].iter().position(|line| line.contains("PORT-001")).unwrap();
    let steps = [keys("4"), vec![KeyCode::Down; row], keys("\n")].concat();
    let opened = press(Language::De, (140, 80), audit(), &steps).join("\n");
    assert!(opened.contains("Was täuschen kann"), "{opened}");
}

#[test]
fn names_of_many_interfaces_leave_the_drops_in_sight() {
    with_terms(Language::De, |terms| {
        let interfaces: Vec<String> = (0..12).map(|nth| format!("enp{nth}s0f1")).collect();
        let Terms { names, settings, meter, stop, signal, wishes, .. } = *terms;
        let folder = PathBuf::new();
        let terms = Terms { names, settings, meter, interfaces: &interfaces, stop, signal, wishes, folder };
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        let mut model = Model::default();
        terminal.draw(|frame| draw(frame, &mut model, &terms)).unwrap();
        let buffer = terminal.backend().buffer();
        let line = (0..80).map(|x| buffer[(x, 1)].symbol()).collect::<String>();
        assert!(line.contains("pbxray verwarf 0") && line.contains('…'), "{line}");
    });
}

#[test]
fn keys_that_do_more_than_draw() {
    let mut model = Model::default();
    let mut key = |code, modifiers| model.key(KeyEvent::new(code, modifiers));
    assert_eq!(key(KeyCode::Char('q'), KeyModifiers::NONE), Some(Act::End(2)));
    assert_eq!(key(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Act::End(2)));
    assert_eq!(key(KeyCode::Char('w'), KeyModifiers::NONE), Some(Act::Save));
    assert_eq!(key(KeyCode::Char('c'), KeyModifiers::NONE), None);
    assert_eq!(key(KeyCode::Tab, KeyModifiers::NONE), None);
    assert_eq!(model.pane, Pane::Calls);
}
