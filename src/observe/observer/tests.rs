use super::*;
use crate::decode::NotIp;

#[test]
fn kinds_without_end_are_summed_up_in_the_order_of_their_records() {
    let kind = |number: u16| Skip::NotIp(NotIp::Snap([1, 2, 3], number));
    // The later the record, the lower its number.
    let records: Vec<Skip> = (0..1_000).map(|nth| kind(999 - nth)).collect();
    let sums = |block: usize| {
        let mut sums = BTreeMap::new();
        for records in records.chunks(block) {
            let mut batch = Batch::default();
            for (index, reason) in (0..).zip(records) {
                batch.skipped.entry(*reason).or_insert((index, 0)).1 += 1;
            }
            note_skipped(&mut sums, &batch);
        }
        sums
    };
    let whole = sums(1_000);
    assert_eq!(whole.len(), SKIPS_KEPT + 1);
    assert_eq!((whole[&kind(999)], whole[&Skip::Rest]), (1, 1_000 - SKIPS_KEPT as u64));
    assert_eq!(sums(7), whole);
}

#[test]
fn an_address_that_is_only_offered_is_nobodys() {
    use dhcp::MessageType::{Ack, Offer};
    let hosts = |kind| {
        let mut bytes = [0; 240];
        (bytes[0], bytes[1], bytes[2]) = (2, 1, 6);
        bytes[16..20].copy_from_slice(&[192, 168, 10, 21]);
        bytes[28..34].copy_from_slice(&[0, 0x0b, 0x82, 1, 2, 3]);
        bytes[236..240].copy_from_slice(&[99, 130, 83, 99]);
        let mut message = dhcp::read(&bytes).unwrap();
        message.kind = kind;
        let mut observer = Observer::default();
        observer.dhcp(Frame::new(0, 2), &message);
        observer.hosts.finish(&[]).len()
    };
    assert_eq!((hosts(Some(Offer)), hosts(Some(Ack)), hosts(None)), (0, 1, 1), "BOOTP has no offers");
}
