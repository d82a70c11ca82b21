//! What is known of each address: its role, why, and how sure that is.

use std::net::IpAddr;

use super::value::{Kind, ModelId, RoleId};
use crate::capture::Frame;

/// Who is who.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// Every address with a role other than none, ordered by address.
    pub devices: Vec<Device>,
    /// Addresses that the user stated and that the capture does not hold, with the option that did, ordered by address.
    pub absent: Vec<(IpAddr, &'static str)>,
    /// The user's exceptions and changed ports, and how often each was used.
    pub exceptions: Vec<ExceptionUse>,
    /// What the user says of installation and order, label and text, for the cover of a report.
    pub cover: Vec<(Box<str>, Box<str>)>,
}

impl Site {
    /// The device at `address`.
    #[must_use]
    pub fn device(&self, address: IpAddr) -> Option<&Device> {
        let at = self.devices.binary_search_by(|device| device.address.cmp(&address)).ok()?;
        self.devices.get(at)
    }
}

/// How sure a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// One weak sign.
    Suspected,
    /// Good signs, other readings possible.
    Likely,
    /// Stated by the user or by signs that nothing else gives.
    Sure,
}

/// Where an address lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Private, or named as LAN in the site file.
    Lan,
    /// Routed in the Internet.
    Public,
    /// Multicast and broadcast.
    Multicast,
}

/// One address and what it is.
#[derive(Clone, Debug)]
pub struct Device {
    /// Address.
    pub address: IpAddr,
    /// Its role.
    pub role: RoleId,
    /// What that role is.
    pub kind: Kind,
    /// Vendor whose document binds it (`AGFEO`, `pascom`), if any.
    pub vendor: Option<Box<str>>,
    /// Maker by MAC prefix, else by agent string, if one of them says something.
    pub maker: Option<Box<str>>,
    /// Model: stated by the user, named by evidence that its RTP ports do not contradict, or the smallest whose RTP ports
    /// hold all that were used.
    pub model: Option<ModelId>,
    /// Whether the user stated it.
    pub model_is_stated: bool,
    /// Nothing names the model: it is the smallest whose RTP ports hold those used, and larger ones would fit too.
    pub model_is_fitted: bool,
    /// How sure the role is.
    pub confidence: Confidence,
    /// Why, heaviest first.
    pub evidence: Vec<Evidence>,
    /// What speaks against it.
    pub contradictions: Vec<Contradiction>,
    /// Where it lies.
    pub scope: Scope,
    /// Whether it is on the captured link; `None`: cannot be told.
    pub on_link: Option<bool>,
    /// Other addresses that DHCP offered to its hardware and from which nothing was sent.
    pub former: Vec<Former>,
}

/// An address that a device was offered and does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Former {
    /// The address.
    pub address: IpAddr,
    /// The VLAN that the device uses, if the offer came outside of it.
    pub vlan: Option<u16>,
}

/// What kind of sign it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceKind {
    /// `--pbx` or the site file.
    Stated,
    /// MAC prefix.
    MacPrefix,
    /// SIP User-Agent or Server, HTTP User-Agent.
    Agent,
    /// A name it asked DNS for.
    NameAsked,
    /// A name by which it greeted a server, in TLS or HTTP.
    NameGreeted,
    /// A name that stands for its address.
    NameOwned,
    /// A port fingerprint.
    Ports,
    /// It accepts registrations.
    Registration,
    /// It asks for credentials where others want to register, and accepts none of them.
    Challenge,
    /// A telephone system accepts its registration.
    Registered,
}

impl EvidenceKind {
    /// Whether it is the name of what a host wants to reach.
    pub(super) fn is_wanted_name(self) -> bool {
        matches!(self, Self::NameAsked | Self::NameGreeted)
    }
}

/// One sign for a role.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Kind of sign.
    pub kind: EvidenceKind,
    /// What was seen: the prefix, the string, the name, the ports.
    pub seen: Box<str>,
    /// 1 to 100.
    pub weight: u8,
    /// First few frames.
    pub frames: Vec<Frame>,
}

/// A sign for another role.
#[derive(Clone, Debug)]
pub struct Contradiction {
    /// The role it speaks for.
    pub role: RoleId,
    /// The model it speaks for, where that and not the role is in doubt.
    pub model: Option<ModelId>,
    /// The sign.
    pub evidence: Evidence,
}

/// An exception of the site file, or ports that it changes, and what it matched.
#[derive(Clone, Debug)]
pub struct ExceptionUse {
    /// As the user wrote it, in one line.
    pub text: Box<str>,
    /// The user's reason.
    pub reason: Box<str>,
    /// Line in the site file, from 1.
    pub line: usize,
    /// How many findings an exception covered, how many flows use a changed port; 0 is reported.
    pub matched: u64,
    /// Whether it names no host, and so holds for the whole site.
    pub everywhere: bool,
    /// Whether it is an exception, and no changed port.
    pub is_exception: bool,
}
