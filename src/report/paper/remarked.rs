//! Takes a published report; gives a paragraph for each thing that is seen of registrations and services and no finding
//! tells. Its texts are a stranger's until they are made harmless here.

use super::{Maker, Part, instant, shown};
use crate::report::text::remark;

/// A paragraph for each.
pub(super) fn remarks(maker: &Maker<'_>) -> impl Iterator<Item = Part> {
    maker.document.remarks.iter().map(|row| {
        let hosts: Vec<String> = row.hosts.iter().chain(&row.mac).map(|host| shown(host)).collect();
        let what = row.what.said(instant);
        Part::Text(remark(&hosts, &shown(&row.at), &what, maker.zone, maker.language))
    })
}
