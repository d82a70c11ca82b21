//! What is seen of registrations that no finding tells.

use super::{Maker, Part, shown};
use crate::report::text::remark;

/// A paragraph for each.
pub(super) fn remarks(maker: &Maker<'_>) -> impl Iterator<Item = Part> {
    maker.document.remarks.iter().map(|row| {
        let hosts: Vec<String> = row.hosts.iter().map(|host| shown(host).to_string()).collect();
        let more = (row.vlan, row.wait_ms.map(|ms| (ms * 1e6) as i64), row.further);
        Part::Text(remark(row.kind.into(), (&hosts, &shown(&row.at)), row.count, more, maker.language))
    })
}
