//! The neurons of a network for a cyclic group as waves, and the integral that they approximate.
//!
//! A neuron reads `r cos(ω a + φ)` of either token and writes `q cos(ω c + ψ)`, with `ω = 2π k / n`
//! for its frequency `k`; a trained network has `ψ ≈ 2 φ`. All neurons of one frequency together
//! are a sum over boxes, of widths `w = 2π r q / Σ r q`, for the integral
//!
//! > `∫ ReLU(cos(φ + u)) cos(2 φ + v) dφ = (2/3) cos(v − 2 u)`.

use super::irreps::logarithms;
use crate::linalg::Matrix;
use crate::linalg::sorted;
use crate::tasks::group_operations::GroupOperation;
use serde::Serialize;
use std::f64::consts::{PI, TAU};

/// A neuron whose share of what all neurons write is below this part of the largest is dead.
const DEAD: f64 = 1e-3;
/// Phases at which the integral is compared with its sum, in each of its two angles.
const GRID: usize = 64;

/// A neuron as a wave.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WaveFacts {
    /// The neuron.
    pub neuron: usize,
    /// `k`, from 1 to half the order.
    pub frequency: usize,
    /// `r`, the amplitude of the mean of what it reads of both tokens.
    pub r: f64,
    /// `φ`, from −π to π.
    pub phi: f64,
    /// `q`, the amplitude of what it writes.
    pub q: f64,
    /// `ψ`, from −π to π.
    pub psi: f64,
    /// `w`, the width of its box.
    pub width: f64,
    /// Where its box starts on the circle of phases, boxes in the order of `φ`.
    pub start: f64,
    /// The part of what it reads that is not this wave, of the square of its length: `1 − R²`.
    pub rest_read: f64,
    /// The part of what it writes that is not this wave.
    pub rest_written: f64,
    /// The amplitude at twice the frequency, as a part of `r`.
    pub second: f64,
    /// What it reads beside waves, its bias and means, as a part of `r`.
    pub bias: f64,
}

/// The neurons of one frequency.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Frequency {
    /// `k`.
    pub frequency: usize,
    /// How many neurons have it.
    pub neurons: usize,
    /// Their share of `Σ r q` over all neurons.
    pub share: f64,
    /// `β`: the amplitude at twice the frequency in the phase of `2 φ`, as a part of `r`, on
    /// average.
    pub beta: f64,
    /// `γ`: biases and means, as a part of `r`, on average.
    pub gamma: f64,
    /// `|ψ − 2 φ|`, on average by widths.
    pub angle: f64,
    /// How far the sum is from the integral of `ReLU`, a value from −2/3 to 2/3.
    pub relu: Errors,
    /// How far it is from that of the absolute value, from −4/3 to 4/3. Explaining what the neurons
    /// give by nothing errs by `(4/3) (2/π) = 0.85` on average.
    pub absolute: Errors,
}

/// Errors over all angles of a grid.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Errors {
    /// The mean size.
    pub mean: f64,
    /// The largest size.
    pub most: f64,
}

/// The neurons of a network for a cyclic group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Frequencies {
    /// The order of the group.
    pub order: usize,
    /// `log[x]`: each element as a power of one generator; `x` itself for addition.
    pub logarithms: Vec<usize>,
    /// How different the waves of both tokens are, `‖L − R‖ / ‖L + R‖`, constants aside.
    pub sides_differ: f64,
    /// Frequencies that neurons have, the largest share first.
    pub frequencies: Vec<Frequency>,
    /// Neurons that are not dead, by frequency in that order, then by phase.
    pub waves: Vec<WaveFacts>,
    /// Neurons that write next to nothing.
    pub dead: usize,
}

/// A number `length · e^(i angle)`.
#[derive(Clone, Copy)]
struct Polar {
    length: f64,
    angle: f64,
}

/// Tables of waves around a circle of `order` points.
pub(super) struct Circle {
    pub(super) logarithms: Vec<usize>,
    waves: Vec<(f64, f64)>,
}

impl Circle {
    pub(super) fn of(task: &GroupOperation) -> Option<Self> {
        let logarithms = logarithms(&task.group)?;
        let order = logarithms.len();
        let angle = |j: usize| TAU * j as f64 / order as f64;
        let waves = (0..order).map(|j| (angle(j).cos(), angle(j).sin())).collect();
        Some(Self { logarithms, waves })
    }

    fn order(&self) -> usize {
        self.waves.len()
    }

    /// `r` and `φ` of the wave of frequency `k` in values on the group.
    fn wave(&self, values: &[f64], k: usize) -> Polar {
        let order = self.order();
        let (mut re, mut im) = (0.0, 0.0);
        for (&value, &log) in values.iter().zip(&self.logarithms) {
            let (cos, sin) = self.waves[(k * log) % order];
            re += value * cos;
            im -= value * sin;
        }
        let scale = if 2 * k == order { 1.0 } else { 2.0 } / order as f64;
        Polar { length: scale * (re * re + im * im).sqrt(), angle: im.atan2(re) }
    }

    /// The wave of frequency `k` and amplitude `r` at each element.
    pub(super) fn values(&self, k: usize, r: f64, phi: f64) -> Vec<f64> {
        let (cos, sin) = (phi.cos(), phi.sin());
        let at = |&log: &usize| {
            let (c, s) = self.waves[(k * log) % self.order()];
            r * (c * cos - s * sin)
        };
        self.logarithms.iter().map(at).collect()
    }
}

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The sum of squares of values less their mean.
fn power(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|x| (x - mean).powi(2)).sum()
}

/// An angle less whole turns, from −π to π.
fn wrapped(angle: f64) -> f64 {
    angle - TAU * (angle / TAU).round()
}

impl GroupOperation {
    /// The neurons as waves; `None` if the group is not cyclic.
    #[must_use]
    pub fn frequencies(&self) -> Option<Frequencies> {
        let circle = Circle::of(self)?;
        let order = circle.order();
        let column = |matrix: &Matrix<f64>, i: usize| matrix.column(i).to_vec();
        let [left, right] = self.reads();
        let (mut differ, mut agree) = (0.0, 0.0);
        // Facts of each neuron, and its amplitude at 2 k, in the phase of 2 φ.
        let mut all: Vec<(WaveFacts, f64)> = (0..self.network.shape().neurons)
            .map(|i| {
                let (l, r) = (column(&left, i), column(&right, i));
                let read: Vec<f64> = l.iter().zip(&r).map(|(l, r)| (l + r) / 2.0).collect();
                let off: Vec<f64> = l.iter().zip(&r).map(|(l, r)| (l - r) / 2.0).collect();
                differ += power(&off);
                agree += power(&read);
                let written = self.network.unembed.value.column(i).to_vec();
                let written = &written[..order];
                let waves = (1..=order / 2).map(|k| (k, circle.wave(&read, k)));
                let (frequency, Polar { length: r, angle: phi }) = waves
                    .max_by(|(_, a), (_, b)| a.length.total_cmp(&b.length))
                    .unwrap_or((0, Polar { length: 0.0, angle: 0.0 }));
                let Polar { length: q, angle: psi } = circle.wave(written, frequency);
                let twice = circle.wave(&read, (2 * frequency) % order);
                let square = if 2 * frequency == order { 1.0 } else { 0.5 };
                let rest = |amplitude: f64, values: &[f64]| {
                    let explained = amplitude * amplitude * order as f64 * square;
                    (1.0 - explained / power(values).max(f64::MIN_POSITIVE)).max(0.0)
                };
                let safe = r.max(f64::MIN_POSITIVE);
                let facts = WaveFacts {
                    neuron: i,
                    frequency,
                    r,
                    phi,
                    q,
                    psi,
                    width: 0.0,
                    start: 0.0,
                    rest_read: rest(r, &read),
                    rest_written: rest(q, written),
                    second: twice.length / safe,
                    bias: 2.0 * mean(&read) / safe,
                };
                let aligned = twice.length / safe * (twice.angle - 2.0 * phi).cos();
                (facts, aligned)
            })
            .collect();
        let neurons = all.len();
        let most = all.iter().fold(0.0_f64, |most, (wave, _)| most.max(wave.r * wave.q));
        all.retain(|(wave, _)| wave.r * wave.q > DEAD * most);
        let dead = neurons - all.len();
        let total: f64 = all.iter().map(|(wave, _)| wave.r * wave.q).sum();

        let groups: Vec<(Frequency, Vec<WaveFacts>)> = (1..=order / 2)
            .filter_map(|k| {
                let members = all.iter().filter(|(wave, _)| wave.frequency == k).cloned();
                let members = sorted(members.collect(), |(wave, _)| wave.phi);
                (!members.is_empty()).then(|| frequency(k, members, total))
            })
            .collect();
        let groups = sorted(groups, |(facts, _)| -facts.share);
        let (frequencies, waves): (Vec<_>, Vec<_>) = groups.into_iter().unzip();
        Some(Frequencies {
            order,
            logarithms: circle.logarithms,
            sides_differ: (differ / agree.max(f64::MIN_POSITIVE)).sqrt(),
            frequencies,
            waves: waves.into_iter().flatten().collect(),
            dead,
        })
    }
}

/// The facts of one frequency from its neurons in the order of `φ`, whose boxes are laid.
fn frequency(k: usize, members: Vec<(WaveFacts, f64)>, total: f64) -> (Frequency, Vec<WaveFacts>) {
    let weight: f64 = members.iter().map(|(wave, _)| wave.r * wave.q).sum();
    let squares: f64 = members.iter().map(|(wave, _)| wave.r * wave.r).sum();
    let by_square = |part: &dyn Fn(&(WaveFacts, f64)) -> f64| {
        let sum: f64 = members.iter().map(|member| member.0.r * member.0.r * part(member)).sum();
        sum / squares
    };
    let (beta, gamma) = (by_square(&|member| member.1), by_square(&|member| member.0.bias));
    let mut waves: Vec<WaveFacts> = members.into_iter().map(|(wave, _)| wave).collect();
    let mut end = -PI;
    for wave in &mut waves {
        wave.width = TAU * wave.r * wave.q / weight;
        wave.start = end;
        end += wave.width;
    }
    // Boxes lie where their phases do, on average.
    let off = |wave: &WaveFacts| wave.phi - (wave.start + wave.width / 2.0);
    let shift = waves.iter().map(|wave| wave.width * off(wave)).sum::<f64>() / TAU;
    waves.iter_mut().for_each(|wave| wave.start += shift);
    let angle = |wave: &WaveFacts| wave.width * wrapped(wave.psi - 2.0 * wave.phi).abs();
    let facts = Frequency {
        frequency: k,
        neurons: waves.len(),
        share: weight / total,
        beta,
        gamma,
        angle: waves.iter().map(angle).sum::<f64>() / TAU,
        relu: errors(&waves, |t| t.max(0.0), 2.0 / 3.0),
        absolute: errors(&waves, f64::abs, 4.0 / 3.0),
    };
    (facts, waves)
}

/// How far `Σ w f(cos(φ + u)) cos(ψ + v)` is from `size · cos(v − 2 u)`.
fn errors(waves: &[WaveFacts], f: impl Fn(f64) -> f64, size: f64) -> Errors {
    let angles: Vec<f64> = (0..GRID).map(|j| TAU * j as f64 / GRID as f64).collect();
    let (mut sum, mut most) = (0.0, 0.0_f64);
    for &u in &angles {
        // Σ w f(cos(φ + u)) cos(ψ + v) = re cos v − im sin v
        let (mut re, mut im) = (0.0, 0.0);
        for wave in waves {
            let height = wave.width * f((wave.phi + u).cos());
            re += height * wave.psi.cos();
            im += height * wave.psi.sin();
        }
        for &v in &angles {
            let off = (re * v.cos() - im * v.sin() - size * (v - 2.0 * u).cos()).abs();
            sum += off;
            most = most.max(off);
        }
    }
    Errors { mean: sum / (GRID * GRID) as f64, most }
}
