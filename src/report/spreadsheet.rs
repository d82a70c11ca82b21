//! Takes a published report, gives tables for a spreadsheet: findings, flows, streams, rows. Semicolons and a byte order
//! mark, because that is what a spreadsheet in German opens by a double click; no cell is a formula (CWE-1236).

use std::io;

use super::json::document::{Document, Endpoint, Evidence, Finding, Flow, Row, Stream};
use super::language::Language;
use super::paper::shown;

/// The files, by name.
pub(super) fn tables(document: &Document) -> io::Result<[(&'static str, Vec<u8>); 4]> {
    let language = if document.language == "de" { Language::De } else { Language::En };
    let sheet = Sheet { language };
    Ok([
        ("findings.csv", sheet.write(&FINDINGS, sheet.findings(document))?),
        ("flows.csv", sheet.write(&FLOWS, document.flows.iter().map(flow))?),
        ("streams.csv", sheet.write(&STREAMS, document.streams.iter().map(|one| sheet.stream(one)))?),
        ("rows.csv", sheet.write(&ROWS, document.rows.iter().map(row))?),
    ])
}

const FINDINGS: [&str; 15] = [
    "code",
    "severity",
    "confidence",
    "title",
    "address",
    "role",
    "detail",
    "action",
    "responsible",
    "rows",
    "count",
    "frames",
    "filter",
    "first",
    "accepted",
];
const FLOWS: [&str; 14] = [
    "a_address",
    "a_port",
    "b_address",
    "b_port",
    "transport",
    "packets_ab",
    "packets_ba",
    "bytes_ab",
    "bytes_ba",
    "first",
    "last",
    "rows",
    "unexplained",
    "app",
];
const STREAMS: [&str; 17] = [
    "source_address",
    "source_port",
    "destination_address",
    "destination_port",
    "ssrc",
    "codec",
    "packets",
    "expected",
    "lost",
    "lost_percent",
    "jitter_mean_ms",
    "jitter_max_ms",
    "ef_percent",
    "vlan",
    "pcp",
    "mos",
    "call_id",
];
const ROWS: [&str; 13] = [
    "row",
    "device",
    "service",
    "transport_ports",
    "peer",
    "status",
    "flows",
    "blocked_flows",
    "tried_flows",
    "packets",
    "kept_flows",
    "kept_packets",
    "one_sided_flows",
];

struct Sheet {
    language: Language,
}

impl Sheet {
    fn write(&self, heads: &[&str], rows: impl Iterator<Item = Vec<String>>) -> io::Result<Vec<u8>> {
        let mut file = "\u{feff}".as_bytes().to_vec();
        let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(&mut file);
        writer.write_record(heads)?;
        for row in rows {
            writer.write_record(row.iter().map(|cell| neutral(cell)))?;
        }
        writer.flush()?;
        drop(writer);
        Ok(file)
    }

    /// All findings; those that the site file accepts stand behind the others, with the reasons in the last column.
    fn findings<'a>(&'a self, document: &'a Document) -> impl Iterator<Item = Vec<String>> + 'a {
        let open = document.findings.iter().map(|one| (one, String::new()));
        let accepted = document.accepted.iter().map(|one| {
            let reasons = document.exceptions.iter().filter(|known| one.lines.contains(&known.line));
            let reasons: Vec<&str> = reasons.map(|known| known.reason.as_str()).collect();
            (&one.finding, reasons.join("; "))
        });
        open.chain(accepted).map(|(one, reasons)| {
            let mut cells = self.finding(one, document);
            cells.push(reasons);
            cells
        })
    }

    fn finding(&self, finding: &Finding, document: &Document) -> Vec<String> {
        let subject = finding.subject.as_ref();
        vec![
            finding.code.clone(),
            word(&finding.severity),
            word(&finding.confidence),
            finding.title.clone(),
            subject.map(|subject| subject.address.clone()).unwrap_or_default(),
            subject.and_then(|subject| subject.role.clone()).unwrap_or_default(),
            finding.detail.clone(),
            finding.action.clone(),
            word(&finding.responsible),
            finding.rows.join(" "),
            finding.count.to_string(),
            packets(&finding.evidence, document),
            finding.evidence.filter.clone(),
            finding.evidence.first.clone().unwrap_or_default(),
        ]
    }

    fn stream(&self, stream: &Stream) -> Vec<String> {
        let jitter = stream.jitter_ms.as_ref();
        let [source, source_port] = ends(&stream.source);
        let [destination, destination_port] = ends(&stream.destination);
        vec![
            source,
            source_port,
            destination,
            destination_port,
            format!("{:#010x}", stream.ssrc),
            stream.codec.clone().unwrap_or_default(),
            stream.packets.to_string(),
            stream.expected.to_string(),
            stream.lost.to_string(),
            self.decimal(stream.lost_percent),
            self.decimal(jitter.and_then(|jitter| jitter.mean)),
            self.decimal(jitter.and_then(|jitter| jitter.max)),
            self.decimal(stream.ef_percent),
            stream.vlan.map(|vlan| vlan.to_string()).unwrap_or_default(),
            stream.pcp.map(|pcp| pcp.to_string()).unwrap_or_default(),
            self.decimal(stream.mos),
            stream.call.clone().unwrap_or_default(),
        ]
    }

    /// With the decimal mark of the language, or the spreadsheet takes it for a date.
    fn decimal(&self, value: Option<f64>) -> String {
        value.map(|value| super::number::decimal(value, 3, self.language)).unwrap_or_default()
    }
}

/// `46 48 50`; `a.pcapng: 46 48; b.pcapng: 3` where there may be several files.
fn packets(evidence: &Evidence, document: &Document) -> String {
    let mut by_file: Vec<(&str, Vec<String>)> = Vec::new();
    for (path, number) in document.places(evidence) {
        let file = path.map_or("", |path| path.rsplit(['/', '\\']).next().unwrap_or(path));
        match by_file.iter_mut().find(|(known, _)| *known == file) {
            Some((_, numbers)) => numbers.push(number.to_string()),
            None => by_file.push((file, vec![number.to_string()])),
        }
    }
    let parts = by_file.iter().map(|(file, numbers)| match *file {
        "" => numbers.join(" "),
        file => format!("{file}: {}", numbers.join(" ")),
    });
    parts.collect::<Vec<_>>().join("; ")
}

fn flow(flow: &Flow) -> Vec<String> {
    let ([a, a_port], [b, b_port]) = (ends(&flow.a), ends(&flow.b));
    vec![
        a,
        a_port,
        b,
        b_port,
        flow.transport.clone(),
        flow.packets_ab.to_string(),
        flow.packets_ba.to_string(),
        flow.bytes_ab.to_string(),
        flow.bytes_ba.to_string(),
        flow.first.clone().unwrap_or_default(),
        flow.last.clone().unwrap_or_default(),
        flow.rows.join(" "),
        flow.is_unexplained.to_string(),
        flow.app.clone().unwrap_or_default(),
    ]
}

fn row(row: &Row) -> Vec<String> {
    let ports: Vec<String> = row.legs.iter().map(|leg| format!("{} {}", leg.transport, leg.ports)).collect();
    let peers: Vec<&str> = row.legs.iter().map(|leg| leg.peer.as_str()).collect();
    vec![
        row.row.clone(),
        row.device.clone(),
        row.service.clone().unwrap_or_default(),
        ports.join(", "),
        peers.join(", "),
        word(&row.status),
        row.flows.to_string(),
        row.blocked_flows.to_string(),
        row.tried_flows.to_string(),
        row.packets.to_string(),
        row.kept_flows.to_string(),
        row.kept_packets.to_string(),
        row.one_sided_flows.to_string(),
    ]
}

fn ends(endpoint: &Endpoint) -> [String; 2] {
    [endpoint.address.clone(), endpoint.port.to_string()]
}

/// An enum under its published name.
fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// A cell that a spreadsheet shows and does not compute: what begins like a formula gets an apostrophe before it.
fn neutral(cell: &str) -> String {
    let cell = shown_long(cell);
    // Blanks before a formula do not keep every program from it.
    if cell.trim_start().starts_with(['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠']) {
        format!("'{cell}")
    } else {
        cell
    }
}

fn shown_long(cell: &str) -> String {
    if cell.len() <= 300 { shown(cell) } else { super::escape::escape_terminal(cell, 4000) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_begins_like_a_formula_is_text() {
        for cell in ["=HYPERLINK(\"http://x\")", "+49 30 1", "-1+1", "@SUM(A1)", " =1", "|cmd", "＝1"] {
            assert_eq!(neutral(cell), format!("'{cell}"));
        }
        assert_eq!(neutral("\t=1"), "\\x09=1");
        assert_eq!(neutral("ip.src == 192.168.10.21"), "ip.src == 192.168.10.21");
    }

    #[test]
    fn quotes_and_line_feeds_stay_within_their_cell() {
        let sheet = Sheet { language: Language::De };
        let file =
            sheet.write(&["a", "b"], [vec!["x;\"y\"".to_owned(), "1\n2".to_owned()]].into_iter()).unwrap();
        assert_eq!(String::from_utf8(file).unwrap(), "\u{feff}a;b\n\"x;\"\"y\"\"\";1\\x0a2\n");
    }

    #[test]
    fn numbers_have_the_decimal_mark_of_the_language() {
        assert_eq!(Sheet { language: Language::De }.decimal(Some(1.5)), "1,500");
        assert_eq!(Sheet { language: Language::En }.decimal(Some(1.5)), "1.500");
    }
}
