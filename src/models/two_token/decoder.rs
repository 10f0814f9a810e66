//! Transformers with one layer and an MLP, folded into networks with two tokens.
//!
//! With constant attention `λ`, what the last position reads is linear in the two tokens, so only
//! the MLP is left: with `OV = Σ_h W_V^h W_O^h`, `e_x = W_E[x] + W_pos[0]`, `e_y = W_E[y] +
//! W_pos[1]`, and what the biases of attention write, `b = 2 λ Σ_h b_V^h W_O^h + b_O`,
//!
//! ```text
//! L = λ e_x OV W_in       R = (e_y + λ e_y OV + b) W_in   U = (W_out W_U)ᵀ
//! D_L = λ e_x OV W_U      D_R = (e_y + λ e_y OV + b) W_U  β = b_out W_U + b_U
//! ```
//!
//! With softmax attention `p_h` to `x` and `1 − p_h` to `y`, everything is in `R` and `D_R` with
//! `λ = 1` (and `b = Σ_h b_V^h W_O^h + b_O`), but for `p_h (e_x − e_y) W_V^h W_O^h` of each head
//! ([`Head`]). `b_K` shifts both scores of a query alike, and changes nothing.

use super::load::Reading;
use super::tensors::Tensors;
use super::{Folded, Head, NetworkError, TwoToken, Weights, head};
use crate::linalg::Matrix;
use crate::weights::{Tensor, WeightsFile};
use ndarray::s;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// What transformers with an MLP look like, for messages.
const LAYOUT: &str = "a transformer with one layer, an MLP with ReLU and no layer norm, by the \
                      names of TransformerLens (`embed.W_E`, `pos_embed.W_pos`, `blocks.0.attn.*`, \
                      `blocks.0.mlp.*`, `unembed.W_U`)";
const EMBED: &str = "embed.W_E";
const POSITIONS: &str = "pos_embed.W_pos";
const VALUES: &str = "blocks.0.attn.W_V";
const OUTPUT: &str = "blocks.0.attn.W_O";
const MLP: [&str; 4] =
    ["blocks.0.mlp.W_in", "blocks.0.mlp.b_in", "blocks.0.mlp.W_out", "blocks.0.mlp.b_out"];
const UNEMBED: [&str; 2] = ["unembed.W_U", "unembed.b_U"];
/// Biases of what attention writes.
const WRITTEN: [&str; 2] = ["blocks.0.attn.b_V", "blocks.0.attn.b_O"];
/// What only softmax attention looks at.
const QUERIES_AND_KEYS: [&str; 2] = ["blocks.0.attn.W_Q", "blocks.0.attn.W_K"];
/// Biases of queries and of keys.
const SCORE_BIASES: [&str; 2] = ["blocks.0.attn.b_Q", "blocks.0.attn.b_K"];
/// Buffers, which say nothing of two positions read at the second.
const BUFFERS: [&str; 2] = ["blocks.0.attn.mask", "blocks.0.attn.IGNORE"];

/// How the second position attends to the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Attention {
    /// Constant, 1: attention is a sum.
    One,
    /// Constant, 1/2: attention is a mean.
    Half,
    /// By the softmax of scores that are divided by `√d_head`.
    Softmax,
}

/// A name that no attention has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected one, half or softmax")]
pub struct UnknownAttention;

impl Attention {
    const ALL: [Self; 3] = [Self::One, Self::Half, Self::Softmax];

    /// The name on the command line.
    fn id(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Half => "half",
            Self::Softmax => "softmax",
        }
    }
}

impl FromStr for Attention {
    type Err = UnknownAttention;
    fn from_str(id: &str) -> Result<Self, UnknownAttention> {
        Self::ALL.into_iter().find(|attention| attention.id() == id).ok_or(UnknownAttention)
    }
}

/// Which rows of the embedding the two tokens have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vocabulary {
    /// Both tokens have all rows.
    Shared,
    /// The left token has the first half, the right one the second.
    Halves,
}

impl fmt::Display for Attention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::One => "constant attention of 1 to each token",
            Self::Half => "constant attention of 1/2 to each token",
            Self::Softmax => "softmax attention, scores divided by √d_head",
        })
    }
}

impl fmt::Display for Vocabulary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shared => "one vocabulary for both tokens",
            Self::Halves => "the first half of the vocabulary for x, the second for y",
        })
    }
}

/// Whether a file's tensors look like a transformer with two tokens and an MLP that adds something.
pub(super) fn is_decoder(weights: &WeightsFile<'_>) -> bool {
    let tensor = |name: &str| weights.tensors.get(name);
    tensor(EMBED).is_some()
        && tensor(POSITIONS).is_some_and(|positions| positions.shape().first() == Some(&2))
        && tensor(MLP[0]).is_some()
        && tensor(MLP[2]).is_some_and(|output| !is_zero(output))
}

/// The networks that a transformer is, for each attention and each vocabulary that no tensor rules
/// out.
pub(super) fn readings(weights: &WeightsFile<'_>) -> Result<Vec<Reading>, NetworkError> {
    let parts = Parts::read(weights)?;
    let is_even = parts.embed.value.nrows().is_multiple_of(2);
    let vocabularies = [Vocabulary::Shared, Vocabulary::Halves];
    let ways = vocabularies.into_iter().take(if is_even { 2 } else { 1 });
    let is_known = |attention: &Attention| match attention {
        Attention::Softmax => parts.scores.is_some(),
        Attention::One | Attention::Half => true,
    };
    ways.flat_map(|vocabulary| Attention::ALL.map(|attention| (attention, vocabulary)))
        .filter(|(attention, _)| is_known(attention))
        .map(|(attention, vocabulary)| {
            let network = parts.folded(attention, vocabulary)?;
            Ok(Reading { network, assumed: Some((attention, vocabulary)) })
        })
        .collect()
}

/// The weights of a transformer, each multiplied from the left by what it reads.
struct Parts {
    /// `[v, d]`.
    embed: Folded,
    /// `[1, d]` each.
    positions: [Folded; 2],
    /// `W_V^h W_O^h` of each head, `[d, d]`.
    ov: Vec<Folded>,
    /// `Σ_h b_V^h W_O^h` and `b_O`, `[1, d]` each.
    written: [Folded; 2],
    /// `W_Q`, `W_K` and `b_Q` of each head, `[d, d_head]` and `[1, d_head]`; `None` where the file
    /// has no queries or keys.
    scores: Option<Vec<[Folded; 3]>>,
    /// `[d, m]`.
    w_in: Folded,
    b_in: Folded,
    /// `[m, d]`.
    w_out: Folded,
    b_out: Folded,
    /// `[d, z]`.
    w_u: Folded,
    b_u: Folded,
}

impl Parts {
    /// Reads either layout: TransformerLens applies weights as `x W` and has `W_O` `[heads, d_head,
    /// d]`; the grokking literature applies them as `W x` and has `W_O` `[d, heads · d_head]`.
    fn read(weights: &WeightsFile<'_>) -> Result<Self, NetworkError> {
        let tensors = Tensors { weights, layout: LAYOUT };
        let known = [EMBED, POSITIONS, VALUES, OUTPUT].into_iter();
        let known = known.chain(MLP).chain(UNEMBED).chain(WRITTEN).chain(QUERIES_AND_KEYS);
        let known = known.chain(SCORE_BIASES).chain(BUFFERS);
        tensors.refuse_others(&known.collect::<Vec<_>>())?;
        let positions = tensors.matrix(POSITIONS, 0)?;
        let (contexts, d) = positions.dim();
        if contexts != 2 {
            let expected = "[2, d]: the two tokens, and no third one for `=`";
            return Err(tensors.other_shape(POSITIONS, expected.into()));
        }
        let output_shape = tensors.shape(OUTPUT)?;
        let is_turned = output_shape.len() == 2;
        let turned = |name: &str, lead: usize| {
            let matrix = Folded::exact(tensors.matrix(name, lead)?);
            Ok(if is_turned { matrix.transposed() } else { matrix })
        };
        let sized = |name: &str, matrix: Folded, rows: Option<usize>, columns: Option<usize>| {
            let (found_rows, found_columns) = matrix.value.dim();
            let fits = rows.is_none_or(|rows| rows == found_rows)
                && columns.is_none_or(|columns| columns == found_columns);
            let shown = |size: Option<usize>| size.map_or("any".into(), |size| size.to_string());
            match (fits, is_turned) {
                (true, _) => Ok(matrix),
                (_, false) => {
                    Err(tensors.other_shape(name, format!("[{}, {}]", shown(rows), shown(columns))))
                }
                (_, true) => {
                    Err(tensors.other_shape(name, format!("[{}, {}]", shown(columns), shown(rows))))
                }
            }
        };
        let embed = sized(EMBED, turned(EMBED, 0)?, None, Some(d))?;
        let w_in = sized(MLP[0], turned(MLP[0], 0)?, Some(d), None)?;
        let m = w_in.value.ncols();
        let w_out = sized(MLP[2], turned(MLP[2], 0)?, Some(m), Some(d))?;
        // Both layouts apply the unembedding as `x W_U`.
        let w_u = Folded::exact(tensors.matrix(UNEMBED[0], 0)?);
        let (rows, outputs) = w_u.value.dim();
        if rows != d {
            return Err(tensors.other_shape(UNEMBED[0], format!("[{d}, outputs]")));
        }
        let row = |name, length| tensors.bias(name, 0, length).map(|row| Folded::exact_row(&row));
        let (ov, values) = heads(tensors, d, is_turned)?;
        let missing = QUERIES_AND_KEYS.iter().any(|&name| !weights.tensors.contains_key(name));
        let head_scores = |head: usize| {
            let [q, k] =
                QUERIES_AND_KEYS.map(|name| sized(name, turned(name, head)?, Some(d), None));
            let (q, k) = (q?, k?);
            let [b_q, b_k] =
                SCORE_BIASES.map(|name| head_biases(tensors, name, ov.len(), q.value.ncols()));
            let (b_q, _) = (b_q?.rows(head, head + 1), b_k?);
            if q.value.dim() != k.value.dim() {
                let expected = "the shape of the queries".into();
                return Err(tensors.other_shape(QUERIES_AND_KEYS[1], expected));
            }
            Ok([q, k, b_q])
        };
        let scores = match missing {
            true => None,
            false => Some((0..ov.len()).map(head_scores).collect::<Result<_, _>>()?),
        };
        let position = |p: usize| Folded::exact_row(&positions.row(p).to_vec());
        Ok(Self {
            ov,
            written: [values, row(WRITTEN[1], d)?],
            scores,
            positions: [position(0), position(1)],
            b_in: row(MLP[1], m)?,
            b_out: row(MLP[3], d)?,
            b_u: row(UNEMBED[1], outputs)?,
            embed,
            w_in,
            w_out,
            w_u,
        })
    }

    fn folded(
        &self,
        attention: Attention,
        vocabulary: Vocabulary,
    ) -> Result<TwoToken, NetworkError> {
        let tokens = self.embed.value.nrows();
        let [xs, ys] = match vocabulary {
            Vocabulary::Shared => [(0, tokens); 2],
            Vocabulary::Halves => [(0, tokens / 2), (tokens / 2, tokens)],
        };
        let embedded = |(from, to), position| self.embed.rows(from, to).plus(position);
        let [x, y] = [embedded(xs, &self.positions[0]), embedded(ys, &self.positions[1])];
        let all = self.ov[1..].iter().fold(self.ov[0].clone(), |all, ov| all.plus(ov));
        let (attended_x, attended_y) = (x.times(&all), y.times(&all));
        let [values, output] = &self.written;
        let (left, right, values, heads) = match attention {
            Attention::One => (attended_x, y.plus(&attended_y), values.scaled(1), Vec::new()),
            Attention::Half => {
                let [left, right] = [attended_x, attended_y].map(|side| side.scaled(-1));
                (left, y.plus(&right), values.clone(), Vec::new())
            }
            Attention::Softmax => {
                let nothing = Folded::exact(Matrix::zeros(x.value.dim()));
                (nothing, y.plus(&attended_y), values.clone(), self.heads(&x, &y))
            }
        };
        // Without biases, nothing is added: what a file without them proves keeps its bits.
        let written = values.plus(output);
        let right = if written.largest() == 0.0 { right } else { right.plus(&written) };
        let d_heads = self.scores.iter().flatten().map(|[query, ..]| query.value.ncols());
        TwoToken::new(Weights {
            left: left.times(&self.w_in),
            right: right.times(&self.w_in),
            hidden_bias: self.b_in.clone(),
            unembed: self.w_out.times(&self.w_u).transposed(),
            direct: Some((left.times(&self.w_u), right.times(&self.w_u))),
            bias: self.b_out.times(&self.w_u).plus(&self.b_u),
            attention_flops: d_heads.map(head::flops).take(heads.len()).sum(),
            heads,
        })
    }

    /// What each head of softmax attention adds.
    fn heads(&self, x: &Folded, y: &Folded) -> Vec<Head> {
        let scores = self.scores.iter().flatten();
        scores
            .zip(&self.ov)
            .map(|([query, key, bias], ov)| {
                let mut queries = y.times(query);
                if bias.largest() > 0.0 {
                    queries = queries.plus(bias);
                }
                let queries = queries.transposed();
                let own = y.times(key).times(&queries).diagonal();
                let scores = x.times(key).times(&queries).minus_row(&own);
                let [a, b] = [x.times(ov), y.times(ov)];
                Head {
                    attention: head::attention(&scores.over_root(query.value.ncols())),
                    left: [a.times(&self.w_in), a.times(&self.w_u)],
                    right: [b.times(&self.w_in), b.times(&self.w_u)],
                }
            })
            .collect()
    }
}

/// A bias of each head, `[heads, d_head]`, zero if the file has none.
fn head_biases(
    tensors: Tensors<'_, '_>,
    name: &str,
    heads: usize,
    d_head: usize,
) -> Result<Folded, NetworkError> {
    if !tensors.weights.tensors.contains_key(name) {
        return Ok(Folded::exact(Matrix::zeros((heads, d_head))));
    }
    match *tensors.shape(name)? == [heads, d_head] {
        true => tensors.matrix(name, 0).map(Folded::exact),
        false => Err(tensors.other_shape(name, format!("[{heads}, {d_head}]"))),
    }
}

/// `W_V^h W_O^h` of each head, `[d, d]`, and `Σ_h b_V^h W_O^h`, `[1, d]`.
fn heads(
    tensors: Tensors<'_, '_>,
    d: usize,
    is_turned: bool,
) -> Result<(Vec<Folded>, Folded), NetworkError> {
    let shape = tensors.shape(VALUES)?;
    let (heads, d_head) = match (shape, is_turned) {
        (&[heads, d_head, width], true) | (&[heads, width, d_head], false) if width == d => {
            (heads, d_head)
        }
        (_, true) => return Err(tensors.other_shape(VALUES, format!("[heads, d_head, {d}]"))),
        (_, false) => return Err(tensors.other_shape(VALUES, format!("[heads, {d}, d_head]"))),
    };
    if heads * d_head == 0 {
        return Err(tensors.other_shape(VALUES, "at least one head of at least one number".into()));
    }
    // `[d, heads · d_head]`, the heads side by side.
    let side_by_side = match is_turned {
        false => None,
        true => match tensors.matrix(OUTPUT, 0)? {
            found if found.dim() == (d, heads * d_head) => Some(found),
            _ => return Err(tensors.other_shape(OUTPUT, format!("[{d}, {}]", heads * d_head))),
        },
    };
    let biases = head_biases(tensors, WRITTEN[0], heads, d_head)?;
    let mut written: Option<Folded> = None;
    let ov = (0..heads)
        .map(|head| {
            let value = Folded::exact(tensors.matrix(VALUES, head)?);
            let (value, output) = match &side_by_side {
                Some(all) => {
                    let columns = all.slice(s![.., head * d_head..(head + 1) * d_head]);
                    (value.transposed(), columns.t().as_standard_layout().into_owned())
                }
                None => (value, tensors.matrix(OUTPUT, head)?),
            };
            if output.dim() != (d_head, d) {
                return Err(tensors.other_shape(OUTPUT, format!("[{heads}, {d_head}, {d}]")));
            }
            let output = Folded::exact(output);
            let bias = biases.rows(head, head + 1).times(&output);
            written = Some(written.take().map_or(bias.clone(), |all| all.plus(&bias)));
            Ok(value.times(&output))
        })
        .collect::<Result<_, _>>()?;
    Ok((ov, written.unwrap_or_else(|| unreachable!("there is at least one head"))))
}

/// Whether all numbers of a tensor are zero.
fn is_zero(tensor: &Tensor<'_>) -> bool {
    tensor.to_array().is_ok_and(|numbers| numbers.iter().all(|&x| x == 0.0))
}
