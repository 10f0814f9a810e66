use super::exact::root_up;
use super::{Hints, Sparse, Statement};

/// A token with what a proof says of it.
pub(super) struct Case<'a> {
    /// The token's features.
    pub(super) token: &'a Sparse,
    /// Its code.
    pub(super) code: &'a Sparse,
    /// The first of its largest features.
    pub(super) label: usize,
    /// The latent with the largest amplitude, the first of several, and its amplitude; latent 0 and
    /// 0 if the code is empty.
    pub(super) main: (usize, i64),
    /// An upper bound on `ε = ‖z − ẑ‖`, 28 bits after the point.
    pub(super) ball: i128,
    /// What the code says of each output, 28 bits after the point; none if the dictionary is of the
    /// hidden vector alone.
    pub(super) said: Option<Vec<i64>>,
}

/// What is proven of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether its largest output is that of its largest feature.
    pub is_right: bool,
    /// An upper bound on the squared error of its outputs, 40 bits after the point; the largest
    /// `u128` says nothing.
    pub loss: u128,
    /// An upper bound on the distance from the network's outputs to those that the proof claims,
    /// 20 bits after the point. A crosscoder claims what its code says of outputs.
    pub distance: i128,
    /// The part of `distance` that `ε` makes.
    pub ball: i128,
    /// An upper bound on `ε`, 28 bits after the point.
    pub epsilon: i128,
}

impl<'a> Case<'a> {
    /// Compares the hidden vector of a token with what its code says.
    pub(super) fn new(statement: &'a Statement, hints: &'a Hints, place: usize) -> Self {
        let (token, code) = (&statement.tokens[place], &hints.codes[place]);
        let mut rest = hidden_vector(statement, token);
        add(&mut rest, code, &hints.directions, -1);
        let said = (!hints.outputs.is_empty()).then(|| {
            let mut sum = vec![0; statement.features()];
            add(&mut sum, code, &hints.outputs, 1);
            sum
        });
        let square = rest.iter().map(|&x| i128::from(x) * i128::from(x)).sum();
        let larger =
            |main: (usize, i64), &next: &(usize, i64)| if next.1 > main.1 { next } else { main };
        Self {
            token,
            code,
            label: label(token),
            main: code.iter().fold((0, 0), larger),
            ball: root_up(square),
            said,
        }
    }

    /// The latents of the code but the main one.
    pub(super) fn others(&self) -> impl Iterator<Item = (usize, i64)> + Clone + '_ {
        self.code.iter().copied().filter(|&(latent, _)| latent != self.main.0)
    }

    /// The value of a feature.
    pub(super) fn value(&self, feature: usize) -> i64 {
        self.token.iter().find(|&&(place, _)| place == feature).map_or(0, |&(_, value)| value)
    }
}

/// Adds `sign` times the rows that a code names, each times its amplitude.
fn add(sum: &mut [i64], code: &Sparse, rows: &[Vec<i64>], sign: i64) {
    for &(latent, amplitude) in code {
        sum.iter_mut().zip(&rows[latent]).for_each(|(x, d)| *x += sign * amplitude * d);
    }
}

/// The first of the largest features.
pub(super) fn label(token: &Sparse) -> usize {
    let larger =
        |best: (usize, i64), &next: &(usize, i64)| if next.1 > best.1 { next } else { best };
    token.iter().fold((0, 0), larger).0
}

/// `z = Σ f_i W_i`, 28 bits after the point, at most `2³⁸` in size.
pub(super) fn hidden_vector(statement: &Statement, token: &Sparse) -> Vec<i64> {
    let mut sum = vec![0; statement.hidden()];
    for &(feature, value) in token {
        sum.iter_mut().zip(&statement.columns[feature]).for_each(|(z, w)| *z += value * w);
    }
    sum
}
