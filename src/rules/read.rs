//! Reads all files of a rule book together: first the form of each, then which names and ids they declare, then what
//! the entries mean.

use std::collections::BTreeMap;
use std::sync::Arc;

use toml::Spanned;

use super::entry::{Entries, document};
use super::names::Names;
use super::raw::{
    RawAgents, RawDocument, RawExposure, RawIdentity, RawMisprint, RawModel, RawQos, RawRole, RawRow,
    RawStatement,
};
use super::value::Document;
use super::{RuleErrors, Rulebook};
use crate::config::{Problem, SourceText, TomlFile};
use crate::site::{ModelId, RoleId};

/// # Errors
/// Everything that is wrong. Mistakes in the form of a file hide those in what its words mean.
pub(super) fn read(sources: &[SourceText]) -> Result<Rulebook, RuleErrors> {
    let mut problems = Vec::new();
    let files: Vec<File<'_>> =
        sources.iter().filter_map(|source| File::read(source, &mut problems)).collect();
    RuleErrors::check(std::mem::take(&mut problems))?;

    let names = declared(&files, &mut problems);
    let mut book = Rulebook::default();
    let mut models = Vec::new();
    for file in files {
        models.push((file.source, Arc::clone(&file.document), file.add_to(&mut book, &names, &mut problems)));
    }
    book.sort();
    // A model's ports stand in a row, which may be in any file.
    for (source, document, raw) in models {
        let mut entries = Entries { source, document: &document, names: &names, problems: &mut problems };
        let resolved: Vec<_> =
            raw.into_iter().filter_map(|raw| entries.model(raw.into_inner(), &book)).collect();
        book.models.extend(resolved);
    }
    book.sort();
    refuse_contradicting_qos(&book, &names, &mut problems);
    RuleErrors::check(problems)?;
    Ok(book)
}

/// One file, its form being right.
struct File<'t> {
    source: &'t SourceText,
    document: Arc<Document>,
    protocols: Vec<Spanned<String>>,
    roles: Vec<Spanned<RawRole>>,
    models: Vec<Spanned<RawModel>>,
    rows: Vec<Spanned<RawRow>>,
    qos: Vec<Spanned<RawQos>>,
    exposures: Vec<Spanned<RawExposure>>,
    statements: Vec<Spanned<RawStatement>>,
    identities: Vec<Spanned<RawIdentity>>,
    misprints: Vec<Spanned<RawMisprint>>,
    retired: Vec<Spanned<RawAgents>>,
    scanners: Vec<Spanned<RawAgents>>,
}

impl<'t> File<'t> {
    /// `None` if the text is no TOML or does not say where it comes from.
    fn read(source: &'t SourceText, problems: &mut Vec<Problem>) -> Option<Self> {
        let mut file = TomlFile::parse(source, problems)?;
        let before = problems.len();
        let head: Option<Spanned<RawDocument>> = file.take("document", problems);
        if head.is_none() && problems.len() == before {
            let help = "start it with [document]: kind, vendor, title, edition, as_of, origin, disclaimer";
            problems.push(Problem::in_file(source, "the file does not say where its rows come from", help));
        }
        let mut head = head.map(Spanned::into_inner);
        let protocols = head.as_mut().map(|head| std::mem::take(&mut head.protocols)).unwrap_or_default();
        let document = head.map(|head| Arc::new(document(source, head, problems)));
        Some(Self {
            source,
            protocols,
            roles: file.take_all("role", problems),
            models: file.take_all("model", problems),
            rows: file.take_all("row", problems),
            qos: file.take_all("qos", problems),
            exposures: file.take_all("exposure", problems),
            statements: file.take_all("statement", problems),
            identities: file.take_all("identity", problems),
            misprints: file.take_all("misprint", problems),
            retired: file.take_all("retired", problems),
            scanners: file.take_all("scanner", problems),
            document: {
                file.finish(problems);
                document?
            },
        })
    }

    /// Adds everything but the models, which are handed back.
    fn add_to(
        self,
        book: &mut Rulebook,
        names: &Names<'_>,
        problems: &mut Vec<Problem>,
    ) -> Vec<Spanned<RawModel>> {
        let mut entries = Entries { source: self.source, document: &self.document, names, problems };
        book.roles.extend(self.roles.into_iter().map(|raw| entries.declared_role(raw.into_inner())));
        book.rows.extend(self.rows.into_iter().map(|raw| entries.row(raw)));
        book.qos.extend(self.qos.into_iter().map(|raw| entries.qos(raw.into_inner())));
        book.exposures.extend(self.exposures.into_iter().map(|raw| entries.exposure(raw.into_inner())));
        book.statements.extend(self.statements.into_iter().map(|raw| entries.statement(raw.into_inner())));
        book.identities.extend(self.identities.into_iter().filter_map(|raw| entries.identity(raw)));
        book.misprints
            .extend(self.misprints.into_iter().filter_map(|raw| entries.misprint(raw.into_inner())));
        book.retired.extend(self.retired.into_iter().map(|raw| entries.retired(raw.into_inner())));
        book.scanners.extend(self.scanners.into_iter().map(|raw| entries.scanner(raw.into_inner())));
        book.documents.push(self.document);
        self.models
    }

    fn ids(&self) -> impl Iterator<Item = &Spanned<String>> {
        let rows = self.rows.iter().map(|raw| &raw.get_ref().id);
        let qos = self.qos.iter().map(|raw| &raw.get_ref().id);
        let exposures = self.exposures.iter().map(|raw| &raw.get_ref().id);
        rows.chain(qos).chain(exposures).chain(self.statements.iter().map(|raw| &raw.get_ref().id))
    }
}

fn declared<'t>(files: &[File<'t>], problems: &mut Vec<Problem>) -> Names<'t> {
    let mut names = Names::default();
    for file in files {
        for role in file.roles.iter().map(Spanned::get_ref) {
            names.declare("role", &role.id, file.source, problems);
            names.roles.insert(RoleId::from(role.id.get_ref().as_str()), role.kind);
        }
        for model in file.models.iter().map(Spanned::get_ref) {
            names.declare("model", &model.id, file.source, problems);
            let role = RoleId::from(model.role.get_ref().as_str());
            names.models.insert(ModelId::from(model.id.get_ref().as_str()), role);
        }
        for id in file.ids() {
            names.declare("id", id, file.source, problems);
        }
        names.protocols.extend(file.protocols.iter().map(|word| word.get_ref().clone()));
    }
    names
}

/// Two marks for the same packets of the same sender would leave the verdict to the order of the files.
fn refuse_contradicting_qos(book: &Rulebook, names: &Names<'_>, problems: &mut Vec<Problem>) {
    let mut first = BTreeMap::new();
    for rule in &book.qos {
        for role in &rule.roles {
            let Some(earlier) = first.insert((role, &rule.protocol), &rule.id) else { continue };
            let Some((source, span)) = names.place("id", rule.id.as_str()) else { continue };
            let message = format!("{} marks {} of `{role}`, as {earlier} does", rule.id, rule.protocol);
            problems.push(Problem::at(source, span, message, "name each role once for each protocol"));
        }
    }
}
