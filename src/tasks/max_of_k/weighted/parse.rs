//! Distributions as someone types them.

use super::{By, Distribution, Factor, Limit};
use crate::models::transformer::Shape;
use crate::tasks::max_of_k::cases::Arrangements;
use num_bigint::BigUint;
use std::collections::BTreeMap;
use thiserror::Error;

/// Why a text is no distribution.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DistributionError {
    /// A part of the text has no meaning.
    #[error(
        "`{0}` says nothing about inputs: expected such as `largest>=10`, `last:linear`, `copies:1,2,0.5,1/3`, \
         `table:3,1,0.5|3,2,1` (largest, last, weight) or `worst=largest`"
    )]
    Part(String),
    /// Something is said twice.
    #[error("`{0}` is said twice")]
    Twice(String),
    /// Not a weight.
    #[error("`{0}` is not a weight: expected a number such as 3, 0.25 or 1/3, not negative")]
    Weight(String),
    /// The weights have no common denominator that is small enough.
    #[error(
        "the weights have too many digits: in their common denominator they must be below 2^64"
    )]
    Digits,
    /// Too few or too many weights.
    #[error("{found} weights by {by}, expected {expected}, one for each of {from} to {to}")]
    Number {
        /// What the weights go by.
        by: &'static str,
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
        /// The first value.
        from: usize,
        /// The last value.
        to: usize,
    },
    /// A line of a table.
    #[error(
        "`{line}` is not a line of a table: expected largest token, last token, weight, with the last token not above \
         the largest and both below {v}"
    )]
    Line {
        /// The line.
        line: String,
        /// Vocabulary.
        v: usize,
    },
    /// A number that no input has.
    #[error("`{0}`: expected a whole number from {1} to {2}")]
    Range(String, usize, usize),
    /// Every input weighs nothing.
    #[error("no input is left: every one has weight 0")]
    Nothing,
}

/// The most characters of a text that an error repeats.
const MOST_REPEATED: usize = 60;

fn repeated(text: &str) -> String {
    text.chars().take(MOST_REPEATED).collect()
}

/// Reads a whole distribution.
pub(super) fn parse(text: &str, shape: Shape) -> Result<Distribution, DistributionError> {
    let mut distribution = Distribution::uniform(shape);
    let mut said = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let key = apply(&mut distribution, part)?;
        if said.contains(&key) {
            return Err(DistributionError::Twice(repeated(part)));
        }
        said.push(key);
    }
    distribution.check()
}

/// Takes one part; returns what it is about.
fn apply(distribution: &mut Distribution, part: &str) -> Result<String, DistributionError> {
    let unknown = || DistributionError::Part(repeated(part));
    if let Some((name, weights)) = part.split_once(':') {
        let name = name.trim();
        if name == "table" {
            distribution.table = Some(table(weights, distribution.shape)?);
        } else {
            let by = By::ALONE.into_iter().find(|by| by.name() == name).ok_or_else(unknown)?;
            *distribution.factor_mut(by) = factor(by, weights.trim(), distribution.shape)?;
        }
        return Ok(format!("{name}:"));
    }
    let sign = ["<=", ">=", "="].into_iter().find(|sign| part.contains(sign));
    let sign = sign.ok_or_else(unknown)?;
    let (name, value) = part.split_once(sign).ok_or_else(unknown)?;
    let (name, value) = (name.trim(), value.trim());
    if (name, sign) == ("worst", "=") {
        let by = By::ALL.into_iter().find(|by| by.name() == value);
        distribution.worst = Some(by.ok_or_else(unknown)?);
        return Ok(name.into());
    }
    let by = By::ALONE.into_iter().find(|by| by.name() == name).ok_or_else(unknown)?;
    let (from, to) = by.range(distribution.shape);
    let number = value.parse().ok().filter(|number| (from..=to).contains(number));
    let number = number.ok_or_else(|| DistributionError::Range(repeated(part), from, to))?;
    let range = match sign {
        "<=" => from..=number,
        ">=" => number..=to,
        _ => number..=number,
    };
    distribution.limits.push(Limit { by, sign, number, range });
    Ok(format!("{name}{sign}"))
}

fn factor(by: By, text: &str, shape: Shape) -> Result<Factor, DistributionError> {
    let (from, to) = by.range(shape);
    let values = from..=to;
    let (weights, about) = match text {
        "linear" => {
            let first = 1 - from;
            let weights = values.map(|value| BigUint::from((value + first) as u128));
            (weights.collect(), "linearly")
        }
        "alike" => (inverse(values.map(|value| size(by, value, shape)).collect()), "all alike"),
        _ => {
            let texts: Vec<_> = text.split([',', '\n', ' ']).map(str::trim).collect();
            let texts: Vec<_> = texts.into_iter().filter(|text| !text.is_empty()).collect();
            let (found, expected) = (texts.len(), to + 1 - from);
            if found != expected {
                return Err(DistributionError::Number {
                    by: by.label(),
                    found,
                    expected,
                    from,
                    to,
                });
            }
            (whole(&texts)?, "as given")
        }
    };
    Ok(Factor { weights, about: Some(about) })
}

/// Weights that are in inverse proportion to sizes, as whole numbers; 0 for none.
fn inverse(sizes: Vec<u128>) -> Vec<BigUint> {
    let others = |at: usize| {
        let others = sizes.iter().enumerate().filter(|&(i, size)| i != at && *size > 0);
        others.map(|(_, &size)| BigUint::from(size)).product()
    };
    // If all sizes are the same, no product is needed.
    if sizes.windows(2).all(|pair| pair[0] == pair[1]) {
        return vec![BigUint::from(1_u8); sizes.len()];
    }
    let weight = |(at, &size)| if size == 0 { BigUint::ZERO } else { others(at) };
    sizes.iter().enumerate().map(weight).collect()
}

/// The number of inputs with a largest token, last token or number of copies.
fn size(by: By, value: usize, Shape { v, n, .. }: Shape) -> u128 {
    let power = |base: usize, n: usize| std::iter::repeat_n(base as u128, n).product::<u128>();
    match by {
        By::Largest => power(value + 1, n) - power(value, n),
        By::Last => power(v, n - 1),
        By::Copies | By::Cell => {
            // The others stand before the last position or, all but one, before it and at it.
            let (others, arrangements) = (n - value, Arrangements::new(n));
            let of_token = |m: usize| {
                let at_last = others.checked_sub(1).map(|others| arrangements.sequences(others, m));
                arrangements.sequences(others, m) + m as u128 * at_last.unwrap_or(0)
            };
            (0..v).map(of_token).sum()
        }
    }
}

fn table(text: &str, Shape { v, .. }: Shape) -> Result<Vec<Vec<BigUint>>, DistributionError> {
    let lines = text.split(['|', '\n']).map(str::trim).filter(|line| !line.is_empty());
    let (mut places, mut weights) = (BTreeMap::new(), Vec::new());
    for line in lines {
        let refused = || DistributionError::Line { line: repeated(line), v };
        let fields: Vec<_> = line.split([',', '\t', ' ']).filter(|text| !text.is_empty()).collect();
        let &[m, q, weight] = &fields[..] else { return Err(refused()) };
        let token = |text: &str| text.parse().ok().filter(|&token: &usize| token < v);
        let (Some(m), Some(q)) = (token(m), token(q)) else { return Err(refused()) };
        if q > m {
            return Err(refused());
        }
        if places.insert((m, q), weights.len()).is_some() {
            return Err(DistributionError::Twice(repeated(line)));
        }
        weights.push(weight);
    }
    let weights = whole(&weights)?;
    let of = |m: usize, q: usize| {
        places.get(&(m, q)).map_or_else(|| BigUint::ZERO, |&at| weights[at].clone())
    };
    Ok((0..v).map(|m| (0..=m).map(|q| of(m, q)).collect()).collect())
}

/// Rational weights in their common denominator.
fn whole(texts: &[&str]) -> Result<Vec<BigUint>, DistributionError> {
    let fractions = texts.iter().map(|text| fraction(text)).collect::<Result<Vec<_>, _>>()?;
    let common = fractions.iter().try_fold(1_u64, |common, &(_, denominator)| {
        (common / gcd(common, denominator)).checked_mul(denominator)
    });
    let common = common.ok_or(DistributionError::Digits)?;
    let scaled = |&(numerator, denominator): &(u64, u64)| {
        let scaled =
            numerator.checked_mul(common / denominator).ok_or(DistributionError::Digits)?;
        Ok(BigUint::from(scaled))
    };
    fractions.iter().map(scaled).collect()
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// A weight such as `3`, `0.25` or `1/3` as numerator and denominator.
fn fraction(text: &str) -> Result<(u64, u64), DistributionError> {
    let refused = || DistributionError::Weight(repeated(text));
    let number = |text: &str| {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u64>().ok().filter(|_| is_number).ok_or_else(refused)
    };
    let (numerator, denominator) = if let Some((over, under)) = text.split_once('/') {
        (number(over)?, number(under)?)
    } else if let Some((units, decimals)) = text.split_once('.') {
        let digits = u32::try_from(decimals.len()).map_err(|_| refused())?;
        let one = 10_u64.checked_pow(digits).ok_or(DistributionError::Digits)?;
        (number(&format!("{units}{decimals}"))?, one)
    } else {
        (number(text)?, 1)
    };
    if denominator == 0 {
        return Err(refused());
    }
    let common = gcd(numerator, denominator);
    Ok((numerator / common, denominator / common))
}
