use crate::models::two_token::TwoToken;
use crate::proof::Version;
use crate::tasks::group_operations::group::Group;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A proof object: idealised circuits of a network, and which neuron is in which place of them. Any
/// numbers and places make a sound proof; good ones a good one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Circuits {
    version: Version,
    /// The circuits.
    pub circuits: Vec<Circuit>,
    /// The place of each neuron, `[m]`; `None` for one that no circuit explains.
    pub neurons: Vec<Option<Place>>,
}

/// An idealised circuit: functions `α`, `γ` and `υ` on the group, see [the module](super).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Circuit {
    /// The subgroup `H`, its elements.
    pub left_stabilizer: Vec<usize>,
    /// The subgroup `H′`, its elements.
    pub right_stabilizer: Vec<usize>,
    /// `α` on each coset `H x`, in the order of their first elements.
    pub left: Vec<f64>,
    /// `γ` on each coset `y H′`, in the order of their first elements.
    pub right: Vec<f64>,
    /// `υ` on each double coset `H z H′`, in the order of their first elements.
    pub out: Vec<f64>,
    /// Elements `k` and `k′` with `α(k x) = −α(x)` and `γ(y k′) = −γ(y)`, if there are any.
    pub antipode: Option<[usize; 2]>,
}

/// A neuron's place in a circuit: its ideal input is `scale · (α(g⁻¹ x) + γ(y g′))`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The number of the circuit.
    pub circuit: usize,
    /// `g`.
    pub left: usize,
    /// `g′`.
    pub right: usize,
    /// The factor of the neuron's input.
    pub scale: f64,
}

/// The largest magnitude of a number in circuits, that of float32.
const MAX_NUMBER: f64 = f32::MAX as f64;
/// Most places of all circuits.
const MAX_PLACES: usize = 1 << 14;

/// Why circuits are no proof object for a network.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CircuitsError {
    /// A list has another length than it should.
    #[error("{what}: {found} entries, expected {expected}")]
    Length {
        /// The list.
        what: String,
        /// Its length.
        found: usize,
        /// What the network and the group require.
        expected: usize,
    },
    /// Elements of a stabilizer are no subgroup.
    #[error("the {side} stabilizer of circuit {circuit} is no subgroup")]
    Subgroup {
        /// Which stabilizer.
        side: &'static str,
        /// The circuit.
        circuit: usize,
    },
    /// An element, a circuit or a scale is out of range.
    #[error("{what} is out of range")]
    Range {
        /// What it belongs to.
        what: String,
    },
    /// The antipode is none.
    #[error("circuit {circuit}: the antipode does not turn the circuit's functions round")]
    Antipode {
        /// The circuit.
        circuit: usize,
    },
    /// There are too many places.
    #[error("the circuits have {places} places, expected at most {MAX_PLACES}")]
    Places {
        /// How many there are.
        places: usize,
    },
}

impl Circuits {
    /// A proof object.
    #[must_use]
    pub fn new(circuits: Vec<Circuit>, neurons: Vec<Option<Place>>) -> Self {
        Self { version: Version, circuits, neurons }
    }

    /// No circuits.
    pub(super) fn none() -> Self {
        Self::new(Vec::new(), Vec::new())
    }

    /// Where everything lies, if this is a proof object for a network. Only whole numbers are
    /// computed, but for the signs of antipodes.
    ///
    /// # Errors
    /// If it is not.
    pub(super) fn layouts(
        &self,
        network: &TwoToken,
        group: &Group,
    ) -> Result<Vec<Layout>, CircuitsError> {
        let neurons = network.shape().neurons;
        length("places of neurons", self.neurons.len(), neurons)?;
        let all = self.circuits.iter().enumerate();
        let layouts = all
            .map(|(k, circuit)| Layout::new(k, circuit, group))
            .collect::<Result<Vec<_>, _>>()?;
        let places = layouts.iter().map(Layout::places).sum();
        if places > MAX_PLACES {
            return Err(CircuitsError::Places { places });
        }
        for (i, place) in self.neurons.iter().enumerate() {
            let Some(Place { circuit, left, right, scale }) = *place else { continue };
            let is_inside = circuit < self.circuits.len()
                && left < group.order()
                && right < group.order()
                && is_number(scale);
            if !is_inside {
                return Err(CircuitsError::Range { what: format!("the place of neuron {i}") });
            }
        }
        Ok(layouts)
    }
}

fn length(what: &str, found: usize, expected: usize) -> Result<(), CircuitsError> {
    match found == expected {
        true => Ok(()),
        false => Err(CircuitsError::Length { what: what.into(), found, expected }),
    }
}

fn is_number(x: f64) -> bool {
    x.is_finite() && x.abs() <= MAX_NUMBER
}

/// The sets `H x H′` into which a group falls: the number of each element's set, in the order of
/// their first elements, and how many there are.
pub(in super::super) fn double_cosets(
    group: &Group,
    left: &[usize],
    right: &[usize],
) -> (Vec<usize>, usize) {
    const NONE: usize = usize::MAX;
    let (mut numbers, mut sets) = (vec![NONE; group.order()], 0);
    for x in 0..group.order() {
        if numbers[x] != NONE {
            continue;
        }
        for (&h, &k) in left.iter().flat_map(|h| right.iter().map(move |k| (h, k))) {
            numbers[group.product(group.product(h, x), k)] = sets;
        }
        sets += 1;
    }
    (numbers, sets)
}

/// Where the functions of a circuit have their values.
pub(super) struct Layout {
    /// The number of the coset `H x` of each `x`.
    left: Vec<usize>,
    /// The number of the coset `y H′` of each `y`.
    right: Vec<usize>,
    /// The number of the double coset `H z H′` of each `z`.
    out: Vec<usize>,
    /// One element of each left coset `g H`, in the order of the cosets `H g⁻¹`.
    lefts: Vec<usize>,
    /// One element of each coset `g′ H′`.
    rights: Vec<usize>,
    /// The place with opposite inputs of each place, `[lefts · rights]`; itself without antipodes.
    partners: Vec<usize>,
}

impl Layout {
    fn new(k: usize, circuit: &Circuit, group: &Group) -> Result<Self, CircuitsError> {
        let sides = [("left", &circuit.left_stabilizer), ("right", &circuit.right_stabilizer)];
        for (side, elements) in sides {
            if !is_subgroup(group, elements) {
                return Err(CircuitsError::Subgroup { side, circuit: k });
            }
        }
        let e = [group.identity()];
        let (left, lefts) = double_cosets(group, &circuit.left_stabilizer, &e);
        let (right, rights) = double_cosets(group, &e, &circuit.right_stabilizer);
        let (out, outs) = double_cosets(group, &circuit.left_stabilizer, &circuit.right_stabilizer);
        for (what, values, expected) in [
            ("left", &circuit.left, lefts),
            ("right", &circuit.right, rights),
            ("out", &circuit.out, outs),
        ] {
            length(&format!("`{what}` of circuit {k}"), values.len(), expected)?;
            if !values.iter().all(|&x| is_number(x)) {
                return Err(CircuitsError::Range { what: format!("`{what}` of circuit {k}") });
            }
        }
        let first = |numbers: &[usize], set: usize| {
            numbers.iter().position(|&number| number == set).expect("a set has elements")
        };
        let lefts: Vec<_> = (0..lefts).map(|set| group.inverse(first(&left, set))).collect();
        let rights: Vec<_> = (0..rights).map(|set| first(&right, set)).collect();
        let partners = (0..lefts.len() * rights.len()).collect();
        let mut layout = Self { left, right, out, lefts, rights, partners };
        if let Some(antipode) = circuit.antipode {
            layout.join(group, circuit, antipode).ok_or(CircuitsError::Antipode { circuit: k })?;
        }
        Ok(layout)
    }

    /// Finds the partner of each place, if `k` and `k′` turn the circuit round.
    fn join(&mut self, group: &Group, circuit: &Circuit, [k, k2]: [usize; 2]) -> Option<()> {
        let all = 0..group.order();
        if !all.contains(&k) || !all.contains(&k2) {
            return None;
        }
        let turns = all.clone().all(|x| {
            circuit.left[self.left[group.product(k, x)]] == -circuit.left[self.left[x]]
                && circuit.right[self.right[group.product(x, k2)]] == -circuit.right[self.right[x]]
        });
        let back = group.inverse(k);
        let partner = |layout: &Self, place: usize| {
            let (g, g2) = layout.elements(place);
            layout.place(group, group.product(g, back), group.product(g2, k2))
        };
        let partners: Vec<_> = (0..self.places()).map(|place| partner(self, place)).collect();
        let is_pairing =
            (0..partners.len()).all(|i| partners[i] != i && partners[partners[i]] == i);
        (turns && is_pairing).then(|| self.partners = partners)
    }

    /// The number of places.
    pub(super) fn places(&self) -> usize {
        self.lefts.len() * self.rights.len()
    }

    /// The place of `g` and `g′`.
    pub(super) fn place(&self, group: &Group, g: usize, g2: usize) -> usize {
        self.left[group.inverse(g)] * self.rights.len() + self.right[g2]
    }

    /// The elements `g` and `g′` of a place.
    pub(super) fn elements(&self, place: usize) -> (usize, usize) {
        (self.lefts[place / self.rights.len()], self.rights[place % self.rights.len()])
    }

    /// The place with opposite inputs.
    pub(super) fn partner(&self, place: usize) -> usize {
        self.partners[place]
    }

    /// Which value of `α` is `α(g⁻¹ x)`.
    pub(super) fn left_of(&self, group: &Group, g: usize, x: usize) -> usize {
        self.left[group.product(group.inverse(g), x)]
    }

    /// Which value of `γ` is `γ(y g′)`.
    pub(super) fn right_of(&self, group: &Group, g2: usize, y: usize) -> usize {
        self.right[group.product(y, g2)]
    }

    /// Which value of `υ` is `υ(g⁻¹ z g′)`.
    pub(super) fn out_of(&self, group: &Group, (g, g2): (usize, usize), z: usize) -> usize {
        self.out[group.product(group.product(group.inverse(g), z), g2)]
    }
}

/// Whether elements, each listed once, are a subgroup: in a finite group a set that is closed under
/// products is one.
pub(in super::super) fn is_subgroup(group: &Group, elements: &[usize]) -> bool {
    let mut is_in = vec![false; group.order()];
    for &x in elements {
        match is_in.get_mut(x) {
            Some(found) if !*found => *found = true,
            _ => return false,
        }
    }
    !elements.is_empty()
        && elements.iter().all(|&x| elements.iter().all(|&y| is_in[group.product(x, y)]))
}
