use super::Lengths;
use crate::models::two_token::TwoToken;
use crate::tasks::group_operations::low_rank::{Factors, FactorsError, fits};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Most orders of the tokens on one side.
pub(super) const MAX_ORDERS: usize = 64;

/// Of each side orders of its tokens and, for each neuron, the number of one.
pub(super) type Orders = [(Vec<Vec<usize>>, Vec<usize>); 2];

/// A proof object: factors of the unembedding, and orders in which neurons seldom come and go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Walks {
    factors: Factors,
    /// Orders of the left tokens.
    left: Vec<Vec<usize>>,
    /// Orders of the right tokens.
    right: Vec<Vec<usize>>,
    /// The numbers of each neuron's orders of left and right tokens, `[m]`.
    neurons: Vec<[usize; 2]>,
}

/// Why factors and orders are no proof object for a network.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum WalksError {
    /// The factors are none.
    #[error(transparent)]
    Factors(#[from] FactorsError),
    /// Lengths are those of each input.
    #[error(
        "`factors` has the `lengths` \"exact\", expected \"sums\" or \"active\": this proof never writes down what neurons give"
    )]
    Lengths,
    /// The numbers of all inputs do not fit into memory.
    #[error("the rank of `factors`, {rank}, is too large for a group of {order} elements")]
    Rank {
        /// The rank.
        rank: usize,
        /// Elements of the group.
        order: usize,
    },
    /// There are too many orders.
    #[error("`{side}` has {found} orders, expected at most {MAX_ORDERS}")]
    Orders {
        /// The side.
        side: &'static str,
        /// How many there are.
        found: usize,
    },
    /// A list is no order of all tokens.
    #[error("order {number} of `{side}` does not list each of {order} tokens once")]
    Order {
        /// The side.
        side: &'static str,
        /// The number of the order.
        number: usize,
        /// Elements of the group.
        order: usize,
    },
    /// Neurons are missing, or are too many.
    #[error("`neurons` has {found} entries, expected {expected}, one for each neuron")]
    Neurons {
        /// How many there are.
        found: usize,
        /// Neurons of the network.
        expected: usize,
    },
    /// A neuron has no such order.
    #[error("neuron {neuron} has the orders {orders:?}, of which one is not there")]
    Neuron {
        /// The neuron.
        neuron: usize,
        /// Its orders of left and right tokens.
        orders: [usize; 2],
    },
}

impl Walks {
    /// A proof object: of each side its orders and, for each neuron, the number of one.
    #[must_use]
    pub fn new(factors: Factors, sides: Orders) -> Self {
        let [(left, lefts), (right, rights)] = sides;
        let neurons = lefts.into_iter().zip(rights).map(|(l, r)| [l, r]).collect();
        Self { factors, left, right, neurons }
    }

    /// The factors.
    #[must_use]
    pub fn factors(&self) -> &Factors {
        &self.factors
    }

    /// The same orders with lengths bounded in another way.
    pub(super) fn with_lengths(self, lengths: Lengths) -> Self {
        Self { factors: self.factors.with_lengths(lengths), ..self }
    }

    /// Orders of the tokens of a side, 0 for the left one, each with its neurons.
    pub(super) fn orders(&self, side: usize) -> impl Iterator<Item = (&[usize], Vec<usize>)> {
        let orders = [&self.left, &self.right][side];
        let all = 0..self.neurons.len();
        orders.iter().enumerate().map(move |(number, order)| {
            (&**order, all.clone().filter(|&i| self.neurons[i][side] == number).collect())
        })
    }

    /// Checks that this is a proof object for a network.
    ///
    /// # Errors
    /// If it is not.
    pub fn fit(&self, network: &TwoToken, order: usize) -> Result<(), WalksError> {
        self.factors.fit(network)?;
        if self.factors.lengths() == Lengths::Exact {
            return Err(WalksError::Lengths);
        }
        let rank = self.factors.rank();
        if !fits(order, rank) {
            return Err(WalksError::Rank { rank, order });
        }
        for (side, orders) in [("left", &self.left), ("right", &self.right)] {
            if orders.len() > MAX_ORDERS {
                return Err(WalksError::Orders { side, found: orders.len() });
            }
            if let Some(number) = orders.iter().position(|tokens| !is_order(tokens, order)) {
                return Err(WalksError::Order { side, number, order });
            }
        }
        let (found, expected) = (self.neurons.len(), network.shape().neurons);
        if found != expected {
            return Err(WalksError::Neurons { found, expected });
        }
        let is_there =
            |&[left, right]: &[usize; 2]| left < self.left.len() && right < self.right.len();
        match self.neurons.iter().position(|orders| !is_there(orders)) {
            Some(neuron) => Err(WalksError::Neuron { neuron, orders: self.neurons[neuron] }),
            None => Ok(()),
        }
    }
}

/// Whether a list has each of `count` tokens once.
fn is_order(tokens: &[usize], count: usize) -> bool {
    let mut is_listed = vec![false; count];
    let new = |&token: &usize| {
        is_listed.get_mut(token).is_some_and(|listed| !std::mem::replace(listed, true))
    };
    tokens.len() == count && tokens.iter().all(new)
}
