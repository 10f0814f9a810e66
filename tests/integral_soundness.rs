//! Soundness of proofs about integrals: no bound is below the error that networks make, for benign
//! and hostile networks and proof objects.
//!
//! The error at many points is computed straight from the definition, with the logarithms, cosines
//! and square roots of a library. What float64 can be off by there is 2⁻⁴⁰ of the sums of absolute
//! terms at most, far less than the slack of the proofs.
//! `INTEGRAL_SOUNDNESS=400..4000` tries the networks of other seeds than `npm test` does.
#![allow(clippy::cast_possible_truncation, reason = "small numbers, written here")]

use crate::common::Random;
use compact_proofs::linalg::Matrix;
use compact_proofs::models::two_token::{Folded, TwoToken, Weights};
use compact_proofs::tasks::group_operations::GroupOperation;
use compact_proofs::tasks::group_operations::group::natural;
use compact_proofs::tasks::group_operations::quadrature::{
    Details, Frequency, Integrals, Phases, Quadrature, Rule,
};
use std::f64::consts::{PI, TAU};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The matrices of a network modulo `p`, `[p, m]` each.
struct Network {
    p: usize,
    left: Matrix<f64>,
    right: Matrix<f64>,
    unembed: Matrix<f64>,
}

impl Network {
    /// Neurons with phases that are even or random, and noise.
    fn of(random: &mut Random, seed: u64) -> Self {
        let p: usize = random.one_of(&[3, 4, 5, 6, 7, 8, 9, 12]);
        let most = random.one_of(&[3, 12, 40]);
        let m = 1 + random.below(most);
        let noise = random.one_of(&[0.0, 1e-15, 1e-6, 0.01, 0.3, 3.0]);
        let frequencies = p.div_ceil(2) - 1;
        let is_even = random.below(2) == 0;
        let neurons: Vec<(usize, f64, f64)> = (0..m)
            .map(|i| {
                let even = TAU * i as f64 / m as f64;
                let phase = if is_even { even } else { PI * random.number() };
                (1 + random.below(frequencies), phase, 2.0 * phase + noise * random.number())
            })
            .collect();
        let wave = |random: &mut Random, is_out: bool| {
            Matrix::from_shape_fn((p, m), |(a, i)| {
                let (k, input, output) = neurons[i];
                let phase = if is_out { output } else { input };
                (TAU * (k * a) as f64 / p as f64 + phase).cos() + noise * random.number()
            })
        };
        let [left, right] = [(); 2].map(|()| wave(random, false));
        let mut network = Self { p, left, right, unembed: wave(random, true) };
        network.spoil(random, seed);
        network
    }

    fn spoil(&mut self, random: &mut Random, seed: u64) {
        let neuron = random.below(self.left.ncols());
        let scale = random.one_of(&[1e30, 1e-30, 1e-100, 0.0, 1e12]);
        match seed % 8 {
            // All equal, or all but one.
            1 => self.left = self.left.mapv(|x| x * scale),
            2 => self.unembed = self.unembed.mapv(|x| x * scale),
            // A neuron huge, tiny or dead.
            3 => self.left.column_mut(neuron).mapv_inplace(|x| x * scale),
            4 => self.unembed.column_mut(neuron).mapv_inplace(|x| x * scale),
            // Small whole numbers: equal phases, and components that vanish.
            5 => [&mut self.left, &mut self.right, &mut self.unembed]
                .into_iter()
                .for_each(|matrix| matrix.mapv_inplace(|x| (2.0 * x).round())),
            // Large constants, which no frequency sees.
            6 => self.left.mapv_inplace(|x| x + scale),
            // Both sides cancel.
            7 => self.right = self.left.mapv(|x| 1e-9 * x.abs() - x),
            _ => {}
        }
    }

    fn task(&self) -> GroupOperation {
        let (p, m) = self.left.dim();
        let exact = |matrix: &Matrix<f64>| Folded::exact(matrix.clone());
        let zeros = |columns| Folded::exact(Matrix::zeros((1, columns)));
        let network = TwoToken::new(Weights {
            left: exact(&self.left),
            right: exact(&self.right),
            hidden_bias: zeros(m),
            unembed: exact(&self.unembed),
            direct: None,
            bias: zeros(p),
            heads: Vec::new(),
            attention_flops: 0.0,
        });
        GroupOperation::new(network.unwrap(), natural(&format!("Z{p}")).unwrap()).unwrap()
    }

    /// The largest errors that are found of some neurons at a frequency, of absolute values and of
    /// ReLU, and what float64 can be off by; `None` where it knows nothing.
    fn errors(&self, k: usize, neurons: &[usize]) -> Option<([f64; 2], f64)> {
        let component = |value: &dyn Fn(usize) -> f64| {
            let angle = |a: usize| TAU * (k * a % self.p) as f64 / self.p as f64;
            let part = |f: fn(f64) -> f64| (0..self.p).map(|a| value(a) * f(angle(a))).sum::<f64>();
            let absolute: f64 = (0..self.p).map(|a| value(a).abs()).sum();
            (part(f64::cos), -part(f64::sin), absolute)
        };
        let (mut all, mut weight, mut off) = (Vec::new(), 0.0, 0.0);
        for &i in neurons {
            let c = component(&|a| self.left[[a, i]] + self.right[[a, i]]);
            let d = component(&|z| self.unembed[[z, i]]);
            let (r, q) = (c.0.hypot(c.1), d.0.hypot(d.1));
            let sides: f64 =
                (0..self.p).map(|a| self.left[[a, i]].abs() + self.right[[a, i]].abs()).sum();
            weight += r * q;
            off += sides * q + r * d.2 + sides * d.2 * 2.0_f64.powi(-40);
            all.push((r * q, c.1.atan2(c.0), d.1.atan2(d.0)));
        }
        let off = 2.0_f64.powi(-40) * (1.0 + 8.0 * PI * off / weight);
        if off.is_nan() || off >= 0.5 {
            return None;
        }
        let kinks = all.iter().map(|(_, phi, _)| PI / 2.0 - phi);
        let grid = (0..60).map(|j| PI * f64::from(j) / 60.0);
        let mut most = [0.0_f64; 2];
        for u in kinks.chain(grid) {
            for u in [u, u + PI] {
                let sum = |f: &dyn Fn(f64) -> f64, scale: f64| {
                    let (mut re, mut im) = (-scale * (2.0 * u).cos(), scale * (2.0 * u).sin());
                    for &(w, phi, psi) in &all {
                        let t = TAU * w / weight * f((u + phi).cos());
                        (re, im) = (re + t * psi.cos(), im + t * psi.sin());
                    }
                    re.hypot(im)
                };
                most[0] = most[0].max(sum(&f64::abs, 4.0 / 3.0));
                most[1] = most[1].max(sum(&|t| t.max(0.0), 2.0 / 3.0));
            }
        }
        Some((most, off))
    }
}

#[derive(Debug, Default)]
struct Totals {
    cases: u32,
    bounds: u32,
    /// Bounds that say something.
    useful: u32,
    refused: u32,
}

/// Compares what a proof says with the errors that are found.
fn judge(totals: &mut Totals, what: &str, network: &Network, proof: &Quadrature) {
    totals.cases += 1;
    let Integrals { flops, frequencies, .. } = proof.verify();
    assert!(flops > 0.0 && frequencies.len() == proof.phases().frequencies.len());
    for (Frequency { frequency, neurons, .. }, found) in
        proof.phases().frequencies.iter().zip(frequencies)
    {
        for bounds in [found.absolute, found.relu] {
            assert!(bounds.at_least <= bounds.at_most, "{what}: {found:?}");
        }
        let Some((errors, off)) = network.errors(*frequency, neurons) else { continue };
        for (bounds, error) in [found.absolute, found.relu].into_iter().zip(errors) {
            assert!(bounds.at_most >= error - off, "{what}: {found:?}, but {error}");
            totals.bounds += 1;
            totals.useful += u32::from(bounds.at_most < 0.8);
        }
    }
}

/// Phases with something altered.
fn altered(random: &mut Random, phases: &Phases, p: usize, m: usize) -> Phases {
    let mut phases = phases.clone();
    if phases.frequencies.is_empty() {
        return phases;
    }
    let place = random.below(phases.frequencies.len());
    let Frequency { frequency, neurons, by } = &mut phases.frequencies[place];
    let change = random.one_of(&[0.0, -1.0, 0.5, 3.0, 1e-9, 20.0, f64::NAN, f64::INFINITY]);
    let (i, j) = (random.below(neurons.len()), random.below(neurons.len()));
    match (random.below(8), by) {
        (0, _) => *frequency = random.below(p + 1),
        (1, _) => neurons[i] = random.below(m + 1),
        (2, _) => neurons.swap(i, j),
        (3, Details::Boxes { start, .. }) => *start = change,
        (4, Details::Boxes { angles, .. }) => angles.swap(i, j),
        (3..6, Details::Boxes { angles, .. } | Details::Kinks { angles }) => angles[i] += change,
        (6, Details::Boxes { angles, .. } | Details::Kinks { angles }) => {
            angles.iter_mut().for_each(|angle| *angle = 8.0 * random.number());
            if random.below(2) == 0 {
                angles.iter_mut().for_each(|angle| *angle /= 6.0);
                angles.sort_by(f64::total_cmp);
            }
        }
        (7, Details::Boxes { angles, .. } | Details::Kinks { angles }) => {
            angles.remove(i);
            if random.below(2) == 0 {
                neurons.remove(i);
            }
        }
        (_, Details::Spectral { terms }) => *terms = random.one_of(&[0, 1, 2, 10, 500, 5000]),
        _ => unreachable!("eight changes of three rules"),
    }
    phases
}

#[test]
fn no_bound_is_below_the_error_of_the_integral() {
    let asked = std::env::var("INTEGRAL_SOUNDNESS").unwrap_or_else(|_| "0..400".into());
    let ends =
        asked.split_once("..").and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    let seeds: std::ops::Range<u64> = ends.expect("INTEGRAL_SOUNDNESS=FROM..TO, whole numbers");
    let (mut totals, all) = (Totals::default(), seeds.end - seeds.start);
    for seed in seeds {
        let mut random = Random::mixed(seed);
        let network = Network::of(&mut random, seed);
        let (task, m) = (network.task(), network.left.ncols());
        for rule in Rule::ALL {
            let proof = Quadrature::searched(&task, rule).unwrap();
            judge(&mut totals, &format!("seed {seed}, {rule}"), &network, &proof);
            for i in 0..6 {
                let phases = altered(&mut random, proof.phases(), network.p, m);
                match Quadrature::given(&task, rule, phases) {
                    Ok(given) => {
                        judge(&mut totals, &format!("seed {seed}, {rule} {i}"), &network, &given);
                    }
                    Err(_) => totals.refused += 1,
                }
            }
        }
    }
    println!("{all} networks: {totals:?}");
    assert!(u64::from(totals.bounds) > 10 * all && u64::from(totals.useful) > all / 2);
    assert!(totals.refused > 0);
}
