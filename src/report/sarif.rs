//! Takes a published report, gives SARIF 2.1.0 for pipelines: findings as results about the capture file.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::json::document::{Accepted, Document, Finding, Severity};

/// The log as one value.
pub(super) fn log(document: &Document) -> Value {
    let all = document.findings.iter().chain(document.accepted.iter().map(|one| &one.finding));
    let rules: BTreeMap<&str, &str> =
        all.map(|finding| (finding.code.as_str(), finding.title.as_str())).collect();
    let rules: Vec<Value> = rules
        .into_iter()
        .map(|(id, title)| json!({ "id": id, "shortDescription": { "text": title } }))
        .collect();
    let accepted = document.accepted.iter().map(|one| suppressed(document, one));
    let results: Vec<Value> =
        document.findings.iter().map(|finding| result(document, finding)).chain(accepted).collect();
    let artifacts = document.captures.iter().map(|capture| match &capture.sha256 {
        Some(sha256) => json!({ "location": { "uri": uri(&capture.path) }, "hashes": { "sha-256": sha256 } }),
        None => json!({ "location": { "uri": uri(&capture.path) } }),
    });
    let mut log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": document.tool.name,
                "version": document.tool.version,
                "rules": rules,
            }},
            "language": document.language,
            "artifacts": artifacts.collect::<Vec<_>>(),
            "results": results,
        }],
    });
    if let (Some(expression), Some(run)) = (&document.filter_expression, log.pointer_mut("/runs/0")) {
        run["properties"] = json!({ "filter": expression });
    }
    log
}

/// A finding that the site file accepts, SARIF 2.1.0 section 3.27.23.
fn suppressed(document: &Document, accepted: &Accepted) -> Value {
    let mut result = result(document, &accepted.finding);
    let reasons = document.exceptions.iter().filter(|known| accepted.lines.contains(&known.line));
    let reasons = reasons
        .map(|known| json!({ "kind": "external", "status": "accepted", "justification": known.reason }));
    result["suppressions"] = reasons.collect();
    result
}

fn result(document: &Document, finding: &Finding) -> Value {
    // Its packets by the file that holds them.
    let mut places: Vec<(&str, Vec<u64>)> = Vec::new();
    for (path, number) in document.places(&finding.evidence) {
        let path =
            path.or(document.captures.first().map(|capture| capture.path.as_str())).unwrap_or_default();
        match places.iter_mut().find(|(known, _)| *known == path) {
            Some((_, numbers)) => numbers.push(number),
            None => places.push((path, vec![number])),
        }
    }
    if places.is_empty() {
        places.extend(document.captures.first().map(|capture| (capture.path.as_str(), Vec::new())));
    }
    let subject = finding.subject.as_ref();
    let logical: Vec<Value> = subject
        .map(|subject| json!({ "fullyQualifiedName": subject.address, "kind": "resource" }))
        .into_iter()
        .collect();
    let location = |(path, frames): &(&str, Vec<u64>)| {
        json!({
            "physicalLocation": { "artifactLocation": { "uri": uri(path) } },
            "logicalLocations": logical,
            "properties": { "frames": frames },
        })
    };
    let locations: Vec<Value> = places.iter().map(location).collect();
    json!({
        "ruleId": finding.code,
        "level": match finding.severity {
            Severity::Critical | Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Notice | Severity::Info => "note",
        },
        "message": { "text": format!("{} {}", finding.detail, finding.action) },
        "locations": locations,
        "occurrenceCount": finding.count,
        // The same finding at the same device is the same result in the next run.
        "partialFingerprints": { "pbxray/1": fingerprint(finding) },
        "properties": {
            "severity": finding.severity,
            "confidence": finding.confidence,
            "frames": places.first().map_or(&[][..], |(_, frames)| frames),
            "filter": finding.evidence.filter,
            "rows": finding.rows,
        },
    })
}

fn fingerprint(finding: &Finding) -> String {
    let subject = finding.subject.as_ref().map_or("", |subject| subject.address.as_str());
    match finding.about.as_str() {
        "" => format!("{}:{subject}", finding.code),
        about => format!("{}:{subject}:{about}", finding.code),
    }
}

/// A path as a relative or absolute URI reference, RFC 3986: everything but unreserved characters and slashes encoded.
fn uri(path: &str) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_of_one_code_and_device_are_told_apart() {
        let one = |about: &str| Finding {
            since: None,
            cleared: None,
            code: "SEC-001".to_owned(),
            severity: Severity::Critical,
            confidence: crate::site::Confidence::Sure.into(),
            title: String::new(),
            detail: String::new(),
            action: String::new(),
            responsible: crate::check::Party::Network.into(),
            subject: None,
            about: about.to_owned(),
            rows: Vec::new(),
            sources: Vec::new(),
            count: 1,
            evidence: crate::report::json::document::Evidence {
                frames: Vec::new(),
                files: Vec::new(),
                filter: String::new(),
                first: None,
                last: None,
            },
            hop: None,
        };
        assert_eq!(fingerprint(&one("")), "SEC-001:");
        assert_ne!(fingerprint(&one("UDP 5060")), fingerprint(&one("UDP 5900")));
    }

    #[test]
    fn a_path_is_a_uri() {
        assert_eq!(uri("traces/März 1.pcapng"), "traces/M%C3%A4rz%201.pcapng");
    }
}
