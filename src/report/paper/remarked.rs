//! Takes a published report; gives a paragraph for each thing that is seen of registrations and services and no finding
//! tells. Its texts are a stranger's until they are made harmless here.

use super::{Maker, Part, instant, shown};
use crate::report::text::{Remarked, during, remark};

/// A paragraph for each.
pub(super) fn remarks(maker: &Maker<'_>) -> impl Iterator<Item = Part> {
    maker.document.remarks.iter().map(|row| {
        let hosts: Vec<String> = row.hosts.iter().chain(&row.mac).map(|host| shown(host)).collect();
        let [first, last] = [&row.first, &row.last].map(|time| time.as_deref().and_then(instant));
        let span = first.zip(last).map(|(first, last)| during(first, last, maker.zone, maker.language));
        let told = Remarked {
            kind: row.kind.into(),
            hosts: &hosts,
            at: &shown(&row.at),
            count: row.count,
            vlan: row.vlan,
            further: row.further.unwrap_or_default(),
            waited: row.waited_ms.map(|waited| (waited * 1e6) as i64),
            span,
        };
        Part::Text(remark(&told, maker.language))
    })
}
