use super::{
    Coins, Key, Method, Plan, PlanError, Planned, Population, SampledCertificate, Subject,
};
use crate::proof::{Bound, Certainty};
use serde::Serialize;

/// A plan that is carried out, a few samples at a time.
pub struct Drawing {
    subject: Subject,
    plan: Plan,
    planned: Planned,
    population: Box<dyn Population>,
    coins: Coins,
    count: Count,
    /// Samples after which nothing more is drawn.
    end: u64,
    seconds: f64,
}

/// What samples have shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Samples drawn.
    pub samples: u64,
    /// Samples on which the network is right.
    pub right: u64,
    /// Samples on which it is wrong.
    pub wrong: u64,
    /// Samples that are ties, or too close to one to tell: they count as wrong.
    pub undecided: u64,
}

/// A counter to watch.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Live {
    /// What samples have shown so far.
    #[serde(flatten)]
    pub count: Count,
    /// The bound, where it may be looked at already.
    pub bound: Option<f64>,
    /// The same in percent with four decimals, rounded down.
    pub percent: Option<String>,
}

/// A bound from samples: it holds with a probability of at least `1 − delta` over the coins.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sampled {
    /// What was planned; `flops` are those of the samples that were drawn and of the bound.
    #[serde(flatten)]
    pub planned: Planned,
    /// Always [`Certainty::Pac`].
    pub certainty: Certainty,
    /// How inputs were drawn.
    pub method: Method,
    /// The identifier of the proof that is extended.
    pub proof: Option<String>,
    /// What was entered to choose the coins.
    pub seed: String,
    /// What samples have shown.
    #[serde(flatten)]
    pub count: Count,
    /// A lower bound on the accuracy on what was drawn from.
    pub least: f64,
    /// A lower bound on the number of right inputs, decimal.
    pub correct: String,
    /// The part of all inputs, rounded down.
    pub bound: f64,
    /// The same in percent with four decimals, rounded down.
    pub percent: String,
    /// Wall time of drawing.
    pub seconds: f64,
}

impl Drawing {
    /// Prepares a plan; nothing is drawn yet.
    ///
    /// # Errors
    /// If the plan cannot be carried out.
    pub fn new(
        subject: &Subject,
        plan: Plan,
        population: Box<dyn Population>,
    ) -> Result<Self, PlanError> {
        let planned = plan.prepared(subject, population.as_ref())?;
        let coins = Coins::new(Key::of(&planned.statement));
        let (subject, count, end) = (subject.clone(), Count::default(), plan.samples);
        Ok(Self { subject, plan, planned, population, coins, count, end, seconds: 0.0 })
    }

    /// Ends after this many samples, as whoever draws again what someone stopped has to.
    pub fn end_after(&mut self, samples: u64) {
        self.end = samples.min(self.plan.samples);
    }

    /// Draws one input and runs the network on it, unless all are drawn; whether it did.
    pub fn advance(&mut self) -> bool {
        if self.count.samples >= self.end {
            return false;
        }
        let left = self.population.left();
        let number = match self.plan.method {
            // The first slices have an input more than the others, unless all have as many.
            Method::Stratified => {
                let (slices, slice) =
                    (u128::from(self.plan.samples), u128::from(self.count.samples));
                let (size, longer) = (left / slices, left % slices);
                let start = slice * size + slice.min(longer);
                start + self.coins.below(size + u128::from(slice < longer))
            }
            _ => self.coins.below(left),
        };
        self.count.samples += 1;
        match self.population.is_right(number) {
            Some(true) => self.count.right += 1,
            Some(false) => self.count.wrong += 1,
            None => self.count.undecided += 1,
        }
        true
    }

    /// Draws for about `seconds`, as told by `clock`, which returns seconds since any moment;
    /// returns [`Self::progress`].
    pub fn advance_for(&mut self, seconds: f64, clock: impl Fn() -> f64) -> f64 {
        /// Samples between two looks at the clock.
        const ROUND: usize = 16;
        let start = clock();
        let mut spent = 0.0;
        while spent < seconds && (0..ROUND).all(|_| self.advance()) {
            spent = clock() - start;
        }
        self.seconds += clock() - start;
        self.progress()
    }

    /// The part of the samples that is drawn.
    #[must_use]
    pub fn progress(&self) -> f64 {
        self.count.samples as f64 / self.end as f64
    }

    /// What was planned.
    #[must_use]
    pub fn planned(&self) -> &Planned {
        &self.planned
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What samples have shown so far.
    #[must_use]
    pub fn count(&self) -> Count {
        self.count
    }

    /// The bound as a file, where there is one already: see [`Self::live`].
    #[must_use]
    pub fn certificate(&self) -> Option<SampledCertificate> {
        Some(SampledCertificate::new(&self.subject, &self.plan, &self.outcome()?))
    }

    /// A counter to watch. It shows no bound as long as looking at it would be a choice that the
    /// bound does not allow.
    #[must_use]
    pub fn live(&self) -> Live {
        let bound = self.bound().map(|(_, bound)| bound);
        Live {
            count: self.count,
            bound: bound.map(Bound::ratio),
            percent: bound.map(|bound| bound.percent(4)),
        }
    }

    /// The bound on what is drawn from, and on all inputs: once all samples are drawn or, where the
    /// method may be stopped at any time, once there is one.
    fn bound(&self) -> Option<(f64, Bound)> {
        let Count { samples, right, .. } = self.count;
        let may_stop = self.plan.method.facts().optional_stopping && samples > 0;
        if !may_stop && samples < self.plan.samples {
            return None;
        }
        let least = self.plan.method.least(samples, right, self.plan.delta);
        Some((least, self.plan.bound(self.population.as_ref(), least)))
    }

    /// The bound, where there is one already: see [`Self::live`].
    #[must_use]
    pub fn outcome(&self) -> Option<Sampled> {
        let (least, bound) = self.bound()?;
        let Plan { method, seed, proof, .. } = &self.plan;
        let Count { samples, right, .. } = self.count;
        let Planned { proof_flops, start_flops, sample_flops, .. } = self.planned;
        let of_bound = method.flops(samples, right);
        let flops = proof_flops + start_flops + samples as f64 * sample_flops + of_bound;
        Some(Sampled {
            planned: Planned { flops, ..self.planned.clone() },
            certainty: Certainty::Pac,
            method: *method,
            proof: proof.as_ref().map(|proof| proof.strategy.clone()),
            seed: seed.clone(),
            count: self.count,
            least,
            correct: bound.correct().to_string(),
            bound: bound.ratio(),
            percent: bound.percent(4),
            seconds: self.seconds,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of `total` inputs `proven` are proven, and of those that are left every `period`-th is
    /// wrong, one a tie.
    struct Numbers {
        total: u128,
        proven: u128,
        period: u128,
    }

    impl Population for Numbers {
        fn total(&self) -> u128 {
            self.total
        }

        fn proven(&self) -> u128 {
            self.proven
        }

        fn left(&self) -> u128 {
            self.total - self.proven
        }

        fn is_right(&self, i: u128) -> Option<bool> {
            assert!(i < self.left());
            (i > 0).then(|| !i.is_multiple_of(self.period))
        }

        fn start_flops(&self) -> f64 {
            1000.0
        }

        fn sample_flops(&self) -> f64 {
            10.0
        }
    }

    fn subject() -> Subject {
        Subject { task: "numbers", sha256: "00".into(), network: "of a test".into() }
    }

    fn plan(method: Method, samples: u64) -> Plan {
        Plan { method, samples, delta: 1e-3, seed: "mine".into(), proof: None }
    }

    fn drawing(plan: Plan, numbers: Numbers) -> Result<Drawing, PlanError> {
        Drawing::new(&subject(), plan, Box::new(numbers))
    }

    #[test]
    fn bounds_come_when_they_may_be_looked_at() {
        let numbers = || Numbers { total: 1 << 70, proven: 0, period: 10 };
        for method in Method::ALL {
            let mut drawing = drawing(plan(method, 300), numbers()).unwrap();
            assert_eq!(drawing.outcome(), None);
            for _ in 0..299 {
                assert!(drawing.advance());
            }
            assert_eq!(drawing.live().bound.is_some(), method == Method::Anytime, "{method}");
            let clock = std::cell::Cell::new(0.0);
            let tick = || clock.replace(clock.get() + 1.0);
            assert_eq!(drawing.advance_for(100.0, tick), 1.0);
            assert!(!drawing.advance());
            let outcome = drawing.outcome().unwrap();
            let Count { samples, right, wrong, undecided } = outcome.count;
            assert_eq!((samples, right + wrong, undecided), (300, 300, 0));
            assert!((240..=295).contains(&right), "{method}: {right}");
            assert_eq!(Some(outcome.bound), drawing.live().bound);
            assert!(
                outcome.bound < 0.9 && outcome.bound > 0.7 && outcome.bound <= outcome.planned.most
            );
            assert!(outcome.planned.flops >= 1000.0 + 3000.0, "{}", outcome.planned.flops);
            assert_eq!(outcome.certainty, Certainty::Pac);
        }
    }

    #[test]
    fn proof_and_samples_add_up() {
        let numbers = Numbers { total: 1000, proven: 900, period: 1000 };
        let proof = StartingProof { strategy: "half".into(), flops: 7.0, covered: String::new() };
        let plan =
            Plan { proof: Some(proof), seed: String::new(), ..plan(Method::ClopperPearson, 1000) };
        let mut drawing = drawing(plan, numbers).unwrap();
        while drawing.advance() {}
        let Sampled { planned, bound, count, .. } = drawing.outcome().unwrap();
        assert_eq!(
            (planned.strategy.as_str(), planned.proven.as_str()),
            ("clopper-pearson+half", "900")
        );
        assert_eq!((count.right + count.undecided, count.wrong), (1000, 0));
        assert!(bound >= 0.997 && bound <= planned.most, "{bound}");
        // 0.9 + 0.1 · 0.9931 of 1000 inputs, in whole inputs.
        assert_eq!(planned.most, 1.0);
    }

    #[test]
    fn a_slice_has_one_sample() {
        /// All that was asked for.
        struct Asked(std::sync::Mutex<Vec<u128>>);
        impl Population for &'static Asked {
            fn total(&self) -> u128 {
                1007
            }
            fn proven(&self) -> u128 {
                0
            }
            fn left(&self) -> u128 {
                1007
            }
            fn is_right(&self, i: u128) -> Option<bool> {
                self.0.lock().unwrap().push(i);
                Some(true)
            }
            fn start_flops(&self) -> f64 {
                0.0
            }
            fn sample_flops(&self) -> f64 {
                1.0
            }
        }
        let asked: &'static Asked = Box::leak(Box::new(Asked(std::sync::Mutex::default())));
        let plan = plan(Method::Stratified, 100);
        let mut drawing = Drawing::new(&subject(), plan, Box::new(asked)).unwrap();
        while drawing.advance() {}
        // Seven slices of eleven inputs, and 93 of ten.
        let slice = |&i: &u128| if i < 77 { i / 11 } else { 7 + (i - 77) / 10 };
        let slices: Vec<_> = asked.0.lock().unwrap().iter().map(slice).collect();
        assert!(slices.into_iter().eq(0..100));
        // Where every slice had eleven inputs, 1027 of 1100 would be right, 93 of which there are
        // not.
        let outcome = drawing.outcome().unwrap();
        assert!((outcome.least - 1e-3_f64.powf(0.01)).abs() < 1e-9, "{}", outcome.least);
        assert_eq!(outcome.correct, "934");
    }

    #[test]
    fn coins_depend_on_all_that_is_chosen() {
        let key = |plan: Plan, total| {
            drawing(plan, Numbers { total, proven: 0, period: 10 }).unwrap().planned().key.clone()
        };
        let first = plan(Method::Anytime, 50);
        let keys = [
            key(first.clone(), 100),
            key(first.clone(), 101),
            key(Plan { seed: String::new(), ..first.clone() }, 100),
            key(Plan { samples: 51, ..first.clone() }, 100),
            key(Plan { delta: 1e-4, ..first.clone() }, 100),
            key(plan(Method::ClopperPearson, 50), 100),
        ];
        let different: std::collections::BTreeSet<_> = keys.iter().collect();
        assert_eq!(different.len(), keys.len());
        assert_eq!(key(first, 100), keys[0]);
    }

    #[test]
    fn certificates_are_confirmed_and_nothing_else() {
        let numbers = || Numbers { total: 1000, proven: 0, period: 10 };
        for method in Method::ALL {
            let mut first = drawing(plan(method, 100), numbers()).unwrap();
            while first.advance() && !(method == Method::Anytime && first.count().samples == 60) {}
            let certificate = first.certificate().unwrap();
            let read = SampledCertificate::read(certificate.to_json().as_bytes()).unwrap();
            assert!(read == certificate && SampledCertificate::is_one(read.to_json().as_bytes()));
            let check = |certificate: &SampledCertificate| {
                let plan = certificate.plan(None).map_err(|e| e.to_string())?;
                let again = drawing(plan, numbers()).map_err(|e| e.to_string())?;
                let outcome =
                    certificate.confirmed(&subject(), again).map_err(|e| e.to_string())?;
                Ok::<_, String>(outcome.correct)
            };
            assert_eq!(check(&read), Ok(read.correct.clone()));
            let changes: [fn(&mut SampledCertificate); 10] = [
                |c| c.certainty = Certainty::Proof,
                |c| c.seed.push('x'),
                |c| c.right += 1,
                |c| c.correct = "1000".into(),
                |c| c.total = "999".into(),
                |c| c.drawn += 1000,
                |c| c.samples += 1,
                |c| c.delta = "0.002".into(),
                |c| c.theorem.push('!'),
                |c| c.flops += 1,
            ];
            for change in changes {
                let mut changed = read.clone();
                change(&mut changed);
                assert!(check(&changed).is_err(), "{changed:?}");
            }
        }
        assert!(SampledCertificate::read(b"{}").is_err() && !SampledCertificate::is_one(b"[4"));
    }

    #[test]
    fn bad_plans_are_refused() {
        let refused = |plan: Plan, proven| {
            let error = drawing(plan, Numbers { total: 100, proven, period: 7 }).err();
            error.map(|error| error.to_string()).unwrap_or_default()
        };
        let good = plan(Method::Stratified, 100);
        assert_eq!(refused(good.clone(), 0), "");
        let samples = |samples| Plan { samples, ..good.clone() };
        assert_eq!(refused(samples(0), 0), "0 samples, expected 1 to 100000000");
        assert!(refused(samples(1 << 40), 0).starts_with("1099511627776 samples"));
        assert_eq!(
            refused(good.clone(), 1),
            "100 slices of 99 inputs: expected at most as many samples as inputs"
        );
        for delta in [0.0, 0.6, f64::NAN, -1.0, f64::INFINITY] {
            assert!(refused(Plan { delta, ..good.clone() }, 0).starts_with("a probability δ of "));
        }
        let seed = "ä".repeat(201);
        assert!(refused(Plan { seed, ..good.clone() }, 0).starts_with("a seed of 201 "));
        assert!(refused(good.clone(), 100).contains("leaves nothing to sample"));
        let proof = StartingProof { strategy: "x".into(), flops: f64::NAN, covered: String::new() };
        assert!(
            refused(Plan { proof: Some(proof), ..good }, 0).starts_with("a proof of NaN FLOPs")
        );
    }

    use crate::sampling::StartingProof;
}
