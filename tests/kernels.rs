//! One specification for each kernel, as plain as possible. Every backend must match it bit for
//! bit, for every length and every kind of number.

use crate::common::Random;
use compact_proofs::cost::{Counted, Scalar};
use compact_proofs::kernels::{Backend, Kink};
use compact_proofs::linalg;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Numbers of many sizes. Every seventh is one of `special`, if there are any.
fn numbers(length: usize, seed: u64, special: &[f64]) -> Vec<f64> {
    let mut random = Random::mixed(seed);
    let number = |i: usize| {
        let number = 20.0 * (random.fraction() - 0.5);
        if !special.is_empty() && i % 7 == 3 { random.one_of(special) } else { number }
    };
    (0..length).map(number).collect()
}

fn assert_bits(backend: &Backend, found: &[f64], expected: &[f64]) {
    let bits = |numbers: &[f64]| {
        numbers.iter().map(|x| if x.is_nan() { u64::MAX } else { x.to_bits() }).collect::<Vec<_>>()
    };
    assert_eq!(bits(found), bits(expected), "{}: {found:?}, expected {expected:?}", backend.name);
}

/// Runs `check(backend, length)` on every backend, for every length that matters.
fn each(check: impl Fn(&Backend, usize)) {
    let all = Backend::all();
    assert_eq!(all[0].name, "scalar");
    if cfg!(any(target_arch = "x86_64", target_feature = "simd128")) {
        assert!(all.len() > 1, "this machine has vectors");
    }
    for backend in &all {
        (0..35).chain([64, 65]).for_each(|length| check(backend, length));
    }
}

/// Pairs of slices, one of which is up to six numbers shorter than the other.
fn unequal<'a>(a: &'a [f64], b: &'a [f64]) -> impl Iterator<Item = (&'a [f64], &'a [f64])> {
    (a.len().saturating_sub(6)..=a.len())
        .flat_map(move |shorter| [(&a[..shorter], b), (a, &b[..shorter])])
}

const EDGES: [f64; 19] = [
    0.0,
    -0.0,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    -745.2,
    -745.19,
    -745.21,
    709.8,
    709.79,
    709.81,
    -708.0,
    -708.5,
    -740.0,
    1e300,
    -1e300,
    5e-324,
    f64::MIN_POSITIVE,
    709.0,
];

#[test]
fn exp() {
    each(|backend, length| {
        for (seed, scale) in [(1, 1.0), (2, 40.0), (3, 80.0)] {
            let mut x = numbers(length, seed, &EDGES);
            x.iter_mut().for_each(|x| *x *= scale);
            let expected: Vec<_> = x.iter().map(|&x| linalg::exp(x)).collect();
            (backend.exp)(&mut x);
            assert_bits(backend, &x, &expected);
        }
    });
    // Every exponent, on both sides of the point where it is rounded up.
    for backend in Backend::all() {
        let x: Vec<_> = (-1080..1030)
            .flat_map(|n| {
                [0.0, 0.4999, 0.5, 0.5001]
                    .map(|part| (f64::from(n) + part) * std::f64::consts::LN_2)
            })
            .collect();
        let mut found = x.clone();
        (backend.exp)(&mut found);
        assert_bits(&backend, &found, &x.iter().map(|&x| linalg::exp(x)).collect::<Vec<_>>());
    }
}

#[test]
fn matmul() {
    each(|backend, n| {
        for (m, k) in [(0, 1), (1, 1), (3, 2), (4, 5), (5, 4), (9, 3)] {
            let (a, b) = (numbers(m * k, 4, &[]), numbers(k * n, 5, &[0.0, -0.0]));
            let mut product = vec![f64::NAN; m * n];
            if n > 0 {
                (backend.matmul)(&a, &b, &mut product, k, n);
            }
            let entry = |i: usize, j: usize| {
                (1..k).fold(a[i * k] * b[j], |sum, p| sum + a[i * k + p] * b[p * n + j])
            };
            let expected: Vec<_> = (0..m)
                .flat_map(|i| (0..n).map(move |j| (i, j)))
                .map(|(i, j)| entry(i, j))
                .collect();
            assert_bits(backend, &product, &expected);
        }
    });
}

#[test]
fn extremes() {
    let larger = |x: f64, y: f64| if x > y { x } else { y };
    let least = f64::NEG_INFINITY;
    each(|backend, length| {
        let (a, b) = (numbers(length, 6, &[f64::NEG_INFINITY]), numbers(length, 7, &[1.0]));
        let (most, most_negated) = (
            a.iter().fold(least, |most, &x| larger(x, most)),
            a.iter().fold(least, |most, &x| larger(-x, most)),
        );
        assert_bits(backend, &[(backend.largest)(&a)], &[most]);
        let sum = a.iter().zip(&b).fold(least, |most, (x, y)| larger(x + y, most));
        assert_bits(backend, &[(backend.largest_sum)(&a, &b)], &[sum]);
        let sum = a.iter().zip(&b).fold(least, |most, (x, y)| larger(x + -0.7 * y, most));
        assert_bits(backend, &[(backend.largest_scaled_sum)(&a, -0.7, &b)], &[sum]);
        assert_bits(backend, &[(backend.spread)(&a)], &[most + most_negated]);
        assert_bits(backend, &<[f64; 2]>::from((backend.range)(&a)), &[-most_negated, most]);
        for (a, b) in unequal(&a, &b) {
            let mut expected = b.to_vec();
            expected.iter_mut().zip(a).for_each(|(y, &x)| *y = larger(x, *y));
            let mut found = b.to_vec();
            (backend.running_max)(&mut found, a);
            assert_bits(backend, &found, &expected);
        }
    });
}

/// The largest number may be a zero of either sign. Which one is found depends on the order of
/// comparisons, which must be one on all backends.
#[test]
fn largest_zeros() {
    let all = |backend: &Backend, x: &[f64], y: &[f64]| {
        let (least, most) = (backend.range)(x);
        let sums = [
            (backend.largest_sum)(x, y),
            (backend.largest_scaled_sum)(x, 1.0, y),
            (backend.spread)(x),
        ];
        [[(backend.largest)(x), least, most].as_slice(), &sums].concat()
    };
    let plain = &Backend::all()[0];
    each(|backend, length| {
        for seed in 21..41 {
            let [x, y] = [seed, seed + 100].map(|seed| {
                numbers(length, seed, &[]).iter().map(|x| 0.0_f64.copysign(*x)).collect::<Vec<_>>()
            });
            assert_bits(backend, &all(backend, &x, &y), &all(plain, &x, &y));
        }
    });
}

#[test]
fn largest_sums() {
    each(|backend, length| {
        let larger = |x: f64, y: f64| if x > y { x } else { y };
        let stride = length + 3;
        let rows = numbers(5 * stride, 17, &[f64::NEG_INFINITY, 1.0]);
        for terms in [&[][..], &[(3, 1.5)], &[(0, -4.0), (2, 7.0), (4, 0.25)]] {
            let sum = |row: usize, term: f64, i: usize| term + rows[row * stride + i];
            let peak = |i: usize| {
                terms
                    .iter()
                    .fold(f64::NEG_INFINITY, |peak, &(row, term)| larger(sum(row, term, i), peak))
            };
            let mut found = vec![f64::NAN; length];
            (backend.largest_sums)(&mut found, terms, &rows, stride);
            assert_bits(backend, &found, &(0..length).map(peak).collect::<Vec<_>>());
        }
    });
}

#[test]
fn sums() {
    each(|backend, length| {
        let (scales, x, y) =
            (numbers(length, 18, &[0.0]), numbers(length, 19, &[]), numbers(length, 20, &[1e20]));
        let expected: Vec<_> = (0..length).map(|i| scales[i] * ((x[i] - y[i]) + 0.7)).collect();
        let mut found = vec![f64::NAN; length];
        (backend.scaled_differences)(&mut found, &scales, [&x, &y], 0.7);
        assert_bits(backend, &found, &expected);

        let (a, b) = (numbers(length, 8, &[1e20]), numbers(length, 9, &[0.0, -0.0]));
        for (a, b) in unequal(&a, &b) {
            let mut expected = a.to_vec();
            expected.iter_mut().zip(b).for_each(|(x, &y)| *x += 0.3 * y);
            let mut found = a.to_vec();
            (backend.add_scaled)(&mut found, 0.3, b);
            assert_bits(backend, &found, &expected);
        }

        let mut of_lanes = [0.0; 4];
        b.iter().enumerate().for_each(|(i, &x)| of_lanes[i % 4] += linalg::exp(-1.5 * x));
        let expected = (of_lanes[0] + of_lanes[1]) + (of_lanes[2] + of_lanes[3]);
        assert_bits(backend, &[(backend.exp_sum)(-1.5, &b)], &[expected]);
    });
}

#[test]
fn shares() {
    each(|backend, length| {
        let ratios: Vec<_> = numbers(length, 11, &[0.0]).iter().map(|x| x.abs()).collect();
        for (seed, scale) in [(10, 1.0), (12, 40.0)] {
            let x: Vec<_> = numbers(length, seed, &EDGES).iter().map(|x| x * scale).collect();
            for (x, ratios) in unequal(&x, &ratios) {
                let mut expected = x.to_vec();
                expected
                    .iter_mut()
                    .zip(ratios)
                    .for_each(|(x, ratio)| *x = 1.0 / (1.0 + ratio * linalg::exp(*x)));
                let mut found = x.to_vec();
                (backend.shares)(&mut found, ratios);
                assert_bits(backend, &found, &expected);
            }
        }
    });
}

#[test]
fn worst_ends() {
    each(|backend, length| {
        let kink = Kink { centre: 0.7, at_centre: -1.5, below: -0.3, above: 0.4 };
        let [low, high] = [17, 18].map(|seed| numbers(length, seed, &[0.7, f64::NAN]));
        let summands = numbers(length, 19, &[f64::INFINITY]);
        let worst = |x: f64| {
            kink.at_centre
                + (x - kink.centre) * if x - kink.centre < 0.0 { kink.below } else { kink.above }
        };
        let both = |i: usize| {
            let [low, high] = [low[i], high[i]].map(|x| worst(x) + summands[i]);
            if low < 0.0 { high } else { low }
        };
        let mut found = vec![0.0; length];
        (backend.worst_ends)(&kink, [&low, &high], &summands, &mut found);
        assert_bits(backend, &found, &(0..length).map(both).collect::<Vec<_>>());
    });
}

/// The methods of [`Scalar`] for scalars that count give the results of the kernels.
#[test]
fn the_same_without_vectors() {
    let counted =
        |numbers: &[f64]| numbers.iter().map(|&x| Counted::from_f64(x)).collect::<Vec<_>>();
    let plain = |numbers: &[Counted]| numbers.iter().map(|x| x.to_f64()).collect::<Vec<_>>();
    for backend in Backend::all() {
        for length in 1..20 {
            let (x, y) = (numbers(length, 15, &[]), numbers(length, 16, &[]));
            let (of_x, of_y) = (counted(&x), counted(&y));
            let (flops, sum) = Counted::during(|| Counted::exp_sum(Counted::from_f64(0.7), &of_x));
            assert_eq!(flops, (3 * length - 1) as u64);
            assert_bits(&backend, &[(backend.exp_sum)(0.7, &x)], &[sum.to_f64()]);

            let (flops, spread) = Counted::during(|| Counted::spread(&of_x));
            assert_eq!(flops, (2 * length - 1) as u64);
            assert_bits(&backend, &[(backend.spread)(&x)], &[spread.to_f64()]);

            let (flops, sum) = Counted::during(|| Counted::largest_sum(&of_x, &of_y));
            assert_eq!(flops, (2 * length - 1) as u64);
            assert_bits(&backend, &[(backend.largest_sum)(&x, &y)], &[sum.to_f64()]);

            let (flops, sum) = Counted::during(|| {
                Counted::largest_scaled_sum(&of_x, Counted::from_f64(0.3), &of_y)
            });
            assert_eq!(flops, (3 * length - 1) as u64);
            assert_bits(&backend, &[(backend.largest_scaled_sum)(&x, 0.3, &y)], &[sum.to_f64()]);

            let mut shares = of_x.clone();
            let (flops, ()) = Counted::during(|| Counted::shares(&mut shares, &of_y));
            assert_eq!(flops, (4 * length) as u64);
            let mut found = x.clone();
            (backend.shares)(&mut found, &y);
            assert_bits(&backend, &found, &plain(&shares));
        }
    }
}
