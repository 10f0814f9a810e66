//! How a certificate says that a weights file is read.

use crate::checker::json::Object;

/// How a file is to be read, as far as its tensors do not tell.
pub(super) struct Read {
    /// Which of several networks in the file.
    pub(super) instance: usize,
    /// The constant attention of a transformer, and whether the right token has the second half of
    /// the vocabulary.
    pub(super) constant: Option<(f64, bool)>,
}

impl Read {
    pub(super) fn new(mut field: Object) -> Result<Self, String> {
        let instance = field.take("instance")?;
        let attention = field.optional_text("attention")?;
        let vocabulary = field.optional_text("vocabulary")?;
        field.nothing_else()?;
        let constant = match (attention.as_deref(), vocabulary.as_deref()) {
            (None, None) => None,
            (Some("one"), Some("shared")) => Some((1.0, false)),
            (Some("one"), Some("halves")) => Some((1.0, true)),
            (Some("half"), Some("shared")) => Some((0.5, false)),
            (Some("half"), Some("halves")) => Some((0.5, true)),
            (Some("softmax"), _) => {
                return Err("networks with softmax attention are not checked here".into());
            }
            _ => return Err("unknown attention or vocabulary".into()),
        };
        Ok(Self { instance, constant })
    }

    /// The network that the theorem is about, in the theorem's words.
    pub(super) fn in_theorem(&self) -> String {
        let instance = match self.instance {
            0 => String::new(),
            number => format!(", its network number {number} from 0 on,"),
        };
        let constant = self.constant.map_or(String::new(), |(attention, has_halves)| {
            let attention = if attention == 1.0 { "1" } else { "1/2" };
            let vocabulary = match has_halves {
                false => "one vocabulary for both tokens",
                true => "the first half of the vocabulary for x, the second for y",
            };
            format!(", read with constant attention of {attention} to each token and {vocabulary},")
        });
        instance + &constant
    }

    /// Names the assumptions about the network, in words.
    pub(super) fn network(&self) -> String {
        match self.constant {
            None => "Two tokens, one hidden layer with ReLU.".into(),
            Some(_) => "One layer, an MLP with ReLU, no layer norm, constant attention.".into(),
        }
    }
}
