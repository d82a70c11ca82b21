//! What of a SIP message can be told apart at another point, and what something on the way may have rewritten in it.

use std::net::SocketAddr;

use crate::capture::{Frame, Timestamp};
use crate::observe::message::sip::{Kind, SipMessage};

use super::trace::Look;

/// Longest kept value, in bytes.
const VALUE_LIMIT: usize = 128;

/// A part of a SIP message that something on the way may rewrite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Host and port in the topmost Via.
    Via,
    /// Branch of the topmost Via.
    Branch,
    /// Number of Via values: a proxy adds one.
    Hops,
    /// Request-URI.
    RequestUri,
    /// Contact.
    Contact,
    /// Call-ID: an application level gateway may put another address into it.
    CallId,
    /// URI in From.
    From,
    /// URI in To.
    To,
    /// `c=` of the SDP.
    Connection,
    /// Address in `o=` of the SDP.
    Origin,
    /// Kinds and ports of the `m=` lines.
    MediaPorts,
    /// User-Agent or Server.
    Agent,
    /// What is malformed.
    Defects,
}

impl Field {
    /// All, in the order of reports.
    pub const ALL: [Self; 13] = [
        Self::Via,
        Self::Branch,
        Self::Hops,
        Self::RequestUri,
        Self::Contact,
        Self::CallId,
        Self::From,
        Self::To,
        Self::Connection,
        Self::Origin,
        Self::MediaPorts,
        Self::Agent,
        Self::Defects,
    ];
}

/// By what a message is the same at every point.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) call_id: Box<str>,
    pub(super) number: u32,
    pub(super) method: Box<str>,
    /// The method once more, or the status.
    pub(super) label: Box<str>,
}

/// One message where it was seen.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) key: Key,
    pub(super) time: Timestamp,
    pub(super) frame: Frame,
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) look: Look,
    /// Identification of the IP packet, which no router changes; 0 where there is none.
    pub(super) identification: u16,
    /// Tag in From.
    pub(super) tag: Box<str>,
    /// In the order of [`Field`], empty where there is none.
    pub(super) values: [Box<str>; Field::ALL.len()],
}

impl Message {
    /// `None` without Call-ID or `CSeq`. Frame and identification are set by whoever knows them.
    pub(super) fn of(
        read: &SipMessage,
        bytes: &[u8],
        (time, from, to, look): (Timestamp, SocketAddr, SocketAddr, Look),
    ) -> Option<Self> {
        let cseq = read.cseq.as_ref()?;
        let label = match &read.kind {
            Kind::Request { method, .. } => method.as_str().into(),
            Kind::Response { status, .. } => status.to_string().into(),
        };
        let key = Key {
            call_id: read.call_id.as_deref().filter(|id| !id.is_empty())?.into(),
            number: cseq.number,
            method: cseq.method.as_str().into(),
            label,
        };
        let tag = read.from.as_ref().and_then(|party| party.tag.as_deref()).unwrap_or_default().into();
        let sdp = read.sdp(bytes);
        let value = |field: Field| -> String {
            let via = read.via.as_ref();
            let text = match field {
                Field::Via => via.map(|via| match via.port {
                    Some(port) => format!("{}:{port}", via.host),
                    None => via.host.to_string(),
                }),
                Field::Branch => via.and_then(|via| Some(via.branch.as_ref()?.to_string())),
                Field::Hops => Some(read.via_count.to_string()),
                Field::RequestUri => match &read.kind {
                    Kind::Request { uri, .. } => Some(uri.to_string()),
                    Kind::Response { .. } => None,
                },
                Field::Contact => read.contacts.first().map(|contact| contact.uri.to_string()),
                Field::CallId => read.call_id.as_ref().map(|id| id.to_string()),
                Field::From => read.from.as_ref().map(|party| party.uri.to_string()),
                Field::To => read.to.as_ref().map(|party| party.uri.to_string()),
                Field::Connection => sdp.as_ref().and_then(|sdp| {
                    let of_media = sdp.media.first().and_then(|media| media.connection.as_ref());
                    Some(of_media.or(sdp.connection.as_ref())?.to_string())
                }),
                Field::Origin => sdp.as_ref().and_then(|sdp| Some(sdp.origin.as_ref()?.to_string())),
                Field::MediaPorts => sdp.as_ref().map(|sdp| {
                    let lines = sdp.media.iter().map(|media| format!("{} {}", media.kind, media.port));
                    lines.collect::<Vec<_>>().join(", ")
                }),
                Field::Agent => {
                    read.server.as_ref().or(read.user_agent.as_ref()).map(|agent| agent.to_string())
                }
                Field::Defects => {
                    Some(read.defects.iter().map(|defect| defect.name()).collect::<Vec<_>>().join(", "))
                }
            };
            text.unwrap_or_default()
        };
        let values = Field::ALL.map(|field| short(value(field)));
        Some(Self { key, time, frame: Frame::new(0, 0), from, to, look, identification: 0, tag, values })
    }

    pub(super) fn branch(&self) -> &str {
        &self.values[Field::Branch as usize]
    }
}

fn short(mut text: String) -> Box<str> {
    if text.len() > VALUE_LIMIT {
        let end = (0..=VALUE_LIMIT).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text.into()
}
