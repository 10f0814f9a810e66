//! The network: which one a weights file stores, and the five paths through it.

use super::config::scale;
use super::interval::Real;
use super::json::shown;
use super::weights::{File, Tensor};
use ndarray::{Array2, ArrayView2, Axis};
use std::collections::BTreeMap;

/// A one-layer, one-head, attention-only transformer without layer norm, as its file stores it. A
/// bias is a matrix of one row.
pub(super) struct Model {
    W_E: Array2<f64>,
    W_pos: Array2<f64>,
    W_Q: Array2<f64>,
    W_K: Array2<f64>,
    W_V: Array2<f64>,
    W_O: Array2<f64>,
    W_U: Array2<f64>,
    b_Q: Array2<f64>,
    b_K: Array2<f64>,
    b_V: Array2<f64>,
    b_O: Array2<f64>,
    b_U: Array2<f64>,
    /// The number that attention scores are divided by, or `None` for `√d_head`.
    scale: Option<f64>,
}

impl Model {
    /// The network that a file stores.
    ///
    /// # Errors
    /// If any part of the file says, or may say, that the network is not the theorem's.
    pub(super) fn new(File { tensors, config }: File) -> Result<Self, String> {
        let mut parts = Parts(tensors);
        let W_E = parts.weight("embed.W_E")?;
        let W_pos = parts.weight("pos_embed.W_pos")?;
        let W_Q = parts.weight("blocks.0.attn.W_Q")?;
        let W_U = parts.weight("unembed.W_U")?;
        let ((v, d), n, h, outputs) = (W_E.dim(), W_pos.nrows(), W_Q.ncols(), W_U.ncols());
        for (what, size, least, most) in [
            ("tokens", v, 2, 512),
            ("positions", n, 1, 64),
            ("dimensions of the residual stream", d, 1, 256),
            ("dimensions of the head", h, 1, 256),
            ("outputs", outputs, 1, 512),
        ] {
            if !(least..=most).contains(&size) {
                return Err(format!("{size} {what}, expected {least} to {most}"));
            }
        }
        let model = Self {
            W_E,
            W_pos: sized("pos_embed.W_pos", W_pos, (n, d))?,
            W_Q: sized("blocks.0.attn.W_Q", W_Q, (d, h))?,
            W_K: sized("blocks.0.attn.W_K", parts.weight("blocks.0.attn.W_K")?, (d, h))?,
            W_V: sized("blocks.0.attn.W_V", parts.weight("blocks.0.attn.W_V")?, (d, h))?,
            W_O: sized("blocks.0.attn.W_O", parts.weight("blocks.0.attn.W_O")?, (h, d))?,
            W_U: sized("unembed.W_U", W_U, (d, outputs))?,
            b_Q: parts.bias("blocks.0.attn.b_Q", h)?,
            b_K: parts.bias("blocks.0.attn.b_K", h)?,
            b_V: parts.bias("blocks.0.attn.b_V", h)?,
            b_O: parts.bias("blocks.0.attn.b_O", d)?,
            b_U: parts.bias("unembed.b_U", outputs)?,
            scale: config.map_or(Ok(None), |config| scale(&config, [v, d, h, n, outputs]))?,
        };
        parts.nothing_else(n)?;
        Ok(model)
    }

    /// The numbers of tokens, positions and outputs.
    pub(super) fn sizes(&self) -> (usize, usize, usize) {
        (self.W_E.nrows(), self.W_pos.nrows(), self.W_U.ncols())
    }

    /// Whether attention scores are divided by something else than `√d_head`.
    pub(super) fn has_another_scale(&self) -> bool {
        self.scale.is_some()
    }

    /// Describes the network in words.
    pub(super) fn network(&self) -> String {
        let (h, n) = (self.W_Q.ncols(), self.W_pos.nrows());
        let divisor =
            self.scale.map_or_else(|| format!("√d_head = √{h}"), |scale| scale.to_string());
        format!(
            "One layer, one head, no layer norm (not even one folded into the weights), attention \
             scores divided by {divisor}, positions added to the residual stream, K = n_ctx = {n} \
             tokens with the answer read at the last position, which attends to all {n} positions, \
             weights applied as x·W."
        )
    }
}

/// The tensors of a file that are not yet used.
struct Parts<'a>(BTreeMap<String, Tensor<'a>>);

impl<'a> Parts<'a> {
    /// Takes a tensor out, under its name or the name of grouped attention: with one head, grouped
    /// keys and values are ordinary ones.
    fn take(&mut self, name: &str) -> Result<Option<Tensor<'a>>, String> {
        let grouped = name.replace(".attn.", ".attn._");
        let may_be_grouped = ["W_K", "W_V", "b_K", "b_V"].iter().any(|end| name.ends_with(end));
        let other = if may_be_grouped { self.0.remove(&grouped) } else { None };
        match (self.0.remove(name), other) {
            (Some(_), Some(_)) => Err(format!("there are both `{name}` and `{grouped}`")),
            (tensor, other) => Ok(tensor.or(other)),
        }
    }

    /// Takes a weight out, without the leading dimension of one head.
    fn weight(&mut self, name: &str) -> Result<Array2<f64>, String> {
        let tensor = self.take(name)?.ok_or_else(|| format!("tensor `{name}` is missing"))?;
        let size = match *tensor.shape {
            [rows, columns] => (rows, columns),
            [1, rows, columns] if name.contains(".attn.") => (rows, columns),
            _ => {
                return Err(format!(
                    "tensor `{name}` has the shape {:?}, expected a matrix of one head",
                    tensor.shape
                ));
            }
        };
        matrix(name, &tensor, size)
    }

    /// Takes a bias out; zero if there is none.
    fn bias(&mut self, name: &str, length: usize) -> Result<Array2<f64>, String> {
        match self.take(name)? {
            None => Ok(Array2::zeros((1, length))),
            Some(tensor) if tensor.shape == [length] || tensor.shape == [1, length] => {
                matrix(name, &tensor, (1, length))
            }
            Some(tensor) => Err(format!(
                "tensor `{name}` has the shape {:?}, expected [{length}]",
                tensor.shape
            )),
        }
    }

    /// Checks the tensors that change nothing, and refuses any other tensor that is left.
    fn nothing_else(mut self, n: usize) -> Result<(), String> {
        let mask = "blocks.0.attn.mask";
        // An empty mask says nothing. In any other, only the last row matters: what the last
        // position attends to.
        if let Some(tensor) = self.take(mask)?.filter(|tensor| !tensor.shape.contains(&0)) {
            if tensor.shape != [n, n] {
                return Err(format!(
                    "tensor `{mask}` has the shape {:?}, expected [{n}, {n}]",
                    tensor.shape
                ));
            }
            if tensor.numbers()?[(n - 1) * n..].contains(&0.0) {
                return Err(format!(
                    "tensor `{mask}` hides positions from the last one, \
                     the theorem's network attends to all {n}"
                ));
            }
        }
        // IGNORE replaces the scores of hidden positions, and none is hidden.
        self.take("blocks.0.attn.IGNORE")?;
        for name in
            ["blocks.0.mlp.W_in", "blocks.0.mlp.b_in", "blocks.0.mlp.W_out", "blocks.0.mlp.b_out"]
        {
            let numbers = self.take(name)?.map_or(Ok(Vec::new()), |tensor| tensor.numbers());
            if numbers
                .map_err(|problem| format!("tensor `{name}`: {problem}"))?
                .iter()
                .any(|x| *x != 0.0)
            {
                return Err(format!(
                    "tensor `{name}` is not zero: the theorem's network has no MLP"
                ));
            }
        }
        let unknown =
            |name: &String| format!("tensor `{}` is no part of the theorem's network", shown(name));
        self.0.keys().next().map_or(Ok(()), |name| Err(unknown(name)))
    }
}

/// A tensor's numbers as a matrix. All are finite and in the range of float32, so that a product of
/// seven stays in the range of float64.
fn matrix(name: &str, tensor: &Tensor, size: (usize, usize)) -> Result<Array2<f64>, String> {
    if tensor.is_bool() {
        return Err(format!("tensor `{name}` holds truth values, expected numbers"));
    }
    let numbers = tensor.numbers().map_err(|problem| format!("tensor `{name}`: {problem}"))?;
    if let Some(x) = numbers.iter().find(|x| x.is_nan() || x.abs() > f64::from(f32::MAX)) {
        return Err(format!(
            "tensor `{name}` holds {x:e}, expected numbers of at most {:e}",
            f32::MAX
        ));
    }
    Array2::from_shape_vec(size, numbers).map_err(|error| format!("tensor `{name}`: {error}"))
}

fn sized(name: &str, weight: Array2<f64>, expected: (usize, usize)) -> Result<Array2<f64>, String> {
    let found = weight.dim();
    match found == expected {
        true => Ok(weight),
        false => Err(format!("tensor `{name}` is a matrix {found:?}, expected {expected:?}")),
    }
}

/// The five paths through the model, multiplied out. `E_q = W_E + W_pos[n − 1]` is the embedding of
/// a token at the last position; `q` is the query token, `t` any token, `p` a position, `o` an
/// output.
pub(super) struct Circuits<R> {
    /// `(E_q + b_O) W_U + b_U`, `[q, o]`. Attention sums to 1, so `b_O` reaches the outputs
    /// unchanged.
    pub(super) EUPU: Array2<R>,
    /// `W_E W_V W_O W_U`, `[t, o]`.
    pub(super) EVOU: Array2<R>,
    /// `(W_pos W_V + b_V) W_O W_U`, `[p, o]`.
    pub(super) PVOU: Array2<R>,
    /// `(E_q W_Q + b_Q) (W_E W_K)ᵀ / scale`, `[q, t]`.
    pub(super) EQKE: Array2<R>,
    /// `(E_q W_Q + b_Q) (W_pos W_K + b_K)ᵀ / scale`, `[q, p]`.
    pub(super) EQKP: Array2<R>,
}

impl<R: Real> Circuits<R> {
    /// Multiplies the weights out.
    pub(super) fn new(model: &Model) -> Self {
        let exactly = |weights: &Array2<f64>| weights.mapv(R::exactly);
        let [W_E, W_pos, W_Q, W_K] =
            [&model.W_E, &model.W_pos, &model.W_Q, &model.W_K].map(exactly);
        let [W_V, W_O, W_U] = [&model.W_V, &model.W_O, &model.W_U].map(exactly);
        let [b_Q, b_K, b_V, b_O, b_U] =
            [&model.b_Q, &model.b_K, &model.b_V, &model.b_O, &model.b_U].map(exactly);
        let one_over_scale = match model.scale {
            None => R::inverse_root(W_Q.ncols()),
            Some(1.0) => R::exactly(1.0),
            Some(scale) => R::inverse_near(scale),
        };

        let E_q = plus(W_E.clone(), &W_pos.select(Axis(0), &[W_pos.nrows() - 1]));
        let queries = plus(product(E_q.view(), W_Q.view()), &b_Q).mapv(|x| x * one_over_scale);
        let OU = product(W_O.view(), W_U.view());
        let values = |inputs: Array2<R>| product(inputs.view(), OU.view());
        let scores = |keys: Array2<R>| product(queries.view(), keys.t());
        Self {
            EVOU: values(product(W_E.view(), W_V.view())),
            PVOU: values(plus(product(W_pos.view(), W_V.view()), &b_V)),
            EQKE: scores(product(W_E.view(), W_K.view())),
            EQKP: scores(plus(product(W_pos.view(), W_K.view()), &b_K)),
            EUPU: plus(product(plus(E_q, &b_O).view(), W_U.view()), &b_U),
        }
    }

    /// What token `t` at position `p` adds to output `o` (before the attention weight), minus what
    /// it adds to output `m`, with `q` the query token.
    pub(super) fn gain(&self, (q, o, m): (usize, usize, usize), p: usize, t: usize) -> R {
        let [direct, token, position] = [(&self.EUPU, q), (&self.EVOU, t), (&self.PVOU, p)]
            .map(|(path, i)| path[[i, o]] - path[[i, m]]);
        direct + token + position
    }

    /// The attention score of token `t` at position `p`, with `q` the query token.
    pub(super) fn score(&self, q: usize, p: usize, t: usize) -> R {
        self.EQKE[[q, t]] + self.EQKP[[q, p]]
    }
}

fn product<R: Real>(a: ArrayView2<R>, b: ArrayView2<R>) -> Array2<R> {
    let entry = |(i, j)| (0..a.ncols()).fold(R::exactly(0.0), |sum, k| sum + a[[i, k]] * b[[k, j]]);
    Array2::from_shape_fn((a.nrows(), b.ncols()), entry)
}

/// Adds the only row of `bias` to each row.
fn plus<R: Real>(mut rows: Array2<R>, bias: &Array2<R>) -> Array2<R> {
    rows.indexed_iter_mut().for_each(|((_, j), x)| *x = *x + bias[[0, j]]);
    rows
}
