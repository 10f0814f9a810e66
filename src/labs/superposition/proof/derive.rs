use super::bilinear::Bilinear;
use super::case::{Answer, Case, hidden_vector, label};
use super::exact::{coarse, square};
use super::relu::{Relu, bias};
use super::{Hints, Sparse, Statement};
use crate::labs::superposition::Layer;
use serde::{Deserialize, Serialize};

/// How a statement is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// What the main feature of a token does alone, and one number for each other feature.
    Features,
    /// What the main feature does alone, and tables of pairs of features that occur together.
    Pairs,
    /// Each neuron adds up its features' terms.
    Sums,
    /// The network runs on each token.
    BruteForce,
}

impl Method {
    /// All methods, the shortest proofs first.
    pub const ALL: [Self; 4] = [Self::Features, Self::Pairs, Self::Sums, Self::BruteForce];

    /// The method's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Features => "features",
            Self::Pairs => "pairs",
            Self::Sums => "sums",
            Self::BruteForce => "brute-force",
        }
    }
}

/// Bits after the point of a proven mean loss.
pub const LOSS_BITS: u32 = 32;

/// What a method proves of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derived {
    /// The number of tokens that the network answers right, at least.
    pub certified: usize,
    /// Upper bound on the mean squared error of a token's outputs, with [`LOSS_BITS`] after the
    /// point. `u64::MAX` says nothing.
    pub loss: u64,
    /// Upper bounds on the mean squared distance of hidden vectors to what their codes say and, of
    /// a crosscoder, of outputs; like `loss`. None for brute force.
    pub errors: Vec<u64>,
    /// The proof's length: operations on numbers, one each.
    pub flops: u64,
    /// Sum over tokens of the proven distances from the outputs to those that the features claim,
    /// 20 bits after the point.
    pub distance: u128,
    /// The part of `distance` that the reconstruction error makes.
    pub ball: u128,
    /// Sum over tokens of upper bounds on the reconstruction error, 28 bits after the point.
    pub epsilon: u128,
}

/// Proves what `method` proves with `hints`, of which nothing need be true. Takes some 20
/// milliseconds for 1000 tokens.
///
/// # Panics
/// If the statement, or for a method that uses them the hints, do not pass their `check`.
#[must_use]
pub fn derive(statement: &Statement, hints: &Hints, method: Method) -> Derived {
    let (answers, flops) = answers(statement, hints, method);
    let sum =
        |of: fn(&Answer) -> i128| answers.iter().map(|answer| of(answer).unsigned_abs()).sum();
    Derived {
        certified: answers.iter().filter(|answer| answer.is_right).count(),
        loss: mean(answers.iter().map(|answer| answer.loss)),
        errors: errors(&answers, hints, method),
        flops,
        distance: sum(|answer| answer.distance),
        ball: sum(|answer| answer.ball),
        epsilon: sum(|answer| answer.epsilon),
    }
}

/// What [`derive`] proves of each token, and the proof's length.
///
/// # Panics
/// As for [`derive`].
#[must_use]
pub fn answers(statement: &Statement, hints: &Hints, method: Method) -> (Vec<Answer>, u64) {
    let (n, m) = (statement.features() as u64, statement.hidden() as u64);
    let embedded = |token: &Sparse| 2 * token.len() as u64 * m;
    if method == Method::BruteForce {
        let layer = if statement.layer == Layer::Relu { 2 * m * n + n } else { 4 * m * n };
        let tokens = &statement.tokens;
        // The layer; comparisons with the largest; errors, squares and sums.
        let flops = tokens.iter().map(|token| embedded(token) + layer + n + 3 * n).sum();
        return (tokens.iter().map(|token| run(statement, token)).collect(), flops);
    }
    let cases: Vec<_> =
        (0..statement.tokens.len()).map(|place| Case::new(statement, hints, place)).collect();
    // Embedding, decoding, and the length of what is left.
    let wide = m + hints.outputs.first().map_or(0, Vec::len) as u64;
    let read =
        cases.iter().map(|case| embedded(case.token) + 2 * case.code.len() as u64 * wide + 2 * m);
    let mut flops = read.sum::<u64>();
    let answers = match statement.layer {
        Layer::Relu => {
            let tables = Relu::new(statement, &hints.directions, &cases, method);
            flops += tables.flops;
            cases.iter().map(|case| tables.answer(case, &mut flops)).collect()
        }
        Layer::Bilinear => {
            let tables = Bilinear::new(statement, &hints.directions, &cases, method);
            flops += tables.flops;
            cases.iter().map(|case| tables.answer(case, &mut flops)).collect()
        }
    };
    (answers, flops)
}

/// The errors of reconstruction, of the hidden vector and of the outputs.
fn errors(answers: &[Answer], hints: &Hints, method: Method) -> Vec<u64> {
    let layers: [fn(&Answer) -> i128; 2] =
        [|answer| coarse(answer.epsilon, 28), |answer| answer.distance];
    let known = match method {
        Method::BruteForce => 0,
        _ => 1 + usize::from(!hints.outputs.is_empty()),
    };
    let of = |distance: &fn(&Answer) -> i128| mean(answers.iter().map(|x| square(distance(x))));
    layers[..known].iter().map(of).collect()
}

/// The mean of squares, 40 bits after the point, rounded up, and one unit more: so a checker that
/// rounds outwards may accept it.
fn mean(squares: impl ExactSizeIterator<Item = u128>) -> u64 {
    let units = (squares.len() as u128) << (40 - LOSS_BITS);
    let sum = squares.fold(0, u128::saturating_add);
    match sum {
        u128::MAX => u64::MAX,
        _ => (sum / units + 2).try_into().unwrap_or(u64::MAX),
    }
}

/// Runs the network on a token, exactly.
fn run(statement: &Statement, token: &Sparse) -> Answer {
    let hidden = hidden_vector(statement, token);
    let read =
        |w: &[i64]| w.iter().zip(&hidden).map(|(w, z)| i128::from(*w) * i128::from(*z)).sum();
    let t = label(token);
    let (outputs, bits): (Vec<i128>, u32) = match statement.layer {
        Layer::Relu => {
            let argument = |c: usize| -> i128 { read(&statement.columns[c]) };
            let output = |c| (argument(c) + bias(statement, c)).max(0);
            ((0..statement.features()).map(output).collect(), 42)
        }
        Layer::Bilinear => {
            let factors = |c: usize| -> (i128, i128) {
                (read(&statement.left[c]), read(&statement.right[c]))
            };
            let output = |c| {
                let (u, v) = factors(c);
                u * v
            };
            ((0..statement.features()).map(output).collect(), 84)
        }
    };
    let target = |value: i64| match statement.layer {
        Layer::Relu => i128::from(value) << 28,
        Layer::Bilinear => i128::from(value * value) << 56,
    };
    let mut targets = vec![0; outputs.len()];
    token.iter().for_each(|&(feature, value)| targets[feature] = target(value));
    let errors = outputs.iter().zip(&targets).map(|(y, f)| square(coarse((y - f).abs(), bits)));
    Answer {
        is_right: (0..outputs.len()).all(|c| c == t || outputs[t] > outputs[c]),
        loss: errors.fold(0, u128::saturating_add),
        distance: 0,
        ball: 0,
        epsilon: 0,
    }
}
