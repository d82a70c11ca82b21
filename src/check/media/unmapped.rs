//! Takes the voice of listeners who hear nothing (RTP-001); gives the port that one of them names in SDP although its router
//! opened another one, as a STUN server had just told it. Decides neither that the voice is one-way nor what to do.

use std::net::SocketAddr;

use super::super::case::Case;
use super::super::finding::Named;
use crate::capture::Frame;
use crate::observe::message::App;
use crate::observe::{Call, Stream};

/// The first of these listeners, each of whom speaks, that names such a port last.
pub(super) fn unmapped<'a>(case: &Case<'_>, mut voices: impl Iterator<Item = &'a Stream>) -> Option<Named> {
    voices.find_map(|voice| {
        let call = case.traffic.calls.get(voice.call?)?;
        let own = voice.source.ip();
        let (media, is_caller) = match own {
            _ if call.caller.ip() == own => (&call.caller_media, true),
            _ if call.callee.ip() == own => (&call.callee_media, false),
            _ => return None,
        };
        let to = *media.last()?;
        // Voice is heard where it is sent from, so that this is the port which STUN was asked about.
        let own = voice.source.port() == to.port();
        let mapped = own.then(|| mapped(case, call, voice.source, to))??;
        let invite = (is_caller && media.first() == Some(&to)).then_some(call.start.0);
        Some(Named {
            host: voice.source.ip(),
            to,
            invite,
            partly: false,
            mapped: Some(mapped),
            is_rewritten: false,
        })
    })
}

/// As which port servers saw this socket last before the call was answered: another one than the one at the same address that it
/// names. With the packet, where it is the first one that came from there.
fn mapped(case: &Case<'_>, call: &Call, own: SocketAddr, named: SocketAddr) -> Option<(u16, Option<Frame>)> {
    let (_, answered) = call.answered.filter(|_| own != named)?;
    let views = case.datagrams_of(own).filter(|view| view.flow.app == App::Stun);
    let told = views.flat_map(|view| {
        let is_own = view.flow.a == view.own();
        let first = view.received.first;
        let mapped = view.flow.extra.mapped.iter().filter(move |one| one.is_a == is_own);
        mapped.map(move |one| {
            (one.at, one.to, first.filter(|(_, time)| *time == one.at).map(|(frame, _)| frame))
        })
    });
    let before: Vec<_> = told.filter(|(at, to, _)| *at <= answered && to.ip() == named.ip()).collect();
    let is_open = before.iter().any(|(_, to, _)| to.port() == named.port());
    let (_, to, frame) = before.into_iter().max_by_key(|(at, ..)| *at).filter(|_| !is_open)?;
    Some((to.port(), frame))
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::World;
    use super::*;
    use crate::observe::fixture::{at, call, frame, ip, socket, stream, udp};
    use crate::observe::{Flow, Mapped};

    const OWN: &str = "192.168.10.21:5010";
    const SERVER: &str = "203.0.113.50:3478";

    /// What is told of a call in which the telephone names this as where it hears, after STUN servers saw it so.
    fn told(named: &[&str], seen: &[&str], answered: i64) -> Option<Named> {
        let asks = |to: &&str| {
            let mut flow = Flow { app: App::Stun, ..udp(OWN, SERVER) };
            flow.extra.mapped.push(Box::new(Mapped { is_a: true, to: socket(to), at: at(0) }));
            flow
        };
        let mut world = World::new("").flows(seen.iter().map(asks).collect());
        world.traffic.calls = vec![Call {
            start: (frame(7), at(answered - 1)),
            answered: Some((frame(9), at(answered))),
            caller_media: named.iter().map(|to| socket(to)).collect(),
            ..call("192.168.10.21:5060", "203.0.113.9:5060")
        }];
        let mut voice = stream(OWN, "203.0.113.9:12440", &[(0, 600)]);
        voice.call = Some(0);
        unmapped(&world.case(), std::iter::once(&voice))
    }

    #[test]
    fn a_port_that_is_named_as_it_is_inside_is_told_with_the_one_outside() {
        let (named, seen) = (["192.0.2.48:5010"], ["192.0.2.48:14851"]);
        let to = socket(named[0]);
        let found = Named {
            host: ip("192.168.10.21"),
            to,
            invite: Some(frame(7)),
            partly: false,
            mapped: Some((14_851, Some(frame(1)))),
            is_rewritten: false,
        };
        assert_eq!(told(&named, &seen, 5_000), Some(found));
        assert_eq!(told(&named, &["192.0.2.48:5010"], 5_000), None, "the router keeps the port");
        assert_eq!(
            told(&named, &["192.0.2.48:14851", "192.0.2.48:5010"], 5_000),
            None,
            "another server saw it"
        );
        assert_eq!(told(&["192.0.2.48:14851"], &seen, 5_000), None, "it is taken over");
        assert_eq!(told(&[named[0], "192.0.2.48:14851"], &seen, 5_000), None, "it is taken over later");
        assert_eq!(told(&["192.0.2.49:5010"], &seen, 5_000), None, "another line");
        assert_eq!(told(&[OWN], &["192.168.10.21:14851"], 5_000), None, "its own address");
        assert_eq!(told(&named, &[], 5_000), None, "nobody asked");
        assert_eq!(told(&named, &seen, -1), None, "STUN was asked behind the answer");
        assert_eq!(told(&["192.0.2.48:5012"], &seen, 5_000), None, "it speaks from another port");
    }
}
