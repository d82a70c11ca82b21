//! What is wrong in a file that a person wrote, and how that is shown. The only place that knows
//! `annotate-snippets`.

use std::error::Error;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// The text of a file with the name that errors call it by. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceText {
    name: Arc<str>,
    text: Arc<str>,
}

impl SourceText {
    /// `name` is the path as the user gave it, or the file name of a built-in rule book.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// What errors call the file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of the byte at `offset`, both from 1, the column in characters.
    #[must_use]
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..floor_char(&self.text, offset)).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        (line, column)
    }

    /// `span` cut to the text and widened to whole characters: what a parser calls a place is not always one.
    fn fit(&self, span: Range<usize>) -> Range<usize> {
        let start = floor_char(&self.text, span.start);
        let mut end = span.end.clamp(start, self.text.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        start..end
    }
}

fn floor_char(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// One mistake: where it is, what is wrong, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    source: SourceText,
    /// Byte range; `None` concerns the file as a whole.
    span: Option<Range<usize>>,
    message: String,
    help: String,
    /// A second place that explains the first, in the same or another file.
    related: Option<(SourceText, Range<usize>, String)>,
}

impl Problem {
    /// Something wrong at `span` (bytes) of `source`.
    #[must_use]
    pub fn at(
        source: &SourceText,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            source: source.clone(),
            span: Some(source.fit(span)),
            message: message.into(),
            help: help.into(),
            related: None,
        }
    }

    /// Something wrong with the file as a whole (it cannot be read, a section is missing).
    #[must_use]
    pub fn in_file(source: &SourceText, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { source: source.clone(), span: None, message: message.into(), help: help.into(), related: None }
    }

    /// Points at a second place, for instance where an id was used first.
    #[must_use]
    pub fn related(mut self, source: &SourceText, span: Range<usize>, label: impl Into<String>) -> Self {
        self.related = Some((source.clone(), source.fit(span), label.into()));
        self
    }

    /// Name of the file.
    #[must_use]
    pub fn file(&self) -> &str {
        self.source.name()
    }

    /// What is wrong, one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Line and column, both from 1, the column in characters; `None` if the file as a whole is meant.
    #[must_use]
    pub fn line_column(&self) -> Option<(usize, usize)> {
        Some(self.source.line_column(self.span.as_ref()?.start))
    }

    fn render(&self, renderer: &Renderer) -> String {
        let Some(span) = &self.span else {
            return format!("error: {}: {}\n  help: {}", self.file(), self.message, self.help);
        };
        let snippet =
            |source: &'_ SourceText| Snippet::source(source.text().to_owned()).path(source.name().to_owned());
        let primary = AnnotationKind::Primary.span(span.clone());
        let mut first = snippet(&self.source).annotation(primary);
        let mut second = None;
        if let Some((source, span, label)) = &self.related {
            let note = AnnotationKind::Context.span(span.clone()).label(label.as_str());
            if *source == self.source {
                first = first.annotation(note);
            } else {
                second = Some(snippet(source).annotation(note));
            }
        }
        let mut group = Level::ERROR.primary_title(self.message.as_str()).element(first);
        if let Some(second) = second {
            group = group.element(second);
        }
        renderer.render(&[group.element(Level::HELP.message(self.help.as_str()))])
    }
}

/// Everything that is wrong, in the order of the files. Never empty.
///
/// `Display` gives plain text, [`Diagnosis::render`] the same with colours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    problems: Vec<Problem>,
}

impl Diagnosis {
    /// `Ok(())` if there is nothing to complain about.
    ///
    /// # Errors
    /// The problems as one value.
    pub fn check(problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self { problems }) }
    }

    /// A single problem.
    #[must_use]
    pub fn single(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }

    /// What is wrong, in the order of the files.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The offending lines with file, line, column and advice; `colour` adds terminal escapes.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let texts: Vec<String> = self.problems.iter().map(|problem| problem.render(&renderer)).collect();
        texts.join("\n\n")
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl Error for Diagnosis {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_file_line_column_and_shows_the_line() {
        let source = SourceText::new("site.toml", "customer = \"Müller\"\nlän = 1\n");
        let start = source.text().find('1').unwrap();
        let diagnosis = Diagnosis::single(Problem::at(&source, start..start + 1, "no list", "write a list"));
        assert_eq!(diagnosis.problems()[0].line_column(), Some((2, 7)));
        let shown = diagnosis.to_string();
        for part in ["error: no list", "site.toml:2:7", "län = 1", "help: write a list"] {
            assert!(shown.contains(part), "{part:?} is missing in\n{shown}");
        }
    }

    #[test]
    fn a_place_beyond_the_text_is_pulled_back_into_it() {
        let source = SourceText::new("a.toml", "ü");
        let problem = Problem::at(&source, 1..99, "odd", "look");
        assert_eq!(problem.line_column(), Some((1, 1)));
        assert!(Diagnosis::single(problem).to_string().contains("a.toml:1:1"));
    }

    #[test]
    fn a_second_place_may_be_in_another_file() {
        let (first, second) = (SourceText::new("a.toml", "id = 1"), SourceText::new("b.toml", "id = 1"));
        let problem = Problem::at(&second, 5..6, "used twice", "rename").related(&first, 5..6, "first here");
        let shown = Diagnosis::single(problem).to_string();
        assert!(shown.contains("b.toml:1:6") && shown.contains("a.toml:1:6"), "{shown}");
    }
}
