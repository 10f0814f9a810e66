//! Reads certificates about transformers, of versions 1, 4 and 5, from JSON.

use super::coins::Coins;
use super::evidence::Evidence;
use super::json::Object;

/// Longest certificate, in bytes.
pub const MAX_BYTES: usize = 16 << 20;

/// The fields of a certificate that are compared with the model, and what to try in each cell.
pub(super) struct Certificate {
    pub(super) version: u32,
    pub(super) task: String,
    pub(super) theorem: String,
    /// The network that the theorem is about, in words; older certificates do not say.
    pub(super) network: Option<String>,
    pub(super) sha256: String,
    /// Tokens and positions; certificates of versions 4 and 5 do not say.
    pub(super) sizes: Option<[usize; 2]>,
    pub(super) strategy: String,
    pub(super) correct: String,
    pub(super) sequences: String,
    pub(super) flops: f64,
    pub(super) evidence: Evidence,
    /// Version and strategy of the proof object, if there is one.
    pub(super) proof: Option<(u32, String)>,
    /// The coins of a claim that may fail.
    pub(super) coins: Option<Coins>,
}

impl Certificate {
    /// Reads all fields. Refuses unknown ones.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        if text.len() > MAX_BYTES {
            return Err(format!("{} bytes, expected at most {MAX_BYTES}", text.len()));
        }
        let mut fields = Object::read(text)?;
        let version = fields.take("certificate")?;
        let certificate = match version {
            4 | 5 => Self::with_coins(version, &mut fields)?,
            _ => Self::certain(version, &mut fields)?,
        };
        fields.nothing_else()?;
        Ok(certificate)
    }

    /// Reads the fields of a certificate of version 1.
    fn certain(version: u32, fields: &mut Object) -> Result<Self, String> {
        let strategy = fields.text("strategy")?;
        let (proof, cases) = (fields.optional("proof")?, fields.optional_json("cases"));
        let (proof, evidence) = match (proof, cases) {
            (None, None) if strategy == "brute-force" => (None, Evidence::enumerate()),
            (None, Some(cases)) if strategy == "cubic" => (None, Evidence::cases(cases)?),
            (Some(proof), None) if strategy != "brute-force" && strategy != "cubic" => {
                read_proof(proof)?
            }
            (proof, cases) => {
                let found = |is_there| if is_there { "one" } else { "none" };
                return Err(format!(
                    "brute-force needs neither a proof object nor cases, cubic needs cases, \
                     any other strategy a proof object; found proof object: {}, cases: {}",
                    found(proof.is_some()),
                    found(cases.is_some())
                ));
            }
        };
        Ok(Self {
            version,
            task: fields.text("task")?,
            theorem: fields.text("theorem")?,
            network: fields.optional_text("network")?,
            sha256: fields.text("sha256")?,
            sizes: Some([fields.take("v")?, fields.take("n")?]),
            correct: fields.text("correct")?,
            sequences: fields.text("sequences")?,
            flops: fields.take("flops")?,
            strategy,
            evidence,
            proof,
            coins: None,
        })
    }

    /// Reads the fields of a certificate of version 4, which says nothing of single cells, or 5,
    /// whose proof object does.
    fn with_coins(version: u32, fields: &mut Object) -> Result<Self, String> {
        let theorem = fields.text("theorem")?;
        let (coins, strategy, proof, evidence) = if version == 4 {
            let coins = Coins::of_samples(fields, &theorem)?;
            (coins, "samples".into(), None, Evidence::every_way())
        } else {
            fields.text("drawn")?;
            let (proof, evidence) = read_proof(fields.take("proof")?)?;
            let strategy = proof.as_ref().map_or(String::new(), |(_, name)| name.clone());
            (Coins::of_residual(fields, &theorem)?, strategy, proof, evidence)
        };
        Ok(Self {
            version,
            task: fields.text("task")?,
            theorem,
            network: Some(fields.text("network")?),
            sha256: fields.text("sha256")?,
            sizes: None,
            correct: fields.text("correct")?,
            sequences: fields.text("total")?,
            flops: fields.take("flops")?,
            strategy,
            evidence,
            proof,
            coins: Some(coins),
        })
    }
}

/// Reads a proof object: of a sub-cubic verifier (with `gaps`) or of an additive one (with
/// `columns`). Only the sequences that it claims matter here, not how its verifier came to believe
/// the claim: other fields are skipped.
fn read_proof(mut proof: Object) -> Result<(Option<(u32, String)>, Evidence), String> {
    let (gaps, columns) = (proof.optional::<Object>("gaps")?, proof.optional_json("columns"));
    let evidence = match (gaps, columns) {
        (Some(mut gaps), None) => Evidence::gaps(gaps.text("runs")?),
        (None, Some(columns)) => Evidence::columns(columns)?,
        _ => return Err("a proof object has either `gaps` or `columns`".into()),
    };
    Ok((Some((proof.take("version")?, proof.text("strategy")?)), evidence))
}
