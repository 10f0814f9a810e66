//! Files to networks.

use super::brute_force::Symmetry;
use super::facts::CLASSES;
use super::find::{Asked, CAYLEY, Found, GROUP};
use super::{Facts, GroupOperation, Options, OwnFacts, Problem, Reading, Strategy};
use crate::linalg::sorted;
use crate::models::two_token::{self, TwoToken, instances};
use crate::tasks::{LoadError, sha256};
use crate::weights::config::{Config, ConfigValue, Meaning, meaning};
use crate::weights::{self, Format, WeightsFile, to_safetensors};
use serde::Serialize;
use std::collections::BTreeMap;

/// The strategy to which all others are compared.
const BASELINE: Strategy = Strategy::BruteForce(Symmetry::Ignored);

impl GroupOperation {
    /// Reads a network for this task from the bytes of a weights file of any format, and finds its
    /// group; `file` names it in errors.
    ///
    /// The group is the one whose Cayley table the network's own answers are, if they are one. Else
    /// it is a named group with its elements in the usual order, or its opposite: the one that the
    /// options or the file name, or the most accurate one of its size, if more than half of the
    /// inputs are right.
    ///
    /// # Errors
    /// If the file is damaged, not such a network, or computes no group that can be found.
    pub fn load(
        file: &str,
        bytes: &[u8],
        options: &Options,
    ) -> Result<(Self, Facts), LoadError<Problem>> {
        let weights = weights::read(bytes).map_err(|e| named(file, e.into()))?;
        refuse_others(&weights.configs).map_err(|problem| named(file, problem))?;
        let canonical =
            (weights.format != Format::Safetensors).then(|| sha256(&canonical(&weights)));
        let read = Self::of_weights(file, bytes, weights, options);
        let (task, facts) = read.map_err(|problem| named(file, problem))?;
        Ok((task, Facts { canonical_sha256: canonical, ..facts }))
    }

    /// Makes a safetensors file, which [`Self::load_tensors`] reads, of a weights file of any
    /// format: its tensors as they are stored, and what its metadata says of the group.
    ///
    /// # Errors
    /// If the file is damaged, or says that its network is another one.
    pub fn canonical(file: &str, bytes: &[u8]) -> Result<(Vec<u8>, FileFacts), LoadError<Problem>> {
        let weights = weights::read(bytes).map_err(|e| named(file, e.into()))?;
        refuse_others(&weights.configs).map_err(|problem| named(file, problem))?;
        let canonical = canonical(&weights);
        let facts = FileFacts {
            file: file.into(),
            format: weights.format.to_string(),
            bytes: bytes.len(),
            sha256: sha256(bytes),
            canonical_sha256: (weights.format != Format::Safetensors).then(|| sha256(&canonical)),
            notes: weights.notes,
            metadata: weights.metadata,
        };
        Ok((canonical, facts))
    }

    /// Reads a network for this task from a safetensors file, for a program that contains no reader
    /// of other formats.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn load_tensors(
        file: &str,
        bytes: &[u8],
        options: &Options,
    ) -> Result<(Self, Facts), LoadError<Problem>> {
        let weights = weights::read_safetensors(bytes).map_err(|e| named(file, e.into()))?;
        Self::of_weights(file, bytes, weights, options).map_err(|problem| named(file, problem))
    }

    /// What [`Self::load_tensors`] reads, without facts.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn tensors(
        file: &str,
        bytes: &[u8],
        options: &Options,
    ) -> Result<Self, LoadError<Problem>> {
        let read = || {
            let weights = weights::read_safetensors(bytes)?;
            let asked = Asked::new(&weights, options)?;
            let Chosen { found, network, reading, .. } = Chosen::new(&weights, options, &asked)?;
            Ok(Self { read: reading.read, ..Self::new(network, found.group)? })
        };
        read().map_err(|problem| named(file, problem))
    }

    fn of_weights(
        file: &str,
        bytes: &[u8],
        mut weights: WeightsFile<'_>,
        options: &Options,
    ) -> Result<(Self, Facts), Problem> {
        let asked = Asked::new(&weights, options)?;
        let Chosen { found, network, reading, readings } = Chosen::new(&weights, options, &asked)?;
        let mut notes = std::mem::take(&mut weights.notes);
        if !reading.assumed.is_empty() {
            notes.push(assumption(&reading, &readings, found.group.order().pow(2)));
        }
        notes.push(found.note);
        let shape = network.shape();
        let own = OwnFacts {
            order: found.group.order(),
            neurons: shape.neurons,
            outputs: shape.outputs,
            group: found.name,
            right: found.right,
            instances: instances(&weights),
            read: reading.read.clone(),
            readings,
        };
        let parameters =
            weights.tensors.values().map(|tensor| tensor.shape().iter().product::<usize>());
        let parameters = parameters.sum::<usize>() / own.instances;
        let task = Self { read: own.read.clone(), ..Self::new(network, found.group)? };
        let facts = Facts {
            file: file.into(),
            format: weights.format.to_string(),
            bytes: bytes.len(),
            sha256: sha256(bytes),
            canonical_sha256: None,
            inputs: task.inputs().to_string(),
            parameters,
            network: network_in_words(&reading),
            notes,
            metadata: weights.metadata,
            baseline_flops: BASELINE.flops(&task),
            classes: CLASSES.into(),
            about: Vec::new(),
            strategies: Strategy::listed(&task)
                .into_iter()
                .map(|s| task.strategy_facts(s))
                .collect(),
            own,
        };
        Ok((task, facts))
    }
}

/// What is known of a weights file before it is known as a network: fields of [`Facts`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FileFacts {
    /// The file's name.
    pub file: String,
    /// The file's format.
    pub format: String,
    /// The file's size.
    pub bytes: usize,
    /// The file's SHA-256, hexadecimal.
    pub sha256: String,
    /// The SHA-256 of the safetensors file that is made of it, which certificates name; none where
    /// the file is safetensors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canonical_sha256: Option<String>,
    /// What the reader did to the file, a sentence each.
    pub notes: Vec<String>,
    /// What the file says of itself.
    pub metadata: BTreeMap<String, String>,
}

/// What no tensor says of a network with `inputs` inputs, as a remark.
fn assumption(reading: &Reading, readings: &[Reading], inputs: usize) -> String {
    let rivals = readings.iter().filter(|other| other.read != reading.read);
    let rivals: Vec<_> = rivals
        .filter(|rival| rival.right >= reading.right)
        .map(|rival| format!("by {}: {}", rival.assumed, rival.right))
        .collect();
    let others = match rivals.is_empty() {
        true => "by no other way as many".into(),
        false => rivals.join("; "),
    };
    format!(
        "No tensor says it, and it is assumed: {}, ReLU, no layer norm. {} of {inputs} inputs are \
         right then; {others}.",
        reading.assumed, reading.right
    )
}

/// What is assumed of a network beside its weights.
fn network_in_words(Reading { read, assumed, .. }: &Reading) -> String {
    let assumed = match assumed.as_str() {
        "" => "Two tokens, one hidden layer with ReLU".into(),
        assumed => format!("One layer, an MLP with ReLU, no layer norm, {assumed}"),
    };
    let instance = match read.instance {
        0 => String::new(),
        instance => format!("; network number {instance} of the file, from 0 on"),
    };
    format!("{assumed}{instance}.")
}

fn named(file: &str, problem: Problem) -> LoadError<Problem> {
    LoadError { file: file.into(), problem: Box::new(problem) }
}

/// The way to read a file, of those that are asked for, by which the most inputs are right.
struct Chosen {
    found: Found,
    network: TwoToken,
    reading: Reading,
    /// All ways, also those that are not asked for, the one with the most inputs right first.
    readings: Vec<Reading>,
}

impl Chosen {
    fn new(weights: &WeightsFile<'_>, options: &Options, asked: &Asked) -> Result<Self, Problem> {
        let is_asked = |reading: &two_token::Reading| {
            reading.assumed.is_none_or(|(attention, vocabulary)| {
                options.attention.is_none_or(|asked| asked == attention)
                    && options.vocabulary.is_none_or(|asked| asked == vocabulary)
            })
        };
        let mut best: Option<(Found, TwoToken, Reading)> = None;
        let mut readings = Vec::new();
        let mut refused = None;
        for reading in two_token::readings(weights, options.instance)? {
            let is_asked = is_asked(&reading);
            match asked.find(&reading.network) {
                Ok(found) => {
                    let (attention, vocabulary) = reading.assumed.unzip();
                    let words = reading.assumed.map(|(a, v)| format!("{a}, {v}"));
                    let described = Reading {
                        read: Options { attention, vocabulary, ..options.clone() },
                        assumed: words.unwrap_or_default(),
                        right: found.right,
                    };
                    readings.push(described.clone());
                    if is_asked && best.as_ref().is_none_or(|(best, ..)| best.right < found.right) {
                        best = Some((found, reading.network, described));
                    }
                }
                Err(problem) if is_asked => refused = refused.or(Some(problem)),
                Err(_) => {}
            }
        }
        let (found, network, reading) =
            best.ok_or_else(|| refused.unwrap_or(Problem::NoSoftmax))?;
        // Stable: of equal ones the first, which was chosen.
        let readings = sorted(readings, |reading| -(reading.right as f64));
        Ok(Self { found, network, reading, readings })
    }
}

/// The tensors of a file as a safetensors file, see [`GroupOperation::canonical`]. Tensors that
/// hold no floating-point numbers are no weights: the reader of networks has refused them, or knows
/// them as buffers.
fn canonical(weights: &WeightsFile<'_>) -> Vec<u8> {
    let tensors = weights.tensors.iter().filter_map(|(name, tensor)| {
        let values = tensor.to_array().ok()?;
        Some((name.as_str(), (tensor.shape().to_vec(), values.iter().copied().collect())))
    });
    let said = |key: &str| Some((key.into(), weights.metadata.get(key)?.clone()));
    to_safetensors(&tensors.collect(), &[GROUP, CAYLEY].into_iter().filter_map(said).collect())
}

/// Refuses a file whose configurations describe another network: one with a norm, another
/// activation, another number of layers, or a step of the computation that these networks lack.
fn refuse_others(configs: &[Config]) -> Result<(), Problem> {
    for (config, (field, value)) in
        configs.iter().flat_map(|config| config.fields.iter().map(move |field| (config, field)))
    {
        let is_off = match value {
            ConfigValue::None | ConfigValue::Bool(false) => true,
            ConfigValue::Number(number) => *number <= 0.0,
            _ => false,
        };
        let is_layers = matches!(
            field.to_ascii_lowercase().as_str(),
            "n_layers" | "n_layer" | "nlayers" | "num_layers" | "num_hidden_layers" | "num_blocks"
        );
        let is_activation =
            matches!(field.to_ascii_lowercase().as_str(), "act_fn" | "act_type" | "activation");
        let expected = match meaning(field) {
            Some(Meaning::Absent) if !is_off => "None",
            Some(Meaning::One) if is_layers && *value != ConfigValue::Number(1.0) => "1",
            None if is_activation && !is_relu(value) => "'relu'",
            _ => continue,
        };
        return Err(Problem::Config {
            place: config.place.clone(),
            field: field.clone(),
            found: value.to_string(),
            expected,
        });
    }
    Ok(())
}

fn is_relu(value: &ConfigValue) -> bool {
    match value {
        ConfigValue::None => true,
        ConfigValue::Text(text) => text.eq_ignore_ascii_case("relu"),
        _ => false,
    }
}
