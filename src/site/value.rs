//! The words in which roles, models and expectations are expressed. Rule books are read into them.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::PortSet;

/// A name that is compared, copied and printed often and written once.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Arc<str>);

        impl $name {
            /// The name as it is written in files and reports.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self(name.into())
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                *self.0 == *other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                *self.0 == **other
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

name! {
    /// What a host is on the installation: vendor, a dot, and what it is (`agfeo.phone.t14`).
    RoleId
}
name! {
    /// A model of a role, where the documents distinguish models (`hypervoice`).
    ModelId
}
name! {
    /// The id that a rule row, a QoS rule, a statement or an exposure rule is cited by (`A25`).
    RowId
}
name! {
    /// What is spoken on a flow, by its content: `sip`, `rtp`, `tls`, ... Rule books may declare more.
    AppName
}

impl RoleId {
    /// Whether this is `group` itself or lies below it: `agfeo.phone.t14` is in `agfeo.phone` and in `agfeo`.
    #[must_use]
    pub fn is_in(&self, group: &str) -> bool {
        self.0.strip_prefix(group).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// German, Sie-Form.
    pub de: String,
    /// English.
    pub en: String,
}

/// What sort of thing a role is. Checks ask for the kind, never for a vendor's role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A telephone system on the customer's premises.
    Pbx,
    /// A telephone system or service of the vendor on the Internet.
    Cloud,
    /// A telephone, base station or door station.
    Terminal,
    /// A program that telephones, on a computer or mobile.
    Softphone,
    /// A program that configures or controls, on a computer.
    Software,
    /// The carrier's SIP servers and media gateways.
    Provider,
    /// Router, switch, name server and the like.
    Infrastructure,
    /// Anything else, other makers' telephones included.
    Other,
}

impl Kind {
    /// Whether the host does nothing but what its vendor made it for. On a computer with a softphone most traffic
    /// is none of the vendor's business, so a port that no row explains says nothing there.
    #[must_use]
    pub fn is_dedicated(self) -> bool {
        matches!(self, Self::Pbx | Self::Terminal)
    }
}

/// A role as a rule book declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// `agfeo.pbx`.
    pub id: RoleId,
    /// What sort of thing it is.
    pub kind: Kind,
    /// What a technician calls it.
    pub title: Text,
    /// Name of the protocol of its calls where nobody can read it: voice alone tells of them.
    pub calls: Option<Box<str>>,
    /// Where the role leaves open which of several it is: what it is with a MAC address of a maker of telephones.
    pub telephone: Option<RoleId>,
    /// Makers of its hardware, the vendor's suppliers included; empty where it runs on anybody's. What names another
    /// maker speaks against it.
    pub built_by: Vec<String>,
}

/// A model of a role as a rule book declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// `hypervoice`.
    pub id: ModelId,
    /// The role it is a model of.
    pub role: RoleId,
    /// What a technician calls it.
    pub title: Text,
    /// The model's own RTP ports, RTCP included.
    pub rtp: PortSet,
    /// Calls that fit into these ports.
    pub channels: u16,
    /// The row that says so.
    pub row: RowId,
}

/// The transport that a document names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum TransportSpec {
    /// UDP.
    #[serde(rename = "udp")]
    Udp,
    /// TCP.
    #[serde(rename = "tcp")]
    Tcp,
    /// Both are documented.
    #[serde(rename = "any")]
    Any,
    /// The document names none; UDP fits the service.
    #[serde(rename = "udp?")]
    PresumablyUdp,
    /// The document names none; TCP fits the service.
    #[serde(rename = "tcp?")]
    PresumablyTcp,
    /// The document names none and nothing suggests one.
    #[serde(rename = "?")]
    Unspecified,
    /// Neither: the protocol has no ports (ICMP, ARP, IGMP).
    #[serde(rename = "none")]
    Portless,
}

impl TransportSpec {
    /// Whether a UDP flow can be what is meant. Where the document names none, it can.
    #[must_use]
    pub fn admits_udp(self) -> bool {
        !matches!(self, Self::Tcp | Self::Portless)
    }

    /// Whether a TCP connection can be what is meant. Where the document names none, it can.
    #[must_use]
    pub fn admits_tcp(self) -> bool {
        !matches!(self, Self::Udp | Self::Portless)
    }

    /// Whether the document itself names the transport.
    #[must_use]
    pub fn is_documented(self) -> bool {
        !matches!(self, Self::PresumablyUdp | Self::PresumablyTcp | Self::Unspecified)
    }
}

impl fmt::Display for TransportSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Any => "UDP/TCP",
            Self::PresumablyUdp => "UDP?",
            Self::PresumablyTcp => "TCP?",
            Self::Unspecified => "?",
            Self::Portless => "-",
        })
    }
}

/// Who opens the connection or sends first, seen from the role that a row belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Initiator {
    /// The role itself ("abgehend").
    Own,
    /// Its peer ("eingehend").
    Peer,
    /// Either, or the document does not say ("beidseitig").
    Either,
}

/// Where a peer may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PeerScope {
    /// In the customer's networks (VPN sites included), their broadcast and multicast addresses as well.
    Lan,
    /// At a public address.
    Internet,
    /// A multicast or broadcast address, and the hosts that answer.
    Multicast,
    /// Anywhere.
    #[default]
    Any,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_group_ends_at_a_dot() {
        let role = RoleId::from("agfeo.phone.t14");
        assert!(role.is_in("agfeo") && role.is_in("agfeo.phone") && role.is_in("agfeo.phone.t14"));
        assert!(!role.is_in("agfeo.phone.t1") && !role.is_in("pascom") && !role.is_in("agfeo.phone.t14.x"));
    }

    #[test]
    fn a_transport_that_the_document_leaves_open_excludes_nothing() {
        for open in [TransportSpec::PresumablyUdp, TransportSpec::PresumablyTcp, TransportSpec::Unspecified] {
            assert!(open.admits_udp() && open.admits_tcp() && !open.is_documented());
        }
        assert!(TransportSpec::Udp.admits_udp() && !TransportSpec::Udp.admits_tcp());
        assert!(TransportSpec::Tcp.admits_tcp() && !TransportSpec::Tcp.admits_udp());
    }
}
