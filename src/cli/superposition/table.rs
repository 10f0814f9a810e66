use crate::cli::results::Failure;
use crate::labs::superposition::proof::{Method, Proven};
use crate::labs::superposition::{DictionarySettings, Measures};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What is measured and proven of one dictionary: a row of the CSV file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Row {
    /// What the dictionary reads.
    pub(super) kind: String,
    /// Latents of the dictionary, or of this prefix of it.
    pub(super) latents: usize,
    pub(super) penalty: String,
    /// `s` or `c`.
    pub(super) scale: f64,
    pub(super) k: usize,
    pub(super) lambda: f64,
    pub(super) seed: u32,
    pub(super) steps: u32,
    pub(super) represented: usize,
    pub(super) recovered: usize,
    pub(super) dead: usize,
    pub(super) true_l0: f64,
    pub(super) l0: f64,
    pub(super) l0_99: f64,
    pub(super) fvu: f64,
    pub(super) soft_bits: f64,
    /// Mean of `2^k`.
    pub(super) subsets: f64,
    pub(super) pairs: usize,
    /// The proof from pairs for 10,000 tokens by the literature's formula.
    pub(super) length: f64,
    /// Tokens of the proofs.
    pub(super) tokens: usize,
    /// Those that the network answers right.
    pub(super) right: usize,
    pub(super) epsilon: f64,
    pub(super) loss: f64,
    pub(super) claimed_loss: f64,
    pub(super) features_certified: usize,
    pub(super) features_loss: Option<f64>,
    pub(super) features_flops: u64,
    pub(super) pairs_certified: usize,
    pub(super) pairs_loss: Option<f64>,
    pub(super) pairs_flops: u64,
    pub(super) sums_certified: usize,
    pub(super) sums_loss: Option<f64>,
    pub(super) sums_flops: u64,
    /// Proven mean squared distance of hidden vectors to what their codes say.
    pub(super) hidden_error: Option<f64>,
    /// The same of outputs, by sums; of crosscoders.
    pub(super) output_error: Option<f64>,
    pub(super) brute_force_flops: u64,
}

impl Row {
    pub(super) fn new(of: &DictionarySettings, measures: &Measures, proven: &Proven) -> Self {
        let by = |method: Method| {
            let facts = proven.methods.iter().find(|facts| facts.method == method);
            facts.map_or((0, None, 0), |facts| (facts.certified, facts.loss, facts.flops))
        };
        let (features_certified, features_loss, features_flops) = by(Method::Features);
        let (pairs_certified, pairs_loss, pairs_flops) = by(Method::Pairs);
        let (sums_certified, sums_loss, sums_flops) = by(Method::Sums);
        let error = |layer: usize| {
            let sums = proven.methods.iter().find(|facts| facts.method == Method::Sums)?;
            sums.errors.get(layer).copied().flatten()
        };
        Self {
            kind: of.kind.name().into(),
            latents: measures.latents,
            penalty: of.penalty.name().into(),
            scale: of.scale,
            k: of.k,
            lambda: of.lambda,
            seed: of.seed,
            steps: of.steps,
            represented: measures.represented,
            recovered: measures.recovered,
            dead: measures.dead,
            true_l0: measures.true_l0,
            l0: measures.l0,
            l0_99: measures.l0_99,
            fvu: measures.fvu,
            soft_bits: measures.soft_bits,
            subsets: measures.subsets,
            pairs: measures.pairs,
            length: measures.length.length,
            tokens: proven.tokens,
            right: proven.right,
            epsilon: proven.epsilon,
            loss: proven.loss,
            claimed_loss: proven.claimed_loss,
            features_certified,
            features_loss,
            features_flops,
            pairs_certified,
            pairs_loss,
            pairs_flops,
            sums_certified,
            sums_loss,
            sums_flops,
            hidden_error: error(0),
            output_error: error(1),
            brute_force_flops: by(Method::BruteForce).2,
        }
    }
}

/// Reads a CSV file of rows. An error names the file.
pub(super) fn read(path: &Path) -> Result<Vec<Row>, Failure> {
    let named = |e: csv::Error| format!("{}: {e}", path.display());
    let mut reader = csv::Reader::from_path(path).map_err(named)?;
    Ok(reader.deserialize().collect::<Result<Vec<Row>, _>>().map_err(named)?)
}

/// Writes a CSV file of rows. An error names the file.
pub(super) fn write(path: &Path, rows: &[Row]) -> Result<(), Failure> {
    let named = |e: csv::Error| format!("{}: {e}", path.display());
    let mut writer = csv::Writer::from_path(path).map_err(named)?;
    rows.iter().try_for_each(|row| writer.serialize(row)).map_err(named)?;
    Ok(writer.flush().map_err(|e| format!("{}: {e}", path.display()))?)
}
