use serde::Serialize;

/// A term of a proof's test, and what it would gain if it were exact. What then holds in float64 is
/// no proof: it says what the term costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WhatIf {
    /// An identifier.
    pub id: &'static str,
    /// What would be exact, a few words.
    pub label: &'static str,
    /// What replaces what, a sentence.
    pub about: &'static str,
    /// Inputs that would hold besides those that are proven.
    #[serde(serialize_with = "decimal")]
    pub inputs: u128,
}

fn decimal<S: serde::Serializer>(inputs: &u128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(inputs)
}
