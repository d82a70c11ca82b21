//! The names that rule files declare, and where.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::Spanned;

use crate::config::{Problem, SourceText};
use crate::site::{Kind, ModelId, RoleId};

/// Names that any file may declare and any other may use.
#[derive(Default)]
pub(super) struct Names<'t> {
    pub(super) roles: BTreeMap<RoleId, Kind>,
    pub(super) models: BTreeMap<ModelId, RoleId>,
    pub(super) protocols: BTreeSet<String>,
    /// Where each role, model and id was declared, so that a second declaration can point there.
    places: BTreeMap<(&'static str, String), (&'t SourceText, Range<usize>)>,
}

impl<'t> Names<'t> {
    /// Whether a row, QoS rule, exposure or statement has this id.
    pub(super) fn is_id(&self, id: &str) -> bool {
        self.places.contains_key(&("id", id.to_owned()))
    }

    pub(super) fn place(&self, what: &'static str, name: &str) -> Option<(&'t SourceText, Range<usize>)> {
        self.places.get(&(what, name.to_owned())).cloned()
    }

    /// Notes where `name` is declared; a second time is a problem, as is a name that reports could not cite.
    pub(super) fn declare(
        &mut self,
        what: &'static str,
        name: &Spanned<String>,
        source: &'t SourceText,
        problems: &mut Vec<Problem>,
    ) {
        let word = name.get_ref().as_str();
        let well_formed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        if word.is_empty() || !word.chars().all(well_formed) {
            let help = "use letters, digits, dots and hyphens";
            problems.push(Problem::at(source, name.span(), format!("`{word}` is no {what}"), help));
        }
        if let Some((first, span)) = self.places.get(&(what, word.to_owned())) {
            let message = format!("the {what} `{word}` is used twice");
            let problem =
                Problem::at(source, name.span(), message, "give each entry its own; reports cite it");
            problems.push(problem.related(first, span.clone(), "used here first"));
        } else {
            self.places.insert((what, word.to_owned()), (source, name.span()));
        }
    }
}
