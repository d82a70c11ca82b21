//! Takes the streams of a capture, gives which short ones are RTP because the other direction of their two ports is.

use std::borrow::BorrowMut;
use std::collections::BTreeSet;

use super::media::{Direction, Recognition, StreamReport};

/// Packets of a short stream whose other direction is known to be RTP.
const LEAST_PAIRED: u64 = 5;

/// Whether it has packets enough, all numbers in a row, for the other direction to show what it is.
pub(super) fn is_whole(report: &StreamReport) -> bool {
    let counts = &report.counts;
    counts.packets >= LEAST_PAIRED && counts.lost + counts.reordered + counts.strays == 0
}

/// What is too short to be known by its own packets is RTP where the other direction of the same two ports is: the same
/// payload type with the same step, all numbers in a row.
pub(super) fn pair_ways<T: BorrowMut<StreamReport>>(reports: &mut [(usize, T)]) {
    let look = |report: &StreamReport| {
        let main = report.payloads.iter().max_by_key(|payload| payload.seen.packets)?;
        Some((main.seen.value, main.step?.0))
    };
    let known: BTreeSet<(usize, Direction, (u8, u32))> = reports
        .iter()
        .map(|(place, report)| (place, report.borrow()))
        .filter(|(_, report)| report.is_media())
        .filter_map(|(place, report)| Some((*place, report.direction, look(report)?)))
        .collect();
    let reports = reports.iter_mut().map(|(place, report)| (place, report.borrow_mut()));
    for (place, report) in reports.filter(|(_, report)| !report.is_media()) {
        let other = match report.direction {
            Direction::AToB => Direction::BToA,
            Direction::BToA => Direction::AToB,
        };
        if is_whole(report) && look(report).is_some_and(|look| known.contains(&(*place, other, look))) {
            report.recognition = Recognition::Content;
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::fixture::stream;
    use super::super::media::report::PayloadRole;
    use super::super::media::{MediaKind, PayloadReport, Seen};
    use super::*;

    pub(in super::super) fn report(
        direction: Direction,
        recognition: Recognition,
        packets: u64,
        payload_type: u8,
    ) -> Box<StreamReport> {
        let mut report = stream("192.168.10.21:10000", "192.168.10.2:5204", &[(0, packets)]).report;
        let frames = [report.first.frame].into_iter().collect();
        report.direction = direction;
        report.recognition = recognition;
        report.kind = MediaKind::Audio;
        report.counts.packets = packets;
        report.counts.lost = 0;
        report.payloads = vec![PayloadReport {
            seen: Seen { value: payload_type, packets, frames, last: report.first.frame },
            since: report.first.time,
            name: None,
            role: PayloadRole::Media,
            rate: Some(8_000),
            length: Some((20, 1.0)),
            step: Some((160, 1.0)),
        }];
        report
    }

    /// Whether a short stream of the other direction is taken for RTP.
    fn is_taken(place: usize, short: Box<StreamReport>) -> bool {
        let known = report(Direction::AToB, Recognition::Content, 12, 18);
        let mut reports = vec![(3, known), (place, short)];
        pair_ways(&mut reports);
        reports.last().is_some_and(|(_, report)| report.is_media())
    }

    #[test]
    fn a_short_stream_that_answers_a_known_one_is_rtp() {
        let short =
            |direction, packets, payload_type| report(direction, Recognition::None, packets, payload_type);
        assert!(is_taken(3, short(Direction::BToA, 8, 18)));
        assert!(!is_taken(4, short(Direction::BToA, 8, 18)), "other ports");
        assert!(!is_taken(3, short(Direction::AToB, 8, 18)), "the same direction");
        assert!(!is_taken(3, short(Direction::BToA, 8, 0)), "another codec");
        assert!(!is_taken(3, short(Direction::BToA, 4, 18)), "too few");
        let mut holed = short(Direction::BToA, 8, 18);
        holed.counts.lost = 1;
        assert!(!is_taken(3, holed), "numbers are missing");
    }
}
