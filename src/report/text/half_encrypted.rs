//! Takes who of a call encrypts its voice and who does not; says what that means, in both languages.

use crate::report::language::Language::{self, De, En};

pub(super) fn note(by: &str, other: &str, language: Language) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_encrypts_alone_is_named() {
        let told = |language| note("192.168.10.21", "192.168.10.2", language);
        assert!(told(De).starts_with("192.168.10.21 sendet verschlüsselt"), "{}", told(De));
        assert!(told(En).contains("192.168.10.2 did not accept"), "{}", told(En));
    }
}
