//! Sorting by numbers, in one place: each type and each way to compare that is sorted is a kilobyte
//! more of code.

/// The places of numbers in ascending order, those of equal ones in theirs.
#[must_use]
pub fn ascending(keys: &[f64]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..keys.len()).collect();
    places.sort_by(|&a, &b| keys[a].total_cmp(&keys[b]));
    places
}

/// Things in the ascending order of their keys, those of equal ones in theirs.
#[must_use]
pub fn sorted<T>(things: Vec<T>, key: impl Fn(&T) -> f64) -> Vec<T> {
    let keys: Vec<f64> = things.iter().map(key).collect();
    let mut things: Vec<Option<T>> = things.into_iter().map(Some).collect();
    ascending(&keys).into_iter().filter_map(|place| things[place].take()).collect()
}
