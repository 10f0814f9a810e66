use super::super::group::natural;
use super::*;
use crate::cost::Counted;
use crate::linalg::Matrix;
use crate::models::two_token::{Folded, TwoToken, Weights};

/// Neurons with evenly spaced phases at frequency 2 modulo 7, with some noise.
fn network(neurons: usize, noise: f64) -> TwoToken {
    let noise = |i: usize, a: usize| noise * (((i * 37 + a * 23) % 17) as f64 / 8.0 - 1.0);
    let at = |i: usize| (i as f64 + 0.25) * std::f64::consts::TAU / neurons as f64;
    let wave =
        |a: usize, phase: f64| libm::cos(2.0 * std::f64::consts::TAU * a as f64 / 7.0 + phase);
    let side = |shift: usize| {
        Folded::exact(Matrix::from_shape_fn((7, neurons), |(a, i)| {
            wave(a, at(i)) + noise(i + shift, a)
        }))
    };
    TwoToken::new(Weights {
        left: side(0),
        right: side(1),
        hidden_bias: Folded::exact(Matrix::zeros((1, neurons))),
        unembed: Folded::exact(Matrix::from_shape_fn((7, neurons), |(z, i)| {
            wave(z, 2.0 * at(i)) + noise(i + 2, z)
        })),
        direct: None,
        bias: Folded::exact(Matrix::zeros((1, 7))),
        heads: Vec::new(),
        attention_flops: 0.0,
    })
    .unwrap()
}

fn task(neurons: usize, noise: f64) -> GroupOperation {
    GroupOperation::new(network(neurons, noise), natural("Z7").unwrap()).unwrap()
}

#[test]
fn even_phases_integrate_well() {
    let bounds = Rule::ALL.map(|rule| {
        let found = Quadrature::searched(&task(64, 0.0), rule).unwrap().verify();
        assert_eq!((found.frequencies.len(), found.frequencies[0].frequency), (1, 2));
        found.frequencies[0].absolute
    });
    let [boxes, spectral, kinks] = bounds.map(|bounds| bounds.at_most);
    assert!(kinks < 0.01 && spectral < 0.03 && boxes < 0.4, "{bounds:?}");
    assert!(bounds.iter().all(|bounds| bounds.at_least <= kinks), "{bounds:?}");
}

#[test]
fn the_formula_counts_the_operations() {
    let task = task(9, 0.2);
    for rule in Rule::ALL {
        let proof = Quadrature::searched(&task, rule).unwrap();
        let flops = proof.verify().flops;
        let (counted, _) = Counted::during(|| {
            let points = circle::points::<Counted>(7);
            for frequency in &proof.phases.frequencies {
                let found = verify::bounds(&task.network, &proof.cyclic, &points, frequency);
                let half = <Counted as crate::cost::Scalar>::from_f64(0.5);
                let _ = half * (found.absolute + found.identity);
            }
        });
        assert_eq!(counted as f64, flops, "{rule}");
    }
}
