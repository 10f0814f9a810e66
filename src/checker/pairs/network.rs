//! The network `f(z | x, y) = Σ_i U[z, i] ReLU(L[x, i] + R[y, i]) + D_L[z, x] + D_R[z, y]`, folded
//! from a weights file in interval arithmetic. A head of softmax attention adds `p (A[x] − B[y])` to
//! what the neurons read and to the logits ([`Head`]).

use super::read::{Attention, Read};
use crate::checker::interval::{Interval, Real};
use crate::checker::json::shown;
use crate::checker::weights::File;

/// The most numbers that all heads of softmax attention may add to neurons and logits, `A` and `B`:
/// each takes 16 bytes.
const MAX_ATTENDED: usize = 1 << 24;

/// A matrix of intervals.
#[derive(Clone)]
pub(super) struct Grid {
    pub(super) rows: usize,
    pub(super) columns: usize,
    at: Vec<Interval>,
}

impl Grid {
    pub(super) fn row(&self, i: usize) -> &[Interval] {
        &self.at[i * self.columns..][..self.columns]
    }

    fn new(rows: usize, columns: usize, at: impl Fn(usize, usize) -> Interval) -> Self {
        let at = (0..rows * columns).map(|k| at(k / columns, k % columns)).collect();
        Self { rows, columns, at }
    }

    fn transposed(&self) -> Self {
        Self::new(self.columns, self.rows, |i, j| self.row(j)[i])
    }

    fn times(&self, other: &Self) -> Self {
        let nothing = Interval::exactly(0.0);
        Self::new(self.rows, other.columns, |i, j| {
            let row = self.row(i).iter().enumerate();
            row.fold(nothing, |sum, (k, &x)| sum + x * other.row(k)[j])
        })
    }

    /// The sum with a matrix of this shape, or with one row that is added to every row.
    fn plus(&self, other: &Self) -> Self {
        Self::new(self.rows, self.columns, |i, j| {
            self.row(i)[j] + other.row(if other.rows == 1 { 0 } else { i })[j]
        })
    }

    fn scaled(&self, factor: f64) -> Self {
        self.by(Interval::exactly(factor))
    }

    fn by(&self, factor: Interval) -> Self {
        Self::new(self.rows, self.columns, |i, j| factor * self.row(i)[j])
    }

    fn part(&self, rows: std::ops::Range<usize>) -> Self {
        Self::new(rows.len(), self.columns, |i, j| self.row(rows.start + i)[j])
    }
}

/// The network of a file.
pub(super) struct Network {
    /// `L` with the neurons' bias, `[x, m]`.
    pub(super) left: Grid,
    /// `R`, `[y, m]`.
    pub(super) right: Grid,
    /// `U`, `[z, m]`.
    pub(super) unembed: Grid,
    /// `D_L` with the bias of logits, and `D_R`, `[x, z]` and `[y, z]`.
    pub(super) direct: [Grid; 2],
    /// Heads of softmax attention, of a transformer that is read so.
    pub(super) heads: Vec<Head>,
}

/// A head of softmax attention. `L` and `D_L` are 0 then, `R` and `D_R` as if all attention were on
/// `y`, and attention `p` to `x` adds `p (A[x] − B[y])`.
pub(super) struct Head {
    /// `p`, `[x, y]`.
    attention: Grid,
    /// `A`, `[x, m]` and `[x, z]`: what `x` adds to neurons and to logits.
    left: [Grid; 2],
    /// `B`, `[y, m]` and `[y, z]`.
    right: [Grid; 2],
}

impl Head {
    /// What the head adds to neuron `i` for `x` and `y`.
    pub(super) fn on_neuron(&self, x: usize, y: usize, i: usize) -> Interval {
        self.attention.row(x)[y] * (self.left[0].row(x)[i] - self.right[0].row(y)[i])
    }

    /// What the head adds to the logit of `answer` less what it adds to that of `z`, for `x` and
    /// `y`.
    pub(super) fn on_margin(&self, x: usize, y: usize, answer: usize, z: usize) -> Interval {
        let (left, right) = (self.left[1].row(x), self.right[1].row(y));
        self.attention.row(x)[y] * ((left[answer] - right[answer]) - (left[z] - right[z]))
    }
}

/// What a head of softmax attention looks at.
struct Query {
    /// `W_Q` and `W_K`, `[d, d_head]`.
    query: Grid,
    key: Grid,
    /// `b_Q`, `[1, d_head]`.
    bias: Grid,
}

impl Query {
    /// Those of all heads of a transformer `d` wide, each turned if the file applies weights from
    /// the left.
    fn of_heads(
        parts: &mut Parts,
        heads: usize,
        d: usize,
        is_turned: bool,
    ) -> Result<Vec<Self>, String> {
        let mut all = |name: &str| {
            let matrices = parts.matrices(name)?.into_iter();
            let turned = matrices.map(|grid| if is_turned { grid.transposed() } else { grid });
            Ok::<Vec<Grid>, String>(turned.collect())
        };
        let (queries, keys) = (all("blocks.0.attn.W_Q")?, all("blocks.0.attn.W_K")?);
        let d_head = queries.first().map_or(0, |query| query.columns);
        let fits = |of: &[Grid]| {
            of.len() == heads && of.iter().all(|head| (head.rows, head.columns) == (d, d_head))
        };
        if !fits(&queries) || !fits(&keys) || d_head == 0 {
            return Err(format!("expected W_Q and W_K of {heads} heads, {d} wide"));
        }
        let biases = match parts.has("blocks.0.attn.b_Q") {
            true => parts.only("blocks.0.attn.b_Q")?,
            false => Grid::new(heads, d_head, |_, _| Interval::exactly(0.0)),
        };
        if (biases.rows, biases.columns) != (heads, d_head) {
            return Err("`blocks.0.attn.b_Q` has other heads".into());
        }
        let each = queries.into_iter().zip(keys).enumerate();
        Ok(each.map(|(h, (query, key))| Self { query, key, bias: biases.part(h..h + 1) }).collect())
    }

    /// The attention to `x`, `[x, y]`: `1 / (1 + e^−t)`, where `t` is the score of `x` less that
    /// of `y`, for the query of `y`.
    fn attention(&self, x: &Grid, y: &Grid) -> Grid {
        let queries =
            y.times(&self.query).plus(&self.bias).by(Real::inverse_root(self.key.columns));
        let [of_x, of_y] = [x, y].map(|tokens| tokens.times(&self.key));
        Grid::new(x.rows, y.rows, |x, y| {
            let keys = of_x.row(x).iter().zip(of_y.row(y));
            let terms =
                keys.zip(queries.row(y)).map(|((&of_x, &of_y), &query)| query * (of_x - of_y));
            terms.fold(Interval::exactly(0.0), |sum, term| sum + term).logistic()
        })
    }
}

/// Reads parts of a file, each once.
struct Parts<'a> {
    file: File<'a>,
}

impl Parts<'_> {
    fn has(&self, name: &str) -> bool {
        self.file.tensors.contains_key(name)
    }

    /// The shape and the finite numbers of a tensor, which is taken out.
    fn take(&mut self, name: &str) -> Result<(Vec<usize>, Vec<f64>), String> {
        let tensor =
            self.file.tensors.remove(name).ok_or_else(|| format!("tensor `{name}` is missing"))?;
        let numbers = tensor.numbers().map_err(|problem| format!("tensor `{name}`: {problem}"))?;
        match numbers.iter().all(|x| x.abs() <= f64::from(f32::MAX)) && !tensor.is_bool() {
            true => Ok((tensor.shape, numbers)),
            false => Err(format!("tensor `{name}`: expected finite numbers of float32's range")),
        }
    }

    /// The matrices of a tensor, of which there may be several, one after the other.
    fn matrices(&mut self, name: &str) -> Result<Vec<Grid>, String> {
        let (shape, numbers) = self.take(name)?;
        let (count, rows, columns) = match *shape {
            [rows, columns] => (1, rows, columns),
            [count, rows, columns] => (count, rows, columns),
            _ => return Err(format!("tensor `{name}` has shape {shape:?}, expected a matrix")),
        };
        let each = |k: usize| {
            Grid::new(rows, columns, |i, j| {
                Interval::exactly(numbers[(k * rows + i) * columns + j])
            })
        };
        Ok((0..count).map(each).collect())
    }

    fn matrix(&mut self, name: &str, number: usize) -> Result<Grid, String> {
        let mut all = self.matrices(name)?;
        match number < all.len() {
            true => Ok(all.swap_remove(number)),
            false => Err(format!("tensor `{name}` has {} matrices, no number {number}", all.len())),
        }
    }

    /// The matrix of a tensor that holds one.
    fn only(&mut self, name: &str) -> Result<Grid, String> {
        let all = self.matrices(name)?;
        let [only] = <[Grid; 1]>::try_from(all)
            .map_err(|all| format!("tensor `{name}` has {} matrices, expected one", all.len()))?;
        Ok(only)
    }

    /// One row of `length` numbers: zeros if the file has no such tensor.
    /// `number` says which row, where a tensor has one for each network of the file.
    fn bias(&mut self, name: &str, number: Option<usize>, length: usize) -> Result<Grid, String> {
        if !self.has(name) {
            return Ok(Grid::new(1, length, |_, _| Interval::exactly(0.0)));
        }
        let (shape, numbers) = self.take(name)?;
        let start = match *shape {
            [found] if found == length => 0,
            [count, found] if found == length && number.is_some_and(|row| row < count) => {
                number.unwrap_or(0) * length
            }
            _ => return Err(format!("tensor `{name}` has shape {shape:?}, expected [{length}]")),
        };
        Ok(Grid::new(1, length, |_, j| Interval::exactly(numbers[start + j])))
    }

    /// Refuses tensors that were not taken out.
    fn nothing_else(self) -> Result<(), String> {
        match self.file.tensors.keys().next() {
            None => Ok(()),
            Some(name) => Err(format!("tensor `{}` is no part of such a network", shown(name))),
        }
    }
}

impl Network {
    /// The network of a file, read as a certificate says.
    pub(super) fn new(file: File, read: &Read) -> Result<Self, String> {
        if file.config.is_some() {
            return Err("its metadata has a `config`, which is not read here: \
                        `compact-proofs prove` reads it"
                .into());
        }
        let mut parts = Parts { file };
        let network = match parts.has("embedding_left") {
            true => Self::of_group_names(&mut parts, read)?,
            false => Self::of_decoder(&mut parts, read)?,
        };
        parts.nothing_else()?;
        network.fits()?;
        Ok(network)
    }

    fn of_group_names(parts: &mut Parts, read: &Read) -> Result<Self, String> {
        if read.transformer.is_some() {
            return Err("it has no attention, the certificate says how it attends".into());
        }
        let number = read.instance;
        let mut side = |embedding: &str, map: &str| {
            let tokens = parts.matrix(embedding, number)?;
            match parts.has(map) {
                false => Ok(tokens),
                true => product(map, &tokens, &parts.matrix(map, number)?),
            }
        };
        let left = side("embedding_left", "linear_left")?;
        let right = side("embedding_right", "linear_right")?;
        let unembed = parts.matrix("unembedding", number)?.transposed();
        let hidden = parts.bias("hidden_bias", Some(number), unembed.columns)?;
        let bias = parts.bias("unembed_bias", Some(number), unembed.rows)?;
        if left.columns != unembed.columns {
            return Err("its parts have other numbers of neurons".into());
        }
        let nothing = |rows| Grid::new(rows, unembed.rows, |_, _| Interval::exactly(0.0));
        let direct = [nothing(left.rows).plus(&bias), nothing(right.rows)];
        Ok(Self { left: left.plus(&hidden), right, unembed, direct, heads: Vec::new() })
    }

    /// A transformer with an MLP and no layer norm. Constant attention `λ` to both tokens is folded;
    /// softmax attention is split into all attention on `y`, and what attention to `x` changes.
    fn of_decoder(parts: &mut Parts, read: &Read) -> Result<Self, String> {
        let Some((attention, has_halves)) = read.transformer else {
            return Err("the certificate does not say how the transformer attends".into());
        };
        if read.instance != 0 {
            return Err("a transformer's file holds one network".into());
        }
        let positions = parts.only("pos_embed.W_pos")?;
        // One literature applies weights from the left, and has the heads' outputs side by side.
        let shape = parts.file.tensors.get("blocks.0.attn.W_O").map(|output| output.shape.len());
        let is_turned = shape == Some(2);
        let output = parts.matrices("blocks.0.attn.W_O")?;
        let turn = |grid: Grid| if is_turned { grid.transposed() } else { grid };
        let embed = turn(parts.only("embed.W_E")?);
        let w_in = turn(parts.only("blocks.0.mlp.W_in")?);
        let w_out = turn(parts.only("blocks.0.mlp.W_out")?);
        let w_u = parts.only("unembed.W_U")?;
        let values = parts.matrices("blocks.0.attn.W_V")?;
        let d = positions.columns;
        let is_of_heads = match is_turned {
            true => output.len() == 1 && output[0].columns.is_multiple_of(values.len()),
            false => output.len() == values.len(),
        };
        if !is_of_heads {
            return Err("`blocks.0.attn.W_V` and `W_O` have other heads".into());
        }
        let (m, outputs) = (w_in.columns, w_u.columns);
        // How much attention both tokens together get, and the left one always.
        let (of_both, of_left) = match attention {
            Attention::Constant(each) => (2.0 * each, each),
            Attention::Softmax => (1.0, 0.0),
        };
        let mut ov: Vec<Grid> = Vec::new();
        let heads = values.len();
        let biases = match parts.has("blocks.0.attn.b_V") {
            true => Some(parts.only("blocks.0.attn.b_V")?),
            false => None,
        };
        // What biases add to the stream: those of values as often as tokens are attended to.
        let mut written = parts.bias("blocks.0.attn.b_O", None, d)?;
        for (head, value) in values.into_iter().enumerate() {
            let value = turn(value);
            let output = match is_turned {
                true => {
                    let side_by_side = output[0].transposed();
                    let width = side_by_side.rows / heads;
                    side_by_side.part(head * width..(head + 1) * width)
                }
                false => output[head].clone(),
            };
            let both = product("blocks.0.attn.W_O", &value, &output)?;
            if (both.rows, both.columns) != (d, d) {
                return Err("`blocks.0.attn.W_V` and `W_O` have other widths".into());
            }
            ov.push(both);
            if let Some(biases) = &biases {
                if (biases.rows, biases.columns) != (heads, output.rows) {
                    return Err("`blocks.0.attn.b_V` has other heads".into());
                }
                let bias = biases.part(head..head + 1).times(&output);
                written = written.plus(&bias.scaled(of_both));
            }
        }
        let (first, others) = ov.split_first().ok_or("it has no head")?;
        let all_ov = others.iter().fold(first.clone(), |all, ov| all.plus(ov));
        let queries = match attention {
            Attention::Constant(_) => Vec::new(),
            Attention::Softmax => Query::of_heads(parts, heads, d, is_turned)?,
        };
        // Constant attention looks at no queries and keys. `b_K` adds as much to both scores of a
        // query. Masks are buffers.
        for name in ["W_Q", "W_K", "b_Q", "b_K", "mask", "IGNORE"] {
            parts.file.tensors.remove(&format!("blocks.0.attn.{name}"));
        }
        let b_in = parts.bias("blocks.0.mlp.b_in", None, m)?;
        let b_out = parts.bias("blocks.0.mlp.b_out", None, d)?;
        let b_u = parts.bias("unembed.b_U", None, outputs)?;
        if positions.rows != 2 || embed.columns != d || w_in.rows != d || w_u.rows != d {
            return Err("expected two positions, as wide as the embedding, the MLP and the \
                        unembedding"
                .into());
        }
        let (xs, ys) = match has_halves {
            false => (0..embed.rows, 0..embed.rows),
            true => (0..embed.rows / 2, embed.rows / 2..embed.rows),
        };
        let x = embed.part(xs).plus(&positions.part(0..1));
        let y = embed.part(ys).plus(&positions.part(1..2));
        let attended = (heads * (x.rows + y.rows)).saturating_mul(m + outputs);
        if !queries.is_empty() && attended > MAX_ATTENDED {
            return Err(format!(
                "its heads of softmax attention add {attended} numbers, the limit is {MAX_ATTENDED}"
            ));
        }
        let left = x.times(&all_ov).scaled(of_left);
        let right = y.plus(&y.times(&all_ov).scaled(of_both - of_left)).plus(&written);
        let added = |side: &Grid, ov: &Grid| {
            let attended = side.times(ov);
            [attended.times(&w_in), attended.times(&w_u)]
        };
        let heads = queries.iter().zip(&ov).map(|(query, ov)| Head {
            attention: query.attention(&x, &y),
            left: added(&x, ov),
            right: added(&y, ov),
        });
        let heads = heads.collect();
        let unembed = product("blocks.0.mlp.W_out", &w_out, &w_u)?.transposed();
        let bias = b_out.times(&w_u).plus(&b_u);
        Ok(Self {
            direct: [left.times(&w_u).plus(&bias), right.times(&w_u)],
            left: left.times(&w_in).plus(&b_in),
            right: right.times(&w_in),
            unembed,
            heads,
        })
    }

    fn fits(&self) -> Result<(), String> {
        let Self { left, right, unembed, direct, .. } = self;
        let m = unembed.columns;
        let is_fine = left.columns == m
            && right.columns == m
            && direct.iter().all(|grid| grid.columns == unembed.rows)
            && (direct[0].rows, direct[1].rows) == (left.rows, right.rows)
            && unembed.rows >= 2;
        is_fine.then_some(()).ok_or_else(|| "its parts do not fit each other".into())
    }
}

fn product(name: &str, left: &Grid, right: &Grid) -> Result<Grid, String> {
    match left.columns == right.rows {
        true => Ok(left.times(right)),
        false => Err(format!("tensor `{name}` has {} rows, expected {}", right.rows, left.columns)),
    }
}
