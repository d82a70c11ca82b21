//! The two languages of every report, and which of them the user wants.

use std::str::FromStr;

use thiserror::Error;

use crate::site::Text;

/// Language of all words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// German.
    De,
    /// English.
    En,
}

/// A word that names neither language.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is no language of this program; use de or en")]
pub struct UnknownLanguage(String);

impl Language {
    /// The language of the locale: the first of the three environment variables `LC_ALL`, `LC_MESSAGES` and `LANG`
    /// that is set and not empty decides (POSIX, section 8.2). English for any that is not German.
    #[must_use]
    pub fn of_locale(lc_all: Option<&str>, lc_messages: Option<&str>, lang: Option<&str>) -> Self {
        let locale = [lc_all, lc_messages, lang].into_iter().flatten().find(|locale| !locale.is_empty());
        let language = locale.unwrap_or_default().split(['_', '.', '@', '-']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("de") || language.eq_ignore_ascii_case("german") {
            Self::De
        } else {
            Self::En
        }
    }

    /// This language's side of a text.
    #[must_use]
    pub fn of(self, text: &Text) -> &str {
        match self {
            Self::De => &text.de,
            Self::En => &text.en,
        }
    }

    /// One of two words, German first.
    #[must_use]
    pub fn either<'w>(self, de: &'w str, en: &'w str) -> &'w str {
        match self {
            Self::De => de,
            Self::En => en,
        }
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    /// The words of `--lang`.
    fn from_str(word: &str) -> Result<Self, UnknownLanguage> {
        match word.to_ascii_lowercase().as_str() {
            "de" => Ok(Self::De),
            "en" => Ok(Self::En),
            _ => Err(UnknownLanguage(word.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        for (all, messages, lang, language) in [
            (None, None, None, Language::En),
            (None, None, Some("de_DE.UTF-8"), Language::De),
            (None, Some("de"), Some("en_GB.UTF-8"), Language::De),
            (Some("C"), Some("de_AT"), Some("de_DE"), Language::En),
            (Some(""), Some(""), Some("de_CH@euro"), Language::De),
            (None, None, Some("den_CA"), Language::En),
        ] {
            assert_eq!(Language::of_locale(all, messages, lang), language, "{all:?} {messages:?} {lang:?}");
        }
    }

    #[test]
    fn the_option_takes_both_languages_and_says_which_there_are() {
        assert_eq!(("DE".parse(), "en".parse()), (Ok(Language::De), Ok(Language::En)));
        assert!("fr".parse::<Language>().unwrap_err().to_string().contains("de or en"));
    }
}
