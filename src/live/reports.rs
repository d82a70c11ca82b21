//! Where the report of a live capture goes beside standard output: `--output`, a file for each form.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::super::outputs::{self, Kind};
use super::super::{write_csv, write_form};
use pbxray::cli::{Format, LiveArgs, LiveFormat};
use pbxray::report::{Language, Published};

/// What is asked for, checked before anything is captured.
#[derive(Debug)]
pub(super) struct Wanted {
    forms: Vec<(Format, PathBuf)>,
}

/// The same, of which each was tried, so that what cannot be written is told at the beginning and not after hours.
#[derive(Debug, Default)]
pub(super) struct Reports {
    forms: Vec<(Format, PathBuf, Place)>,
}

#[derive(Debug)]
enum Place {
    /// A directory.
    Folder,
    /// Was there before. What is in it stays until the report is there.
    Open(File),
    /// Is made when there is something to put into it: whatever ends the program leaves no empty file.
    New,
}

impl Wanted {
    /// The forms of a report with the places for them.
    pub(super) fn of(args: &LiveArgs, language: Language) -> Result<Self> {
        let streams: Vec<LiveFormat> =
            args.format.iter().copied().filter(|format| format.report().is_none()).collect();
        ensure!(
            streams.len() < 2,
            "--format text,jsonl: {}",
            language
                .either("auf die Standardausgabe geht nur eines davon", "standard output takes one of them")
        );
        let mut formats: Vec<Format> = args.format.iter().filter_map(|format| format.report()).collect();
        if formats.is_empty() && args.output.len() == 1 {
            formats.push(Format::Table);
        }
        let (forms, places) = (formats.len(), args.output.len());
        ensure!(
            forms == places,
            "{}",
            match language {
                Language::De => format!(
                    "--format nennt {} des Berichts, und -o steht {places}-mal da; nennen Sie -o für jede Form, in \
                     derselben Folge (text und jsonl gehen auf die Standardausgabe und brauchen keines)",
                    outputs::counted(forms, "Form", "Formen")
                ),
                Language::En => format!(
                    "--format names {} of the report and -o stands there {}; say -o for each form, in the same order (text \
                     and jsonl go to standard output and need none)",
                    outputs::counted(forms, "form", "forms"),
                    outputs::counted(places, "time", "times")
                ),
            }
        );
        let kind = |format: &Format| if *format == Format::Csv { Kind::Directory } else { Kind::File };
        let checked: Vec<(&Path, Kind)> =
            args.output.iter().zip(&formats).map(|(path, format)| (path.as_path(), kind(format))).collect();
        let read: Vec<&Path> =
            args.judge.site.as_deref().into_iter().chain(args.judge.rules.as_deref()).collect();
        outputs::check(&checked, &read, language)?;
        Ok(Self { forms: formats.into_iter().zip(args.output.iter().cloned()).collect() })
    }

    /// Makes the directories that are to be, and gives those that are written to.
    pub(super) fn directories(&self) -> Result<Vec<PathBuf>> {
        let place = |(format, path): &(Format, PathBuf)| match format {
            Format::Csv => {
                std::fs::create_dir_all(path).with_context(|| said(path))?;
                Ok(path.clone())
            }
            _ => Ok(super::parent(path)),
        };
        self.forms.iter().map(place).collect()
    }

    /// Opens the files that are there, and makes sure that the others can be made.
    pub(super) fn open(self) -> Result<Reports> {
        let open = |(format, path): (Format, PathBuf)| -> Result<_> {
            let place = match format {
                Format::Csv => Place::Folder,
                _ => open(&path).with_context(|| said(&path))?,
            };
            Ok((format, path, place))
        };
        Ok(Reports { forms: self.forms.into_iter().map(open).collect::<Result<_>>()? })
    }
}

fn open(path: &Path) -> io::Result<Place> {
    match File::options().write(true).create_new(true).open(path) {
        Ok(_) => fs::remove_file(path).map(|()| Place::New),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            File::options().create(true).truncate(false).write(true).open(path).map(Place::Open)
        }
        Err(error) => Err(error),
    }
}

impl Reports {
    pub(super) fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// Writes each form; `table` is the one for a terminal.
    pub(super) fn write(
        &mut self,
        published: &Published,
        table: &str,
        zone: &jiff::tz::TimeZone,
    ) -> Result<()> {
        for (format, path, place) in &mut self.forms {
            let write = |out: &mut dyn Write| write_form(*format, Some(published), table, zone, out);
            match place {
                Place::Folder => write_csv(published, path)?,
                Place::New => outputs::write(path, write)?,
                Place::Open(file) => {
                    let mut write = || {
                        if file.metadata()?.is_file() {
                            file.set_len(0)?;
                            file.rewind()?;
                        }
                        let mut out = BufWriter::new(&*file);
                        write(&mut out)?;
                        out.flush()
                    };
                    write().with_context(|| said(path))?;
                }
            }
        }
        Ok(())
    }

    /// The files, for whoever is to be told.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.forms.iter().map(|(_, path, _)| path.as_path())
    }
}

fn said(path: &Path) -> String {
    format!("--output {}", path.display())
}
