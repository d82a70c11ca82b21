//! Takes rows of hosts; keeps as many as there is room for. Where it is full, the host that takes the most room gives up its
//! oldest: a computer that looks at a hundred web sites must not crowd out the one name that a telephone asks for. Does not
//! know what the rows tell.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// What a host has at least, whoever else comes.
const LEAST: usize = 32;

/// Rows by host, and under which key.
#[derive(Clone, Debug)]
pub(super) struct Shares<K, V> {
    by_host: BTreeMap<IpAddr, BTreeMap<K, Row<V>>>,
    /// How many each has.
    sizes: BTreeSet<(usize, IpAddr)>,
    rows: usize,
    most: usize,
    next: u64,
}

#[derive(Clone, Debug)]
struct Row<V> {
    /// Counts up.
    age: u64,
    value: V,
}

impl<K: Ord, V> Shares<K, V> {
    /// With room for so many rows.
    pub(super) fn of(most: usize) -> Self {
        Self { by_host: BTreeMap::new(), sizes: BTreeSet::new(), rows: 0, most, next: 0 }
    }

    /// The row of a host, if it is there.
    pub(super) fn get_mut(&mut self, host: IpAddr, key: &K) -> Option<&mut V> {
        self.by_host.get_mut(&host)?.get_mut(key).map(|row| &mut row.value)
    }

    /// Adds a row that is not there yet; `None` if there is no room, since no host has more than its due.
    pub(super) fn insert(&mut self, host: IpAddr, key: K, value: V) -> Option<&mut V> {
        if self.rows >= self.most && !self.make_room() {
            return None;
        }
        self.next += 1;
        let own = self.by_host.entry(host).or_default();
        self.sizes.remove(&(own.len(), host));
        self.sizes.insert((own.len() + 1, host));
        self.rows += 1;
        let row = own.entry(key).or_insert(Row { age: self.next, value });
        Some(&mut row.value)
    }

    /// The host with the most rows gives up a quarter of them.
    fn make_room(&mut self) -> bool {
        let Some(&(size, host)) = self.sizes.last().filter(|(size, _)| *size > LEAST) else { return false };
        let Some(own) = self.by_host.get_mut(&host) else { return false };
        let mut ages: Vec<u64> = own.values().map(|row| row.age).collect();
        let (_, &mut until, _) = ages.select_nth_unstable(size / 4);
        own.retain(|_, row| row.age > until);
        self.sizes.remove(&(size, host));
        self.sizes.insert((own.len(), host));
        self.rows -= size - own.len();
        true
    }

    /// All rows, ordered by host and key.
    pub(super) fn into_rows(self) -> impl Iterator<Item = (IpAddr, K, V)> {
        let hosts = self.by_host.into_iter();
        hosts.flat_map(|(host, own)| own.into_iter().map(move |(key, row)| (host, key, row.value)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::ip;
    use super::*;

    #[test]
    fn who_has_the_most_makes_room_and_what_came_first_goes() {
        let mut shares = Shares::of(200);
        let (telephone, computer) = (ip("192.168.10.21"), ip("192.168.10.99"));
        assert!(shares.insert(telephone, 1, "a").is_some());
        for key in 0..1_000 {
            assert!(shares.insert(computer, key, "b").is_some());
        }
        assert!(shares.insert(telephone, 2, "c").is_some());
        assert!(shares.get_mut(telephone, &1).is_some() && shares.get_mut(computer, &999).is_some());
        assert!(shares.get_mut(computer, &5).is_none(), "one of the first");
        let rows: Vec<(IpAddr, i32, &str)> = shares.into_rows().collect();
        assert!((100..=200).contains(&rows.len()), "{}", rows.len());
        assert_eq!(rows[..2], [(telephone, 1, "a"), (telephone, 2, "c")]);
    }

    #[test]
    fn where_all_have_few_there_is_no_room() {
        let mut shares = Shares::of(LEAST * 4);
        for host in 1..=4 {
            (0..LEAST)
                .for_each(|key| assert!(shares.insert(ip(&format!("10.0.0.{host}")), key, ()).is_some()));
        }
        assert!(shares.insert(ip("10.0.0.9"), 0, ()).is_none());
        assert_eq!(shares.into_rows().count(), LEAST * 4);
    }
}
