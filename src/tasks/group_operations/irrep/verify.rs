use super::Method;
use super::circuits::{Circuits, CircuitsError, Layout};
use super::ideal::{self, Ideal};
use crate::cost::{Scalar, matmul_flops};
use crate::linalg::{Matrix, dot, largest, map, matmul, smallest};
use crate::models::two_token::{Shape, TwoToken};
use crate::proof::Tally;
use crate::tasks::group_operations::brute_force::margin;
use crate::tasks::group_operations::group::Group;

/// What the verifier makes of a network and of circuits that fit it.
pub(super) struct Verifier<S> {
    ideal: Ideal<S>,
    left: Matrix<S>,
    right: Matrix<S>,
    /// `β`, `[z]`.
    bias: Vec<S>,
    by: By<S>,
}

/// What a method needs beside that.
enum By<S> {
    /// At least every wrong logit but for `‖U′[z]‖ ‖s − ŝ‖`, and the largest `‖U′[z]‖`.
    Pairs { wrong: S, length: S },
    /// All inputs are right by this much.
    Linear { margin: S },
    /// The exact half of the logits, `[x, z]` and `[y, z]`, the latter with all that is added
    /// whatever the input is, and half of `φ`.
    Absolute { left: Matrix<S>, right: Matrix<S>, phi: Vec<S> },
}

/// Checks what a method asks of the scales of neurons: `κ ReLU(t) = ReLU(κ t)` only for `κ > 0`.
pub(super) fn check_scales(method: Method, circuits: &Circuits) -> Result<(), CircuitsError> {
    let is_wrong = |scale: f64| match method {
        Method::Pairs | Method::Linear => scale <= 0.0,
        Method::Absolute => false,
    };
    let wrong =
        circuits.neurons.iter().position(|place| place.is_some_and(|place| is_wrong(place.scale)));
    match wrong {
        Some(i) => Err(CircuitsError::Range { what: format!("the scale of neuron {i}") }),
        None => Ok(()),
    }
}

impl<S: Scalar> Verifier<S> {
    pub(super) fn new(
        network: &TwoToken,
        group: &Group,
        circuits: &Circuits,
        layouts: &[Layout],
        method: Method,
    ) -> Self {
        let ideal = Ideal::<S>::new(network, group, circuits, layouts, method.activation());
        let numbers = |matrix: &Matrix<f64>| map(matrix, S::from_f64);
        let (left, right) = (numbers(&network.left.value), numbers(&network.right.value));
        let bias: Vec<S> =
            network.bias().map_or(vec![S::from_f64(0.0); network.shape().outputs], |bias| {
                bias.iter().map(|&x| S::from_f64(x)).collect()
            });
        let half = S::from_f64(0.5);
        let total = |ideal: &Ideal<S>| -> Vec<S> {
            ideal.constant.iter().zip(&bias).map(|(&c, &b)| c + b).collect()
        };
        let by = match method {
            Method::Pairs => {
                let rest = largest(ideal.rests.iter().copied());
                let wrong = ideal.largest_wrong(group) + largest(total(&ideal)) + rest;
                By::Pairs { wrong, length: largest(ideal.lengths.iter().copied()) }
            }
            Method::Linear => {
                let off = |real: &Matrix<S>, ideal: &Matrix<S>| {
                    let rows = real.rows().into_iter().zip(ideal.rows());
                    largest(rows.map(|(real, ideal)| {
                        let off: Vec<S> = real.iter().zip(ideal).map(|(&r, &i)| r - i).collect();
                        dot(&off, &off).sqrt()
                    }))
                };
                let inputs = off(&left, &ideal.left) + off(&right, &ideal.right);
                let length = largest(ideal.lengths.iter().copied());
                let error = length * inputs + largest(ideal.rests.iter().copied());
                let all = total(&ideal);
                let spread = largest(all.iter().copied()) - smallest(all);
                let margin = ideal.phi[group.identity()] - ideal.largest_wrong(group);
                By::Linear { margin: margin - spread - S::from_f64(2.0) * error }
            }
            Method::Absolute => {
                let exact =
                    |side: &Matrix<S>| map(&matmul(side.view(), ideal.unembed.t()), |x| half * x);
                let added: Vec<S> = ideal
                    .constant
                    .iter()
                    .zip(&ideal.rests)
                    .zip(&bias)
                    .map(|((&constant, &rest), &bias)| half * (constant + rest) + bias)
                    .collect();
                let (left, mut right) = (exact(&left), exact(&right));
                for mut row in right.rows_mut() {
                    row.iter_mut().zip(&added).for_each(|(x, &added)| *x = *x + added);
                }
                let phi = ideal.phi.iter().map(|&phi| half * phi).collect();
                By::Absolute { left, right, phi }
            }
        };
        Self { ideal, left, right, bias, by }
    }

    /// The slack of a comparison.
    pub(super) fn slack(&self) -> f64 {
        self.ideal.slack.to_f64()
    }

    /// The inputs of a left token, or of all, that are proven right, and those that rounding loses.
    pub(super) fn count(&self, group: &Group, x: usize) -> Tally {
        let inputs = match self.by {
            By::Linear { .. } => (group.order() as u128).pow(2),
            By::Pairs { .. } | By::Absolute { .. } => 1,
        };
        self.margins(group, x).into_iter().map(|margin| self.decided(margin, inputs)).sum()
    }

    /// At least the margin of `x` and each `y`, or one number for all inputs, up to rounding.
    pub(super) fn margins(&self, group: &Group, x: usize) -> Vec<S> {
        let order = group.order();
        match &self.by {
            By::Linear { margin } => vec![*margin],
            By::Pairs { wrong, length } => (0..order)
                .map(|y| {
                    let (logit, off) = self.exact(group, x, y, Method::Pairs);
                    logit - (*wrong + *length * off)
                })
                .collect(),
            By::Absolute { left, right, phi } => (0..order)
                .map(|y| {
                    let (logit, off) = self.exact(group, x, y, Method::Absolute);
                    let off = S::from_f64(0.5) * off;
                    let answer = group.product(x, y);
                    let (back_x, back_y) = (group.inverse(x), group.inverse(y));
                    let mut bounds: Vec<S> = (0..order)
                        .map(|z| {
                            let t = group.product(group.product(back_x, z), back_y);
                            let ideal = left[[x, z]] + right[[y, z]] + phi[t];
                            ideal + self.ideal.lengths[z] * off
                        })
                        .collect();
                    bounds[answer] = logit;
                    margin(&bounds, answer)
                })
                .collect(),
        }
    }

    /// What the neurons should read of `x` and of `y`, `[x, m]` and `[y, m]`.
    pub(super) fn ideal_sides(&self) -> [&Matrix<S>; 2] {
        [&self.ideal.left, &self.ideal.right]
    }

    /// The margin that is shown of an input as a sum of [parts](Method::parts): for the wrong
    /// output that decides.
    pub(super) fn parts(&self, group: &Group, x: usize, y: usize) -> Vec<f64> {
        let ideal = &self.ideal;
        let one = ideal.phi[group.identity()];
        let apart = one - ideal.largest_wrong(group);
        let rest = largest(ideal.rests.iter().copied());
        let all: Vec<S> = ideal.constant.iter().zip(&self.bias).map(|(&c, &b)| c + b).collect();
        let parts = match &self.by {
            By::Linear { margin } => {
                let spread = largest(all.iter().copied()) - smallest(all);
                let rests = S::from_f64(2.0) * rest;
                vec![apart, -spread, *margin - apart + spread + rests, -rests]
            }
            By::Pairs { length, .. } => {
                let (logit, off) = self.exact(group, x, y, Method::Pairs);
                let sum = all.iter().copied().reduce(|sum, b| sum + b).expect("outputs");
                let mean = sum / S::from_f64(all.len() as f64);
                vec![apart, logit - one - mean, mean - largest(all), -(*length * off), -rest]
            }
            By::Absolute { left, right, phi } => {
                let (logit, off) = self.exact(group, x, y, Method::Absolute);
                let (half, answer) = (S::from_f64(0.5), group.product(x, y));
                let (back_x, back_y) = (group.inverse(x), group.inverse(y));
                let wrong = (0..group.order()).filter(|&z| z != answer).map(|z| {
                    let t = group.product(group.product(back_x, z), back_y);
                    (z, left[[x, z]] + right[[y, z]] + phi[t], ideal.lengths[z] * (half * off))
                });
                let bound = |&(_, ideal, off): &(usize, S, S)| (ideal + off).to_f64();
                let decides = wrong.max_by(|a, b| bound(a).total_cmp(&bound(b)));
                let (z, bound, off) = decides.expect("at least two outputs");
                let [bias, rest] = [ideal.constant[z], ideal.rests[z]].map(|part| half * part);
                vec![logit - (bound - bias - rest), -bias, -off, -rest]
            }
        };
        parts.into_iter().map(S::to_f64).collect()
    }

    /// A tally of inputs that are right by `margin`, if that is enough.
    fn decided(&self, margin: S, inputs: u128) -> Tally {
        if self.ideal.slack.less(margin) {
            Tally::right(inputs)
        } else {
            let lost = if margin.to_f64() > 0.0 { inputs } else { 0 };
            Tally { lost, ..Tally::default() }
        }
    }

    /// The exact right logit of an input, and `‖s − ŝ‖`.
    fn exact(&self, group: &Group, x: usize, y: usize, method: Method) -> (S, S) {
        let activation = method.activation();
        let answer = group.product(x, y);
        let sides = self.left.row(x).into_iter().zip(self.right.row(y));
        let ideals = self.ideal.left.row(x).into_iter().zip(self.ideal.right.row(y));
        let (mut active, mut off) = (Vec::new(), Vec::new());
        for ((&l, &r), (&ideal_l, &ideal_r)) in sides.zip(ideals) {
            let input = l + r;
            let given = input.max(S::from_f64(0.0));
            let idealised = match method {
                Method::Absolute => input.abs(),
                Method::Pairs | Method::Linear => given,
            };
            active.push(given);
            off.push(idealised - activation.of(ideal_l + ideal_r));
        }
        let row = self.ideal.unembed.row(answer);
        let logit = dot(row.as_slice().expect("row-major"), &active) + self.bias[answer];
        (logit, dot(&off, &off).sqrt())
    }
}

/// FLOPs of a proof.
pub(super) fn flops(
    network: &TwoToken,
    circuits: &Circuits,
    layouts: &[Layout],
    method: Method,
) -> f64 {
    let Shape { left: n, outputs: o, neurons: m, .. } = network.shape();
    let start = ideal::flops(network, circuits, layouts, method.activation());
    let exact = 5 * m + (2 * m - 1) + 1 + 2 * m;
    start
        + match method {
            Method::Pairs => {
                let wrong = (o - 1) + (n - 2) + o + (o - 1) + 2 + (o - 1);
                (wrong + n * n * (exact + 4)) as f64
            }
            Method::Linear => {
                let off = 2 * (n * 3 * m + n - 1) + 1;
                (off + 2 * (o - 1) + 2 + o + 2 * (o - 1) + 1 + (n - 2) + 1 + 3 + 1) as f64
            }
            Method::Absolute => {
                let sides = 2.0 * matmul_flops(n, m, o) + (2 * n * o) as f64;
                let added = 3 * o + n * o + n;
                let of_input = exact + m + 1 + 4 * n + (n - 1) + 1;
                sides + (added + n * n * of_input) as f64
            }
        }
}

#[cfg(test)]
mod tests {
    use super::super::{Circuit, Place};
    use super::*;
    use crate::cost::Counted;
    use crate::models::two_token::testing::network;
    use crate::tasks::group_operations::group::natural;

    #[test]
    fn the_formula_counts_the_operations() {
        let group = natural("S3").unwrap();
        let network = network(5, 6, false);
        // In lexicographic order the rotations are 0, 3, 4: the sign, with its antipode; and the
        // functions that the transposition 1 leaves alone.
        let sign = Circuit {
            left_stabilizer: vec![0, 3, 4],
            right_stabilizer: vec![4, 0, 3],
            left: vec![0.5, -0.5],
            right: vec![0.25, -0.25],
            out: vec![1.0, -1.0],
            antipode: Some([1, 2]),
        };
        let other = Circuit {
            left_stabilizer: vec![0, 1],
            right_stabilizer: vec![0],
            left: vec![0.5, -0.5, 0.25],
            right: vec![0.25, -0.25, 1.0, 0.0, 2.0, -1.0],
            out: vec![1.0, -1.0, 0.5],
            antipode: None,
        };
        let place = |circuit, left, right, scale| Some(Place { circuit, left, right, scale });
        let neurons =
            vec![place(0, 1, 2, 0.5), None, place(1, 5, 4, 2.0), place(1, 0, 0, 1.0), None];
        let circuits = Circuits::new(vec![sign, other], neurons);
        let layouts = circuits.layouts(&network, &group).unwrap();
        for method in [Method::Pairs, Method::Linear, Method::Absolute] {
            let (counted, _) = Counted::during(|| {
                let verifier =
                    Verifier::<Counted>::new(&network, &group, &circuits, &layouts, method);
                let chunks = if method == Method::Linear { 1 } else { 6 };
                (0..chunks).map(|x| verifier.count(&group, x)).sum::<Tally>()
            });
            let flops = flops(&network, &circuits, &layouts, method);
            assert_eq!(counted as f64, flops, "{method:?}");
        }
    }
}
