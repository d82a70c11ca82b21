//! Takes what a device calls itself, gives the words in it that are of this one device: hardware addresses and serial
//! numbers, which some telephones put into their User-Agent. Product and version are no secret.

/// Shortest serial number, and how many of its characters are digits at the least: versions are shorter or have points.
const LEAST_SERIAL: usize = 8;
const LEAST_DIGITS: usize = 6;

/// The words that tell one device from others of its kind.
pub(super) fn serials(agent: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| {
        c.is_whitespace() || matches!(c, ';' | '/' | '(' | ')' | ',' | '=' | '"' | '[' | ']' | '<' | '>')
    };
    agent.split(ends).filter(|word| is_hardware_address(word) || is_serial(word))
}

/// `0c383e63963b`, `0c:38:3e:63:96:3b`, `0C-38-3E-63-96-3B`.
fn is_hardware_address(word: &str) -> bool {
    let digits: String = word.chars().filter(|c| !matches!(c, ':' | '-')).collect();
    digits.len() == 12
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        && digits.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_serial(word: &str) -> bool {
    let is_plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    is_plain && word.len() >= LEAST_SERIAL && digits >= LEAST_DIGITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_one_device_is_found_and_its_kind_is_not() {
        let found = |agent| serials(agent).collect::<Vec<_>>();
        assert_eq!(found("Fanvil X303 2.12.18.9 0c383e63963b"), ["0c383e63963b"]);
        assert_eq!(
            found("Auerswald COMfortel WS-500M/V2.53.0+build7;00:09:52:01:02:03"),
            ["00:09:52:01:02:03"]
        );
        assert_eq!(found("phone/1.0 (S/N 7C2F80A1234567)"), ["7C2F80A1234567"]);
        for kind in [
            "Yealink SIP-T46S 66.85.0.5",
            "snomD785/10.1.84.12",
            "AGFEO T14 SIP 2.14.1",
            "kamailio (5.4.0 (x86_64/linux))",
            "AVM FRITZ!Box Fon WLAN 7170 29.04.88",
            "Asterisk PBX 16.8.0",
            "Grandstream GXP2170 1.0.11.46",
        ] {
            assert!(found(kind).is_empty(), "{kind}");
        }
    }
}
