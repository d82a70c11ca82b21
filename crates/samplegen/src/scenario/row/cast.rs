//! The hosts that take part in rows, and what the user states about each.

use super::super::{Scenario, agfeo, pascom};
use crate::net::{Host, Line};

/// A host by its part. A PBX carries its model, a server in the Internet its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Pbx(&'static str),
    /// The second address of an old ES 7xx IT.
    Module,
    T14,
    T17,
    Dect,
    Asip,
    Visofon,
    Tfe,
    Dashboard,
    App,
    Tapi,
    /// AGFEO's tool on a computer.
    Werkzeug,
    /// A computer with any other software.
    Computer,
    /// An MQTT broker. The document gives no port of it: where nothing is said, the user must have told what it is.
    Broker,
    Resolver,
    Provider,
    AgfeoCloud(&'static str),
    Yealink,
    PascomClient,
    PascomWebClient,
    PascomServer,
    PascomCloud,
    MyPascom,
    PascomMail,
    Time,
    /// A pascom client outside.
    Away,
}

const MODULE: Host = Host { ip: ip(4), mac: [0x00, 0x09, 0x40, 0x10, 0x00, 0x04], ..agfeo::PBX };
/// A telephone with the app in the LAN.
const APP: Host = Host::lan("handy", [192, 168, 10, 71], [0x3c, 0x06, 0x30, 0x10, 0x00, 0x71]);
const TIME: Host = Host::internet("zeit", [203, 0, 113, 123], pascom::ROUTER);

const fn ip(number: u8) -> std::net::IpAddr {
    std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 168, 10, number))
}

impl Who {
    pub(super) fn host(self) -> Host {
        match self {
            Self::Pbx(_) => agfeo::PBX,
            Self::Module => MODULE,
            Self::T14 => agfeo::T14,
            Self::T17 => agfeo::T17,
            Self::Dect => agfeo::DECT,
            Self::Asip => agfeo::ASIP,
            Self::Visofon | Self::Dashboard => agfeo::PC,
            Self::Tfe => agfeo::TFE,
            Self::App => APP,
            Self::Tapi | Self::Werkzeug | Self::Computer => agfeo::OFFICE_PC,
            Self::Broker => agfeo::NAS,
            Self::Resolver => agfeo::ROUTER,
            Self::Provider => agfeo::PROVIDER,
            Self::AgfeoCloud(_) => agfeo::CLOUD,
            Self::Yealink => pascom::YEALINK,
            Self::PascomClient => pascom::PC,
            Self::PascomWebClient => pascom::WEB_PC,
            Self::PascomServer => pascom::SERVER,
            Self::PascomCloud => pascom::CLOUD[0],
            Self::MyPascom => pascom::MY_PASCOM,
            Self::PascomMail => pascom::MAIL,
            Self::Time => TIME,
            Self::Away => pascom::AWAY,
        }
    }

    /// Its name in the DNS, if clients look it up.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::AgfeoCloud(name) => Some(name),
            Self::Provider => Some(agfeo::PROVIDER_DOMAIN),
            Self::PascomCloud => Some(pascom::CLOUD_NAME),
            Self::MyPascom => Some("my.pascom.net"),
            Self::PascomMail => Some("cloudmx1.pascom.net"),
            // As the vendor's page prints it.
            Self::Time => Some("ntp.pool.org"),
            _ => None,
        }
    }

    /// The name server of its site.
    pub(super) fn router(self) -> Host {
        match self {
            Self::Yealink | Self::PascomClient | Self::PascomWebClient | Self::PascomServer => pascom::ROUTER,
            _ => agfeo::ROUTER,
        }
    }

    /// Adds what the user would state.
    pub(super) fn introduce(self, scenario: Scenario) -> Scenario {
        let host = self.host();
        match self {
            Self::Pbx(model) => scenario.pbx(host, model),
            Self::Module => scenario.pbx(agfeo::PBX, "es-16ch").pbx(host, "es-16ch"),
            _ => match self.role() {
                Some(role) => scenario.role(host, role),
                None => scenario,
            },
        }
    }

    fn role(self) -> Option<&'static str> {
        match self {
            Self::T14 => Some("agfeo.phone.t14"),
            Self::T17 => Some("agfeo.phone.t17"),
            Self::Dect => Some("agfeo.phone.dect"),
            Self::Asip => Some("agfeo.phone.asip"),
            Self::Visofon => Some("agfeo.phone.visofon"),
            Self::Tfe => Some("agfeo.phone.tfe"),
            Self::Dashboard => Some("agfeo.dashboard"),
            Self::App => Some("agfeo.app"),
            Self::Tapi => Some("agfeo.tapi"),
            Self::Werkzeug => Some("agfeo.werkzeug"),
            Self::Broker => Some("infrastructure"),
            Self::Provider => Some("provider"),
            Self::Yealink => Some("pascom.phone"),
            Self::PascomClient | Self::Away => Some("pascom.client"),
            Self::PascomWebClient => Some("pascom.webclient"),
            Self::PascomServer => Some("pascom.server"),
            _ => None,
        }
    }

    /// It as a SIP user agent that signals from `sip` and takes media at `rtp`.
    pub(super) fn line(self, sip: u16, rtp: u16) -> Line {
        let host = self.host();
        let agent = match self {
            Self::Pbx(_) | Self::Module => "AGFEO SIP V4.10.02",
            Self::T14 => "AGFEO T14 SIP 2.14.1",
            Self::T17 => "AGFEO T17 SIP 2.14.1",
            Self::Dect => "AGFEO DECT IP Basis 5.32",
            Self::Visofon => "AGFEO VISOfon 1.9",
            Self::Tfe => "AGFEO IP Video TFE 2.0",
            Self::Provider => "Provider-SBC 7.2",
            _ => "",
        };
        Line::new(host.name, agent, host.port(sip), rtp)
    }

    /// Where it signals when a row is about media only.
    pub(super) fn sip_port(self) -> u16 {
        if self == Self::Visofon { 60_104 } else { 5060 }
    }
}
