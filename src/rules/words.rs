//! Single words of the entries: names, ports, numbers, patterns and texts.

use std::fmt::Display;
use std::ops::Range;
use std::str::FromStr;

use toml::Spanned;

use super::entry::Entries;
use super::raw::{RawText, Words};
use crate::config::{Problem, SourceText, Word};
use crate::site::{AppName, ModelId, PortSet, Ports, RoleId, Text};

/// What `observe` can tell by content, and what rule books commonly speak of beyond that. A rule book adds its
/// vendor's own with `protocols = [...]` in its `[document]`.
const PROTOCOLS: &[&str] = &[
    "arp", "capture", "capwap", "dhcp", "dns", "dtls", "http", "icmp", "igmp", "ldap", "lldp", "llmnr",
    "mdns", "mqtt", "netbios", "ntp", "openvpn", "quic", "rtcp", "rtp", "sip", "smtp", "snmp", "ssdp", "ssh",
    "stun", "syslog", "tftp", "tls", "vnc", "xmpp",
];

/// Advice for agent strings and host names.
pub(super) const GLOB_HELP: &str =
    "write it with * for any run of characters; upper or lower case does not matter";

impl Entries<'_> {
    pub(super) fn ports(&mut self, word: Option<&Spanned<Word>>) -> Option<Ports> {
        let word = word?;
        let help = "write 5060, \"6000-6063\", \"80, 443\", \"dynamic\", \"individual\" or \"unspecified\"";
        self.parse(&word.get_ref().0, word.span(), help)
    }

    pub(super) fn port_set(&mut self, word: &Spanned<Word>) -> Option<PortSet> {
        self.parse(&word.get_ref().0, word.span(), "write 5060, \"6000-6063\" or \"80, 443\"")
    }

    pub(super) fn roles(&mut self, names: &Words) -> Vec<RoleId> {
        names.iter().filter_map(|name| self.role(name)).collect()
    }

    pub(super) fn role(&mut self, name: &Spanned<String>) -> Option<RoleId> {
        let found = self.names.roles.get_key_value(name.get_ref().as_str()).map(|(role, _)| role.clone());
        if found.is_none() {
            let message = format!("no rule file declares the role `{}`", name.get_ref());
            self.complain(name.span(), message, "correct the spelling, or declare it with [[role]]");
        }
        found
    }

    pub(super) fn models(&mut self, names: &Words, roles: &[RoleId]) -> Vec<ModelId> {
        names.iter().filter_map(|name| self.named_model(name, roles)).collect()
    }

    pub(super) fn named_model(&mut self, name: &Spanned<String>, roles: &[RoleId]) -> Option<ModelId> {
        let found = self.names.models.get_key_value(name.get_ref().as_str());
        let Some((model, role)) = found else {
            let message = format!("no rule file declares the model `{}`", name.get_ref());
            self.complain(name.span(), message, "correct the spelling, or declare it with [[model]]");
            return None;
        };
        if !roles.contains(role) {
            let message = format!("`{model}` is a model of `{role}`, which this entry is not for");
            self.complain(name.span(), message, "name a model of the entry's own role");
        }
        Some(model.clone())
    }

    pub(super) fn protocols(&mut self, names: &Words) -> Vec<AppName> {
        names.iter().map(|name| self.protocol(name)).collect()
    }

    pub(super) fn protocol(&mut self, name: &Spanned<String>) -> AppName {
        let word = name.get_ref().as_str();
        if !PROTOCOLS.contains(&word) && !self.names.protocols.contains(word) {
            let help =
                format!("use one of {}; or add it to `protocols` of the [document]", PROTOCOLS.join(", "));
            self.complain(name.span(), format!("`{word}` is no protocol known here"), help);
        }
        AppName::from(word)
    }

    pub(super) fn up_to(&mut self, number: &Spanned<u64>, limit: u8, help: &str) -> u8 {
        let value = u8::try_from(*number.get_ref()).ok().filter(|value| *value <= limit);
        if value.is_none() {
            let message = format!("{} is too large; the limit is {limit}", number.get_ref());
            self.complain(number.span(), message, help);
        }
        value.unwrap_or_default()
    }

    pub(super) fn parse_all<T: FromStr>(&mut self, words: &Words, help: &str) -> Vec<T>
    where
        T::Err: Display,
    {
        words.iter().filter_map(|word| self.parse(word.get_ref(), word.span(), help)).collect()
    }

    pub(super) fn parse<T: FromStr>(&mut self, word: &str, span: Range<usize>, help: &str) -> Option<T>
    where
        T::Err: Display,
    {
        match word.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.complain(span, format!("{error}"), help);
                None
            }
        }
    }

    pub(super) fn text(&mut self, raw: RawText) -> Text {
        text(self.source, raw, self.problems)
    }

    pub(super) fn text_of(&mut self, text: Spanned<String>, what: &str) -> String {
        not_empty(self.source, text, what, self.problems)
    }

    pub(super) fn complain(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.problems.push(Problem::at(self.source, span, message, help));
    }
}

pub(super) fn text(source: &SourceText, raw: RawText, problems: &mut Vec<Problem>) -> Text {
    let de = not_empty(source, raw.de, "the German text", problems);
    Text { de, en: not_empty(source, raw.en, "the English text", problems) }
}

pub(super) fn not_empty(
    source: &SourceText,
    text: Spanned<String>,
    what: &str,
    problems: &mut Vec<Problem>,
) -> String {
    if text.get_ref().trim().is_empty() {
        problems.push(Problem::at(source, text.span(), format!("{what} is empty"), "write it out"));
    } else if text.get_ref().contains(char::is_control) {
        // Texts of rule books are printed to terminals as they are.
        let message = format!("{what} holds a control character");
        problems.push(Problem::at(
            source,
            text.span(),
            message,
            "remove it; line breaks are not needed either",
        ));
    }
    text.into_inner()
}
