//! Files to networks, and which group a network computes.

use super::group::{Group, NotAGroup, UnknownGroup, name, natural};
use super::{GroupOperation, TaskError};
use crate::tasks::LoadError;
use crate::two_token::{Attention, NetworkError, Reading, Shape, instances, readings};
use crate::weights::text::quoted;
use crate::weights::{self, Format, ReadError, WeightsFile};
use thiserror::Error;

/// The key of the metadata under which a file names its group.
const GROUP: &str = "group";

/// What the tensors of a file cannot say.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The group's name; `None` for the one that the file names, or that the network computes.
    pub group: Option<String>,
    /// Which of several networks in the file, from 0 on.
    pub instance: usize,
    /// How a transformer attends; `None` for the way by which the most inputs are right.
    pub attention: Option<Attention>,
}

/// What is known of a file before anything is proven.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// The file's format.
    pub format: Format,
    /// The network's sizes.
    pub shape: Shape,
    /// The networks in the file.
    pub instances: usize,
    /// What the group is called, if it has a name.
    pub group: Option<String>,
    /// Inputs that float64 answers right. Not a proof.
    pub right: usize,
    /// What was assumed of the network and of its group, and what the reader did, a sentence each.
    pub notes: Vec<String>,
}

/// What can be wrong with a file.
#[derive(Debug, Error)]
pub enum Problem {
    /// The file cannot be read as named tensors.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The tensors are not a network with two tokens.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// Softmax attention is asked for, and cannot be read.
    #[error(
        "softmax attention needs `blocks.0.attn.W_Q` and `blocks.0.attn.W_K`, and biases of \
         queries and keys that are zero"
    )]
    NoSoftmax,
    /// The group has no such name.
    #[error(transparent)]
    Name(#[from] UnknownGroup),
    /// The network does not fit the group.
    #[error(transparent)]
    Task(#[from] TaskError),
    /// No group was found that the network computes.
    #[error(
        "no group was found whose operation the network computes: its own answers are not a group \
         ({why}), and of the groups tried ({tried}) the best, {best}, has {right} of {inputs} \
         inputs right: name the group by --group, with the elements in its usual order"
    )]
    NoGroup {
        /// Why the network's answers are not a group.
        why: NotAGroup,
        /// The names of the groups tried.
        tried: String,
        /// The most accurate of them.
        best: String,
        /// Inputs that it has right.
        right: usize,
        /// All inputs.
        inputs: usize,
    },
    /// The network computes another group than the one that is named.
    #[error(
        "the network's answers are those of {found}, not of {asked}: no order of the elements of \
         {asked} makes it right"
    )]
    OtherGroup {
        /// The name asked for.
        asked: String,
        /// The name of the group that the network computes.
        found: String,
    },
}

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
        let named = |problem: Problem| LoadError { file: file.into(), problem: Box::new(problem) };
        let weights = weights::read(bytes).map_err(|e| named(e.into()))?;
        Self::of_weights(&weights, options).map_err(named)
    }

    fn of_weights(weights: &WeightsFile<'_>, options: &Options) -> Result<(Self, Facts), Problem> {
        let mut notes = weights.notes.clone();
        let said = weights.metadata.get(GROUP).filter(|said| natural(said).is_ok());
        let asked = options.group.as_ref().or(said);
        let mut best: Option<(Found, Reading)> = None;
        let mut refused = None;
        let mut rivals = Vec::new();
        let is_asked = |reading: &Reading| match (options.attention, reading.assumed) {
            (Some(asked), Some((attention, _))) => asked == attention,
            _ => true,
        };
        for reading in readings(weights, options.instance)?.into_iter().filter(is_asked) {
            match find(&reading, asked.map(String::as_str)) {
                Ok(found) if best.as_ref().is_none_or(|(best, _)| best.right < found.right) => {
                    rivals.clear();
                    best = Some((found, reading));
                }
                Ok(found) => {
                    if best.as_ref().is_some_and(|(best, _)| best.right == found.right) {
                        rivals.extend(reading.assumed);
                    }
                }
                Err(problem) => refused = refused.or(Some(problem)),
            }
        }
        let Some((found, reading)) = best else {
            return Err(refused.unwrap_or(Problem::NoSoftmax));
        };
        if let Some((attention, vocabulary)) = reading.assumed {
            let right = found.right;
            let inputs = found.group.order().pow(2);
            let rivals: Vec<_> = rivals
                .iter()
                .map(|(attention, vocabulary)| format!("{attention}, {vocabulary}"))
                .collect();
            let others = match rivals.is_empty() {
                true => "no other way to read the file has as many".into(),
                false => format!("as many as by {}", rivals.join("; by ")),
            };
            notes.push(format!(
                "No tensor says it, and it is assumed: {attention}, {vocabulary}, ReLU, no layer \
                 norm. {right} of {inputs} inputs are right then, {others}."
            ));
        }
        notes.push(found.note);
        let facts = Facts {
            format: weights.format,
            shape: reading.network.shape(),
            instances: instances(weights),
            group: found.name,
            right: found.right,
            notes,
        };
        Ok((Self::new(reading.network, found.group)?, facts))
    }
}

/// A group for a network.
struct Found {
    group: Group,
    name: Option<String>,
    right: usize,
    note: String,
}

/// The group that a network computes.
fn find(reading: &Reading, asked: Option<&str>) -> Result<Found, Problem> {
    let Shape { left: order, right, outputs, .. } = reading.network.shape();
    let misfit = TaskError { shape: reading.network.shape(), order };
    if order != right || outputs < order {
        return Err(misfit.into());
    }
    let asked_group = asked.map(natural).transpose()?;
    if let Some(group) = asked_group.as_ref().filter(|group| group.order() != order) {
        return Err(TaskError { order: group.order(), ..misfit }.into());
    }
    let answers = reading.network.answers();
    let why = match Group::of_table(order, answers.clone()) {
        Ok(group) => return own(group, asked),
        Err(why) => why,
    };
    let names = match asked {
        Some(asked) => vec![asked.to_string()],
        None => super::group::families(order),
    };
    let accuracy = |group: &Group| {
        group.table().iter().zip(&answers).filter(|(right, answer)| right == answer).count()
    };
    let mut best: Option<Found> = None;
    for name in &names {
        let group = natural(name)?;
        let opposite = (!group.is_abelian()).then(|| group.opposite());
        for (group, order) in [(Some(group), "applies y first"), (opposite, "applies x first")] {
            let Some(group) = group else { continue };
            let right = accuracy(&group);
            if best.as_ref().is_none_or(|best| best.right < right) {
                let order =
                    if group.is_abelian() { String::new() } else { format!("; x · y {order}") };
                let note = format!(
                    "The group is {}, its elements in the usual order{order}.",
                    quoted(name)
                );
                best = Some(Found { group, name: Some(name.clone()), right, note });
            }
        }
    }
    let inputs = order * order;
    match best {
        Some(found) if asked.is_some() || 2 * found.right > inputs => Ok(found),
        best => Err(Problem::NoGroup {
            why,
            tried: names.join(", "),
            best: best.as_ref().and_then(|best| best.name.clone()).unwrap_or_default(),
            right: best.map_or(0, |best| best.right),
            inputs,
        }),
    }
}

/// The group whose Cayley table the network's own answers are.
fn own(group: Group, asked: Option<&str>) -> Result<Found, Problem> {
    let (called, order) = (name(&group), group.order());
    let shown = called.clone().unwrap_or_else(|| format!("a group of {order} elements"));
    if let Some(asked) = asked {
        let expected = natural(asked).ok().and_then(|group| name(&group));
        if expected.is_some() && expected != called {
            return Err(Problem::OtherGroup { asked: asked.into(), found: shown });
        }
    }
    let is_usual = called.as_deref().and_then(|name| natural(name).ok()).as_ref() == Some(&group);
    let elements = match is_usual {
        true => "its elements in the usual order".into(),
        false => format!("with element {} as identity", group.identity()),
    };
    let note =
        format!("The group is {shown}, {elements}: its Cayley table is what the network answers.");
    Ok(Found { group, name: called, right: order * order, note })
}
