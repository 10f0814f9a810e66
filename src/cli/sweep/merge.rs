//! Shards to one CSV file and one Parquet file, model by model in the order of their hashes: only
//! the rows of one model of each shard are in memory.

use super::entry::key_of;
use super::manifest::Manifest;
use super::parquet::Parquet;
use super::record::{COLUMNS, head};
use super::spread::Spreads;
use crate::cli::provenance::{MANIFEST, Shard, beside, unique};
use crate::cli::results::Failure;
use crate::cli::{CommandResult, write_file};
use csv::StringRecord;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Merge all shards of a sweep into one CSV file and one Parquet file
///
/// Shards of other versions are refused, damaged ones too, and double rows that differ.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Manifests of shards, or folders with them
    #[arg(required = true)]
    pub(super) shards: Vec<PathBuf>,
    /// CSV file to write; the Parquet file stands beside it
    #[arg(long, short)]
    pub(super) output: PathBuf,
    /// Also write the spread of every strategy over the models to this Markdown file
    #[arg(long)]
    pub(super) summary: Option<PathBuf>,
}

pub(super) fn run(Arguments { shards, output, summary }: &Arguments) -> CommandResult {
    let manifests = manifests(shards)?;
    refuse_others(&manifests)?;
    refuse_missing(manifests.iter().map(|(_, manifest)| manifest.shard))?;
    let tables = manifests.iter().map(|(path, manifest)| Table::open(path, manifest));
    let mut tables = tables.collect::<Result<Vec<_>, _>>()?;

    let mut merged = Merged::new(output)?;
    while let Some(rows) = next(&mut tables)? {
        merged.add(&rows)?;
    }
    let spreads = merged.finish()?;
    if let Some(summary) = summary {
        write_file(summary, spreads.markdown().as_bytes())?;
    }
    println!("{}, {}: {spreads}", output.display(), beside(output, "parquet").display());
    Ok(())
}

/// The manifests of shards in the order of their places, with these.
fn manifests(places: &[PathBuf]) -> Result<Vec<(PathBuf, Manifest)>, Failure> {
    let mut paths = BTreeSet::new();
    for place in places {
        if !place.is_dir() {
            paths.insert(place.clone());
            continue;
        }
        for file in std::fs::read_dir(place).map_err(|e| format!("{}: {e}", place.display()))? {
            let path = file?.path();
            if path.to_string_lossy().ends_with(MANIFEST) {
                paths.insert(path);
            }
        }
    }
    if paths.is_empty() {
        return Err(format!("no shards: expected files that end with {MANIFEST}").into());
    }
    paths.into_iter().map(|path| Ok((path.clone(), Manifest::read(&path)?))).collect()
}

/// Refuses shards that were made in other ways than the first.
fn refuse_others(manifests: &[(PathBuf, Manifest)]) -> Result<(), Failure> {
    let (first, Manifest { made, .. }) = &manifests[0];
    match manifests.iter().find(|(_, manifest)| manifest.made != *made) {
        None => Ok(()),
        Some((other, manifest)) => Err(format!(
            "{} is of {}, at most {} sequences, but {} is of {}, at most {}: sweep one of them again",
            other.display(),
            manifest.made.program,
            manifest.made.most_sequences,
            first.display(),
            made.program,
            made.most_sequences
        )
        .into()),
    }
}

/// Refuses shards among which there is no whole sweep.
fn refuse_missing(shards: impl Iterator<Item = Shard>) -> Result<(), Failure> {
    let mut by_count: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    shards.for_each(|shard| {
        by_count.entry(shard.of).or_default().insert(shard.number);
    });
    let missing = by_count.iter().map(|(&of, there)| {
        (1..=of).filter(|number| !there.contains(number)).map(move |number| Shard { number, of })
    });
    let mut missing: Vec<Vec<Shard>> = missing.map(Iterator::collect).collect();
    missing.sort_by_key(Vec::len);
    match &missing[0][..] {
        [] => Ok(()),
        some => {
            let shown: Vec<_> = some.iter().take(5).map(Shard::to_string).collect();
            let more = if some.len() > 5 { " …" } else { "" };
            let (count, shown) = (some.len(), shown.join(", "));
            Err(format!("{count} shards are missing: {shown}{more}; sweep them first").into())
        }
    }
}

/// The CSV file of a shard, read model by model.
struct Table {
    path: PathBuf,
    rows: std::iter::Peekable<csv::StringRecordsIntoIter<BufReader<File>>>,
}

/// The rows of a model, and the file that they are from.
type Rows = (PathBuf, Vec<StringRecord>);

impl Table {
    /// Opens a table whose hash is that of its manifest.
    fn open(path: &Path, manifest: &Manifest) -> Result<Self, Failure> {
        let path = manifest.table(path);
        let shown = path.display();
        let named = |e: &dyn std::fmt::Display| format!("{shown}: {e}");
        let mut file = File::open(&path).map_err(|e| named(&e))?;
        let (mut hash, mut piece) = (Sha256::new(), vec![0; 1 << 16]);
        loop {
            match file.read(&mut piece).map_err(|e| named(&e))? {
                0 => break,
                length => hash.update(&piece[..length]),
            }
        }
        let mut found = String::new();
        hash.finalize().iter().try_for_each(|byte| write!(found, "{byte:02x}"))?;
        if found != manifest.sha256 {
            return Err(format!(
                "{shown} is damaged: its SHA-256 is {found}, expected {}; sweep shard {} again, \
                 which repairs it",
                manifest.sha256, manifest.shard
            )
            .into());
        }
        let mut reader = csv::Reader::from_reader(BufReader::new(File::open(&path)?));
        if reader.headers()?.iter().ne(COLUMNS.map(|(name, _)| name)) {
            return Err(named(&"other columns than a sweep of this version has").into());
        }
        Ok(Self { path, rows: reader.into_records().peekable() })
    }

    /// What tells the next model from others; none at the end.
    fn key(&mut self) -> Option<&str> {
        // A row that cannot be read comes before all others, so that `take` tells of it.
        self.rows.peek().map(|row| row.as_ref().map_or("", key_of))
    }

    /// The rows of the next model.
    fn take(&mut self) -> Result<Rows, Failure> {
        let first = self.rows.next().ok_or("no row")??;
        let mut rows = vec![first];
        while let Some(row) =
            self.rows.next_if(|row| row.as_ref().is_ok_and(|row| key_of(row) == key_of(&rows[0])))
        {
            rows.push(row?);
        }
        Ok((self.path.clone(), rows))
    }
}

/// The rows of the next model of all tables, once.
fn next(tables: &mut [Table]) -> Result<Option<Vec<StringRecord>>, Failure> {
    let Some(least) = tables.iter_mut().filter_map(|table| table.key().map(str::to_owned)).min()
    else {
        return Ok(None);
    };
    let mut first: Option<Rows> = None;
    for table in tables.iter_mut() {
        if table.key() != Some(&least) {
            continue;
        }
        let rows = table.take()?;
        match &first {
            None => first = Some(rows),
            Some(first) => refuse_different(first, &rows)?,
        }
    }
    Ok(first.map(|(_, rows)| rows))
}

/// Refuses rows of one model that two shards tell differently.
fn refuse_different((path, rows): &Rows, (other, again): &Rows) -> Result<(), Failure> {
    let pairs = || rows.iter().zip(again);
    let differs = pairs().find_map(|(row, twin)| {
        let at = (0..COLUMNS.len()).find(|&at| row[at] != twin[at])?;
        Some(format!("{}: `{}` and `{}`", COLUMNS[at].0, &row[at], &twin[at]))
    });
    let differs = differs.or_else(|| {
        (rows.len() != again.len()).then(|| format!("{} and {} rows", rows.len(), again.len()))
    });
    match differs {
        None => Ok(()),
        Some(what) => Err(format!(
            "{} and {} differ about the model {}; {what}: remove the wrong one, and sweep it again",
            path.display(),
            other.display(),
            key_of(&rows[0])
        )
        .into()),
    }
}

/// The files that a merge writes.
struct Merged {
    output: PathBuf,
    parts: [PathBuf; 2],
    csv: csv::Writer<BufWriter<File>>,
    parquet: Parquet,
    spreads: Spreads,
}

impl Merged {
    fn new(output: &Path) -> Result<Self, Failure> {
        let unique = unique();
        let parts = ["csv", "parquet"].map(|end| beside(output, &format!("{unique:x}.{end}.part")));
        let create =
            |part: &PathBuf| File::create(part).map_err(|e| format!("{}: {e}", part.display()));
        let mut csv = BufWriter::new(create(&parts[0])?);
        csv.write_all(head().as_bytes())?;
        let csv = csv::WriterBuilder::new().has_headers(false).from_writer(csv);
        let parquet = Parquet::new(create(&parts[1])?)?;
        Ok(Self { output: output.into(), parts, csv, parquet, spreads: Spreads::default() })
    }

    fn add(&mut self, rows: &[StringRecord]) -> Result<(), Failure> {
        rows.iter().try_for_each(|row| self.csv.write_record(row))?;
        self.spreads.add(rows);
        self.parquet.add(rows)
    }

    /// Moves both files to their places.
    fn finish(self) -> Result<Spreads, Failure> {
        self.csv.into_inner().map_err(|e| e.to_string())?.into_inner()?.sync_all()?;
        self.parquet.finish()?;
        let places = [self.output.clone(), beside(&self.output, "parquet")];
        for (part, place) in self.parts.iter().zip(&places) {
            std::fs::rename(part, place).map_err(|e| format!("{}: {e}", place.display()))?;
        }
        Ok(self.spreads)
    }
}
