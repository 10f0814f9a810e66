//! What is written beside results that many machines make together: which part they are, which
//! program made them, on what kind of machine, and in what time.

use super::CommandResult;
use crate::kernels::Backend;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Instant;
use thiserror::Error;

/// The ending of files that say where results are from.
pub(super) const MANIFEST: &str = ".manifest.json";

/// One of several parts of a work, written `3/100`: the third of a hundred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(super) struct Shard {
    pub(super) number: u32,
    pub(super) of: u32,
}

/// A text that is no shard.
#[derive(Debug, Error)]
#[error("expected a shard such as 3/100, from 1/100 to 100/100")]
pub(super) struct NoShard;

impl Shard {
    /// Whether a work belongs to the shard. `key` tells works apart, such as a seed or the start of
    /// a hash; a work stays in its shard whatever others there are.
    pub(super) fn has(self, key: u64) -> bool {
        key % u64::from(self.of) == u64::from(self.number - 1)
    }

    /// Whether a file whose SHA-256 (hexadecimal) this is belongs to the shard.
    pub(super) fn has_file(self, sha256: &str) -> bool {
        let start = sha256.get(..16).and_then(|start| u64::from_str_radix(start, 16).ok());
        self.has(start.expect("a SHA-256 has 64 hexadecimal digits"))
    }
}

impl FromStr for Shard {
    type Err = NoShard;
    fn from_str(text: &str) -> Result<Self, NoShard> {
        let (number, of) = text.split_once('/').ok_or(NoShard)?;
        let (number, of) = (number.parse().map_err(|_| NoShard)?, of.parse().map_err(|_| NoShard)?);
        if (1..=of).contains(&number) { Ok(Self { number, of }) } else { Err(NoShard) }
    }
}

impl TryFrom<String> for Shard {
    type Error = NoShard;
    fn try_from(text: String) -> Result<Self, NoShard> {
        text.parse()
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

/// The program that made a result. Only results of equal programs are put together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Program {
    pub(super) version: String,
    /// A hash of the sources and of the versions of all libraries.
    pub(super) build: String,
    /// Features that the program was compiled with.
    pub(super) features: Vec<String>,
}

impl Program {
    /// This program.
    pub(super) fn this() -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").into(),
            build: env!("COMPACT_PROOFS_BUILD").into(),
            features: vec!["cli".into()],
        }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "version {} (build {})", self.version, self.build)
    }
}

/// The kind of machine that made a result, without its name or its user's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Host {
    os: String,
    arch: String,
    /// The instructions by which kernels ran.
    instructions: String,
    /// Threads that worked.
    threads: usize,
}

impl Host {
    /// This machine.
    pub(super) fn this() -> Self {
        Self {
            os: std::env::consts::OS.into(),
            arch: std::env::consts::ARCH.into(),
            instructions: Backend::all().last().map_or("", |best| best.name).into(),
            threads: rayon::current_num_threads(),
        }
    }
}

/// How long a work took.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Times {
    pub(super) wall_seconds: f64,
    /// Seconds of all processors together; none where the system does not say.
    pub(super) cpu_seconds: Option<f64>,
}

/// The time since a work began.
pub(super) struct Clock(Instant, Option<f64>);

impl Clock {
    pub(super) fn start() -> Self {
        Self(Instant::now(), cpu_seconds())
    }

    pub(super) fn times(&self) -> Times {
        let cpu_seconds = cpu_seconds().zip(self.1).map(|(now, then)| now - then);
        Times { wall_seconds: self.0.elapsed().as_secs_f64(), cpu_seconds }
    }
}

/// Seconds that all threads of this process have computed, from Linux's `/proc`.
fn cpu_seconds() -> Option<f64> {
    /// Ticks a second of Linux's clock, on every machine.
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The program's name, in parentheses, may hold spaces: fields are counted from behind it.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / TICKS_PER_SECOND)
}

/// Writes a file as a whole: beside its place, to the disk, then moved there in one step. Whoever
/// reads it, also after a crash, finds the old file or the new one.
pub(super) fn replace_file(path: &Path, bytes: &[u8]) -> CommandResult {
    let named = |e: std::io::Error| format!("{}: {e}", path.display());
    let part = beside(path, &format!("{:x}.part", unique()));
    let mut file = File::create(&part).map_err(named)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(named)?;
    Ok(std::fs::rename(&part, path).map_err(named)?)
}

/// The file beside `path` with another ending: `a.csv` to `a.ENDING`.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    path.with_extension(ending)
}

/// A number that no other process of any machine has at the same time, almost surely.
pub(super) fn unique() -> u128 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |time| time.as_nanos()) ^ (u128::from(std::process::id()) << 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_share_all_works_and_keep_them() {
        for bad in ["", "3", "0/4", "5/4", "1/0", "-1/4", "1/4/2", "a/b", "1/4294967296"] {
            assert!(bad.parse::<Shard>().is_err(), "{bad}");
        }
        let all: Vec<Shard> = (1..=7).map(|i| format!("{i}/7").parse().unwrap()).collect();
        for key in [0, 1, 6, 7, 123_456_789, u64::MAX] {
            assert_eq!(all.iter().filter(|shard| shard.has(key)).count(), 1, "{key}");
        }
        let sha256 = crate::tasks::max_of_k::sha256(b"weights");
        assert_eq!(all.iter().filter(|shard| shard.has_file(&sha256)).count(), 1);
        assert_eq!(all[2].to_string(), "3/7");
    }

    #[test]
    fn a_clock_counts_what_processors_do() {
        let clock = Clock::start();
        let mut x = 1.0_f64;
        while clock.0.elapsed().as_millis() < 50 {
            x = (x * 1.5).sqrt() + 1.0;
        }
        let Times { wall_seconds, cpu_seconds } = clock.times();
        assert!(wall_seconds >= 0.05 && x.is_finite());
        assert!(!cfg!(target_os = "linux") || cpu_seconds.is_some());
    }
}
