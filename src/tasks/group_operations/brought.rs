use super::group::read_table;
use super::{FileFacts, GroupOperation, Options};
use crate::tasks::brought::refuse_sampled;
use crate::tasks::task::to_json;
use crate::tasks::{Brought, Confirmation, Kind, Refusal};

/// Reads a weights file that someone brought. The module that proves reads the network, and says
/// what is known of that.
///
/// # Errors
/// If it is no file of named tensors, or says that its network is another one.
pub(in crate::tasks) fn brought(file: &str, bytes: &[u8]) -> Result<Box<dyn Brought>, Refusal> {
    let (canonical, facts) = GroupOperation::canonical(file, bytes).map_err(Refusal::new)?;
    Ok(Box::new(Read { bytes: bytes.to_vec(), canonical, facts }))
}

/// Reads a file that holds the Cayley table of a network's group, JSON or CSV: options in JSON.
///
/// # Errors
/// If it is not the table of a group.
pub(in crate::tasks) fn reading(file: &str, bytes: &[u8]) -> Result<String, Refusal> {
    let group = read_table(bytes).map_err(|why| Refusal::new(format!("{file}: {why}")))?;
    Ok(to_json(&Options { cayley: Some(group.rows()), ..Options::default() }))
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
