//! Takes the voice of a call; says whether one side alone encrypts it (SRTP, RFC 3711): who offered SRTP goes on with it although the
//! answer had none, and neither understands the other. Knows no finding.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::media::{LEAST_CALL, LEAST_JUDGED};
use crate::observe::{Stream, Traffic};

/// Who encrypts, and who does not. `voices`: places of the call's streams.
#[must_use]
pub fn half_encrypted(traffic: &Traffic, voices: impl Iterator<Item = usize>) -> Option<[SocketAddr; 2]> {
    let long = |stream: &&Stream| stream.report.counts.packets >= LEAST_JUDGED;
    let voices: Vec<&Stream> = voices.filter_map(|at| traffic.streams.get(at)).filter(long).collect();
    let clear: BTreeMap<(SocketAddr, SocketAddr), &Stream> = voices
        .iter()
        .filter(|stream| stream.report.is_clear)
        .map(|stream| ((stream.source, stream.destination), *stream))
        .collect();
    voices.iter().find_map(|stream| {
        let report = &stream.report;
        let back = clear.get(&(stream.destination, stream.source))?;
        let (began, ended) =
            (report.first.time.max(back.report.first.time), report.last.time.min(back.report.last.time));
        // Its receiver asked for plain RTP, and that is what it sends itself.
        let is_alone = report.srtp_tag.is_some() && report.secure == Some(false);
        (is_alone && ended.since(began) >= LEAST_CALL).then_some([stream.source, stream.destination])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::fixture::World;
    use crate::observe::fixture::{at, socket, stream};

    const PHONE: &str = "192.168.10.21:10000";
    const PBX: &str = "192.168.10.2:5204";

    fn told(forth: (Option<u32>, Option<bool>), is_clear: bool, until: i64) -> Option<[SocketAddr; 2]> {
        let mut streams = vec![stream(PHONE, PBX, &[(46, 500)]), stream(PBX, PHONE, &[(46, 500)])];
        (streams[0].report.srtp_tag, streams[0].report.secure) = forth;
        (streams[1].report.is_clear, streams[1].report.secure) = (is_clear, Some(false));
        streams[0].report.last.time = at(10_000);
        streams[1].report.last.time = at(until);
        let world = World::new("").streams(streams);
        half_encrypted(&world.traffic, 0..2)
    }

    #[test]
    fn who_encrypts_alone_is_not_understood() {
        let plain = Some(false);
        assert_eq!(told((Some(10), plain), true, 10_000), Some([PHONE, PBX].map(socket)));
        assert_eq!(told((None, plain), true, 10_000), None, "both speak in clear");
        assert_eq!(told((Some(10), plain), false, 10_000), None, "the other side encrypts too");
        assert_eq!(told((None, Some(true)), true, 10_000), None, "the receiver asked for it");
        assert_eq!(told((Some(10), plain), true, 500), None, "a moment");
    }
}
