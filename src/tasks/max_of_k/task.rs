use super::{MaxOfK, ModelFacts, Pruning, Strategy};
use crate::proof::{Failure, Run};
use crate::tasks::task::{Opened, Refusal, Task, to_json};
use crate::tasks::{Kind, StrategyFacts};

/// The identifier of the switch by which brute force visits every sequence.
pub(super) const EVERY_INPUT: &str = "every-input";

impl Task for Opened<MaxOfK, ModelFacts> {
    fn kind(&self) -> Kind {
        Kind::MaxOfK
    }

    fn facts(&self) -> String {
        to_json(&self.facts)
    }

    fn strategy_facts(&self, strategy: &str) -> Result<StrategyFacts, Refusal> {
        Ok(self.task.strategy_facts(strategy.parse().map_err(Refusal::new)?))
    }

    fn run(&self, strategy: &str, options: &[String]) -> Result<Run, Refusal> {
        let strategy: Strategy = strategy.parse().map_err(Refusal::new)?;
        let visits_all = options.iter().any(|option| option == EVERY_INPUT);
        let pruning = if visits_all { Pruning::Off } else { Pruning::On };
        self.task.run_with(strategy, pruning).map_err(Refusal::new)
    }

    fn certificate(&self, sha256: &str, run: &Run) -> Result<String, Failure> {
        Ok(self.task.certificate(sha256, run)?.to_json())
    }

    fn ask(&self, question: &str) -> Result<String, Refusal> {
        self.task.answer(question)
    }
}
