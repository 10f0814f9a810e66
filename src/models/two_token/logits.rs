use super::{Direct, Folded, Head, Shape, TwoToken};
use crate::cost::Scalar;
use crate::linalg::{Matrix, map};
use std::ops::Range;

/// The forward pass of a network, in numbers that may count their operations.
#[derive(Clone, Debug)]
pub struct Logits<S> {
    left: Matrix<S>,
    right: Matrix<S>,
    /// `Uᵀ`, `[m, z]`.
    unembed: Vec<S>,
    outputs: usize,
    direct: [Option<Matrix<S>>; 2],
    heads: Vec<MixedHead<S>>,
}

/// The numbers of a [`Head`].
#[derive(Clone, Debug)]
struct MixedHead<S> {
    attention: Matrix<S>,
    left: [Matrix<S>; 2],
    right: [Matrix<S>; 2],
}

impl<S: Scalar> MixedHead<S> {
    /// Adds what the head adds to all neurons (`part` 0) or logits (1) of an input; 3 FLOPs for
    /// each.
    fn add(&self, sums: &mut [S], part: usize, x: usize, y: usize) {
        let p = self.attention[[x, y]];
        let rows = self.left[part].row(x).into_iter().zip(self.right[part].row(y));
        sums.iter_mut().zip(rows).for_each(|(sum, (&a, &b))| *sum = *sum + p * (a - b));
    }
}

impl<S: Scalar> Logits<S> {
    /// Costs nothing: numbers are only moved.
    #[must_use]
    pub fn new(network: &TwoToken) -> Self {
        let numbers = |folded: &Folded| map(&folded.value, S::from_f64);
        let unembed = numbers(&network.unembed.transposed());
        Self {
            left: numbers(&network.left),
            right: numbers(&network.right),
            outputs: unembed.ncols(),
            unembed: unembed.into_iter().collect(),
            direct: match &network.direct {
                Direct::Bias(bias) => [Some(numbers(bias)), None],
                Direct::Paths(left, right) => [Some(numbers(left)), Some(numbers(right))],
            },
            heads: network
                .heads
                .iter()
                .map(|Head { attention, left, right }| MixedHead {
                    attention: numbers(attention),
                    left: left.each_ref().map(numbers),
                    right: right.each_ref().map(numbers),
                })
                .collect(),
        }
    }

    /// What the neurons give for `x` and each `y` of a range, `[ys, m]` row by row;
    /// [`Self::active_flops`] for each input, those of attention aside.
    #[must_use]
    pub fn active(&self, x: usize, ys: Range<usize>) -> Vec<S> {
        let (zero, left, neurons) = (S::from_f64(0.0), self.left.row(x), self.left.ncols());
        let mut inputs: Vec<S> = ys
            .clone()
            .flat_map(|y| left.iter().zip(self.right.row(y)).map(|(&l, &r)| l + r))
            .collect();
        for (inputs, y) in inputs.chunks_exact_mut(neurons).zip(ys) {
            self.heads.iter().for_each(|head| head.add(inputs, 0, x, y));
        }
        inputs.into_iter().map(|input| input.max(zero)).collect()
    }

    /// FLOPs of what the neurons give for one input, with those of softmax attention.
    #[must_use]
    pub fn active_flops(network: &TwoToken) -> f64 {
        let all = (2 + 3 * network.heads.len()) * network.shape().neurons;
        all as f64 + network.attention_flops
    }

    /// The logits for `x` and each `y` of a range, `[ys, z]` row by row, from what the neurons
    /// give; [`Self::flops`] for each input.
    #[must_use]
    pub fn of(&self, active: &[S], x: usize, ys: Range<usize>) -> Vec<S> {
        let neurons = self.left.ncols();
        let mut logits = S::matmul(active, &self.unembed, neurons, self.outputs);
        for (row, y) in logits.chunks_exact_mut(self.outputs).zip(ys) {
            self.add_direct(row, x, y);
        }
        logits
    }

    /// Adds to a row of logits, `[z]`, what goes around the neurons; [`Self::direct_flops`].
    pub fn add_direct(&self, logits: &mut [S], x: usize, y: usize) {
        for row in self.direct_rows(x, y) {
            logits.iter_mut().zip(row).for_each(|(logit, &d)| *logit = *logit + d);
        }
        self.heads.iter().for_each(|head| head.add(logits, 1, x, y));
    }

    /// What goes around the neurons to the output `z`, added to `logit`.
    pub fn with_direct(&self, logit: S, x: usize, y: usize, z: usize) -> S {
        let plain = self.direct_rows(x, y).fold(logit, |logit, row| logit + row[z]);
        self.heads.iter().fold(plain, |logit, MixedHead { attention, left, right }| {
            logit + attention[[x, y]] * (left[1][[x, z]] - right[1][[y, z]])
        })
    }

    /// The rows that go around the neurons; one bias stands for all tokens.
    fn direct_rows(&self, x: usize, y: usize) -> impl Iterator<Item = &[S]> {
        self.direct.iter().zip([x, y]).filter_map(|(matrix, token)| {
            let matrix = matrix.as_ref()?;
            let start = token.min(matrix.nrows() - 1) * matrix.ncols();
            matrix.as_slice()?.get(start..start + matrix.ncols())
        })
    }

    /// FLOPs of the logits of one input, what the neurons give aside.
    #[must_use]
    pub fn flops(network: &TwoToken) -> f64 {
        let Shape { outputs, neurons, .. } = network.shape();
        (outputs * (2 * neurons - 1)) as f64 + Self::direct_flops(network) * outputs as f64
    }

    /// FLOPs of what goes around the neurons, for one logit.
    #[must_use]
    pub fn direct_flops(network: &TwoToken) -> f64 {
        let plain = match network.direct {
            Direct::Bias(_) => 1.0,
            Direct::Paths(..) => 2.0,
        };
        plain + 3.0 * network.heads.len() as f64
    }
}
