//! What a certificate says of each cell: what to try there.
//!
//! It is read cell by cell, so that a certificate takes little more memory than its text. None of
//! it need be true: a false statement only leads to fewer derived sequences.

use super::json::{Object, Values, shown};

/// Claims about a cell, by the number of tokens other than `m` before the query: entry `i` claims
/// that all sequences with `i` such tokens, each from a set of tokens below `m`, are right. `None`
/// claims nothing.
pub(super) type Parts = Vec<Option<Vec<usize>>>;

/// What to derive of a cell that is not right as a whole.
pub(super) enum Method {
    Leave,
    Split(Parts),
    Count(Count),
    Enumerate,
}

/// How to count the wrong sequences of a cell, see `count.rs`.
pub(super) struct Count {
    pub(super) tilt: Option<f64>,
    pub(super) bins: Option<u32>,
    pub(super) dominant: Option<Dominant>,
}

/// A dominant output and its factor `θ`, see `count.rs`.
pub(super) struct Dominant {
    pub(super) output: usize,
    pub(super) factor: f64,
}

/// What a certificate says of the cells, read in the order in which they are checked.
pub(super) struct Evidence {
    kind: Kind,
    /// An array with one value for each largest token `m`, or the text of the gaps; read up to the
    /// current `m`.
    all: Values<'static>,
    /// What the array says of the current `m`.
    row: Values<'static>,
    /// The next `run.0` cells have the method `run.1`.
    run: (usize, Box<str>),
    /// The next `gap.0` gaps are all `gap.1`.
    gap: (usize, usize),
    /// The gaps of the current `m`, `[n, m + 1]`.
    gaps: Vec<usize>,
}

enum Kind {
    /// Every cell is enumerated (brute force).
    Enumerate,
    /// The parts of each cell, `[m][q]` (cubic).
    Cases,
    /// Gaps `g[q, m, c]` for each `m`, each `c`, each `q ≤ m` (sub-cubic): a run of equal gaps is
    /// written `GAPxLENGTH`, a single one `GAP`.
    Gaps,
    /// Runs of equal methods of each column, `[m]` (additive).
    Columns,
    /// Nothing is said: whatever fits the number of sequences.
    EveryWay,
}

impl Evidence {
    fn new(kind: Kind, all: Values<'static>) -> Self {
        Self { kind, all, row: Values::none(), run: (0, "".into()), gap: (0, 0), gaps: Vec::new() }
    }

    pub(super) fn enumerate() -> Self {
        Self::new(Kind::Enumerate, Values::none())
    }

    pub(super) fn every_way() -> Self {
        Self::new(Kind::EveryWay, Values::none())
    }

    pub(super) fn cases(cases: &str) -> Result<Self, String> {
        Ok(Self::new(Kind::Cases, Values::of(cases.to_owned())?))
    }

    pub(super) fn columns(columns: &str) -> Result<Self, String> {
        Ok(Self::new(Kind::Columns, Values::of(columns.to_owned())?))
    }

    pub(super) fn gaps(runs: String) -> Self {
        Self::new(Kind::Gaps, Values { text: runs.into(), at: 0 })
    }

    /// The method for the cell `(q, m)`. Cells must be asked for in the order of `m` and then of
    /// `q`.
    pub(super) fn method(&mut self, q: usize, m: usize, n: usize) -> Result<Method, String> {
        let method = match self.kind {
            Kind::Enumerate => Ok(Method::Enumerate),
            Kind::EveryWay => Ok(in_any_way(m, n)),
            Kind::Gaps => self.in_gaps(q, m, n),
            Kind::Cases => self.in_cases(q, m, n),
            Kind::Columns => self.in_columns(q, m, n),
        };
        method.map_err(|problem| format!("largest token {m}, query {q}: {problem}"))
    }

    fn in_cases(&mut self, q: usize, m: usize, n: usize) -> Result<Method, String> {
        if q == 0 {
            self.row = Values::of(self.all.next()?.to_owned())?;
        }
        parts(self.row.next()?, m, n).map(Method::Split)
    }

    fn in_columns(&mut self, q: usize, m: usize, n: usize) -> Result<Method, String> {
        const LEAVE: &str = "\"leave\"";
        if q == 0 {
            (self.row, self.run) = match self.all.next()? {
                "null" => (Values::none(), (m + 1, LEAVE.into())),
                column => {
                    let cells = Object::read(column)?.json("cells")?;
                    (Values::of(cells.to_owned())?, (0, LEAVE.into()))
                }
            };
        }
        while self.run.0 == 0 {
            let mut run = Object::read(self.row.next()?)?;
            let method = run.json("method")?;
            self.run = (run.take("queries")?, method.into());
        }
        self.run.0 -= 1;
        match &*self.run.1 {
            LEAVE => Ok(Method::Leave),
            "\"enumerate\"" => Ok(Method::Enumerate),
            object => {
                let mut method = Object::read(object)?;
                match (method.optional_json("split"), method.optional("count")?) {
                    (Some(split), None) => parts(split, m, n).map(Method::Split),
                    (None, Some(count)) => Count::read(count).map(Method::Count),
                    _ => Err("a method is leave, enumerate, split or count".into()),
                }
            }
        }
    }

    /// A gap of `g` for a query `q` and `c` tokens other than `m` (the query among them) claims
    /// that sequences are right if all of their other tokens are at most `m − g`.
    fn in_gaps(&mut self, q: usize, m: usize, n: usize) -> Result<Method, String> {
        if q == 0 {
            self.gaps.clear();
            while self.gaps.len() < n * (m + 1) {
                let run = self.gap.0.min(n * (m + 1) - self.gaps.len());
                self.gaps.extend(std::iter::repeat_n(self.gap.1, run));
                self.gap.0 -= run;
                if self.gap.0 == 0 && self.gaps.len() < n * (m + 1) {
                    let word = self.all.next_word().ok_or("the gaps end before those of it")?;
                    let (gap, length) = word.split_once('x').unwrap_or((word, "1"));
                    let number = |text: &str| {
                        text.parse().map_err(|_| format!("`{}` is no run of gaps", shown(word)))
                    };
                    self.gap = (number(length)?, number(gap)?);
                }
            }
        }
        let part = |others: usize| {
            let c = others + usize::from(q < m);
            if c == 0 {
                return Some(Vec::new()); // only the sequence m m … m
            }
            let most = m.checked_sub(self.gaps[c * (m + 1) + q])?;
            (q == m || q <= most).then(|| (0..m.min(most + 1)).collect())
        };
        Ok(Method::Split((0..n - usize::from(q < m)).map(part).collect()))
    }
}

impl Count {
    fn read(mut count: Object) -> Result<Self, String> {
        let dominant = match count.optional::<Object>("dominant")? {
            Some(mut dominant) => Some(Dominant {
                output: dominant.take("output")?,
                factor: dominant.take("factor")?,
            }),
            None => None,
        };
        Ok(Self { tilt: count.optional("tilt")?, bins: count.optional("bins")?, dominant })
    }
}

/// How to count a cell of which a certificate says nothing: one sequence after the other where they
/// are few, and else on a grid.
fn in_any_way(m: usize, n: usize) -> Method {
    /// The most sequences of a cell that are looked at.
    const MOST: u128 = 1 << 30;
    /// The bins of a grid.
    const BINS: u32 = 128;
    let sequences = std::iter::repeat_n(m as u128 + 1, n - 1).try_fold(1, u128::checked_mul);
    match sequences {
        Some(0..=MOST) => Method::Enumerate,
        _ => Method::Count(Count { tilt: None, bins: Some(BINS), dominant: None }),
    }
}

/// Reads parts: each is the list of ranges `[from, to)` that make up its set. Reads at most `n`
/// parts and at most `m` ranges of each.
fn parts(text: &str, m: usize, n: usize) -> Result<Parts, String> {
    let mut parts = Values::of(text)?;
    let mut read = Parts::new();
    while let Some(part) = parts.next_if_any().filter(|_| read.len() < n) {
        if part == "null" {
            read.push(None);
            continue;
        }
        let (mut ranges, mut is_in) = (Values::of(part)?, vec![false; m]);
        for _ in 0..m {
            let Some(range) = ranges.next_if_any() else { break };
            let [from, to]: [usize; 2] = serde_json::from_str(range)
                .map_err(|_| format!("`{}` is no range", shown(range)))?;
            is_in.iter_mut().take(to).skip(from).for_each(|is_in| *is_in = true);
        }
        read.push(Some((0..m).filter(|&t| is_in[t]).collect()));
    }
    Ok(read)
}
