//! `prove` and `check`: certificates are written, found, checked and not trusted.

use super::{run, scratch, text};
use compact_proofs::tasks::max_of_k::sha256;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

#[test]
fn a_certificate_is_written_checked_and_not_trusted() {
    let folder = scratch("prove");
    let path = folder.join("certificate.json").display().to_string();
    let strategy = "EUPU-mean-query+max-diff--attn-mean-query+diff--attn-err-max-diff-subproduct";
    let (model, other) = ("oracle/max4_v64_s104.safetensors", "oracle/max5_v64_s50.safetensors");
    assert!(run(&["prove", model, "--strategy", strategy, "-o", &path]).status.success());
    let checked = run(&["check", model, &path, "--json"]);
    let rows: Vec<Value> = serde_json::from_slice(&checked.stdout).unwrap();
    assert_eq!(rows[0]["strategy"], strategy);
    let proven: u128 = rows[0]["correct"].as_str().unwrap().parse().unwrap();
    assert!((11_131_680..16_763_198).contains(&proven), "{proven}");

    let text_of = |path: &str| std::fs::read_to_string(path).unwrap();
    let mismatch = run(&["check", other, &path]);
    assert_eq!(mismatch.status.code(), Some(1));
    let says = "the certificate is about the weights file with the SHA-256 1ec3359713395aea";
    assert!(text(&mismatch.stderr).contains(says), "{}", text(&mismatch.stderr));
    for (from, to, says) in [
        (
            format!("\"correct\":\"{proven}\""),
            format!("\"correct\":\"{}\"", proven + 1),
            "the certificate's `theorem` is",
        ),
        (proven.to_string(), (proven + 1).to_string(), "right sequences, its proof proves"),
        ("\"flops\":".into(), "\"flops\":1".into(), "the certificate's `flops` is 1"),
        (
            "\"cases\":null".into(),
            "\"cases\":[]".into(),
            "the certificate's `cases` is [], expected null",
        ),
        ("\"certificate\":1".into(), "\"certificate\":2".into(), "format version 2, expected 1"),
        ("\"key\":[".into(), "\"key\":[0.5,".into(), "the proof's key direction has 65 numbers"),
    ] {
        let forged = folder.join("forged.json").display().to_string();
        let damaged = text_of(&path).replace(&from, &to);
        assert_ne!(damaged, text_of(&path));
        std::fs::write(&forged, damaged).unwrap();
        let refused = run(&["check", model, &forged]);
        assert_eq!(refused.status.code(), Some(1), "{says}");
        assert!(text(&refused.stderr).contains(says), "{}, expected {says}", text(&refused.stderr));
    }
    // Proofs without a proof object have certificates too.
    for strategy in ["cubic", "brute-force"] {
        let cases = folder.join(format!("{strategy}.json")).display().to_string();
        assert!(run(&["prove", model, "--strategy", strategy, "-o", &cases]).status.success());
        let checked = run(&["check", model, &cases]);
        assert!(
            checked.status.success() && text(&checked.stdout).contains("in exact real arithmetic")
        );
        let less = text_of(&cases).replacen("[[0,", "[[1,", 1);
        if less != text_of(&cases) {
            std::fs::write(&cases, less).unwrap();
            assert_eq!(run(&["check", model, &cases]).status.code(), Some(1), "{strategy}");
        }
    }
}

#[test]
fn a_certificate_about_another_format_comes_with_the_network_as_safetensors() {
    let folder = scratch("canonical");
    let file = |name: &str| folder.join(name).display().to_string();
    let (certificate, network) = (file("of.pt.json"), file("of.pt.safetensors"));
    let prove = |output: &str| {
        run(&["prove", "formats/state_dict.pt", "--strategy", "cubic", "-o", output])
    };
    let proven = prove(&certificate);
    assert!(proven.status.success(), "{}", text(&proven.stderr));
    let written = std::fs::read(&network).unwrap();
    let sha256 = sha256(&written);
    let says =
        format!("{network}: {} bytes, sha-256 {sha256}: the network, and the file", written.len());
    assert!(text(&proven.stdout).starts_with(&says), "{}, expected {says}", text(&proven.stdout));
    let found: Value = serde_json::from_slice(&std::fs::read(&certificate).unwrap()).unwrap();
    assert_eq!(found["sha256"], sha256);
    assert!(found["network"].as_str().unwrap().starts_with("One layer, one head"));
    for weights in ["formats/state_dict.pt", &network] {
        let checked = run(&["check", weights, &certificate]);
        assert!(checked.status.success(), "{weights}: {}", text(&checked.stderr));
    }
    let independent = Command::new(env!("CARGO_BIN_EXE_compact-proofs-check"))
        .args([&network, &certificate])
        .output();
    assert!(independent.unwrap().status.success());

    // A safetensors file that is there is never overwritten; it may be the network's file already.
    assert!(prove(&certificate).status.success());
    assert_eq!(std::fs::read(&network).unwrap(), written);
    std::fs::write(file("mine.safetensors"), "mine").unwrap();
    for (output, says) in [
        ("mine.json", "mine.safetensors: is another file"),
        (
            "mine.safetensors",
            "the certificate is JSON, and the network goes to the same name with .safetensors",
        ),
        ("no/such.json", "no/such.safetensors: "),
    ] {
        let refused = prove(&file(output));
        assert_eq!(refused.status.code(), Some(1), "{output}");
        assert!(text(&refused.stderr).contains(says), "{}, expected {says}", text(&refused.stderr));
    }
    assert_eq!(std::fs::read(file("mine.safetensors")).unwrap(), b"mine");
    assert!(!Path::new(&file("mine.json")).exists());
    // The certificate of a safetensors file is about that file, so no other is written.
    let plain = file("plain.json");
    assert!(
        run(&["prove", "biased_v7_n3.safetensors", "--strategy", "cubic", "-o", &plain])
            .status
            .success()
    );
    assert!(!Path::new(&file("plain.safetensors")).exists());
}

#[test]
fn the_best_proof_is_found_explained_and_checked() {
    let path = scratch("best").join("certificate.json").display().to_string();
    let model = "oracle/max4_v64_s123.safetensors";
    let found = run(&["prove", model, "--budget", "2.5e6", "-o", &path]);
    assert!(found.status.success(), "{}", text(&found.stderr));
    assert!(
        text(&found.stdout).contains("decided in blocks of queries and tokens: "),
        "{}",
        text(&found.stdout)
    );
    let checked = |model: &str| run(&["check", model, &path, "--json"]);
    let row = serde_json::from_slice::<Vec<Value>>(&checked(model).stdout).unwrap().remove(0);
    assert_eq!(row["strategy"], "best-within-2500000");
    assert!(
        row["flops"].as_f64().unwrap() <= 2.5e6 && row["bound"].as_f64().unwrap() > 0.95,
        "{row}"
    );
    let mismatch = checked("oracle/max5_v64_s50.safetensors");
    assert!(
        text(&mismatch.stderr).contains("the certificate is about the weights file"),
        "{}",
        text(&mismatch.stderr)
    );

    assert!(run(&["prove", model, "--bound", "0.9995", "-o", &path]).status.success());
    let row = serde_json::from_slice::<Vec<Value>>(&checked(model).stdout).unwrap().remove(0);
    assert!(
        row["bound"].as_f64().unwrap() >= 0.9995 && row["flops"].as_f64().unwrap() < 5e6,
        "{row}"
    );
    let too_much = run(&["prove", model, "--bound", "0.99999", "-o", &path]);
    assert_eq!(too_much.status.code(), Some(1));
    assert!(
        text(&too_much.stderr).contains("no proof that was found reaches 99.999 %"),
        "{}",
        text(&too_much.stderr)
    );
    for (arguments, says) in [
        (vec!["--budget", "1000"], "takes "),
        (vec!["--budget=-1"], "expected a number of FLOPs"),
        (vec!["--bound", "2"], "expected a part of all sequences"),
        (vec!["--bound", "0.5", "--budget", "1e7"], "cannot be used with"),
        (vec![], "required"),
    ] {
        let refused = run(&[&["prove", model, "-o", &path], &arguments[..]].concat());
        assert!(
            !refused.status.success() && text(&refused.stderr).contains(says),
            "{}",
            text(&refused.stderr)
        );
    }
}

/// A certificate may state any length. Checking it ends after the stated number of FLOPs, or at the
/// program's own limit.
#[test]
fn a_certificate_is_not_worked_on_for_longer_than_it_says_or_than_is_allowed() {
    let start = std::time::Instant::now();
    let model = "../faults/hang.safetensors";
    let lies = run(&["check", model, "../faults/hang_enum.json"]);
    let says = "verifying it takes more than the 1 FLOPs that the certificate states";
    assert!(
        lies.status.code() == Some(1) && text(&lies.stderr).contains(says),
        "{}",
        text(&lies.stderr)
    );
    let path = scratch("hang").join("certificate.json");
    let whole = include_str!("../faults/hang_enum.json");
    for (flops, most, says) in [
        (
            "1e15",
            "274877906944",
            "verifying it takes more than 2.7e11 operations, the limit for certificates",
        ),
        ("1e6", "2e6", "verifying it takes more than 2.0e6 operations"),
        (
            "1e6",
            "1e12",
            "verifying it takes more than the 1000000 FLOPs that the certificate states",
        ),
    ] {
        std::fs::write(&path, whole.replace("\"flops\":1.0", &format!("\"flops\":{flops}")))
            .unwrap();
        let checked =
            run(&["check", model, &path.display().to_string(), "--most-operations", most]);
        assert!(
            checked.status.code() == Some(1) && text(&checked.stderr).contains(says),
            "{}",
            text(&checked.stderr)
        );
    }
    assert!(start.elapsed().as_secs() < 120, "{:?}", start.elapsed());
}

#[test]
fn certificates_of_group_operations_are_written_and_checked() {
    let folder = scratch("group_certificate");
    let file = |name: &str| folder.join(name).display().to_string();
    let (certificate, network) = (file("pizza.json"), file("pizza.safetensors"));
    let model = "group_operations/pizza_p99zdpze5l.pt";
    let output = run(&["prove", model, "--strategy", "low-rank-unembed-6", "-o", &certificate]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("100.0000 %"), "{}", text(&output.stdout));
    for weights in [model, &network] {
        let output = run(&["check", weights, &certificate]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(
            text(&output.stdout).contains("elements of the group Z59"),
            "{}",
            text(&output.stdout)
        );
    }
    let best = run(&["prove", model, "--budget", "1e7", "-o", &certificate]);
    assert!(text(&best.stdout).contains("best-within-10000000"), "{}", text(&best.stdout));
    let output = run(&["check", model, &certificate]);
    assert!(text(&output.stdout).contains("100.0000 %"), "{}", text(&output.stderr));
    for (arguments, expected) in [
        (
            vec!["check", "group_operations/S4_s0.safetensors", &certificate],
            "read as the certificate says",
        ),
        (vec!["check", "max4_v64_s123.safetensors", &certificate], "max4_v64_s123.safetensors"),
        (
            vec!["prove", model, "--budget", "1e6", "-o", &certificate],
            "no proof that is listed takes less than",
        ),
        (
            vec!["prove", model, "--strategy", "cubic", "-o", &certificate],
            "no strategy of the task group-operations",
        ),
    ] {
        let output = run(&arguments);
        assert!(
            !output.status.success() && text(&output.stderr).contains(expected),
            "{}",
            text(&output.stderr)
        );
    }
}
