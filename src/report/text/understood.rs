//! Takes who of a call encrypts its voice and who does not, or who tells by RTCP that it gets none; says what that means, in both
//! languages. Does not judge it.

use crate::report::language::Language::{self, De, En};

pub(super) fn half_encrypted(by: &str, other: &str, language: Language) -> String {
    match language {
        De => format!(
            "{by} sendet verschlüsselt (SRTP, nach der Paketlänge), {other} hat das im SDP nicht angenommen und sendet unverschlüsselt: \
             Wahrscheinlich ist auf beiden Seiten nichts zu verstehen"
        ),
        En => format!(
            "{by} sends encrypted (SRTP, by the length of its packets), {other} did not accept that in SDP and sends in clear: most likely \
             nothing can be understood on either side"
        ),
    }
}

/// That the sender reports of a side have no report block.
pub(super) fn deaf(host: &str, language: Language) -> String {
    match language {
        De => format!(
            "{host} sendet RTCP-Berichte ohne ein Wort über empfangene Sprache, obwohl die Gegenseite spricht: Wahrscheinlich kommt bei \
             {host} nichts an (Firewall, Weg hinter der Messstelle)"
        ),
        En => format!(
            "{host} sends RTCP reports without a word about voice it got, although the other side speaks: most likely nothing reaches {host} \
             (firewall, the way behind the measuring point)"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_encrypts_alone_is_named() {
        let told = |language| half_encrypted("192.168.10.21", "192.168.10.2", language);
        assert!(told(De).starts_with("192.168.10.21 sendet verschlüsselt"), "{}", told(De));
        assert!(told(En).contains("192.168.10.2 did not accept"), "{}", told(En));
    }
}
