//! RTP-006: packets hold more or less voice than was agreed.

use std::net::{IpAddr, SocketAddr};

use super::super::case::Case;
use super::super::evidence::at_moments;
use super::super::finding::{Detail, Finding, Party, Severity};
use super::{excepted, has_enough, peers};
use crate::observe::Stream;
use crate::observe::media::timing::ClockSource;
use crate::site::Confidence;

/// Between packet times that differ only by rounding.
const PLAY: f64 = 0.5;
/// Share of neighbours that keep to the packet time.
const LEAST_STEADY: f64 = 0.8;
/// Share from which on it is that of all packets: where one was lost, a step is longer.
const ALL: f64 = 0.98;

/// By what timestamps run too fast or too slow where their clock is another codec's.
const MULTIPLES: [f64; 4] = [2.0, 0.5, 6.0, 3.0];
/// Share by which the pace of packets may be off.
const PACE_PLAY: f64 = 0.1;

/// Against what a packet time is held.
struct Agreed {
    seen: f64,
    /// Of the packets.
    share: f64,
    ptime: u32,
    both: bool,
}

/// RTP-006.
pub(in crate::check) fn packet_time(case: &Case<'_>, sender: IpAddr, streams: &[&Stream]) -> Option<Finding> {
    let differing: Vec<&Stream> = streams
        .iter()
        .copied()
        .filter(|stream| odd(case, stream).is_some() && !excepted(case, "RTP-006", stream))
        .collect();
    let first = differing.first()?;
    let Agreed { seen, share, ptime, both } = odd(case, first)?;
    let clock = wrong_clock(first);
    // A clock that is off and a packet time are two faults.
    let differing: Vec<&Stream> =
        differing.iter().copied().filter(|stream| wrong_clock(stream).is_some() == clock.is_some()).collect();
    let codec = first.report.codec.as_deref().map(Into::into);
    Some(Finding {
        detail: Detail::Rtp006 {
            seen,
            mostly: share < ALL,
            agreed: ptime,
            both,
            codec,
            peers: peers(&differing),
            clock,
        },
        severity: Severity::Warning,
        confidence: Confidence::Likely,
        subject: Some(case.subject(sender)),
        rows: Vec::new(),
        count: differing.len() as u64,
        responsible: Party::Telephony,
        evidence: at_moments(differing.into_iter().map(|stream| (stream, vec![stream.report.first]))),
    })
}

/// A packet time that the receiver did not ask for (RFC 8866 section 6.4: `a=ptime` is what its sender wants to receive).
/// It is a wish: it binds where both sides have the same, and what the limits of the codec or of the media line admit
/// (`minptime` of RFC 7587 section 6.1, `a=maxptime`) is in order.
fn odd(case: &Case<'_>, stream: &Stream) -> Option<Agreed> {
    let report = &stream.report;
    let (seen, ptime) = (report.ptime?, report.announced_ptime.filter(|ptime| *ptime > 0)?);
    let at = report.announced_at?;
    let share = report
        .payloads
        .iter()
        .max_by_key(|payload| payload.seen.packets)
        .and_then(|payload| payload.step)
        .map_or(0.0, |(_, share)| share);
    let is_steady = share >= LEAST_STEADY;
    let differs = (seen - f64::from(ptime)).abs() > PLAY;
    let is_receivers = SocketAddr::new(at.address, at.port) == stream.destination;
    if !differs || !is_steady || !has_enough(stream) || !is_receivers {
        return None;
    }
    let (least, most) = report.ptime_limits;
    let is_less = seen < f64::from(ptime);
    let limit = if is_less { least } else { most };
    let is_beyond = limit.map(|limit| {
        let limit = f64::from(limit);
        if is_less { seen < limit - PLAY } else { seen > limit + PLAY }
    });
    let both = has_same_wish(case, stream, ptime);
    match is_beyond {
        Some(false) => None,
        None if !both => None,
        _ => Some(Agreed { seen, share, ptime, both }),
    }
}

/// Whether the sender asks the receiver for the same packet time.
fn has_same_wish(case: &Case<'_>, stream: &Stream, ptime: u32) -> bool {
    stream.call.into_iter().flat_map(|call| case.streams_in(call)).any(|back| {
        let at = back.report.announced_at.map(|at| SocketAddr::new(at.address, at.port));
        at == Some(stream.source) && back.report.announced_ptime == Some(ptime)
    })
}

/// At which rate (Hz) the timestamps run, and at which they should, where packets come at the pace that was agreed and only
/// their timestamps go on by a multiple of it: so devices do that take the sampling rate of G.722 for its clock (RFC 3551
/// section 4.5.2).
pub(super) fn wrong_clock(stream: &Stream) -> Option<(u32, u32)> {
    let report = &stream.report;
    let clock = report.timing.clock.filter(|clock| clock.source != ClockSource::Estimated)?;
    let pace = report.timing.delta?.mean;
    let counts = (report.counts.lost, report.counts.expected);
    let running = clock_runs_at(report.ptime?, report.announced_ptime?, pace, counts, clock.rate)?;
    Some((running, clock.rate))
}

/// The rate of the timestamps in Hz, where it is another one than `rate`. In ms: `seen` is the packet time that they
/// show, `agreed` what SDP asks for, `pace` how packets come on average. `lost` of the expected packets are missing.
#[must_use]
pub fn clock_runs_at(
    seen: f64,
    agreed: u32,
    pace: f64,
    (lost, expected): (u64, u64),
    rate: u32,
) -> Option<u32> {
    let ptime = f64::from(Some(agreed).filter(|ptime| *ptime > 0)?);
    let times = seen / ptime;
    let is_multiple = MULTIPLES.iter().any(|multiple| (times - multiple).abs() < 0.01);
    // What is lost or left out makes the pace slower, and bursts leave its mean as it is.
    let is_paced = (pace - ptime).abs() <= PACE_PLAY * ptime && lost.saturating_mul(100) <= expected;
    (is_multiple && is_paced).then_some((f64::from(rate) * times).round() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::fixture::{frame, stream};
    use crate::observe::media::tally::Spread;
    use crate::observe::media::timing::Clock;

    #[test]
    fn packets_at_the_agreed_pace_whose_timestamps_run_twice_as_fast_have_a_wrong_clock() {
        let told = |seen: f64, pace: f64| {
            let mut voice = stream("192.168.10.21:10000", "192.168.10.2:5204", &[(46, 500)]);
            voice.report.ptime = Some(seen);
            voice.report.announced_ptime = Some(20);
            voice.report.timing.clock = Some(Clock { rate: 8_000, source: ClockSource::Assigned });
            let pace = Spread { min: 19.0, mean: pace, max: 21.0, max_at: frame(9), count: 499 };
            voice.report.timing.delta = Some(pace);
            wrong_clock(&voice)
        };
        assert_eq!(told(40.0, 20.0), Some((16_000, 8_000)));
        assert_eq!(told(40.0, 40.0), None, "40 ms of voice a packet");
        assert_eq!(told(20.0, 20.0), None);
        assert_eq!(told(30.0, 20.0), None, "no clock runs so");
    }
}
