use crate::cli::verify::verify_alone;
use crate::proof::{Bound, Outcome};
use crate::tasks::max_of_k::{Class, MaxOfK, QUICK_SAMPLE, Strategy, TaskError};

/// Proofs of a network, with its accuracy and its `σ₁/σ₂`.
pub(super) struct Measured {
    /// Every listed proof that the network allows, but brute force.
    proofs: Vec<(Strategy, Outcome)>,
    /// `σ₁/σ₂` of attention to tokens.
    pub(super) ratio: f64,
    /// The accuracy on a random sample.
    sampled: f64,
}

impl Measured {
    pub(super) fn new(task: &MaxOfK) -> Result<Self, TaskError> {
        Self::by(task, |strategy| strategy.class() != Class::BruteForce)
    }

    /// By those strategies that `is_wanted` names.
    pub(super) fn by(
        task: &MaxOfK,
        is_wanted: impl Fn(Strategy) -> bool,
    ) -> Result<Self, TaskError> {
        let wanted = Strategy::all()
            .filter(|&strategy| is_wanted(strategy) && task.feasible(strategy).is_ok());
        let proofs = wanted.map(|strategy| Ok((strategy, verify_alone(task, strategy)?)));
        let (samples, seed) = QUICK_SAMPLE;
        let right = task.sample_accuracy(samples, seed).correct;
        Ok(Self {
            proofs: proofs.collect::<Result<_, _>>()?,
            ratio: task.search().sigma_ratio(),
            sampled: f64::from(right) / f64::from(samples),
        })
    }

    /// The accuracy: where additive proofs were run, the least proven upper bound, which is the
    /// exact accuracy of a network that has learned its task; otherwise an estimate.
    pub(super) fn accuracy(&self) -> f64 {
        let upper = self.proofs.iter().filter_map(|(_, outcome)| outcome.upper);
        let upper = upper.map(|upper| upper.most.ratio_above());
        upper.reduce(f64::min).unwrap_or(self.sampled)
    }

    /// The bound of a strategy; `None` where it was not run.
    pub(super) fn bound(&self, of: Strategy) -> Option<f64> {
        let found = self.proofs.iter().find(|(strategy, _)| *strategy == of);
        found.map(|(_, outcome)| outcome.bound.ratio())
    }

    /// The strategies that were run.
    pub(super) fn strategies(&self) -> impl Iterator<Item = Strategy> {
        self.proofs.iter().map(|&(strategy, _)| strategy)
    }

    /// The best bound of a class, as a part of all sequences; 0 without one.
    pub(super) fn best(&self, class: Class) -> f64 {
        self.proven(class).map_or(0.0, Bound::ratio)
    }

    /// The best bound of a class.
    pub(super) fn proven(&self, class: Class) -> Option<Bound> {
        let of_class = self.proofs.iter().filter(|(strategy, _)| strategy.class() == class);
        of_class.map(|(_, outcome)| outcome.bound).max_by_key(|bound| bound.correct())
    }

    /// The FLOPs of the shortest proof of `part` of the accuracy, and its class.
    pub(super) fn shortest(&self, part: f64) -> Option<(f64, Class)> {
        let least = part * self.accuracy();
        let enough = self.proofs.iter().filter(|(_, outcome)| outcome.bound.ratio() >= least);
        let lengths = enough.map(|(strategy, outcome)| (outcome.flops, strategy.class()));
        lengths.min_by(|(a, _), (b, _)| a.total_cmp(b))
    }
}
