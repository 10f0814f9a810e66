//! What the circuits of a proof are: orbits, pairs, and neurons that have no place.

use super::circuits::{Circuits, Layout};
use super::faults::faults;
use super::ideal::Activation;
use super::{Circuit, Irrep, Place, Started};
use crate::linalg::{Matrix, centred, dot, left_singular_vectors};
use crate::models::two_token::TwoToken;
use crate::tasks::group_operations::explain::{
    CircuitFacts, CircuitsFacts, Irreps, NeuronPoint, Orbit, Unexplained,
};
use crate::tasks::group_operations::group::Group;

/// Dimensions in which orbits are drawn.
const DRAWN: usize = 3;
/// A dimension of an orbit is none if its part of the first is below this.
const FLAT: f64 = 1e-6;

impl Irrep {
    /// The circuits that the proof is about.
    pub(in super::super) fn circuits(&self) -> CircuitsFacts {
        let Started { circuits, layouts, .. } = self.started();
        let (network, group) = (&*self.task.network, &*self.task.group);
        let irreps = Irreps::new(group);
        let power = self.task.power();
        let (_, unembed) = centred(network.unembed());
        let seen = Seen { network, group, unembed, circuits, activation: self.method.activation() };
        let found: Vec<CircuitFacts> =
            (0..layouts.len()).map(|k| seen.facts(k, &layouts[k], &irreps)).collect();
        let vectors: Vec<Vec<f64>> = layouts
            .iter()
            .zip(&circuits.circuits)
            .map(|(layout, circuit)| {
                let e = group.identity();
                let value = |x: usize| circuit.left[layout.left_of(group, e, x)];
                (0..group.order()).map(value).collect()
            })
            .collect();
        let similarity = |irrep: usize, a: &[f64], b: &[f64]| {
            let facts = &irreps.facts[irrep];
            facts.is_real.then(|| agreement(group, facts.dimension, a, b))
        };
        let placeless = circuits.neurons.iter().enumerate().filter(|(_, place)| place.is_none());
        let unexplained = placeless
            .map(|(neuron, _)| {
                let irrep = power.main[neuron];
                let left = network.left.value.column(neuron).to_vec();
                let same = (0..found.len()).filter(|&k| found[k].irrep == irrep);
                let agreement = same.filter_map(|k| similarity(irrep, &vectors[k], &left));
                let agreement = agreement.max_by(f64::total_cmp);
                Unexplained { neuron, irrep, weight: power.weight[neuron], agreement }
            })
            .collect();
        let faults = faults(&self.task, circuits, layouts);
        CircuitsFacts { irreps: irreps.facts, circuits: found, faults, unexplained }
    }

    /// What a neuron reads of `x` and `y` and writes to `z` in its place: `α`, `γ` and `υ` with its
    /// scales; `None` without a place.
    pub(in super::super) fn ideal_rows(&self, neuron: usize) -> Option<[Vec<f64>; 3]> {
        let Started { circuits, layouts, verifier } = self.started();
        let place = (*circuits.neurons.get(neuron)?)?;
        let (layout, circuit) = (&layouts[place.circuit], &circuits.circuits[place.circuit]);
        let group = &self.task.group;
        let ideal = read_out(group, layout, circuit, (place.left, place.right));
        let (_, unembed) = centred(self.task.network.unembed());
        let real = unembed.column(neuron).to_vec();
        let scale = dot(&ideal, &real) / dot(&ideal, &ideal).max(f64::MIN_POSITIVE);
        let [left, right] = verifier.ideal_sides().map(|side| side.column(neuron).to_vec());
        Some([left, right, ideal.into_iter().map(|u| scale * u).collect()])
    }
}

/// What circuits are looked at with.
struct Seen<'a> {
    network: &'a TwoToken,
    group: &'a Group,
    /// `U′`, `[z, m]`.
    unembed: Matrix<f64>,
    circuits: &'a Circuits,
    activation: Activation,
}

impl Seen<'_> {
    fn facts(&self, k: usize, layout: &Layout, irreps: &Irreps) -> CircuitFacts {
        let (group, circuit) = (self.group, &self.circuits.circuits[k]);
        let members: Vec<(usize, Place)> = self
            .circuits
            .neurons
            .iter()
            .enumerate()
            .filter_map(|(i, place)| Some((i, (*place)?)))
            .filter(|(_, place)| place.circuit == k)
            .collect();
        let places = layout.places();
        let first = |place: usize| match self.activation {
            Activation::Absolute => place.min(layout.partner(place)),
            Activation::Relu => place,
        };
        let outputs = self.unembed.nrows();
        let mut neurons = vec![0_usize; places];
        let mut sums = vec![vec![0.0; outputs]; places];
        for (i, place) in &members {
            let at = first(layout.place(group, place.left, place.right));
            let column = self.unembed.column(*i);
            let written = sums[at].iter_mut().zip(column);
            written.for_each(|(sum, u)| *sum += place.scale.abs() * u);
            neurons[at] += 1;
        }
        let ideals: Vec<Vec<f64>> = (0..places)
            .map(|place| read_out(group, layout, circuit, layout.elements(place)))
            .collect();
        // What is off at all places alike adds the same to the logits of every input.
        let off: Vec<f64> = (0..outputs)
            .map(|z| {
                let all = |rows: &[Vec<f64>]| rows.iter().map(|row| row[z]).sum::<f64>();
                (all(&sums) - all(&ideals)) / places as f64
            })
            .collect();
        // Places with opposite inputs are one, which both tell of.
        let weight = |place: usize| {
            let at = first(place);
            let ideal = &ideals[at];
            let alike = if layout.partner(at) == at { 1.0 } else { 2.0 };
            let real = sums[at].iter().zip(&off).map(|(sum, off)| sum / alike - off);
            let real: Vec<f64> = real.collect();
            dot(ideal, &real) / dot(ideal, ideal).max(f64::MIN_POSITIVE)
        };
        let weights = (0..places).map(weight).collect();
        let counts = (0..places).map(|place| neurons[first(place)]).collect();
        let e = group.identity();
        let left: Vec<f64> =
            (0..group.order()).map(|x| circuit.left[layout.left_of(group, e, x)]).collect();
        let shares = irreps.shares(group, &left);
        let irrep = (1..shares.len()).max_by(|&a, &b| shares[a].total_cmp(&shares[b])).unwrap_or(0);
        let (lefts, rights) = (circuit.left.len(), circuit.right.len());
        let values = |is_left: bool, set: usize| -> Vec<f64> {
            let place = if is_left { set * rights } else { set };
            let (g, g2) = layout.elements(place);
            let value = |x: usize| match is_left {
                true => circuit.left[layout.left_of(group, g, x)],
                false => circuit.right[layout.right_of(group, g2, x)],
            };
            centred_row((0..group.order()).map(value).collect())
        };
        let orbit = |is_left: bool| {
            let sets = if is_left { lefts } else { rights };
            let points: Vec<_> = (0..sets).map(|set| values(is_left, set)).collect();
            let real = match is_left {
                true => &self.network.left.value,
                false => &self.network.right.value,
            };
            let of = |&(neuron, place): &(usize, Place)| {
                let column = centred_row(real.column(neuron).to_vec());
                (neuron, column.into_iter().map(|value| value / place.scale).collect())
            };
            drawn(&points, members.iter().map(of).collect())
        };
        CircuitFacts {
            irrep,
            share: shares[irrep],
            stabilizers: [circuit.left_stabilizer.len(), circuit.right_stabilizer.len()],
            orbits: [orbit(true), orbit(false)],
            neurons: members.iter().map(|(neuron, _)| *neuron).collect(),
            weights,
            counts,
        }
    }
}

/// `υ(g⁻¹ z g′)` at each `z`.
fn read_out(group: &Group, layout: &Layout, circuit: &Circuit, at: (usize, usize)) -> Vec<f64> {
    (0..group.order()).map(|z| circuit.out[layout.out_of(group, at, z)]).collect()
}

fn centred_row(mut values: Vec<f64>) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter_mut().for_each(|value| *value -= mean);
    values
}

/// An orbit of functions of equal length, and functions of neurons beside it, in the dimensions in
/// which the orbit is largest.
fn drawn(orbit: &[Vec<f64>], neurons: Vec<(usize, Vec<f64>)>) -> Orbit {
    let length = dot(&orbit[0], &orbit[0]).sqrt().max(f64::MIN_POSITIVE);
    let gram =
        Matrix::from_shape_fn((orbit.len(), orbit.len()), |(i, j)| dot(&orbit[i], &orbit[j]));
    let axes =
        if gram.iter().all(|&x| x == 0.0) { Vec::new() } else { left_singular_vectors(&gram) };
    let most = axes.first().map_or(0.0, |(square, _)| *square);
    let all: f64 = axes.iter().map(|(square, _)| square).sum();
    let dimensions = axes.iter().filter(|(square, _)| *square > FLAT * most).count();
    let axes = &axes[..dimensions.min(DRAWN)];
    let shown: f64 = axes.iter().map(|(square, _)| square).sum();
    let points = (0..orbit.len())
        .map(|i| axes.iter().map(|(square, axis)| square.sqrt() * axis[i] / length).collect())
        .collect();
    let functions: Vec<Vec<f64>> = axes
        .iter()
        .map(|(square, axis)| {
            let at = |x: usize| orbit.iter().zip(axis).map(|(f, v)| v * f[x]).sum::<f64>();
            (0..orbit[0].len()).map(|x| at(x) / square.sqrt()).collect()
        })
        .collect();
    let neurons = neurons
        .into_iter()
        .map(|(neuron, values)| NeuronPoint {
            neuron,
            point: functions.iter().map(|axis| dot(axis, &values) / length).collect(),
        })
        .collect();
    Orbit { dimensions, shown: shown / all.max(f64::MIN_POSITIVE), points, neurons }
}

/// How alike two vectors `a` are in functions `bᵀ ρ(x) a` of one real representation: the square of
/// the cosine between them, from 0 to 1, whatever the vectors `b` are.
///
/// By Schur, `Σ_g ⟨f(g⁻¹ ·), f′⟩² = (n/d) |b|² |b′|² (n/d)² ⟨a, a′⟩²` and `|f|² = (n/d) |b|² |a|²`,
/// up to the order of the factors.
fn agreement(group: &Group, dimension: usize, f: &[f64], other: &[f64]) -> f64 {
    let (f, other) = (centred_row(f.to_vec()), centred_row(other.to_vec()));
    let n = group.order();
    let moved = |g: usize| {
        let back = group.inverse(g);
        (0..n).map(|x| f[group.product(back, x)] * other[x]).sum::<f64>()
    };
    let sum: f64 = (0..n).map(|g| moved(g).powi(2)).sum();
    let squares = dot(&f, &f) * dot(&other, &other);
    (dimension as f64 * sum / (n as f64 * squares).max(f64::MIN_POSITIVE)).min(1.0)
}
