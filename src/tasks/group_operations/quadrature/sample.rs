//! The error of the integral at many points: from below, and in the mean.

use super::circle::{cos_sin, modulus, product};
use super::components::Neuron;
use std::f64::consts::{FRAC_2_PI, PI};

/// How many `u` are looked at.
const POINTS: u32 = 256;

/// The largest errors at some points, up to the slack of every bound: what points of the circle and
/// roundings change is less than for [`super::verify::bounds`].
pub(super) struct Sample {
    /// The error of the half of absolute values.
    pub(super) absolute: f64,
    /// The error of `F`.
    pub(super) relu: f64,
    /// The mean over all `v` and the points, of the half of absolute values.
    pub(super) mean: f64,
}

impl Sample {
    pub(super) fn of(neurons: &[Neuron<f64>]) -> Self {
        let mut sample = Self { absolute: 0.0, relu: 0.0, mean: 0.0 };
        for j in 0..POINTS {
            let turn = cos_sin(PI * f64::from(j) / f64::from(POINTS));
            let (mut absolute, mut identity) = ([0.0; 2], [0.0; 2]);
            for Neuron { input, output, width } in neurons {
                let t = width * (turn[0] * input[0] - turn[1] * input[1]);
                for part in 0..2 {
                    absolute[part] += t.abs() * output[part];
                    identity[part] += t * output[part];
                }
            }
            let [cos, sin] = product(turn, turn);
            let error = [absolute[0] - 4.0 / 3.0 * cos, absolute[1] + 4.0 / 3.0 * sin];
            let [one, other] = [1.0, -1.0].map(|sign| {
                modulus([error[0] + sign * identity[0], error[1] + sign * identity[1]]) / 2.0
            });
            sample.absolute = sample.absolute.max(modulus(error));
            sample.relu = sample.relu.max(one).max(other);
            sample.mean += FRAC_2_PI * modulus(error) / f64::from(POINTS);
        }
        sample
    }
}
