//! Takes text that may come from a packet, gives text that a terminal shows and never obeys.

use unicode_width::UnicodeWidthChar;

/// Longest text that one field of a packet may take up, in characters.
pub(crate) const FIELD: usize = 80;

/// `text` with everything a terminal could obey or hide spelled out (`\x1b`, `\u{202e}`), cut off with `…` behind
/// `limit` characters.
///
/// Spelled out are control characters (C0, DEL, C1), bidirectional controls (Unicode Standard Annex 9) and whatever
/// else takes up no column. Text without any of these comes back as it is; doing it twice changes nothing.
pub(crate) fn escape_terminal(text: &str, limit: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(limit.saturating_mul(4)));
    let mut left = limit;
    for c in text.chars() {
        if !is_plain(c) {
            let spelled = spell_out(c);
            if spelled.len() > left {
                shown.push('…');
                return shown;
            }
            left -= spelled.len();
            shown.push_str(&spelled);
        } else if left == 0 {
            shown.push('…');
            return shown;
        } else {
            left -= 1;
            shown.push(c);
        }
    }
    shown
}

/// Whether a terminal shows `c` as it is and nothing else happens.
pub(crate) fn is_plain(c: char) -> bool {
    !matches!(c, '\u{ad}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fff9}'..='\u{fffb}')
        && c.width().is_some_and(|width| width > 0)
}

fn spell_out(c: char) -> String {
    let number = u32::from(c);
    if number < 0x100 { format!("\\x{number:02x}") } else { format!("\\u{{{number:x}}}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, proptest};

    #[test]
    fn what_a_terminal_could_obey_is_spelled_out() {
        assert_eq!(escape_terminal("a\x1b[31mb", FIELD), "a\\x1b[31mb");
        assert_eq!(escape_terminal("\u{9b}2J\u{7}", FIELD), "\\x9b2J\\x07");
        assert_eq!(escape_terminal("evil\u{202e}gpj", FIELD), "evil\\u{202e}gpj");
        assert_eq!(escape_terminal("one\r\ntwo", FIELD), "one\\x0d\\x0atwo");
        assert_eq!(escape_terminal("a\u{200b}b\u{feff}", FIELD), "a\\u{200b}b\\u{feff}");
    }

    #[test]
    fn what_people_write_stays_as_it_is() {
        let text = "Müller & Söhne · „Anlage“ – 12\u{a0}% 日本";
        assert_eq!(escape_terminal(text, FIELD), text);
    }

    #[test]
    fn long_text_ends_with_an_ellipsis() {
        assert_eq!(escape_terminal("abcdef", 3), "abc…");
        assert_eq!(escape_terminal("abc", 3), "abc");
        assert_eq!(escape_terminal("ab\x1b", 3), "ab…");
    }

    proptest! {
        #[test]
        fn nothing_a_terminal_obeys_is_left(text in any::<String>(), limit in 0_usize..200) {
            let shown = escape_terminal(&text, limit);
            assert!(shown.chars().all(is_plain));
            assert!(shown.chars().count() <= limit + 1);
            assert_eq!(escape_terminal(&shown, usize::MAX), shown);
        }
    }
}
