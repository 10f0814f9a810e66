//! What keeps a network from being ideal circuits: why its proof proves little. For people; no
//! proof depends on it.

use super::circuits::{Circuits, Layout};
use super::ideal::{Activation, Ideal};
use super::search;
use crate::linalg::{Matrix, centred, dot, largest};
use crate::tasks::group_operations::GroupOperation;
use crate::tasks::group_operations::group::Group;
use serde::Serialize;
use std::fmt;

/// Functions are in one span if what is left of the one outside that of the other is below this
/// part of its length.
const INSIDE: f64 = 0.1;
/// A fault is named if it concerns this part of the weights, or of a place's.
const WORTH_NAMING: f64 = 0.05;

/// A way in which a network differs from ideal circuits.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "fault", rename_all = "kebab-case")]
pub enum Fault {
    /// No neurons are translations of each other.
    NoCircuit,
    /// Neurons that no circuit explains.
    Unplaced {
        /// How many there are, of those that are not dead.
        neurons: usize,
        /// Their part of all neurons' weights, from 0 to 1.
        share: f64,
    },
    /// A circuit without neurons at some of its places.
    IncompleteSum {
        /// The number of the circuit.
        circuit: usize,
        /// Its places with neurons.
        filled: usize,
        /// All of its places.
        places: usize,
    },
    /// A circuit whose places do not weigh the same.
    UnequalSum {
        /// The number of the circuit.
        circuit: usize,
        /// The least weight of a place with neurons, where the mean of all places is 1.
        least: f64,
        /// The largest one.
        most: f64,
    },
    /// Circuits of one representation whose neurons do not share the vector `a`.
    SeveralVectors {
        /// The numbers of the circuits.
        circuits: Vec<usize>,
        /// How many different vectors there are.
        vectors: usize,
    },
}

/// The circuits that a search finds in a network, and what is wrong with them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnosis {
    /// The margin of ideal circuits, in logits.
    pub margin: f64,
    /// At most what neurons' inputs that are not ideal change a logit.
    pub inputs: f64,
    /// At most what read-outs that are not ideal change a logit.
    pub read_outs: f64,
    /// What is wrong, most telling first; empty if nothing stands out.
    pub faults: Vec<Fault>,
}

impl Fault {
    /// The fault in a few words, without its numbers.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoCircuit => "no circuit",
            Self::SeveralVectors { .. } => "several vectors a",
            Self::IncompleteSum { .. } => "incomplete double sum",
            Self::UnequalSum { .. } => "unequal double sum",
            Self::Unplaced { .. } => "neurons in no circuit",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.name())?;
        match self {
            Self::NoCircuit => write!(f, "no neurons are translations of each other"),
            Self::SeveralVectors { circuits, vectors } => {
                let circuits: Vec<_> = circuits.iter().map(usize::to_string).collect();
                let circuits = circuits.join(", ");
                write!(f, "circuits {circuits} have one representation and {vectors} vectors a")
            }
            Self::IncompleteSum { circuit, filled, places } => {
                write!(f, "circuit {circuit} has neurons at {filled} of its {places} places")
            }
            Self::UnequalSum { circuit, least, most } => write!(
                f,
                "the places of circuit {circuit} weigh {least:.2} to {most:.2} times their mean"
            ),
            Self::Unplaced { neurons, share } => {
                write!(f, "{neurons} neurons, with {:.0} % of the weights", 100.0 * share)
            }
        }
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { margin, inputs, read_outs, .. } = self;
        write!(
            f,
            "The ideal circuits have a margin of {margin:.2} logits. What the neurons give is off by \
             up to {inputs:.2} logits, what is read from them by up to {read_outs:.2}."
        )
    }
}

/// What keeps a network from the ideal circuits that are searched for in it.
pub(super) fn diagnosis(task: &GroupOperation, activation: Activation) -> Diagnosis {
    let (network, group) = (task.network(), task.group());
    let circuits = search::circuits(network, group, activation);
    let layouts = circuits.layouts(network, group).expect("the search checks circuits");
    let ideal = Ideal::<f64>::new(network, group, &circuits, &layouts, activation);
    let order = group.order();
    let largest_length = largest(ideal.lengths.iter().copied());
    let off = |x: usize, y: usize| {
        let squares = (0..network.shape().neurons).map(|i| {
            let real = network.left.value[[x, i]] + network.right.value[[y, i]];
            let idealised = ideal.left[[x, i]] + ideal.right[[y, i]];
            (activation.of(real) - activation.of(idealised)).powi(2)
        });
        squares.sum::<f64>().sqrt()
    };
    let most_off = largest((0..order * order).map(|place| off(place / order, place % order)));
    Diagnosis {
        margin: ideal.phi[group.identity()] - ideal.largest_wrong(group),
        inputs: largest_length * most_off,
        read_outs: largest(ideal.rests.iter().copied()),
        faults: faults(task, &circuits, &layouts),
    }
}

/// What is wrong with the circuits of a proof, most telling first.
pub(super) fn faults(task: &GroupOperation, circuits: &Circuits, layouts: &[Layout]) -> Vec<Fault> {
    if circuits.circuits.is_empty() {
        return vec![Fault::NoCircuit];
    }
    let (network, group) = (task.network(), task.group());
    let mut faults = Vec::new();
    let mut representations: Vec<Vec<(usize, Spans)>> = Vec::new();
    for (k, (circuit, layout)) in circuits.circuits.iter().zip(layouts).enumerate() {
        let e = group.identity();
        let left = |x| circuit.left[layout.left_of(group, e, x)];
        let right = |y| circuit.right[layout.right_of(group, e, y)];
        let spans = Spans::new(group, left, right);
        match representations.iter_mut().find(|all| are_equal(&all[0].1.both, &spans.both)) {
            Some(all) => all.push((k, spans)),
            None => representations.push(vec![(k, spans)]),
        }
    }
    for all in &representations {
        let is_new = |i: usize| !all[..i].iter().any(|(_, other)| other.has_vector_of(&all[i].1));
        let vectors = (0..all.len()).filter(|&i| is_new(i)).count();
        if vectors > 1 {
            let circuits = all.iter().map(|&(k, _)| k).collect();
            faults.push(Fault::SeveralVectors { circuits, vectors });
        }
    }

    let (_, unembed) = centred(network.unembed());
    let mut unequal = Vec::new();
    for (k, layout) in layouts.iter().enumerate() {
        let weights = place_weights(group, circuits, k, layout, &unembed);
        let filled: Vec<_> = weights.iter().copied().flatten().collect();
        let mean = filled.iter().sum::<f64>() / weights.len() as f64;
        if filled.len() < weights.len() {
            let (filled, places) = (filled.len(), weights.len());
            faults.push(Fault::IncompleteSum { circuit: k, filled, places });
        }
        let least = filled.iter().copied().fold(f64::INFINITY, f64::min) / mean;
        let most = largest(filled.iter().copied()) / mean;
        if most - least > WORTH_NAMING {
            unequal.push(Fault::UnequalSum { circuit: k, least, most });
        }
    }

    faults.extend(unequal);

    let weights: Vec<_> = (0..network.shape().neurons)
        .map(|i| {
            let column = |matrix: &Matrix<f64>| length(&matrix.column(i).to_vec());
            let inputs = column(&network.left.value) + column(&network.right.value);
            inputs * column(&unembed)
        })
        .collect();
    let dead = search::DEAD * largest(weights.iter().copied());
    let unplaced: Vec<_> = weights
        .iter()
        .zip(&circuits.neurons)
        .filter(|&(&weight, place)| place.is_none() && weight > dead)
        .map(|(&weight, _)| weight)
        .collect();
    let share = unplaced.iter().sum::<f64>() / weights.iter().sum::<f64>();
    if share > WORTH_NAMING {
        faults.push(Fault::Unplaced { neurons: unplaced.len(), share });
    }
    faults
}

/// How much is read from each place of a circuit, as a multiple of what should be; `None` where
/// there are no neurons.
fn place_weights(
    group: &Group,
    circuits: &Circuits,
    k: usize,
    layout: &Layout,
    unembed: &Matrix<f64>,
) -> Vec<Option<f64>> {
    let out = &circuits.circuits[k].out;
    let mut weights = vec![None; layout.places()];
    for (i, place) in circuits.neurons.iter().enumerate() {
        let Some(place) = place.filter(|place| place.circuit == k) else { continue };
        let at = layout.place(group, place.left, place.right);
        let ideal: Vec<_> = (0..group.order())
            .map(|z| out[layout.out_of(group, (place.left, place.right), z)])
            .collect();
        let real = unembed.column(i).to_vec();
        let weight = place.scale.abs() * dot(&ideal, &real) / dot(&ideal, &ideal);
        *weights[at].get_or_insert(0.0) += weight;
    }
    weights
}

/// The functions that translations make of those of a circuit.
struct Spans {
    /// `α` moved on its left side, as neurons are: `x ↦ bᵀ ρ(x) a` for all `b`.
    left: Vec<Vec<f64>>,
    /// `γ` moved on its right side: `y ↦ aᵀ ρ(y) c` for all `c`.
    right: Vec<Vec<f64>>,
    /// `α` moved on both sides: all entries of `ρ`.
    both: Vec<Vec<f64>>,
}

impl Spans {
    fn new(group: &Group, left: impl Fn(usize) -> f64, right: impl Fn(usize) -> f64) -> Self {
        let all = 0..group.order();
        let function = |f: &dyn Fn(usize) -> f64| all.clone().map(f).collect::<Vec<_>>();
        let moved_left = |g: usize| function(&|x| left(group.product(g, x)));
        let lefts = span(all.clone().map(moved_left));
        let both = lefts.iter().flat_map(|values| {
            all.clone().map(|g| function(&|x| values[group.product(x, g)])).collect::<Vec<_>>()
        });
        let both = span(both);
        let right = span(all.clone().map(|g| function(&|y| right(group.product(y, g)))));
        Self { left: lefts, right, both }
    }

    /// Whether a circuit of the same representation has the same vector `a`.
    fn has_vector_of(&self, other: &Self) -> bool {
        are_equal(&self.left, &other.left) && are_equal(&self.right, &other.right)
    }
}

/// An orthonormal basis of all functions (Gram and Schmidt).
fn span(functions: impl Iterator<Item = Vec<f64>>) -> Vec<Vec<f64>> {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for function in functions {
        let size = length(&function);
        let rest = outside(&basis, function);
        let rest_size = length(&rest);
        if rest_size > INSIDE * size {
            basis.push(rest.into_iter().map(|x| x / rest_size).collect());
        }
    }
    basis
}

/// Whether two spaces of functions are one.
fn are_equal(a: &[Vec<f64>], b: &[Vec<f64>]) -> bool {
    let is_inside = |function: &Vec<f64>| length(&outside(b, function.clone())) < INSIDE;
    a.len() == b.len() && a.iter().all(is_inside)
}

/// What is left of a function outside a span.
fn outside(basis: &[Vec<f64>], mut function: Vec<f64>) -> Vec<f64> {
    for direction in basis {
        let along = dot(direction, &function);
        function.iter_mut().zip(direction).for_each(|(x, d)| *x -= along * d);
    }
    function
}

fn length(values: &[f64]) -> f64 {
    dot(values, values).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::two_token::{Folded, TwoToken, Weights};
    use crate::tasks::group_operations::group::natural;

    /// The network of ideal circuits of Z4 on both of whose sides are the functions of `seeds`, one
    /// circuit each, with neurons at the places that `has` says.
    fn network(seeds: &[[f64; 4]], has: impl Fn(usize, usize) -> bool) -> GroupOperation {
        let places: Vec<_> = (0..seeds.len())
            .flat_map(|k| (0..16).map(move |place| (k, place / 4, place % 4)))
            .filter(|&(_, g, g2)| has(g, g2))
            .collect();
        let moved = |k: usize, x: usize| seeds[k][x % 4];
        let matrix = |number: &dyn Fn((usize, usize, usize), usize) -> f64| {
            Folded::exact(Matrix::from_shape_fn((4, places.len()), |(x, i)| number(places[i], x)))
        };
        let network = TwoToken::new(Weights {
            left: matrix(&|(k, g, _), x| moved(k, 4 + x - g)),
            right: matrix(&|(k, _, g2), y| moved(k, y + g2)),
            unembed: matrix(&|(k, g, g2), z| moved(k, 4 + z - g + g2)),
            hidden_bias: Folded::exact(Matrix::zeros((1, places.len()))),
            direct: None,
            bias: Folded::exact(Matrix::zeros((1, 4))),
            heads: Vec::new(),
            attention_flops: 0.0,
        })
        .unwrap();
        GroupOperation::new(network, natural("Z4").unwrap()).unwrap()
    }

    const WAVE: [f64; 4] = [1.0, 0.0, -1.0, 0.0];

    #[test]
    fn missing_places_are_named() {
        let whole = diagnosis(&network(&[WAVE], |_, _| true), Activation::Relu);
        assert_eq!(whole.faults, []);
        assert!(whole.inputs < 1e-9 && whole.read_outs < 1e-9, "{whole}");
        let part = diagnosis(&network(&[WAVE], |g, g2| g != g2), Activation::Relu);
        let expected = Fault::IncompleteSum { circuit: 0, filled: 12, places: 16 };
        assert!(part.faults.contains(&expected), "{:?}", part.faults);
        assert!(part.read_outs > 0.1, "{part}");
    }

    /// A wave of both frequencies has no vector in common with its mirror image.
    #[test]
    fn several_vectors_are_named() {
        let mixed = [[2.0, 1.0, -1.0, 0.5], [2.0, 0.5, -1.0, 1.0]];
        let group = natural("Z4").unwrap();
        let spans = |k: usize| Spans::new(&group, |x| mixed[k][x], |y| WAVE[y]);
        assert!(are_equal(&spans(0).both, &spans(1).both));
        assert!(spans(0).has_vector_of(&spans(1)), "of a commutative group all vectors are one");

        // S3: functions of the two columns of the matrices of its representation.
        let group = natural("S3").unwrap();
        let stabilizer = |h: usize| {
            let stays = move |group: &Group, x: usize| group.product(x, h) == x || x == 0 || x == h;
            (0..6).map(|x| f64::from(u8::from(stays(&group, x))) - 1.0 / 3.0).collect::<Vec<_>>()
        };
        let involutions: Vec<_> = (1..6).filter(|&x| group.order_of(x) == 2).collect();
        let functions: Vec<_> = involutions.iter().map(|&h| stabilizer(h)).collect();
        let spans: Vec<_> = functions
            .iter()
            .map(|function| Spans::new(&group, |x| function[x], |y| function[y]))
            .collect();
        assert!(are_equal(&spans[0].both, &spans[1].both));
        assert!(!spans[0].has_vector_of(&spans[1]));
        assert!(spans[0].has_vector_of(&spans[0]));
    }
}
