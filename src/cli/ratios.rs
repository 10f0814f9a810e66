//! `www/models/max-of-k/ratios.json`: `σ₁/σ₂` of the attention of every model of a sweep, with the
//! bound of each of its proofs.

use super::frontiers::{PARTS, parts};
use super::read_file;
use super::results::{Failure, Models, Row};
use crate::tasks::max_of_k::{MaxOfK, sha256};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The content of the file.
#[derive(Serialize)]
pub(super) struct Ratios {
    /// Bounds are whole numbers of this part of all sequences, rounded down.
    parts: u32,
    sizes: Vec<Size>,
}

/// All models for one K.
#[derive(Serialize)]
struct Size {
    k: usize,
    /// The strategies that were run on any of the models.
    strategies: Vec<String>,
    models: Vec<Model>,
}

/// One model.
#[derive(Serialize)]
struct Model {
    file: String,
    /// The first singular value of its attention scores by the second; none where that is 0.
    ratio: f64,
    /// The bound of each of the strategies; none where it was not run.
    bounds: Vec<Option<u32>>,
}

impl Ratios {
    /// Reads the weights file of every model of a sweep, and works out its ratio.
    ///
    /// # Errors
    /// If a file cannot be read, or is not the one that was swept.
    pub(super) fn new(all: &Models) -> Result<Self, Failure> {
        let ratio = |rows: &Vec<Row>| ratio(&rows[0]);
        let ratios: Vec<f64> = all
            .values()
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(ratio)
            .collect::<Result<_, _>>()?;
        let mut by_k: BTreeMap<usize, Vec<(&[Row], f64)>> = BTreeMap::new();
        for (rows, ratio) in all.values().zip(ratios) {
            by_k.entry(rows[0].k).or_default().push((rows, ratio));
        }
        let sizes = by_k.into_iter().map(|(k, models)| Size::new(k, models)).collect();
        Ok(Self { parts: PARTS, sizes })
    }
}

impl Size {
    fn new(k: usize, mut models: Vec<(&[Row], f64)>) -> Self {
        models.sort_by_key(|(rows, _)| &rows[0].file);
        let names = models.iter().flat_map(|(rows, _)| rows.iter().map(|row| &row.strategy));
        let strategies: Vec<_> = names.collect::<BTreeSet<_>>().into_iter().cloned().collect();
        let model = |(rows, ratio): (&[Row], f64)| {
            let bound = |name: &String| rows.iter().find(|row| row.strategy == *name);
            Model {
                file: Path::new(&rows[0].file)
                    .file_name()
                    .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
                ratio,
                bounds: strategies.iter().map(|name| Some(parts(bound(name)?.bound))).collect(),
            }
        };
        let models = models.into_iter().map(model).collect();
        Self { k, strategies, models }
    }
}

/// `σ₁/σ₂` of the model that a row is about.
fn ratio(Row { file, sha256: swept, .. }: &Row) -> Result<f64, Failure> {
    let bytes = read_file(Path::new(file))?;
    let found = sha256(&bytes);
    if found != *swept {
        return Err(format!(
            "{file} has the SHA-256 {found}, but the sweep is of one with {swept}: \
             sweep it again, into a new file"
        )
        .into());
    }
    let (task, _) = MaxOfK::load(file, &bytes)?;
    Ok(task.search().sigma_ratio())
}
