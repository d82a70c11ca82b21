//! Takes link types, gives their registered names.

use crate::capture::LinkType;

/// The name behind `LINKTYPE_` in the tcpdump.org registry, `147` for one that is not usual in the field.
pub(crate) fn name(link: LinkType) -> String {
    let name = match link.0 {
        0 => "NULL",
        1 => "ETHERNET",
        9 => "PPP",
        101 => "RAW",
        104 => "C_HDLC",
        105 => "IEEE802_11",
        108 => "LOOP",
        113 => "LINUX_SLL",
        127 => "IEEE802_11_RADIOTAP",
        192 => "PPI",
        195 => "IEEE802_15_4_WITHFCS",
        227 => "CAN_SOCKETCAN",
        228 => "IPV4",
        229 => "IPV6",
        276 => "LINUX_SLL2",
        other => return other.to_string(),
    };
    name.to_owned()
}
