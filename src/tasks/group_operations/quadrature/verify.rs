use super::circle::{self, distance, gamma, modulus, product};
use super::components::{self, Components, Neuron};
use super::{Cyclic, Details, Frequency};
use crate::cost::Scalar;
use crate::linalg::largest;
use crate::models::two_token::TwoToken;
use std::f64::consts::{FRAC_2_PI, PI, TAU};

/// What is proven of one frequency.
pub(super) struct Bounds<S> {
    /// `W`.
    pub(super) weight: S,
    /// The half of absolute values is off by at most this.
    pub(super) absolute: S,
    /// The other half is off by at most this.
    pub(super) identity: S,
    /// What both leave for rounding.
    pub(super) slack: S,
    pub(super) components: Components<S>,
}

/// The bounds for a frequency; costs [`flops`].
pub(super) fn bounds<S: Scalar>(
    network: &TwoToken,
    cyclic: &Cyclic,
    points: &[[S; 2]],
    frequency: &Frequency,
) -> Bounds<S> {
    let components = Components::new(network, cyclic, points, frequency);
    let neurons = &components.neurons;
    let m = neurons.len();
    let (quadrature, rounding) = match &frequency.by {
        Details::Boxes { start, angles } => {
            (boxes(neurons, angles, *start), 4096.0 * m as f64 * gamma(2 * m, 128))
        }
        Details::Spectral { terms } => {
            (spectral(neurons, *terms), 64.0 * gamma(14 * terms + 2 * m, 64))
        }
        Details::Kinks { angles } => (kinks(neurons, angles), 128.0 * gamma(4 * m, 128)),
    };
    // Points of the circle are off by `ERROR`, which changes bounds by less than 64 times as much.
    let slack = components.error + S::from_f64(rounding + 64.0 * circle::ERROR);
    Bounds {
        weight: components.weight,
        absolute: quadrature + slack,
        identity: identity(neurons) + slack,
        slack,
        components,
    }
}

/// FLOPs of [`bounds`], the points of the circle aside.
pub(super) fn flops(p: usize, frequency: &Frequency) -> usize {
    let m = frequency.neurons.len();
    let by = match &frequency.by {
        Details::Boxes { .. } => m * (circle::FLOPS + 39) + 2,
        Details::Spectral { terms } => m * (10 + 18 * terms) + 11 * terms + 7,
        Details::Kinks { .. } => m * (circle::FLOPS + 64) + 4,
    };
    components::flops(p, m) + by + (m * 14 + 10) + 3
}

/// `‖z ∓ e^{iθ}‖`, whichever sign is nearer: 13 FLOPs beside the point's.
fn off<S: Scalar>(z: [S; 2], point: [S; 2]) -> S {
    let (near, far) = (distance(z, point), distance(z, [-point[0], -point[1]]));
    -(-near).max(-far)
}

/// The published bound: the integral over each box is off by at most what the integrand changes in
/// it, at a rate of 2.
fn boxes<S: Scalar>(neurons: &[Neuron<S>], angles: &[f64], start: f64) -> S {
    let (half, four) = (S::from_f64(0.5), S::from_f64(4.0));
    let zero = S::from_f64(0.0);
    let (mut end, mut all, mut rest) = (S::from_f64(start), zero, zero);
    for (Neuron { input, output, width }, &angle) in neurons.iter().zip(angles) {
        let angle = S::from_f64(angle);
        let moved = four * off(*input, circle::cos_sin(angle));
        let doubled = distance(*output, product(*input, *input));
        rest = rest + *width * (moved + doubled);
        let below = end - angle;
        end = end + half * *width;
        let above = end - angle;
        all = all + (above * above.abs() - below * below.abs());
    }
    S::from_f64(2.0) * all + rest
}

/// Ours: the integrand's Fourier series, term by term.
fn spectral<S: Scalar>(neurons: &[Neuron<S>], terms: usize) -> S {
    let zero = S::from_f64(0.0);
    // `E_{2j, 1}` and `E_{2j, −1}`.
    let mut sums = vec![[[zero; 2]; 2]; terms];
    let mut constant = [zero; 2];
    for Neuron { input, output, width } in neurons {
        let read = [*width * output[0], *width * output[1]];
        constant = [constant[0] + read[0], constant[1] + read[1]];
        let square = product(*input, *input);
        let mut power = [S::from_f64(1.0), zero];
        for [with, against] in &mut sums {
            power = product(power, square);
            let [[a, b], [c, d]] = [
                [power[0] * read[0], power[1] * read[1]],
                [power[0] * read[1], power[1] * read[0]],
            ];
            *with = [with[0] + (a - b), with[1] + (c + d)];
            *against = [against[0] + (a + b), against[1] + (d - c)];
        }
    }
    // The signal.
    if let Some([_, against]) = sums.first_mut() {
        against[0] = against[0] - S::from_f64(TAU);
    }
    let mut error = S::from_f64(FRAC_2_PI) * modulus(constant);
    for ([with, against], j) in sums.into_iter().zip(1..) {
        let coefficient = FRAC_2_PI / (4.0 * f64::from(j) * f64::from(j) - 1.0);
        error = error + S::from_f64(coefficient) * (modulus(with) + modulus(against));
    }
    error + S::from_f64(4.0 / (2.0 * terms as f64 + 1.0))
}

/// Ours: between two kinks the error bends so little that its values at kinks tell its largest.
fn kinks<S: Scalar>(neurons: &[Neuron<S>], angles: &[f64]) -> S {
    let (zero, two) = (S::from_f64(0.0), S::from_f64(2.0));
    let points: Vec<[S; 2]> =
        angles.iter().map(|&angle| circle::cos_sin(S::from_f64(angle))).collect();
    // `Z(s) = G sin s − H cos s`, before the first kink.
    let (mut g, mut h, mut rest) = ([zero; 2], [zero; 2], zero);
    for (Neuron { input, output, width }, &point) in neurons.iter().zip(&points) {
        rest = rest + *width * off(*input, point);
        for part in 0..2 {
            let read = *width * output[part];
            g[part] = g[part] - read * point[0];
            h[part] = h[part] - read * point[1];
        }
    }
    let at_kinks: Vec<S> = neurons
        .iter()
        .zip(&points)
        .map(|(Neuron { output, width, .. }, &[cos, sin])| {
            let twice = two * *width;
            let target = [
                S::from_f64(4.0 / 3.0) * (cos * cos - sin * sin),
                S::from_f64(8.0 / 3.0) * (cos * sin),
            ];
            let mut error = [zero; 2];
            for part in 0..2 {
                let read = twice * output[part];
                g[part] = g[part] + read * cos;
                h[part] = h[part] + read * sin;
                error[part] = g[part] * sin - h[part] * cos + target[part];
            }
            modulus(error)
        })
        .collect();
    let last = angles.len() - 1;
    let gaps: Vec<S> = (0..angles.len())
        .map(|j| match j {
            _ if j == last => {
                S::from_f64(PI) - (S::from_f64(angles[last]) - S::from_f64(angles[0]))
            }
            _ => S::from_f64(angles[j + 1]) - S::from_f64(angles[j]),
        })
        .collect();
    let most = between(
        largest(at_kinks.iter().copied()),
        largest(gaps.iter().copied()),
        S::from_f64(2.0 * PI + 4.0 / 3.0),
    );
    let ends = |j: usize| at_kinks[j].max(at_kinks[if j == last { 0 } else { j + 1 }]);
    let all = gaps.iter().enumerate().map(|(j, &gap)| between(ends(j), gap, most));
    largest(all) + rest
}

/// At most the largest error in a gap between two kinks that have errors up to `ends`, if the error
/// is at most `most` anywhere.
fn between<S: Scalar>(ends: S, gap: S, most: S) -> S {
    ends + (S::from_f64(4.0) + most) * (gap * gap) / S::from_f64(8.0)
}

/// `(|E_{1, 1}| + |E_{1, −1}|) / 2`: the largest error of the half without a kink, exactly.
fn identity<S: Scalar>(neurons: &[Neuron<S>]) -> S {
    let zero = S::from_f64(0.0);
    let [with, against] =
        neurons.iter().fold([[zero; 2]; 2], |[with, against], Neuron { input, output, width }| {
            let read = [*width * output[0], *width * output[1]];
            let [a, b] = [input[0] * read[0], input[1] * read[1]];
            let [c, d] = [input[0] * read[1], input[1] * read[0]];
            [[with[0] + (a - b), with[1] + (c + d)], [against[0] + (a + b), against[1] + (d - c)]]
        });
    S::from_f64(0.5) * (modulus(with) + modulus(against))
}
