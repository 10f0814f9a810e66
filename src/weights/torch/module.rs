//! Reads whole modules (`torch.save(model)`). The pickle of a module holds its parameters, buffers
//! and submodules by name, and the class of each module, but not the code of the classes. So the
//! class decides:
//!
//! * Classes of which TransformerLens and torch build this program's networks are read, and classes
//!   that change nothing (`Identity`, or dropout outside of training).
//! * Any other class with tensors or submodules is read by the names of its tensors, and a note
//!   says that its code is unknown.
//! * Any other class without tensors is refused: it may be a step of the computation, such as a
//!   layer norm without weights.
//! * Hooks, which run code of the user's, are refused, and so are tensors that are neither
//!   parameters nor buffers.

use super::kinds::kind;
use crate::weights::limits::MAX_TENSORS;
use crate::weights::pickle::{Object, Pickle, Ref, Value};
use crate::weights::text::quoted;

/// Most modules around a module.
const MAX_DEPTH: usize = 16;
/// Most modules in one file.
const MAX_MODULES: usize = MAX_TENSORS;

/// The contents of a module.
#[derive(Default)]
pub(super) struct Walk {
    /// Parameters and buffers, named as in `state_dict`.
    pub(super) tensors: Vec<(String, Ref)>,
    /// Parts that cannot be read: name and description.
    pub(super) problems: Vec<(String, String)>,
    /// Classes whose code is unknown.
    pub(super) strangers: Vec<String>,
    /// Names of the submodules, as in `state_dict`.
    pub(super) modules: Vec<String>,
}

/// The names of a module's tensors; `None` if the value is not a module.
pub(super) fn tensors(pickle: &Pickle<'_>, at: Ref) -> Option<Vec<String>> {
    walk(pickle, at).map(|walk| walk.tensors.into_iter().map(|(name, _)| name).collect())
}

/// Whether a value is a module.
pub(super) fn is_module(pickle: &Pickle<'_>, at: Ref) -> bool {
    parts(pickle, at).is_some()
}

/// Collects the contents of a module and its submodules; `None` if the value is not a module.
pub(super) fn walk(pickle: &Pickle<'_>, at: Ref) -> Option<Walk> {
    is_module(pickle, at).then_some(())?;
    let (mut walk, mut left) = (Walk::default(), MAX_MODULES);
    step(pickle, at, &mut Vec::new(), &mut walk, &mut left);
    Some(walk)
}

/// The object of a module and its attributes; `None` if the value is not a module.
fn parts<'p, 'a>(pickle: &'p Pickle<'a>, at: Ref) -> Option<(Object<'p, 'a>, Vec<(Ref, Ref)>)> {
    let object = pickle.object(at)?;
    let attributes = pickle.attributes(&object)?;
    let has = |name| attributes.iter().any(|&(key, _)| pickle.str(key) == Some(name));
    (has("_parameters") && has("_modules")).then_some((object, attributes))
}

/// Adds the module at `at` to `walk`; `path` leads to it, and at most `left` modules may follow.
fn step(pickle: &Pickle<'_>, at: Ref, path: &mut Vec<String>, walk: &mut Walk, left: &mut usize) {
    let name = |path: &[String], last: &str| [path, &[last.to_owned()]].concat().join(".");
    let here = || if path.is_empty() { "the module".to_owned() } else { path.join(".") };
    let Some((object, attributes)) = parts(pickle, at) else {
        walk.problems.push((here(), "something that is no module".into()));
        return;
    };
    if *left == 0 || path.len() == MAX_DEPTH {
        walk.problems.push((
            here(),
            format!(
                "a module more than {MAX_DEPTH} deep in others, or one of more than {MAX_MODULES}"
            ),
        ));
        return;
    }
    *left -= 1;
    if !path.is_empty() {
        walk.modules.push(path.join("."));
    }
    let class = quoted(&format!("{}.{}", object.module, object.class));
    let known = is_known(object.module, object.class);
    let (mut own, mut children) = (0, Vec::new());
    for (key, value) in attributes {
        let Some(attribute) = pickle.str(key) else {
            walk.problems.push((here(), format!("an attribute with the key {}", pickle.key(key))));
            continue;
        };
        let entries = || pickle.entries(value).unwrap_or_default();
        match attribute {
            "_parameters" | "_buffers" => {
                for (key, tensor) in entries() {
                    if pickle.value(tensor) != Value::None {
                        own += 1;
                        walk.tensors.push((name(path, &pickle.key(key)), tensor));
                    }
                }
            }
            "_modules" => children = entries(),
            "_forward_hooks" | "_forward_pre_hooks" if !entries().is_empty() => {
                walk.problems
                    .push((here(), format!("a module with code of its own (`{attribute}`)")));
            }
            _ if kind(pickle, value).is_tensor() => {
                walk.problems.push((
                    name(path, attribute),
                    "a tensor that is neither a parameter nor a buffer of its module".into(),
                ));
            }
            _ => {}
        }
    }
    children.retain(|&(_, module)| pickle.value(module) != Value::None);
    if !known && own == 0 && children.is_empty() && !path.is_empty() {
        walk.problems
            .push((here(), format!("a step of the class `{}`, which has no weights,", class)));
    } else if !known && !walk.strangers.contains(&class) {
        walk.strangers.push(class);
    }
    for (key, module) in children {
        path.push(pickle.key(key));
        step(pickle, module, path, walk, left);
        path.pop();
    }
}

/// Whether a class belongs to this program's networks, or changes nothing.
fn is_known(module: &str, class: &str) -> bool {
    const TRANSFORMER_LENS: [&str; 9] = [
        "HookedTransformer",
        "HookPoint",
        "Embed",
        "PosEmbed",
        "TransformerBlock",
        "Attention",
        "AbstractAttention",
        "GroupedQueryAttention",
        "Unembed",
    ];
    const TORCH: [&str; 6] =
        ["ModuleList", "ModuleDict", "Sequential", "Identity", "Dropout", "DataParallel"];
    (module.starts_with("transformer_lens.") && TRANSFORMER_LENS.contains(&class))
        || (module.starts_with("torch.nn.") && TORCH.contains(&class))
        || (module, class) == ("torch._dynamo.eval_frame", "OptimizedModule")
}
