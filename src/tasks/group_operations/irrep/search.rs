//! Finds ideal circuits in a network: neurons that are translations of each other.
//!
//! A neuron's stabilizers are the elements that change its weights little. Its circuit is made of
//! all neurons whose weights are near translations of its own; the ideal functions are their means.

use super::circuits::{double_cosets, is_subgroup};
use super::ideal::Activation;
use super::{Circuit, Circuits, Place};
use crate::linalg::{Matrix, centred, dot, sorted};
use crate::models::two_token::TwoToken;
use crate::tasks::group_operations::group::Group;

/// A function is taken for another one if it differs by less than this part of its length. Vectors
/// of one orbit of the groups here differ by more.
const NEAR: f64 = 0.3;
/// A neuron whose share of the largest logit is below this is noise.
pub(in super::super) const DEAD: f64 = 1e-3;
/// A circuit has at most this many places.
const MAX_PLACES: usize = 4096;
/// At most this many circuits are kept.
const MAX_CIRCUITS: usize = 32;

/// The weights of a neuron.
struct Neuron {
    left: Vec<f64>,
    right: Vec<f64>,
    out: Vec<f64>,
    weight: f64,
}

/// The circuits of a network, and the places of its neurons.
pub(super) fn circuits(network: &TwoToken, group: &Group, activation: Activation) -> Circuits {
    let (_, unembed) = centred(network.unembed());
    let column = |matrix: &Matrix<f64>, i: usize| matrix.column(i).to_vec();
    let neurons: Vec<Neuron> = (0..unembed.ncols())
        .map(|i| {
            let (left, right) = (column(&network.left.value, i), column(&network.right.value, i));
            let out = column(&unembed, i);
            let weight = (length(&left) + length(&right)) * length(&out);
            Neuron { left, right, out, weight }
        })
        .collect();
    let most = neurons.iter().fold(0.0_f64, |most, neuron| most.max(neuron.weight));
    let alive = (0..neurons.len()).filter(|&i| neurons[i].weight > DEAD * most).collect();
    let order = sorted(alive, |&i| -neurons[i].weight);

    let mut places: Vec<Option<Place>> = vec![None; neurons.len()];
    let mut circuits: Vec<Circuit> = Vec::new();
    for &seed in &order {
        if places[seed].is_some() || circuits.len() == MAX_CIRCUITS {
            continue;
        }
        let Some(shape) = Shape::of(group, &neurons[seed]) else { continue };
        let members: Vec<_> = order
            .iter()
            .filter(|&&i| places[i].is_none())
            .filter_map(|&i| Some((i, shape.place(group, &neurons[i], activation)?)))
            .collect();
        // One neuron is no sign of a circuit, unless there is but one place.
        if members.len() < shape.places().min(2) {
            continue;
        }
        let circuit = shape.circuit(group, &neurons, &members, activation);
        for &(i, place) in &members {
            let place = Place { circuit: circuits.len(), ..place };
            places[i] = Some(scaled(group, &neurons[i], &shape, &circuit, place, activation));
        }
        let placed: Vec<_> = members.iter().filter_map(|&(i, _)| Some((i, places[i]?))).collect();
        let out = shape.read_out(group, &neurons, &placed);
        circuits.push(Circuit { out, ..circuit });
    }
    Circuits::new(circuits, places)
}

/// The functions of a neuron that starts a circuit, and what leaves them alone.
struct Shape<'a> {
    seed: &'a Neuron,
    stabilizers: [Vec<usize>; 2],
    /// One element of each coset of the stabilizers.
    cosets: [Vec<usize>; 2],
}

impl<'a> Shape<'a> {
    fn of(group: &Group, seed: &'a Neuron) -> Option<Self> {
        let all = 0..group.order();
        let left = |h: usize, x: usize| seed.left[group.product(h, x)];
        let right = |h: usize, y: usize| seed.right[group.product(y, h)];
        let fixes = |values: &[f64], moved: &dyn Fn(usize) -> f64| {
            let off: f64 = all.clone().map(|x| (moved(x) - values[x]).powi(2)).sum();
            off.sqrt() < NEAR * length(values)
        };
        let stabilizers = [
            all.clone().filter(|&h| fixes(&seed.left, &|x| left(h, x))).collect::<Vec<_>>(),
            all.clone().filter(|&h| fixes(&seed.right, &|y| right(h, y))).collect(),
        ];
        if !stabilizers.iter().all(|elements| is_subgroup(group, elements)) {
            return None;
        }
        let cosets = [0, 1].map(|side| representatives(group, &stabilizers[side]));
        let is_fine = cosets[0].len() * cosets[1].len() <= MAX_PLACES;
        is_fine.then_some(Self { seed, stabilizers, cosets })
    }

    fn places(&self) -> usize {
        self.cosets[0].len() * self.cosets[1].len()
    }

    /// Where a neuron is in the seed's circuit, with its sign for a scale, if it is there.
    fn place(&self, group: &Group, neuron: &Neuron, activation: Activation) -> Option<Place> {
        let signs: &[f64] = match activation {
            Activation::Relu => &[1.0],
            Activation::Absolute => &[1.0, -1.0],
        };
        let found = signs.iter().filter_map(|&sign| {
            let (left, off_left) = self.nearest(group, neuron, sign, true)?;
            let (right, off_right) = self.nearest(group, neuron, sign, false)?;
            Some((off_left + off_right, Place { circuit: 0, left, right, scale: sign }))
        });
        found.min_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, place)| place)
    }

    /// The translation of the seed's function on one side that is nearest to a neuron's, and how
    /// near it is, if it is near.
    fn nearest(
        &self,
        group: &Group,
        neuron: &Neuron,
        sign: f64,
        is_left: bool,
    ) -> Option<(usize, f64)> {
        let (seed, values, cosets) = match is_left {
            true => (&self.seed.left, &neuron.left, &self.cosets[0]),
            false => (&self.seed.right, &neuron.right, &self.cosets[1]),
        };
        let scale = sign * length(values) / length(seed);
        let off = |g: usize| -> f64 {
            let back = group.inverse(g);
            let moved = |x: usize| match is_left {
                true => seed[group.product(back, x)],
                false => seed[group.product(x, g)],
            };
            let squares = values.iter().enumerate().map(|(x, v)| (v - scale * moved(x)).powi(2));
            squares.sum::<f64>().sqrt() / length(values)
        };
        let all = cosets.iter().map(|&g| (g, off(g)));
        all.min_by(|(_, a), (_, b)| a.total_cmp(b)).filter(|&(_, off)| off < NEAR)
    }

    /// The circuit of the means of all members, moved to the seed's place; its read-out is still
    /// zero.
    fn circuit(
        &self,
        group: &Group,
        neurons: &[Neuron],
        members: &[(usize, Place)],
        activation: Activation,
    ) -> Circuit {
        let [mut left_sums, mut right_sums] = [(); 2].map(|()| vec![0.0; group.order()]);
        for &(i, Place { left, right, scale, .. }) in members {
            for (x, sum) in left_sums.iter_mut().enumerate() {
                *sum += scale * neurons[i].left[group.product(left, x)];
            }
            for (y, sum) in right_sums.iter_mut().enumerate() {
                *sum += scale * neurons[i].right[group.product(y, group.inverse(right))];
            }
        }
        let scale = length(&self.seed.left) / length(&left_sums).max(f64::MIN_POSITIVE);
        left_sums.iter_mut().chain(&mut right_sums).for_each(|x| *x *= scale);
        let e = [group.identity()];
        let [h, h2] = &self.stabilizers;
        let left = double_cosets(group, h, &e);
        let right = double_cosets(group, &e, h2);
        let mut circuit = Circuit {
            left: means(&left_sums, &left),
            right: means(&right_sums, &right),
            out: vec![0.0; double_cosets(group, h, h2).1],
            left_stabilizer: h.clone(),
            right_stabilizer: h2.clone(),
            antipode: None,
        };
        if activation == Activation::Absolute {
            let [k, k2] = [&circuit.left, &circuit.right];
            let turn_left = |k: usize, x: usize| left.0[group.product(k, x)];
            let turn_right = |k: usize, y: usize| right.0[group.product(y, k)];
            let found = self.cosets[0]
                .iter()
                .map(|&g| group.inverse(g))
                .find_map(|g| turned(k, &left, |x| turn_left(g, x)).map(|values| (g, values)));
            let found2 = self.cosets[1]
                .iter()
                .find_map(|&g| turned(k2, &right, |y| turn_right(g, y)).map(|values| (g, values)));
            if let (Some((k, left)), Some((k2, right))) = (found, found2) {
                circuit = Circuit { left, right, antipode: Some([k, k2]), ..circuit };
            }
        }
        circuit
    }

    /// `υ`: the mean of what the network reads from each place, moved to the seed's.
    fn read_out(&self, group: &Group, neurons: &[Neuron], members: &[(usize, Place)]) -> Vec<f64> {
        let mut sums = vec![0.0; group.order()];
        for &(i, Place { left, right, scale, .. }) in members {
            for (z, sum) in sums.iter_mut().enumerate() {
                let moved = group.product(group.product(left, z), group.inverse(right));
                *sum += scale.abs() * neurons[i].out[moved];
            }
        }
        let places = self.places() as f64;
        sums.iter_mut().for_each(|sum| *sum /= places);
        means(&sums, &double_cosets(group, &self.stabilizers[0], &self.stabilizers[1]))
    }
}

/// A member's place with the scale that fits its weights best.
fn scaled(
    group: &Group,
    neuron: &Neuron,
    shape: &Shape<'_>,
    circuit: &Circuit,
    place: Place,
    activation: Activation,
) -> Place {
    let e = [group.identity()];
    let left = double_cosets(group, &shape.stabilizers[0], &e).0;
    let right = double_cosets(group, &e, &shape.stabilizers[1]).0;
    let back = group.inverse(place.left);
    let (mut products, mut squares) = (0.0, 0.0);
    for x in 0..group.order() {
        let l = circuit.left[left[group.product(back, x)]];
        let r = circuit.right[right[group.product(x, place.right)]];
        products += l * neuron.left[x] + r * neuron.right[x];
        squares += l * l + r * r;
    }
    let scale = products / f64::max(squares, f64::MIN_POSITIVE);
    let is_fine = scale.is_finite() && (scale > 0.0 || activation == Activation::Absolute);
    Place { scale: if is_fine { scale } else { place.scale }, ..place }
}

/// One element of each coset `g H`: they move a function that `H` leaves alone in different ways.
fn representatives(group: &Group, stabilizer: &[usize]) -> Vec<usize> {
    let (numbers, sets) = double_cosets(group, &[group.identity()], stabilizer);
    (0..sets).filter_map(|set| numbers.iter().position(|&number| number == set)).collect()
}

/// The mean of values on each of some sets of elements.
fn means(values: &[f64], (numbers, sets): &(Vec<usize>, usize)) -> Vec<f64> {
    let (mut sums, mut counts) = (vec![0.0; *sets], vec![0.0; *sets]);
    for (value, &set) in values.iter().zip(numbers) {
        sums[set] += value;
        counts[set] += 1.0;
    }
    sums.iter().zip(counts).map(|(sum, count)| sum / count).collect()
}

/// Values that `turn`, which takes elements to sets, makes exactly their negatives, if it makes
/// these nearly so.
fn turned(
    values: &[f64],
    (numbers, sets): &(Vec<usize>, usize),
    turn: impl Fn(usize) -> usize,
) -> Option<Vec<f64>> {
    let mut image = vec![usize::MAX; *sets];
    for (x, &set) in numbers.iter().enumerate() {
        let to = turn(x);
        // Elements of one set may turn to several sets.
        if image[set] != usize::MAX && image[set] != to {
            return None;
        }
        image[set] = to;
    }
    let all = 0..*sets;
    if !all.clone().all(|set| image[set] != set && image[image[set]] == set) {
        return None;
    }
    let exact: Vec<f64> = all.map(|set| (values[set] - values[image[set]]) / 2.0).collect();
    let off: Vec<f64> = exact.iter().zip(values).map(|(x, y)| x - y).collect();
    (length(&off) < NEAR * length(values)).then_some(exact)
}

fn length(values: &[f64]) -> f64 {
    dot(values, values).sqrt()
}
