//! Takes what became of a site between two measurements, gives a page for the terminal.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::net::IpAddr;

use super::Settings;
use super::json::document_of;
use super::names::Names;
use super::number::{NO_VALUE, count};
use super::redact::{Pseudonyms, Redaction, capture_name};
use super::table::{Lean, Page, Piece, Tone};
use super::text::{
    ChangeWords, Context, Words, change_words, finding_text, given_words, verdict_line, words,
};
use crate::capture::CaptureSummary;
use crate::check::{Audit, Beside, Detail, Distinction, Finding, RowStatus, Verdict};
use crate::compare::{Changes, DeviceChange, RowChange};

use crate::site::{ModelId, RoleId};

/// The comparison as a page for a terminal, with pseudonyms on demand; the same in what came and in what went.
#[must_use]
pub fn changes(
    changes: &Changes,
    audits: (&Audit, &Audit),
    names: &Names,
    settings: &Settings,
    redaction: Option<Redaction>,
) -> String {
    let of = |audit| Context { audit, names, zone: &settings.zone };
    let view = View {
        before: of(audits.0),
        after: of(audits.1),
        names,
        settings,
        words: words(settings.language),
        own: change_words(settings.language),
        is_redacted: redaction.is_some(),
    };
    let mut page = Page::new(settings.width, settings.colour);
    if let Some(redaction) = redaction {
        let published = |audit| document_of(audit, names, settings);
        page = page.redacted(Pseudonyms::of_both(&published(audits.0), &published(audits.1), redaction));
    }
    view.verdicts(&mut page, changes);
    view.findings(&mut page, changes);
    view.accepted(&mut page);
    view.devices(&mut page, &changes.devices);
    view.rows(&mut page, &changes.rows);
    page.finish()
}

/// A device in one of the two: where it was, what it is.
type End<'a> = (Option<IpAddr>, &'a Option<RoleId>, &'a Option<ModelId>);

struct View<'a> {
    before: Context<'a>,
    after: Context<'a>,
    names: &'a Names,
    settings: &'a Settings,
    words: &'static Words,
    own: &'static ChangeWords,
    is_redacted: bool,
}

impl View<'_> {
    fn verdicts(&self, page: &mut Page, changes: &Changes) {
        let line = |context: &Context<'_>, verdict: Verdict| -> Piece {
            let files: Vec<Cow<'_, str>> = match self.is_redacted {
                true => self.pseudonyms_of_files(context).map(|(_, name)| name.into()).collect(),
                false => {
                    context.audit.captures.iter().map(|capture| file_name(&capture.path).into()).collect()
                }
            };
            Piece::lines([files.join(", ").as_str(), &self.sentence(context, verdict)], Tone::Plain)
        };
        page.facts(
            0,
            &[
                (Piece::new(self.own.before, Tone::Strong), line(&self.before, changes.verdicts.0)),
                (Piece::new(self.own.after, Tone::Strong), line(&self.after, changes.verdicts.1)),
            ],
        );
        let order = match order(&self.before.audit.captures, &self.after.audit.captures) {
            Order::Forward => return,
            Order::Backward => self.own.backward,
            Order::Same => self.own.same,
        };
        page.blank();
        page.paragraph(0, order, Tone::Caution);
    }

    fn sentence(&self, context: &Context<'_>, verdict: Verdict) -> String {
        let Context { audit, .. } = context;
        verdict_line(self.words, verdict, &audit.unjudged, audit.accepted.len(), self.settings.language)
    }

    /// What the site file accepts in the second measurement, or did in the first.
    fn accepted(&self, page: &mut Page) {
        let own = given_words(self.settings.language);
        for (place, context) in [(self.own.before, &self.before), (self.own.after, &self.after)] {
            let rows: Vec<Vec<Piece>> = context
                .audit
                .accepted
                .iter()
                .map(|one| self.finding(&one.finding, context, &[&self.seen(&one.finding, context)]))
                .collect();
            if !rows.is_empty() {
                self.section(page, &format!("{} – {place}", own.accepted), rows);
            }
        }
    }

    fn findings(&self, page: &mut Page, changes: &Changes) {
        let came = changes.came.iter().map(|finding| {
            let text = finding_text(finding, &self.after, self.settings.language);
            self.finding(finding, &self.after, &[&self.seen(finding, &self.after), &text.action])
        });
        self.section(page, self.own.came, came.collect());
        let stayed = changes.stayed.iter().map(|(before, after)| {
            let seen = self.seen(after, &self.after);
            let counts = (before.count != after.count).then(|| {
                let number = |finding: &Finding| count(finding.count, self.settings.language);
                format!("{} → {} {}", number(before), number(after), self.own.times)
            });
            let weight = (before.severity != after.severity).then(|| {
                let [was, is] = [before, after].map(|finding| (self.words.severity)(finding.severity));
                format!("{was} → {is}")
            });
            let [weight, counts] = [weight, counts].map(Option::unwrap_or_default);
            self.finding(after, &self.after, &[&seen, &weight, &counts])
        });
        self.section(page, self.own.stayed, stayed.collect());
        let went = |doubtful: bool| changes.went.iter().filter(move |gone| gone.doubt.is_some() == doubtful);
        let fixed =
            went(false).map(|gone| self.finding(&gone.finding, &self.before, &[&places(&gone.finding)]));
        self.section(page, self.own.went, fixed.collect());
        let open: Vec<Vec<Piece>> = went(true)
            .map(|gone| {
                let why = gone.doubt.map_or("", self.own.doubt);
                self.finding(&gone.finding, &self.before, &[&places(&gone.finding), why])
            })
            .collect();
        if !open.is_empty() {
            self.section(page, self.own.doubtful, open);
        }
    }

    /// The files of one measurement with what stands for them; those of the second are numbered on.
    fn pseudonyms_of_files<'c>(&self, context: &Context<'c>) -> impl Iterator<Item = (&'c str, String)> {
        let before = match std::ptr::eq(context.audit, self.before.audit) {
            true => 0,
            false => self.before.audit.captures.len(),
        };
        let captures = context.audit.captures.iter().enumerate();
        captures.map(move |(index, capture)| (capture.path.as_str(), capture_name(before + index)))
    }

    /// What was seen of a finding. Only CAP-011 names a file.
    fn seen(&self, finding: &Finding, context: &Context<'_>) -> String {
        let mut shown = finding.clone();
        if let Detail::Cap011 { path, .. } = &mut shown.detail
            && self.is_redacted
            && let Some((_, name)) = self.pseudonyms_of_files(context).find(|(known, _)| **known == **path)
        {
            *path = name.into();
        }
        finding_text(&shown, context, self.settings.language).detail
    }

    fn section(&self, page: &mut Page, title: &str, rows: Vec<Vec<Piece>>) {
        page.heading(title);
        if rows.is_empty() {
            return page.paragraph(0, self.own.nothing, Tone::Plain);
        }
        for (index, row) in rows.into_iter().enumerate() {
            if index > 0 {
                page.blank();
            }
            if let [mark, text] = row.as_slice() {
                page.facts(0, &[(mark.clone(), text.clone())]);
            }
        }
    }

    fn finding(&self, finding: &Finding, context: &Context<'_>, more: &[&str]) -> Vec<Piece> {
        let title = finding_text(finding, context, self.settings.language).title;
        let subject = finding.subject.as_ref().map(|subject| context.device(subject.address));
        let head = match subject {
            Some(subject) => format!("{}  {title}: {subject}", finding.code().as_str()),
            None => format!("{}  {title}", finding.code().as_str()),
        };
        let lines = std::iter::once(head.as_str()).chain(more.iter().copied());
        vec![
            Piece::new((self.words.severity)(finding.severity), Tone::Strong),
            Piece::lines(lines, Tone::Plain),
        ]
    }

    fn devices(&self, page: &mut Page, devices: &[DeviceChange]) {
        if devices.is_empty() {
            return;
        }
        page.heading(self.own.devices);
        let rows: Vec<Vec<Piece>> = devices
            .iter()
            .map(|device| {
                let cell = |context: &Context<'_>, (address, role, model): End<'_>, none| {
                    let Some(address) = address else { return Piece::plain(none) };
                    let role = role.as_ref().map(|role| self.names.role(role));
                    let is_fitted =
                        context.audit.site.device(address).is_some_and(|device| device.model_is_fitted);
                    let model = model.as_ref().map(|model| match is_fitted {
                        true => format!("{} {}", self.names.model(model), self.words.notes.fitted),
                        false => self.names.model(model),
                    });
                    let lines = [Some(address.to_string()), role, model];
                    Piece::lines(lines.into_iter().flatten(), Tone::Plain)
                };
                let before = (device.address.0, &device.role.0, &device.model.0);
                let after = (device.address.1, &device.role.1, &device.model.1);
                vec![
                    cell(&self.before, before, self.own.appeared),
                    cell(&self.after, after, self.own.disappeared),
                ]
            })
            .collect();
        page.table(&[(self.own.before, Lean::Left), (self.own.after, Lean::Left)], &rows);
    }

    fn rows(&self, page: &mut Page, rows: &[RowChange]) {
        if rows.is_empty() {
            return;
        }
        page.heading(self.own.rows);
        let status = |status: Option<RowStatus>| {
            status.map_or(NO_VALUE, |status| (self.words.row_status)(status, Beside::Nothing))
        };
        let lines: Vec<Vec<Piece>> = rows
            .iter()
            .map(|row| {
                let service = self.names.row(&row.row).map_or("", |name| &*name.service);
                vec![
                    row.device.to_string().into(),
                    Piece::plain(&row.row),
                    Piece::plain(service),
                    Piece::plain(status(row.status.0)),
                    Piece::plain(status(row.status.1)),
                ]
            })
            .collect();
        let labels = &self.words.labels;
        let heads = [labels.device, labels.row, labels.service, self.own.before, self.own.after];
        page.table(&heads.map(|head| (head, Lean::Left)), &lines);
    }
}

/// The ports and hosts that it is about: another finding of its code and device may have stayed.
fn places(finding: &Finding) -> String {
    let all = finding.parts().iter().map(Finding::distinction);
    let is_place = |one: &Distinction| {
        matches!(one, Distinction::Port(..) | Distinction::Service(..) | Distinction::Peer(_))
    };
    let all: BTreeSet<Distinction> = all.filter(is_place).collect();
    all.iter().map(Distinction::to_string).collect::<Vec<_>>().join(", ")
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// How the times of the two lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Forward,
    /// The second one was over before the first one began.
    Backward,
    /// Both are the same capture.
    Same,
}

fn order(before: &[CaptureSummary], after: &[CaptureSummary]) -> Order {
    let alike = |(one, other): (&CaptureSummary, &CaptureSummary)| match (&one.sha256, &other.sha256) {
        (Some(one), Some(other)) => one == other,
        _ => {
            let what = |capture: &CaptureSummary| {
                (capture.packets, capture.bytes, capture.first, capture.last, capture.cut_packets)
            };
            one.first.is_some() && what(one) == what(other)
        }
    };
    if !before.is_empty() && before.len() == after.len() && before.iter().zip(after).all(alike) {
        return Order::Same;
    }
    let began = before.iter().filter_map(|capture| capture.first).min();
    let ended = after.iter().filter_map(|capture| capture.last).max();
    match began.zip(ended) {
        Some((began, ended)) if ended < began => Order::Backward,
        _ => Order::Forward,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Ended;
    use crate::check::Code;
    use crate::observe::fixture::at;
    use crate::report::fixture::capture;

    #[test]
    fn what_went_is_told_with_its_port() {
        let audit = crate::report::fixture::audit();
        let of = |code: Code| audit.findings.iter().find(|one| one.code() == code).map(places).unwrap();
        assert_eq!(of(Code::Port003), "TCP 192.0.2.10:443");
        assert_eq!(of(Code::Qos001), "");
        assert_eq!(of(Code::Sig005), "", "the rejection is no place");
    }

    #[test]
    fn a_second_capture_that_is_older_or_the_same_is_told() {
        let of = |from: i64, packets: u64| {
            let mut one = capture("a.pcapng", Ended::Complete);
            (one.first, one.last, one.packets) = (Some(at(from)), Some(at(from + 1_000)), packets);
            one.sha256 = None;
            vec![one]
        };
        assert_eq!(order(&of(0, 9), &of(5_000, 9)), Order::Forward);
        assert_eq!(order(&of(0, 9), &of(500, 9)), Order::Forward, "they overlap");
        assert_eq!(order(&of(5_000, 9), &of(0, 9)), Order::Backward);
        assert_eq!(order(&of(0, 9), &of(0, 9)), Order::Same);
        assert_eq!(order(&of(0, 9), &of(0, 8)), Order::Forward);
        assert_eq!(order(&[], &[]), Order::Forward);
    }
}
