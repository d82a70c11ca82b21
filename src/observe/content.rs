//! Takes the payloads of one flow in order; gives what they say: which protocol it is, the name it greets, and the
//! messages that others need (SIP, DNS, DHCP). Content decides, not the port.

use crate::decode::{Packet, Span, TcpFlags, TcpSegment};

use super::flow::End;
use super::mapped;
use super::media::{Rtcp, could_be_rtcp, read_rtcp};
use super::message::dhcp::{self, DhcpMessage};
use super::message::dns::{self, DnsMessage};
use super::message::http::Http;
use super::message::sdp::Sdp;
use super::message::sip::{self, SipMessage};
use super::message::tls::{Alert, Certificate};
use super::message::{
    App, Reading, http, ntp, recognise_datagram, recognise_stream_start, tls, turn, websocket, zrtp,
};
use super::sent::Rare;
use super::stream::Assembler;
use super::traffic::FlowExtra;
use super::unframe::{Ending, Unframer};

/// Payloads that are looked at before a flow counts as unknown.
const LOOKS: u8 = 8;
/// A stream is looked at until it has so many bytes, in however small pieces they come.
const LEAST_PREFIX: usize = 512;
/// So many bytes of a stream tell whether it is of a known protocol.
const TELLING: usize = 16;
/// A hello or a request is over by then; post-quantum key shares make hellos of some kilobytes.
const PREFIX_LIMIT: usize = 16 * 1024;

/// UDP port of ESP behind NAT; IKE there has zeros where the number of a security association would stand, and one byte keeps
/// the mapping alive: RFC 3948 section 2.
const ESP_BEHIND_NAT: u16 = 4500;

/// Something a payload said that more than its own flow needs.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "the lists of a wave are used again, boxes of messages would not be"
)]
pub(super) enum Note {
    Sip(SipMessage, Option<Box<Sdp>>),
    /// SIP that the snap length cut before its end.
    CutSip,
    /// SIP whose headers do not end.
    EndlessSip,
    Dns(Box<DnsMessage>),
    Dhcp(Box<DhcpMessage>),
    Rtcp(Box<Rtcp>),
    Tls(Box<TlsSaid>),
}

/// What one side of a TLS connection said before it was encrypted.
#[derive(Clone, Debug)]
pub(super) struct TlsSaid {
    /// The side that called.
    pub(super) is_client: bool,
    pub(super) alert: Option<Alert>,
    pub(super) certificate: Option<Certificate>,
    /// Both sides hold the connection for good.
    pub(super) is_complete: bool,
    /// The client was asked for a certificate, and had none.
    pub(super) lacks_certificate: bool,
}

/// What is known of a flow's content.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    pub(super) app: App,
    /// The end that sent the first request of SIP or NTP in a datagram, or was sent the first answer.
    pub(super) asked: Option<End>,
    looks: u8,
    /// A SIP request in a datagram was one that may be the first that its sender said.
    has_asked: bool,
    /// The end that sent the TLS client hello.
    tls_client: Option<End>,
    readers: Option<Box<Readers>>,
    /// What goes into the row as it is.
    pub(super) extra: Rare<FlowExtra>,
    /// Where the directions of a connection start that has carried nothing so far. Most of a flood never does.
    starts: Starts,
    /// TCP only: a direction began with bytes of no protocol that is known here.
    pub(super) is_strange: bool,
}

/// The first sequence number of each direction, from its SYN.
#[derive(Clone, Copy, Debug, Default)]
struct Starts {
    low: Option<u32>,
    high: Option<u32>,
}

#[derive(Clone, Debug, Default)]
struct Readers {
    low: Reader,
    high: Reader,
}

/// One TCP direction while it is read.
#[derive(Clone, Debug, Default)]
struct Reader {
    assembler: Assembler,
    /// SIP only: what comes next goes on with a line that begins no message.
    is_amid_line: bool,
    /// SIP only: where the message begins that is not whole yet, and what is known of it.
    unfinished: (i64, sip::Unfinished),
    /// SIP over WebSocket only: the frames.
    frames: Option<Box<Unframer>>,
    is_done: bool,
    /// The certificate of this direction was told.
    told_certificate: bool,
}

/// Whether reading of a direction goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum More {
    Wanted,
    Enough,
    /// Of neither direction.
    Over,
}

impl More {
    fn when(is_wanted: bool) -> Self {
        if is_wanted { Self::Wanted } else { Self::Enough }
    }
}

impl Content {
    /// Reads a UDP payload of `from`; `is_media`: it reads as RTP, which excludes RTCP and SIP.
    pub(super) fn datagram(
        &mut self,
        from: End,
        packet: &Packet,
        payload: &[u8],
        is_media: bool,
        tell: &mut dyn FnMut(Note),
    ) {
        if self.app == App::Unknown && self.looks < LOOKS {
            self.looks += 1;
            let ports = (packet.source_port, packet.destination_port);
            if let Some(app) = recognise_datagram(payload, packet.payload.wire as usize, ports.0, ports.1) {
                self.app = app;
            } else if could_be_rtcp(payload, packet.payload.wire) {
                self.app = App::Rtcp;
            }
        }
        let is_behind_nat = [packet.source_port, packet.destination_port].contains(&ESP_BEHIND_NAT);
        if is_behind_nat && payload.first_chunk().is_some_and(|association: &[u8; 4]| *association != [0; 4])
        {
            self.extra.esp += 1;
        }
        match self.app {
            App::Sip | App::Rtcp | App::Rtp | App::Stun | App::Dtls | App::Zrtp | App::Unknown
                if is_media => {}
            App::Sip | App::Unknown if payload.first().is_some_and(|&byte| may_start_sip(byte)) => {
                if let Some(message) = sip::read_for_dialogs(payload, packet.payload.is_cut()) {
                    self.app = App::Sip;
                    let is_request = matches!(message.kind, sip::Kind::Request { .. });
                    let asks = if is_request { from } else { from.other() };
                    if self.asked.is_none() && !is_request {
                        self.extra.answers_first = true;
                    }
                    if *self.asked.get_or_insert(asks) != asks {
                        self.extra.asks_back = true;
                    }
                    self.note_answers(&message);
                    tell_sip(message, payload, tell);
                }
            }
            // Servers ask each other from the port of the service: the mode tells who asked (RFC 5905 section 3).
            App::Ntp if self.asked.is_none() => {
                self.asked = match ntp::read(payload).map(|said| said.mode) {
                    Some(ntp::CLIENT) => Some(from),
                    Some(ntp::SERVER) => Some(from.other()),
                    _ => None,
                };
            }
            App::Dns | App::Mdns | App::Llmnr => {
                if let Some(message) = dns::read(payload) {
                    tell(Note::Dns(Box::new(message)));
                }
            }
            App::Dhcp => {
                if let Some(message) = dhcp::read(payload) {
                    tell(Note::Dhcp(Box::new(message)));
                }
            }
            // What ICE tried may then agree on keys (RFC 5763 section 5).
            App::Stun if tls::is_dtls(payload, packet.payload.is_cut()) => self.app = App::Dtls,
            // Also between the packets of the media, and behind the handshakes before it (RFC 5761, RFC 7983).
            App::Rtcp | App::Rtp | App::Stun | App::Dtls | App::Zrtp | App::Unknown => {
                self.beside_media(from, packet, payload, tell);
            }
            _ => {}
        }
    }

    /// Who answers a request was sent it, and who asks a second time with credentials or with the tag of the other side
    /// got them in an answer (RFC 3261 sections 22.2 and 12.1.2).
    fn note_answers(&mut self, message: &SipMessage) {
        let is_request = matches!(message.kind, sip::Kind::Request { .. });
        let has_tag = message.to.as_ref().is_some_and(|to| to.tag.is_some());
        let follows = is_request && (has_tag || message.has_credentials);
        let is_proof = if follows { self.has_asked } else { !is_request };
        if is_proof && !self.extra.known().is_some_and(|extra| extra.hears) {
            self.extra.hears = true;
        }
        self.has_asked |= is_request && !follows;
    }

    /// Reads a datagram on the ports of media that is none.
    fn beside_media(&mut self, from: End, packet: &Packet, payload: &[u8], tell: &mut dyn FnMut(Note)) {
        let span = packet.payload;
        if let Some(step) = zrtp::read(payload, span.is_cut()) {
            self.extra.carriage.get_or_insert_default().zrtp(step);
        } else if let Some(report) = read_rtcp(payload, span.wire) {
            tell(Note::Rtcp(Box::new(report)));
        } else if self.app == App::Stun
            && let Some(message) = turn::read(payload, span.is_cut())
        {
            self.extra.carriage.get_or_insert_default().turn(from, message, tell);
        } else if self.app == App::Stun && mapped::is_told(payload) {
            mapped::note(&mut self.extra.mapped, (from, packet.time), payload, span.is_cut());
        }
    }

    /// Reads a TCP segment of `from`.
    pub(super) fn segment(
        &mut self,
        from: End,
        segment: TcpSegment,
        span: Span,
        payload: &[u8],
        tell: &mut dyn FnMut(Note),
    ) {
        if segment.flags.has(TcpFlags::SYN) {
            // A new connection on the same ports is read anew.
            let start = segment.sequence.wrapping_add(1);
            match &mut self.readers {
                Some(readers) => *readers.of(from) = Reader::at(Some(start)),
                None => *self.starts.of(from) = Some(start),
            }
        }
        if segment.flags.has(TcpFlags::ACK) {
            self.acknowledge(from.other(), segment.acknowledgment, tell);
        }
        if span.wire == 0 {
            return;
        }
        let starts = std::mem::take(&mut self.starts);
        let is_new = starts.low.or(starts.high).is_some();
        let mut readers = match self.readers.take() {
            Some(readers) => readers,
            None if is_new || (self.looks < LOOKS && self.app == App::Unknown) => {
                Box::new(Readers { low: Reader::at(starts.low), high: Reader::at(starts.high) })
            }
            None => return,
        };
        let reader = readers.of(from);
        // A SYN takes a number of its own before the bytes that it may bring (RFC 9293 section 3.4, RFC 7413).
        let sequence = segment.sequence.wrapping_add(u32::from(segment.flags.has(TcpFlags::SYN)));
        if !reader.is_done {
            // In a capture that begins amid a connection, a message may be what is read first.
            if self.app == App::Unknown
                && !reader.assembler.is_started()
                && (sip::is_sip(payload) || websocket::is_sip(payload))
            {
                reader.assembler.start(sequence);
            }
            reader.assembler.push(sequence, payload, span.wire);
            match self.read_on(from, reader, tell) {
                More::Wanted => {}
                More::Enough => {
                    reader.is_done = true;
                    reader.assembler = Assembler::default();
                }
                More::Over => return,
            }
        }
        if !(readers.low.is_done && readers.high.is_done) {
            self.readers = Some(readers);
        }
    }

    /// The other side has all that `from` sent before this number: what the capture lacks of it will not come any more.
    fn acknowledge(&mut self, from: End, sequence: u32, tell: &mut dyn FnMut(Note)) {
        let Some(mut readers) = self.readers.take() else { return };
        let reader = readers.of(from);
        if !reader.is_done && reader.assembler.acknowledge(sequence) {
            reader.is_amid_line = false;
            match self.read_on(from, reader, tell) {
                More::Wanted => {}
                More::Enough => *reader = Reader { is_done: true, ..Reader::default() },
                More::Over => return,
            }
        }
        self.readers = Some(readers);
    }

    /// Bytes of TCP streams that wait to be read.
    pub(super) fn held(&self) -> usize {
        self.readers.as_ref().map_or(0, |readers| readers.low.held() + readers.high.held())
    }

    /// Reads no further.
    pub(super) fn give_up(&mut self) {
        self.readers = None;
        self.looks = LOOKS;
    }

    /// Reads what is ready of the direction of `from`.
    fn read_on(&mut self, from: End, reader: &mut Reader, tell: &mut dyn FnMut(Note)) -> More {
        if reader.frames.is_some() {
            return self.read_frames(reader, tell);
        }
        let stream = &mut reader.assembler;
        if self.app == App::Unknown {
            match recognise_stream_start(stream.ready()) {
                Some(app) => {
                    self.app = app;
                    if app == App::Sip && websocket::is_sip(stream.ready()) {
                        self.extra.is_websocket = true;
                    }
                }
                None => {
                    self.looks = self.looks.saturating_add(1);
                    let length = stream.ready().len();
                    self.is_strange |= length >= TELLING;
                    return More::when(length < LEAST_PREFIX || self.looks < LOOKS && length < PREFIX_LIMIT);
                }
            }
        }
        match self.app {
            App::Sip if self.extra.is_websocket => {
                reader.frames = Some(Box::new(Unframer::amid(stream.front())));
                self.read_frames(reader, tell)
            }
            App::Sip => {
                let (front, unfinished) = &mut reader.unfinished;
                let is_as_before = *front == stream.front() && !stream.is_broken() && !stream.is_full();
                if is_as_before && !reader.is_amid_line && unfinished.goes_on(stream.ready()) {
                    return More::Wanted;
                }
                let is_open = read_sip(stream, &mut reader.is_amid_line, tell);
                let known = if is_open { sip::Unfinished::of(stream.ready()) } else { Default::default() };
                reader.unfinished = (stream.front(), known);
                More::Wanted
            }
            App::Tls => self.read_tls(from, reader, tell),
            App::Stun => {
                self.read_turn(from, stream, tell);
                More::Wanted
            }
            App::Http => {
                let reading = http::read(stream.ready());
                let is_open = matches!(reading, Reading::Partial(_));
                let is_sip = matches!(&reading, Reading::Whole(http) if http.leads_to_sip());
                let said = reading.known();
                let is_taken = is_sip && matches!(said, Some(Http::Response(_)));
                if let Some(Http::Request(request)) = said
                    && let Some(host) = request.host
                {
                    self.extra.http_host.get_or_insert_with(|| host.to_ascii_lowercase().into());
                }
                if let Some(length) = http::head_length(stream.ready()).filter(|_| is_sip) {
                    if is_taken {
                        self.app = App::Sip;
                        self.extra.is_websocket = true;
                    }
                    stream.consume(length);
                    reader.frames = Some(Box::new(Unframer::at(stream.front())));
                    return self.read_frames(reader, tell);
                }
                More::when(is_open && !stream.is_broken() && stream.ready().len() < PREFIX_LIMIT)
            }
            _ => More::Enough,
        }
    }

    /// SIP over WebSocket: a message each, without any before or behind it (RFC 7118 section 5). What was offered and not taken is
    /// read no further.
    fn read_frames(&mut self, reader: &mut Reader, tell: &mut dyn FnMut(Note)) -> More {
        let Some(frames) = &mut reader.frames else { return More::Enough };
        let (mut is_sip, mut is_other, mut is_compressed) = (false, false, false);
        frames.read(&mut reader.assembler, &mut |bytes, ending| {
            is_compressed |= ending == Ending::Compressed;
            match sip::read_for_dialogs(bytes, ending != Ending::Whole) {
                Some(mut message) => {
                    is_sip = true;
                    // Of what is longer than what is kept nothing was cut by the capture.
                    message.is_cut &= ending != Ending::Long;
                    tell_sip(message, bytes, tell);
                }
                None => is_other |= ending == Ending::Whole && !bytes.trim_ascii().is_empty(),
            }
        });
        if is_sip {
            self.app = App::Sip;
            self.extra.is_websocket = true;
        }
        if is_compressed {
            self.extra.is_compressed = true;
        }
        More::when(self.extra.is_websocket || !is_other)
    }

    /// Messages of STUN and channels one behind the other. Behind a hole reading goes on where a segment begins with one.
    fn read_turn(&mut self, from: End, stream: &mut Assembler, tell: &mut dyn FnMut(Note)) {
        while !stream.ready().is_empty() {
            let ready = stream.ready();
            let used = match turn::frame(ready) {
                turn::Frame::Message(length) if length <= ready.len() => {
                    if let Some(message) = ready.get(..length).and_then(|bytes| turn::read(bytes, false)) {
                        self.extra.carriage.get_or_insert_default().turn(from, message, tell);
                    }
                    length
                }
                turn::Frame::NotTurn => ready.len(),
                // What the snap length cut will not come.
                _ if stream.is_broken() => ready.len(),
                // Longer than what is kept.
                turn::Frame::Message(length) if stream.is_full() => {
                    stream.pass_over(length);
                    continue;
                }
                _ => return,
            };
            stream.consume(used);
        }
    }

    fn read_tls(&mut self, from: End, reader: &mut Reader, tell: &mut dyn FnMut(Note)) -> More {
        let stream = &reader.assembler;
        let reading = tls::read(stream.ready());
        let is_open = matches!(reading, Reading::Partial(_));
        let said = reading.known().unwrap_or_default();
        if let Some(hello) = &said.client_hello {
            self.tls_client = Some(from);
            if let Some(name) = &hello.server_name {
                self.extra.tls_name.get_or_insert_with(|| name.to_ascii_lowercase().into());
            }
        } else if said.server_hello.is_some() {
            self.tls_client = Some(from.other());
        }
        if let Some(client) = self.tls_client {
            self.extra.tls.note(from == client, stream.ready(), &said);
        }
        let course = self.extra.tls;
        let is_over = said.alert.is_some();
        let is_wanted = is_open && !is_over && !stream.is_broken() && stream.ready().len() < PREFIX_LIMIT;
        let has_news = said.certificate.is_some() && !reader.told_certificate;
        if let Some(client) = self.tls_client
            && (has_news || is_over || said.is_encrypted)
        {
            reader.told_certificate = true;
            tell(Note::Tls(Box::new(TlsSaid {
                is_client: from == client,
                alert: said.alert,
                certificate: said.certificate,
                is_complete: course.is_complete(),
                lacks_certificate: course.lacks_certificate(),
            })));
        }
        // An alert may follow much later: nothing is kept until then of a hello that was read.
        let is_read = said.client_hello.is_some_and(|hello| hello.is_whole);
        if is_read && tls::is_one_record(reader.assembler.ready()) {
            reader.assembler.consume(reader.assembler.ready().len());
        }
        if is_over { More::Over } else { More::when(is_wanted) }
    }
}

impl Reader {
    /// A direction that starts there, if that is known.
    fn at(start: Option<u32>) -> Self {
        let mut reader = Self::default();
        if let Some(start) = start {
            reader.assembler.start(start);
        }
        reader
    }

    /// Bytes that wait to be read.
    fn held(&self) -> usize {
        self.assembler.held() + self.frames.as_ref().map_or(0, |frames| frames.held())
    }
}

impl Starts {
    fn of(&mut self, end: End) -> &mut Option<u32> {
        match end {
            End::Low => &mut self.low,
            End::High => &mut self.high,
        }
    }
}

impl Readers {
    fn of(&mut self, end: End) -> &mut Reader {
        match end {
            End::Low => &mut self.low,
            End::High => &mut self.high,
        }
    }
}

/// `is_amid_line`: what is ready goes on with a line that begins no message. Whether a message is left that needs more.
fn read_sip(stream: &mut Assembler, is_amid_line: &mut bool, tell: &mut dyn FnMut(Note)) -> bool {
    loop {
        let ready = stream.ready();
        if *is_amid_line {
            let rest = memchr::memchr(b'\n', ready);
            *is_amid_line = rest.is_none() && !stream.is_broken();
            let used = rest.map_or(ready.len(), |end| end + 1);
            stream.consume(used);
            if used == 0 || *is_amid_line {
                return false;
            }
            continue;
        }
        let used = match sip::frame_stream(ready) {
            sip::Frame::Message(length) => {
                let bytes = ready.get(..length).unwrap_or(ready);
                if let Some(message) = sip::read_for_dialogs(bytes, false) {
                    tell_sip(message, bytes, tell);
                }
                length
            }
            sip::Frame::KeepAlive(_, length) | sip::Frame::Junk(length) => length,
            sip::Frame::Endless(length) => {
                tell(Note::EndlessSip);
                *is_amid_line = ready.get(..length).is_some_and(|passed| !passed.ends_with(b"\n"));
                length
            }
            // What the snap length cut will not come.
            sip::Frame::NeedMore if stream.is_broken() => {
                if let Some(message) = sip::read_for_dialogs(ready, true) {
                    tell_sip(message, ready, tell);
                }
                ready.len()
            }
            // The head of a message whose body is longer than what is kept.
            sip::Frame::NeedMore if stream.is_full() => {
                let Some(whole) = sip::length_of(ready) else { return false };
                if let Some(mut message) = sip::read_for_dialogs(ready, true) {
                    // Nothing was cut by the capture.
                    message.is_cut = false;
                    tell_sip(message, ready, tell);
                }
                stream.pass_over(whole);
                continue;
            }
            sip::Frame::NeedMore => return !ready.is_empty(),
            sip::Frame::NotSip => {
                *is_amid_line = !ready.ends_with(b"\n");
                ready.len()
            }
        };
        if used == 0 {
            return false;
        }
        stream.consume(used);
    }
}

fn tell_sip(message: SipMessage, bytes: &[u8], tell: &mut dyn FnMut(Note)) {
    if message.is_cut {
        tell(Note::CutSip);
    }
    let sdp = message.sdp(bytes).map(Box::new);
    tell(Note::Sip(message, sdp));
}

/// A method or `SIP/2.0` starts with a letter, possibly behind line ends; RTP and most binary formats do not.
fn may_start_sip(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'\r' | b'\n')
}

#[cfg(test)]
mod segmentation;
#[cfg(test)]
mod tests;
