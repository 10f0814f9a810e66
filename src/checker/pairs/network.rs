//! The network `f(z | x, y) = Σ_i U[z, i] ReLU(L[x, i] + R[y, i]) + D_L[z, x] + D_R[z, y]`, folded
//! from a weights file in interval arithmetic. A head of softmax attention adds `p (A[x] − B[y])` to
//! what the neurons read and to the logits ([`Head`]).

use super::MAX_STEPS;
use super::read::{Attention, Read};
use crate::checker::interval::{Interval, Real};
use crate::checker::json::shown;
use crate::checker::weights::File;

/// The most numbers that heads of softmax attention may take, `p`, `A` and `B` of all of them, 16
/// bytes each.
const MAX_ATTENDED: u128 = 1 << 24;

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

    fn scaled(&self, factor: Interval) -> Self {
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
    /// The heads, if the file is read with softmax attention.
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
    /// Returns what the head adds to the input of neuron `i` for the tokens `x` and `y`.
    pub(super) fn on_neuron(&self, x: usize, y: usize, i: usize) -> Interval {
        self.attention.row(x)[y] * (self.left[0].row(x)[i] - self.right[0].row(y)[i])
    }

    /// Returns what the head adds to the difference of the logits of `answer` and of `z`, for the
    /// tokens `x` and `y`.
    pub(super) fn on_margin(&self, x: usize, y: usize, answer: usize, z: usize) -> Interval {
        let (left, right) = (self.left[1].row(x), self.right[1].row(y));
        self.attention.row(x)[y] * ((left[answer] - right[answer]) - (left[z] - right[z]))
    }
}

/// The weights by which a head of softmax attention scores tokens.
struct Scores {
    /// `W_Q`, `[d, d_head]`.
    query: Grid,
    /// `W_K`, `[d, d_head]`.
    key: Grid,
    /// `b_Q`, `[1, d_head]`. `b_K` adds as much to both scores of a query.
    bias: Grid,
}

impl Scores {
    /// Takes the weights of all heads of a transformer of width `d`; `is_turned` says that the file
    /// applies weights from the left.
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
        for (name, of_name) in [("W_Q", &queries), ("W_K", &keys)] {
            let fits = |head: &Grid| (head.rows, head.columns) == (d, d_head) && d_head > 0;
            if of_name.len() != heads || !of_name.iter().all(fits) {
                let found = of_name.first().map_or((0, 0), |head| (head.rows, head.columns));
                return Err(format!(
                    "tensor `blocks.0.attn.{name}` has {} heads from {} to {} numbers, expected \
                     {heads} from {d} to as many as `W_Q` ({d_head})",
                    of_name.len(),
                    found.0,
                    found.1
                ));
            }
        }
        let biases = parts.biases_of_heads("blocks.0.attn.b_Q", heads, d_head)?;
        let each = queries.into_iter().zip(keys).enumerate();
        let scores = each.map(|(h, (query, key))| Self { query, key, bias: biases.part(h..h + 1) });
        Ok(scores.collect())
    }

    /// The attention to `x`, `[x, y]`: `1 / (1 + e^−t)`, where `t` is the score of `x` less that of
    /// `y`, both for the query of `y`. `xs` and `ys` are the embedded tokens, `[x, d]` and `[y, d]`.
    fn attention(&self, xs: &Grid, ys: &Grid) -> Grid {
        let root = Interval::inverse_root(self.key.columns);
        let queries = ys.times(&self.query).plus(&self.bias).scaled(root);
        let [keys_x, keys_y] = [xs, ys].map(|tokens| tokens.times(&self.key));
        Grid::new(xs.rows, ys.rows, |x, y| {
            let keys = keys_x.row(x).iter().zip(keys_y.row(y)).zip(queries.row(y));
            let terms = keys.map(|((&of_x, &of_y), &query)| query * (of_x - of_y));
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

    /// One row of `length` numbers: zeros if the file has no such tensor. `number` says which row, if
    /// the file may hold several networks.
    fn bias(&mut self, name: &str, number: Option<usize>, length: usize) -> Result<Grid, String> {
        if !self.has(name) {
            return Ok(Grid::new(1, length, |_, _| Interval::exactly(0.0)));
        }
        let (shape, numbers) = self.take(name)?;
        let start = match (shape.as_slice(), number) {
            (&[found], _) if found == length => 0,
            (&[count, found], Some(row)) if found == length && row < count => row * length,
            _ => return Err(format!("tensor `{name}` has shape {shape:?}, expected [{length}]")),
        };
        Ok(Grid::new(1, length, |_, j| Interval::exactly(numbers[start + j])))
    }

    /// A bias of each head, `[heads, d_head]`: zeros if the file has no such tensor.
    fn biases_of_heads(&mut self, name: &str, heads: usize, d_head: usize) -> Result<Grid, String> {
        if !self.has(name) {
            return Ok(Grid::new(heads, d_head, |_, _| Interval::exactly(0.0)));
        }
        let biases = self.only(name)?;
        match (biases.rows, biases.columns) == (heads, d_head) {
            true => Ok(biases),
            false => Err(format!(
                "tensor `{name}` has shape [{}, {}], expected [{heads}, {d_head}]",
                biases.rows, biases.columns
            )),
        }
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
        let (of_both, of_left) = (Interval::exactly(of_both), Interval::exactly(of_left));
        let heads = values.len();
        let side_by_side = is_turned.then(|| output[0].transposed());
        let outputs_of_heads = match &side_by_side {
            Some(all) => {
                let width = all.rows.checked_div(heads).ok_or("it has no head")?;
                (0..heads).map(|head| all.part(head * width..(head + 1) * width)).collect()
            }
            None => output,
        };
        let ov: Vec<_> = values.into_iter().map(turn).zip(outputs_of_heads).collect();
        let d_value = ov.first().ok_or("it has no head")?.1.rows;
        let biases = parts.biases_of_heads("blocks.0.attn.b_V", heads, d_value)?;
        // Biases add to the stream: `b_O` once, `b_V` with all the attention that both tokens get.
        let mut written = parts.bias("blocks.0.attn.b_O", None, d)?;
        let mut all_ov = Grid::new(d, d, |_, _| Interval::exactly(0.0));
        for (head, (value, output)) in ov.iter().enumerate() {
            let both = product("blocks.0.attn.W_O", value, output)?;
            if (both.rows, both.columns) != (d, d) {
                return Err("`blocks.0.attn.W_V` and `W_O` have other widths".into());
            }
            all_ov = all_ov.plus(&both);
            let bias = biases.part(head..head + 1).times(output);
            written = written.plus(&bias.scaled(of_both));
        }
        let scores = match attention {
            Attention::Constant(_) => Vec::new(),
            Attention::Softmax => Scores::of_heads(parts, heads, d, is_turned)?,
        };
        // Constant attention looks at no queries and keys, masks are buffers, and `b_K` has no effect.
        for name in ["W_Q", "W_K", "b_Q", "b_K", "mask", "IGNORE"] {
            parts.file.tensors.remove(&format!("blocks.0.attn.{name}"));
        }
        let b_in = parts.bias("blocks.0.mlp.b_in", None, m)?;
        let b_out = parts.bias("blocks.0.mlp.b_out", None, d)?;
        let b_u = parts.bias("unembed.b_U", None, outputs)?;
        if positions.rows != 2 || embed.columns != d || w_in.rows != d || w_u.rows != d {
            return Err(format!(
                "`W_pos` has {} positions of width {d}, `W_E` has width {}, `W_in` {}, `W_U` {}: \
                 expected two positions, and one width",
                positions.rows, embed.columns, w_in.rows, w_u.rows
            ));
        }
        let (xs, ys) = match has_halves {
            false => (0..embed.rows, 0..embed.rows),
            true => (0..embed.rows / 2, embed.rows / 2..embed.rows),
        };
        let x = embed.part(xs).plus(&positions.part(0..1));
        let y = embed.part(ys).plus(&positions.part(1..2));
        if let Some(Scores { key, .. }) = scores.first() {
            let [heads, xs, ys, d, d_value, d_head, added] =
                [heads, x.rows, y.rows, d, d_value, key.columns, m + outputs].map(|n| n as u128);
            let numbers = heads * (xs * ys + (xs + ys) * added);
            let of_token = d * (2 * d_value + 2 * d_head + added);
            let steps = heads * ((xs + ys) * of_token + xs * ys * d_head);
            if numbers > MAX_ATTENDED || steps > u128::from(MAX_STEPS) {
                return Err(format!(
                    "its softmax attention takes {numbers} numbers and {steps} steps, the limits \
                     are {MAX_ATTENDED} and {MAX_STEPS}"
                ));
            }
        }
        let left = x.times(&all_ov).scaled(of_left);
        let right = y.plus(&y.times(&all_ov).scaled(of_both - of_left)).plus(&written);
        let added = |tokens: &Grid, (value, output): &(Grid, Grid)| {
            let attended = tokens.times(value).times(output);
            [attended.times(&w_in), attended.times(&w_u)]
        };
        let heads = scores.iter().zip(&ov).map(|(scores, ov)| Head {
            attention: scores.attention(&x, &y),
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
