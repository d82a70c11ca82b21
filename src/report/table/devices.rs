//! Who is who, and how it is known.

use super::View;
use super::page::{Lean, Page, Piece, Tone};
use crate::decode::Mac;
use crate::observe::HostFacts;
use crate::report::escape::{FIELD, escape_terminal};
use crate::report::text::former;
use crate::site::{Confidence, Device, Evidence, Scope};

/// Most devices listed.
const MOST: usize = 100;
/// Signs shown for each.
const SIGNS: usize = 3;

pub(super) fn write(page: &mut Page, view: &View<'_>) {
    let labels = &view.words.labels;
    page.heading(view.words.headings.devices);
    let mut devices: Vec<&Device> = view.audit.site.devices.iter().collect();
    if devices.is_empty() {
        return page.paragraph(0, view.words.notes.no_devices, Tone::Plain);
    }
    devices.sort_by_key(|device| (device.vendor.is_none(), device.kind, device.address));
    let rows: Vec<Vec<Piece>> = devices
        .iter()
        .take(MOST)
        .map(|device| {
            let address = address(view, device);
            let signs = signs(view, device, &address);
            let columns = [address, role(view, device), signs];
            columns.map(|lines| Piece::lines(lines, Tone::Plain)).into()
        })
        .collect();
    page.table(
        &[(labels.address, Lean::Left), (labels.device, Lean::Left), (labels.known_by, Lean::Left)],
        &rows,
    );
    view.write_rest(page, rows.len(), devices.len());
    if devices.iter().all(|device| device.vendor.is_none()) {
        page.paragraph(0, view.words.notes.no_devices, Tone::Plain);
    }
}

/// Address, then hardware address and its maker, and from which other hardware its packets come.
fn address(view: &View<'_>, device: &Device) -> Vec<String> {
    // Behind a router every packet carries the router's hardware address.
    let is_near = device.scope != Scope::Public && device.on_link != Some(false);
    let macs = host(view, device).filter(|_| is_near).map(|host| host.macs.as_slice()).unwrap_or_default();
    // The maker is that of the first one whose prefix names any; the loopback interface of Linux has zeros.
    let of_card = || macs.iter().filter(|seen| seen.mac != Mac([0; 6]));
    let own = of_card().find(|seen| !seen.mac.is_local()).or(of_card().next()).or(macs.first());
    let other = of_card().find(|seen| seen.frames > 0 && own.is_some_and(|own| own.mac != seen.mac));
    let mac = own.map(|seen| seen.mac.to_string());
    let maker = device.maker.as_ref().map(ToString::to_string);
    let other = other.map(|seen| format!("{} {}", view.words.notes.also_from, seen.mac));
    [Some(device.address.to_string()), mac, maker, other].into_iter().flatten().collect()
}

fn host<'a>(view: &View<'a>, device: &Device) -> Option<&'a HostFacts> {
    view.audit.traffic.host(device.address)
}

/// Role, model, confidence.
pub(in crate::report) fn role(view: &View<'_>, device: &Device) -> Vec<String> {
    let names = view.context.names;
    let model = device.model.as_ref().map(|model| match device.model_is_fitted {
        true => format!("{} {}", names.model(model), view.words.notes.fitted),
        false => names.model(model),
    });
    let mut subjects = view.audit.findings.iter().filter_map(|finding| finding.subject.as_ref());
    let is_told = subjects.any(|subject| subject.address == device.address);
    let confidence = match device.confidence {
        // What it sends to others may be judged all the same.
        Confidence::Suspected if !is_told => view.words.notes.only_suspected,
        sure => (view.words.confidence)(sure),
    };
    [Some(names.role(&device.role)), model, Some(confidence.to_owned())].into_iter().flatten().collect()
}

/// The heaviest signs, and what speaks against them. What stands in `shown` already is not said again.
pub(in crate::report) fn signs(view: &View<'_>, device: &Device, shown: &[String]) -> Vec<String> {
    let text = |sign: &Evidence| {
        let kind = (view.words.evidence)(sign.kind);
        let seen = escape_terminal(&sign.seen, FIELD);
        if shown.contains(&seen) { kind.to_owned() } else { format!("{kind}: {seen}") }
    };
    let mut lines: Vec<String> = device.evidence.iter().take(SIGNS).map(text).collect();
    lines.extend(device.contradictions.first().map(|contradiction| {
        let names = view.context.names;
        let other = match &contradiction.model {
            Some(model) => names.model(model),
            None => names.role(&contradiction.role),
        };
        format!("{}: {other} – {}", view.words.labels.against, text(&contradiction.evidence))
    }));
    lines.extend(device.former.iter().map(|one| former(&one.address.to_string(), one.vlan, view.language)));
    lines
}
