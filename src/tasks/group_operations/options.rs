//! How a file is read, for all that its tensors cannot say.

use crate::models::two_token::{Attention, Vocabulary};
use crate::weights::plain_json;
use crate::weights::text::quoted;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How a file is read, for all that its tensors cannot say. `None` is what the file says or, if it
/// says nothing, what makes the most inputs right.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The group's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The group's Cayley table, row `x` holding the products `x · y`; a name goes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cayley: Option<Vec<Vec<usize>>>,
    /// Which of several networks in the file, from 0 on.
    pub instance: usize,
    /// How a transformer attends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attention: Option<Attention>,
    /// Which rows of its embedding the two tokens of a transformer have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vocabulary: Option<Vocabulary>,
}

impl Options {
    /// Reads the options from JSON.
    ///
    /// # Errors
    /// If the text is something else.
    pub fn read(json: &str) -> Result<Self, String> {
        plain_json::from_slice(json.as_bytes())
            .map_err(|error| format!("not a way to read a file: {}", quoted(&error.to_string())))
    }
}

/// The end of `the weights file F`: `, read with …`; nothing where all is said by the tensors.
impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.instance > 0 {
            write!(f, ", its network number {} from 0 on,", self.instance)?;
        }
        if let (Some(attention), Some(vocabulary)) = (self.attention, self.vocabulary) {
            write!(f, ", read with {attention} and {vocabulary},")?;
        }
        Ok(())
    }
}
