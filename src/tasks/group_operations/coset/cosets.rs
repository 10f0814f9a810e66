use crate::models::two_token::TwoToken;
use crate::proof::Version;
use crate::tasks::group_operations::group::Group;
use crate::tasks::group_operations::irrep::{double_cosets, is_subgroup};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A proof object: which coset each neuron watches. Any cosets make a sound proof; good ones a good
/// one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cosets {
    version: Version,
    /// The cosets.
    pub cosets: Vec<Coset>,
    /// The number of the coset that each neuron watches, `[m]`; `None` for one that watches none.
    pub neurons: Vec<Option<usize>>,
}

/// A coset `H g⁻¹`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coset {
    /// The subgroup `H`, its elements.
    pub subgroup: Vec<usize>,
    /// `g`.
    pub element: usize,
}

/// Why cosets are no proof object for a network.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CosetsError {
    /// Neurons are missing, or are too many.
    #[error("`neurons` has {found} entries, expected {expected}, one for each neuron")]
    Neurons {
        /// How many there are.
        found: usize,
        /// Neurons of the network.
        expected: usize,
    },
    /// There are more cosets than neurons.
    #[error("there are {found} cosets, expected at most {most}, one for each neuron")]
    Cosets {
        /// How many there are.
        found: usize,
        /// Neurons of the network.
        most: usize,
    },
    /// A neuron watches a coset that is not there.
    #[error("neuron {neuron} watches the coset {coset}, expected one from 0 to {cosets} − 1")]
    Neuron {
        /// The neuron.
        neuron: usize,
        /// The number of its coset.
        coset: usize,
        /// How many cosets there are.
        cosets: usize,
    },
    /// A list is no subgroup, or the element is none.
    #[error("coset {coset}: expected a subgroup, each of its elements once, and an element")]
    Subgroup {
        /// The number of the coset.
        coset: usize,
    },
}

impl Cosets {
    /// A proof object.
    #[must_use]
    pub fn new(cosets: Vec<Coset>, neurons: Vec<Option<usize>>) -> Self {
        Self { version: Version, cosets, neurons }
    }

    /// Where everything lies, if this is a proof object for a network. Only whole numbers are
    /// computed.
    ///
    /// # Errors
    /// If it is not.
    pub(super) fn layouts(
        &self,
        network: &TwoToken,
        group: &Group,
    ) -> Result<Vec<Layout>, CosetsError> {
        let (found, expected) = (self.neurons.len(), network.shape().neurons);
        if found != expected {
            return Err(CosetsError::Neurons { found, expected });
        }
        let cosets = self.cosets.len();
        if cosets > expected {
            return Err(CosetsError::Cosets { found: cosets, most: expected });
        }
        for (neuron, coset) in self.neurons.iter().enumerate() {
            if let Some(coset) = coset.filter(|&coset| coset >= cosets) {
                return Err(CosetsError::Neuron { neuron, coset, cosets });
            }
        }
        let members = |number: usize| {
            (0..found).filter(|&i| self.neurons[i] == Some(number)).collect::<Vec<_>>()
        };
        let all = self.cosets.iter().enumerate();
        all.map(|(number, coset)| {
            Layout::new(group, coset, members(number))
                .ok_or(CosetsError::Subgroup { coset: number })
        })
        .collect()
    }
}

/// What a coset `C = H g⁻¹` makes of the elements.
pub(super) struct Layout {
    /// The number of the coset `H x` of each `x`, and of the coset `y K` of each `y`.
    pub(super) sides: [Vec<usize>; 2],
    /// How many cosets there are on either side.
    pub(super) count: usize,
    /// For each coset `H x`, the one coset `y K` with `x y` in `C`.
    pub(super) partner: Vec<usize>,
    /// The elements of `C`.
    pub(super) elements: Vec<usize>,
    /// The neurons that watch it.
    pub(super) neurons: Vec<usize>,
}

impl Layout {
    fn new(group: &Group, coset: &Coset, neurons: Vec<usize>) -> Option<Self> {
        let Coset { subgroup, element: g } = coset;
        if *g >= group.order() || !is_subgroup(group, subgroup) {
            return None;
        }
        let (e, back) = ([group.identity()], group.inverse(*g));
        let conjugate = |&h: &usize| group.product(group.product(*g, h), back);
        let conjugates: Vec<usize> = subgroup.iter().map(conjugate).collect();
        let (left, count) = double_cosets(group, subgroup, &e);
        let (right, _) = double_cosets(group, &e, &conjugates);
        // x y = g⁻¹ for y = x⁻¹ g⁻¹.
        let mut partner = vec![0; count];
        for (x, &number) in left.iter().enumerate() {
            partner[number] = right[group.product(group.inverse(x), back)];
        }
        let elements = subgroup.iter().map(|&h| group.product(h, back)).collect();
        Some(Self { sides: [left, right], count, partner, elements, neurons })
    }
}
