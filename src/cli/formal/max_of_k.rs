//! Theorems about networks for Max-of-K.

use super::words::{bits, parts};
use super::{Claim, Claimed, Statement, in_certificate, not_float32};
use crate::cli::read_file_within;
use crate::cli::verify::finish_with_bar;
use crate::models::transformer::{AttnScale, Circuits, Shape, Transformer};
use crate::proof::{Certificate, MAX_CERTIFICATE_BYTES};
use crate::tasks::max_of_k::additive::Additive;
use crate::tasks::max_of_k::{MaxOfK, ModelFacts, Strategy};
use crate::weights::{self, Dtype, Tensor, WeightsFile};
use ndarray::ArrayView1;
use std::borrow::Cow;
use std::error::Error;
use std::path::Path;

/// Longest context whose every undecided sequence Coq visits, so that it finds the exact count.
const MOST_EXPLORED: usize = 5;
/// Bins of the grid on which Coq counts what a rival may win where tilting leaves too much of it.
const BINS: u32 = 256;
/// Binary exponent of what is worth the grid: what tilting leaves to a rival is more than 2^-WORTH
/// of all sequences.
const WORTH: u32 = 30;
/// Largest difference of scores for which Coq computes exponentials with all digits.
const MOST_SPREAD: f64 = 4096.0;

pub(super) fn statement<'a>(
    name: &str,
    bytes: &'a [u8],
    claimed: Claimed<'_>,
) -> Result<Statement<'a>, Box<dyn Error + Send + Sync>> {
    let (task, facts) = MaxOfK::load(name, bytes)?;
    let file = readable(name, bytes, &task)?;
    let claim = match claimed {
        Claimed::Count(right) => Claim::at_least(right),
        Claimed::Certificate(path) => Claim::at_least(certified(path, &task, &facts)?),
        Claimed::Nothing => found(&task)?,
    };
    let Shape { n, .. } = facts.own.shape;
    let total =
        facts.own.shape.sequences().expect("the task has as many sequences as a u128 holds");
    let (depth, tilts, bins) =
        if n <= MOST_EXPLORED { (n - 1, "", 0) } else { (0, "2; 4; 8; 16; 32", BINS) };
    let worth = total >> WORTH;
    let (_, words) = parts(&file);
    let Precision { bits, point, terms, squarings } = Precision::new(bits(&words), task.model());
    let definitions = format!(
        "(** How the checker computes; no setting can make it wrong. *)\n\
         Definition how : settings := {{|\n  \
           bits := {bits}; point := {point}; terms := {terms}; squarings := {squarings}; depth := {depth}; \
           tilts := [{tilts}]%Z;\n  bins := {bins}; worth := {worth} |}}.\n"
    );
    Ok(Statement {
        file,
        inputs: "sequences",
        total,
        modules: "Model Weights Checker Safetensors File Claim",
        definitions,
        given: "how",
        fitting: "",
        accuracy: "accuracy (model_of W)",
        claim,
    })
}

/// The file's bytes if Coq's `File.read` takes them, else the network's canonical file.
fn readable<'a>(name: &str, bytes: &'a [u8], task: &MaxOfK) -> Result<Cow<'a, [u8]>, String> {
    let canonical = canonical(task.model());
    let written = weights::read_safetensors(&canonical).map_err(|e| format!("{name}: {e}"))?;
    if written.tensors.values().any(|tensor| tensor.dtype() != Dtype::F32) {
        return Err(not_float32(name));
    }
    let is_alike = weights::read_safetensors(bytes).is_ok_and(|read| {
        let config = read.metadata.get("config");
        let of_tensors = |file: &WeightsFile<'_>| {
            let shape = |tensor: &Tensor<'_>| (tensor.dtype(), tensor.shape().to_vec());
            file.tensors
                .iter()
                .map(|(name, tensor)| (name.clone(), shape(tensor)))
                .collect::<Vec<_>>()
        };
        of_tensors(&read) == of_tensors(&written)
            && config.is_none_or(|config| written.metadata.get("config") == Some(config))
    });
    Ok(if is_alike { Cow::Borrowed(bytes) } else { Cow::Owned(canonical) })
}

/// The canonical file, but for a number that scores are divided by: it is written with all of its
/// decimal digits, so that the text is the float64 for Coq too, which reads decimals exactly.
fn canonical(model: &Transformer) -> Vec<u8> {
    const FIELD: &str = "attn_scale\\\":";
    let file = model.canonical();
    let AttnScale::Number(scale) = model.attn_scale else { return file };
    let (header, _) = parts(&file);
    let (before, rest) = header.rsplit_once(FIELD).expect("the configuration ends with the scale");
    let (_, after) = rest.split_once('}').expect("the configuration ends with the scale");
    let mut written = format!("{before}{FIELD}{}}}{}", decimal(scale), after.trim_end());
    // The data starts at a multiple of 8 bytes.
    written += &" ".repeat(written.len().next_multiple_of(8) - written.len());
    let data = &file[size_of::<u64>() + header.len()..];
    [&(written.len() as u64).to_le_bytes(), written.as_bytes(), data].concat()
}

/// A divisor of scores in decimal digits, exactly. It is at least 2⁻³² and has 53 binary digits, so
/// the last is worth 2⁻⁸⁴ at least, and 84 digits after the point hold it.
fn decimal(scale: f64) -> String {
    let digits = format!("{scale:.84}");
    let (whole, fraction) = digits.split_once('.').expect("a point before 84 digits");
    let fraction = fraction.trim_end_matches('0');
    format!("{whole}.{}", if fraction.is_empty() { "0" } else { fraction })
}

/// The count that a certificate about the model claims.
fn certified(path: &Path, task: &MaxOfK, facts: &ModelFacts) -> Result<u128, String> {
    let named = |error: &dyn std::fmt::Display| in_certificate(path, error);
    let bytes = read_file_within(path, MAX_CERTIFICATE_BYTES).map_err(|e| e.to_string())?;
    let certificate = Certificate::read(&bytes).map_err(|e| named(&e))?;
    task.claimed(&facts.sha256s(), &certificate).map_err(|e| named(&e))?;
    certificate.correct.parse().map_err(|_| {
        named(&format_args!("`correct` is {}, too large a number", certificate.correct))
    })
}

/// The claim that Coq is sure to derive: the exact counts of a short context, else what the
/// strategy `cell` proves, which is less than Coq does.
fn found(task: &MaxOfK) -> Result<Claim, Box<dyn Error + Send + Sync>> {
    let is_short = task.shape().n <= MOST_EXPLORED;
    let strategy = Strategy::Additive(if is_short { Additive::Exact } else { Additive::Cell });
    let mut run = task.run(strategy)?;
    finish_with_bar(&mut run, &strategy.to_string());
    Ok(Claim::found(&run.proven()?))
}

/// How precisely Coq computes. Too little of it proves less, and nothing that is wrong.
struct Precision {
    /// Binary digits of weights after the point.
    bits: u32,
    /// Binary digits of exponentials after the point.
    point: u32,
    /// Terms of the exponential's series.
    terms: u32,
    /// Squarings after the series.
    squarings: u32,
}

impl Precision {
    /// Digits for the smallest exponential of a query, `e^-spread`, and 40 more: an exponential
    /// takes `log2 e`, 1.45 or less, for each unit of the spread. Squarings make the series'
    /// argument less than 2⁻⁷, so that each of its terms gives 10 digits, factorials included.
    fn new(bits: u32, model: &Transformer) -> Self {
        let Circuits { EQKE, EQKP, .. } = Circuits::<f64>::new(model);
        let spread = |row: ArrayView1<'_, f64>| {
            let (least, most) = row
                .iter()
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &x| (a.min(x), b.max(x)));
            (most - least) / model.score_divisor()
        };
        let spreads = EQKE.rows().into_iter().zip(EQKP.rows()).map(|(t, p)| spread(t) + spread(p));
        let spread = spreads.fold(1.0, f64::max).min(MOST_SPREAD).ceil();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "1 to the most"
        )]
        let spread = spread as u32;
        let point = 40 + (spread * 29).div_ceil(20);
        Self {
            bits,
            point,
            terms: point / 10 + 1,
            squarings: 7 + spread.next_power_of_two().ilog2(),
        }
    }
}
