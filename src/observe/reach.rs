//! Takes an address; says whether the Internet may see somebody under it, by the address alone: what a site calls its own is
//! for `site`.

use std::net::IpAddr;

/// Neither private nor only of this link, this host or a group: RFC 1918, 3927, 4193, 4291.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            !(v4.is_private()
                || v4.is_link_local()
                || v4.is_loopback()
                || v4.is_multicast()
                || v4.is_broadcast()
                || v4.is_unspecified())
        }
        IpAddr::V6(v6) => {
            !(v6.is_unique_local()
                || v6.is_unicast_link_local()
                || v6.is_loopback()
                || v6.is_multicast()
                || v6.is_unspecified())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::ip;
    use super::*;

    #[test]
    fn what_stays_in_the_lan_or_is_for_a_group_is_not_public() {
        let own = [
            "10.0.0.1",
            "172.31.0.1",
            "192.168.1.1",
            "169.254.1.1",
            "127.0.0.1",
            "0.0.0.0",
            "fd00::1",
            "fe80::1",
            "::1",
            "::",
        ];
        let groups = ["224.0.1.75", "255.255.255.255", "ff02::1"];
        assert!(own.iter().chain(&groups).all(|address| !is_public(ip(address))));
        assert!(["172.32.0.1", "203.0.113.9", "2001:db8::1"].iter().all(|address| is_public(ip(address))));
    }
}
