//! Takes a finding code, gives the page about it: what it means, how it was measured, what to do, what can mislead.

mod cap;
mod cleared;
mod course;
mod net;
mod port;
mod qos;
mod rtp;
mod sec;
mod sig;

use super::Settings;
use super::escape::{FIELD, escape_terminal};
use super::language::Language;
use super::table::{Page as Sheet, Tone};
use super::text::{title, words};
use crate::check::Code;

/// What is to be known about a code, in both languages. A page that is missing does not compile.
struct Page {
    de: Text,
    en: Text,
}

/// A page in one language.
struct Text {
    /// What the finding means.
    meaning: &'static str,
    /// What was measured, and from which threshold on.
    measured: &'static str,
    /// What to do.
    action: &'static str,
    /// What can look like it and is not.
    pitfalls: &'static str,
    /// Rows, sections and standards behind it.
    source: &'static str,
}

/// Words that are no finding code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown finding code `{given}`; write one of: {}", .codes.join(", "))]
pub struct UnknownCode {
    given: String,
    /// Codes of the same family; all codes where there is none.
    codes: Vec<&'static str>,
}

/// The page about `code`, which may be written in lower case and without its hyphen.
///
/// # Errors
/// [`UnknownCode`], with the codes that may have been meant.
pub fn explain(code: &str, settings: &Settings) -> Result<String, UnknownCode> {
    let wanted = normal(code);
    let found = Code::ALL.iter().copied().find(|code| normal(code.as_str()) == wanted);
    found.map(|code| show(code, settings)).ok_or_else(|| unknown(code, &wanted))
}

pub(super) fn show(code: Code, settings: &Settings) -> String {
    let labels = &words(settings.language).labels;
    let page = page(code);
    let [de, en] = cleared::cleared(code);
    let (text, cleared) = match settings.language {
        Language::De => (page.de, de),
        Language::En => (page.en, en),
    };
    let mut sheet = Sheet::new(settings.width, settings.colour);
    sheet.heading(&format!("{}  {}", code.as_str(), title(code, settings.language)));
    let parts = [
        (labels.meaning, text.meaning),
        (labels.measured, text.measured),
        (labels.action, text.action),
        (labels.pitfalls, text.pitfalls),
        (labels.cleared, cleared),
        (labels.source, text.source),
    ];
    for (label, text) in parts {
        sheet.blank();
        sheet.paragraph(0, label, Tone::Strong);
        sheet.paragraph(2, text, Tone::Plain);
    }
    sheet.finish()
}

fn page(code: Code) -> Page {
    match code {
        Code::Port001 => port::PORT_001,
        Code::Port002 => port::PORT_002,
        Code::Port003 => port::PORT_003,
        Code::Port004 => port::PORT_004,
        Code::Port005 => port::PORT_005,
        Code::Port006 => port::PORT_006,
        Code::Port007 => port::PORT_007,
        Code::Port008 => port::PORT_008,
        Code::Port009 => port::PORT_009,
        Code::Qos001 => qos::QOS_001,
        Code::Qos002 => qos::QOS_002,
        Code::Qos003 => qos::QOS_003,
        Code::Qos004 => qos::QOS_004,
        Code::Qos005 => qos::QOS_005,
        Code::Qos007 => qos::QOS_007,
        Code::Qos008 => qos::QOS_008,
        Code::Qos009 => qos::QOS_009,
        Code::Qos010 => qos::QOS_010,
        Code::Rtp001 => rtp::RTP_001,
        Code::Rtp002 => rtp::RTP_002,
        Code::Rtp003 => rtp::RTP_003,
        Code::Rtp004 => rtp::RTP_004,
        Code::Rtp005 => course::RTP_005,
        Code::Rtp006 => rtp::RTP_006,
        Code::Rtp007 => course::RTP_007,
        Code::Rtp008 => course::RTP_008,
        Code::Rtp009 => course::RTP_009,
        Code::Rtp013 => course::RTP_013,
        Code::Rtp014 => course::RTP_014,
        Code::Sig001 => sig::SIG_001,
        Code::Sig002 => sig::SIG_002,
        Code::Sig003 => sig::SIG_003,
        Code::Sig004 => sig::SIG_004,
        Code::Sig005 => sig::SIG_005,
        Code::Sig006 => sig::SIG_006,
        Code::Sig007 => sig::SIG_007,
        Code::Sig008 => sig::SIG_008,
        Code::Sig009 => sig::SIG_009,
        Code::Net001 => net::NET_001,
        Code::Net002 => net::NET_002,
        Code::Net003 => net::NET_003,
        Code::Net004 => net::NET_004,
        Code::Net005 => net::NET_005,
        Code::Sec001 => sec::SEC_001,
        Code::Sec002 => sec::SEC_002,
        Code::Sec003 => sec::SEC_003,
        Code::Sec004 => sec::SEC_004,
        Code::Cap001 => cap::CAP_001,
        Code::Cap002 => cap::CAP_002,
        Code::Cap003 => cap::CAP_003,
        Code::Cap004 => cap::CAP_004,
        Code::Cap006 => cap::CAP_006,
        Code::Cap008 => cap::CAP_008,
        Code::Cap010 => cap::CAP_010,
        Code::Cap011 => cap::CAP_011,
    }
}

fn normal(code: &str) -> String {
    code.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect()
}

fn unknown(given: &str, wanted: &str) -> UnknownCode {
    let family: String = wanted.chars().take_while(char::is_ascii_alphabetic).collect();
    let all = || Code::ALL.iter().map(|code| code.as_str());
    let mut codes: Vec<&'static str> =
        all().filter(|code| !family.is_empty() && code.split('-').next() == Some(&family)).collect();
    if codes.is_empty() {
        codes = all().collect();
    }
    UnknownCode { given: escape_terminal(given, FIELD), codes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::settings;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn every_code_has_a_full_page_in_both_languages() {
        for code in Code::ALL {
            let page = page(*code);
            for (text, cleared) in [page.de, page.en].into_iter().zip(cleared::cleared(*code)) {
                let parts = [text.meaning, text.measured, text.action, text.pitfalls, cleared, text.source];
                for part in parts {
                    assert!(part.ends_with(['.', ')']), "{}: {part}", code.as_str());
                    assert!(!part.contains("  "), "{}: {part}", code.as_str());
                }
            }
        }
    }

    #[test]
    fn pages_keep_to_the_width() {
        for code in Code::ALL {
            for width in [60, 80, 140] {
                let page = show(*code, &settings(Language::De, width));
                assert!(page.lines().all(|line| line.width() <= usize::from(width)), "{page}");
            }
        }
    }

    #[test]
    fn a_page_looks_like_this() {
        insta::assert_snapshot!(explain("QOS-001", &settings(Language::De, 80)).unwrap());
    }

    #[test]
    fn codes_may_be_written_as_people_type_them() {
        let page = explain("QOS-001", &settings(Language::En, 80));
        assert_eq!(explain("qos-001", &settings(Language::En, 80)), page);
        assert_eq!(explain(" qos001 ", &settings(Language::En, 80)), page);
    }

    #[test]
    fn an_unknown_code_names_those_that_may_be_meant() {
        let error = |code| explain(code, &settings(Language::En, 80)).unwrap_err().to_string();
        assert_eq!(
            error("sec-9\u{1b}"),
            "unknown finding code `sec-9\\x1b`; write one of: SEC-001, SEC-002, SEC-003, SEC-004"
        );
        assert!(Code::ALL.iter().all(|code| error("xyz").contains(code.as_str())));
    }
}
