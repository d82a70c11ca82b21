//! English words of the findings: what to do.

use jiff::tz::TimeZone;

use super::connection::secure;
use super::export::export_whole;
use super::exposed;
use super::words::OTHER_VERSION;
use super::{
    blocked, clock, dscp_name, life, misled, mute, network, no_voice, passage, signalling, stalled, trace,
    uneven, unmapped, unmarked_leg, voice,
};
use crate::capture::Ended;
use crate::check::{
    Astray, Detail, Export, Finding, Life, LossSign, Lost, Mute, Named, Refusal, Severity, Trace,
    VoiceSender, VoiceSent,
};
use crate::observe::{Stuck, is_public};
use crate::report::language::Language::En;
use crate::site::Confidence;

pub(super) fn action(finding: &Finding, zone: &TimeZone) -> String {
    let detail = &finding.detail;
    if let Some(text) = exposed::action(finding) {
        return text[1].to_owned();
    }
    let is_suspected = finding.confidence == Confidence::Suspected;
    let text = match detail {
        Detail::Port001 { .. } => {
            "Find out what the port is used for. If it is wanted, enter it in the site file with the reason; \
             otherwise check the setting and the device."
        }
        Detail::Port002 { stated, .. } if !stated.is_empty() => {
            "Set the RTP range to the stated value, or correct the site file and the firewall and QoS rules."
        }
        Detail::Port002 { .. } => {
            "Set the RTP range to the documented value, or adapt the firewall and QoS rules to the actual range."
        }
        Detail::Port003 { .. } => return unblock(detail, zone),
        Detail::Port005 { .. } => "Check the settings of the SIP account and the NAT rules of the firewall.",
        Detail::Port006 { .. } => {
            "Correct the stated PBX model (--pbx or site file), or adapt the QoS and firewall rules made for that \
             model."
        }
        Detail::Port007 { .. } => {
            "Check whether all calls are needed (queues, hanging connections), and plan for more channels or a larger system."
        }
        Detail::Port008 { ports, .. } if ports.is_empty() => {
            "Check firmware and RTP settings of the device; until then have firewalls let the whole range pass, not every \
             second port."
        }
        Detail::Port008 { .. } => "Set the RTP start port to an even number.",
        Detail::Port009 { .. } => {
            "Set the terminals to SIP over UDP if registrations are unreliable; otherwise there is nothing to do."
        }
        Detail::Qos001 { sender: VoiceSender::Promised, .. } => {
            "Check whether the switch port trusts the device's marking (trust DSCP), and measure right at the device."
        }
        Detail::Qos001 { sender: VoiceSender::Other, .. } => {
            "Check whether the switch port trusts the device's marking (trust DSCP), then the QoS setting of the \
             device. If in doubt, measure right at the device."
        }
        Detail::Qos001 { sender: VoiceSender::PhoneOrSoftphone, .. } => {
            "Find out whether this is a telephone or a PC with a softphone. With a telephone, check whether the switch port \
             trusts the marking (trust DSCP), and the QoS setting. With a Windows PC, create a “policy-based QoS” \
             rule there."
        }
        Detail::Qos001 { sender: VoiceSender::System, .. } | Detail::Qos008 { .. } => {
            "Check the QoS setting of the PBX and whether its switch port trusts the marking. If the PBX has no \
             such setting, mark its voice at the switch port."
        }
        Detail::Qos002 { passage, .. } => passage::action(passage, En),
        Detail::Qos003 { media_ports, expected, signalling, .. } => {
            return group_policy(media_ports.as_deref(), *expected, *signalling);
        }
        Detail::Qos004 { expected, .. } => {
            return format!(
                "If wanted, align signalling to DSCP\u{a0}{}, so that call set-up stays fast under load.",
                dscp_name(*expected)
            );
        }
        Detail::Qos005 { .. } => "Set the CoS mapping for the voice VLAN on the switch.",
        Detail::Qos007 { peers, .. } => {
            let host = finding.subject.as_ref().map(|subject| subject.address);
            unmarked_leg::action((host, peers), En)
        }
        Detail::Qos009 { .. } => {
            "Compare the time with transfers, hold or a change of WLAN cell. Without such a cause, check the QoS \
             rules of the switches on the way."
        }
        Detail::Qos010 { .. } => {
            "Take the EF marking off this traffic: at the device, in the group policy or at the switch port. With \
             video telephony it may be wanted."
        }
        Detail::Rtp001 { peers, astray: Some(astray), .. }
            if matches!(astray.lost, Lost::Private | Lost::Rewritten | Lost::Unasked) =>
        {
            return misled::action(astray, peers, En);
        }
        Detail::Rtp001 { astray: Some(Astray { outside: true, announcer, .. }), .. } => {
            return voice::name_inner_address(*announcer, En);
        }
        Detail::Rtp001 { astray: Some(Astray { by_listener: true, .. }), .. } => {
            "The receiver speaks but takes nothing: check the firewall on that device (that of Windows, say) and what it lets \
             through to its telephone program."
        }
        Detail::Rtp001 { trace: Trace::Reported(_), .. } => {
            "This device sends, but its voice does not arrive at the measuring point: check the way between the two, for \
             instance packet filters in switch, WLAN or router and a firewall on the device itself."
        }
        Detail::Rtp001 { trace: Trace::Halted(..), .. } => {
            "Check firewall and NAT of the router that translates the addresses: it gets this voice and does not pass it on."
        }
        Detail::Rtp001 { trace: Trace::Unread(unread), .. } => return trace::let_in(finding, *unread, En),
        Detail::Rtp001 { astray: Some(_), .. } => {
            "Check which address and port the other side announces in SDP, and whether it receives there: STUN, external \
             address, NAT, SIP ALG."
        }
        Detail::Rtp001 { export: Export::Possible, .. } => export_whole(En),
        Detail::Rtp001 { named: Some(Named { mapped: Some(_), .. }), .. } => unmapped::action(En),
        Detail::Rtp001 { named: Some(Named { is_rewritten: true, .. }), .. } => misled::switch_off_alg(En),
        Detail::Rtp001 { at_tap: true, near: true, .. } => {
            "Measure at another point first, such as a mirror port of the switch. If the voice is missing there too, check \
             headset, softphone and own firewall of this device."
        }
        Detail::Rtp001 { at_tap: true, .. } => {
            "Measure at another point first, such as a mirror port of the switch. If the voice is missing there too, check \
             headset and softphone of this device, then NAT and firewall."
        }
        Detail::Rtp001 { near: true, .. } => {
            "Both sides lie in the same subnet, so no router is between them; at most a switch or WLAN can filter there. Check whether this \
             device sends (mute, hold, its own firewall) and where to: the address that the other side announces in \
             SDP."
        }
        Detail::Rtp001 { .. }
            if finding.subject.as_ref().is_some_and(|subject| is_public(subject.address)) =>
        {
            "What this far side sends does not reach the measuring point. On your side check NAT and firewall for the RTP range, and \
             address and port that your device announces in SDP; switch SIP ALG off."
        }
        Detail::Rtp001 { .. } => {
            "Check NAT and firewall for the RTP range of this device and the address that it announces in SDP; switch SIP \
             ALG off."
        }
        Detail::Rtp002 { why: why @ (Mute::Declined | Mute::Keys | Mute::Fax), .. } => mute::action(*why, En),
        Detail::Rtp002 { near: true, .. } => {
            "First check that the measuring point sees the media path, then whether both devices send voice and which \
             addresses they announce in SDP."
        }
        Detail::Rtp002 { .. } => {
            "First check that the measuring point sees the media path, then the firewall rules for RTP."
        }
        Detail::Rtp003 { .. } => voice::find_loss(detail, En),
        Detail::Rtp004 { how, own, link, .. } => uneven::even_out(*how, *own || *link, En),
        Detail::Rtp006 { clock: Some(_), .. } => uneven::set_clock(En),
        Detail::Rtp006 { agreed, .. } => {
            return format!("Set the packet time (ptime) to {agreed} ms on both sides.");
        }
        Detail::Rtp005 { .. } => "Remove the packet loss; see finding RTP-003.",
        Detail::Rtp007 { unseen: true, .. } => {
            "Measure again, and record the signalling as a whole (SIP on every way)."
        }
        Detail::Rtp007 { keys: Some(Some(_)), .. } => {
            "The sending device has to take the payload type that the receiver lists in its SDP (RFC 3264): set the same one for \
             DTMF on both sides (101 is usual), or update the firmware of the device."
        }
        Detail::Rtp007 { keys: Some(None), .. } => {
            "Enable DTMF as of RFC 4733 (telephone-event) at the receiver as well, or set this device to the way of sending DTMF \
             that the receiver understands (SIP INFO or in the voice)."
        }
        Detail::Rtp007 { .. } => {
            "Align the codec lists of both sides, and update the firmware of the device."
        }
        Detail::Rtp008 { refused: 1.., .. } => {
            "The device can be reached, but no telephone program listens there any more: check whether it crashed, was ended or \
             restarted (log of the device)."
        }
        Detail::Rtp008 { near: true, .. } => {
            "Both sides lie in the same subnet, so no router is between them. Check whether the device still \
             sends (mute, hold, firmware), and whether its network connection or WLAN failed at that moment."
        }
        Detail::Rtp008 { .. } => {
            "Check the UDP timeout of the firewall and session timers on the way, and whether the device still sends voice."
        }
        Detail::Rtp009 { .. } => {
            "None if both sides still hear each other. Otherwise check what the PBX switches at that moment (music on hold, transfer)."
        }
        Detail::Rtp013 { .. } => {
            "Check RTP port and NAT setting of the device. Firewalls and far ends that admit only the announced address drop this voice."
        }
        Detail::Rtp014 { jam: Some(_), .. } => "Remove what makes the voice stall; see finding RTP-004.",
        Detail::Rtp014 { hop: Some(_), .. } => {
            "Check what lies between the two places (interfaces of the capture): switch, router or firewall drops there."
        }
        Detail::Rtp014 { .. } => {
            "Measure closer to the receiver, and check the way between measuring point and receiver."
        }
        Detail::Sig001 { .. } | Detail::Sig002 { .. } | Detail::Sig005 { .. } | Detail::Sig009 { .. } => {
            return signalling::action(detail, zone, En).unwrap_or_default();
        }
        Detail::Stalled { .. } => return stalled::action(detail, En).unwrap_or_default(),
        Detail::Net001 { .. } | Detail::Net002 { .. } | Detail::Net003(_) | Detail::Net005 { .. } => {
            return network::action(detail, En).unwrap_or_default();
        }
        Detail::Sig003 { addresses: None, .. } => {
            "Raise the firewall's UDP aging to at least 60 s, better 180 s, or shorten the keep-alive interval."
        }
        Detail::Sig003 { addresses: Some(_), .. } => {
            "Nothing to do if the line reconnects as planned; otherwise clear up the change with the provider."
        }
        Detail::Sig004 { .. } => {
            "Switch off SIP ALG (SIP NAT helper) in router and firewall, as the vendor demands."
        }
        Detail::Sig007 { stuck: Some(Stuck::Holes), .. } => {
            "Check the MTU on the way: set MSS clamping at the router, and let ICMP “fragmentation needed” pass."
        }
        Detail::Sig007 { stuck: Some(Stuck::PlainSip | Stuck::Plain), .. } => {
            "Compare port and transport: set TLS on this port at the server, or the server's TLS port at the device."
        }
        Detail::Sig007 { stuck: Some(Stuck::Mute), .. } => {
            "Check whether the service runs on the server and speaks TLS on this port, and whether a firewall in between holds TLS up."
        }
        Detail::Sig007 { lacks_certificate: true, .. } | Detail::Sig007 { alert: Some((116, false)), .. } => {
            "The server demands a client certificate: install one in the device, or switch off this check at the server."
        }
        Detail::Sig007 { early: Some(_), .. } => {
            "Check the clocks of server and device; if they are right, issue a certificate that is valid already."
        }
        Detail::Sig007 { expired: Some(_), .. } => {
            "Renew the server's certificate. If it has not expired, check the clock of the capturing computer."
        }
        Detail::Sig007 { alert: Some((48, true)), .. } => {
            "The device does not know who issued the certificate: install that CA's certificate in the device, and have the server send its intermediate certificates."
        }
        Detail::Sig007 { alert: Some((48, false)), .. } => {
            "The server does not know who issued the device's certificate: install that CA's certificate in the server."
        }
        Detail::Sig007 { alert: Some((42..=46, _)), .. } => {
            "Check the certificate's validity and name, and the device's clock."
        }
        Detail::Sig007 { alert: Some((40 | 70 | 71, _)), .. } => {
            "Compare TLS version and firmware of both sides."
        }
        Detail::Sig007 { alert: Some((112, _)), .. } => {
            "The server does not know the name by which the device calls it: check the server address set at the device."
        }
        Detail::Sig007 { .. } => {
            "Compare TLS version and firmware of both sides, and check the server's name and certificate."
        }
        Detail::Sig008 { .. } => {
            "Switch on keep-alive every 30 s, or set the firewall's UDP timer to 180 s at least."
        }
        Detail::Sig006 { near: true, .. } => {
            "Shorten the codec list so that the message fits into one packet, or use SIP over TCP where the vendor provides for \
             it. Check switch and WLAN for loss of fragments."
        }
        Detail::Sig006 { .. } => {
            "Allow IP fragments in the firewall, shorten the codec list, or use SIP over TCP where the vendor provides for \
             it."
        }
        Detail::Net004 { .. } => {
            "Check at the device, at the switch port and in LLDP-MED or DHCP which voice VLAN is set. If voice belongs in this \
             VLAN as well, add it to voice_vlans in the site file."
        }
        Detail::Sec001 { gained, .. } if gained.keeps_open => {
            "Nothing to do if it is your provider: enter his addresses in the site file."
        }
        Detail::Sec001 { .. } if finding.severity == Severity::Info => {
            "Enter the addresses of your provider in the site file. If these calls are not his, remove the port forwarding."
        }
        Detail::Sec001 { .. } if is_suspected => {
            "First find out whether the requests come from your provider: then enter his addresses in the site file. Otherwise \
             remove the port forwarding; access from outside by VPN only. If a NAT rule is needed, allow the provider's \
             addresses only."
        }
        Detail::Sec001 { .. } => {
            "Remove the port forwarding at once. Access from outside by VPN only; if a NAT rule is needed, allow \
             the provider's addresses only."
        }
        Detail::Sec002 { answered: true, .. } => {
            "Remove the port forwarding, block the address as well and change weak passwords. Check the call records \
             for abuse."
        }
        Detail::Sec002 { answered: false, .. } => {
            "Check why these requests reach the measuring point, and block them in the firewall."
        }
        Detail::Sec003 { apps, .. } => return secure(apps, En),
        Detail::Sec004 { .. } if is_suspected => {
            "First find out which device answers there. If it is the PBX or a telephone, remove the port forwarding. Remote \
             maintenance by VPN or the vendor's service only."
        }
        Detail::Sec004 { .. } => {
            "Remove the port forwarding at once. Remote maintenance by VPN or the vendor's service only."
        }
        Detail::Cap001 { signs } if signs.iter().all(|sign| matches!(sign, LossSign::Thinned { .. })) => {
            "Look at the whole capture, or measure once more at a less loaded point."
        }
        Detail::Cap001 { .. } => "Repeat the capture at a less loaded point or with a capture filter.",
        Detail::Cap002 { two_clocks: 1.., .. } => {
            "Look at the captures one by one, or put their clocks right before merging them (editcap -t)."
        }
        Detail::Cap002 { received: 1.., .. } | Detail::Cap002 { is_scattered: true, .. } => {
            "Look for what doubles the packets: a loop, two ways used at once (bonding, redundancy), or a VPN that sends twice."
        }
        Detail::Cap002 { .. } => {
            "Nothing to do. Unless you mean to compare two places, measure at one only next time: one mirrored port or VLAN, one \
             interface instead of “any”."
        }
        Detail::Cap003 { .. } => {
            "Capture again: at the mirror port with both transmit and receive, on a device itself without a filter for one direction."
        }
        Detail::Cap004 { .. } => "Capture whole packets (snap length 0 or 262144).",
        told @ Detail::Cap006 { .. } => clock::action(told, En),
        Detail::Cap008 { .. } => "Nothing to do. If call set-up is faulty, look into the logs of the PBX.",
        Detail::Cap010(reason) => no_voice::action(reason, En),
        Detail::Cap011 { ended: Ended::Damaged { reason, .. }, .. } if reason.starts_with(OTHER_VERSION) => {
            "Ask which program wrote the file, and save it there as pcapng 1.0."
        }
        Detail::Cap011 { .. } => "Repeat the capture, or transfer the file again.",
    };
    text.to_owned()
}

/// What to do about a PORT-003.
fn unblock(detail: &Detail, zone: &TimeZone) -> String {
    let Detail::Port003 { target, joined, protocol: transport, refusal, outbound, life, serves, voice } =
        detail
    else {
        return String::new();
    };
    let port = blocked::ports(*transport, *target, joined, En);
    if let Some(VoiceSent { ports: Some(ports), .. }) = voice {
        return trace::let_out(target.ip(), *ports, En);
    }
    if voice.is_some() {
        return format!(
            "Compare {target} with the address and port that the other side's SDP names for its voice. If they are the same, \
             check the other side and the way to it (routing, NAT), otherwise the device that sends."
        );
    }
    if let Some(text) = life::reach_as_others(*serves, *life, (target.ip(), &port, *outbound), zone, En) {
        return text;
    }
    if *outbound {
        return format!(
            "Allow {port} outbound to {} in the firewall. If it is allowed, check that the service is running there.",
            target.ip()
        );
    }
    match refusal {
        Refusal::Reset => {
            format!("Check whether the service is switched on at {}; it does not accept {port}.", target.ip())
        }
        Refusal::Silence | Refusal::Icmp { .. } if *life == Life::Sends => format!(
            "{} is running, as its other traffic shows. Check whether the service is there on {port}, and whether a \
             firewall blocks it, that of the device itself included.",
            target.ip()
        ),
        Refusal::Silence if *life != Life::Unseen => format!(
            "First check whether {} is still running and connected: power, network cable, switch port. If it is, check \
             whether the service is there, and whether a firewall blocks {port}.",
            target.ip()
        ),
        Refusal::Silence | Refusal::Icmp { .. } => format!(
            "Check whether {} is running, whether the service is there, and whether a firewall blocks {port}.",
            target.ip()
        ),
    }
}

fn group_policy(media_ports: Option<&str>, expected: u8, signalling: Option<u8>) -> String {
    let ports = media_ports.map_or_else(String::new, |ports| format!(" for destination ports {ports} (UDP)"));
    let signalling =
        signalling.map_or_else(String::new, |value| format!(", signalling DSCP\u{a0}{}", dscp_name(value)));
    format!(
        "Create a “policy-based QoS” rule in Windows: voice DSCP\u{a0}{}{ports}{signalling}.",
        dscp_name(expected)
    )
}
