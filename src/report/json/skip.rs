//! Names by which the published form tells why frames gave nothing, and back.

use crate::decode::{NotIp, Skip};

/// Those whose name has no number.
const PLAIN: [(Skip, &str); 11] = [
    (Skip::NoData, "no-data"),
    (Skip::Macsec, "macsec"),
    (Skip::Empty, "empty"),
    (Skip::CutLink, "cut-link"),
    (Skip::CutIp, "cut-ip"),
    (Skip::BadIp, "bad-ip"),
    (Skip::CutTransport, "cut-transport"),
    (Skip::BadTransport, "bad-transport"),
    (Skip::TooDeep, "too-deep"),
    (Skip::BadTunnel, "bad-tunnel"),
    (Skip::Rest, "rest"),
];

pub(super) fn name(skip: Skip) -> String {
    match skip {
        Skip::UnknownLink(link) => format!("unknown-link-{link}"),
        Skip::NotIp(NotIp::EtherType(number)) => format!("not-ip-{number:04x}"),
        Skip::NotIp(NotIp::Snap([a, b, c], number)) => {
            format!("not-ip-snap-{a:02x}{b:02x}{c:02x}-{number:04x}")
        }
        Skip::NotIp(NotIp::Llc(number)) => format!("not-ip-llc-{number:04x}"),
        Skip::NotIp(NotIp::Ppp(number)) => format!("not-ip-ppp-{number:04x}"),
        Skip::NotIp(NotIp::FrameRelay(number)) => format!("not-ip-frame-relay-{number:02x}"),
        Skip::NotIp(NotIp::Other(number)) => format!("not-ip-other-{number:04x}"),
        _ => PLAIN.iter().find(|(plain, _)| *plain == skip).map_or("rest", |(_, name)| name).to_owned(),
    }
}

/// What a name of [`name`] stands for; `None` for any other text.
pub(in crate::report) fn named(name: &str) -> Option<Skip> {
    if let Some((skip, _)) = PLAIN.iter().find(|(_, plain)| *plain == name) {
        return Some(*skip);
    }
    if let Some(link) = name.strip_prefix("unknown-link-") {
        return link.parse().ok().map(Skip::UnknownLink);
    }
    let hex = |text: &str| u16::from_str_radix(text, 16).ok();
    let (kind, number) = match name.strip_prefix("not-ip-")?.rsplit_once('-') {
        Some((kind, number)) => (kind, hex(number)?),
        None => ("", hex(name.strip_prefix("not-ip-")?)?),
    };
    let what = match kind {
        "" => NotIp::EtherType(number),
        "llc" => NotIp::Llc(number),
        "ppp" => NotIp::Ppp(number),
        "frame-relay" => NotIp::FrameRelay(u8::try_from(number).ok()?),
        "other" => NotIp::Other(number),
        _ => {
            let organisation = u32::from_str_radix(kind.strip_prefix("snap-")?, 16).ok()?;
            let [0, a, b, c] = organisation.to_be_bytes() else { return None };
            NotIp::Snap([a, b, c], number)
        }
    };
    Some(Skip::NotIp(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_back_to_what_it_names() {
        let numbered = [
            Skip::UnknownLink(147),
            Skip::NotIp(NotIp::EtherType(0x0806)),
            Skip::NotIp(NotIp::Snap([0, 0x0c, 0xcd], 0x2000)),
            Skip::NotIp(NotIp::Llc(0x4242)),
            Skip::NotIp(NotIp::Ppp(0xc021)),
            Skip::NotIp(NotIp::FrameRelay(0x81)),
            Skip::NotIp(NotIp::Other(7)),
        ];
        for skip in numbered.into_iter().chain(PLAIN.map(|(skip, _)| skip)) {
            assert_eq!(named(&name(skip)), Some(skip), "{}", name(skip));
        }
        for other in ["", "not-ip-", "not-ip-snap-1-2-x", "unknown-link-70000", "not-ip-snap-ffffffff-0001"] {
            assert_eq!(named(other), None, "{other}");
        }
    }
}
