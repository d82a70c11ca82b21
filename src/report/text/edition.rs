//! Takes the edition of a document as its maker writes it, gives it as the reader of a language knows dates.

use jiff::civil::Date;

use crate::report::language::Language::{self, De, En};

/// `19.10.2020` as it is in German, `2020-10-19` in English; a word before what is more than a date:
/// `edition 19.01.2026LB`. What begins with no date is left as it is.
pub(crate) fn edition(text: &str, language: Language) -> String {
    const DATE: &str = "%d.%m.%Y";
    if let Ok(date) = Date::strptime(DATE, text) {
        return match language {
            De => text.to_owned(),
            En => date.to_string(),
        };
    }
    let starts_with_date = text.get(..10).is_some_and(|start| Date::strptime(DATE, start).is_ok());
    match (starts_with_date, language) {
        (false, _) => text.to_owned(),
        (true, De) => format!("Ausgabe {text}"),
        (true, En) => format!("edition {text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_the_reader_writes_dates() {
        assert_eq!([edition("19.10.2020", De), edition("19.10.2020", En)], ["19.10.2020", "2020-10-19"]);
        let own = "19.01.2026LB, © AGFEO 2023LB";
        assert_eq!(edition(own, En), "edition 19.01.2026LB, © AGFEO 2023LB");
        assert_eq!(edition(own, De), "Ausgabe 19.01.2026LB, © AGFEO 2023LB");
        assert_eq!(edition("RFC; AGFEO 2.0", En), "RFC; AGFEO 2.0");
    }
}
