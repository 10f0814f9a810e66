use super::Why;
use serde::Serialize;

/// A term or another step of a proof, and what it would gain if it were exact. What then holds in
/// float64 is no proof: it says what the step costs.
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

impl WhatIf {
    /// What would win back the `inputs` that are lost for a reason other than an inexact term;
    /// `None` for terms and for what nothing wins back.
    pub(super) fn instead(why: Why, inputs: u128) -> Option<Self> {
        let (label, about) = match why {
            Why::Gap => (
                "No gap",
                "The test holds in these cases; it would count tokens inside the gap as well.",
            ),
            Why::Tokens => (
                "No token ruled out",
                "A token is ruled out where its copies alone fail the test. In most inputs harmless tokens stand beside it.",
            ),
            Why::NotExcluded => (
                "An exact count",
                "Going through the inputs of these cases, instead of bounding how many may be wrong.",
            ),
            Why::Left => {
                ("No case left out", "An exact count of the cases that the proof does not try.")
            }
            _ => return None,
        };
        Some(Self { id: why.id(), label, about, inputs })
    }
}

fn decimal<S: serde::Serializer>(inputs: &u128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(inputs)
}
