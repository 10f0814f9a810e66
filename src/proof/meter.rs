//! Limits how much work a stranger's proof may cause.

use std::sync::atomic::{AtomicU64, Ordering};
use thiserror::Error;

/// The most work that the verification of a stranger's certificate may take, in operations of the
/// fastest loops there are: some 5·10⁹ a second on one core. Slower operations count for up to 32,
/// by the time they take.
///
/// The longest certificates of named strategies about the gallery's models, those of
/// `convolution-4096` about Max-of-20, take some 10¹¹; the longest that the page lists take less
/// than 10¹⁰. Brute force takes less than 10⁹ about a Max-of-5 model of the gallery, and 10¹¹ where
/// nothing can be pruned. The limit is reached after some tens of seconds.
pub const MAX_WORK: u64 = 1 << 38;

/// Counts work while a proof is verified, up to a limit.
#[derive(Debug)]
pub struct Meter {
    spent: AtomicU64,
    most: u64,
}

/// Why the verification of a certificate was given up.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum GivenUp {
    /// It takes more work than is allowed.
    #[error(
        "verifying it takes more than {most:.1e} operations, the limit for certificates: it was stopped there \
         (`check --most-operations` of the command line allows more)"
    )]
    Work {
        /// The limit, in operations.
        most: f64,
    },
    /// It is longer than its certificate says.
    #[error(
        "verifying it takes more than the {stated} FLOPs that the certificate states: it was stopped there"
    )]
    Stated {
        /// The FLOPs that the certificate states.
        stated: f64,
    },
    /// A field is not what the model gives.
    #[error("the certificate's {field} is {found}, expected {expected}")]
    Differs {
        /// The field.
        field: String,
        /// What the certificate says.
        found: String,
        /// What the model gives.
        expected: String,
    },
}

impl Meter {
    /// A meter with the limit `most`, of which nothing is spent.
    #[must_use]
    pub fn new(most: u64) -> Self {
        Self { spent: AtomicU64::new(0), most }
    }

    /// Spends `spent` of the limit.
    pub fn add(&self, spent: u64) {
        self.spent.fetch_add(spent, Ordering::Relaxed);
    }

    /// What is left of the limit: 0 only if the limit is reached.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.most.saturating_sub(self.spent.load(Ordering::Relaxed))
    }

    /// Whether more was spent than the limit. Once it is, it stays so; and whether it comes to that
    /// depends on the sum of what is spent, not on the order of chunks.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.spent.load(Ordering::Relaxed) > self.most
    }

    /// The limit.
    #[must_use]
    pub fn most(&self) -> u64 {
        self.most
    }
}

#[cfg(test)]
mod tests {
    use super::Meter;

    #[test]
    fn a_limit_may_be_reached_and_not_passed() {
        let meter = Meter::new(5);
        meter.add(5);
        assert_eq!((meter.left(), meter.is_over(), meter.most()), (0, false, 5));
        meter.add(1);
        assert!(meter.is_over());
    }
}
