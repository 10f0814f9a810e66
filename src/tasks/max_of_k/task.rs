use super::{MaxOfK, Pruning, Strategy};
use crate::proof::{Failure, Run};
use crate::tasks::{Answers, Kind, Question, Refusal, StrategyFacts, Task};

/// The identifier of the switch by which brute force visits every sequence.
pub(super) const EVERY_INPUT: &str = "every-input";

impl Task for MaxOfK {
    fn kind(&self) -> Kind {
        Kind::MaxOfK
    }

    fn strategy_facts(&self, strategy: &str) -> Result<StrategyFacts, Refusal> {
        Ok(Self::strategy_facts(self, strategy.parse().map_err(Refusal::new)?))
    }

    fn run(&self, strategy: &str, options: &[String]) -> Result<Run, Refusal> {
        let strategy: Strategy = strategy.parse().map_err(Refusal::new)?;
        let visits_all = options.iter().any(|option| option == EVERY_INPUT);
        let pruning = if visits_all { Pruning::Off } else { Pruning::On };
        self.run_with(strategy, pruning).map_err(Refusal::new)
    }

    fn certificate(&self, sha256: &str, run: &Run) -> Result<String, Failure> {
        Ok(Self::certificate(self, sha256, run)?.to_json())
    }
}

impl Answers for MaxOfK {
    fn ask(&self, question: &dyn Question) -> Result<String, Refusal> {
        self.answer(question)
    }
}
