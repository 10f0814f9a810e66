//! How a certificate says that a weights file is read.

use crate::checker::json::Object;

/// How a file is to be read, as far as its tensors do not tell.
pub(super) struct Read {
    /// Which of several networks in the file.
    pub(super) instance: usize,
    /// How a transformer attends, and whether the right token has the second half of the
    /// vocabulary.
    pub(super) transformer: Option<(Attention, bool)>,
}

/// How the second position of a transformer attends to both.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Attention {
    /// Constantly: this much to each.
    Constant(f64),
    /// By the softmax of scores that are divided by `√d_head`.
    Softmax,
}

impl Read {
    pub(super) fn new(mut field: Object) -> Result<Self, String> {
        let instance = field.take("instance")?;
        let attention = field.optional_text("attention")?;
        let vocabulary = field.optional_text("vocabulary")?;
        field.nothing_else()?;
        let transformer = match (attention.as_deref(), vocabulary.as_deref()) {
            (None, None) => None,
            (Some(attention), Some(vocabulary)) => {
                let attention = match attention {
                    "one" => Attention::Constant(1.0),
                    "half" => Attention::Constant(0.5),
                    "softmax" => Attention::Softmax,
                    _ => return Err("unknown attention".into()),
                };
                match vocabulary {
                    "shared" => Some((attention, false)),
                    "halves" => Some((attention, true)),
                    _ => return Err("unknown vocabulary".into()),
                }
            }
            _ => return Err("expected both of `attention` and `vocabulary`, or neither".into()),
        };
        Ok(Self { instance, transformer })
    }

    /// The network that the theorem is about, in the theorem's words.
    pub(super) fn in_theorem(&self) -> String {
        let instance = match self.instance {
            0 => String::new(),
            number => format!(", its network number {number} from 0 on,"),
        };
        let transformer = self.transformer.map_or(String::new(), |(attention, has_halves)| {
            let attention = match attention {
                Attention::Constant(1.0) => "constant attention of 1 to each token",
                Attention::Constant(_) => "constant attention of 1/2 to each token",
                Attention::Softmax => "softmax attention, scores divided by √d_head",
            };
            let vocabulary = match has_halves {
                false => "one vocabulary for both tokens",
                true => "the first half of the vocabulary for x, the second for y",
            };
            format!(", read with {attention} and {vocabulary},")
        });
        instance + &transformer
    }

    /// Names the assumptions about the network, in words.
    pub(super) fn network(&self) -> String {
        let attention = match self.transformer {
            None => return "Two tokens, one hidden layer with ReLU.".into(),
            Some((Attention::Constant(_), _)) => "constant attention",
            Some((Attention::Softmax, _)) => "softmax attention",
        };
        format!("One layer, an MLP with ReLU, no layer norm, {attention}.")
    }
}
