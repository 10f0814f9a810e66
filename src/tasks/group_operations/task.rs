use super::{Facts, GroupOperation, Strategy};
use crate::proof::{Failure, Run};
use crate::tasks::task::{Opened, Refusal, Task, to_json};
use crate::tasks::{Kind, StrategyFacts};

impl Task for Opened<GroupOperation, Facts> {
    fn kind(&self) -> Kind {
        Kind::GroupOperations
    }

    fn facts(&self) -> String {
        to_json(&self.facts)
    }

    fn strategy_facts(&self, strategy: &str) -> Result<StrategyFacts, Refusal> {
        Ok(self.task.strategy_facts(strategy.parse().map_err(Refusal::new)?))
    }

    fn run(&self, strategy: &str, _options: &[String]) -> Result<Run, Refusal> {
        let strategy: Strategy = strategy.parse().map_err(Refusal::new)?;
        self.task.run(strategy).map_err(Refusal::new)
    }

    fn certificate(&self, sha256: &str, run: &Run) -> Result<String, Failure> {
        Ok(self.task.certificate(sha256, &self.facts.own.read, run)?.to_json())
    }

    fn ask(&self, question: &str) -> Result<String, Refusal> {
        self.task.answer(question)
    }
}
