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
