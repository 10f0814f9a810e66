//! `www/models/max-of-k/frontiers.json`: the frontier of every model of a sweep, and for each K the
//! spread of the best bounds over all its models.

use super::results::{Models, Row};
use crate::tasks::max_of_k::sha256;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Bounds are whole numbers of this part of all sequences, rounded down.
pub(super) const PARTS: u32 = 10_000_000;
/// About as many lengths of the spread for each K; proofs are between any two of them.
const LENGTHS: usize = 64;

/// The content of the file.
#[derive(Serialize)]
pub(super) struct Frontiers {
    made_from: MadeFrom,
    parts: u32,
    sizes: Vec<Size>,
}

/// The sweep that the file was made from.
#[derive(Serialize)]
struct MadeFrom {
    models: usize,
    rows: usize,
    /// SHA-256 of model, strategy, count and FLOPs of every row, one a line, separated by commas.
    sha256: String,
}

/// All models for one K.
#[derive(Serialize)]
struct Size {
    k: usize,
    /// The strategies on any of the frontiers, and the unexplained dimension of each.
    strategies: Vec<(String, f64)>,
    models: Vec<Frontier>,
    /// FLOPs, and the best bounds for at most as many: the least of all models, the lower
    /// quartile, the median, the upper quartile, and the most.
    spread: Vec<(f64, [u32; 5])>,
}

/// The proofs about one model that no other beats, the shortest first.
#[derive(Serialize)]
struct Frontier {
    file: String,
    /// The strategy as its place in the list, FLOPs, and the bound.
    proofs: Vec<(usize, f64, u32)>,
}

impl Frontiers {
    /// Sums up a sweep.
    pub(super) fn new(all: &Models) -> Self {
        let mut by_k: BTreeMap<usize, Vec<&[Row]>> = BTreeMap::new();
        for rows in all.values() {
            by_k.entry(rows[0].k).or_default().push(rows);
        }
        let rows = || all.values().flatten();
        let line =
            |row: &Row| format!("{},{},{},{}\n", row.sha256, row.strategy, row.correct, row.flops);
        let lines: String = rows().map(line).collect();
        let (models, rows) = (all.len(), rows().count());
        let made_from = MadeFrom { models, rows, sha256: sha256(lines.as_bytes()) };
        let sizes = by_k.into_iter().map(|(k, models)| Size::new(k, models)).collect();
        Self { made_from, parts: PARTS, sizes }
    }
}

impl Size {
    fn new(k: usize, mut models: Vec<&[Row]>) -> Self {
        models.sort_by_key(|rows| &rows[0].file);
        let frontiers: Vec<_> = models.iter().map(|rows| frontier(rows)).collect();
        let used: BTreeMap<_, _> = frontiers
            .iter()
            .flatten()
            .map(|row| (row.strategy.clone(), row.unexplained_dimension))
            .collect();
        let strategies: Vec<_> = used.into_iter().collect();
        let place = |row: &&Row| {
            let found = strategies.binary_search_by(|(name, _)| name.cmp(&row.strategy));
            (found.expect("all are listed"), row.flops, parts(row.bound))
        };
        let named = |(rows, best): (&&[Row], &Vec<&Row>)| Frontier {
            file: Path::new(&rows[0].file)
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
            proofs: best.iter().map(place).collect(),
        };
        let spread = spread(&frontiers);
        let models = models.iter().zip(&frontiers).map(named).collect();
        Self { k, strategies, models, spread }
    }
}

/// The rows that no other row of the model beats, the shortest proof first.
fn frontier(rows: &[Row]) -> Vec<&Row> {
    let mut by_length: Vec<_> = rows.iter().collect();
    by_length.sort_by(|a, b| a.flops.total_cmp(&b.flops).then(b.bound.total_cmp(&a.bound)));
    let mut best = 0.0;
    by_length.retain(|row| {
        let is_better = row.bound > best;
        best = row.bound.max(best);
        is_better
    });
    by_length
}

/// The best bounds of all models at lengths that leave about as many proofs between any two.
fn spread(frontiers: &[Vec<&Row>]) -> Vec<(f64, [u32; 5])> {
    let mut lengths: Vec<_> = frontiers.iter().flatten().map(|row| row.flops).collect();
    lengths.sort_by(f64::total_cmp);
    lengths.dedup();
    let Some(last) = lengths.len().checked_sub(1) else { return Vec::new() };
    let mut chosen: Vec<_> = (0..LENGTHS).map(|i| lengths[i * last / (LENGTHS - 1)]).collect();
    chosen.dedup();
    let bounds = |flops: f64| {
        let best = |rows: &Vec<&Row>| {
            rows.iter()
                .take_while(|row| row.flops <= flops)
                .last()
                .map_or(0, |row| parts(row.bound))
        };
        let mut best: Vec<_> = frontiers.iter().map(best).collect();
        best.sort_unstable();
        // The model at a quarter of the way, or the one before it.
        [0, 1, 2, 3, 4].map(|quarter| best[quarter * (best.len() - 1) / 4])
    };
    chosen.into_iter().map(|flops| (flops, bounds(flops))).collect()
}

/// A bound in [`PARTS`], rounded down.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to PARTS")]
pub(super) fn parts(bound: f64) -> u32 {
    let parts = (bound * f64::from(PARTS)) as u32;
    // The product may have been rounded up to a whole number.
    if f64::from(parts) / f64::from(PARTS) > bound { parts - 1 } else { parts }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(file: &str, strategy: &str, flops: f64, bound: f64) -> Row {
        Row {
            sha256: file.into(),
            file: format!("folder/{file}"),
            k: 4,
            v: 2,
            d: 1,
            h: 1,
            strategy: strategy.into(),
            class: String::new(),
            correct: 0,
            total: 16,
            bound,
            flops,
            unexplained_dimension: flops + 1.0,
            proof_bytes: None,
            seconds: 0.5,
            slack: 0.0,
            lost: 0,
            visited: None,
            most_correct: None,
            plain_correct: None,
            published_count: None,
        }
    }

    #[test]
    fn bounds_are_rounded_down() {
        let below = |x: f64| x.next_down();
        assert_eq!(
            [0.0, 0.5, below(0.5), 1.0, below(1.0), 1.2e-6].map(parts),
            [0, 5_000_000, 4_999_999, 10_000_000, 9_999_999, 12]
        );
        for n in (0..=PARTS).step_by(997) {
            let bound = f64::from(n) / f64::from(PARTS);
            for bound in [bound, below(bound).max(0.0), bound.next_up().min(1.0)] {
                let down = f64::from(parts(bound)) / f64::from(PARTS);
                assert!(down <= bound && bound - down < 2e-7, "{bound} as {down}");
            }
        }
    }

    #[test]
    fn frontiers_and_quartiles_by_hand() {
        let model = |i: u32| {
            let (file, bound) = (format!("m{i}"), f64::from(i) / 10.0);
            let rows =
                [("a", 10.0, bound), ("b", 20.0, bound / 2.0), ("c", 30.0, 0.9), ("d", 5.0, 0.0)];
            (file.clone(), rows.map(|(s, flops, bound)| row(&file, s, flops, bound)).to_vec())
        };
        let all: Models = (1..=5).map(model).collect();
        let Frontiers { made_from, sizes, .. } = Frontiers::new(&all);
        assert_eq!((made_from.models, made_from.rows), (5, 20));
        let [size] = &sizes[..] else { panic!("one K") };
        assert_eq!(size.strategies, [("a".to_owned(), 11.0), ("c".to_owned(), 31.0)]);
        assert_eq!(size.models[1].file, "m2");
        assert_eq!(size.models[1].proofs, [(0, 10.0, 2_000_000), (1, 30.0, 9_000_000)]);
        let quartiles = [1, 2, 3, 4, 5].map(|tenth| tenth * 1_000_000);
        assert_eq!(size.spread, [(10.0, quartiles), (30.0, [9_000_000; 5])]);
    }

    #[test]
    fn no_file_says_how_long_a_sweep_took() {
        let models = |seconds| -> Models {
            let row = Row { seconds, ..row("m", "a", 1.0, 0.5) };
            [("m".to_owned(), vec![row])].into()
        };
        let text = |models| serde_json::to_string(&Frontiers::new(&models)).unwrap();
        assert_eq!(text(models(1.0)), text(models(2.0)));
    }
}
