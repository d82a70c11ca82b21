//! Samples of what no finding tells, because it may be meant or the capture shows only a part, each with a near miss.

use super::Scenario;
use super::agfeo::{AFTER, CLOUD, DOMAIN, PBX, PROVIDER, PROVIDER_DOMAIN, ROUTER, Site, T14, T17, TALK};
use super::agfeo::{pbx_line, t14_line, t17_line};
use crate::net::{Boot, Call, Class, End, Host, Line, MS, Net, SECOND};
use crate::talk::lan;
use crate::talk::rtp::Codec;
use crate::talk::sip::{self, Dialog};

/// As a telephone asks for its address.
const BOOT: Boot = Boot { class: "AGFEO T17", option_66: None };
/// An address that a telephone had yesterday.
const GONE: Host = Host::lan("gone", [192, 168, 10, 29], [0x00, 0x09, 0x40, 0x20, 0x00, 0x29]);

pub(super) fn all() -> Vec<Scenario> {
    vec![services(), services_near(), calls(), calls_near()]
}

/// The base site and what comes behind it.
fn site(name: &str, about: &str, behind: impl FnOnce(&mut Net)) -> Scenario {
    let mut net = Site::default().net();
    behind(&mut net);
    Scenario::new(name, about, net.capture()).pbx(PBX, "es-pure-ip")
}

/// `client` asks a STUN server so often; some of that comes back as unreachable, or all of it is answered.
fn stun(net: &mut Net, client: End, is_answered: bool) {
    let server = CLOUD.port(3478);
    for nth in 0..5 {
        let at = AFTER + nth * 300 * MS;
        let transaction = net.rng().array();
        net.udp(at, client, server, Class::Data, &lan::stun_request(transaction));
        if is_answered {
            let answer = lan::stun_answer(transaction, [203, 0, 113, 99].into(), 41_000);
            net.udp(at + 20 * MS, server, client, Class::Data, &answer);
        } else if nth < 4 {
            net.unreachable(at + 20 * MS, CLOUD, 3, client, server);
        }
    }
}

fn services() -> Scenario {
    site(
        "remark-services",
        "A STUN server refuses what a T14 asks; the name server does not answer the PBX for a while; a T17, which got an address \
         before, asks in vain for another one.",
        |net| {
            net.dhcp(AFTER, T17, ROUTER, &BOOT);
            stun(net, T14.port(10_000), false);
            net.resolve_in_vain(AFTER + SECOND, PBX, ROUTER, PROVIDER_DOMAIN, 4);
            net.resolve(AFTER + 12 * SECOND, PBX, ROUTER, PROVIDER_DOMAIN, &[PROVIDER]);
            net.dhcp_in_vain(AFTER + 20 * SECOND, T17, &BOOT, 5);
        },
    )
    .remark("refused-stun", T14)
    .remark("name-server-away", PBX)
    .remark("unanswered-dhcp", T17)
}

fn services_near() -> Scenario {
    site(
        "remark-services-near",
        "The STUN server answers; two questions to the name server got lost; the T17 gets its address at the third try.",
        |net| {
            net.dhcp(AFTER, T17, ROUTER, &BOOT);
            stun(net, T14.port(10_000), true);
            net.resolve_in_vain(AFTER + SECOND, PBX, ROUTER, PROVIDER_DOMAIN, 2);
            net.resolve(AFTER + 5 * SECOND, PBX, ROUTER, PROVIDER_DOMAIN, &[PROVIDER]);
            net.dhcp_in_vain(AFTER + 20 * SECOND, T17, &BOOT, 2);
            net.dhcp(AFTER + 40 * SECOND, T17, ROUTER, &BOOT);
        },
    )
}

/// `client` registers three times and lets each challenge wait for so long.
fn register_late(net: &mut Net, client: Line, registrar: Line, wait: u64) {
    for at in [0, 20, 40].map(|seconds| AFTER + seconds * SECOND) {
        let dialog = net.dialog(client, registrar, DOMAIN);
        let nonce = format!("{:016x}", net.rng().draw());
        let expires = "Expires: 300".to_owned();
        let asked = [
            (true, dialog.request("REGISTER", 1, std::slice::from_ref(&expires), "")),
            (false, dialog.answer("401 Unauthorized", "REGISTER", 1, &[sip::challenge(DOMAIN, &nonce)], "")),
        ];
        net.signal(at, client.sip, registrar.sip, &asked);
        let contact = format!("Contact: <sip:{}@{}>;expires=300", client.user, client.sip.address());
        let credentials = sip::credentials(client.user, DOMAIN, &nonce);
        let granted = [
            (true, dialog.request("REGISTER", 2, &[credentials, expires], "")),
            (false, dialog.answer("200 OK", "REGISTER", 2, &[contact], "")),
        ];
        net.signal(at + wait, client.sip, registrar.sip, &granted);
    }
}

/// The PBX rings at a telephone and, by the same call, at an address where nobody is; the telephone answers after 5 s.
fn fork(net: &mut Net, at: u64, pbx: Line, phone: Line, other: End, answers: bool) {
    let dialog: Dialog = net.dialog(pbx, phone, DOMAIN);
    let offer = sip::sdp(pbx.media.from.address(), Codec::Pcma, "sendrecv");
    let invite = dialog.request("INVITE", 1, &[], &offer);
    for again in [0, 500, 1_500, 3_500] {
        net.udp(at + again * MS, pbx.sip, other, Class::Signalling, &invite);
        if answers {
            let rings = dialog.answer("180 Ringing", "INVITE", 1, &[], "");
            net.udp(at + (again + 15) * MS, other, pbx.sip, Class::Signalling, &rings);
            break;
        }
    }
    let ringing = [(true, invite.clone()), (false, dialog.answer("180 Ringing", "INVITE", 1, &[], ""))];
    net.signal(at + MS, pbx.sip, phone.sip, &ringing);
    let reply = sip::sdp(phone.media.from.address(), Codec::Pcma, "sendrecv");
    let answered = [
        (false, dialog.answer("200 OK", "INVITE", 1, &[], &reply)),
        (true, dialog.request("ACK", 1, &[], "")),
    ];
    net.signal(at + 5 * SECOND, pbx.sip, phone.sip, &answered);
    net.media(&crate::net::Media {
        at: at + 5 * SECOND + 60 * MS,
        lasts: TALK,
        codec: Codec::Pcma,
        streams: [pbx.media, phone.media],
        rtcp: true,
    });
    let bye =
        [(true, dialog.request("BYE", 2, &[], "")), (false, dialog.answer("200 OK", "BYE", 2, &[], ""))];
    net.signal(at + 8 * SECOND, pbx.sip, phone.sip, &bye);
}

/// The T14 calls over TCP; the PBX says that it tries, and then closes the connection, or refuses before.
fn over_tcp(net: &mut Net, at: u64, refuses: bool) {
    let (phone, pbx) = (Line { sip: T14.port(40_060), ..t14_line(T14) }, pbx_line(PBX, 5210));
    let dialog = Dialog { transport: "TCP", ..net.dialog(phone, pbx, DOMAIN) };
    let offer = sip::sdp(phone.media.from.address(), Codec::Pcma, "sendrecv");
    let mut tcp = net.tcp(at, phone.sip, pbx.sip, Class::Signalling);
    tcp.client(net, &dialog.request("INVITE", 1, &[], &offer));
    tcp.server(net, &dialog.answer("100 Trying", "INVITE", 1, &[], ""));
    if refuses {
        tcp.server(net, &dialog.answer("486 Busy Here", "INVITE", 1, &[], ""));
        tcp.client(net, &dialog.request("ACK", 1, &[], ""));
    }
    tcp.wait_until(at + 2 * SECOND);
    tcp.close_by_server(net);
}

fn calls() -> Scenario {
    site(
        "remark-calls",
        "A T17 answers each challenge after six seconds; a call rings at a telephone and at an address that nobody has any more; the \
         PBX closes the connection of a call that it said it would try.",
        |net| {
            register_late(net, t17_line(T17), pbx_line(PBX, 5204), 6 * SECOND);
            fork(net, AFTER + 70 * SECOND, pbx_line(PBX, 5208), t14_line(T14), GONE.port(5060), false);
            over_tcp(net, AFTER + 90 * SECOND, false);
        },
    )
    .remark("late-credentials", T17)
    .remark("dead-branch", PBX)
    .dropped(1)
}

fn calls_near() -> Scenario {
    site(
        "remark-calls-near",
        "A T17 answers challenges after two seconds; a call rings at two telephones, of which one answers; the PBX refuses a call before \
         it closes the connection.",
        |net| {
            register_late(net, t17_line(T17), pbx_line(PBX, 5204), 2 * SECOND);
            fork(net, AFTER + 70 * SECOND, pbx_line(PBX, 5208), t14_line(T14), T17.port(5060), true);
            over_tcp(net, AFTER + 90 * SECOND, true);
            net.call(&Call::new(AFTER + 100 * SECOND, TALK, t14_line(T14), pbx_line(PBX, 5204)));
        },
    )
}
