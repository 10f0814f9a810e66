use super::statement::{MAX_ACTIVE, MAX_AMPLITUDE, MAX_ROW, whole};
use super::{Derived, Hints, LOSS_BITS, MAX_TOKENS, Malformed, Method, Statement, derive};
use crate::labs::superposition::dictionary::largest;
use crate::labs::superposition::tokens::Source;
use crate::labs::superposition::{Code, Dictionary, GRID, SettingError, Toy, ToySettings};
use crate::linalg::{Matrix, dot};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What to prove.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofSettings {
    /// The number of tokens, which no training sees.
    pub tokens: usize,
    /// Their seed.
    pub seed: u32,
    /// Whether amplitudes are fitted by least squares to what the dictionary reads, rather than
    /// those of the encoder. Hints cost a proof nothing.
    pub refit: bool,
}

/// Why there is no proof.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ProofError {
    /// A setting is out of its range.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// A weight of the toy model is too large.
    #[error("nothing can be proven of this toy model: {0}")]
    Malformed(#[from] Malformed),
}

/// What each method proves of a toy model by a dictionary.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Proven {
    /// Tokens.
    pub tokens: usize,
    /// Tokens that the network answers right.
    pub right: usize,
    /// Mean squared error of the outputs that the layer makes of `ẑ`, or of those that the codes of
    /// a crosscoder say; an estimate.
    pub claimed_loss: f64,
    /// Mean squared error of the network's outputs; an estimate.
    pub loss: f64,
    /// Mean of upper bounds on `ε = ‖z − ẑ‖`.
    pub epsilon: f64,
    /// What each method proves.
    pub methods: Vec<MethodFacts>,
}

/// What a method proves.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MethodFacts {
    /// The method.
    pub method: Method,
    /// At least this number of tokens is answered right.
    pub certified: usize,
    /// The mean squared error of outputs is at most this; none if nothing is proven of it.
    pub loss: Option<f64>,
    /// The proof's length.
    pub flops: u64,
    /// The mean proven distance from the outputs to those that the features claim.
    pub error: f64,
    /// The part of `error` that `ε` makes.
    pub ball: f64,
    /// Upper bounds on the mean squared distance of each layer that the dictionary writes to what
    /// codes say of it: none for brute force, which has no codes.
    pub errors: Vec<Option<f64>>,
}

/// A loss as a number, rounded up; none if it says nothing.
#[must_use]
pub fn loss_of(loss: u64) -> Option<f64> {
    let unit = 1.0 / (1_u64 << LOSS_BITS) as f64;
    (loss < u64::MAX).then(|| (loss as f64 * unit).next_up())
}

/// The statement about tokens, and hints from a dictionary.
///
/// # Errors
/// If a setting is out of its range, or a weight is too large.
pub fn prepare(
    toy: &Toy,
    of: &ToySettings,
    dictionary: &Dictionary,
    settings: &ProofSettings,
) -> Result<(Statement, Hints), ProofError> {
    if !(1..=MAX_TOKENS).contains(&settings.tokens) {
        let (found, most) = (settings.tokens as f64, MAX_TOKENS as f64);
        return Err(SettingError { setting: "tokens", found, least: 1.0, most }.into());
    }
    let mut source = Source::new(settings.seed, b"sup.prov", of.features, of.probability);
    let tokens = source.take(settings.tokens);
    let statement = Statement::new(toy, &tokens)?;
    let activations = dictionary.activations(toy, &tokens);
    let rows: Vec<Vec<f64>> =
        dictionary.decoder.rows().into_iter().map(|row| row.to_vec()).collect();
    let mut codes = dictionary.encode(&activations);
    for (code, x) in codes.iter_mut().zip(activations.rows()) {
        *code = largest(std::mem::take(code), MAX_ACTIVE);
        if settings.refit {
            refit(code, &x.to_vec(), &rows);
        }
    }
    let units = |row: &[f64]| row.iter().map(|&d| whole(d).clamp(-MAX_ROW, MAX_ROW)).collect();
    let (hidden, width) = (dictionary.hidden, dictionary.decoder.ncols());
    let columns = |from: usize, to: usize| rows.iter().map(|row| units(&row[from..to])).collect();
    let code = |code: &Code| {
        let units = code.iter().map(|&(latent, a)| (latent, whole(a).clamp(0, MAX_AMPLITUDE)));
        units.filter(|&(_, a)| a > 0).collect()
    };
    let hints = Hints {
        directions: columns(0, hidden),
        outputs: if dictionary.layers() == 2 { columns(hidden, width) } else { Vec::new() },
        codes: codes.iter().map(code).collect(),
    };
    Ok((statement, hints))
}

/// What each method proves of a toy model by a dictionary.
///
/// # Errors
/// As for [`prepare`].
pub fn prove(
    toy: &Toy,
    of: &ToySettings,
    dictionary: &Dictionary,
    settings: &ProofSettings,
) -> Result<Proven, ProofError> {
    let (statement, hints) = prepare(toy, of, dictionary, settings)?;
    let derived = Method::ALL.map(|method| (method, derive(&statement, &hints, method)));
    let tokens = statement.tokens.len();
    let mean = |sum: u128, bits: u32| sum as f64 / (1_u64 << bits) as f64 / tokens as f64;
    let facts = |(method, derived): &(Method, Derived)| MethodFacts {
        method: *method,
        certified: derived.certified,
        loss: loss_of(derived.loss),
        flops: derived.flops,
        error: mean(derived.distance, 20),
        ball: mean(derived.ball, 20),
        errors: derived.errors.iter().copied().map(loss_of).collect(),
    };
    let [(_, features), .., (_, exact)] = &derived;
    Ok(Proven {
        tokens,
        right: exact.certified,
        claimed_loss: claimed_loss(toy, &statement, &hints),
        loss: loss_of(exact.loss).unwrap_or(f64::INFINITY),
        epsilon: mean(features.epsilon, 28),
        methods: derived.iter().map(facts).collect(),
    })
}

/// The mean squared error of the outputs that the codes say or, of one layer, that the layer makes
/// of `ẑ`.
fn claimed_loss(toy: &Toy, statement: &Statement, hints: &Hints) -> f64 {
    let decoded = |rows: &[Vec<i64>]| {
        let mut decoded = Matrix::zeros((statement.tokens.len(), rows[0].len()));
        for (mut sum, code) in decoded.rows_mut().into_iter().zip(&hints.codes) {
            for &(latent, a) in code {
                let row = &rows[latent];
                sum.iter_mut().zip(row).for_each(|(x, d)| *x += (a * d) as f64 / (GRID * GRID));
            }
        }
        decoded
    };
    let mut outputs = match hints.outputs.is_empty() {
        true => toy.outputs(&decoded(&hints.directions)),
        false => decoded(&hints.outputs),
    };
    for (mut y, token) in outputs.rows_mut().into_iter().zip(&statement.tokens) {
        token.iter().for_each(|&(c, value)| y[c] -= toy.target(value as f64 / GRID));
    }
    outputs.iter().fold(0.0, |sum, e| sum + e * e) / statement.tokens.len() as f64
}

/// Fits amplitudes, none negative, to `x` by least squares: rounds of coordinate descent.
fn refit(code: &mut Code, x: &[f64], rows: &[Vec<f64>]) {
    const ROUNDS: usize = 30;
    let mut rest = x.to_vec();
    let add = |rest: &mut [f64], latent: usize, by: f64| {
        rest.iter_mut().zip(&rows[latent]).for_each(|(r, d)| *r += by * d);
    };
    code.iter().for_each(|&(latent, a)| add(&mut rest, latent, -a));
    for _ in 0..ROUNDS {
        for (latent, a) in code.iter_mut() {
            let square = dot(&rows[*latent], &rows[*latent]);
            if square > 0.0 {
                let fitted = (*a + dot(&rows[*latent], &rest) / square).max(0.0);
                add(&mut rest, *latent, *a - fitted);
                *a = fitted;
            }
        }
    }
}
