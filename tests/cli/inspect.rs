//! `inspect`: what a file holds, and what is assumed of it.

use super::{run, scratch, text};
use serde_json::Value;

/// Texts from files are printed without control characters, and shortened.
#[test]
fn texts_of_files_are_cleaned_and_clipped() {
    let folder = scratch("escapes");
    let (model, path) = ("../faults/lost_zero.safetensors", folder.join("certificate.json"));
    let file = path.display().to_string();
    assert!(run(&["prove", model, "--strategy", "cell", "-o", &file]).status.success());
    let whole = std::fs::read_to_string(&path).unwrap();
    let escape = "\\u001b[31mred\\u0007";
    let long = escape.repeat(100_000);
    for (from, to) in [
        ("\"strategy\":\"cell\"", format!("\"strategy\":\"{long}\"")),
        ("\"strategy\":\"cell\",\"v\"", format!("\"strategy\":\"{long}\",\"v\"")),
        ("\"task\":\"max-of-k\"", format!("\"task\":\"{long}\"")),
        ("\"theorem\":\"Of", format!("\"theorem\":\"{long}Of")),
        ("\"sha256\":\"", format!("\"sha256\":\"{long}")),
        ("\"correct\":\"", format!("\"correct\":\"{long}")),
        ("\"sequences\":\"", format!("\"sequences\":\"{long}")),
        ("\"flops\":", format!("\"flops\":\"{long}\",\"flops\":")),
        ("\"cases\":null", format!("\"cases\":\"{long}\"")),
        ("\"cases\":null", format!("\"{long}\":null")),
        ("\"columns\":", format!("\"{long}\":null,\"columns\":")),
        ("\"method\":\"", format!("\"method\":\"{long}")),
        ("\"certificate\":1", format!("\"certificate\":\"{long}\"")),
    ] {
        let damaged = whole.replacen(from, &to, 1);
        assert_ne!(damaged, whole, "{from}");
        std::fs::write(&path, damaged).unwrap();
        let checked = run(&["check", model, &file]);
        let stderr = text(&checked.stderr);
        assert_eq!(checked.status.code(), Some(1), "{from}");
        assert!(
            stderr.len() < 3000 && !stderr.contains(['\u{1b}', '\u{7}']),
            "{from}: {} bytes: {stderr}",
            stderr.len()
        );
    }
    let header = format!(
        r#"{{"__metadata__":{{"{escape}":"{escape}"}},"{escape}":{{"dtype":"F32","shape":[],"data_offsets":[0,4]}}}}"#
    );
    let bytes = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &[0; 4]].concat();
    let weights = folder.join("escapes.safetensors");
    std::fs::write(&weights, bytes).unwrap();
    for command in ["inspect", "verify"] {
        let output = run(&[command, &weights.display().to_string()]);
        let shown = [text(&output.stdout), text(&output.stderr)].concat();
        assert!(
            shown.contains("[31mred") && !shown.contains(['\u{1b}', '\u{7}']),
            "{command}: {shown:?}"
        );
    }
}

#[test]
fn inspect_prints_shapes_and_metadata() {
    let output = run(&["inspect", "formats/checkpoint_nested.pt"]);
    let stdout = text(&output.stdout);
    for expected in [
        "torch (zip), 40096 bytes, sha-256 ",
        "embed.W_E",
        "[64, 32]",
        "blocks.0.attn.W_Q",
        "[1, 32, 32]",
        "Max-of-4",
    ] {
        assert!(stdout.contains(expected), "{expected} in {stdout}");
    }
    let other = run(&["inspect", "formats_extra/non_transformer.pt"]);
    assert_eq!(other.status.code(), Some(1));
    assert!(
        text(&other.stdout).contains("weight") && text(&other.stdout).contains("[3, 8]"),
        "listed all the same"
    );
}

#[test]
fn inspect_says_what_is_assumed_and_prints_logits_to_compare() {
    let model = "biased_v7_n3.safetensors";
    let output = run(&["inspect", model]);
    let stdout = text(&output.stdout);
    for expected in [
        "is assumed: One layer, one head, no layer norm",
        "Accuracy: 51 of 343 (14.8688 %), exact",
        "print(model(torch.tensor([[0, 1, 2]]))[0, -1].tolist())",
        "0,1,2 → 1, wrong\n    6.64202890    11.1117724    11.1001571   -2.28585403   -5.08189752   -23.8974891    10.8740651\n",
        "4,1,5 → 5, right",
    ] {
        assert!(stdout.contains(expected), "{expected} in {stdout}");
    }
    let json = |arguments: &[&str]| -> Value {
        serde_json::from_slice(&run(&[&["inspect", "--json"], arguments].concat()).stdout).unwrap()
    };
    let asked = json(&[model, "--logits", "3,1,2", "--logits", "[6, 5, 0]"]);
    assert_eq!(asked["tensors"].as_array().unwrap().len(), 14);
    assert_eq!(asked["model"]["accuracy"]["correct"], "51");
    let examples = asked["model"]["examples"].as_array().unwrap();
    let tokens: Vec<_> = examples.iter().map(|example| example["tokens"].to_string()).collect();
    assert_eq!(tokens, ["[3,1,2]", "[6,5,0]"]);
    assert_eq!((&examples[1]["answer"], &examples[1]["right"]), (&5.into(), &false.into()));
    assert_eq!(examples[1]["logits"].as_array().unwrap().len(), 7);
    // This model has too many inputs to be counted, so its accuracy is estimated.
    let sampled = json(&["oracle/max10_v64_s50.safetensors"]);
    assert_eq!(sampled["model"]["accuracy"]["samples"], 20_000);
    assert_eq!(sampled["model"]["examples"].as_array().unwrap().len(), 4);
    assert_eq!(json(&["formats_extra/non_transformer.pt"])["model"], Value::Null);

    for (input, says) in [
        ("3,1", "2 tokens; expected 3 tokens from 0 to 6"),
        ("-3,1,2", "`-3` is not a token; expected 3"),
    ] {
        let refused = run(&["inspect", model, "--logits", input]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(text(&refused.stderr).contains(says), "{}", text(&refused.stderr));
    }
}
