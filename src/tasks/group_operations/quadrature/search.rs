//! Finds the frequency and the phase of each neuron.

use super::circle;
use super::components::Components;
use super::{Cyclic, Details, Frequency, Phases, Rule};
use crate::models::two_token::TwoToken;
use std::f64::consts::PI;

/// A neuron whose weight is below this part of the largest is noise.
const DEAD: f64 = 1e-5;
/// Terms of the series of [`Rule::Spectral`].
const TERMS: usize = 100;
/// How many places of the first box are tried, again and again around the best of them.
const STARTS: u32 = 200;
const ROUNDS: u32 = 4;

/// A neuron at its own frequency.
#[derive(Clone, Copy)]
struct Found {
    neuron: usize,
    /// `φ` modulo `π`, from 0 on.
    angle: f64,
    weight: f64,
}

/// The phases of a network.
pub(super) fn phases(network: &TwoToken, cyclic: &Cyclic, rule: Rule) -> Phases {
    let (p, m) = (cyclic.order(), network.shape().neurons);
    let points = circle::points::<f64>(p);
    let input = |i: usize, a: usize| network.left.value[[a, i]] + network.right.value[[a, i]];
    let component = |k: usize, value: &dyn Fn(usize) -> f64| {
        (0..p).fold([0.0; 2], |[re, im], a| {
            let [cos, sin] = points[k * cyclic.logarithm(a) % p];
            [re + value(a) * cos, im - value(a) * sin]
        })
    };
    let mut found: Vec<Vec<Found>> = vec![Vec::new(); p.div_ceil(2)];
    for neuron in 0..m {
        let strongest = (1..p.div_ceil(2))
            .map(|k| (k, component(k, &|a| input(neuron, a))))
            .max_by(|(_, a), (_, b)| circle::modulus(*a).total_cmp(&circle::modulus(*b)));
        let Some((k, c)) = strongest else { continue };
        let d = component(k, &|z| network.unembed.value[[z, neuron]]);
        let weight = circle::modulus(c) * circle::modulus(d);
        let angle = libm::atan2(c[1], c[0]).rem_euclid(PI);
        found[k].push(Found { neuron, angle: if angle < PI { angle } else { 0.0 }, weight });
    }
    let most = found.iter().flatten().fold(0.0_f64, |most, found| most.max(found.weight));
    let frequencies = found.into_iter().zip(0..).filter_map(|(mut found, frequency)| {
        found.retain(|found| found.weight > DEAD * most);
        found.sort_by(|a, b| a.angle.total_cmp(&b.angle));
        let (first, last) = (found.first()?.angle, found.last()?.angle);
        // The window of a little less than `π` that kinks need.
        found.retain(|found| found.angle <= last.min(first + (PI - 1e-9)));
        let neurons: Vec<_> = found.iter().map(|found| found.neuron).collect();
        let angles: Vec<_> = found.iter().map(|found| found.angle).collect();
        let mut frequency =
            Frequency { frequency, neurons, by: Details::Spectral { terms: TERMS } };
        frequency.by = match rule {
            Rule::Spectral => return Some(frequency),
            Rule::Kinks => Details::Kinks { angles },
            Rule::Boxes => {
                let components = Components::new(network, cyclic, &points, &frequency);
                let widths: Vec<_> =
                    components.neurons.iter().map(|neuron| neuron.width / 2.0).collect();
                Details::Boxes { start: start(&widths, &angles), angles }
            }
        };
        Some(frequency)
    });
    Phases::new(frequencies.collect())
}

/// Where boxes of these widths should begin, so that they lie about their neurons.
fn start(widths: &[f64], angles: &[f64]) -> f64 {
    let mut end = 0.0;
    let offsets = widths.iter().zip(angles).map(|(width, angle)| {
        end += width;
        angle - (end - width / 2.0)
    });
    let offsets: Vec<f64> = offsets.collect();
    let mut least = offsets.iter().copied().fold(f64::INFINITY, f64::min);
    let mut most = offsets.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let cost = |start: f64| {
        let mut end = start;
        let of_boxes = widths.iter().zip(angles).map(|(width, angle)| {
            let below = end - angle;
            end += width;
            let above = end - angle;
            above * above.abs() - below * below.abs()
        });
        of_boxes.sum::<f64>()
    };
    let mut best = 0.0;
    for _ in 0..ROUNDS {
        let step = (most - least) / f64::from(STARTS);
        let tried = (0..=STARTS).map(|i| least + step * f64::from(i));
        let tried = tried.map(|start| (start, cost(start)));
        best = tried.min_by(|(_, a), (_, b)| a.total_cmp(b)).map_or(best, |(start, _)| start);
        (least, most) = (best - step, best + step);
    }
    best.clamp(-4.0, 4.0)
}
