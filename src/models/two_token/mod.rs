//! The network with two tokens and one hidden layer, which transformers with constant attention
//! and the networks of the groups literature are:
//!
//! ```text
//! f(z | x, y) = Σ_i U[z, i] · ReLU(L[x, i] + R[y, i] + b_i) + D_L[z, x] + D_R[z, y] + β[z]
//! ```
//!
//! (softmax attention adds `Σ_h p_h(x, y) (A_h[x, i] − B_h[y, i])` to a neuron's input, and
//! likewise to logits, see [`Head`]). `x` and `y` are the tokens, `z` an output, `i` one of `m`
//! neurons. A file may store the factors of these matrices: they are multiplied out once, and every
//! number remembers what its rounding can amount to ([`Folded`]), so that a proof is about the
//! file's own numbers.

mod decoder;
mod error;
mod folded;
mod head;
mod load;
mod logits;
mod magnitudes;
mod tensors;
#[cfg(test)]
pub(crate) mod testing;

pub use decoder::{Attention, UnknownAttention, Vocabulary};
pub use error::NetworkError;
pub use folded::Folded;
pub use head::Head;
pub use load::{Reading, instances, is_two_token, readings};
pub use logits::Logits;
pub use magnitudes::Magnitudes;

use crate::linalg::Matrix;

/// Most tokens in a vocabulary.
pub const MAX_TOKENS: usize = 512;
/// Most outputs.
pub const MAX_OUTPUTS: usize = 1024;
/// Most neurons.
pub const MAX_NEURONS: usize = 4096;
/// Sums of absolute values larger than this are refused, so that no product of a proof overflows:
/// `2³⁰⁰`.
pub const MAX_MAGNITUDE: f64 = 2.037_035_976_334_486e90;

/// The sizes of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Left tokens `x`.
    pub left: usize,
    /// Right tokens `y`.
    pub right: usize,
    /// Outputs `z`.
    pub outputs: usize,
    /// Neurons `i`.
    pub neurons: usize,
}

/// The exact weights of a network, see [the module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// `L`, `[x, m]`.
    pub left: Folded,
    /// `R`, `[y, m]`.
    pub right: Folded,
    /// `b`, `[1, m]`.
    pub hidden_bias: Folded,
    /// `U`, `[z, m]`.
    pub unembed: Folded,
    /// The transposes of `D_L` and `D_R`, `[x, z]` and `[y, z]`; `None` where there are no paths
    /// around the neurons.
    pub direct: Option<(Folded, Folded)>,
    /// `β`, `[1, z]`.
    pub bias: Folded,
    /// Heads of softmax attention, only beside direct paths.
    pub heads: Vec<Head>,
    /// FLOPs of the attention of all heads to one input.
    pub attention_flops: f64,
}

/// What is added to logits beside the neurons.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Direct {
    /// `β`, `[1, z]`.
    Bias(Folded),
    /// `D_L` and `D_R`, `[x, z]` and `[y, z]`, each with one half of `β`.
    Paths(Folded, Folded),
}

/// A network with two tokens and one hidden layer.
#[derive(Clone, Debug, PartialEq)]
pub struct TwoToken {
    /// `L + b/2`, `[x, m]`. Each side has one half of the bias, so that they are equal where a
    /// network treats both tokens alike.
    pub(crate) left: Folded,
    /// `R + b/2`, `[y, m]`.
    pub(crate) right: Folded,
    /// `U`, `[z, m]`.
    pub(crate) unembed: Folded,
    pub(crate) direct: Direct,
    pub(crate) heads: Vec<Head>,
    attention_flops: f64,
}

impl TwoToken {
    /// A network of these weights.
    ///
    /// # Errors
    /// If shapes do not fit each other, sizes are out of range, or numbers are not finite or too
    /// large.
    pub fn new(weights: Weights) -> Result<Self, NetworkError> {
        let Weights { left, right, hidden_bias, unembed, direct, bias, heads, attention_flops } =
            weights;
        let shape = Shape {
            left: left.value.nrows(),
            right: right.value.nrows(),
            outputs: unembed.value.nrows(),
            neurons: unembed.value.ncols(),
        };
        let limits = [
            ("left tokens", shape.left, MAX_TOKENS),
            ("right tokens", shape.right, MAX_TOKENS),
            ("neurons", shape.neurons, MAX_NEURONS),
        ];
        for (what, found, most) in limits {
            within(what, found, 1, most)?;
        }
        within("outputs", shape.outputs, 2, MAX_OUTPUTS)?;
        let mut shapes = vec![
            ("left embedding", &left, (shape.left, shape.neurons)),
            ("right embedding", &right, (shape.right, shape.neurons)),
            ("hidden bias", &hidden_bias, (1, shape.neurons)),
            ("unembedding", &unembed, (shape.outputs, shape.neurons)),
            ("bias of the logits", &bias, (1, shape.outputs)),
        ];
        if let Some((left, right)) = &direct {
            shapes.push(("left direct path", left, (shape.left, shape.outputs)));
            shapes.push(("right direct path", right, (shape.right, shape.outputs)));
        }
        for head in &heads {
            let Head { attention, left: [l, l_out], right: [r, r_out] } = head;
            shapes.push(("attention of a head", attention, (shape.left, shape.right)));
            shapes.push(("left embedding of a head", l, (shape.left, shape.neurons)));
            shapes.push(("right embedding of a head", r, (shape.right, shape.neurons)));
            shapes.push(("left direct path of a head", l_out, (shape.left, shape.outputs)));
            shapes.push(("right direct path of a head", r_out, (shape.right, shape.outputs)));
        }
        for (what, matrix, expected) in shapes {
            let found = matrix.value.dim();
            if found != expected {
                return Err(NetworkError::Parts { what, found, expected });
            }
            let largest = matrix.largest();
            let is_finite = matrix.absolute.iter().chain(&matrix.value).all(|x| x.is_finite());
            if !is_finite || largest > MAX_MAGNITUDE {
                return Err(NetworkError::Magnitude { what, largest });
            }
        }
        let half = hidden_bias.scaled(-1);
        Ok(Self {
            left: left.plus(&half),
            right: right.plus(&half),
            unembed,
            heads,
            attention_flops,
            direct: match direct {
                None => Direct::Bias(bias),
                Some((left, right)) => {
                    let half = bias.scaled(-1);
                    Direct::Paths(left.plus(&half), right.plus(&half))
                }
            },
        })
    }

    /// The network's sizes.
    #[must_use]
    pub fn shape(&self) -> Shape {
        Shape {
            left: self.left.value.nrows(),
            right: self.right.value.nrows(),
            outputs: self.unembed.value.nrows(),
            neurons: self.unembed.value.ncols(),
        }
    }

    /// The computed `U`, `[z, m]`.
    #[must_use]
    pub fn unembed(&self) -> &Matrix<f64> {
        &self.unembed.value
    }

    /// `β`, `[z]`; `None` where more than that goes around the neurons, or there is softmax
    /// attention.
    #[must_use]
    pub fn bias(&self) -> Option<ndarray::ArrayView1<'_, f64>> {
        match &self.direct {
            Direct::Bias(bias) if self.heads.is_empty() => Some(bias.value.row(0)),
            _ => None,
        }
    }

    /// The computed logits, `[z]`, straight from the definition: the specification of every proof.
    ///
    /// # Panics
    /// If a token is out of range.
    #[must_use]
    pub fn logits(&self, x: usize, y: usize) -> Vec<f64> {
        let input = |i: usize| {
            let attended = |head: &Head| {
                let (left, right) = (&head.left[0].value, &head.right[0].value);
                head.attention.value[[x, y]] * (left[[x, i]] - right[[y, i]])
            };
            let plain = self.left.value[[x, i]] + self.right.value[[y, i]];
            plain + self.heads.iter().map(attended).sum::<f64>()
        };
        let active: Vec<f64> = (0..self.unembed.value.ncols()).map(|i| input(i).max(0.0)).collect();
        let neurons = self.unembed.value.rows().into_iter();
        neurons
            .zip(0..)
            .map(|(row, z)| {
                row.iter().zip(&active).map(|(u, a)| u * a).sum::<f64>() + self.around(x, y, z)
            })
            .collect()
    }

    fn around(&self, x: usize, y: usize, z: usize) -> f64 {
        let attended = |head: &Head| {
            let (left, right) = (&head.left[1].value, &head.right[1].value);
            head.attention.value[[x, y]] * (left[[x, z]] - right[[y, z]])
        };
        let plain = match &self.direct {
            Direct::Bias(bias) => bias.value[[0, z]],
            Direct::Paths(left, right) => left.value[[x, z]] + right.value[[y, z]],
        };
        plain + self.heads.iter().map(attended).sum::<f64>()
    }

    /// Whether some of what the neurons read depends on both tokens at once.
    #[must_use]
    pub fn has_softmax(&self) -> bool {
        !self.heads.is_empty()
    }

    /// Whether `f(z | x, y)` and `f(z | y, x)` are computed as one number: both sides have equal
    /// bits. Each is near the true number of its own input, so a comparison that leaves slack for
    /// the one holds for the other.
    #[must_use]
    pub fn is_symmetric(&self) -> bool {
        let paths = match &self.direct {
            Direct::Bias(_) => true,
            Direct::Paths(left, right) => left.value == right.value,
        };
        paths && self.heads.is_empty() && self.left.value == self.right.value
    }

    /// The output with the largest computed logit of every input, row by row of `x`; the first of
    /// equal ones. Not a proof.
    #[must_use]
    pub fn answers(&self) -> Vec<usize> {
        let logits = Logits::<f64>::new(self);
        let Shape { left, right, outputs, .. } = self.shape();
        (0..left)
            .flat_map(|x| {
                let all = logits.of(&logits.active(x, 0..right), x, 0..right);
                all.chunks_exact(outputs).map(first_largest).collect::<Vec<_>>()
            })
            .collect()
    }
}

/// The place of the largest number, the first of equal ones.
fn first_largest(numbers: &[f64]) -> usize {
    let better = |best: usize, i: usize| if numbers[i] > numbers[best] { i } else { best };
    (1..numbers.len()).fold(0, better)
}

fn within(what: &'static str, found: usize, least: usize, most: usize) -> Result<(), NetworkError> {
    match (least..=most).contains(&found) {
        true => Ok(()),
        false => Err(NetworkError::Size { what, found, least, most }),
    }
}
