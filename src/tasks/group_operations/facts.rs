//! What pages and command lines know of a network for this task, and of its strategies.

use super::brute_force::{self, Symmetry};
use super::irrep::{self, Method};
use super::{GroupOperation, Options, Strategy, active_sets, coset, low_rank};
use crate::frontier::{ClassRole, Marker};
use crate::proof::Target;
use crate::tasks::{ClassFacts, FamilyFacts, Limit, StrategyFacts, TaskFacts, Theorem};
use serde::Serialize;

/// What is known of a file before anything is proven.
pub type Facts = TaskFacts<OwnFacts>;

/// What is known of a network beside what is known of any task's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OwnFacts {
    /// Elements of the group, which are the tokens on either side.
    pub order: usize,
    /// Neurons.
    pub neurons: usize,
    /// Outputs, at least as many as elements.
    pub outputs: usize,
    /// What the group is called, if it has a name.
    pub group: Option<String>,
    /// Inputs that float64 answers right. Not a proof.
    pub right: usize,
    /// The networks in the file, of which this is one.
    pub instances: usize,
    /// How the file was read, for all that its tensors cannot say.
    pub read: Options,
    /// All ways to read the file, the one with the most inputs right first.
    pub readings: Vec<Reading>,
}

/// A way to read a file, and what comes of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reading {
    /// The way, as [`GroupOperation::load`] takes it.
    pub read: Options,
    /// What is assumed then, in words; empty where the tensors say all.
    pub assumed: String,
    /// Inputs that float64 answers right. Not a proof.
    pub right: usize,
}

/// The classes of strategies, in the order of legends.
pub(super) const CLASSES: [ClassFacts; 7] = [
    ClassFacts {
        class: "brute force",
        label: "Brute force",
        marker: Marker::Square,
        role: ClassRole::Brute,
        complexity: "O(n² m o)",
    },
    ClassFacts {
        class: "irreps",
        label: "Irreps",
        marker: Marker::Circle,
        role: ClassRole::Published,
        complexity: "O(n² m), and for all inputs at once O(n m)",
    },
    ClassFacts {
        class: "cosets",
        label: "Cosets",
        marker: Marker::TriangleRight,
        role: ClassRole::Published,
        complexity: "O(n² m)",
    },
    ClassFacts {
        class: "irreps (ours)",
        label: "Ours (irreps)",
        marker: Marker::Diamond,
        role: ClassRole::Ours,
        complexity: "O(n² m + n m o)",
    },
    ClassFacts {
        class: "low-rank unembedding",
        label: "Ours (low-rank unembedding)",
        marker: Marker::TriangleUp,
        role: ClassRole::Ours,
        complexity: "O(n² R (m + o)) for rank R",
    },
    ClassFacts {
        class: "active sets",
        label: "Ours (active sets)",
        marker: Marker::TriangleDown,
        role: ClassRole::Ours,
        complexity: "O(n² R o + n m R) for rank R, if neurons come and go a few times in a walk",
    },
    ClassFacts {
        class: "best",
        label: "Ours (best for a target)",
        marker: Marker::Star,
        role: ClassRole::Ours,
        complexity: "that of the proof that is chosen",
    },
];

impl Strategy {
    /// What the strategy's class is, one of [`CLASSES`].
    pub(super) fn class_facts(self) -> &'static ClassFacts {
        let class = self.class();
        CLASSES.iter().find(|facts| facts.class == class).expect("every class is listed")
    }

    /// What all strategies of the strategy's family have in common.
    #[must_use]
    pub fn family(self) -> FamilyFacts {
        const ALL: FamilyFacts = FamilyFacts {
            name: "brute-force",
            theorem: Theorem::Accuracy,
            wider: None,
            one_of_many: false,
            published: true,
            divisible: true,
            flops_are: Limit::Exact,
            visits_inputs: true,
            has_published_count: false,
            options: &[],
        };
        match self {
            Self::BruteForce(symmetry) => {
                FamilyFacts { published: symmetry == Symmetry::Ignored, ..ALL }
            }
            Self::LowRankUnembed(_) => FamilyFacts {
                name: "low-rank-unembed",
                one_of_many: true,
                published: false,
                flops_are: Limit::AtMost,
                visits_inputs: false,
                ..ALL
            },
            Self::ActiveSets(_) => FamilyFacts {
                name: "active-sets",
                one_of_many: true,
                published: false,
                flops_are: Limit::AtLeast,
                visits_inputs: false,
                ..ALL
            },
            Self::Best(_) => FamilyFacts {
                name: "best",
                published: false,
                divisible: false,
                flops_are: Limit::AtMost,
                visits_inputs: false,
                ..ALL
            },
            Self::Coset => FamilyFacts {
                name: "coset",
                flops_are: Limit::AtLeast,
                visits_inputs: false,
                ..ALL
            },
            Self::Irrep(method) => FamilyFacts {
                name: "irrep",
                published: method != Method::Absolute,
                flops_are: Limit::AtLeast,
                visits_inputs: false,
                ..ALL
            },
        }
    }

    /// A short name for a person.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::BruteForce(Symmetry::Ignored) => "Brute force".into(),
            Self::BruteForce(Symmetry::Used) => "Brute force, half of the inputs".into(),
            Self::LowRankUnembed(rank) => format!("Low-rank unembedding, rank {rank}"),
            Self::ActiveSets(rank) => format!("Active sets, rank {rank}"),
            Self::Best(target) => target.label(),
            Self::Coset => "Cosets".into(),
            Self::Irrep(Method::Pairs) => "Irreps".into(),
            Self::Irrep(Method::Linear) => "Irreps, linear".into(),
            Self::Irrep(Method::Absolute) => "Irreps, absolute values".into(),
        }
    }

    /// FLOPs of the proof's verification, as exact as [`FamilyFacts::flops_are`] says.
    #[must_use]
    pub fn flops(self, task: &GroupOperation) -> f64 {
        match self {
            Self::BruteForce(symmetry) => {
                brute_force::flops(&task.network, task.group.order(), symmetry).0
            }
            Self::LowRankUnembed(rank) => low_rank::most_flops(task, rank),
            Self::ActiveSets(rank) => active_sets::least_flops(task, rank),
            Self::Coset => coset::least_flops(&task.network),
            Self::Irrep(method) => irrep::least_flops(&task.network, method),
            Self::Best(Target::Flops(flops)) => flops as f64,
            Self::Best(Target::Bound(_)) => Self::BruteForce(Symmetry::Ignored).flops(task),
        }
    }

    /// FLOPs of the proof's verification, at least.
    pub(super) fn least_flops(self, task: &GroupOperation) -> f64 {
        match self {
            Self::LowRankUnembed(rank) => low_rank::least_flops(task, rank),
            _ => self.flops(task),
        }
    }

    /// Strategies of one group share what is searched for.
    fn group(self) -> &'static str {
        match self {
            Self::Irrep(Method::Absolute) => "irrep-abs",
            Self::BruteForce(_)
            | Self::LowRankUnembed(_)
            | Self::ActiveSets(_)
            | Self::Coset
            | Self::Best(_)
            | Self::Irrep(_) => self.family().name,
        }
    }
}

impl GroupOperation {
    /// What a strategy would cost on this network, and whether it can be run.
    #[must_use]
    pub fn strategy_facts(&self, strategy: Strategy) -> StrategyFacts {
        let (family, class) = (strategy.family(), strategy.class_facts());
        StrategyFacts {
            strategy: strategy.to_string(),
            label: strategy.label(),
            idea: strategy.idea(),
            family,
            group: strategy.group(),
            class: class.class,
            categories: vec![class.label],
            tags: Vec::new(),
            flops: strategy.flops(self),
            unexplained_dimension: strategy.unexplained_dimension(self),
            visits: family.visits_inputs.then(|| self.inputs().to_string()),
            refused: strategy.feasible(self).err().map(|why| why.to_string()),
        }
    }
}
