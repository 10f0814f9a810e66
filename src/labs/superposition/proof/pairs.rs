use super::case::Case;

/// What is tabulated of each pair of latents that some token has together.
pub(super) struct Pairs<T> {
    latents: usize,
    /// At `i * latents + j` for `i < j`.
    entries: Vec<Option<T>>,
}

impl<T> Pairs<T> {
    /// Tabulates `entry` of two latents, each with its largest amplitude in tokens that have both.
    pub(super) fn new(
        latents: usize,
        cases: &[Case],
        entry: impl Fn((usize, i64), (usize, i64)) -> T,
    ) -> Self {
        let mut most: Vec<Option<(i64, i64)>> = vec![None; latents * latents];
        for case in cases {
            for (place, &(i, a)) in case.code.iter().enumerate() {
                for &(j, b) in &case.code[place + 1..] {
                    let most = most[i * latents + j].get_or_insert((a, b));
                    *most = (most.0.max(a), most.1.max(b));
                }
            }
        }
        let entry = |(place, most): (usize, Option<(i64, i64)>)| {
            most.map(|(a, b)| entry((place / latents, a), (place % latents, b)))
        };
        Self { latents, entries: most.into_iter().enumerate().map(entry).collect() }
    }

    /// The number of pairs.
    pub(super) fn count(&self) -> u64 {
        self.entries.iter().flatten().count() as u64
    }

    /// What is tabulated of latents that some token has together, in either order.
    ///
    /// # Panics
    /// If none has.
    pub(super) fn of(&self, i: usize, j: usize) -> &T {
        let place = i.min(j) * self.latents + i.max(j);
        self.entries[place].as_ref().expect("a pair of a code is tabulated")
    }
}

/// All pairs of latents of a code, ascending.
pub(super) fn pairs_of<'a>(
    case: &'a Case,
) -> impl Iterator<Item = ((usize, i64), (usize, i64))> + 'a {
    let all = case.code.iter().enumerate();
    all.flat_map(|(place, &x)| case.code[place + 1..].iter().map(move |&y| (x, y)))
}
