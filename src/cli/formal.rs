use super::verify::finish_with_bar;
use super::{read_file, read_file_within, write_file};
use crate::models::transformer::{AttnScale, Circuits, Shape, Transformer};
use crate::proof::{Certificate, MAX_CERTIFICATE_BYTES};
use crate::tasks::max_of_k::additive::Additive;
use crate::tasks::max_of_k::{MaxOfK, ModelFacts, Strategy, sha256};
use crate::weights::{self, Dtype, Tensor, WeightsFile};
use ndarray::ArrayView1;
use std::borrow::Cow;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Write a bound as a theorem of Coq about the file's bytes, for Coq to prove: see
/// src/formal/README.md
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Weights: safetensors, torch .pt/.pth, .npz or JSON, of float32 numbers
    file: PathBuf,
    /// Certificate whose count is claimed. Without one, the exact count is claimed up to K = 5, and
    /// what the strategy `cell` proves beyond
    #[arg(conflicts_with = "claim")]
    certificate: Option<PathBuf>,
    /// Claim this number of right sequences
    #[arg(long, value_name = "COUNT")]
    claim: Option<u128>,
    /// Folder for the two Coq files, `NAME_file.v` and `NAME_theorem.v`
    #[arg(long, short, value_name = "FOLDER")]
    output: PathBuf,
}

/// Longest context whose every undecided sequence Coq visits, so that it finds the exact count.
const MOST_EXPLORED: usize = 5;
/// Bins of the grid on which Coq counts what a rival may win where tilting leaves too much of it.
const BINS: u32 = 256;
/// Binary exponent of what is worth the grid: what tilting leaves to a rival is more than 2^-WORTH
/// of all sequences.
const WORTH: u32 = 30;
/// Largest difference of scores for which Coq computes exponentials with all digits.
const MOST_SPREAD: f64 = 4096.0;
/// Words of the file in a line of Coq.
const WORDS: usize = 12;

pub(super) fn run(
    Arguments { file, certificate, claim, output }: &Arguments,
) -> super::CommandResult {
    let (name, bytes) = (file.display().to_string(), read_file(file)?);
    let (task, facts) = MaxOfK::load(&name, &bytes)?;
    let of_coq = readable(&name, &bytes, &task)?;
    let claim = match (claim, certificate) {
        (Some(right), _) => Claim::at_least(*right),
        (None, Some(path)) => Claim::at_least(certified(path, &task, &facts)?),
        (None, None) => found(&task)?,
    };
    let module = module_name(file);
    std::fs::create_dir_all(output).map_err(|e| format!("{}: {e}", output.display()))?;
    let hash = sha256(&of_coq);
    if let Cow::Owned(canonical) = &of_coq {
        let path = output.join(format!("{module}.safetensors"));
        write_file(&path, canonical)?;
        println!("{}: the network as Coq reads it; the theorem is about this file", path.display());
    }
    let (header, words) = parts(&of_coq);
    let path = output.join(format!("{module}_file.v"));
    write_file(&path, file_v(&name, header, &words).as_bytes())?;
    println!("{}", path.display());
    let path = output.join(format!("{module}_theorem.v"));
    let precision = Precision::new(bits(&words), task.model());
    let theorem = theorem_v(&module, &hash, &facts, precision, claim);
    write_file(&path, theorem.as_bytes())?;
    println!("{}", path.display());
    Ok(())
}

/// What Coq shall prove: at least `right` sequences are answered right and, unless 0, all others,
/// `wrong` in number, are not.
#[derive(Clone, Copy)]
struct Claim {
    right: u128,
    wrong: u128,
}

impl Claim {
    fn at_least(right: u128) -> Self {
        Self { right, wrong: 0 }
    }
}

/// The file's bytes if Coq's `File.read` takes them, else the network's canonical file.
fn readable<'a>(name: &str, bytes: &'a [u8], task: &MaxOfK) -> Result<Cow<'a, [u8]>, String> {
    let canonical = canonical(task.model());
    let written = weights::read_safetensors(&canonical).map_err(|e| format!("{name}: {e}"))?;
    if written.tensors.values().any(|tensor| tensor.dtype() != Dtype::F32) {
        return Err(format!(
            "{name}: it has numbers that float32 does not hold, as the theorems in Coq assume"
        ));
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
    let name = path.display();
    let named = |error: &dyn std::fmt::Display| format!("{name}: {error}");
    let bytes = read_file_within(path, MAX_CERTIFICATE_BYTES).map_err(|e| e.to_string())?;
    let certificate = Certificate::read(&bytes).map_err(|e| named(&e))?;
    task.claimed(&facts.sha256s(), &certificate).map_err(|e| named(&e))?;
    certificate.correct.parse().map_err(|_| {
        named(&format_args!("`correct` is {}, too large a number", certificate.correct))
    })
}

/// The claim that Coq is sure to derive: the exact counts of a short context, else what the
/// strategy `cell` proves, which is less than Coq does.
fn found(task: &MaxOfK) -> Result<Claim, Box<dyn std::error::Error + Send + Sync>> {
    let is_short = task.shape().n <= MOST_EXPLORED;
    let strategy = Strategy::Additive(if is_short { Additive::Exact } else { Additive::Cell });
    let mut run = task.run(strategy)?;
    finish_with_bar(&mut run, &strategy.to_string());
    let bound = run.proven()?.bound;
    let right = bound.correct();
    Ok(Claim { right, wrong: if is_short { bound.total() - right } else { 0 } })
}

/// The name of a file as Coq takes it for a module: letters, digits and `_`.
fn module_name(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let letters = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' });
    let name: String = letters.collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("model_{name}") }
}

/// The header of a safetensors file of float32 numbers, and the words after it.
fn parts(bytes: &[u8]) -> (&str, Vec<u32>) {
    let (length, rest) = bytes.split_first_chunk().expect("the file was read before");
    let length = usize::try_from(u64::from_le_bytes(*length)).expect("the file was read before");
    let (header, data) = rest.split_at(length);
    let words = data.as_chunks().0.iter().map(|word| u32::from_le_bytes(*word)).collect();
    (std::str::from_utf8(header).expect("the header is JSON"), words)
}

/// The fewest binary digits after the point that hold every number exactly.
fn bits(words: &[u32]) -> u32 {
    let of_word = |&word: &u32| {
        let (exponent, fraction) = (word >> 23 & 0xff, word & 0x7f_ffff);
        let mantissa = if exponent == 0 { fraction } else { fraction | 0x80_0000 };
        // The word stands for mantissa * 2^(max(exponent, 1) - 150).
        let digits = (150 - exponent.max(1)).saturating_sub(mantissa.trailing_zeros());
        if mantissa == 0 { 0 } else { digits }
    };
    words.iter().map(of_word).max().unwrap_or(0)
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

/// The Coq file with the bytes of a weights file.
fn file_v(name: &str, header: &str, words: &[u32]) -> String {
    let mut text = format!(
        "(** The bytes of {}: its header, and the words after it in hexadecimal. *)\n\n\
         Require Import ZArith List String.\n\
         From MaxOfK Require Import File.\n\
         Import ListNotations.\n\
         Open Scope Z_scope.\n\n\
         Definition the_file : file := {{|\n  header := \"{}\"%string;\n  words := [",
        name.replace("(*", "(").replace("*)", ")"),
        header.replace('"', "\"\"")
    );
    for (i, word) in words.iter().enumerate() {
        let before = match i {
            0 => "\n    ",
            _ if i % WORDS == 0 => ";\n    ",
            _ => ";",
        };
        write!(text, "{before}{word:#010x}").expect("writing to a string does not fail");
    }
    text + "]\n|}.\n"
}

/// The Coq file with the theorem.
fn theorem_v(
    module: &str,
    hash: &str,
    facts: &ModelFacts,
    Precision { bits, point, terms, squarings }: Precision,
    Claim { right, wrong }: Claim,
) -> String {
    let Shape { n, .. } = facts.own.shape;
    let total =
        facts.own.shape.sequences().expect("the task has as many sequences as a u128 holds");
    let (depth, tilts, bins) =
        if n <= MOST_EXPLORED { (n - 1, "", 0) } else { (0, "2; 4; 8; 16; 32", BINS) };
    let worth = total >> WORTH;
    let is_exact = right.checked_add(wrong) == Some(total);
    let (lemma, statement) = if is_exact {
        ("claim_exactly", format!("accuracy (model_of W) = ({right} / {total})%R"))
    } else {
        ("claim_at_least", format!("({right} / {total} <= accuracy (model_of W))%R"))
    };
    let also = if is_exact { "; reflexivity" } else { "" };
    format!(
        "(** The accuracy of the network in the file with this SHA-256, over all {total} sequences. *)\n\n\
         Require Import ZArith Reals List.\n\
         From MaxOfK Require Import Model BigNum Weights Checker Sha256 File Claim.\n\
         Require Import {module}_file.\n\
         Import ListNotations.\n\n\
         (** How the checker computes; no setting can make it wrong. *)\n\
         Definition how : settings := {{|\n  \
           bits := {bits}; point := {point}; terms := {terms}; squarings := {squarings}; depth := {depth}; \
           tilts := [{tilts}]%Z;\n  bins := {bins}; worth := {worth} |}}.\n\n\
         (** All of the computation. *)\n\
         Lemma derived : derives BigNum how the_file 0x{hash} {total} {right} {wrong} = true.\n\
         Proof. vm_cast_no_check (eq_refl true). Qed.\n\n\
         Theorem {module} :\n  \
           sha256 (bytes the_file) = 0x{hash}%Z /\\\n  \
           exists W, read the_file = Some W /\\ {statement}.\n\
         Proof. apply ({lemma} _ _ _ _ _ _ _ derived){also}. Qed.\n\n\
         Print Assumptions {module}.\n"
    )
}
