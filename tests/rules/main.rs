//! The rule books that are shipped, checked against the vendors' documents, and what the loader says about broken ones.

#[cfg(test)]
mod broken;
#[cfg(test)]
mod inventory;
#[cfg(test)]
mod site_file;
#[cfg(test)]
mod traps;

#[cfg(test)]
fn book() -> pbxray::rules::Rulebook {
    pbxray::rules::Rulebook::builtin().unwrap_or_else(|errors| panic!("{errors}"))
}
