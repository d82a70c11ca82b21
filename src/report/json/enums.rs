//! Takes an enum of the program, declares the published one with the way there, and back where there are no values.

/// An enum of the program under its published names.
macro_rules! published {
    ($(#[$doc:meta])* $name:ident from $source:ty { $($variant:ident $({ $($rest:tt)* })? $(($($any:tt)*))?),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub(in crate::report) enum $name { $($variant,)* }

        impl From<$source> for $name {
            fn from(value: $source) -> Self {
                type Source = $source;
                match value { $(Source::$variant $({ $($rest)* })? $(($($any)*))? => Self::$variant,)* }
            }
        }
    };
}

/// The same for an enum without values, and the way back.
macro_rules! published_both_ways {
    ($(#[$doc:meta])* $name:ident from $source:ty { $($variant:ident),* $(,)? }) => {
        published! { $(#[$doc])* $name from $source { $($variant),* } }

        impl From<$name> for $source {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => Self::$variant,)* }
            }
        }
    };
}
