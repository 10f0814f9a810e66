use std::fmt;
use std::iter::Sum;
use std::ops::Add;
use std::str::FromStr;
use thiserror::Error;

/// How many inputs a proof, or some of its chunks, decides.
///
/// As text, four decimal numbers in the order of the fields: so workers send it to each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Inputs proven right.
    pub right: u128,
    /// Inputs proven wrong.
    pub wrong: u128,
    /// Inputs proven neither right nor wrong because of rounding. A proof that decides every other
    /// input counts all that are left; other proofs count inputs that would be proven right if
    /// float64 were exact.
    pub lost: u128,
    /// Inputs that the model was run on one by one; 0 for a proof that looks at cases.
    pub visited: u128,
}

/// A text that is not a [`Tally`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a tally, expected four whole numbers")]
pub struct ParseTallyError;

impl Tally {
    /// A tally of `right` inputs proven right, and nothing else.
    #[must_use]
    pub fn right(right: u128) -> Self {
        Self { right, ..Self::default() }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { right, wrong, lost, visited } = self;
        write!(f, "{right} {wrong} {lost} {visited}")
    }
}

impl FromStr for Tally {
    type Err = ParseTallyError;
    fn from_str(text: &str) -> Result<Self, ParseTallyError> {
        let numbers: Result<Vec<_>, _> = text.split(' ').map(str::parse).collect();
        match numbers.as_deref() {
            Ok(&[right, wrong, lost, visited]) => Ok(Self { right, wrong, lost, visited }),
            _ => Err(ParseTallyError),
        }
    }
}

impl Add for Tally {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let Self { right, wrong, lost, visited } = other;
        Self {
            right: self.right + right,
            wrong: self.wrong + wrong,
            lost: self.lost + lost,
            visited: self.visited + visited,
        }
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::{ParseTallyError, Tally};

    #[test]
    fn a_tally_is_told_in_decimal_and_read_back() {
        let tally = Tally { wrong: (1 << 53) + 1, ..Tally::right(u128::MAX) };
        let told = tally.to_string();
        assert_eq!(told, "340282366920938463463374607431768211455 9007199254740993 0 0");
        assert_eq!(told.parse(), Ok(tally));
        let damaged = [
            "",
            "1 2 3",
            "1 2 3 4 5",
            "1 2 3 4 ",
            "1  2 3 4",
            "1 2 3 -4",
            "1 2 3 4e3",
            "1 2 3 340282366920938463463374607431768211456",
        ];
        for text in damaged {
            assert_eq!(text.parse::<Tally>(), Err(ParseTallyError), "{text}");
        }
    }
}
