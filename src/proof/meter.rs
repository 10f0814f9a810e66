//! How much work a stranger's proof may cause.

use std::sync::atomic::{AtomicU64, Ordering};
use thiserror::Error;

/// So much work may the verification of a certificate take that nobody has vouched for, in operations of the fastest loops there are
/// (some 5·10⁹ a second on one core; others count for up to 32, by what they take).
///
/// The longest certificates of the gallery that a strategy has a name for, those of `convolution-4096` about its Max-of-20 models, take
/// some 10¹¹, the longest that the page lists less than 10¹⁰. Brute force takes less than 10⁹ for its Max-of-5 models, 10¹¹ for one
/// that leaves nothing to prune. Whatever takes as much as this is through in some tens of seconds.
pub const MAX_WORK: u64 = 1 << 38;

/// What is counted of a proof while it is verified, and how much that may be.
#[derive(Debug)]
pub struct Meter {
    spent: AtomicU64,
    most: u64,
}

/// Why a verification was given up.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum GivenUp {
    /// It would take longer than anybody has allowed.
    #[error(
        "verifying it takes more than {most:.1e} operations, the limit for certificates: it was stopped there \
         (`check --most-operations` of the command line allows more)"
    )]
    Work {
        /// The limit.
        most: f64,
    },
    /// It is longer than its certificate says.
    #[error(
        "verifying it takes more than the {stated} FLOPs that the certificate states: it was stopped there"
    )]
    Stated {
        /// What it says.
        stated: f64,
    },
    /// A part of it is not what the model gives.
    #[error("the certificate's {part} is {found}, expected {expected}")]
    Differs {
        /// Which part.
        part: String,
        /// What it says.
        found: String,
        /// What the model gives.
        expected: String,
    },
}

impl Meter {
    /// Nothing is spent, of so much.
    #[must_use]
    pub fn new(most: u64) -> Self {
        Self { spent: AtomicU64::new(0), most }
    }

    /// Spends some.
    pub fn add(&self, spent: u64) {
        self.spent.fetch_add(spent, Ordering::Relaxed);
    }

    /// What is left of the limit: nothing only if it is reached.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.most.saturating_sub(self.spent.load(Ordering::Relaxed))
    }

    /// Whether more was spent than may be. So it stays, and in whatever order parts are counted, whether it comes to that is
    /// a matter of their sum.
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
