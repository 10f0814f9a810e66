use super::residual::ResidualCertificate;
use super::{MaxOfK, ModelFacts, Strategy};
use crate::proof::{Certificate, quoted_json};
use crate::tasks::brought::refuse_sampled;
use crate::tasks::listed::Listed;
use crate::tasks::task::to_json;
use crate::tasks::{Brought, Confirmation, Kind, ReadAs, Refusal, Sampling};
use serde::Deserialize;

impl Listed for MaxOfK {
    const ID: &'static str = "max-of-k";

    fn brought(file: &str, bytes: &[u8]) -> Result<Box<dyn Brought>, Refusal> {
        let (task, facts) = Self::load(file, bytes).map_err(Refusal::new)?;
        Ok(Box::new(Read { task, facts }))
    }

    fn sampling(
        file: &str,
        bytes: &[u8],
        read: Option<&dyn ReadAs>,
    ) -> Result<Box<dyn Sampling>, Refusal> {
        let task = match read {
            None => Self::plain(file, bytes),
            Some(read) => Self::tensors(file, bytes, read.number("attn_scale")),
        };
        Ok(Box::new(task.map_err(Refusal::new)?))
    }
}

struct Read {
    task: MaxOfK,
    facts: ModelFacts,
}

/// A question about the file.
#[derive(Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case", deny_unknown_fields)]
enum Asked {
    /// The certificate of a proof by a strategy that someone built, with directions that someone
    /// gives: of queries and of keys, `[rank · v]` numbers of any size, one direction after the
    /// other.
    Directed { strategy: String, queries: Vec<f64>, keys: Vec<f64> },
}

impl Brought for Read {
    fn kind(&self) -> Kind {
        Kind::MaxOfK
    }

    fn facts(&self) -> String {
        to_json(&self.facts)
    }

    fn canonical(&self) -> Vec<u8> {
        self.task.model().canonical()
    }

    fn claimed(&self, certificate: &[u8], most_work: u64) -> Result<Confirmation, Refusal> {
        refuse_sampled(certificate)?;
        let certificate = Certificate::read(certificate).map_err(Refusal::new)?;
        let run = self.task.claimed_within(&self.facts.sha256s(), &certificate, most_work);
        Ok(Confirmation {
            run: run.map_err(Refusal::new)?,
            theorem: certificate.theorem,
            network: self.task.model().network(),
            read: None,
        })
    }

    fn tossed(&self, certificate: &[u8], most_work: u64) -> Result<String, Refusal> {
        let certificate = ResidualCertificate::read(certificate).map_err(Refusal::new)?;
        let found = certificate.confirmed(&self.task, &self.facts.sha256s(), most_work)?;
        Ok(to_json(&found))
    }

    fn ask(&self, question: &str) -> Result<String, Refusal> {
        let asked = serde_json::from_str(question)
            .map_err(|error| Refusal::new(format!("not a question: {}", quoted_json(&error))))?;
        let Asked::Directed { strategy, queries, keys } = asked;
        let strategy: Strategy = strategy.parse().map_err(Refusal::new)?;
        let Strategy::Subcubic(built) = strategy else {
            return Err(Refusal::new(format!("{strategy} takes no directions")));
        };
        let v = self.task.shape().v;
        let [queries, keys]: [Vec<_>; 2] =
            [queries, keys].map(|side| side.chunks(v).map(<[f64]>::to_vec).collect());
        let run = self.task.run_with_directions(built, &queries, &keys);
        let mut run = run.map_err(Refusal::new)?;
        run.finish();
        let certificate = self.task.certificate(self.facts.certified_sha256(), &run);
        Ok(to_json(&certificate.map_err(Refusal::new)?.to_json()))
    }
}
