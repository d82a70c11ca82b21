//! Takes the paper, gives it as Markdown (CommonMark with tables). Text from packets is inert: what marks up is escaped.

use std::fmt::Write as _;

use super::paper::{FindingPart, Ladder, Paper, Part, Table};
use super::text::{glance_rest, paper_words};

/// The paper as one text.
pub(super) fn markdown(paper: &Paper) -> String {
    let mut out = format!("# {}\n", paper.title);
    facts(&mut out, &paper.cover);
    for sentence in &paper.sentences {
        let _ = writeln!(out, "\n{}", plain(sentence));
    }
    let counts: Vec<&str> = paper.counts.iter().map(|(_, text)| text.as_str()).collect();
    if !counts.is_empty() {
        let _ = writeln!(out, "\n**{}**", counts.join(", "));
    }
    if !paper.glance.is_empty() {
        out.push('\n');
    }
    for one in &paper.glance {
        let _ = writeln!(out, "- {}: {} {}", one.severity_word, plain(&one.code), plain(&one.text));
    }
    if paper.glance_rest > 0 {
        let _ = writeln!(out, "- {}", glance_rest(paper.language, paper.glance_rest));
    }
    for section in &paper.sections {
        let _ = writeln!(out, "\n## {}", section.heading);
        for (at, one) in section.parts.iter().enumerate() {
            if !section.parts.get(at..).is_some_and(heads_pictures_only) {
                part(&mut out, one, paper);
            }
        }
    }
    acceptance(&mut out, paper);
    let _ = writeln!(out, "\n{}", plain(&paper.footer));
    out
}

/// Where both sides sign.
fn acceptance(out: &mut String, paper: &Paper) {
    let words = paper_words(paper.language);
    let _ = writeln!(out, "\n## {}\n\n{}", words.acceptance, plain(words.acceptance_note));
    let _ = writeln!(out, "\n| | {} | {} |\n| --- | --- | --- |", words.customer, words.technician);
    for line in [words.place_and_date, words.printed_name, words.signature] {
        let _ = writeln!(out, "| {line} | | |");
    }
}

/// Whether a subheading comes first, and below it nothing but what cannot be drawn here.
fn heads_pictures_only(parts: &[Part]) -> bool {
    let Some((Part::Subheading(_), below)) = parts.split_first() else { return false };
    let mut below = below.iter().take_while(|part| !matches!(part, Part::Subheading(_))).peekable();
    below.peek().is_some() && below.all(|part| matches!(part, Part::Picture(_) | Part::Key(_)))
}

fn part(out: &mut String, part: &Part, paper: &Paper) {
    let _ = match part {
        Part::Text(text) => writeln!(out, "\n{}", plain(text)),
        Part::Subheading(text) => writeln!(out, "\n### {}", plain(text)),
        Part::Facts(lines) => {
            facts(out, lines);
            Ok(())
        }
        Part::List(lines) => {
            out.push('\n');
            lines.iter().try_for_each(|line| writeln!(out, "- {}", plain(line)))
        }
        Part::Code(text) => {
            code(out, text);
            Ok(())
        }
        Part::Table(rows) => {
            table(out, rows, paper);
            Ok(())
        }
        Part::Finding(one) => {
            finding(out, one);
            Ok(())
        }
        Part::Ladder(one) => {
            ladder(out, one, paper);
            Ok(())
        }
        Part::Picture(_) | Part::Key(_) => Ok(()),
    };
}

fn finding(out: &mut String, finding: &FindingPart) {
    let is_over = finding.cleared.map_or_else(String::new, |cleared| format!(" ({cleared})"));
    let (severity, title) = (finding.severity_word, plain(&finding.title));
    let _ = writeln!(out, "\n### {severity}{is_over} {}: {title}", plain(&finding.code));
    let lines: Vec<(String, String)> =
        finding.facts.iter().map(|(label, text)| ((*label).to_owned(), text.clone())).collect();
    facts(out, &lines);
    if !finding.filter.is_empty() {
        let _ = writeln!(out, "\n{}:", finding.filter_label);
        code(out, &finding.filter);
    }
}

fn facts(out: &mut String, lines: &[(String, String)]) {
    out.push('\n');
    for (label, text) in lines {
        let _ = writeln!(out, "- **{}:** {}", plain(label), plain(text));
    }
}

fn ladder(out: &mut String, ladder: &Ladder, paper: &Paper) {
    let words = paper_words(paper.language);
    let end = |column: usize| ladder.ends.get(column).map_or("", |(_, address)| address.as_str());
    let _ =
        writeln!(out, "\n**{}**\n\n| {} | | {} | DSCP |", plain(&ladder.title), words.time, words.message);
    let _ = writeln!(out, "| --: | --- | --- | --- |");
    for step in &ladder.steps {
        if let Some(gap) = &step.gap {
            let _ = writeln!(out, "| | | {} | |", plain(gap));
        }
        let route = format!("{} → {}", end(step.from), end(step.to));
        let cells = [&step.time, &route, &step.text, &step.note].map(|text| plain(text));
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    if let Some(more) = &ladder.more {
        let _ = writeln!(out, "\n{}", plain(more));
    }
}

/// A block that is longer fenced than anything within.
fn code(out: &mut String, text: &str) {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    let _ = writeln!(out, "\n{fence}text\n{text}\n{fence}");
}

fn table(out: &mut String, table: &Table, paper: &Paper) {
    let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let heads = table.heads.iter().map(|head| plain(head.text)).collect();
    let rule = table.heads.iter().map(|head| if head.is_number { "--:" } else { "---" }.to_owned()).collect();
    let _ = writeln!(out, "\n{}\n{}", line(heads), line(rule));
    for row in &table.rows {
        let _ = writeln!(out, "{}", line(row.iter().map(|cell| plain(&cell.text)).collect()));
    }
    if let Some(more) = paper.omitted(table) {
        let _ = writeln!(out, "\n{more}");
    }
}

/// Text that is only text: CommonMark takes any escaped ASCII punctuation literally; `<`, `>` and `&` become references,
/// because not every reader of Markdown keeps to that.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' | '$' => out.extend(['\\', c]),
            // A bare address would be linked.
            ':' if out.ends_with("http") || out.ends_with("https") => out.push_str("&#58;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_a_hostile_name_are_text() {
        let hostile = "[x](javascript:1) <img src=x> `a` |b| *c* https://evil";
        let text = plain(hostile);
        assert!(!text.contains('<') && text.contains("\\[x\\](") && text.contains("\\|b\\|"), "{text}");
        assert!(!text.contains("https:"), "{text}");
    }

    #[test]
    fn a_heading_of_pictures_alone_is_left_out() {
        use super::super::paper::Picture;
        let head = || Part::Subheading("a".to_owned());
        let picture = || Part::Picture(Picture::WhoTalks);
        assert!(heads_pictures_only(&[head(), picture(), picture(), head(), Part::Text("b".to_owned())]));
        assert!(heads_pictures_only(&[head(), picture()]));
        assert!(!heads_pictures_only(&[head(), picture(), Part::Text("b".to_owned())]));
        assert!(!heads_pictures_only(&[head()]) && !heads_pictures_only(&[picture()]));
    }

    #[test]
    fn a_block_cannot_be_closed_from_within() {
        let mut out = String::new();
        code(&mut out, "a\n````\nb");
        assert!(out.contains("\n`````text\n"), "{out}");
    }
}
