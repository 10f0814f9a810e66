//! Which group a network computes.

use super::group::{Group, name, natural, of_rows};
use super::{Options, Problem, TaskError};
use crate::models::two_token::{Shape, TwoToken};
use crate::weights::text::quoted;
use crate::weights::{WeightsFile, plain_json};

/// The key of the metadata under which a file names its group.
pub(super) const GROUP: &str = "group";
/// The key of the metadata under which a file gives its group's Cayley table, `[[…], …]`.
pub(super) const CAYLEY: &str = "cayley";

/// What is said of the group.
pub(super) enum Asked {
    /// Nothing: it is found.
    Nothing,
    /// Its name.
    Name(String),
    /// Its Cayley table.
    Table(Group),
}

impl Asked {
    pub(super) fn new(weights: &WeightsFile<'_>, options: &Options) -> Result<Self, Problem> {
        if let Some(name) = &options.group {
            return Ok(Self::Name(name.clone()));
        }
        if let Some(rows) = &options.cayley {
            return Ok(Self::Table(of_rows(rows)?));
        }
        if let Some(text) = weights.metadata.get(CAYLEY) {
            let rows: Vec<Vec<usize>> = plain_json::from_slice(text.as_bytes())
                .map_err(|error| Problem::Cayley(quoted(&error.to_string())))?;
            return Ok(Self::Table(of_rows(&rows)?));
        }
        let said = weights.metadata.get(GROUP).filter(|said| natural(said).is_ok());
        Ok(said.map_or(Self::Nothing, |name| Self::Name(name.clone())))
    }

    /// The group for a network.
    pub(super) fn find(&self, network: &TwoToken) -> Result<Found, Problem> {
        match self {
            Self::Nothing => find(network, None),
            Self::Name(name) => find(network, Some(name)),
            Self::Table(group) => {
                let shape = network.shape();
                let order = group.order();
                if shape.left != order || shape.right != order || shape.outputs < order {
                    return Err(TaskError { shape, order }.into());
                }
                let right = correct(group, &network.answers());
                let note = "The group is the one whose Cayley table is given.".into();
                Ok(Found { group: group.clone(), name: name(group), right, note })
            }
        }
    }
}

/// How many answers, `[x, y]`, are products.
fn correct(group: &Group, answers: &[usize]) -> usize {
    group.table().iter().zip(answers).filter(|(right, answer)| right == answer).count()
}

/// A group for a network.
pub(super) struct Found {
    pub(super) group: Group,
    pub(super) name: Option<String>,
    /// Inputs that float64 answers right.
    pub(super) right: usize,
    pub(super) note: String,
}

/// The group that a network computes.
fn find(network: &TwoToken, asked: Option<&str>) -> Result<Found, Problem> {
    let Shape { left: order, right, outputs, .. } = network.shape();
    let misfit = TaskError { shape: network.shape(), order };
    if order != right || outputs < order {
        return Err(misfit.into());
    }
    let asked_group = asked.map(natural).transpose()?;
    if let Some(group) = asked_group.as_ref().filter(|group| group.order() != order) {
        return Err(TaskError { order: group.order(), ..misfit }.into());
    }
    let answers = network.answers();
    let why = match Group::of_table(order, answers.clone()) {
        Ok(group) => return own(group, asked),
        Err(why) => why,
    };
    let names = match asked {
        Some(asked) => vec![asked.to_string()],
        None => super::group::families(order),
    };
    let mut best: Option<Found> = None;
    for name in &names {
        let group = natural(name)?;
        let opposite = (!group.is_abelian()).then(|| group.opposite());
        for (group, order) in [(Some(group), "applies y first"), (opposite, "applies x first")] {
            let Some(group) = group else { continue };
            let right = correct(&group, &answers);
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
