use super::cosets::Layout;
use crate::cost::Scalar;
use crate::linalg::{Matrix, centred, dot, largest, map};
use crate::models::two_token::{Magnitudes, Shape, TwoToken};
use crate::proof::Tally;
use crate::tasks::group_operations::group::Group;
use crate::tasks::group_operations::margin::tally;

/// What the verifier makes of a network and of cosets that fit it.
pub(super) struct Verifier<S> {
    /// `L` and `R`, `[x, m]` and `[y, m]`, and those of ideal neurons.
    real: [Matrix<S>; 2],
    ideal: [Matrix<S>; 2],
    /// `U′` and `Û`, `[z, m]`.
    unembed: Matrix<S>,
    read_out: Matrix<S>,
    /// `β`, `[z]`.
    bias: Vec<S>,
    /// `max_{z′} (β[z′] − M(z, z′))`, `[z]`.
    wrong: Vec<S>,
    /// The largest `‖U′[z]‖`, and the largest `‖U′[z] − Û[z]‖`.
    length: S,
    rest: S,
    slack: S,
}

/// What an input is made of.
struct Input<S> {
    /// The exact right logit less the ideal one, the bias of the latter aside.
    right: S,
    /// `‖s − ŝ‖` and `‖ŝ‖`.
    off: S,
    given: S,
}

impl<S: Scalar> Verifier<S> {
    pub(super) fn new(network: &TwoToken, group: &Group, layouts: &[Layout]) -> Self {
        let Shape { neurons, outputs, .. } = network.shape();
        let zero = S::from_f64(0.0);
        let real = [&network.left, &network.right].map(|side| map(&side.value, S::from_f64));
        let (mean, unembed) = centred(&map(network.unembed(), S::from_f64));
        let bias: Vec<S> = network
            .bias()
            .map_or(vec![zero; outputs], |bias| bias.iter().map(|&x| S::from_f64(x)).collect());

        let mut ideal = [0, 1].map(|side: usize| Matrix::from_elem(real[side].dim(), zero));
        let mut read_out = Matrix::from_elem(unembed.dim(), zero);
        for layout in layouts {
            for &i in &layout.neurons {
                for side in [0, 1] {
                    let (ideal, real) = (&mut ideal[side], &real[side]);
                    average(layout, side, real.column(i).iter().copied(), |x, l| ideal[[x, i]] = l);
                }
                outside(layout, unembed.column(i).iter().copied(), |z, u| read_out[[z, i]] = u);
            }
        }
        let mut margins = Matrix::from_elem((outputs, outputs), zero);
        for layout in layouts.iter().filter(|layout| !layout.neurons.is_empty()) {
            add_margins(group, layout, &ideal, &read_out, &mut margins);
        }
        let wrong = (0..outputs)
            .map(|z| {
                let others = (0..outputs).filter(|&other| other != z);
                largest(others.map(|other| bias[other] - margins[[z, other]]))
            })
            .collect();

        let row_length = |row: &[S]| dot(row, row).sqrt();
        let rows = |matrix: &Matrix<S>, f: &dyn Fn(usize, &[S]) -> S| {
            let rows = matrix.rows().into_iter().enumerate();
            largest(rows.map(|(z, row)| f(z, row.as_slice().expect("row-major"))))
        };
        let length = rows(&unembed, &|_, row| row_length(row));
        let rest = rows(&unembed, &|z, row| {
            let ideal = read_out.row(z);
            let rest: Vec<S> = row.iter().zip(ideal).map(|(&u, &ideal)| u - ideal).collect();
            row_length(&rest)
        });

        // The magnitudes of theorem 7.
        let magnitudes = Magnitudes::<S>::new(network);
        let most: Vec<S> = (0..neurons)
            .map(|i| largest(magnitudes.unembed.column(i).iter().copied()) + mean[i].abs())
            .collect();
        let all = row_length(&most) * row_length(&magnitudes.neurons);
        let more = neurons + 2 * outputs + layouts.len() + 32;
        let slack = magnitudes.slack(magnitudes.logits + S::from_f64(6.0) * all, more);
        Self { real, ideal, unembed, read_out, bias, wrong, length, rest, slack }
    }

    /// The slack of a comparison.
    pub(super) fn slack(&self) -> f64 {
        self.slack.to_f64()
    }

    /// The inputs of a left token that are proven right, and those that rounding loses.
    pub(super) fn count(&self, group: &Group, x: usize) -> Tally {
        tally(self.margins(group, x), self.slack)
    }

    /// At least the margin of `x` and each `y`, up to rounding.
    pub(super) fn margins(&self, group: &Group, x: usize) -> Vec<S> {
        let of = |y: usize| {
            let z = group.product(x, y);
            let Input { right, off, given } = self.input(x, y, z);
            right + self.bias[z] - (self.wrong[z] + self.length * off + self.rest * given)
        };
        (0..group.order()).map(of).collect()
    }

    /// The margin that is shown of an input as a sum of [parts](super::ByCosets::PARTS).
    pub(super) fn parts(&self, group: &Group, x: usize, y: usize) -> [f64; 4] {
        let z = group.product(x, y);
        let Input { right, off, given } = self.input(x, y, z);
        let ideal = self.bias[z] - self.wrong[z];
        [ideal, right, -(self.length * off), -(self.rest * given)].map(S::to_f64)
    }

    /// Runs the neurons, and the ideal ones, on an input with the product `z`.
    fn input(&self, x: usize, y: usize, z: usize) -> Input<S> {
        let zero = S::from_f64(0.0);
        let given = |[left, right]: &[Matrix<S>; 2]| -> Vec<S> {
            let both = left.row(x).into_iter().zip(right.row(y));
            both.map(|(&l, &r)| (l + r).max(zero)).collect()
        };
        let (real, ideal) = (given(&self.real), given(&self.ideal));
        let off: Vec<S> = real.iter().zip(&ideal).map(|(&s, &ideal)| s - ideal).collect();
        let read = |matrix: &Matrix<S>, given: &[S]| {
            dot(matrix.row(z).as_slice().expect("row-major"), given)
        };
        Input {
            right: read(&self.unembed, &real) - read(&self.read_out, &ideal),
            off: dot(&off, &off).sqrt(),
            given: dot(&ideal, &ideal).sqrt(),
        }
    }
}

/// Gives each token of a side the mean of its coset: an addition for each token but the first of a
/// coset, and a division for each coset.
fn average<S: Scalar>(
    layout: &Layout,
    side: usize,
    values: impl Iterator<Item = S>,
    mut give: impl FnMut(usize, S),
) {
    let numbers = &layout.sides[side];
    let mut sums: Vec<Option<S>> = vec![None; layout.count];
    for (value, &number) in values.zip(numbers) {
        sums[number] = Some(sums[number].map_or(value, |sum| sum + value));
    }
    let size = S::from_f64((numbers.len() / layout.count) as f64);
    let means: Vec<S> = sums.into_iter().flatten().map(|sum| sum / size).collect();
    numbers.iter().enumerate().for_each(|(token, &number)| give(token, means[number]));
}

/// Gives each element the ideal read-out: the mean `μ` of those outside of the coset, less inside.
fn outside<S: Scalar>(
    layout: &Layout,
    values: impl Iterator<Item = S>,
    mut give: impl FnMut(usize, S),
) {
    let values: Vec<S> = values.collect();
    let mut is_inside = vec![false; values.len()];
    layout.elements.iter().for_each(|&z| is_inside[z] = true);
    let others = values.iter().zip(&is_inside).filter(|(_, inside)| !**inside);
    let sum = others.map(|(&value, _)| value).reduce(|sum, value| sum + value);
    // Without anything outside, the coset tells nothing apart.
    let Some(sum) = sum else { return };
    let mean = sum / S::from_f64((values.len() - layout.elements.len()) as f64);
    for (z, (&value, inside)) in values.iter().zip(is_inside).enumerate() {
        give(z, if inside { -(-value).max(-mean) } else { mean });
    }
}

/// Adds what the neurons of a coset give to `M(z, z′)`.
fn add_margins<S: Scalar>(
    group: &Group,
    layout: &Layout,
    ideal: &[Matrix<S>; 2],
    read_out: &Matrix<S>,
    margins: &mut Matrix<S>,
) {
    let (count, size) = (layout.count, layout.elements.len());
    let mut is_inside = vec![false; group.order()];
    layout.elements.iter().for_each(|&z| is_inside[z] = true);
    let Some(outside) = (0..group.order()).find(|&z| !is_inside[z]) else { return };
    // d_i(z), [neuron, element].
    let below: Vec<S> = layout
        .neurons
        .iter()
        .flat_map(|&i| {
            layout.elements.iter().map(move |&z| read_out[[outside, i]] - read_out[[z, i]])
        })
        .collect();
    let first = |side: usize, number: usize| {
        layout.sides[side].iter().position(|&found| found == number).expect("a coset has elements")
    };
    let rights: Vec<usize> = (0..count).map(|number| first(1, number)).collect();
    let (mut least, mut most): (Vec<Option<S>>, Vec<Option<S>>) =
        (vec![None; size], vec![None; size]);
    for (number, &partner) in layout.partner.iter().enumerate() {
        let x = first(0, number);
        let active: Vec<S> = rights
            .iter()
            .flat_map(|&y| layout.neurons.iter().map(move |&i| (y, i)))
            .map(|(y, i)| (ideal[0][[x, i]] + ideal[1][[y, i]]).max(S::from_f64(0.0)))
            .collect();
        let sums = S::matmul(&active, &below, layout.neurons.len(), size);
        for (right, sums) in sums.chunks_exact(size).enumerate() {
            for (k, &sum) in sums.iter().enumerate() {
                match right == partner {
                    true => most[k] = Some(most[k].map_or(sum, |most| most.max(sum))),
                    false => least[k] = Some(least[k].map_or(sum, |least| -(-least).max(-sum))),
                }
            }
        }
    }
    for (k, &inside) in layout.elements.iter().enumerate() {
        if let Some(least) = least[k] {
            for z in (0..group.order()).filter(|&z| !is_inside[z]) {
                margins[[z, inside]] = margins[[z, inside]] + least;
            }
        }
        if let Some(most) = most[k] {
            margins.row_mut(inside).iter_mut().for_each(|margin| *margin = *margin - most);
        }
    }
}

/// FLOPs of a proof.
pub(super) fn flops(network: &TwoToken, layouts: &[Layout]) -> f64 {
    let Shape { left: n, outputs: o, neurons: m, .. } = network.shape();
    let of_coset = |layout: &Layout| {
        let (count, size, members) = (layout.count, layout.elements.len(), layout.neurons.len());
        if members == 0 {
            return 0;
        }
        let averages = members * 2 * n;
        if size == n {
            return averages;
        }
        let read_out = members * n;
        let sums = count * count * (2 * members + size * (2 * members - 1));
        let extremes = size * (count * count - 2);
        averages + read_out + members * size + sums + extremes + size * (n - size) + size * n
    };
    let cosets: usize = layouts.iter().map(of_coset).sum();
    let wrong = o * (o - 1) + o * (o - 2);
    let lengths = o * 2 * m + (o - 1) + o * 3 * m + (o - 1);
    let magnitudes = m * (o + 1) + 4 * m + 1 + 2 + 2;
    let start = 2 * o * m + cosets + wrong + lengths + magnitudes;
    let of_input = 5 * m + 2 * (2 * m - 1) + 1 + 2 * 2 * m + 6 + 1;
    Magnitudes::<f64>::flops(network) + (start + n * n * of_input) as f64
}

#[cfg(test)]
mod tests {
    use super::super::{Coset, Cosets};
    use super::*;
    use crate::cost::Counted;
    use crate::models::two_token::testing::network;
    use crate::tasks::group_operations::group::natural;

    #[test]
    fn the_formula_counts_the_operations() {
        let group = natural("S3").unwrap();
        let network = network(6, 6, false);
        let coset = |subgroup: &[usize], element| Coset { subgroup: subgroup.to_vec(), element };
        // A transposition's, the rotations', the whole group, which tells nothing, and no neuron's.
        let cosets = vec![
            coset(&[0, 1], 2),
            coset(&[3, 0, 4], 1),
            coset(&[0, 1, 2, 3, 4, 5], 0),
            coset(&[0], 5),
        ];
        let neurons = vec![Some(0), Some(1), None, Some(0), Some(2), Some(1)];
        let cosets = Cosets::new(cosets, neurons);
        let layouts = cosets.layouts(&network, &group).unwrap();
        let (counted, _) = Counted::during(|| {
            let verifier = Verifier::<Counted>::new(&network, &group, &layouts);
            (0..6).map(|x| verifier.count(&group, x)).sum::<Tally>()
        });
        assert_eq!(counted as f64, flops(&network, &layouts));
    }
}
