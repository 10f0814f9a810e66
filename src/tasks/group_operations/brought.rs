use super::group::read_table;
use super::{FileFacts, GroupOperation, Options};
use crate::models::two_token::is_two_token;
use crate::tasks::brought::refuse_sampled;
use crate::tasks::listed::Listed;
use crate::tasks::task::to_json;
use crate::tasks::{Brought, Confirmation, Kind, ReadAs, Refusal, Sampling};
use crate::weights::WeightsFile;

impl Listed for GroupOperation {
    const ID: &'static str = "group-operations";

    fn recognises(weights: &WeightsFile<'_>) -> bool {
        is_two_token(weights)
    }

    /// The module that proves reads the network, and says what is known of that.
    fn brought(file: &str, bytes: &[u8]) -> Result<Box<dyn Brought>, Refusal> {
        let (canonical, facts) = Self::canonical(file, bytes).map_err(Refusal::new)?;
        Ok(Box::new(Read { bytes: bytes.to_vec(), canonical, facts }))
    }

    /// Reads the Cayley table of a network's group, JSON or CSV.
    fn reading(file: &str, bytes: &[u8]) -> Result<String, Refusal> {
        let group = read_table(bytes).map_err(|why| Refusal::new(format!("{file}: {why}")))?;
        Ok(to_json(&Options { cayley: Some(group.rows()), ..Options::default() }))
    }

    fn sampling(
        file: &str,
        bytes: &[u8],
        read: Option<&dyn ReadAs>,
    ) -> Result<Box<dyn Sampling>, Refusal> {
        let options =
            Options::read(&read.map_or("{}".into(), |read| read.json())).map_err(Refusal::new)?;
        Ok(Box::new(Self::tensors(file, bytes, &options).map_err(Refusal::new)?))
    }
}

struct Read {
    bytes: Vec<u8>,
    canonical: Vec<u8>,
    facts: FileFacts,
}

impl Brought for Read {
    fn kind(&self) -> Kind {
        Kind::GroupOperations
    }

    fn facts(&self) -> String {
        to_json(&self.facts)
    }

    fn canonical(&self) -> Vec<u8> {
        self.canonical.clone()
    }

    fn claimed(&self, certificate: &[u8], most_work: u64) -> Result<Confirmation, Refusal> {
        refuse_sampled(certificate)?;
        let claimed =
            GroupOperation::claimed(&self.facts.file, &self.bytes, certificate, most_work);
        let (run, facts, theorem) = claimed.map_err(Refusal::new)?;
        Ok(Confirmation {
            run,
            theorem,
            network: facts.network,
            read: Some(to_json(&facts.own.read)),
        })
    }

    fn ask(&self, question: &str) -> Result<String, Refusal> {
        let kind = self.kind();
        Err(Refusal::new(format!("files of {kind} are asked nothing: {question}")))
    }
}
