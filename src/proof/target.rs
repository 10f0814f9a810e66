use super::Bound;
use std::fmt;

/// What a best proof is best at. Its name is that of a strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// The highest bound of a proof that is at most this many FLOPs long: `best-within-FLOPS`.
    Flops(u64),
    /// The shortest proof of a bound of at least this many millionths: `best-of-MILLIONTHS`.
    Bound(u32),
}

impl Target {
    /// The target of that name; only what is printed is read: no signs, no zeros in front.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let number = |digits: &str| digits.parse().ok();
        let flops = || name.strip_prefix("best-within-").and_then(number).map(Self::Flops);
        let millionths = || name.strip_prefix("best-of-").and_then(number);
        let bound = || u32::try_from(millionths()?).ok().filter(|&m| m <= 1_000_000);
        let target = flops().or_else(|| bound().map(Self::Bound));
        target.filter(|target| target.to_string() == name)
    }

    /// Whether a proof of `bound` is what was wanted. Every proof is, where only FLOPs are limited.
    #[must_use]
    pub fn is_reached(self, bound: Bound) -> bool {
        const MILLION: u128 = 1_000_000;
        match self {
            Self::Flops(_) => true,
            Self::Bound(millionths) => {
                // correct · 10⁶ ≥ total · millionths, by quotients and remainders, as the products
                // could overflow.
                let (total, millionths) = (bound.total(), u128::from(millionths));
                let wanted =
                    total / MILLION * millionths + (total % MILLION * millionths).div_ceil(MILLION);
                bound.correct() >= wanted
            }
        }
    }

    /// A short name for a person.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Flops(flops) => format!("Best proof within {} FLOPs", power_of_ten(flops)),
            Self::Bound(millionths) => {
                let rest = format!("{:04}", millionths % 10_000);
                let rest = rest.trim_end_matches('0');
                let point = if rest.is_empty() { "" } else { "." };
                let percent = format!("{}{point}{rest}", millionths / 10_000);
                format!("Shortest proof of {percent} %")
            }
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flops(flops) => write!(f, "best-within-{flops}"),
            Self::Bound(millionths) => write!(f, "best-of-{millionths}"),
        }
    }
}

/// `2 500 000` as `2.5·10⁶`.
pub(crate) fn power_of_ten(flops: u64) -> String {
    const SUPERSCRIPTS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digits = flops.to_string();
    let exponent = (digits.len() - 1).to_string();
    let exponent =
        exponent.chars().filter_map(|c| c.to_digit(10)).map(|digit| SUPERSCRIPTS[digit as usize]);
    let (first, rest) = digits.split_at(1);
    let rest = rest.trim_end_matches('0');
    let point = if rest.is_empty() { "" } else { "." };
    format!("{first}{point}{rest}·10{}", exponent.collect::<String>())
}
