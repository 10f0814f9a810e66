use super::block::{Block, Spent};
use super::{Additive, Plan, Planning, Prover, Verified};
use crate::proof::{CaseAnalysis, Cost, Evidence, Failure, GivenUp, Meter, Tally, json_bytes};
use crate::tasks::max_of_k::MaxOfK;
use std::ops::Add;
use std::sync::{Mutex, OnceLock};

/// A proof by additivity, verified block by block, each in chunks.
pub(super) struct AdditiveProof {
    task: MaxOfK,
    strategy: Additive,
    /// The proof object: given, or searched for little by little or when the first chunk is
    /// counted.
    plan: OnceLock<Plan>,
    planning: Mutex<Planning>,
    /// The longest first, each with the number of its first chunk.
    blocks: Vec<(u64, Block)>,
    chunks: u64,
    /// FLOPs and work of the chunks counted so far.
    flops: Meter,
    work: Meter,
}

impl AdditiveProof {
    pub(super) fn searched(task: MaxOfK, strategy: Additive) -> Self {
        let blocks = Block::all(&task.prover().verifier, strategy);
        Self::of_blocks(task, strategy, blocks)
    }

    fn of_blocks(task: MaxOfK, strategy: Additive, blocks: Vec<Block>) -> Self {
        let mut chunks = 0;
        let numbered = |block: Block| {
            let first = chunks;
            chunks += block.chunks() as u64;
            (first, block)
        };
        let blocks = blocks.into_iter().map(numbered).collect();
        let [flops, work] = [(); 2].map(|()| Meter::new(u64::MAX));
        Self {
            task,
            strategy,
            plan: OnceLock::new(),
            planning: Mutex::default(),
            blocks,
            chunks,
            flops,
            work,
        }
    }

    /// A stranger's proof with the proof object `plan`, which fits the model. The proof is given up
    /// where it takes more FLOPs than `flops`, its stated length, or more work than `most_work`.
    /// The plan's blocks of queries need not be those of our own proofs.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates, at nothing where it is no number"
    )]
    pub(super) fn given(task: &MaxOfK, plan: Plan, flops: f64, most_work: u64) -> Self {
        let prover = Prover::new(&task.model, task.sequences, &plan.queries, &Prover::TOKENS);
        let task = MaxOfK { prover: OnceLock::from(prover).into(), ..task.clone() };
        let blocks = Block::all_of_small_chunks(&task.prover().verifier);
        let strategy = plan.strategy;
        let (flops, work) = (Meter::new(flops as u64), Meter::new(most_work));
        flops.add(task.prover().flops());
        Self { plan: OnceLock::from(plan), flops, work, ..Self::of_blocks(task, strategy, blocks) }
    }
}

impl CaseAnalysis for AdditiveProof {
    fn chunks(&self) -> u64 {
        self.chunks
    }

    /// Looks at a few of the cells that boxes leave undecided.
    fn search(&self) -> f64 {
        if self.plan.get().is_some() {
            return 1.0;
        }
        let mut planning = self.planning.lock().expect("no search panics");
        let prover = self.task.prover();
        let done = prover.advance(self.strategy, &mut planning);
        if done == 1.0 {
            self.plan.get_or_init(|| prover.plan(self.strategy, std::mem::take(&mut planning)));
        }
        done
    }

    fn count(&self, chunk: u64) -> Tally {
        if self.flops.is_over() || self.work.is_over() {
            return Tally::default();
        }
        let prover = self.task.prover();
        let plan = self.plan.get_or_init(|| prover.prove(self.strategy));
        let (first, block) =
            &self.blocks[self.blocks.partition_point(|&(first, _)| first <= chunk) - 1];
        let chunk = usize::try_from(chunk - first).expect("a chunk has some of the queries");
        let left = Spent { flops: self.flops.left().min(self.work.left()), work: self.work.left() };
        let (tally, Spent { flops, work }) = block.count(chunk, &prover.verifier, plan, left);
        self.flops.add(flops);
        self.work.add(work);
        tally
    }

    fn cost(&self) -> Cost {
        let prover = self.task.prover();
        let blocks = self.blocks.iter().map(|(_, block)| block.verified());
        let verified = blocks.fold(Verified::prepared(prover.flops()), Add::add);
        verified.cost(self.plan.get().map(json_bytes), prover.verification().slack())
    }

    fn given_up(&self) -> Option<GivenUp> {
        let work = self.work.is_over().then(|| GivenUp::Work { most: self.work.most() as f64 });
        work.or_else(|| {
            self.flops.is_over().then(|| GivenUp::Stated { stated: self.flops.most() as f64 })
        })
    }

    fn evidence(&self) -> Result<Evidence, Failure> {
        self.plan.get().map(Evidence::object).ok_or(Failure::NOT_COUNTED)
    }
}
