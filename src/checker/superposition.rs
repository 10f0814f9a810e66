//! Checks claims about toy models of superposition (certificates of version 3) by running the network on
//! every token with some 100 bits. The hints of the proof are not looked at.
//!
//! **Theorem.** The network maps features `f` to `z = Σ f_i W_i` and to the outputs `ReLU(W_i · z + b_i)`,
//! which should be `f_i`, or `(u_i · z)(v_i · z)`, which should be `f_i²`. At least `certified` of the
//! listed tokens have their largest output, without a tie, at their largest feature (the first of
//! several); the mean over tokens of `Σ (output − target)²` is at most `loss / 2³²`. All numbers of the
//! certificate are whole and stand for multiples of 2⁻¹⁴.

use super::ball::Ball;
use super::certificate::MAX_BYTES;
use super::interval::Real;
use super::json::Object;
use super::{Verdict, json::shown};

/// A network with its tokens.
struct Network {
    columns: Vec<Vec<i64>>,
    layer: Layer,
    tokens: Vec<Vec<(usize, i64)>>,
}

enum Layer {
    /// Biases.
    Relu(Vec<i64>),
    /// `u` and `v`.
    Bilinear(Vec<Vec<i64>>, Vec<Vec<i64>>),
}

/// A number as an integer multiple of 2⁻¹⁴.
fn whole(x: i64) -> Ball {
    Ball::exactly(x as f64)
}

/// `2^exponent`, for exponents from −200 to 0.
fn power(exponent: i32) -> Ball {
    Ball::exactly(2.0_f64.powi(exponent))
}

/// Whether a ball holds nothing but negative numbers.
fn is_negative(x: Ball) -> bool {
    x.most() < 0.0
}

impl Network {
    fn read(mut fields: Object) -> Result<Self, String> {
        let columns: Vec<Vec<i64>> = fields.take("columns")?;
        let (n, m) = (columns.len(), columns.first().map_or(0, Vec::len));
        if !(2..=128).contains(&n) || !(1..=32).contains(&m) {
            return Err(format!("{n} features and {m} dimensions, expected 2 to 128 and 1 to 32"));
        }
        let bias: Vec<i64> = fields.take("bias")?;
        let readers: [Vec<Vec<i64>>; 2] = [fields.take("left")?, fields.take("right")?];
        let fits = |matrix: &[Vec<i64>]| {
            matrix.len() == n
                && matrix.iter().all(|row| row.len() == m && row.iter().all(is_weight))
        };
        let is_bias = bias.len() == n && bias.iter().all(is_weight);
        let layer = fields.text("layer")?;
        let [left, right] = readers;
        let layer = match (layer.as_str(), left.is_empty() && right.is_empty(), bias.is_empty()) {
            ("relu", true, _) if is_bias => Layer::Relu(bias),
            ("bilinear", _, true) if fits(&left) && fits(&right) => Layer::Bilinear(left, right),
            _ => return Err(format!("no layer `{}` has such weights", shown(&layer))),
        };
        let tokens: Vec<Vec<(usize, i64)>> = fields.take("tokens")?;
        let is_token = |token: &Vec<(usize, i64)>| {
            let ascends = token.windows(2).all(|pair| pair[0].0 < pair[1].0);
            let is_feature =
                |&(place, value): &(usize, i64)| place < n && (1..=1 << 14).contains(&value);
            !token.is_empty() && ascends && token.iter().all(is_feature)
        };
        if !fits(&columns) || !tokens.iter().all(is_token) || !(1..=4096).contains(&tokens.len()) {
            return Err("a weight or a token is out of its range".into());
        }
        fields.nothing_else()?;
        Ok(Self { columns, layer, tokens })
    }

    /// Whether a token is certainly answered right, and its squared error.
    fn run(&self, token: &[(usize, i64)]) -> (bool, Ball) {
        let zero = Ball::exactly(0.0);
        let entry = |k: usize| {
            let terms = token.iter().map(|&(i, f)| whole(f) * whole(self.columns[i][k]));
            terms.fold(zero, |sum, term| sum + term)
        };
        let hidden: Vec<Ball> = (0..self.columns[0].len()).map(entry).collect();
        let read = |w: &[i64]| w.iter().zip(&hidden).fold(zero, |sum, (&w, &z)| sum + whole(w) * z);
        // With as many bits after the point as outputs have, then divided by that.
        let arguments: Vec<Ball> = match &self.layer {
            Layer::Relu(bias) => {
                let rows = self.columns.iter().zip(bias);
                rows.map(|(w, &b)| (read(w) + whole(b << 28)) * power(-42)).collect()
            }
            Layer::Bilinear(left, right) => {
                let rows = left.iter().zip(right);
                rows.map(|(u, v)| read(u) * power(-42) * (read(v) * power(-42))).collect()
            }
        };
        let is_relu = matches!(self.layer, Layer::Relu(_));
        let label = token.iter().fold((0, 0), |t, &f| if f.1 > t.1 { f } else { t }).0;
        let largest = arguments[label];
        let is_above = |(c, &y): (usize, &Ball)| c == label || is_negative(y - largest);
        let is_right =
            (!is_relu || is_negative(zero - largest)) && arguments.iter().enumerate().all(is_above);
        let mut targets = vec![zero; arguments.len()];
        for &(feature, value) in token {
            let value = whole(value) * power(-14);
            targets[feature] = if is_relu { value } else { value * value };
        }
        // ReLU does not move numbers apart, and targets are not negative.
        let output = |x: Ball| if is_relu && is_negative(x) { zero } else { x };
        let errors = arguments.into_iter().zip(targets).map(|(x, target)| output(x) - target);
        (is_right, errors.fold(zero, |sum, error| sum + error * error))
    }
}

fn is_weight(x: &i64) -> bool {
    x.abs() <= 1 << 17
}

/// Checks a certificate, which holds the network it is about.
///
/// # Errors
/// If it cannot be read.
pub fn check(certificate: &str) -> Result<Verdict, String> {
    if certificate.len() > MAX_BYTES {
        return Err(format!("{} bytes, expected at most {MAX_BYTES}", certificate.len()));
    }
    let mut fields = Object::read(certificate)?;
    let (version, task): (u32, _) = (fields.take("certificate")?, fields.text("task")?);
    let (theorem, method) = (fields.text("theorem")?, fields.text("method")?);
    let (certified, loss, flops): (usize, u64, u64) =
        (fields.take("certified")?, fields.take("loss")?, fields.take("flops")?);
    let network = Network::read(fields.take("statement")?)?;
    let _: Object = fields.take("hints")?;
    fields.nothing_else()?;
    if version != 3 {
        return Err(format!("format version {version}, expected 3"));
    }
    let tokens = network.tokens.len();
    let expected = format!(
        "For at least {certified} of the {tokens} tokens, the network's largest output, without a tie, is \
         that of the token's largest feature (the first of several). The mean squared error of a \
         token's outputs is at most {loss} / 2^32."
    );
    let (mut right, mut error) = (0, Ball::exactly(0.0));
    for token in &network.tokens {
        let (is_right, of_token) = network.run(token);
        right += usize::from(is_right);
        error = error + of_token;
    }
    let [high, low] = [loss >> 32, loss & 0xffff_ffff].map(|part| Ball::exactly(part as f64));
    let allowed = (high + low * power(-32)) * Ball::exactly(tokens as f64);
    let mut reasons = Vec::new();
    if task != "superposition" {
        reasons.push(format!("the task is `{}`, expected `superposition`", shown(&task)));
    }
    if theorem != expected {
        reasons.push(format!("the theorem is `{}`, expected `{expected}`", shown(&theorem)));
    }
    if right < certified {
        reasons.push(format!("{certified} tokens are claimed, {right} are certainly right"));
    }
    if loss < u64::MAX && (error - allowed).most() > 0.0 {
        reasons.push("the mean squared error may be larger than claimed".into());
    }
    Ok(Verdict {
        accepted: reasons.is_empty(),
        theorem: expected,
        network: format!("the network in the certificate; proven by `{}`", shown(&method)),
        claimed: certified.to_string(),
        derived: right.to_string(),
        sequences: tokens.to_string(),
        flops: flops as f64,
        reasons,
    })
}
