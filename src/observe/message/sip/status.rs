//! Takes a status code of SIP, gives the phrase of the RFC that names it.

/// `Busy Here` of 486; nothing where none of RFC 3261, 3262, 3265, 4028, 6665 names it.
pub(crate) fn standard_phrase(status: u16) -> Option<&'static str> {
    PHRASES.iter().find(|(known, _)| *known == status).map(|(_, phrase)| *phrase)
}

/// RFC 3261 section 21, and the codes that RFC 4028, 6665 and 8599 added and telephones send.
pub(crate) const PHRASES: [(u16, &str); 42] = [
    (100, "Trying"),
    (180, "Ringing"),
    (181, "Call Is Being Forwarded"),
    (182, "Queued"),
    (183, "Session Progress"),
    (200, "OK"),
    (202, "Accepted"),
    (300, "Multiple Choices"),
    (301, "Moved Permanently"),
    (302, "Moved Temporarily"),
    (305, "Use Proxy"),
    (380, "Alternative Service"),
    (400, "Bad Request"),
    (401, "Unauthorized"),
    (402, "Payment Required"),
    (403, "Forbidden"),
    (404, "Not Found"),
    (405, "Method Not Allowed"),
    (406, "Not Acceptable"),
    (407, "Proxy Authentication Required"),
    (408, "Request Timeout"),
    (410, "Gone"),
    (415, "Unsupported Media Type"),
    (416, "Unsupported URI Scheme"),
    (420, "Bad Extension"),
    (422, "Session Interval Too Small"),
    (423, "Interval Too Brief"),
    (480, "Temporarily Unavailable"),
    (481, "Call Does Not Exist"),
    (482, "Loop Detected"),
    (483, "Too Many Hops"),
    (484, "Address Incomplete"),
    (486, "Busy Here"),
    (487, "Request Terminated"),
    (488, "Not Acceptable Here"),
    (491, "Request Pending"),
    (500, "Server Internal Error"),
    (501, "Not Implemented"),
    (503, "Service Unavailable"),
    (504, "Server Time-out"),
    (600, "Busy Everywhere"),
    (603, "Decline"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_stands_once() {
        assert!(PHRASES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!((standard_phrase(486), standard_phrase(699)), (Some("Busy Here"), None));
    }
}
