//! The native program, run as a user runs it.

use compact_proofs::tasks::group_operations::group::natural;
use compact_proofs::tasks::max_of_k::{MaxOfK, sha256};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Runs the program in the folder of the fixtures.
fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_compact-proofs"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"))
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// An empty folder for one test.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn verify_prints_one_json_array() {
    let output = run(&["verify", "oracle/max4_v64_s104.safetensors", "--json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let keys: Vec<_> = rows[0].as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "bound",
        "class",
        "correct",
        "flops",
        "lost",
        "most_correct",
        "on_frontier",
        "proof_bytes",
        "published_count",
        "seconds",
        "slack",
        "steps",
        "strategy",
        "total",
        "unexplained_dimension",
        "upper_bound",
        "upper_flops",
        "visited",
    ];
    assert_eq!(keys, expected);
    assert_eq!([&rows[0]["strategy"], &rows[1]["strategy"]], ["brute-force", "cubic"]);
    assert_eq!([&rows[0]["correct"], &rows[1]["correct"]], ["16763198", "15897145"]);
    assert_eq!(rows[1]["total"], "16777216");
    assert_eq!(rows[1]["bound"].as_f64().unwrap(), 15_897_145.0 / 16_777_216.0);
    assert_eq!(rows.len(), 116);
    assert_eq!(
        (&rows[0]["most_correct"], &rows[1]["most_correct"]),
        (&rows[0]["correct"], &Value::Null)
    );

    let expected: Value =
        serde_json::from_str(include_str!("fixtures/oracle/max4_v64_s104.json")).unwrap();
    let number = |value: &Value| value.as_str().unwrap().parse::<u128>().unwrap();
    let mut on_frontier = 0;
    for row in &rows[16..] {
        let oracle = &expected["subcubic"][row["strategy"].as_str().unwrap()];
        assert_eq!(row["published_count"], oracle["published_count"], "{row}");
        assert!(
            number(&row["correct"]) >= number(&oracle["count"])
                && number(&row["correct"]) < 16_763_198,
            "{row}"
        );
        assert!(
            row["proof_bytes"].as_u64().unwrap() > 100 && row["flops"].as_f64().unwrap() < 4e6,
            "{row}"
        );
        on_frontier += usize::from(row["on_frontier"].as_bool().unwrap());
    }
    let ours = |name: &str| rows[2..16].iter().find(|row| row["strategy"] == name).unwrap();
    assert_eq!([&ours("exact")["correct"], &ours("exact")["most_correct"]], ["16763198"; 2]);
    assert_eq!(ours("best-within-3500000")["on_frontier"], true);
    assert!((3..50).contains(&on_frontier), "{on_frontier} of 100 on the frontier");
    assert_eq!((&rows[0]["proof_bytes"], &rows[1]["visited"]), (&Value::Null, &Value::Null));

    let visited = |row: &Value| number(&row["visited"]);
    assert!((1..1 << 20).contains(&visited(&rows[0])), "{}", rows[0]);
    let plain = [
        "verify",
        "oracle/max4_v64_s104.safetensors",
        "--strategy",
        "brute-force",
        "--no-pruning",
        "--json",
    ];
    let plain = &serde_json::from_slice::<Vec<Value>>(&run(&plain).stdout).unwrap()[0];
    assert_eq!((&plain["correct"], visited(plain)), (&rows[0]["correct"], 1 << 24));
}

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

#[test]
fn a_sweep_continues_where_it_was() {
    let folder = scratch("sweep");
    let models = folder.join("models");
    std::fs::create_dir_all(&models).unwrap();
    let file = |k: &str| models.join(format!("k{k}, one.safetensors")).display().to_string();
    for k in ["1", "2"] {
        assert!(run(&["train", "--k", k, "--steps", "20", "-o", &file(k)]).status.success());
    }
    std::fs::write(models.join("notes.json"), "{}").unwrap();
    let (results, models) = (folder.join("results.csv"), models.display().to_string());
    let sweep = || run(&["sweep", &models, "-o", &results.display().to_string()]);
    let first = sweep();
    assert!(first.status.success(), "{}", text(&first.stderr));
    assert!(
        text(&first.stderr).contains("notes.json"),
        "what is no model is named: {}",
        text(&first.stderr)
    );
    let whole = std::fs::read_to_string(&results).unwrap();
    assert_eq!(whole.lines().count(), 1 + 2 * 116);
    assert!(whole.lines().all(|line| line.split(',').count() >= 15));

    // Rows that are there are kept as they are; missing ones are run.
    let without: String = whole
        .lines()
        .filter(|line| !line.contains("k1, one"))
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(&results, &without).unwrap();
    assert!(sweep().status.success());
    let again = std::fs::read_to_string(&results).unwrap();
    assert_eq!(again.lines().count(), 1 + 2 * 116);
    assert!(without.lines().all(|line| again.contains(line)));
    std::fs::write(&results, "something else\n").unwrap();
    let refused = sweep();
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(&results).unwrap(), "something else\n");
}

/// Seeds that are trained in shards are the same files, bit for bit, and those that are there stay.
#[test]
fn seeds_in_shards_are_the_same_files() {
    let folder = scratch("seeds");
    let (whole, parts) = (folder.join("whole"), folder.join("parts"));
    let train = |to: &Path, steps: &str, more: &[&str]| {
        let to = to.display().to_string();
        let all = ["train", "--k", "1", "--steps", steps, "--seeds", "0..4", "-o", &to];
        run(&[&all[..], more].concat())
    };
    assert!(train(&whole, "3", &[]).status.success());
    for shard in ["1/3", "2/3", "3/3"] {
        assert!(train(&parts, "3", &["--shard", shard]).status.success());
    }
    for seed in 0..4 {
        let file = format!("max1_v64_s{seed}.safetensors");
        let read = |folder: &Path| std::fs::read(folder.join(&file)).unwrap();
        assert!(read(&whole) == read(&parts), "{file}");
    }
    let again = train(&parts, "3", &[]);
    assert!(text(&again.stdout).contains("4 models, 4 of them trained before"));
    let refused = train(&parts, "4", &[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("another recipe"), "{}", text(&refused.stderr));
}

#[test]
fn verify_prints_a_table_of_the_strategies_asked_for() {
    let output = run(&[
        "verify",
        "formats/state_dict_legacy.pt",
        "--strategy",
        "cubic",
        "--strategy",
        "cubic",
    ]);
    let lines: Vec<_> = text(&output.stdout).lines().collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].starts_with("strategy") && lines[0].contains("unexplained"), "{lines:?}");
    assert!(
        lines[1].starts_with("cubic")
            && lines[1].contains("94.5904 %")
            && lines[1].contains("15869641"),
        "{lines:?}"
    );
}

/// The published search fails on these models, and so does our own search for some strategies.
/// Every other strategy is proven and printed.
#[test]
fn what_fails_of_a_strategy_costs_nothing_else() {
    for (model, published, failed, says) in [
        (
            "svd_min",
            90,
            10,
            "could not be confirmed as an upper bound of the residual's first singular value",
        ),
        (
            "direct",
            80,
            0,
            "and 19 more: no published count: the proof's direct-path direction has the size",
        ),
        ("nan", 10, 90, "the proof's query direction holds NaN, expected finite numbers"),
    ] {
        let file = format!("../faults/verify_all_{model}.safetensors");
        let all = run(&["verify", &file, "--json"]);
        let stderr = text(&all.stderr);
        assert!(all.status.success() && stderr.contains(says), "{model}: {stderr}");
        assert!(stderr.lines().count() <= 2, "{model}: each thing is said once: {stderr}");
        let rows: Vec<Value> = serde_json::from_slice(&all.stdout).unwrap();
        assert_eq!(rows.len(), 116, "{model}");
        let subcubic =
            |is: &dyn Fn(&Value) -> bool| rows[16..].iter().filter(|row| is(row)).count();
        assert_eq!(subcubic(&|row| !row["published_count"].is_null()), published, "{model}");
        // Of the sub-cubic proofs, only those that failed have no proof object.
        let is_failed = |row: &Value| {
            row["proof_bytes"].is_null() && row["strategy"].as_str().unwrap().starts_with("EUPU")
        };
        assert_eq!(subcubic(&is_failed), failed, "{model}");
        for row in rows.iter().filter(|row| is_failed(row)) {
            assert_eq!(
                (&row["correct"], &row["on_frontier"]),
                (&"0".into(), &false.into()),
                "{row}"
            );
        }
        assert_eq!(stderr.contains("nothing is proven: "), failed > 0, "{model}: {stderr}");

        // If strategies are named, all of them are printed, and the exit code tells that one was
        // not proven. That strategy gets no certificate.
        let strategy = rows
            .iter()
            .rev()
            .find(|row| is_failed(row))
            .map(|row| row["strategy"].as_str().unwrap());
        let Some(strategy) = strategy else { continue };
        let named =
            run(&["verify", &file, "--strategy", strategy, "--strategy", "cubic", "--json"]);
        assert_eq!(named.status.code(), Some(1), "{model}");
        assert_eq!(serde_json::from_slice::<Vec<Value>>(&named.stdout).unwrap().len(), 2);
        let path = scratch(&format!("failed-{model}")).join("certificate.json");
        let proved =
            run(&["prove", &file, "--strategy", strategy, "-o", &path.display().to_string()]);
        assert_eq!((proved.status.code(), path.exists()), (Some(1), false), "{model}");
        assert!(
            text(&proved.stderr).contains("no certificate is written"),
            "{}",
            text(&proved.stderr)
        );
    }
    let null =
        run(&["check", "../faults/verify_all_svd_min.safetensors", "../faults/null_proof.json"]);
    assert_eq!(null.status.code(), Some(1));
    assert!(
        text(&null.stderr).contains("the certificate's `proof` is null, expected "),
        "{}",
        text(&null.stderr)
    );
}

/// A sweep goes on after a strategy that fails, and leaves out a file that cannot be read.
#[test]
fn a_sweep_goes_on_where_something_fails() {
    let folder = scratch("sweep-faults");
    for model in ["svd_min", "nan"] {
        let file = format!("verify_all_{model}.safetensors");
        let faults = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults");
        std::fs::copy(faults.join(&file), folder.join(&file)).unwrap();
    }
    std::fs::create_dir(folder.join("folder.pt")).unwrap();
    let results = folder.join("results.csv");
    let swept =
        run(&["sweep", &folder.display().to_string(), "-o", &results.display().to_string()]);
    assert!(swept.status.success(), "{}", text(&swept.stderr));
    assert!(
        text(&swept.stderr).contains("folder.pt")
            && text(&swept.stderr).contains("no published count")
    );
    assert_eq!(std::fs::read_to_string(&results).unwrap().lines().count(), 1 + 2 * 116);
}

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
    let whole = include_str!("faults/hang_enum.json");
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
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn what_cannot_be_run_is_left_out_or_refused() {
    let all = run(&["verify", "oracle/max10_v64_s50.safetensors", "--json"]);
    assert!(all.status.success());
    assert!(text(&all.stderr).contains("brute-force is left out: "), "{}", text(&all.stderr));
    let rows: Vec<Value> = serde_json::from_slice(&all.stdout).unwrap();
    assert_eq!((rows[0]["correct"].as_str(), rows.len()), (Some("1067975705189901999"), 114));
    let named = run(&["verify", "oracle/max20_v64_s50.safetensors", "--strategy", "brute-force"]);
    assert_eq!(named.status.code(), Some(1));
    assert!(text(&named.stderr).contains("(`convolution-256`)"));
}

#[test]
fn errors_name_the_file_and_exit_with_1_wrong_usage_with_2() {
    for (arguments, code, says) in [
        (&["verify", "nowhere.pt"][..], 1, "error: nowhere.pt: "),
        (
            &["verify", "formats_extra/non_transformer.pt"],
            1,
            "error: formats_extra/non_transformer.pt: tensor `embed.W_E`",
        ),
        (&["verify", "transformer_lens_logits.json"], 1, "error: transformer_lens_logits.json: "),
        (
            &["verify", "oracle/max4_v64_s104.safetensors", "--strategy", "magic"],
            2,
            "best-of-MILLIONTHS and 100 like EUPU-",
        ),
        (&["verify"], 2, "<FILE>"),
        (&["train", "--k", "99", "-o", "x"], 2, "1..=21"),
        (&[], 2, "Usage"),
    ] {
        let output = run(arguments);
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {stderr}");
        assert!(stderr.contains(says), "{arguments:?}: {stderr}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
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

#[test]
fn train_writes_the_same_file_twice() {
    let folder = scratch("train");
    let files = ["a", "b"].map(|name| folder.join(name).display().to_string());
    for file in &files {
        let output = run(&["train", "--k", "2", "--seed", "7", "--steps", "60", "-o", file]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains("of 4096 ("), "{}", text(&output.stdout));
    }
    assert_eq!(std::fs::read(&files[0]).unwrap(), std::fs::read(&files[1]).unwrap());
    let inspected = run(&["inspect", &files[0]]);
    for expected in ["seed: 7", "k: 2", "recipe: AdamW", "60 steps", "exact"] {
        assert!(
            text(&inspected.stdout).contains(expected),
            "{expected} in {}",
            text(&inspected.stdout)
        );
    }
    assert_eq!(run(&["train", "--steps", "1", "-o", "/nowhere/at/all"]).status.code(), Some(1));
}

#[test]
fn networks_for_groups_are_trained() {
    let folder = scratch("train_group");
    let files = ["a", "b"].map(|name| folder.join(name).display().to_string());
    let group = ["train", "--task", "group-operations", "--group"];
    let sizes = ["--neurons", "24", "--width", "12", "--percent", "100", "--steps", "200", "-o"];
    for file in &files {
        let output = run(&[&group[..], &["S3", "--seed", "7"], &sizes, &[file]].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains("accuracy 36 of 36"), "{}", text(&output.stdout));
    }
    assert_eq!(std::fs::read(&files[0]).unwrap(), std::fs::read(&files[1]).unwrap());
    let inspected = run(&["inspect", &files[0]]);
    for expected in ["group: S3", "seed: 7", "recipe: Adam", "200 steps", "exact"] {
        let shown = text(&inspected.stdout);
        assert!(shown.contains(expected), "{expected} in {shown}");
    }
    for (arguments, code, says) in [
        (vec!["train", "--task", "group-operations", "-o", "x"], 2, "--group"),
        ([&group[..], &["S9", "-o", "x"]].concat(), 1, "no group is called `S9`"),
        (vec!["train", "--group", "S3", "-o", "x"], 1, "--task group-operations"),
        ([&group[..], &["S3", "--k", "4", "-o", "x"]].concat(), 2, "cannot be used with"),
    ] {
        let refused = run(&arguments);
        assert_eq!(refused.status.code(), Some(code), "{arguments:?}");
        assert!(text(&refused.stderr).contains(says), "{}", text(&refused.stderr));
    }
}

/// The commands make the shipped files again: one network for a group, and all that is proven of the
/// networks for S4.
#[test]
fn the_gallery_of_groups_is_regenerated_bit_for_bit() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/models/group-operations");
    let folder = scratch("group_gallery");
    let read = |folder: &Path, name: &str| std::fs::read(folder.join(name)).unwrap();
    let trained = folder.join("trained").display().to_string();
    let group = ["train", "--task", "group-operations", "--group", "S4", "--seed", "3"];
    let output = run(&[&group[..], &["-o", &trained]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(read(&folder, "trained") == read(&shipped, "S4_s3.safetensors"));

    let models = |folder: &Path| -> Vec<Value> {
        let manifest: Value = serde_json::from_slice(&read(folder, "manifest.json")).unwrap();
        let all = manifest["models"].as_array().unwrap().iter();
        all.filter(|model| model["group"] == "S4").cloned().collect()
    };
    for model in models(&shipped) {
        let file = model["file"].as_str().unwrap();
        std::fs::copy(shipped.join(file), folder.join(file)).unwrap();
    }
    let command = ["gallery", "--task", "group-operations", "--first-paint-only"];
    let output = run(&[&command[..], &[&folder.display().to_string()]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let say = "run `npm run gallery:groups -- --first-paint-only` and commit it";
    assert!(models(&folder) == models(&shipped), "{say}");
    assert!(read(&folder, "first-paint.json") == read(&shipped, "first-paint.json"), "{say}");
    assert_eq!(models(&shipped).len(), 20);
    for model in models(&shipped) {
        let results = format!("results/{}.json", model["id"].as_str().unwrap());
        assert!(read(&folder, &results) == read(&shipped, &results), "{results}: {say}");
    }
}

/// The published transformer has the numbers of its authors' file.
#[test]
fn the_published_transformer_is_unchanged() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let bytes = |file: &str| std::fs::read(root.join(file)).unwrap();
    let shipped = bytes("www/models/group-operations/pizza_p99zdpze5l.safetensors");
    let published = bytes("tests/fixtures/group_operations/pizza_p99zdpze5l.pt");
    let [shipped, published] =
        [&shipped, &published].map(|bytes| compact_proofs::weights::read(bytes).unwrap().tensors);
    assert_eq!(shipped.len(), 12);
    for (name, tensor) in &published {
        assert_eq!(shipped[name].shape(), tensor.shape(), "{name}");
        assert_eq!(shipped[name].to_array().unwrap(), tensor.to_array().unwrap(), "{name}");
    }
}

/// The commands make the shipped files again: the model of one whole training, and the page's first
/// frontier.
#[test]
fn the_gallery_is_regenerated_bit_for_bit() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/models/max-of-k");
    let folder = scratch("gallery");
    let trained = folder.join("max4_v64_s50.safetensors");
    let output = run(&["train", "--k", "4", "--seed", "50", "-o", &trained.display().to_string()]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(
        std::fs::read(&trained).unwrap(),
        std::fs::read(shipped.join("max4_v64_s50.safetensors")).unwrap()
    );

    let manifest: Value =
        serde_json::from_slice(&std::fs::read(shipped.join("manifest.json")).unwrap()).unwrap();
    let default = manifest["default"].as_str().unwrap();
    std::fs::copy(shipped.join(default), folder.join(default)).unwrap();
    let output = run(&["gallery", &folder.display().to_string(), "--first-paint-only"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let first_paint =
        |folder: &Path| std::fs::read_to_string(folder.join("first-paint.json")).unwrap();
    assert!(
        first_paint(&folder) == first_paint(&shipped),
        "run `npm run gallery -- --first-paint-only` and commit it"
    );

    let hashes: Value =
        serde_json::from_slice(&std::fs::read(shipped.join("hashes.json")).unwrap()).unwrap();
    let models = manifest["models"].as_array().unwrap();
    assert_eq!(hashes.as_object().unwrap().len(), models.len());
    assert_eq!(models.len(), 151 + 3 * 20);
    for model in models {
        let file = std::fs::read(shipped.join(model["file"].as_str().unwrap())).unwrap();
        assert!(file.len() < 64 << 10, "{model}");
        let name = model["file"].as_str().unwrap();
        let (plain, facts) = MaxOfK::load_plain(name, &file).unwrap();
        assert_eq!(plain.model(), MaxOfK::load(name, &file).unwrap().0.model(), "{name}");
        assert_eq!(hashes[name], sha256(&file)[..16], "{model}");
        let said: Vec<f64> =
            facts.metadata["accuracy"].split(' ').flat_map(str::parse).take(2).collect();
        assert!(said[0] > 0.95 * said[1], "{name}: {said:?}");
    }
}

/// `npm run table` writes the shipped tables and frontiers from the shipped sweep. Sweeping one of its models
/// again gives the shipped rows, except for `seconds`.
#[test]
fn the_tables_are_those_of_the_shipped_sweep() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = scratch("tables");
    let read = |path: PathBuf| std::fs::read_to_string(&path).unwrap();
    let (sweep, tables) = (folder.join("sweep.csv"), folder.join("RESULTS.md"));
    let accuracies = folder.join("accuracies.json");
    let frontiers = folder.join("frontiers.json");
    let ratios = folder.join("ratios.json");
    let shipped = read(root.join("www/models/max-of-k/sweep.csv"));
    let swept_again = "max4_v64_s50.safetensors";
    let rest: Vec<_> = shipped.lines().filter(|line| !line.contains(swept_again)).collect();
    assert_eq!(shipped.lines().count() - rest.len(), 116);
    std::fs::write(&sweep, rest.join("\n")).unwrap();

    let output = Command::new(env!("CARGO_BIN_EXE_compact-proofs"))
        .current_dir(root)
        .args(["sweep", "www/models/max-of-k", "-o"])
        .arg(&sweep)
        .arg("--summary")
        .arg(&tables)
        .arg("--accuracies")
        .arg(&accuracies)
        .arg("--frontiers")
        .arg(&frontiers)
        .arg("--ratios")
        .arg(&ratios)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    for (written, shipped) in [
        (tables, "www/models/RESULTS.md"),
        (accuracies, "www/models/max-of-k/accuracies.json"),
        (frontiers, "www/models/max-of-k/frontiers.json"),
        (ratios, "www/models/max-of-k/ratios.json"),
    ] {
        let same = read(written) == read(root.join(shipped));
        assert!(same, "run `npm run table` and commit {shipped}");
    }
    let without_seconds = |line: &str| {
        let fields: Vec<_> = line.split(',').collect();
        [&fields[..14], &fields[15..]].concat().join(",")
    };
    let again = read(sweep);
    assert_eq!(again.lines().count(), shipped.lines().count());
    for (again, shipped) in again.lines().zip(shipped.lines()) {
        assert_eq!(
            without_seconds(again),
            without_seconds(shipped),
            "remove www/models/max-of-k/sweep.csv, run `npm run table`, and commit what it writes"
        );
    }
}

#[test]
fn verify_recognises_group_operations() {
    let file = "group_operations/S4_s0.safetensors";
    let output = run(&["verify", file, "--json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let proven =
        |row: &Value| [&row["strategy"], &row["correct"]].map(|x| x.as_str().unwrap().to_owned());
    let rows: Vec<_> = rows.iter().map(proven).collect();
    let expected = [["brute-force", "576"], ["irrep", "576"], ["irrep-linear", "576"]];
    assert_eq!(rows[..3], expected.map(|row| row.map(String::from)));
    let last = [["low-rank-unembed-9", "0"], ["low-rank-unembed-10", "576"]];
    assert!(last.iter().all(|row| rows.contains(&row.map(String::from))), "{rows:?}");

    let shown = run(&["verify", file, "--strategy", "irrep-abs"]);
    let shown = text(&shown.stdout);
    assert!(shown.contains("that of x · y in S4: 24 tokens, 64 neurons, 24 outputs"), "{shown}");
    assert!(shown.contains("irrep-abs *  100.0000 %"), "{shown}");

    for (arguments, problem) in [
        (&["--strategy", "cubic"][..], "`cubic` is no strategy of the task group-operations"),
        (&["--group", "D12"], "the network's answers are those of S4, not of D12"),
        (&["--group", "Z7"], "expected 7 tokens on either side"),
        (&["--group", "Q8"], "no group is called `Q8`"),
        (&["--instance", "1"], "there is no instance 1: the file has 1, counted from 0"),
        (&["--strategy", "low-rank-unembed-24"], "R is from 1 to 23, not 24"),
        (&["--strategy", "brute-force-symmetric"], "the network is not symmetric"),
        (&["--task", "max-of-k"], "tensor `embed.W_E` is missing"),
    ] {
        let output = run(&[&["verify", file], arguments].concat());
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(text(&output.stderr).contains(problem), "{arguments:?}: {}", text(&output.stderr));
    }
    let pizza = "group_operations/pizza_p99zdpze5l.pt";
    let one = run(&["verify", pizza, "--attention", "one", "--strategy", "brute-force"]);
    assert!(text(&one.stdout).contains("constant attention of 1 to each"), "{}", text(&one.stdout));
    let irrep = run(&["verify", pizza, "--strategy", "irrep"]);
    assert!(
        text(&irrep.stderr).contains("proofs by irreps and cosets are for networks without paths")
    );
    let other = run(&["verify", "oracle/max4_v64_s104.safetensors", "--strategy", "irrep"]);
    assert!(text(&other.stderr).contains("`irrep` is no strategy of the task max-of-k"));
}

#[test]
fn a_group_is_given_by_its_cayley_table() {
    let folder = scratch("cayley");
    let file = |name: &str| folder.join(name).display().to_string();
    // S4 with its first two elements exchanged: no order of elements that has a name.
    let (group, other) = (natural("S4").unwrap(), |x: usize| if x < 2 { 1 - x } else { x });
    let row = |x: usize| -> Vec<_> {
        (0..24).map(|y| other(group.product(other(x), other(y))).to_string()).collect()
    };
    let table: String = (0..24).map(|x| row(x).join(",") + "\n").collect();
    std::fs::write(file("table.csv"), &table).unwrap();
    let model = "group_operations/S4_s2.safetensors";
    let (given, certificate) = (["--cayley", &file("table.csv")], file("given.json"));
    let goal = ["prove", model, "--strategy", "brute-force", "-o", &certificate];
    let proven = run(&[&goal[..], &given].concat());
    assert!(proven.status.success(), "{}", text(&proven.stderr));
    let shown = run(&[&["verify", model, "--strategy", "brute-force"][..], &given].concat());
    assert!(text(&shown.stdout).contains("whose Cayley table is given"), "{}", text(&shown.stdout));
    let checked = run(&["check", model, &certificate]);
    let claim = "the group of 24 elements with the given table";
    assert!(text(&checked.stdout).contains(claim), "{}", text(&checked.stderr));
    let independent = Command::new(env!("CARGO_BIN_EXE_compact-proofs-check"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"))
        .args([model, &certificate])
        .output();
    assert!(independent.unwrap().status.success());

    std::fs::write(file("wrong.csv"), table.replacen("1,0,", "1,9,", 1)).unwrap();
    std::fs::write(file("small.json"), "[[0, 1], [1, 0]]").unwrap();
    for (table, says) in [
        ("wrong.csv", "wrong.csv: no element is the identity"),
        ("small.json", "expected 2 tokens on either side"),
        ("missing.csv", "missing.csv: "),
    ] {
        let refused = run(&["verify", model, "--cayley", &file(table)]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(text(&refused.stderr).contains(says), "{}", text(&refused.stderr));
    }
}

#[test]
fn embed_makes_the_file_that_the_page_makes() {
    let widget = scratch("embed").join("widget.html");
    let said =
        ["--template", "embed/template.html", "--show", "plot,claim,plot", "--theme", "dark"];
    let file = ["embed", "biased_v7_n3.safetensors", "-o", widget.to_str().unwrap()];
    let output = run(&[&file[..], &said[..]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    // The page makes this file, too (tests/e2e/sharing.test.mjs).
    let known = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/embed/widget.html");
    assert!(std::fs::read(&widget).unwrap() == std::fs::read(&known).unwrap(), "another file");
}

#[test]
fn embed_says_what_is_missing_and_what_there_is() {
    let output = run(&["embed", "biased_v7_n3.safetensors", "--show", "why"]);
    assert_eq!(output.status.code(), Some(1));
    for part in ["dist/embed/widget-views.html", "npm run build", "--template"] {
        assert!(text(&output.stderr).contains(part), "{}", text(&output.stderr));
    }
    let output = run(&["embed", "biased_v7_n3.safetensors", "--show", "all"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("claim, plot, slider, strategies, why, weights, try"));
    let template = ["--template", "biased_v7_n3.safetensors"];
    let output = run(&[&["embed", "biased_v7_n3.safetensors"][..], &template[..]].concat());
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("npm run build"), "{}", text(&output.stderr));
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
