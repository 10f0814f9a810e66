use super::{GroupOperation, Strategy};
use crate::proof::{Failure, Run};
use crate::tasks::{Answers, Kind, Question, Refusal, StrategyFacts, Task};

impl Task for GroupOperation {
    fn kind(&self) -> Kind {
        Kind::GroupOperations
    }

    fn strategy_facts(&self, strategy: &str) -> Result<StrategyFacts, Refusal> {
        Ok(Self::strategy_facts(self, strategy.parse().map_err(Refusal::new)?))
    }

    fn run(&self, strategy: &str, _options: &[String]) -> Result<Run, Refusal> {
        let strategy: Strategy = strategy.parse().map_err(Refusal::new)?;
        Self::run(self, strategy).map_err(Refusal::new)
    }

    fn certificate(&self, sha256: &str, run: &Run) -> Result<String, Failure> {
        Ok(Self::certificate(self, sha256, run)?.to_json())
    }
}

impl Answers for GroupOperation {
    fn ask(&self, question: &dyn Question) -> Result<String, Refusal> {
        self.answer(question)
    }
}
