//! Sub-cubic proofs for which coins bound what rank-1 attention scores leave, in place of
//! multiplying it out.
//!
//! Attention scores are a product of factors. Once a direction is taken off, a product `A B` of two
//! rests is left, which proofs take for noise: by how much each of its rows spreads is all that
//! they need. Multiplied out that takes `v² (2 d − 1)` FLOPs;
//! [`products`](crate::sampling::products) tells it for fewer at hundreds of tokens and more,
//! except with a probability of `δ`. The coins' key commits to the weights and to the directions.
//!
//! | what is drawn | what it costs the bound |
//! |---|---|
//! | `signs`: products with random signs bound the length of every row | nothing |
//! | `rows`: few rows spread by more than a threshold | the part of inputs that end with such a row's token |
//! | `entries`: few entries are above a threshold; those of a token with itself are computed | that part for each other token |

mod certificate;

pub use certificate::{Fifth, ResidualCertificate};

use super::MaxOfK;
use super::subcubic::{
    AttentionError, LowRank, Proof, ProofError, Search, Subcubic, flops, residual_flops,
    verify_with_residual,
};
use crate::linalg::Matrix;
use crate::proof::Bound;
use crate::sampling::products::Product;
use crate::sampling::{Coins, Key, Plan};
use crate::tasks::{Kind, sha256};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use thiserror::Error;

/// What is drawn of the residual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drawn {
    /// Products with random signs.
    Signs,
    /// Rows.
    Rows,
    /// Entries.
    Entries,
}

impl Drawn {
    /// All that can be drawn.
    pub const ALL: [Self; 3] = [Self::Signs, Self::Rows, Self::Entries];

    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Signs => "signs",
            Self::Rows => "rows",
            Self::Entries => "entries",
        }
    }

    /// How many are drawn unless someone asks for another number.
    #[must_use]
    pub fn usual(self) -> u64 {
        match self {
            Self::Signs => 128,
            Self::Rows => 300,
            Self::Entries => 20_000,
        }
    }

    /// Most that may be drawn.
    fn most(self) -> u64 {
        match self {
            Self::Signs | Self::Rows => 100_000,
            Self::Entries => Plan::MAX_SAMPLES,
        }
    }
}

impl FromStr for Drawn {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|drawn| drawn.name() == name);
        found.ok_or_else(|| format!("expected one of {}", Self::ALL.map(Self::name).join(", ")))
    }
}

/// What someone wants to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct ResidualPlan {
    /// What of the residual.
    pub drawn: Drawn,
    /// How many.
    pub samples: u64,
    /// The probability with which the bound may fail.
    pub delta: f64,
    /// A text that chooses the coins; empty for none.
    pub seed: String,
}

/// Why nothing comes of a plan.
#[derive(Clone, Debug, PartialEq, Error)]
#[expect(missing_docs, reason = "the errors say it")]
pub enum ResidualError {
    #[error("{found} {} of the residual, expected 1 to {}", drawn.name(), drawn.most())]
    Samples { drawn: Drawn, found: u64 },
    #[error("a probability δ of {found}, expected {} to {}", Plan::DELTAS.0, Plan::DELTAS.1)]
    Delta { found: f64 },
    #[error("a seed of {found} characters, expected at most {}", Plan::MAX_SEED)]
    Seed { found: usize },
    #[error("{samples} signs bound no row of {v} with δ = {delta}: draw more")]
    Few { samples: u64, v: usize, delta: f64 },
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl ResidualPlan {
    fn check(&self) -> Result<(), ResidualError> {
        let Self { drawn, samples, delta, ref seed } = *self;
        if samples == 0 || samples > drawn.most() {
            return Err(ResidualError::Samples { drawn, found: samples });
        }
        if !(Plan::DELTAS.0..=Plan::DELTAS.1).contains(&delta) {
            return Err(ResidualError::Delta { found: delta });
        }
        match seed.chars().count() {
            found if found > Plan::MAX_SEED => Err(ResidualError::Seed { found }),
            _ => Ok(()),
        }
    }

    /// FLOPs of what is drawn for a network, if it can be.
    fn work(&self, task: &MaxOfK) -> Result<f64, ResidualError> {
        let shape = task.shape();
        self.check().map(|()| self.flops(shape.v, shape.d))
    }

    /// All that was chosen, in lines: its SHA-256 is the key of the coins.
    fn statement(&self, task: &MaxOfK, sha256_of_file: &str, directions: &LowRank) -> String {
        let Self { drawn, samples, delta, seed } = self;
        let to_json = |x| serde_json::to_string(x).expect("directions have a JSON form");
        let directions = sha256(to_json(directions).as_bytes());
        let seed = serde_json::to_string(seed).expect("a text has a JSON form");
        let (id, network, drawn) = (Kind::MaxOfK.id(), task.model().network(), drawn.name());
        format!(
            "compact-proofs, a bound on what is left of attention scores, format 1\n\
             task: {id}\n\
             weights: {sha256_of_file}\n\
             network: {network}\n\
             directions: {directions}\n\
             drawn: {drawn}\n\
             samples: {samples}\n\
             delta: {delta}\n\
             seed: {seed}\n"
        )
    }

    /// What the coins of a statement tell of the product `A B`, in a network of `n` positions.
    fn tell(
        &self,
        statement: &str,
        [A, B]: [&Matrix<f64>; 2],
        n: usize,
    ) -> Result<Told, ResidualError> {
        let (mut coins, v) = (Coins::new(Key::of(statement)), A.nrows());
        let &Self { drawn, samples, delta, .. } = self;
        let product = Product::new(A.clone(), B);
        let told = match drawn {
            Drawn::Signs => {
                let signs = u32::try_from(samples).expect("at most 100,000");
                let lengths = product.row_lengths(&mut coins, signs, delta);
                let lengths = lengths.ok_or(ResidualError::Few { samples, v, delta })?;
                // A row x has max x − min x ≤ √2 ‖x‖.
                let root = std::f64::consts::SQRT_2.next_up();
                let spreads = lengths.into_iter().map(|length| (root * length).next_up());
                Told { spreads: spreads.collect(), failing: 0.0 }
            }
            Drawn::Rows => {
                let grid = thresholds(2.0 * product.most());
                let (threshold, part) =
                    least(&grid, &product.spreads_above(&mut coins, samples, &grid, delta));
                Told { spreads: vec![threshold; v], failing: part }
            }
            Drawn::Entries => {
                let grid = thresholds(product.most());
                let (threshold, part) =
                    least(&grid, &product.entries_above(&mut coins, samples, &grid, delta));
                // The last token attends to itself, too: that entry is no random one.
                let spread = |own: f64| (threshold + threshold.max(own)).next_up();
                let spreads = product.diagonal().into_iter().map(spread).collect();
                let failing = ((n - 1) as f64 * part).next_up().min(1.0);
                Told { spreads, failing }
            }
        };
        Ok(told)
    }

    /// FLOPs of [`Self::tell`].
    fn flops(&self, v: usize, d: usize) -> f64 {
        let sizes = [v, d, v];
        match self.drawn {
            Drawn::Signs => {
                let signs = u32::try_from(self.samples).expect("at most 100,000");
                Product::<f64>::row_lengths_flops(sizes, signs) + v as f64
            }
            Drawn::Rows => Product::<f64>::spreads_flops(sizes, self.samples, GRID),
            Drawn::Entries => {
                Product::<f64>::entries_flops(sizes, self.samples, GRID)
                    + Product::<f64>::diagonal_flops(sizes)
                    + (2 * v) as f64
            }
        }
    }
}

/// Thresholds that are tried: as many, each `√½` of the one before.
const GRID: usize = 40;

fn thresholds(most: f64) -> Vec<f64> {
    let root = std::f64::consts::FRAC_1_SQRT_2;
    std::iter::successors(Some(most), |x| Some(x * root)).take(GRID).collect()
}

/// The smallest threshold that as few values exceed as any, and the part that may.
fn least(grid: &[f64], parts: &[f64]) -> (f64, f64) {
    let fewest = parts.iter().copied().fold(1.0, f64::min);
    let found = grid.iter().zip(parts).rfind(|(_, part)| **part <= fewest);
    found.map_or((grid[0], 1.0), |(&threshold, &part)| (threshold, part))
}

/// What coins tell of a product.
struct Told {
    /// Upper bounds on the spreads of rows, of inputs on which they do not fail.
    spreads: Vec<f64>,
    /// They fail for at most this part of all inputs.
    failing: f64,
}

/// A bound that holds if the coins do not mislead.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ResidualBound {
    /// The strategy.
    pub strategy: String,
    /// What was drawn, and how many.
    pub drawn: Drawn,
    /// How many.
    pub samples: u64,
    /// The bound fails with at most this probability.
    pub delta: f64,
    /// The SHA-256 of all that was chosen, the key of the coins.
    pub key: String,
    /// The number of right inputs, at least, of all inputs.
    #[serde(flatten)]
    pub bound: Bound,
    /// The bound in percent, rounded down.
    pub percent: String,
    /// The part of all inputs that was given up for what may be above thresholds.
    pub failing: f64,
    /// FLOPs of checking it.
    pub flops: f64,
    /// FLOPs of the proof with the residual multiplied out.
    pub exact_flops: f64,
}

/// Draws, and then proves by what that tells: by the best of the strategies with row differences of
/// a rank-1 residual. `sha256` is that of the file that the bound is about.
///
/// # Errors
/// If the plan cannot be carried out, or the model's products leave the range of float64.
pub fn prove(
    task: &MaxOfK,
    sha256: &str,
    plan: &ResidualPlan,
) -> Result<(ResidualBound, Proof), ResidualError> {
    plan.check()?;
    let model = task.model();
    let search = Search::new(model);
    let statement = plan.statement(task, sha256, search.rank_one());
    let n = model.shape().n;
    let mut told = None;
    let search = search.with_residual(|A, B| {
        let told: &Result<Told, _> = told.get_or_insert_with(|| plan.tell(&statement, [A, B], n));
        told.as_ref().map_or(vec![f64::INFINITY; A.nrows()], |told| told.spreads.clone())
    });
    if let Some(Err(error)) = told {
        return Err(error);
    }
    let mut best: Option<(ResidualBound, Proof)> = None;
    for strategy in Subcubic::family(AttentionError::MaxDiffExact) {
        let proof = search.joint(strategy)?;
        let bound = verify(task, sha256, plan, &proof)?;
        if best.as_ref().is_none_or(|(best, _)| best.bound.correct() < bound.bound.correct()) {
            best = Some((bound, proof));
        }
    }
    Ok(best.expect("ten strategies"))
}

/// What a proof object proves if the residual is as the coins of `plan` tell.
///
/// # Errors
/// As for [`prove`], and if the proof object is none of the model.
pub fn verify(
    task: &MaxOfK,
    sha256: &str,
    plan: &ResidualPlan,
    proof: &Proof,
) -> Result<ResidualBound, ResidualError> {
    plan.check()?;
    let (model, shape) = (task.model(), task.shape());
    let statement = plan.statement(task, sha256, &proof.low_rank);
    let mut told = Err(ResidualError::Samples { drawn: plan.drawn, found: plan.samples });
    let cases = verify_with_residual(model, proof, |A, B| {
        told = plan.tell(&statement, [A, B], shape.n);
        told.as_ref().map_or(vec![f64::INFINITY; A.nrows()], |told| told.spreads.clone())
    });
    // What went wrong with the coins comes first: without them there is no finite bound.
    let failing = match (told, &cases) {
        (Ok(Told { failing, .. }), _) => failing,
        (Err(_), Err(error)) if !matches!(error, ProofError::NotFinite { .. }) => {
            return Err(error.clone().into());
        }
        (Err(error), _) => return Err(error),
    };
    let (proven, total) = (cases?.proven(), task.sequences());
    let correct = proven.saturating_sub(part_of(failing, total));
    let bound = Bound::new(correct, total);
    let exact_flops = flops(proof.strategy, shape, &proof.gaps);
    Ok(ResidualBound {
        strategy: proof.strategy.to_string(),
        drawn: plan.drawn,
        samples: plan.samples,
        delta: plan.delta,
        key: Key::of(&statement).hex(),
        bound,
        percent: bound.percent(4),
        failing,
        flops: exact_flops - residual_flops(shape) + plan.flops(shape.v, shape.d) + 2.0,
        exact_flops,
    })
}

/// At least `part` of `total`, for a part from 0 to 1.
fn part_of(part: f64, total: u128) -> u128 {
    // part ≤ k / 2⁶³, so part · total ≤ k · (total / 2⁶³ + 1).
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 2⁶³")]
    let k = (part * 9_223_372_036_854_775_808.0).ceil() as u128;
    let (high, low) = (total >> 63, total & ((1 << 63) - 1));
    (k * high + ((k * low) >> 63)).saturating_add(1).min(total)
}

#[cfg(test)]
mod tests;
