use super::*;
use crate::models::transformer::{Shape, tests::random};

fn plan(drawn: Drawn, samples: u64) -> ResidualPlan {
    ResidualPlan { drawn, samples, delta: 1e-6, seed: "mine".into() }
}

/// With so small a δ no bound is above the truth, and with signs enough one is little below the
/// exact proof's.
#[test]
fn bounds_are_below_the_accuracy_and_certificates_are_confirmed() {
    let mut proven = 0;
    let made = |seed, scale| random(Shape { v: 6, d: 3, h: 2, n: 3 }, scale, seed);
    let bytes = include_bytes!("../../../../www/models/max-of-k/max4_v64_s123.safetensors");
    let trained = MaxOfK::plain("max4", bytes).unwrap();
    let random = [(1, 1.0), (7, 4.0)].map(|(seed, scale)| MaxOfK::new(made(seed, scale)).unwrap());
    for task in random.into_iter().chain([trained]) {
        let mut run = task.run("brute-force".parse().unwrap()).unwrap();
        run.finish();
        let right = run.tally().right;
        for (drawn, samples) in [(Drawn::Signs, 300), (Drawn::Rows, 400), (Drawn::Entries, 900)] {
            let plan = plan(drawn, samples);
            let (found, proof) = prove(&task, "00", &plan).unwrap();
            assert!(found.bound.correct() <= right, "{drawn:?}: {found:?}");
            proven += found.bound.correct();
            assert_eq!(found.failing == 0.0, drawn == Drawn::Signs);
            let certificate = ResidualCertificate::new(&task, "00", &plan, (&found, proof));
            let text = certificate.to_json();
            assert!(ResidualCertificate::is_one(text.as_bytes()));
            let read = ResidualCertificate::read(text.as_bytes()).unwrap();
            let check = |certificate: &ResidualCertificate| {
                certificate.confirmed(&task, &["00"], u64::MAX).map_err(|e| e.to_string())
            };
            assert_eq!(check(&read), Ok(found));
            let changes: [fn(&mut ResidualCertificate); 9] = [
                |c| c.certainty = "proof".into(),
                |c| c.correct.push('0'),
                |c| c.total.push('0'),
                |c| c.sha256 = "11".into(),
                |c| c.delta = "0.5".into(),
                |c| c.theorem.push('!'),
                |c| c.flops += 1,
                |c| c.seed = "yours".into(),
                |c| c.samples = 0,
            ];
            for change in changes {
                let mut changed = read.clone();
                change(&mut changed);
                assert!(check(&changed).is_err(), "{changed:?}");
            }
            assert!(read.confirmed(&task, &["00"], 1).is_err(), "too much work");
        }
    }
    assert!(proven > 0, "nothing is proven");
}

#[test]
fn what_cannot_be_drawn_is_told() {
    let task = MaxOfK::new(random(Shape { v: 6, d: 3, h: 2, n: 3 }, 1.0, 1)).unwrap();
    let refused = |plan: ResidualPlan| prove(&task, "00", &plan).unwrap_err().to_string();
    assert_eq!(refused(plan(Drawn::Signs, 0)), "0 signs of the residual, expected 1 to 100000");
    assert!(refused(plan(Drawn::Signs, 5)).starts_with("5 signs bound no row of 6"));
    assert!(refused(ResidualPlan { delta: 0.9, ..plan(Drawn::Rows, 5) }).contains("0.9"));
}

#[test]
fn parts_are_rounded_up() {
    for (part, total, least) in [(0.5, 11, 6), (1.0, 7, 7), (0.0, 9, 0), (1e-30, 100, 1)] {
        let found = part_of(part, total);
        assert!(found >= least && found <= total.min(least + 1), "{part} of {total}: {found}");
    }
    assert!(part_of(0.25, u128::MAX) >= u128::MAX / 4);
}
