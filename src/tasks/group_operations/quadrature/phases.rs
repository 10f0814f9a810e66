use super::circle::MAX_ANGLE;
use super::{Cyclic, Rule};
use crate::models::two_token::TwoToken;
use crate::proof::Version;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A proof object: which neurons compute each frequency, and what a rule needs of them. Any object
/// that [fits](Self::fit) makes a sound proof; a good one a good one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phases {
    version: Version,
    /// The frequencies, each once.
    pub frequencies: Vec<Frequency>,
}

/// The neurons of one frequency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frequency {
    /// `k`, from 1 on, below half of the group's order.
    pub frequency: usize,
    /// The neurons, each once in all frequencies; in the order of their boxes and kinks.
    pub neurons: Vec<usize>,
    /// What the rule needs beside that.
    pub by: Details,
}

/// What a rule needs of a frequency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Details {
    /// For [`Rule::Boxes`].
    Boxes {
        /// Where the first box begins, at most 4 from 0.
        start: f64,
        /// Each neuron's phase up to a multiple of `π`, at most 8 from 0.
        angles: Vec<f64>,
    },
    /// For [`Rule::Spectral`].
    Spectral {
        /// `J`: terms of the series.
        terms: usize,
    },
    /// For [`Rule::Kinks`].
    Kinks {
        /// Each neuron's phase up to a multiple of `π`, at most 8 from 0: in ascending order, the
        /// last less than `π` above the first.
        angles: Vec<f64>,
    },
}

/// Most terms of a series.
const MAX_TERMS: usize = 4096;
/// The largest magnitude of [`Details::Boxes::start`].
const MAX_START: f64 = 4.0;
/// Below `π` by more than the rounding of a difference.
const BELOW_PI: f64 = std::f64::consts::PI - 1e-12;

/// Why phases are no proof object for a network.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum PhasesError {
    /// A frequency is out of range, or listed twice.
    #[error("frequency {frequency}: expected each once, from 1 on and below {order} / 2")]
    Frequency {
        /// The frequency.
        frequency: usize,
        /// The group's order.
        order: usize,
    },
    /// A neuron is out of range, or listed twice.
    #[error("neuron {neuron} of frequency {frequency}: expected each once, below {neurons}")]
    Neuron {
        /// The frequency.
        frequency: usize,
        /// The neuron.
        neuron: usize,
        /// The network's neurons.
        neurons: usize,
    },
    /// A list is empty, or has another length than there are neurons.
    #[error("frequency {frequency}: {angles} angles of {neurons} neurons, expected one of each")]
    Length {
        /// The frequency.
        frequency: usize,
        /// Its angles.
        angles: usize,
        /// Its neurons.
        neurons: usize,
    },
    /// A number is out of range, or out of order.
    #[error("frequency {frequency}: `{what}` has {value}, expected {expected}")]
    Number {
        /// The frequency.
        frequency: usize,
        /// The list or number.
        what: &'static str,
        /// The number.
        value: f64,
        /// What it should be.
        expected: &'static str,
    },
    /// The object is for another rule.
    #[error("frequency {frequency}: `by` is not for {rule}")]
    Rule {
        /// The frequency.
        frequency: usize,
        /// The rule.
        rule: Rule,
    },
}

impl Phases {
    /// A proof object.
    #[must_use]
    pub fn new(frequencies: Vec<Frequency>) -> Self {
        Self { version: Version, frequencies }
    }

    /// Checks that this is a proof object by a rule for a network. Only comparisons are made.
    ///
    /// # Errors
    /// If it is not.
    pub(super) fn fit(
        &self,
        network: &TwoToken,
        cyclic: &Cyclic,
        rule: Rule,
    ) -> Result<(), PhasesError> {
        let (order, all) = (cyclic.order(), network.shape().neurons);
        let mut is_known = vec![false; order];
        let mut is_placed = vec![false; all];
        for Frequency { frequency, neurons, by } in &self.frequencies {
            let frequency = *frequency;
            let is_usable = frequency >= 1 && frequency < order.div_ceil(2);
            if !is_usable || std::mem::replace(&mut is_known[frequency], true) {
                return Err(PhasesError::Frequency { frequency, order });
            }
            for &neuron in neurons {
                if is_placed.get(neuron) != Some(&false) {
                    return Err(PhasesError::Neuron { frequency, neuron, neurons: all });
                }
                is_placed[neuron] = true;
            }
            by.fit(frequency, neurons.len(), rule)?;
        }
        Ok(())
    }
}

impl Details {
    fn fit(&self, frequency: usize, neurons: usize, rule: Rule) -> Result<(), PhasesError> {
        let number =
            |what, value, expected| Err(PhasesError::Number { frequency, what, value, expected });
        let angles = match (self, rule) {
            (Self::Boxes { start, angles }, Rule::Boxes) => {
                if !(-MAX_START..=MAX_START).contains(start) {
                    return number("start", *start, "a number from −4 to 4");
                }
                angles
            }
            (Self::Kinks { angles }, Rule::Kinks) => {
                if let Some(pair) = angles.windows(2).find(|pair| !pair.is_sorted()) {
                    return number("angles", pair[1], "numbers in ascending order");
                }
                if let (Some(first), Some(last)) = (angles.first(), angles.last())
                    && !(..=BELOW_PI).contains(&(last - first))
                {
                    return number("angles", *last, "less than π above the first");
                }
                angles
            }
            (&Self::Spectral { terms }, Rule::Spectral) => {
                return match ((1..=MAX_TERMS).contains(&terms), neurons) {
                    (false, _) => number("terms", terms as f64, "a whole number from 1 to 4096"),
                    (true, 0) => Err(PhasesError::Length { frequency, angles: 0, neurons }),
                    (true, _) => Ok(()),
                };
            }
            _ => return Err(PhasesError::Rule { frequency, rule }),
        };
        if angles.len() != neurons || neurons == 0 {
            return Err(PhasesError::Length { frequency, angles: angles.len(), neurons });
        }
        match angles.iter().find(|angle| !(-MAX_ANGLE..=MAX_ANGLE).contains(*angle)) {
            Some(&angle) => number("angles", angle, "numbers from −8 to 8"),
            None => Ok(()),
        }
    }
}
