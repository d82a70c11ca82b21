//! Takes ids of rows, roles and models, gives their words in one language. Filled from the rulebook once per report.

use std::collections::BTreeMap;

use super::language::Language;
use super::ports::leg_names;
use super::text::dscp_name;
use crate::rules::Rulebook;
use crate::site::{ModelId, PortSet, RoleId, RowId, Text};

/// What a row, a marking rule or a statement of a document is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowName {
    /// The service, the mark or the statement, as a person puts it.
    pub service: Box<str>,
    /// Section of the vendor's document.
    pub section: Box<str>,
    /// When the row is used, if not always.
    pub condition: Option<Box<str>>,
    /// What a row says of ports.
    pub legs: Vec<LegName>,
    /// What the document of a row says where it wants nothing to be forwarded, with the id of the statement.
    pub no_forwarding: Option<Box<str>>,
    /// What a marking rule leaves open that its document does not promise.
    pub note: Option<Box<str>>,
}

impl RowName {
    /// `Q1 RTP: DSCP 46 (EF) (section)`, and behind it what the document does not promise: whoever reads up the section finds
    /// nothing else there.
    pub(super) fn cited(&self, id: &str, section: &str) -> String {
        let note = self.note.as_ref().map(|note| format!(": {}", note.trim_end_matches('.')));
        format!("{id} {} ({section}){}", self.service, note.unwrap_or_default())
    }
}

/// A documented connection in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegName {
    /// `UDP`; with a question mark where the document names none.
    pub transport: String,
    /// Left of the arrow the own port, right of it the peer's.
    pub ports: String,
    /// The same without the own port.
    pub(super) behind: String,
    /// Who it is with.
    pub peer: String,
    /// Whether the peer may be beyond the router, and a port or the peer says what is meant.
    pub leaves_lan: bool,
    /// Whether the peer may be beyond the router, and neither a port nor the peer says what is meant.
    pub(super) leaves_unbound: bool,
}

impl LegName {
    /// The ports with others as the own ones.
    pub(super) fn with_own(&self, own: Option<&PortSet>) -> String {
        own.map_or_else(|| self.ports.clone(), |own| format!("{own} {}", self.behind).trim().to_owned())
    }
}

/// Words for ids, all in one language.
#[derive(Clone, Debug, Default)]
pub struct Names {
    rows: BTreeMap<Box<str>, RowName>,
    roles: BTreeMap<Box<str>, Box<str>>,
    models: BTreeMap<Box<str>, Box<str>>,
}

impl Names {
    /// The words of `rules` in `language`.
    #[must_use]
    pub fn new(rules: &Rulebook, language: Language) -> Self {
        let said = |text: &Text| -> Box<str> { language.of(text).into() };
        let entry = |id: &RowId, service: Box<str>, section: &str| {
            (
                Box::from(id.as_str()),
                RowName {
                    service,
                    section: section.into(),
                    condition: None,
                    legs: Vec::new(),
                    no_forwarding: None,
                    note: None,
                },
            )
        };
        let rows = rules.rows.iter().map(|row| {
            let (id, name) = entry(&row.id, said(&row.service), &row.section);
            let condition = row.condition.as_ref().map(said);
            let mut statements = rules.statements.iter().filter(|one| one.denies_forwarding);
            let denial = statements.find(|one| one.document == row.document);
            let no_forwarding = denial.map(|one| {
                let (open, close) = (language.either("„", "“"), language.either("“", "”"));
                format!("{open}{}{close} ({})", said(&one.text), one.id).into()
            });
            (id, RowName { condition, legs: leg_names(rules, row, language), no_forwarding, ..name })
        });
        let marks = rules.qos.iter().map(|rule| {
            let service = format!("{}: DSCP {}", rule.protocol.as_str().to_uppercase(), dscp_name(rule.dscp));
            let (id, name) = entry(&rule.id, service.into(), &rule.section);
            (id, RowName { note: rule.note.as_ref().filter(|_| !rule.promised).map(said), ..name })
        });
        let exposures = rules.exposures.iter().map(|rule| entry(&rule.id, said(&rule.text), &rule.section));
        let statements = rules.statements.iter().map(|rule| entry(&rule.id, said(&rule.text), &rule.section));
        Self {
            rows: rows.chain(marks).chain(exposures).chain(statements).collect(),
            roles: rules.roles.iter().map(|role| (role.id.as_str().into(), said(&role.title))).collect(),
            models: rules.models.iter().map(|model| (model.id.as_str().into(), said(&model.title))).collect(),
        }
    }

    /// The row's words, if the rulebook has it.
    #[must_use]
    pub fn row(&self, id: &str) -> Option<&RowName> {
        self.rows.get(id)
    }

    /// The role's title, else its id.
    #[must_use]
    pub fn role(&self, role: &RoleId) -> String {
        self.roles.get(role.as_str()).map_or_else(|| role.to_string(), ToString::to_string)
    }

    /// The model's title, else its id.
    #[must_use]
    pub fn model(&self, model: &ModelId) -> String {
        self.models.get(model.as_str()).map_or_else(|| model.to_string(), ToString::to_string)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_promised_is_cited_with_what_the_document_says() {
        let rules = Rulebook::builtin().unwrap();
        let cited = |language: Language, promised| {
            let rule =
                rules.qos.iter().find(|rule| rule.promised == promised && rule.note.is_some()).unwrap();
            let note = language.of(rule.note.as_ref().unwrap()).trim_end_matches('.').to_owned();
            let text = Names::new(&rules, language).row(rule.id.as_str()).unwrap().cited("X1", "1.2");
            assert!(text.starts_with("X1 ") && text.contains("(1.2)"), "{text}");
            text.ends_with(&note)
        };
        for language in [Language::De, Language::En] {
            assert_eq!([false, true].map(|promised| cited(language, promised)), [true, false]);
        }
    }
}
