use super::super::fixture::{at, frame, socket};
use super::super::message::sip;
use super::super::registration::Unanswered;
use super::*;

const PHONE: &str = "192.168.10.21:5060";
const PBX: &str = "192.168.10.2:5060";

/// A REGISTER, or its answer if there is a `status`.
#[expect(clippy::too_many_arguments, reason = "a message in one line of a test")]
fn heard(
    nth: u64,
    time: Timestamp,
    from: &str,
    to: &str,
    cseq: u32,
    status: &str,
    via: &str,
    more: &str,
) -> Heard {
    let head = match status {
        "" => "REGISTER sip:anlage.example SIP/2.0".to_owned(),
        "stale" => "SIP/2.0 401 Unauthorized".to_owned(),
        "nonce" => "SIP/2.0 401 nonce has changed".to_owned(),
        status if status.contains(' ') => format!("SIP/2.0 {status}"),
        status => format!("SIP/2.0 {status} "),
    };
    let text = format!(
        "{head}\r\nVia: SIP/2.0/UDP 192.168.10.21{via};branch=z9hG4bK1\r\nFrom: <sip:21@a.example>;tag=a\r\n\
         To: <sip:21@a.example>\r\nCall-ID: c1\r\nCSeq: {cseq} REGISTER\r\n{more}\r\n"
    );
    let message = sip::read(text.as_bytes(), false).unwrap();
    Heard {
        frame: frame(nth),
        time,
        from: socket(from),
        to: socket(to),
        protocol: Protocol::Udp,
        dscp: 0,
        datagram: None,
        message,
    }
}

/// Messages half a second apart, as frames 1, 2 ...: `?` asks, `!` asks with credentials, `0` signs off, `~` sends
/// the last request again, `+` does so 1 ms later, `=` is a copy of it 1 ms later, a number answers it, with `@` and a port as the registrar
/// sees it.
fn registration(steps: &[&str]) -> Registration {
    let mut registrations = Registrations::default();
    let (mut cseq, mut last, mut identification) = (0, "", 0);
    for (nth, &step) in (1_u64..).zip(steps) {
        let time = if matches!(step, "=" | "+") { at(nth as i64 * 500 - 499) } else { at(nth as i64 * 500) };
        let request = match step {
            "~" | "=" | "+" => Some(last),
            "?" => Some(""),
            "!" => Some("Authorization: Digest username=\"21\"\r\n"),
            "0" => Some("Expires: 0\r\n"),
            _ => None,
        };
        if step != "=" {
            identification = 0x358c + nth as u16;
        }
        let message = if let Some(more) = request {
            cseq += u32::from(!matches!(step, "~" | "=" | "+"));
            last = more;
            heard(nth, time, PHONE, PBX, cseq, "", "", more)
        } else {
            let (status, port) = step.split_once('@').unwrap_or((step, ""));
            let via = if port.is_empty() { String::new() } else { format!(";rport={port}") };
            let more =
                if status == "stale" { "WWW-Authenticate: Digest nonce=\"x\", stale=true\r\n" } else { "" };
            heard(nth, time, PBX, PHONE, cseq, status, &via, more)
        };
        let datagram = Some(Datagram { identification, ttl: 64 });
        registrations.push(&Heard { datagram, ..message });
    }
    registrations.finish().remove(0)
}

#[test]
fn what_was_sent_again_and_held_up_on_the_way_is_no_copy() {
    let told = |steps: &[&str]| {
        let row = registration(steps);
        (row.attempts, row.repeats, row.unanswered.count)
    };
    assert_eq!(told(&["?", "+", "200", "200"]), (1, 1, 0));
    assert_eq!(told(&["?", "=", "200"]), (1, 0, 0), "copies of a mirror port");
    assert_eq!(told(&["?", "+", "~"]), (1, 2, 3));
    let sent = |identification, ttl| Datagram { identification, ttl };
    assert!(sent(2, 64).is_sent_after(sent(1, 64)));
    assert!(!sent(2, 63).is_sent_after(sent(1, 64)), "a firewall on the way may give it a new one");
    assert!(
        !sent(2, 64).is_sent_after(sent(0, 64)) && !sent(0, 64).is_sent_after(sent(0, 64)),
        "without one"
    );
}

fn refused(steps: &[&str]) -> Option<u16> {
    registration(steps).refused.map(|refused| refused.status)
}

#[test]
fn a_second_challenge_after_credentials_is_a_refusal() {
    assert_eq!(refused(&["?", "401", "!", "401"]), Some(401));
    assert_eq!(refused(&["?", "401", "!", "403"]), Some(403));
    assert_eq!(refused(&["?", "404"]), Some(404));
}

#[test]
fn what_is_usual_is_none() {
    assert_eq!(refused(&["?", "401", "!", "200"]), None, "challenged once");
    assert_eq!(refused(&["?", "401", "401"]), None, "the challenge came twice");
    assert_eq!(refused(&["?", "401", "!", "200", "!", "401", "!", "200"]), None, "a new nonce");
    assert_eq!(refused(&["?", "401", "!", "200", "!", "401"]), None, "the capture ends there");
    assert_eq!(refused(&["?", "401", "!", "stale"]), None, "only the nonce is old");
    assert_eq!(refused(&["?", "401", "!", "nonce"]), None, "the same, told in words");
    assert_eq!(refused(&["?", "423", "?", "200"]), None, "a longer time was accepted");
    assert_eq!(refused(&["0", "404"]), None, "signed off");
}

#[test]
fn who_is_asked_again_and_again_for_new_credentials_is_told() {
    let row = registration(&["?", "401", "!", "stale", "?", "401", "!", "nonce"]);
    assert_eq!((row.stale, row.refused, row.standing), (2, None, Standing::Challenged));
    let renewed = registration(&["?", "401", "!", "200", "!", "stale", "!", "200"]);
    assert_eq!(renewed.stale, 0, "an old nonce that has run out");
}

#[test]
fn a_registration_stands_until_it_runs_out_or_is_to_be_removed() {
    let spans = |steps: &[&str]| {
        let bound = registration(steps).bound;
        bound.into_iter().map(|bound| bound.until.since(bound.from) / 1_000_000_000).collect::<Vec<_>>()
    };
    let kept = spans(&["?", "200", "?", "200"]);
    let [kept] = kept.as_slice() else { panic!("one time: {kept:?}") };
    assert!(*kept > 60, "renewed: {kept}");
    let left = spans(&["?", "200", "0", "401", "!", "200"]);
    assert!(matches!(left.as_slice(), [until, again] if *until < 60 && *again >= 60), "{left:?}");
}

#[test]
fn tries_count_until_somebody_answers() {
    let row = registration(&["?", "401", "!", "!", "!"]);
    assert_eq!((row.unanswered.count, row.attempts), (3, 3));
    assert_eq!(row.unanswered.frames, [3, 4, 5].map(frame));
    assert_eq!(registration(&["?", "?", "100"]).unanswered, Unanswered::default());
}

#[test]
fn a_challenge_belongs_to_its_attempt_and_a_copy_to_its_original() {
    assert_eq!(registration(&["?", "401", "!", "200"]).attempts, 1);
    assert_eq!(
        registration(&["?", "401", "!", "200", "!", "200"]).attempts,
        2,
        "refreshed with the old nonce"
    );
    assert_eq!(registration(&["?", "401", "!", "401", "!", "200"]).attempts, 1, "another nonce");
    assert_eq!(registration(&["?", "!", "?", "!"]).attempts, 2, "answers that pass by the measuring point");
    assert_eq!(registration(&["?", "?", "?"]).attempts, 3);
    let copied = registration(&["?", "=", "401", "!", "=", "200"]);
    assert_eq!((copied.attempts, copied.frames), (1, [1, 4].map(frame).to_vec()));
    assert_eq!(
        registration(&["?", "=", "~", "~"]).unanswered.count,
        3,
        "sent again is another try, a copy is not"
    );
}

#[test]
fn grants_have_a_rhythm_and_challenges_are_counted() {
    let row = registration(&["?", "401", "!", "200", "!", "200", "?", "401", "!", "200"]);
    let rhythm = Rhythm { refreshes: 2, shortest: 1_000_000_000, longest: 2_000_000_000 };
    assert_eq!((row.challenges, row.rhythm), (2, Some(rhythm)));
    assert_eq!(row.granted, Some((at(2_000), at(5_000))));
    assert_eq!(registration(&["?", "200", "0", "200"]).rhythm, None, "signed off");
    assert_eq!(registration(&["?", "401", "401"]).challenges, 1, "the same twice");
    assert_eq!(registration(&["?", "401", "!", "401"]).challenges, 1, "the second is a refusal");
}

#[test]
fn a_grant_that_nobody_had_to_ask_a_password_for_is_known() {
    let is_unasked = |steps: &[&str]| registration(steps).is_unasked();
    assert!(is_unasked(&["?", "200", "?", "200"]));
    assert!(!is_unasked(&["?", "401", "!", "200", "?", "200"]), "asked once");
    assert!(!is_unasked(&["!", "200"]), "the client still knows the nonce");
    assert!(!is_unasked(&["?", "!", "200"]), "the challenge is not in the capture");
    assert!(!is_unasked(&["?"]) && !is_unasked(&["?", "403"]), "nothing was granted");
    let passed_on = Registration { is_passed_on: true, ..registration(&["?", "200"]) };
    assert!(!passed_on.is_unasked(), "the proxy may have asked");
}

#[test]
fn hops_of_a_proxied_request_keep_their_own_answers() {
    const PROXY: &str = "192.168.10.3:5060";
    let mut registrations = Registrations::default();
    let hops = [(PHONE, PROXY, ""), (PROXY, PBX, ""), (PBX, PROXY, "200"), (PROXY, PHONE, "200")];
    for (nth, (from, to, status)) in (1..).zip(hops) {
        registrations.push(&heard(nth, at(nth as i64 * 10), from, to, 1, status, "", ""));
    }
    let rows = registrations.finish();
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| !row.is_passed_on), "one Via");
    for row in rows {
        assert_eq!((row.status, row.accepted, row.unanswered), (Some(200), true, Unanswered::default()));
    }
}

#[test]
fn a_proxy_passes_on_what_another_one_asks() {
    let mut registrations = Registrations::default();
    registrations.push(&heard(
        1,
        at(0),
        PHONE,
        PBX,
        1,
        "",
        "",
        "Via: SIP/2.0/UDP 192.168.10.99;branch=z9hG4bK2\r\n",
    ));
    assert!(registrations.finish().iter().all(|row| row.is_passed_on));
}

#[test]
fn credentials_belong_to_the_challenge_of_their_own_call() {
    let mut registrations = Registrations::default();
    let credentials = "Authorization: Digest username=\"21\"\r\n";
    let said = [
        ("c1", 1, "", "Expires: 0\r\n"),
        ("c1", 1, "401", ""),
        ("c2", 7, "", ""),
        ("c2", 7, "401", ""),
        ("c1", 2, "", &*format!("{credentials}Expires: 0\r\n")),
        ("c2", 8, "", credentials),
        ("c2", 8, "200", ""),
    ];
    for (nth, (call_id, cseq, status, more)) in (1..).zip(said) {
        let (from, to) = if status.is_empty() { (PHONE, PBX) } else { (PBX, PHONE) };
        let mut message = heard(nth, at(nth as i64 * 10), from, to, cseq, status, "", more);
        let named = format!("REGISTER sip:a SIP/2.0\r\nCall-ID: {call_id}\r\nCSeq: 1 REGISTER\r\n\r\n");
        message.message.call_id = sip::read(named.as_bytes(), false).unwrap().call_id;
        registrations.push(&message);
    }
    assert_eq!(registrations.finish()[0].attempts, 1);
}

#[test]
fn another_port_is_another_mapping() {
    let ports = |steps: &[&str]| -> Vec<u16> {
        registration(steps).mappings.iter().map(|mapping| mapping.port).collect()
    };
    assert_eq!(ports(&["?", "200@5060", "?", "200@5060"]), [5060]);
    assert_eq!(ports(&["?", "200@5060", "?", "200@61000"]), [5060, 61000]);
    assert!(ports(&["?", "200"]).is_empty());
}

#[test]
fn what_only_signs_off_is_no_attempt_and_no_renewal() {
    let row = registration(&["?", "401", "!", "200", "0", "200"]);
    assert_eq!((row.standing, row.accepted, row.attempts), (Standing::SignedOff, true, 1));
    let back = registration(&["?", "200", "0", "200", "?", "200"]);
    assert_eq!(
        (back.standing, back.attempts, back.rhythm),
        (Standing::Accepted, 2, None),
        "nothing was renewed"
    );
    let renewed = registration(&["?", "200", "0", "200", "?", "200", "?", "200"]).rhythm;
    assert_eq!(renewed.map(|rhythm| (rhythm.refreshes, rhythm.longest)), Some((1, 1_000_000_000)));
    let leaving = registration(&["?", "200", "0", "401"]);
    assert_eq!((leaving.standing, leaving.is_leaving), (Standing::Accepted, true), "not confirmed");
    assert!(!registration(&["?", "200", "0", "200"]).is_leaving);
}

#[test]
fn an_old_contact_that_is_removed_beside_a_new_one_is_no_signing_off() {
    let contacts = "Contact: <sip:21@10.0.0.1>;expires=0, <sip:21@10.0.0.2>;expires=600\r\n";
    let mut registrations = Registrations::default();
    registrations.push(&heard(1, at(0), PHONE, PBX, 1, "", "", contacts));
    registrations.push(&heard(
        2,
        at(10),
        PBX,
        PHONE,
        1,
        "200",
        "",
        "Contact: <sip:21@10.0.0.2>;expires=300\r\n",
    ));
    let row = registrations.finish().remove(0);
    assert_eq!((row.standing, row.expires), (Standing::Accepted, Some(300)));
    let all = "Contact: *\r\nExpires: 0\r\n";
    assert!(signs_off(&heard(1, at(0), PHONE, PBX, 1, "", "", all).message));
}

#[test]
fn an_answer_that_was_captured_just_before_its_request_belongs_to_it() {
    let stands = |later: i64| {
        let mut registrations = Registrations::default();
        let credentials = "Authorization: Digest username=\"21\"\r\n";
        registrations.push(&heard(1, at(0), PHONE, PBX, 1, "", "", ""));
        registrations.push(&heard(2, at(5), PBX, PHONE, 1, "401", "", ""));
        registrations.push(&heard(3, at(10), PBX, PHONE, 2, "200", "", ""));
        registrations.push(&heard(4, at(10).plus(later), PHONE, PBX, 2, "", "", credentials));
        let row = registrations.finish().remove(0);
        (row.standing, row.unanswered.count)
    };
    assert_eq!(stands(15_000_000), (Standing::Accepted, 0));
    assert_eq!(stands(-1_000_000), (Standing::Accepted, 0), "by their times they are in order");
    assert_eq!(stands(500_000_000), (Standing::Challenged, 1), "sent again");

    let first = |later: i64, cseq: u32| {
        let mut registrations = Registrations::default();
        registrations.push(&heard(1, at(10), PBX, PHONE, 1, "200", "", ""));
        registrations.push(&heard(2, at(10).plus(later), PHONE, PBX, cseq, "", "", ""));
        let row = registrations.finish().remove(0);
        (row.standing, row.unanswered.count)
    };
    assert_eq!(first(-1_000_000, 1), (Standing::Accepted, 0), "the first request of all");
    assert_eq!(first(-1_000_000, 2), (Standing::Open, 1), "the answer to another one");
    assert_eq!(first(500_000_000, 1), (Standing::Open, 1), "sent again");
}

#[test]
fn how_it_stands_is_what_was_settled_last() {
    let stands = |steps: &[&str]| registration(steps).standing;
    assert_eq!(stands(&["?"]), Standing::Open);
    assert_eq!(stands(&["?", "401"]), Standing::Challenged);
    assert_eq!(stands(&["?", "401", "!"]), Standing::Challenged);
    assert_eq!(stands(&["?", "480"]), Standing::Refused);
    assert_eq!(stands(&["?", "200", "?", "401"]), Standing::Accepted);
    assert_eq!(stands(&["?", "200", "?", "503"]), Standing::Refused);
    assert_eq!(stands(&["?", "403", "?", "401"]), Standing::Refused);
    let unseen = |steps: &[&str]| registration(steps).is_answer_unseen;
    assert!(unseen(&["?", "401", "!"]), "what became of the credentials is not in the capture");
    assert!(!unseen(&["?", "401"]) && !unseen(&["?", "401", "!", "200"]) && !unseen(&["?"]));
    assert_eq!(stands(&["?", "494"]), Standing::Open, "another kind of security is asked for");
}

#[test]
fn accounts_that_share_a_call_id_keep_their_own_answers() {
    let mut registrations = Registrations::default();
    let said =
        [("21", 1, ""), ("21", 1, "200 OK"), ("22", 2, ""), ("22", 2, "403 Wrong password"), ("21", 3, "")];
    for (nth, (user, cseq, status)) in (1..).zip(said) {
        let (from, to) = if status.is_empty() { (PHONE, PBX) } else { (PBX, PHONE) };
        let mut message = heard(nth, at(nth as i64 * 10), from, to, cseq, status, "", "");
        message.message.to = Some(party(user));
        registrations.push(&message);
    }
    let rows = registrations.finish();
    let told: Vec<_> = rows.iter().map(|row| (&*row.aor, row.standing, row.accepted, row.attempts)).collect();
    assert_eq!(
        told,
        [
            ("sip:21@a.example", Standing::Accepted, true, 2),
            ("sip:22@a.example", Standing::Refused, false, 1)
        ]
    );
    let refused = rows[1].refused.clone().unwrap();
    assert_eq!((&*refused.reason, refused.with_credentials), ("Wrong password", false));
}

#[test]
fn any_number_of_accounts_may_share_a_call_id() {
    let mut registrations = Registrations::default();
    for (nth, user) in (1..).zip((100..200).chain(100..200)) {
        for (from, to, status) in [(PHONE, PBX, ""), (PBX, PHONE, "200")] {
            let mut message = heard(nth, at(nth as i64 * 1_000), from, to, nth as u32, status, "", "");
            message.message.to = Some(party(&user.to_string()));
            registrations.push(&message);
        }
    }
    let rows = registrations.finish();
    assert_eq!(rows.len(), 100);
    for row in rows {
        assert_eq!((row.attempts, row.unanswered), (2, Unanswered::default()), "{}", row.aor);
    }
}

#[test]
fn the_oldest_call_id_makes_room_and_its_row_still_takes_answers() {
    let mut registrations = Registrations::default();
    registrations.push(&heard(1, at(0), PHONE, PBX, 1, "", "", ""));
    let other: Key = ("sip:100@a.example".into(), socket("203.0.113.9:5060"), socket(PBX));
    (0..CALL_IDS_KEPT).for_each(|nth| registrations.note_hop(&nth.to_string(), other.clone()));
    assert!(!registrations.by_call_id.contains_key("c1"));
    registrations.push(&heard(2, at(10), PBX, PHONE, 1, "200", "", ""));
    let row = registrations.clone().finish().remove(0);
    assert_eq!((row.standing, row.unanswered), (Standing::Accepted, Unanswered::default()));
    registrations.push(&heard(3, at(20), PHONE, PBX, 2, "", "", ""));
    assert!(registrations.by_call_id.contains_key("c1"), "it has come again");
    registrations.push(&heard(4, at(30), PBX, "192.168.10.21:61000", 2, "403", "", ""));
    assert_eq!(
        registrations.clone().finish()[0].standing,
        Standing::Refused,
        "to another port of the client"
    );
    let kept: usize = registrations.by_call_id.values().map(BTreeSet::len).sum();
    assert_eq!((registrations.hops, registrations.call_ids.len()), (kept, registrations.by_call_id.len()));
    let account = |nth: usize| (nth.to_string().into(), socket(PHONE), socket(PBX));
    (0..=HOPS_KEPT).for_each(|nth| registrations.note_hop("one for all", account(nth)));
    let kept: usize = registrations.by_call_id.values().map(BTreeSet::len).sum();
    assert!(kept <= HOPS_KEPT && registrations.hops == kept, "{kept}");
}

fn party(user: &str) -> sip::Party {
    let text = format!("OPTIONS sip:a SIP/2.0\r\nTo: <sip:{user}@a.example>\r\n\r\n");
    sip::read(text.as_bytes(), false).unwrap().to.unwrap()
}

#[test]
fn damaged_requests_and_answers_show_no_silence() {
    let mut registrations = Registrations::default();
    let mut unreadable = heard(1, at(0), PHONE, PBX, 1, "", "", "");
    unreadable.message.call_id = None;
    registrations.push(&unreadable);
    assert!(registrations.clone().finish().is_empty(), "no answer could be told to belong to it");
    registrations.push(&heard(2, at(500), PHONE, PBX, 7, "", "", ""));
    let mut answer = heard(3, at(600), PBX, PHONE, 7, "200", "", "");
    answer.message.call_id = party_call_id();
    registrations.push(&answer);
    let row = registrations.finish().remove(0);
    assert_eq!((row.unanswered, row.standing), (Unanswered::default(), Standing::Open));
}

fn party_call_id() -> Option<crate::observe::message::Text> {
    sip::read(b"OPTIONS sip:a SIP/2.0\r\nCall-ID: other\r\n\r\n", false).unwrap().call_id
}

#[test]
fn the_longest_time_without_an_answer_is_kept_with_its_end() {
    let row = registration(&["?", "~", "~", "~", "200", "?", "~", "~", "200"]);
    let absence = row.absence.unwrap();
    assert_eq!((absence.tries.count, absence.length()), (4, 2_000_000_000));
    assert_eq!(row.unanswered, Unanswered::default());
    assert_eq!(registration(&["?", "~", "~", "~"]).absence, None, "nothing ended it");
    let tries = registration(&["?", "~", "~", "~", "?", "200"]).absence.unwrap().tries;
    assert_eq!((tries.count, tries.requests), (4, 1), "the one that was answered is none of them");
}

#[test]
fn repetitions_are_counted_apart() {
    let row = registration(&["?", "~", "~", "?", "~"]);
    assert_eq!((row.attempts, row.repeats, row.is_silent()), (2, 3, true));
    assert_eq!((row.unanswered.count, row.unanswered.requests), (5, 2));
}

#[test]
fn refusals_are_kept_by_status_and_the_longest_outage_with_its_end() {
    let row = registration(&["?", "483", "?", "483", "?", "403", "?", "200", "?", "503", "?", "200"]);
    assert_eq!(row.refusals.by_status, BTreeMap::from([(403, 1), (483, 2), (503, 1)]));
    let outage = row.refusals.outage.unwrap();
    assert_eq!((outage.last.status, outage.last.count, outage.length()), (403, 3, 3_000_000_000));
    assert_eq!(registration(&["?", "483"]).refusals.outage, None, "nothing ended it");
}

#[test]
fn without_received_the_registrar_saw_what_the_via_says() {
    let row = registration(&["?", "200@14837"]);
    assert_eq!(row.mappings[0].address, Some("192.168.10.21".parse().unwrap()));
    let told = |client: &str, via: &str| {
        let mut registrations = Registrations::default();
        registrations.push(&heard(1, at(0), client, PBX, 1, "", "", ""));
        registrations.push(&heard(2, at(500), PBX, client, 1, "200", via, ""));
        registrations.finish().remove(0).mappings[0].address
    };
    let behind_nat = ";rport=5060;received=203.0.113.9";
    assert_eq!(told("172.29.38.91:5060", behind_nat), Some("203.0.113.9".parse().unwrap()));
    assert_eq!(told("172.29.38.91:5060", ";rport=5060"), None, "another address of the client's own");
}

#[test]
fn a_mapping_is_kept_from_its_first_answer_to_its_last() {
    let kept = |steps: &[&str]| registration(steps).kept;
    assert_eq!(kept(&["?", "200@5060", "?", "200@5060"]), Some((at(1_000), at(2_000))));
    assert_eq!(kept(&["?", "200@5060", "?", "200@61000"]), Some((at(2_000), at(2_000))));
}

#[test]
fn what_is_granted_stands_beside_the_own_contact() {
    let granted = |answer: &str| {
        let mut registrations = Registrations::default();
        let own = "Contact: <sip:21@192.168.10.21:5060>;expires=600\r\n";
        registrations.push(&heard(1, at(0), PHONE, PBX, 1, "", "", own));
        registrations.push(&heard(2, at(10), PBX, PHONE, 1, "200", "", answer));
        registrations.finish().remove(0).expires
    };
    let other = "<sip:21@192.168.10.99:5060>;expires=3000";
    let both = |own: &str| granted(&format!("Contact: {other}, <{own}>;expires=120\r\n"));
    assert_eq!(both("sip:21@192.168.10.21:5060"), Some(120));
    assert_eq!(both("sip:21@192.168.10.21:5060;transport=udp"), Some(120), "written in another way");
    assert_eq!(both("sip:21@192.168.10.21"), Some(120), "without the usual port");
    assert_eq!(both("sip:21@192.168.10.22:5060"), Some(600), "none is the own: as asked for");
    assert_eq!(granted("Contact: <sip:21@203.0.113.9:61000>;expires=120\r\n"), Some(120), "NAT between");
    assert_eq!(granted("Expires: 300\r\n"), Some(300));
}

#[test]
fn answers_to_nobody_are_told_by_their_number_without_looking_at_all_rows() {
    let mut registrations = Registrations::default();
    for port in 0..2_000 {
        let client = format!("192.168.10.21:{}", 10_000 + port);
        registrations.push(&heard(1, at(0), &client, PBX, 1, "", "", ""));
    }
    let answer = |registrations: &mut Registrations, number| {
        let mut answer = heard(2, at(10), PBX, "192.168.10.21:40000", number, "200", "", "");
        answer.message.call_id = party_call_id();
        registrations.push(&answer);
        registrations.rows.values().filter(|entry| entry.row.unanswered.count == 0).count()
    };
    assert_eq!(answer(&mut registrations, 7), 0);
    let others = heard(2, at(10), "203.0.113.9:5060", "192.168.10.21:40000", 1, "200", "", "");
    registrations.note_life(&others);
    assert_eq!(registrations.open.len(), 1, "those of one registrar, which no other one touches");
    assert_eq!(answer(&mut registrations, 1), 2_000, "any of them may be meant");
    assert!(registrations.open.is_empty(), "and none waits for such an answer any more");
    registrations.push(&heard(3, at(900), "192.168.10.21:10000", PBX, 1, "", "", ""));
    assert_eq!(registrations.rows.values().filter(|entry| entry.row.unanswered.count == 1).count(), 1);
    assert_eq!(answer(&mut registrations, 1), 2_000, "asked again");
}

#[test]
fn requests_that_wait_are_known_as_long_as_they_do() {
    let mut registrations = Registrations::default();
    for nth in 1..=20 {
        registrations.push(&heard(nth, at(nth as i64 * 1_000), PHONE, PBX, nth as u32, "", "", ""));
    }
    assert_eq!(registrations.open.len(), OPEN_KEPT);
    for nth in 17..=20 {
        registrations.push(&heard(nth, at(30_000), PBX, PHONE, nth as u32, "200", "", ""));
    }
    assert!(registrations.open.is_empty());
}

#[test]
fn what_rested_longest_makes_room_in_a_capture_of_days() {
    let mut registrations = Registrations::default();
    let row = |nth: usize| format!("10.0.{}.{}:5060", nth / 250, nth % 250 + 1);
    let kept = REMEMBERED + 100;
    for nth in 0..kept {
        registrations.push(&heard(1, at(nth as i64), &row(nth), PBX, 1, "", "", ""));
    }
    registrations.push(&heard(2, at(kept as i64), PBX, &row(0), 1, "200", "", ""));
    assert_eq!(registrations.forget_oldest(), (100 + FORGOTTEN) as u64, "of each its request");
    assert_eq!(registrations.rows.len(), REMEMBERED - FORGOTTEN);
    let is_there = |registrations: &Registrations, nth: usize| {
        registrations.rows.keys().any(|key| key.1 == socket(&row(nth)))
    };
    assert!(is_there(&registrations, 0), "heard of just now");
    assert!(!is_there(&registrations, 1) && is_there(&registrations, kept - 1));
    assert_eq!(registrations.forget_oldest(), 0);
    registrations.push(&heard(3, at(kept as i64 + 1), "192.168.10.99:5060", PBX, 1, "", "", ""));
    assert!(registrations.rows.keys().any(|key| key.1 == socket("192.168.10.99:5060")));
}

#[test]
fn how_late_a_challenge_is_answered_is_kept() {
    let late = |begins: &[&'static str]| {
        // Six seconds.
        let steps: Vec<&str> = begins.iter().copied().chain(["~"; 11]).chain(["!", "200"]).collect();
        registration(&steps).late.map(|late| (late.count, late.waits.to_vec()))
    };
    let six = Some((1, vec![6 * SECOND]));
    assert_eq!(late(&["?", "401"]), six);
    assert_eq!(late(&["?", "401", "!", "stale"]), six, "the next challenge");
    assert_eq!(late(&["?", "401", "!", "401"]), None, "who was refused tries again when it likes to");
    assert_eq!(registration(&["?", "401", "!", "200"]).late, None);
}
