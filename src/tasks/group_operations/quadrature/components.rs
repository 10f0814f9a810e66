use super::circle::{self, gamma, modulus};
use super::{Cyclic, Frequency};
use crate::cost::Scalar;
use crate::linalg::{Matrix, dot};
use crate::models::two_token::TwoToken;

/// Components below this are too small to have a phase, `2⁻⁴⁰⁰`: their squares must be normal
/// numbers.
const LEAST: f64 = f64::from_bits((1023 - 400) << 52);

/// A neuron at one frequency.
pub(super) struct Neuron<S> {
    /// `e^{iφ}`.
    pub(super) input: [S; 2],
    /// `e^{iψ}`.
    pub(super) output: [S; 2],
    /// `w`: the weights of all neurons add up to `2π`.
    pub(super) width: S,
}

/// The neurons of a frequency at that frequency, see [the module](super).
pub(super) struct Components<S> {
    pub(super) neurons: Vec<Neuron<S>>,
    /// `W = Σ |c_i| |d_i|`.
    pub(super) weight: S,
    /// At most what the error of `c_i` and `d_i` changes `F`: `δ` of theorem 8, infinite where they
    /// are too small.
    pub(super) error: S,
}

impl<S: Scalar> Components<S> {
    /// The components at a frequency, with `points` of the circle that the group's order divides;
    /// costs [`flops`].
    pub(super) fn new(
        network: &TwoToken,
        cyclic: &Cyclic,
        points: &[[S; 2]],
        Frequency { frequency, neurons, .. }: &Frequency,
    ) -> Self {
        let p = cyclic.order();
        let point = |a: usize| points[frequency * cyclic.logarithm(a) % p];
        let cosines: Vec<S> = (0..p).map(|a| point(a)[0]).collect();
        let sines: Vec<S> = (0..p).map(|a| point(a)[1]).collect();
        let (left, right, unembed) = (&network.left, &network.right, &network.unembed);
        let relative =
            |roundings: usize| S::from_f64(2.0 * (gamma(p, roundings + 16) + circle::ERROR));
        let input_error = relative(left.roundings.max(right.roundings));
        let output_error = relative(unembed.roundings);
        let number = |matrix: &Matrix<f64>, a: usize, i: usize| S::from_f64(matrix[[a, i]]);

        let (zero, mut least) = (S::from_f64(0.0), S::from_f64(f64::INFINITY));
        let (mut weight, mut errors) = (zero, zero);
        let mut neurons: Vec<Neuron<S>> = neurons
            .iter()
            .map(|&i| {
                let sums = |a| number(&left.value, a, i) + number(&right.value, a, i);
                let absolute = |a| number(&left.absolute, a, i) + number(&right.absolute, a, i);
                let input: Vec<S> = (0..p).map(sums).collect();
                let output: Vec<S> = (0..p).map(|a| number(&unembed.value, a, i)).collect();
                let component = |values: &[S]| [dot(values, &cosines), -dot(values, &sines)];
                let (c, d) = (component(&input), component(&output));
                let (r, q) = (modulus(c), modulus(d));
                let c_error = input_error * (0..p).fold(zero, |sum, a| sum + absolute(a));
                let d_absolute = |a| number(&unembed.absolute, a, i);
                let d_error = output_error * (0..p).fold(zero, |sum, a| sum + d_absolute(a));
                least = -(-least).max(-r).max(-q);
                let width = r * q;
                weight = weight + width;
                errors = errors + (c_error * (q + d_error) + r * d_error);
                Neuron { input: [c[0] / r, c[1] / r], output: [d[0] / q, d[1] / q], width }
            })
            .collect();
        let turn = S::from_f64(std::f64::consts::TAU);
        for neuron in &mut neurons {
            neuron.width = turn * neuron.width / weight;
        }
        let off = errors / weight;
        let is_usable = S::from_f64(LEAST).less(least) && off.less(S::from_f64(0.5));
        let error = if is_usable { S::from_f64(32.0) * off } else { S::from_f64(f64::INFINITY) };
        Self { neurons, weight, error }
    }
}

/// FLOPs of [`Components::new`] for `m` neurons.
pub(super) fn flops(p: usize, m: usize) -> usize {
    let of_neuron = p + 4 * (2 * p - 1) + 8 + (2 * p + 1) + (p + 1) + 2 + 2 + 5 + 4 + 2;
    m * of_neuron + 4
}
