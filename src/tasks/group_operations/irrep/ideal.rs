use super::circuits::{Circuits, Layout, Place};
use crate::cost::Scalar;
use crate::linalg::{Matrix, centred, dot, largest, map};
use crate::models::two_token::{Magnitudes, Shape, TwoToken};
use crate::tasks::group_operations::group::Group;

/// The function of a neuron's input that circuits idealise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activation {
    /// `ReLU(t)`.
    Relu,
    /// `|t|`, of which half is added to half the input.
    Absolute,
}

impl Activation {
    pub(super) fn of<S: Scalar>(self, t: S) -> S {
        match self {
            Self::Relu => t.max(S::from_f64(0.0)),
            Self::Absolute => t.abs(),
        }
    }
}

/// What circuits make of a network, and how far they are from it: see [the module](super).
pub(super) struct Ideal<S> {
    /// `U′`, `[z, m]`.
    pub(super) unembed: Matrix<S>,
    /// `L̂`, `[x, m]`, zero where no circuit explains a neuron.
    pub(super) left: Matrix<S>,
    /// `R̂`, `[y, m]`.
    pub(super) right: Matrix<S>,
    /// `φ(t)` of each element.
    pub(super) phi: Vec<S>,
    /// `Σ_k E_k[z] S_k`: what the circuits add to each logit whatever the input is.
    pub(super) constant: Vec<S>,
    /// `‖U′[z]‖`.
    pub(super) lengths: Vec<S>,
    /// `δ_z √Q`: at most what the weights that are not ideal change a logit.
    pub(super) rests: Vec<S>,
    /// The slack of a comparison.
    pub(super) slack: S,
}

impl<S: Scalar> Ideal<S> {
    pub(super) fn new(
        network: &TwoToken,
        group: &Group,
        circuits: &Circuits,
        layouts: &[Layout],
        activation: Activation,
    ) -> Self {
        let Shape { left: tokens, outputs, neurons, .. } = network.shape();
        let zero = S::from_f64(0.0);
        let (mean, unembed) = centred(&map(network.unembed(), S::from_f64));
        let [mut left, mut right] = [(); 2].map(|()| Matrix::from_elem((tokens, neurons), zero));
        for (i, place, circuit, layout) in placed(circuits, layouts) {
            let scale = S::from_f64(place.scale);
            for x in 0..tokens {
                let l = circuit.left[layout.left_of(group, place.left, x)];
                let r = circuit.right[layout.right_of(group, place.right, x)];
                left[[x, i]] = scale * S::from_f64(l);
                right[[x, i]] = scale * S::from_f64(r);
            }
        }

        let e = group.identity();
        let mut phi = vec![zero; tokens];
        let (mut constant, mut squares, mut length) =
            (vec![zero; outputs], vec![zero; outputs], zero);
        for (k, layout) in layouts.iter().enumerate() {
            let circuit = &circuits.circuits[k];
            let members = |place: usize| match activation {
                Activation::Absolute if layout.partner(place) != place => 2.0,
                _ => 1.0,
            };
            // Places with equal activations are added up at the first of them.
            let first = |place: usize| match activation {
                Activation::Absolute => place.min(layout.partner(place)),
                Activation::Relu => place,
            };
            let places = layout.places();
            let is_first: Vec<bool> = (0..places).map(|place| first(place) == place).collect();
            let mut rest = Matrix::from_elem((places, outputs), zero);
            for (i, place, ..) in placed(circuits, layouts).filter(|found| found.1.circuit == k) {
                let at = first(layout.place(group, place.left, place.right));
                let scale = S::from_f64(place.scale.abs());
                for z in 0..outputs {
                    rest[[at, z]] = rest[[at, z]] + scale * unembed[[z, i]];
                }
            }
            let mut sum = zero;
            for place in 0..places {
                let (g, g2) = layout.elements(place);
                let input = S::from_f64(circuit.left[layout.left_of(group, g, e)])
                    + S::from_f64(circuit.right[layout.right_of(group, g2, e)]);
                let active = activation.of(input);
                sum = sum + active;
                length = length + active * active;
                for z in 0..tokens {
                    let out = S::from_f64(circuit.out[layout.out_of(group, (g, g2), z)]);
                    phi[z] = phi[z] + out * active;
                    let at = first(place);
                    rest[[at, z]] = rest[[at, z]] - out;
                }
            }
            for z in 0..outputs {
                let firsts = || (0..places).filter(|&place| is_first[place]);
                let all = firsts().fold(zero, |all, place| all + rest[[place, z]]);
                let mean = all / S::from_f64(places as f64);
                constant[z] = constant[z] + mean * sum;
                for place in firsts() {
                    let members = S::from_f64(members(place));
                    let off = rest[[place, z]] - members * mean;
                    squares[z] = squares[z] + off * off / members;
                }
            }
        }
        let length = length.sqrt();
        let rests: Vec<S> = squares.into_iter().map(|square| square.sqrt() * length).collect();
        let row_length = |matrix: &Matrix<S>, z: usize| {
            let row = matrix.row(z);
            let row = row.as_slice().expect("row-major");
            dot(row, row).sqrt()
        };
        let lengths: Vec<S> = (0..outputs).map(|z| row_length(&unembed, z)).collect();

        // The magnitudes of theorem 7 that logits, circuits and lengths add to each other.
        let magnitudes = Magnitudes::<S>::new(network);
        let mean: Vec<S> = mean.into_iter().map(S::abs).collect();
        let absolute =
            Matrix::from_shape_fn(unembed.dim(), |(z, i)| magnitudes.unembed[[z, i]] + mean[i]);
        let bounds: Vec<(S, S)> = layouts
            .iter()
            .zip(&circuits.circuits)
            .map(|(layout, circuit)| {
                let most = |values: &[f64]| largest(values.iter().map(|&x| S::from_f64(x).abs()));
                let places = S::from_f64(layout.places() as f64);
                (most(&circuit.left) + most(&circuit.right), places * most(&circuit.out))
            })
            .collect();
        let mut inputs = magnitudes.neurons.clone();
        let mut ideal = vec![zero; outputs];
        for (i, place, ..) in placed(circuits, layouts) {
            let scale = S::from_f64(place.scale).abs();
            let input = scale * bounds[place.circuit].0;
            inputs[i] = inputs[i] + input;
            for z in 0..outputs {
                ideal[z] = ideal[z] + input * absolute[[z, i]];
            }
        }
        let outs = bounds.iter().fold(zero, |outs, &(input, out)| outs + input * out);
        let longest = largest((0..outputs).map(|z| row_length(&absolute, z)));
        let (two, four) = (S::from_f64(2.0), S::from_f64(4.0));
        let all = magnitudes.logits
            + magnitudes.read_out(&absolute)
            + four * (largest(ideal) + outs)
            + four * (longest * dot(&inputs, &inputs).sqrt())
            + two * largest(rests.iter().copied());
        let places: usize = layouts.iter().map(Layout::places).sum();
        let slack = magnitudes.slack(all, neurons + places + tokens + 32);
        Self { unembed, left, right, phi, constant, lengths, rests, slack }
    }

    /// `max φ(t)` of all elements but the identity; `order − 2` FLOPs.
    pub(super) fn largest_wrong(&self, group: &Group) -> S {
        let others = self.phi.iter().enumerate().filter(|(t, _)| *t != group.identity());
        others.map(|(_, &phi)| phi).reduce(S::max).expect("a group of at least two elements")
    }
}

/// The neurons that have a place, each with its circuit and the circuit's layout.
fn placed<'a>(
    circuits: &'a Circuits,
    layouts: &'a [Layout],
) -> impl Iterator<Item = (usize, Place, &'a super::Circuit, &'a Layout)> {
    circuits.neurons.iter().enumerate().filter_map(|(i, place)| {
        let place = (*place)?;
        Some((i, place, &circuits.circuits[place.circuit], &layouts[place.circuit]))
    })
}

/// FLOPs of [`Ideal::new`].
pub(super) fn flops(
    network: &TwoToken,
    circuits: &Circuits,
    layouts: &[Layout],
    activation: Activation,
) -> f64 {
    let Shape { left: n, outputs: o, neurons: m, .. } = network.shape();
    let placed = circuits.neurons.iter().flatten().count();
    let mut flops = 2 * o * m + 2 * n * placed + 2 * o * placed;
    for (layout, circuit) in layouts.iter().zip(&circuits.circuits) {
        let places = layout.places();
        let firsts = match activation {
            Activation::Relu => places,
            Activation::Absolute => {
                (0..places).filter(|&place| place <= layout.partner(place)).count()
            }
        };
        flops += places * (5 + 3 * n) + o * (firsts + 3 + 5 * firsts);
        flops += 2 * (circuit.left.len() + circuit.right.len() + circuit.out.len()) - 3 + 2 + 2;
    }
    flops += 1 + 2 * o + 2 * m * o;
    let magnitudes = m + o * m + placed * (3 + 2 * o);
    let magnitudes = magnitudes + (2 * o * m - 1) + (o - 1) + 1 + 1;
    let magnitudes = magnitudes + (2 * m * o) + (o - 1) + 2 * m + 2 + (o - 1) + 1 + 4 + 2;
    (flops + magnitudes) as f64 + Magnitudes::<f64>::flops(network)
}
