//! What a site file may say, and what is said about one that is wrong. `⟦` marks the place that the error must name.

use pbxray::config::{Diagnosis, SourceText};
use pbxray::rules::Rulebook;
use pbxray::site::{Ports, SiteFile, Vocabulary};
use proptest::prelude::*;

use crate::book;

const GOOD: &str = r#"
customer = "Muster GmbH"
location = "Bielefeld"
technician = "A. Beispiel"
lan = ["192.168.10.0/24", "10.1.2.3", "fd00::/8"]

[[host]]
address = "192.168.10.2"
role = "agfeo.pbx"
model = "hypervoice"
name = "Anlage"

[[provider]]
name = "Telekom"
addresses = ["217.0.0.0/13"]

[[ports]]
row = "A25"
host = "192.168.10.2"
own = "6204-6523"
reason = "Bereich verschoben"

[[exception]]
code = "PORT-001"
host = "192.168.10.2"
peer = "192.168.10.0/24"
port = 8123
transport = "tcp"
reason = "Hausautomation"
"#;

fn load(book: &Rulebook, text: &str) -> Result<SiteFile, Diagnosis> {
    let rows = book.row_ids();
    let (codes, detailed) = (&["PORT-001", "QOS-001"], &["PORT-001"]);
    let known = Vocabulary { roles: &book.roles, models: &book.models, rows: &rows, codes, detailed };
    SiteFile::parse(&SourceText::new("site.toml", text), &known)
}

#[test]
fn everything_a_site_file_may_say() {
    let site = load(&book(), GOOD).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(site.customer.as_deref(), Some("Muster GmbH"));
    assert_eq!(
        site.lan.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["192.168.10.0/24", "10.1.2.3/32", "fd00::/8"]
    );
    let host = &site.hosts[0];
    assert!(host.role == "agfeo.pbx" && host.model.as_ref().is_some_and(|model| *model == "hypervoice"));
    assert_eq!(site.providers[0].addresses[0].to_string(), "217.0.0.0/13");
    assert_eq!(site.ports[0].own, "6204-6523".parse::<Ports>().unwrap());
    let exception = &site.exceptions[0];
    assert_eq!(exception.line, GOOD[..GOOD.find("[[exception]]").unwrap()].matches('\n').count() + 1);
    assert_eq!((exception.code.as_deref(), exception.reason.as_str()), (Some("PORT-001"), "Hausautomation"));
    assert_eq!(load(&book(), "").unwrap(), SiteFile::default());
}

#[test]
fn each_mistake_is_named_with_line_column_and_advice() {
    let book = book();
    for (from, to, message, help) in [
        ("customer =", "⟦custommer =", "unknown key `custommer`", "`customer`"),
        ("\"192.168.10.0/24\", \"10", "⟦\"192.168.10.0/33\", \"10", "no network", "192.168.10.0/24"),
        ("lan =", "⟦vlans = [10]\nlan =", "unknown key `vlans`", "`lan`"),
        ("lan =", "voice_vlans = [10, ⟦4095]\nlan =", "4095 is no VLAN", "1 to 4094"),
        ("code = \"PORT-001\"", "code = ⟦\"QOS-001\"", "about a host as a whole", "leave port, peer"),
        ("address = \"192.168.10.2\"", "address = ⟦\"192.168.10\"", "no IP address", "192.168.10.2"),
        ("role = \"agfeo.pbx\"", "role = ⟦\"agfeo.pxb\"", "declares the role", "agfeo.pbx"),
        ("model = \"hypervoice\"", "model = ⟦\"hyper\"", "has no model `hyper`", "es-pure-ip"),
        (
            "role = \"agfeo.pbx\"\nmodel = \"",
            "role = \"pascom.server\"\nmodel = ⟦\"",
            "has no model",
            "leave `model` out",
        ),
        ("name = \"Anlage\"", "⟦nam = \"Anlage\"", "unknown field `nam`", "spelling"),
        (
            "[[provider]]\nname = \"Telekom\"\naddresses = [\"217.0.0.0/13\"]",
            "⟦[[provider]]\naddresses = []",
            "without addresses",
            "list them",
        ),
        ("row = \"A25\"", "row = ⟦\"A99\"", "no rule row has the id", "pbxray ports"),
        ("own = \"6204-6523\"", "own = ⟦\"6523-6204\"", "backwards", "6000-6063"),
        ("reason = \"Bereich verschoben\"", "reason = ⟦\"\"", "reason is empty", "report prints it"),
        ("code = \"PORT-001\"", "code = ⟦\"PORT-01\"", "no finding has the code", "PORT-001"),
        ("port = 8123", "port = ⟦0", "`0` is no port", "65535"),
        ("transport = \"tcp\"", "transport = ⟦\"TPC\"", "`TPC` is no transport", "\"any\" for both"),
        ("lan =", "customer = ⟦2026-11-30\nlan =", "2026-11-30 is a date", "\"2026-11-30\""),
        (
            "[[exception]]",
            "⟦[[exception]]\nreason = \"x\"\n[[exception]]",
            "accept every finding",
            "host, peer",
        ),
    ] {
        assert!(GOOD.contains(from), "{from:?} is not in the good file");
        let text = GOOD.replacen(from, to, 1);
        let mark = text.find('⟦').unwrap();
        let (line, column) = (
            text[..mark].matches('\n').count() + 1,
            text[..mark].chars().rev().take_while(|c| *c != '\n').count() + 1,
        );
        let errors = load(&book, &text.replace('⟦', "")).expect_err(to);
        let shown = errors.to_string();
        assert_eq!(errors.problems()[0].line_column(), Some((line, column)), "{to}\n{shown}");
        for part in [message, help, &format!("site.toml:{line}:{column}"), "help: "] {
            assert!(shown.contains(part), "{part:?} is missing in\n{shown}");
        }
    }
}

#[test]
fn two_entries_for_one_host_point_at_each_other() {
    let text = format!("{GOOD}\n[[host]]\naddress = \"192.168.10.2\"\nrole = \"other\"\n");
    let shown = load(&book(), &text).unwrap_err().to_string();
    assert!(shown.contains("192.168.10.2 is listed twice") && shown.contains("first here"), "{shown}");
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_the_option() {
    let errors =
        SiteFile::load("no/such/site.toml".as_ref(), &Vocabulary::default()).unwrap_err().to_string();
    assert!(errors.contains("no/such/site.toml: cannot be read") && errors.contains("--site"), "{errors}");
}

#[test]
fn a_date_on_the_cover_is_told_to_be_written_in_quotes() {
    let shown = load(&book(), "[cover]\nAuftrag = \"4711\"\nDatum = 2026-11-30\n").unwrap_err().to_string();
    for part in ["site.toml:3:9", "2026-11-30 is a date", "write it in quotes: \"2026-11-30\""] {
        assert!(shown.contains(part), "{part:?} is missing in\n{shown}");
    }
}

#[test]
fn a_byte_that_is_no_utf_8_is_told_with_its_place() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), b"technician = \"A\"\ncustomer = \"M\xfcller\"\n").unwrap();
    let errors = SiteFile::load(file.path(), &Vocabulary::default()).unwrap_err();
    assert_eq!(errors.problems()[0].line_column(), Some((2, 14)), "{errors}");
    let shown = errors.to_string();
    assert!(
        shown.contains("0xFC is no text in UTF-8") && shown.contains("save the file as UTF-8"),
        "{shown}"
    );
}

proptest! {
    #[test]
    fn a_mutated_file_never_panics(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..30, "[\\PC\n]{0,6}|\"|[0-9]{1,21}"), 1..5)
    ) {
        let known = Vocabulary::default();
        let mut text: Vec<char> = GOOD.chars().collect();
        for (position, removed, inserted) in edits {
            let start = position.index(text.len().max(1)).min(text.len());
            let end = (start + removed).min(text.len());
            text.splice(start..end, inserted.chars());
        }
        let source = SourceText::new("site.toml", text.into_iter().collect::<String>());
        if let Err(errors) = SiteFile::parse(&source, &known) {
            prop_assert!(errors.to_string().contains("site.toml"));
        }
    }
}
