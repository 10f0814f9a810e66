use super::read_file;
use super::trained::Accuracy;
use crate::tasks::max_of_k::{
    Example, MaxOfK, ModelFacts, OwnFacts, QUICK_SAMPLE, SampledAccuracy, sha256,
};
use crate::weights::text::{clipped, quoted};
use crate::weights::{self, WeightsFile};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Print what a weights file holds, which network it is taken for, how accurate that network is,
/// and its logits for some inputs, to be compared with those of your own program
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Weights: safetensors, torch .pt/.pth, .npz or JSON
    file: PathBuf,
    /// Print the logits of this input, such as 3,1,2,0, instead of four examples; may be repeated
    #[arg(long, value_name = "TOKENS", allow_hyphen_values = true)]
    logits: Vec<String>,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
}

/// The most characters that are printed of a metadata value; fewer of `config` and `logits`, which
/// are JSON.
const SHOWN: (usize, usize) = (400, 60);
/// Logits in a line.
const COLUMNS: usize = 8;

pub(super) fn run(Arguments { file, logits, json }: &Arguments) -> super::CommandResult {
    let (name, bytes) = (file.display().to_string(), read_file(file)?);
    let weights = weights::read(&bytes).map_err(|e| format!("{name}: {e}"))?;
    let model = MaxOfK::load(&name, &bytes).map_err(Into::into).and_then(|(task, facts)| {
        let examples = match &logits[..] {
            [] => task.examples(),
            inputs => {
                inputs.iter().map(|input| task.typed_example(input)).collect::<Result<_, _>>()?
            }
        };
        Ok((facts, Accuracy::new(&task, QUICK_SAMPLE.0, QUICK_SAMPLE.1)?, examples))
    });
    if *json {
        let model = model
            .as_ref()
            .ok()
            .map(|(facts, accuracy, examples)| described(facts, *accuracy, examples));
        println!("{}", listed(&name, &bytes, &weights, model));
    } else {
        print_file(&name, &bytes, &weights);
        if let Ok((facts, accuracy, examples)) = &model {
            print_model(facts, *accuracy, examples);
        }
    }
    model.map(drop)
}

fn print_file(name: &str, bytes: &[u8], weights: &WeightsFile<'_>) {
    println!("{name}: {}, {} bytes, sha-256 {}", weights.format, bytes.len(), sha256(bytes));
    for (key, value) in &weights.metadata {
        let most = if matches!(key.as_str(), "config" | "logits") { SHOWN.1 } else { SHOWN.0 };
        println!("  {}: {}", quoted(key), clipped(value, most));
    }
    let names: Vec<_> = weights.tensors.keys().map(|name| quoted(name)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    for (name, values) in names.iter().zip(weights.tensors.values()) {
        println!("  {name:width$}  {} {:?}", values.dtype(), values.shape());
    }
}

fn print_model(
    ModelFacts { own: OwnFacts { shape, sequences, .. }, network, notes, .. }: &ModelFacts,
    accuracy: Accuracy,
    examples: &[Example],
) {
    println!(
        "Max-of-{}: v = {}, d = {}, h = {}, {sequences} sequences",
        shape.n, shape.v, shape.d, shape.h
    );
    println!("What no weights file says, and is assumed: {network}");
    for note in notes {
        println!("{note}");
    }
    println!("Accuracy: {accuracy}");
    let Some(first) = examples.first() else { return };
    println!("Is this your network? Compare these logits with those of your program, in Python");
    println!("  print(model(torch.tensor([{:?}]))[0, -1].tolist())", first.tokens);
    for Example { tokens, logits, answer, right } in examples {
        let tokens: Vec<_> = tokens.iter().map(usize::to_string).collect();
        println!("{} → {answer}, {}", tokens.join(","), if *right { "right" } else { "wrong" });
        for row in logits.chunks(COLUMNS) {
            let cells: Vec<_> =
                row.iter().map(|&logit| format!("{:>14}", nine_digits(logit))).collect();
            println!("{}", cells.concat());
        }
    }
}

fn listed(name: &str, bytes: &[u8], weights: &WeightsFile<'_>, model: Option<Value>) -> Value {
    let tensors = weights
        .tensors
        .iter()
        .map(|(name, values)| {
            json!({ "name": name, "dtype": values.dtype().to_string(), "shape": values.shape() })
        });
    json!({
        "file": name,
        "format": weights.format.to_string(),
        "bytes": bytes.len(),
        "sha256": sha256(bytes),
        "metadata": weights.metadata,
        "tensors": tensors.collect::<Vec<_>>(),
        "model": model,
    })
}

fn described(facts: &ModelFacts, accuracy: Accuracy, examples: &[Example]) -> Value {
    let accuracy = match accuracy {
        Accuracy::Exact(bound) => json!(bound),
        Accuracy::Between(least, most) => {
            let (mut accuracy, most) = (json!(least), most.correct().to_string());
            accuracy["most_correct"] = json!(most);
            accuracy
        }
        Accuracy::Sampled(SampledAccuracy { correct, samples, interval }) => {
            json!({ "correct": correct, "samples": samples, "interval": interval })
        }
    };
    let ModelFacts { own: OwnFacts { shape, sequences, .. }, network, notes, .. } = facts;
    json!({
        "v": shape.v, "d": shape.d, "h": shape.h, "n": shape.n,
        "sequences": sequences,
        "network": network,
        "notes": notes,
        "accuracy": accuracy,
        "examples": examples,
    })
}

/// A number with nine significant digits, which tell one float32 from another.
fn nine_digits(x: f64) -> String {
    let scientific = format!("{x:.8e}");
    let exponent = scientific.split_once('e').and_then(|(_, exponent)| exponent.parse().ok());
    match exponent {
        Some(exponent @ -5..=8) => {
            format!("{x:.*}", usize::try_from(8 - exponent).expect("at most 8"))
        }
        _ => scientific,
    }
}

#[cfg(test)]
mod tests {
    use super::nine_digits;

    #[test]
    fn nine_digits_are_nine() {
        for (x, digits) in [
            (0.0, "0.00000000"),
            (1.0, "1.00000000"),
            (-12.345_678_901_2, "-12.3456789"),
            (999_999_999.6, "1.00000000e9"),
            (123_456_789.4, "123456789"),
            (0.000_012_345_678_912, "0.0000123456789"),
            (1.5e-30, "1.50000000e-30"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(nine_digits(x), digits);
        }
    }
}
