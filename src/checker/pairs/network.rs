//! The network `f(z | x, y) = Σ_i U[z, i] ReLU(L[x, i] + R[y, i]) + D_L[z, x] + D_R[z, y]`, folded
//! from a weights file in interval arithmetic.

use super::read::Read;
use crate::checker::interval::{Interval, Real};
use crate::checker::json::shown;
use crate::checker::weights::File;

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
        let factor = Interval::exactly(factor);
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

    /// One row of `length` numbers: zeros if the file has no such tensor.
    fn bias(&mut self, name: &str, number: usize, length: usize) -> Result<Grid, String> {
        if !self.has(name) {
            return Ok(Grid::new(1, length, |_, _| Interval::exactly(0.0)));
        }
        let (shape, numbers) = self.take(name)?;
        let start = match *shape {
            [found] if found == length => 0,
            [count, found] if found == length && number < count => number * length,
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
        if read.constant.is_some() {
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
        let hidden = parts.bias("hidden_bias", number, unembed.columns)?;
        let bias = parts.bias("unembed_bias", number, unembed.rows)?;
        if left.columns != unembed.columns {
            return Err("its parts have other numbers of neurons".into());
        }
        let nothing = |rows| Grid::new(rows, unembed.rows, |_, _| Interval::exactly(0.0));
        let direct = [nothing(left.rows).plus(&bias), nothing(right.rows)];
        Ok(Self { left: left.plus(&hidden), right, unembed, direct })
    }

    /// A transformer with constant attention `λ` to both tokens, with an MLP and no layer norm.
    fn of_decoder(parts: &mut Parts, read: &Read) -> Result<Self, String> {
        let Some((attention, has_halves)) = read.constant else {
            return Err("the certificate does not say how the transformer attends".into());
        };
        if read.instance != 0 {
            return Err("a transformer's file holds one network".into());
        }
        let positions = parts.matrix("pos_embed.W_pos", 0)?;
        // One literature applies weights from the left, and has the heads' outputs side by side.
        let shape = parts.file.tensors.get("blocks.0.attn.W_O").map(|output| output.shape.len());
        let is_turned = shape == Some(2);
        let output = parts.matrices("blocks.0.attn.W_O")?;
        let turn = |grid: Grid| if is_turned { grid.transposed() } else { grid };
        let embed = turn(parts.matrix("embed.W_E", 0)?);
        let w_in = turn(parts.matrix("blocks.0.mlp.W_in", 0)?);
        let w_out = turn(parts.matrix("blocks.0.mlp.W_out", 0)?);
        let w_u = parts.matrix("unembed.W_U", 0)?;
        let values = parts.matrices("blocks.0.attn.W_V")?;
        let d = positions.columns;
        let (m, outputs) = (w_in.columns, w_u.columns);
        let mut attended: Option<Grid> = None;
        let heads = values.len();
        let biases = match parts.has("blocks.0.attn.b_V") {
            true => Some(parts.matrix("blocks.0.attn.b_V", 0)?),
            false => None,
        };
        // What biases add to the stream: those of values once for each of two tokens.
        let mut written = parts.bias("blocks.0.attn.b_O", 0, d)?;
        for (head, value) in values.into_iter().enumerate() {
            let value = turn(value);
            let output = match is_turned {
                true => {
                    let side_by_side = output[0].transposed();
                    let width = side_by_side.rows / heads;
                    side_by_side.part(head * width..(head + 1) * width)
                }
                false => output.get(head).ok_or("`blocks.0.attn.W_O` lacks a head")?.clone(),
            };
            let both = product("blocks.0.attn.W_O", &value, &output)?;
            if (both.rows, both.columns) != (d, d) {
                return Err("`blocks.0.attn.W_V` and `W_O` have other widths".into());
            }
            attended = Some(attended.map_or(both.clone(), |all| all.plus(&both)));
            if let Some(biases) = &biases {
                if (biases.rows, biases.columns) != (heads, output.rows) {
                    return Err("`blocks.0.attn.b_V` has other heads".into());
                }
                let bias = biases.part(head..head + 1).times(&output);
                written = written.plus(&bias.scaled(2.0 * attention));
            }
        }
        let attended = attended.ok_or("it has no head")?;
        // Constant attention looks at no queries and keys; masks are buffers.
        for name in ["W_Q", "W_K", "b_Q", "b_K", "mask", "IGNORE"] {
            parts.file.tensors.remove(&format!("blocks.0.attn.{name}"));
        }
        let b_in = parts.bias("blocks.0.mlp.b_in", 0, m)?;
        let b_out = parts.bias("blocks.0.mlp.b_out", 0, d)?;
        let b_u = parts.bias("unembed.b_U", 0, outputs)?;
        if positions.rows != 2 || embed.columns != d {
            return Err("expected two positions, as wide as the embedding".into());
        }
        let (xs, ys) = match has_halves {
            false => (0..embed.rows, 0..embed.rows),
            true => (0..embed.rows / 2, embed.rows / 2..embed.rows),
        };
        let x = embed.part(xs).plus(&positions.part(0..1));
        let y = embed.part(ys).plus(&positions.part(1..2));
        let left = x.times(&attended).scaled(attention);
        let right = y.plus(&y.times(&attended).scaled(attention)).plus(&written);
        let unembed = product("unembed.W_U", &w_out, &w_u)?.transposed();
        let bias = b_out.times(&w_u).plus(&b_u);
        Ok(Self {
            direct: [left.times(&w_u).plus(&bias), right.times(&w_u)],
            left: product("blocks.0.mlp.W_in", &left, &w_in)?.plus(&b_in),
            right: right.times(&w_in),
            unembed,
        })
    }

    fn fits(&self) -> Result<(), String> {
        let Self { left, right, unembed, direct } = self;
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
