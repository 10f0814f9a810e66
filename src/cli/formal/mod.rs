//! Bounds as theorems of Coq.

mod group_operations;
mod max_of_k;
mod words;

use super::verify::Reading;
use super::{read_file, without_part, write_file};
use crate::proof::Outcome;
use crate::tasks::{Kind, sha256};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use words::{file_v, parts};

/// Write a bound as a theorem of Coq about the file's bytes, for Coq to prove: see
/// src/formal/README.md
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Weights: safetensors, torch .pt/.pth, .npz or JSON, of float32 numbers
    file: PathBuf,
    /// Certificate whose count is claimed. Without one, the exact count is claimed, but for Max-of-K
    /// beyond K = 5 what the strategy `cell` proves
    #[arg(conflicts_with = "claim")]
    certificate: Option<PathBuf>,
    /// Claim this number of right inputs
    #[arg(long, value_name = "COUNT")]
    claim: Option<u128>,
    /// Folder for the two Coq files, `NAME_file.v` and `NAME_theorem.v`
    #[arg(long, short, value_name = "FOLDER")]
    output: PathBuf,
    #[command(flatten)]
    reading: Reading,
}

pub(super) fn run(arguments: &Arguments) -> super::CommandResult {
    let Arguments { file, certificate, claim, output, reading } = arguments;
    let (name, bytes) = (file.display().to_string(), read_file(file)?);
    let claimed = match (claim, certificate) {
        (Some(right), _) => Claimed::Count(*right),
        (None, Some(path)) => Claimed::Certificate(path),
        (None, None) => Claimed::Nothing,
    };
    let kind = reading.kind(&bytes);
    let statement = if kind == Kind::MaxOfK {
        max_of_k::statement(&name, &bytes, claimed)?
    } else if kind == Kind::GroupOperations {
        group_operations::statement(&name, &bytes, &reading.options()?, claimed)?
    } else {
        return without_part("formal", kind);
    };
    let module = module_name(file);
    std::fs::create_dir_all(output).map_err(|e| format!("{}: {e}", output.display()))?;
    if let Cow::Owned(canonical) = &statement.file {
        let path = output.join(format!("{module}.safetensors"));
        write_file(&path, canonical)?;
        println!("{}: the network as Coq reads it; the theorem is about this file", path.display());
    }
    let (header, words) = parts(&statement.file);
    let path = output.join(format!("{module}_file.v"));
    write_file(&path, file_v(&name, header, &words).as_bytes())?;
    println!("{}", path.display());
    let path = output.join(format!("{module}_theorem.v"));
    write_file(&path, statement.theorem_v(&module).as_bytes())?;
    println!("{}", path.display());
    Ok(())
}

/// The claim of the user.
#[derive(Clone, Copy)]
enum Claimed<'a> {
    /// Nothing: a claim that Coq derives is found.
    Nothing,
    /// This number of right inputs.
    Count(u128),
    /// The claim of the certificate in this file.
    Certificate(&'a Path),
}

/// The claim that Coq shall prove: at least `right` inputs are answered right and, unless 0, all others,
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

    /// What a proof found: exactly, if it found that all other inputs are wrong.
    fn found(Outcome { bound, upper, .. }: &Outcome) -> Self {
        let right = bound.correct();
        let is_exact = upper.is_some_and(|upper| upper.most.correct() == right);
        Self { right, wrong: if is_exact { bound.total() - right } else { 0 } }
    }
}

/// A theorem about a file, but for its name.
struct Statement<'a> {
    /// The bytes that Coq reads: the user's, or those of a file that is written for it.
    file: Cow<'a, [u8]>,
    /// What inputs are called.
    inputs: &'static str,
    /// How many there are.
    total: u128,
    /// The modules of the library that the theorem takes.
    modules: &'static str,
    /// Definitions of Coq before the theorem: `how` the checker computes, among them.
    definitions: String,
    /// The definitions that the checker is given.
    given: &'static str,
    /// What else is said of the weights `W`, before their accuracy.
    fitting: &'static str,
    /// The accuracy of the weights `W`.
    accuracy: &'static str,
    claim: Claim,
}

impl Statement<'_> {
    /// The Coq file with the theorem.
    fn theorem_v(&self, module: &str) -> String {
        let Self { file, inputs, total, modules, definitions, given, fitting, accuracy, claim } =
            self;
        let (hash, Claim { right, wrong }) = (sha256(file), claim);
        let is_exact = right.checked_add(*wrong) == Some(*total);
        let (lemma, statement, also) = match is_exact {
            true => {
                ("claim_exactly", format!("{accuracy} = ({right} / {total})%R"), "; reflexivity")
            }
            false => ("claim_at_least", format!("({right} / {total} <= {accuracy})%R"), ""),
        };
        format!(
            "(** The accuracy of the network in the file with this SHA-256, over all {total} {inputs}. *)\n\n\
             Require Import ZArith Reals List.\n\
             From CompactProofs Require Import BigNum Sha256Words Sha256 {modules}.\n\
             Require Import {module}_file.\n\
             Import ListNotations.\n\n\
             {definitions}\n\
             (** All of the computation. *)\n\
             Lemma derived : derives sha256_by_words BigNum {given} the_file 0x{hash} {total} {right} {wrong} = true.\n\
             Proof. vm_cast_no_check (eq_refl true). Qed.\n\n\
             Theorem {module} :\n  \
               sha256 (bytes the_file) = 0x{hash}%Z /\\\n  \
               exists W, read the_file = Some W /\\ {fitting}{statement}.\n\
             Proof. apply {lemma} with (1 := sha256_by_words_correct) (2 := derived){also}. Qed.\n\n\
             Print Assumptions {module}.\n"
        )
    }
}

/// The name of a file as Coq takes it for a module: letters, digits and `_`.
fn module_name(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let letters = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' });
    let name: String = letters.collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("model_{name}") }
}

/// What is told of a file whose numbers are not all float32.
fn not_float32(name: &str) -> String {
    format!("{name}: it has numbers that float32 does not hold, as the theorems in Coq assume")
}

/// The problem with a certificate, named.
fn in_certificate(path: &Path, problem: &dyn std::fmt::Display) -> String {
    format!("{}: {problem}", path.display())
}
