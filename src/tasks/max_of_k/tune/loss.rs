use super::Weights;
use super::margins::{ByKnown, Hinge, Known, bound_loss};
use super::noise::{AttentionError, DirectNoise};
use crate::linalg::{Matrix, mean_row};
use crate::models::transformer::{Circuits, Transformer};
use crate::tasks::max_of_k::subcubic::FourFactors;
use crate::tasks::max_of_k::train::{chain_rule, loss_and_circuit_gradient};
use serde::Serialize;

/// Where a case of the bound-as-loss stops to count.
const HINGE: Hinge = Hinge { margin: 1.0, softness: 0.5 };
/// A network whose answer to `n` copies of a token leads by this many logits has no OV noise.
const OV_LEAD: f64 = 8.0;

/// The loss of fine-tuning and its terms, before their weights: the task's own loss, and what makes
/// proofs longer or bounds lower.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Terms {
    /// The task's loss: mean cross-entropy of the batch, in nats.
    pub task: f64,
    /// The mean error of low-rank attention scores in the shortest proofs, in logits.
    pub attention: f64,
    /// By how much the OV circuit's lead for the right token falls short, on average, in logits.
    pub ov: f64,
    /// The mean square of what positions add to attention scores and to logits.
    pub positions: f64,
    /// The mean bound on what the direct path adds to differences of logits.
    pub direct: f64,
    /// The bound as a loss: about the part of all sequences that the shortest proofs leave out.
    pub bound: f64,
}

/// The terms of the loss on a batch, and the gradient of their weighted sum. The `directions` of
/// the attention error are held fixed.
pub(super) fn terms_and_gradient(
    model: &Transformer,
    directions: &FourFactors,
    weights: &Weights,
    sequences: &[Vec<usize>],
) -> (Terms, Transformer) {
    let (circuits, divisor) = (Circuits::new(model), model.score_divisor());
    let v = circuits.EUPU.nrows();
    let (task, by_circuits) = loss_and_circuit_gradient(&circuits, divisor, sequences);
    let (error, direct) = (AttentionError::new(model, directions), DirectNoise::new(model));
    let mean_direct = mean_row(&circuits.EUPU);
    let each = 1.0 / v as f64;
    let mut by = ByKnown {
        circuits: by_circuits,
        error: vec![weights.attention * each / divisor; v],
        direct: vec![weights.direct * each; v],
        mean_direct: vec![0.0; v],
    };
    let known = Known {
        circuits: &circuits,
        divisor,
        error: &error.rows,
        direct: &direct.rows,
        mean_direct: &mean_direct,
    };
    let bound = bound_loss(&known, HINGE, weights.bound, &mut by);
    let ov = ov_noise(&circuits, weights.ov, &mut by.circuits);
    let positions = position_noise(&circuits, divisor, weights.positions, &mut by.circuits);

    // The mean query's direct path is the mean row of EUPU.
    for mut row in by.circuits.EUPU.rows_mut() {
        row.iter_mut().zip(&by.mean_direct).for_each(|(x, by)| *x += each * by);
    }
    let mut gradient = chain_rule(model, &by.circuits);
    error.add_gradient(&by.error, &mut gradient);
    direct.add_gradient(&by.direct, &mut gradient);
    let mean = |rows: &[f64]| each * rows.iter().sum::<f64>();
    let terms = Terms {
        task,
        attention: mean(&error.rows) / divisor,
        ov,
        positions,
        direct: mean(&direct.rows),
        bound,
    };
    (terms, gradient)
}

/// By how much `EVOU[t, t]` leads less than [`OV_LEAD`] over the other outputs, on average.
fn ov_noise(circuits: &Circuits<f64>, weight: f64, by: &mut Circuits<f64>) -> f64 {
    let v = circuits.EVOU.nrows();
    let mut noise = 0.0;
    for (t, row) in circuits.EVOU.rows().into_iter().enumerate() {
        let others = row.iter().enumerate().filter(|&(o, _)| o != t);
        let (rival, most) = others
            .fold((t, f64::NEG_INFINITY), |most, (o, &x)| if x > most.1 { (o, x) } else { most });
        let short = OV_LEAD - (row[t] - most);
        if short > 0.0 && rival != t {
            noise += short / v as f64;
            by.EVOU[[t, rival]] += weight / v as f64;
            by.EVOU[[t, t]] -= weight / v as f64;
        }
    }
    noise
}

/// The mean square of the scores of positions around their mean and of what positions write around
/// its mean over outputs.
fn position_noise(
    circuits: &Circuits<f64>,
    divisor: f64,
    weight: f64,
    by: &mut Circuits<f64>,
) -> f64 {
    let of = |matrix: &Matrix<f64>, by: &mut Matrix<f64>, unit: f64| {
        let mut noise = 0.0;
        let entries = matrix.len() as f64;
        for (row, mut by) in matrix.rows().into_iter().zip(by.rows_mut()) {
            let mean = row.sum() / row.len() as f64;
            for (x, by) in row.iter().zip(by.iter_mut()) {
                let off = (x - mean) / unit;
                noise += off * off / entries;
                *by += weight * 2.0 * off / unit / entries;
            }
        }
        noise
    };
    of(&circuits.EQKP, &mut by.EQKP, divisor) + of(&circuits.PVOU, &mut by.PVOU, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::transformer::Shape;
    use crate::models::transformer::tests::random;
    use crate::tasks::max_of_k::train::weights_mut;

    /// The sum of all terms by their weights.
    fn total(terms: &Terms, weights: &Weights) -> f64 {
        let Terms { task, attention, ov, positions, direct, bound } = terms;
        task + weights.attention * attention
            + weights.ov * ov
            + weights.positions * positions
            + weights.direct * direct
            + weights.bound * bound
    }

    #[test]
    fn the_gradient_of_each_term_agrees_with_finite_differences() {
        const STEP: f64 = 1e-6;
        let none = Weights { attention: 0.0, ov: 0.0, positions: 0.0, direct: 0.0, bound: 0.0 };
        let sequences = vec![vec![0, 4, 1], vec![2, 2, 3], vec![1, 0, 0]];
        for weights in [
            Weights { attention: 0.3, ..none },
            Weights { ov: 0.7, ..none },
            Weights { positions: 0.2, ..none },
            Weights { direct: 0.4, ..none },
            Weights { bound: 0.9, ..none },
            Weights { attention: 0.1, ov: 0.2, positions: 0.3, direct: 0.4, bound: 0.5 },
        ] {
            let model = random(Shape { v: 5, d: 4, h: 3, n: 3 }, 1.0, 7);
            let directions = FourFactors::of(&model);
            let loss = |model: &Transformer| {
                total(&terms_and_gradient(model, &directions, &weights, &sequences).0, &weights)
            };
            let mut gradient = terms_and_gradient(&model, &directions, &weights, &sequences).1;
            for (index, by_weights) in weights_mut(&mut gradient).into_iter().enumerate() {
                for (at, &found) in by_weights.indexed_iter() {
                    let moved = |step: f64| {
                        let mut moved = model.clone();
                        weights_mut(&mut moved)[index][at] += step;
                        loss(&moved)
                    };
                    let expected = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
                    assert!(
                        (found - expected).abs() < 1e-6 * (1.0 + expected.abs()),
                        "{weights:?}, weight {index} at {at:?}: {found} and {expected}"
                    );
                }
            }
        }
    }

    /// The noise terms are what the shortest published proof of the network works with.
    #[test]
    fn a_network_of_rank_one_has_no_attention_noise() {
        use crate::tasks::max_of_k::tune::{Residual, with_residual};
        let model = random(Shape { v: 6, d: 5, h: 4, n: 3 }, 1.0, 2);
        let noise = |model: &Transformer| {
            AttentionError::new(model, &FourFactors::of(model)).rows.iter().sum::<f64>()
        };
        let alone = noise(&with_residual(&model, Residual::Nothing));
        assert!(alone < 1e-5 * noise(&model), "{alone}");
    }
}
