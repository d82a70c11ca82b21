//! A TOML file as tables that are taken out one by one, so that one wrong table does not hide the next.

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::{Problem, SourceText};

/// The top level of a TOML file. Take out what is expected, then call [`TomlFile::finish`]: what is left over is
/// reported.
#[derive(Debug)]
pub struct TomlFile<'t> {
    source: &'t SourceText,
    left: Vec<(Spanned<String>, Spanned<DeValue<'t>>)>,
    asked_for: Vec<&'static str>,
}

impl<'t> TomlFile<'t> {
    /// `None` if the text is no TOML; then every syntax error found is in `problems`.
    pub fn parse(source: &'t SourceText, problems: &mut Vec<Problem>) -> Option<Self> {
        let (root, errors) = DeTable::parse_recoverable(source.text());
        if !errors.is_empty() {
            problems.extend(errors.iter().map(|error| problem(source, error, None)));
            return None;
        }
        let left = root
            .into_inner()
            .into_iter()
            .map(|(key, value)| (Spanned::new(key.span(), key.get_ref().to_string()), value))
            .collect();
        Some(Self { source, left, asked_for: Vec::new() })
    }

    /// The value or table `key`, if the file has it and it has the right shape.
    pub fn take<T: DeserializeOwned>(
        &mut self,
        key: &'static str,
        problems: &mut Vec<Problem>,
    ) -> Option<Spanned<T>> {
        let value = self.remove(key)?;
        read(self.source, value, problems)
    }

    /// All entries `[[key]]`. One of the wrong shape is reported and left out, the others are kept.
    pub fn take_all<T: DeserializeOwned>(
        &mut self,
        key: &'static str,
        problems: &mut Vec<Problem>,
    ) -> Vec<Spanned<T>> {
        let Some(value) = self.remove(key) else { return Vec::new() };
        let span = value.span();
        match value.into_inner() {
            DeValue::Array(entries) => {
                entries.into_iter().filter_map(|entry| read(self.source, entry, problems)).collect()
            }
            other => {
                let message = format!("`{key}` is {}, expected a list of tables", article(other.type_str()));
                let help = format!("start every entry with a line of its own: [[{key}]]");
                problems.push(Problem::at(self.source, span, message, help));
                Vec::new()
            }
        }
    }

    /// Reports every key that nobody asked for.
    pub fn finish(self, problems: &mut Vec<Problem>) {
        let known = self.asked_for.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        for (key, _) in self.left {
            let message = format!("unknown key `{}`", key.get_ref());
            let help = format!("remove it or correct the spelling; this file may have {known}");
            problems.push(Problem::at(self.source, key.span(), message, help));
        }
    }

    fn remove(&mut self, key: &'static str) -> Option<Spanned<DeValue<'t>>> {
        self.asked_for.push(key);
        let position = self.left.iter().position(|(name, _)| name.get_ref() == key)?;
        Some(self.left.swap_remove(position).1)
    }
}

fn read<T: DeserializeOwned>(
    source: &SourceText,
    value: Spanned<DeValue<'_>>,
    problems: &mut Vec<Problem>,
) -> Option<Spanned<T>> {
    let span = value.span();
    match T::deserialize(ValueDeserializer::from(value)) {
        Ok(entry) => Some(Spanned::new(span, entry)),
        Err(error) => {
            problems.push(problem(source, &error, Some(span)));
            None
        }
    }
}

fn problem(source: &SourceText, error: &toml::de::Error, entry: Option<std::ops::Range<usize>>) -> Problem {
    let message = error.message();
    let help = if message.starts_with("unknown field") {
        "remove it or correct the spelling"
    } else if message.starts_with("missing field") {
        "add it to this entry"
    } else if message.starts_with("unknown variant") {
        "use one of the words listed"
    } else if entry.is_some() {
        "give a value of the expected form"
    } else {
        "correct the TOML syntax here; text goes in quotes, lists in [ ], every entry on its own line"
    };
    let span = error.span().or(entry).unwrap_or_default();
    // A bare date is a table to the one who reads it, and no error says so.
    let written = source.text().get(span.clone()).unwrap_or_default().trim();
    if message.starts_with("invalid type: map, expected a string")
        && written.starts_with(|c: char| c.is_ascii_digit())
    {
        let help = format!("write it in quotes: \"{written}\"");
        return Problem::at(source, span, format!("{written} is a date, expected text"), help);
    }
    Problem::at(source, span, message.lines().collect::<Vec<_>>().join(", "), help)
}

fn article(noun: &str) -> String {
    let an = noun.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {noun}", if an { "an" } else { "a" })
}
