//! The way of a capture through the program: every stage, in order. The only place that runs things side by side.

use std::panic;
use std::sync::Arc;
use std::sync::mpsc::{self, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::capture::{CaptureSummary, FilterSpec, Measurement, PassedOver, Record};
use crate::check::{self, Audit};
use crate::compare::points::{Sightings, Trace};
use crate::decode;
use crate::observe::{Batch, Observer, Protocol, Shard, Traffic};
use crate::rules::Rulebook;
use crate::site::{self, Hints, Lore, TransportSpec};

/// How often a live capture is judged, unless judging takes long.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How often a live capture lets go of what is over.
const RETIRE_EVERY: Duration = Duration::from_secs(10);

/// What a run needs beside the capture.
#[derive(Debug)]
pub struct Terms<'a> {
    /// What the vendors document.
    pub rulebook: &'a Rulebook,
    /// What the user knows.
    pub hints: &'a Hints,
    /// Which frames to look at; all if `None`.
    pub filter: Option<&'a FilterSpec>,
}

/// Judges a capture.
pub fn check(measurement: Measurement, terms: &Terms<'_>, progress: &mut dyn FnMut(&Measurement)) -> Audit {
    let passed_over = measurement.passed_over().to_vec();
    let (captures, traffic) = observe(measurement, terms, progress);
    judge(captures, passed_over, traffic, terms)
}

/// Judges a capture while it happens: shows `look` how things stand every half second while packets come, and gives how they
/// stood at the end. Each look is judged as [`check`] would judge a capture that ends there, on a copy of the tables and
/// beside the packets, which wait for no more than the copying.
///
/// # Panics
/// Where judging or `look` does.
pub fn watch(
    mut measurement: Measurement,
    terms: &Terms<'_>,
    look: &mut (dyn FnMut(&Arc<Audit>) + Send),
) -> Arc<Audit> {
    let services = terms.rulebook.service_ports();
    let services = services.as_slice();
    let mut observer = Observer::default();
    let mut seen = Vec::new();
    thread::scope(|scope| {
        let (ask, asked) = mpsc::sync_channel::<(Vec<CaptureSummary>, Observer)>(1);
        let (tell, told) = mpsc::sync_channel(1);
        let judging = scope.spawn(move || {
            for (captures, copy) in asked {
                let began = Instant::now();
                // The other threads are for the packets.
                let traffic = copy.finish(&|protocol, port| is_service(services, protocol, port));
                look(&Arc::new(judge(captures, Vec::new(), traffic, terms)));
                if tell.send(began.elapsed()).is_err() {
                    break;
                }
            }
        });
        let mut is_judging = false;
        let mut began = Instant::now();
        let mut next = began + LOOK_EVERY;
        let mut next_retiring = began + RETIRE_EVERY;
        while wave(&mut measurement, &mut observer, terms) {
            // The next wave may be long in coming.
            catch_up(&mut observer);
            let now = Instant::now();
            if now >= next_retiring {
                retire(&mut observer, services);
                next_retiring = Instant::now() + RETIRE_EVERY;
            }
            match told.try_recv() {
                Ok(took) => (is_judging, next) = (false, began + interval(took)),
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => break,
            }
            if is_judging || now < next {
                continue;
            }
            let captures = measurement.so_far();
            if captures != seen && captures.iter().any(|capture| capture.packets > 0) {
                let copy = observer.copied(|shards| shards.par_iter().cloned().collect());
                is_judging = ask.send((captures.clone(), copy)).is_ok();
                seen = captures;
            }
            (began, next) = (now, now + LOOK_EVERY);
        }
        drop(ask);
        if let Err(panic) = judging.join() {
            panic::resume_unwind(panic);
        }
    });
    let traffic = finish(observer, services);
    Arc::new(judge(measurement.finish(), Vec::new(), traffic, terms))
}

/// From the beginning of a look that took so long to that of the next one: half of a processor at most, however long the
/// tables have become.
fn interval(look: Duration) -> Duration {
    LOOK_EVERY.max(look * 2)
}

/// Reads a capture to its end. The same capture gives the same traffic for any number of threads and any range size:
/// ranges are decoded side by side, then joined in order, and each shard reads its share in that order.
pub fn observe(
    mut measurement: Measurement,
    terms: &Terms<'_>,
    progress: &mut dyn FnMut(&Measurement),
) -> (Vec<CaptureSummary>, Traffic) {
    let services = terms.rulebook.service_ports();
    let mut observer = Observer::default();
    while wave(&mut measurement, &mut observer, terms) {
        progress(&measurement);
    }
    catch_up(&mut observer);
    (measurement.finish(), finish(observer, &services))
}

/// Reads the capture of one measuring point again, once its traffic is known, for what can be told apart at another one.
pub fn trace(
    mut measurement: Measurement,
    traffic: &Traffic,
    progress: &mut dyn FnMut(&Measurement),
) -> Trace {
    let mut trace = Trace::new(traffic);
    loop {
        let jobs = measurement.next_wave();
        if jobs.is_empty() {
            return trace.finish();
        }
        let chunks = {
            let visit = |sightings: &mut Sightings, record: Record<'_>| trace.sight(sightings, &record);
            let outcomes = jobs.into_par_iter().map(|job| job.read(&visit)).collect();
            measurement.join(outcomes, &visit)
        };
        trace.absorb(chunks);
        progress(&measurement);
    }
}

/// Takes the next stretches of the capture through decoding and tracking, and meanwhile settles and measures those before
/// them; `false` at its end, and then the last ones wait for [`catch_up`].
fn wave(measurement: &mut Measurement, observer: &mut Observer, terms: &Terms<'_>) -> bool {
    let visit = |batch: &mut Batch, record: Record<'_>| match terms.filter {
        Some(filter) if !filter.selects(&record) => batch.pass_over(),
        _ => batch.push(&record, decode::decode(&record)),
    };
    let jobs = measurement.next_wave();
    if jobs.is_empty() {
        return false;
    }
    let batches = observer.batches(jobs.len());
    let outcomes =
        jobs.into_par_iter().zip(batches).map(|(job, batch)| job.read_into(batch, &visit)).collect();
    let wave = observer.open(measurement.join(outcomes, &visit));
    let mut shards = observer.lend();
    rayon::join(
        || observer.settle(),
        || shards.par_iter_mut().enumerate().for_each(|(own, shard)| shard.track(own, &wave)),
    );
    observer.take_back(shards);
    observer.close(wave);
    measure(observer);
    true
}

/// Settles and measures what the latest wave told.
fn catch_up(observer: &mut Observer) {
    let shards = observer.lend();
    observer.settle();
    observer.take_back(shards);
    measure(observer);
}

fn measure(observer: &mut Observer) {
    let (shards, announcements) = observer.measuring();
    shards.par_iter_mut().for_each(|shard| shard.measure(announcements));
}

/// What all waves together hold.
fn finish(mut observer: Observer, services: &[(TransportSpec, u16)]) -> Traffic {
    // In a thread that filled the tables: an allocator that keeps memory by thread has there what they give back.
    rayon::scope(|_| {
        let (dialogs, shards, spent) = observer.concluding();
        rayon::join(
            || dialogs.conclude(),
            || {
                shards.par_iter_mut().for_each(Shard::conclude);
                drop(spent);
            },
        );
        observer.finish(&|protocol, port| is_service(services, protocol, port))
    })
}

/// Lets what is over leave the tables of a capture that may run for days.
fn retire(observer: &mut Observer, services: &[(TransportSpec, u16)]) {
    let Some(now) = observer.before_retiring() else { return };
    let is_service = |protocol, port| is_service(services, protocol, port);
    observer.shards_mut().par_iter_mut().for_each(|shard| shard.retire(now, &is_service));
}

fn judge(
    mut captures: Vec<CaptureSummary>,
    passed_over: Vec<PassedOver>,
    mut traffic: Traffic,
    terms: &Terms<'_>,
) -> Audit {
    if let Some(stray) = traffic.quality.stray
        && let Some(capture) = captures.get_mut(usize::from(stray.frame.file()))
    {
        capture.leave_out(stray.time);
    }
    let book = terms.rulebook;
    let lore = Lore { roles: &book.roles, models: &book.models, identities: &book.identities };
    let site = site::identify(&traffic, lore, terms.hints);
    site::add_untold_calls(&mut traffic, &site, &book.roles);
    let mut audit = check::audit(captures, passed_over, traffic, site, book, terms.hints);
    audit.filter = terms.filter.map(|filter| filter.expression().into());
    audit
}

/// Whether a port is a documented service of a transport.
fn is_service(services: &[(TransportSpec, u16)], protocol: Protocol, port: u16) -> bool {
    let admits = |transport: TransportSpec| match protocol {
        Protocol::Udp => transport.admits_udp(),
        Protocol::Tcp => transport.admits_tcp(),
        _ => false,
    };
    services.iter().any(|(transport, known)| *known == port && admits(*transport))
}

#[cfg(test)]
mod tests {
    use samplegen::scenario::agfeo::{PBX, Site, T14};
    use samplegen::scenario::{Scenario, find};

    use super::*;
    use crate::capture::{Live, Settings, Timestamp, open};
    use crate::check::{Code, RowStatus, Verdict};
    use crate::compare::{Ledger, Turn};
    use crate::observe::Initiator;

    fn run<T>(scenario: &Scenario, range_bytes: u64, then: impl FnOnce(Measurement, &Terms<'_>) -> T) -> T {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), scenario.file()).unwrap();
        let rulebook = Rulebook::builtin().unwrap();
        let settings = Settings { range_bytes, ..Settings::default() };
        let measurement = open(&[file.path().to_path_buf()], settings).unwrap();
        then(measurement, &Terms { rulebook: &rulebook, hints: &Hints::default(), filter: None })
    }

    /// A site of which the user has stated nothing.
    fn site() -> Scenario {
        Scenario::new("site", "", Site::default().net().capture())
    }

    #[test]
    fn a_capture_passes_through_every_stage() {
        let audit = run(&site(), 1 << 20, |measurement, terms| check(measurement, terms, &mut |_| {}));
        assert_eq!(audit.captures[0].packets, site().capture.records.len() as u64);
        assert_eq!(audit.traffic.calls.len(), 1);
        assert_eq!(audit.site.device(T14.ip).map(|device| device.role.as_str()), Some("agfeo.phone.t14"));
        let registrar = audit.rows.iter().find(|row| &*row.row == "A12" && row.device == PBX.ip);
        assert_eq!(registrar.map(|row| row.status), Some(RowStatus::Used));
        assert_eq!(audit.verdict, Verdict::Pass, "{:?}", audit.findings);
    }

    #[test]
    fn the_size_of_the_ranges_changes_nothing() {
        let scenario = find("agfeo-lan").unwrap();
        let traffic = |range_bytes| {
            run(&scenario, range_bytes, |measurement, terms| {
                format!("{:?}", observe(measurement, terms, &mut |_| {}).1)
            })
        };
        let whole = traffic(1 << 20);
        assert!(whole.len() > 10_000);
        assert!(traffic(4096) == whole, "the traffic differs");
    }

    #[test]
    fn looks_take_half_of_a_processor_at_most() {
        for took in [1, 50, 400, 3_000].map(Duration::from_millis) {
            assert!(took.as_secs_f64() <= 0.5 * interval(took).as_secs_f64(), "{took:?}");
        }
        assert_eq!(interval(Duration::from_millis(200)), LOOK_EVERY);
    }

    #[test]
    fn a_file_whose_interfaces_are_not_in_order_of_time_shows_where_the_mark_is_lost() {
        let mut scenario = find("qos-002").unwrap();
        // As it is written where two interfaces are captured on: a tenth of a second of one, then of the other one, and
        // the one behind the router first.
        let is_bare = |data: &[u8]| data.get(15) == Some(&0);
        let records = &mut scenario.capture.records;
        let before = records.clone();
        records.sort_by_key(|record| (record.time / 100_000_000, !is_bare(&record.data)));
        assert_ne!(*records, before);
        let audit = run(&scenario, 1 << 20, |measurement, terms| check(measurement, terms, &mut |_| {}));
        let marks: Vec<_> = audit.findings.iter().map(crate::check::Finding::code).collect();
        assert!(marks.contains(&Code::Qos002) && !marks.contains(&Code::Qos001), "{marks:?}");
    }

    /// What was found, at whom, and how the rows stand.
    fn outcome(audit: &Audit) -> Vec<String> {
        let findings = audit.findings.iter().map(|finding| {
            let at = finding.subject.as_ref().map(|subject| subject.address);
            format!("{:?} {:?} {at:?}", finding.code(), finding.severity)
        });
        let rows = audit.rows.iter().map(|row| format!("{} {} {:?}", row.row, row.device, row.status));
        findings.chain(rows).collect()
    }

    #[test]
    fn what_has_left_the_tables_is_judged_as_before() {
        for scenario in samplegen::scenario::all() {
            let whole = run(&scenario, 1 << 20, |measurement, terms| check(measurement, terms, &mut |_| {}));
            let folded = run(&scenario, 1 << 20, |mut measurement, terms| {
                let services = terms.rulebook.service_ports();
                let is_service = |protocol, port| is_service(&services, protocol, port);
                let mut observer = Observer::default();
                while wave(&mut measurement, &mut observer, terms) {}
                catch_up(&mut observer);
                observer.before_retiring();
                let long_after = Timestamp(i64::MAX);
                observer.shards_mut().iter_mut().for_each(|shard| shard.retire(long_after, &is_service));
                judge(measurement.finish(), Vec::new(), observer.finish(&is_service), terms)
            });
            assert_eq!(outcome(&folded), outcome(&whole), "{}", scenario.name);
            let packets = |audit: &Audit| -> u64 {
                audit.traffic.flows.iter().map(|flow| flow.from_a.packets + flow.from_b.packets).sum()
            };
            assert_eq!(packets(&folded), packets(&whole), "{}", scenario.name);
            assert_eq!(folded.traffic.streams.len(), whole.traffic.streams.len(), "{}", scenario.name);
        }
    }

    /// What a live run tells of a capture that comes in real time, with a look every half second of its clock.
    fn turns(scenario: &Scenario) -> (Vec<Turn>, Audit) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), scenario.file()).unwrap();
        let rulebook = Rulebook::builtin().unwrap();
        let settings = Settings { range_bytes: 1 << 10, wave: 1, ..Settings::default() };
        let mut measurement = open(&[file.path().to_path_buf()], settings).unwrap();
        let terms = Terms { rulebook: &rulebook, hints: &Hints::default(), filter: None };
        let services = rulebook.service_ports();
        let is_service = |protocol, port| is_service(&services, protocol, port);
        let (mut observer, mut ledger, mut turns) = (Observer::default(), Ledger::default(), Vec::new());
        let mut next = None;
        while wave(&mut measurement, &mut observer, &terms) {
            let mut captures = measurement.so_far();
            captures[0].live = Some(Live { goes_on: true, ..Live::default() });
            let Some(now) = captures.iter().filter_map(|capture| capture.last).max() else { continue };
            if next.is_none_or(|next: Timestamp| now >= next) {
                let copy = observer.copied(|shards| shards.to_vec());
                turns.extend(ledger.update(&judge(captures, Vec::new(), copy.finish(&is_service), &terms)));
                next = Some(now.plus(500_000_000));
            }
        }
        let traffic = observer.finish(&is_service);
        let audit = judge(measurement.finish(), Vec::new(), traffic, &terms);
        turns.extend(ledger.update(&audit));
        (turns, audit)
    }

    #[test]
    fn nothing_is_told_that_the_next_seconds_take_back() {
        let mut found = Vec::new();
        for scenario in samplegen::scenario::all() {
            let (turns, audit) = turns(&scenario);
            // Loss was there, and its share falls while voice goes on; what blocks a registration is told as SIG-002 in the end, and
            // that a name server was away as a remark.
            let was_away = audit
                .remarks
                .iter()
                .any(|remark| matches!(remark.what, check::Observation::NameServerAway { .. }));
            let is_told_else = |code| match code {
                Code::Rtp003 => true,
                Code::Net001 => was_away,
                Code::Port003 => audit.findings.iter().any(|finding| finding.code() == Code::Sig002),
                _ => false,
            };
            let came = turns.iter().filter(|turn| turn.cleared.is_none());
            for turn in came.filter(|turn| !is_told_else(turn.finding.code())) {
                let of = |finding: &check::Finding| {
                    (finding.code(), finding.subject.clone(), finding.distinction())
                };
                // What was mended is in the report of the end; what is not was never there.
                if !audit.findings.iter().any(|finding| of(finding) == of(&turn.finding)) {
                    found.push(format!(
                        "{} {:?} {:?}",
                        scenario.name,
                        turn.finding.code(),
                        turn.finding.subject
                    ));
                }
            }
        }
        assert!(found.is_empty(), "{found:#?}");
    }

    #[test]
    fn a_connection_that_was_turned_away_is_told_once_no_second_try_mends_it() {
        let (turns, audit) = turns(&find("sig-007").unwrap());
        let told = turns.iter().find(|turn| turn.finding.code() == Code::Sig007).unwrap();
        let finding = audit.findings.iter().find(|finding| finding.code() == Code::Sig007).unwrap();
        // Its time has passed, or the capture is at its end.
        let (first, last) = (finding.evidence.first.unwrap(), audit.captures[0].last.unwrap());
        assert!(told.since.since(first) >= 5_000_000_000 || told.since == last, "{told:?}");
    }

    #[test]
    fn a_documented_service_tells_who_started() {
        let (_, traffic) =
            run(&site(), 1 << 20, |measurement, terms| observe(measurement, terms, &mut |_| {}));
        let sip = traffic
            .flows
            .iter()
            .find(|flow| flow.a.ip() == T14.ip && flow.b.ip() == PBX.ip && flow.b.port() == 389);
        assert_eq!(sip.map(|flow| flow.initiator), Some(Initiator::Handshake));
        let query = traffic.flows.iter().find(|flow| flow.b.port() == 53).unwrap();
        assert_eq!((query.a.ip(), query.initiator), (PBX.ip, Initiator::Service));
    }
}
