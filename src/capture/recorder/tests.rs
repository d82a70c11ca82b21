use super::*;

fn block_of(byte: u8, length: usize) -> Arc<Vec<u8>> {
    let mut bytes = Vec::new();
    block::packet(&mut bytes, 0, 0, length as u32, &vec![byte; length]);
    Arc::new(bytes)
}

fn interfaces() -> Vec<u8> {
    let mut bytes = Vec::new();
    block::interface(&mut bytes, "eth1", 1, 0, true);
    bytes
}

/// Pushes as fast as the recorder takes, so that nothing is missed.
fn push(feed: &Feed, block: &Arc<Vec<u8>>) {
    feed.sender.send(Message::Block(Stretch::of(block, 1))).unwrap();
}

fn packets(path: &Path) -> u64 {
    let mut measurement =
        crate::capture::open(&[path.to_path_buf()], crate::capture::Settings::default()).unwrap();
    loop {
        let jobs = measurement.next_wave();
        if jobs.is_empty() {
            break;
        }
        let outcomes = jobs.into_iter().map(|job| job.read(&|_: &mut (), _| {})).collect();
        measurement.join(outcomes, &|_: &mut (), _| {});
    }
    measurement.finish().iter().map(|capture| capture.packets).sum()
}

#[test]
fn a_ring_keeps_the_latest_files() {
    let place = tempfile::tempdir().unwrap();
    let ring = Ring { path: place.path().join("all.pcapng"), file_bytes: 10_000, files: 3 };
    let recording = Recording { ring: Some(ring), evidence: None };
    let (feed, _, recorder) = start(recording, interfaces()).unwrap();
    (0..100).for_each(|byte| push(&feed, &block_of(byte, 1_000)));
    drop(feed);
    let recorded = recorder.finish();
    let names: Vec<_> =
        recorded.files.iter().map(|path| path.file_name().unwrap().to_string_lossy()).collect();
    assert_eq!(names, ["all_00008.pcapng", "all_00009.pcapng", "all_00010.pcapng"]);
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 3);
    assert_eq!((recorded.missed, recorded.trouble), (0, Vec::<String>::new()));
    assert_eq!(packets(&recorded.files[0]), 10);
}

#[test]
fn a_ring_goes_on_where_somebody_takes_its_files_away() {
    let place = tempfile::tempdir().unwrap();
    let ring = Ring { path: place.path().join("all.pcapng"), file_bytes: 10_000, files: 3 };
    let file = |number| numbered(&ring.path, number);
    let mut writer =
        Writer::new(Recording { ring: Some(ring.clone()), evidence: None }, interfaces()).unwrap();
    let write = |writer: &mut Writer, blocks: u8| {
        (0..blocks).for_each(|byte| writer.write_ring(&Stretch::of(&block_of(byte, 1_000), 1)));
    };
    write(&mut writer, 25);
    fs::remove_file(file(1)).unwrap();
    write(&mut writer, 10);
    assert!(writer.ring.is_some());
    let trouble = || writer.trouble.lock().unwrap().clone();
    assert_eq!((trouble().len(), file(1).exists(), file(4).exists()), (0, false, true));
    // A directory in the place of the oldest file cannot be removed as a file.
    fs::remove_file(file(2)).unwrap();
    fs::create_dir(file(2)).unwrap();
    write(&mut writer, 10);
    assert!(writer.ring.is_some() && file(5).exists(), "it is one too many and no more");
    let trouble = writer.done().trouble;
    assert_eq!(trouble.len(), 1, "{trouble:?}");
    assert!(trouble[0].starts_with(&file(2).display().to_string()), "{trouble:?}");
}

#[test]
fn evidence_holds_what_came_before_and_after() {
    let place = tempfile::tempdir().unwrap();
    let recording = Recording { ring: None, evidence: Some(place.path().join("evidence")) };
    let (feed, _, recorder) = start(recording, interfaces()).unwrap();
    (0..5).for_each(|byte| push(&feed, &block_of(byte, 100)));
    recorder.note("now-QOS-001", "QOS-001: what it is");
    recorder.note("now-RTP-001", "comes meanwhile");
    (5..8).for_each(|byte| push(&feed, &block_of(byte, 100)));
    drop(feed);
    let recorded = recorder.finish();
    assert_eq!(recorded.files, [place.path().join("evidence/now-QOS-001.pcapng")]);
    assert_eq!(packets(&recorded.files[0]), 8);
    let text = fs::read(&recorded.files[0]).unwrap();
    assert!(String::from_utf8_lossy(&text).contains("QOS-001: what it is"));
}

#[test]
fn evidence_of_earlier_runs_makes_room_oldest_first() {
    let place = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: u64| {
        File::create(place.path().join(name)).unwrap().set_len(bytes).unwrap();
    };
    file("20260301-080000-QOS-001.pcapng", MOST_EVIDENCE / 2);
    file("20260302-080000-QOS-001.pcapng", MOST_EVIDENCE / 2);
    file("20260303-080000-RTP-003.pcapng", 1);
    for others in ["20200101-trace.pcapng", "all_00001.pcapng", "20200101-080000-QOS-001.txt"] {
        file(others, MOST_EVIDENCE);
    }
    let recording = Recording { ring: None, evidence: Some(place.path().to_path_buf()) };
    let (feed, _, recorder) = start(recording, interfaces()).unwrap();
    drop(feed);
    recorder.finish();
    let mut left: Vec<_> =
        fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(
        left,
        [
            "20200101-080000-QOS-001.txt",
            "20200101-trace.pcapng",
            "20260302-080000-QOS-001.pcapng",
            "20260303-080000-RTP-003.pcapng",
            "all_00001.pcapng"
        ]
    );
}

#[test]
fn a_place_that_cannot_be_written_to_is_told_at_once() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    fs::write(&file, "").unwrap();
    let recording = Recording { ring: None, evidence: Some(file.join("below")) };
    assert!(start(recording, interfaces()).is_err());
}

#[test]
fn each_frame_is_known_by_its_number_in_its_file() {
    let place = tempfile::tempdir().unwrap();
    let ring = Ring { path: place.path().join("all.pcapng"), file_bytes: 10_000, files: 2 };
    let file = |number| numbered(&ring.path, number);
    let recording = Recording { ring: Some(ring.clone()), evidence: None };
    let (feed, records, recorder) = start(recording, interfaces()).unwrap();
    // Ten blocks of a frame fill a file; the 26th is lost to a slow disk.
    for nth in (1..=35).filter(|nth| *nth != 26) {
        let stretch = Stretch::of(&block_of(nth as u8, 1_000), nth);
        feed.sender.send(Message::Block(stretch)).unwrap();
    }
    let live = crate::capture::Live { written: records.list(true), ..Default::default() };
    for (frame, expected) in [
        (10, None),
        (20, None),
        (21, Some((file(3), 1))),
        (25, Some((file(3), 5))),
        (26, None),
        (27, Some((file(3), 6))),
        (31, Some((file(3), 10))),
        (32, Some((file(4), 1))),
        (35, Some((file(4), 4))),
        (36, None),
    ] {
        let place = live.place(frame).map(|(path, number)| (path.to_path_buf(), number));
        assert_eq!(place, expected, "{frame}: {:?}", live.written);
    }
    drop((feed, records));
    recorder.finish();
}

#[test]
fn what_the_disk_does_not_take_is_counted() {
    let (sender, _receiver) = sync_channel(1);
    let mut feed = Feed { sender, missed: Arc::default(), frames: 0 };
    (0..3).for_each(|byte| feed.push(&block_of(byte, 10)));
    assert_eq!(feed.missed.load(Ordering::Relaxed), 2);
}
