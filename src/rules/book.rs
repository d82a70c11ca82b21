//! All rule books together, ready to be asked.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::RuleErrors;
use super::read::read;
use super::value::{Document, DocumentKind, Exposure, Misprint, QosRule, Retired, Row, Scanner, Statement};
use crate::config::{Problem, SourceText};
use crate::site::{Identity, Initiator, Kind, Model, ModelId, PortSet, Role, RoleId, RowId, TransportSpec};

/// The rule books that are part of the program.
const BUILT_IN: &[(&str, &str)] = &[
    ("agfeo.toml", include_str!("../../rules/agfeo.toml")),
    ("makers.toml", include_str!("../../rules/makers.toml")),
    ("pascom-extended.toml", include_str!("../../rules/pascom-extended.toml")),
    ("pascom.toml", include_str!("../../rules/pascom.toml")),
    ("standard.toml", include_str!("../../rules/standard.toml")),
];

/// What vendors document, and what identifies their products. Everything in it is consistent: roles, models and
/// rows that are named exist. Sorted by id; documents by kind and vendor, identities as the files have them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rulebook {
    /// One for each file.
    pub documents: Vec<Arc<Document>>,
    /// What hosts can be.
    pub roles: Vec<Role>,
    /// Models of roles.
    pub models: Vec<Model>,
    /// Documented uses of ports.
    pub rows: Vec<Row>,
    /// How packets are to be marked.
    pub qos: Vec<QosRule>,
    /// Ports that must never answer a public address.
    pub exposures: Vec<Exposure>,
    /// What documents say in words.
    pub statements: Vec<Statement>,
    /// What identifies products.
    pub identities: Vec<Identity>,
    /// Names that documents misprint. The checks of this version ask for neither these nor `retired`: they are kept for the
    /// families NET and DEV, and checked like all other entries.
    pub misprints: Vec<Misprint>,
    /// Devices out of support. See `misprints`.
    pub retired: Vec<Retired>,
    /// SIP scanners.
    pub scanners: Vec<Scanner>,
}

impl Rulebook {
    /// The rule books that are part of the program.
    ///
    /// # Errors
    /// Never in a program whose tests passed.
    pub fn builtin() -> Result<Self, RuleErrors> {
        let sources: Vec<_> = BUILT_IN.iter().map(|&(name, text)| SourceText::new(name, text)).collect();
        read(&sources)
    }

    /// All `*.toml` of a directory, in place of those that are part of the program.
    ///
    /// # Errors
    /// A directory or file that cannot be read, no file at all, or what is wrong in the files.
    pub fn from_dir(directory: &Path) -> Result<Self, RuleErrors> {
        let paths = toml_files(directory).map_err(|error| unreadable(directory, &error))?;
        if paths.is_empty() {
            let source = SourceText::new(directory.display().to_string(), "");
            let help = "give a directory with rule books to --rules, or leave the option out";
            return Err(RuleErrors::single(Problem::in_file(&source, "holds no *.toml file", help)));
        }
        let sources: Result<Vec<_>, _> = paths
            .iter()
            .map(|path| match fs::read_to_string(path) {
                Ok(text) => Ok(SourceText::new(path.display().to_string(), text)),
                Err(error) => Err(unreadable(path, &error)),
            })
            .collect();
        read(&sources?)
    }

    /// Rule books from text.
    ///
    /// # Errors
    /// Everything that is wrong in them, with file, line and column.
    pub fn parse(sources: &[SourceText]) -> Result<Self, RuleErrors> {
        read(sources)
    }

    /// The row with this id.
    #[must_use]
    pub fn row(&self, id: &str) -> Option<&Row> {
        by_id(&self.rows, id, |row| row.id.as_str())
    }

    /// The role with this id.
    #[must_use]
    pub fn role(&self, id: &str) -> Option<&Role> {
        by_id(&self.roles, id, |role| role.id.as_str())
    }

    /// The model with this id.
    #[must_use]
    pub fn model(&self, id: &str) -> Option<&Model> {
        by_id(&self.models, id, |model| model.id.as_str())
    }

    /// What sort of thing a role is; [`Kind::Other`] for one that no rule book declares.
    #[must_use]
    pub fn kind(&self, role: &RoleId) -> Kind {
        self.role(role.as_str()).map_or(Kind::Other, |role| role.kind)
    }

    /// Rows about hosts of this role and model, by id. An unknown model may be any.
    pub fn rows_for<'a>(
        &'a self,
        role: &'a RoleId,
        model: Option<&'a ModelId>,
    ) -> impl Iterator<Item = &'a Row> + 'a {
        self.rows.iter().filter(move |row| row.is_for(role) && row.is_for_model(model))
    }

    /// How packets of `protocol` that this role sends are to be marked.
    #[must_use]
    pub fn qos_for(&self, role: &RoleId, protocol: &str) -> Option<&QosRule> {
        self.qos.iter().find(|rule| rule.protocol == protocol && rule.roles.contains(role))
    }

    /// Ports of this role that must never answer a public address.
    pub fn exposures_of<'a>(&'a self, role: &RoleId) -> impl Iterator<Item = &'a Exposure> {
        self.exposures.iter().filter(move |exposure| exposure.roles.contains(role))
    }

    /// Single ports on which somebody waits to be called, by any row: where a capture holds no handshake, the side
    /// with such a port did not start. Ranges are no sign of a service, and nobody waits on a port for voice.
    #[must_use]
    pub fn service_ports(&self) -> Vec<(TransportSpec, u16)> {
        let mut ports = Vec::new();
        for row in self.rows.iter().filter(|row| !row.speaks.iter().any(|word| *word == "rtp")) {
            for leg in &row.legs {
                let called = match leg.initiator {
                    Initiator::Own => [leg.remote.set(), None],
                    Initiator::Peer => [leg.own.set(), None],
                    Initiator::Either => [leg.own.set(), leg.remote.set()],
                };
                let single = called.into_iter().flatten().flat_map(PortSet::ranges);
                ports.extend(
                    single.filter(|range| range.len() == 1).map(|range| (row.transport, *range.start())),
                );
            }
        }
        ports.sort_unstable();
        ports.dedup();
        ports
    }

    /// Ids of all rows, for checking a site file.
    #[must_use]
    pub fn row_ids(&self) -> Vec<RowId> {
        self.rows.iter().map(|row| row.id.clone()).collect()
    }

    /// The documents of vendors, the extended ones included: those a report names its expectations after.
    pub fn vendor_documents(&self) -> impl Iterator<Item = &Arc<Document>> {
        let kinds = [DocumentKind::Vendor, DocumentKind::Extended];
        self.documents.iter().filter(move |document| kinds.contains(&document.kind))
    }

    pub(super) fn sort(&mut self) {
        self.documents.sort_by(|a, b| (a.kind, &a.vendor).cmp(&(b.kind, &b.vendor)));
        self.roles.sort_by(|a, b| a.id.cmp(&b.id));
        self.models.sort_by(|a, b| a.id.cmp(&b.id));
        self.rows.sort_by(|a, b| a.id.cmp(&b.id));
        self.qos.sort_by(|a, b| a.id.cmp(&b.id));
        self.exposures.sort_by(|a, b| a.id.cmp(&b.id));
        self.statements.sort_by(|a, b| a.id.cmp(&b.id));
    }
}

fn by_id<'a, T>(sorted: &'a [T], id: &str, key: impl Fn(&T) -> &str) -> Option<&'a T> {
    sorted.binary_search_by(|entry| key(entry).cmp(id)).ok().and_then(|index| sorted.get(index))
}

/// Sorted, so that errors and identities come in the same order everywhere.
fn toml_files(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn unreadable(path: &Path, error: &std::io::Error) -> RuleErrors {
    let source = SourceText::new(path.display().to_string(), "");
    let help = "give a directory of readable UTF-8 text files to --rules";
    RuleErrors::single(Problem::in_file(&source, format!("cannot be read: {error}"), help))
}
