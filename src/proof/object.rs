//! What proof objects have in common, whatever is in them.

use super::json_text;
use serde::{Deserialize, Serialize};

/// The format's version, 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Version;

impl TryFrom<u32> for Version {
    type Error = String;
    fn try_from(version: u32) -> Result<Self, String> {
        if version == 1 { Ok(Self) } else { Err(format!("format version {version}, expected 1")) }
    }
}

impl From<Version> for u32 {
    fn from(_: Version) -> Self {
        1
    }
}

/// The length of a proof object as JSON, in bytes.
///
/// # Panics
/// If the object has no JSON form. Every proof object has one: numbers, names and lists.
#[must_use]
pub fn json_bytes(object: &impl Serialize) -> usize {
    json_text(object).get().len()
}
