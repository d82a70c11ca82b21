//! Takes a published report; gives a paragraph for each thing that is seen of registrations and no finding tells. Its
//! texts are a stranger's until they are made harmless here.

use super::{Maker, Part, shown};
use crate::report::text::remark;

/// A paragraph for each.
pub(super) fn remarks(maker: &Maker<'_>) -> impl Iterator<Item = Part> {
    maker.document.remarks.iter().map(|row| {
        let hosts: Vec<String> = row.hosts.iter().map(|host| shown(host)).collect();
        Part::Text(remark(row.kind.into(), (&hosts, &shown(&row.at)), row.count, row.vlan, maker.language))
    })
}
