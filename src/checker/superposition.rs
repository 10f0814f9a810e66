//! Checks claims about toy models of superposition (certificates of version 3) by running the
//! network on every token with some 100 bits. Hints of the proof are looked at only if something is
//! claimed of them.
//!
//! **Theorem.** The network maps features `f` to `z = Σ f_i W_i` and to the outputs `ReLU(W_i · z +
//! b_i)`, which should be `f_i`, or `(u_i · z)(v_i · z)`, which should be `f_i²`. At least
//! `certified` of the listed tokens have their largest output, without a tie, at their largest
//! feature (the first of several); the mean over tokens of `Σ (output − target)²` is at most `loss
//! / 2³²`. If there are `errors`, the codes of the certificate say `Σ a_i d_i` of hidden vectors
//! and, with a second error, `Σ a_i e_i` of outputs, and the mean squared distances to what they
//! say are at most these. All numbers of the certificate are whole and stand for multiples of 2⁻¹⁴.

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

    /// What the network makes of a token.
    fn run(&self, token: &[(usize, i64)]) -> Answer {
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
        // Where it cannot be told whether an argument is negative, it and 0 are in the ball.
        let output = |x: Ball| match (is_relu, is_negative(x), is_negative(zero - x)) {
            (true, true, _) => zero,
            (true, false, false) => zero.within(x.size()),
            _ => x,
        };
        let outputs: Vec<_> = arguments.into_iter().map(output).collect();
        let hidden = hidden.into_iter().map(|z| z * power(-28)).collect();
        Answer { is_right, loss: distance(&outputs, &targets), layers: [hidden, outputs] }
    }
}

/// What the network makes of a token.
struct Answer {
    /// Whether its answer is certainly right.
    is_right: bool,
    /// The squared error of its outputs.
    loss: Ball,
    /// Hidden vector and outputs.
    layers: [Vec<Ball>; 2],
}

/// The squared distance of two vectors.
fn distance(x: &[Ball], y: &[Ball]) -> Ball {
    let errors = x.iter().zip(y).map(|(&x, &y)| x - y);
    errors.fold(Ball::exactly(0.0), |sum, error| sum + error * error)
}

/// What codes say of the layers.
struct Said {
    /// For each layer, a row for each latent.
    layers: Vec<Vec<Vec<i64>>>,
    codes: Vec<Vec<(usize, i64)>>,
}

impl Said {
    /// Reads what is said of the first `layers` layers.
    fn read(mut hints: Object, layers: usize, network: &Network) -> Result<Self, String> {
        if layers == 0 {
            return Ok(Self { layers: Vec::new(), codes: Vec::new() });
        }
        let codes: Vec<Vec<(usize, i64)>> = hints.take("codes")?;
        let widths = [network.columns[0].len(), network.columns.len()];
        let mut said = Self { layers: Vec::new(), codes };
        for (name, width) in ["directions", "outputs"].into_iter().zip(widths).take(layers) {
            let rows: Vec<Vec<i64>> = hints.take(name)?;
            let fits = |row: &Vec<i64>| row.len() == width && row.iter().all(is_weight);
            let is_code = |code: &Vec<(usize, i64)>| {
                code.iter().all(|(latent, a)| *latent < rows.len() && is_weight(a))
            };
            if !rows.iter().all(fits) || !said.codes.iter().all(is_code) {
                return Err(format!("a number of `{name}` or `codes` is out of its range"));
            }
            said.layers.push(rows);
        }
        match said.codes.len() == network.tokens.len() {
            true => Ok(said),
            false => Err("expected a code for each token".into()),
        }
    }

    /// What the code of token number `place` says of a layer of this width.
    fn of(&self, layer: usize, place: usize, width: usize) -> Vec<Ball> {
        let entry = |c: usize| {
            let terms = self.codes[place].iter();
            let terms = terms.map(|&(i, a)| whole(a) * whole(self.layers[layer][i][c]));
            terms.fold(Ball::exactly(0.0), |sum, term| sum + term) * power(-28)
        };
        (0..width).map(entry).collect()
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
    let errors: Vec<u64> = fields.optional("errors")?.unwrap_or_default();
    if errors.len() > 2 {
        return Err(format!("{} errors, expected at most 2", errors.len()));
    }
    let said = Said::read(fields.take("hints")?, errors.len(), &network)?;
    fields.nothing_else()?;
    if version != 3 {
        return Err(format!("format version {version}, expected 3"));
    }
    let tokens = network.tokens.len();
    let mut expected = format!(
        "For at least {certified} of the {tokens} tokens, the network's largest output, without a tie, is \
         that of the token's largest feature (the first of several). The mean squared error of a \
         token's outputs is at most {loss} / 2^32."
    );
    const LAYERS: [&str; 2] = ["hidden vectors", "outputs"];
    for (layer, error) in LAYERS.iter().zip(&errors) {
        expected += &format!(
            " The mean squared distance of {layer} to what the codes say of them is at most {error} / 2^32."
        );
    }
    let mut right = 0;
    let mut sums = [Ball::exactly(0.0); 3];
    for (place, token) in network.tokens.iter().enumerate() {
        let answer = network.run(token);
        right += usize::from(answer.is_right);
        sums[2] = sums[2] + answer.loss;
        for (layer, sum) in sums.iter_mut().enumerate().take(errors.len()) {
            let entries = &answer.layers[layer];
            *sum = *sum + distance(entries, &said.of(layer, place, entries.len()));
        }
    }
    // Whether a sum over tokens is certainly within a mean.
    let is_within = |sum: Ball, mean: u64| {
        let [high, low] = [mean >> 32, mean & 0xffff_ffff].map(|part| Ball::exactly(part as f64));
        let allowed = (high + low * power(-32)) * Ball::exactly(tokens as f64);
        mean == u64::MAX || (sum - allowed).most() <= 0.0
    };
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
    if !is_within(sums[2], loss) {
        reasons.push("the mean squared error may be larger than claimed".into());
    }
    for ((layer, &error), sum) in LAYERS.iter().zip(&errors).zip(sums) {
        if !is_within(sum, error) {
            reasons.push(format!("what codes say of {layer} may be further off than claimed"));
        }
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
