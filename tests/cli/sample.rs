use super::{run, scratch, text};
use serde_json::Value;

const V7: &str = "biased_v7_n3.safetensors";
const S4: &str = "group_operations/S4_s0.safetensors";

fn json(arguments: &[&str]) -> Value {
    let output = run(arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn bounds_from_samples_are_written_checked_and_not_trusted() {
    let folder = scratch("samples");
    let path = folder.join("certificate.json");
    let path = path.to_str().unwrap();
    for (file, arguments) in [
        (V7, &["--method", "anytime", "--until", "0.01", "--delta", "0.01"][..]),
        (V7, &["--proof", "cubic", "--seed", "mine", "--samples", "200"]),
        (S4, &["--method", "stratified", "--samples", "300", "--proof", "low-rank-unembed-6"]),
        (S4, &["--method", "bernstein", "--samples", "1e3"]),
    ] {
        let found = json(&[&["sample", file, "--json", "-o", path], arguments].concat());
        assert_eq!(found["certainty"], "pac");
        let count = |name: &str| found[name].as_str().unwrap().parse::<u64>().unwrap();
        assert!(count("correct") >= count("proven") && count("correct") <= count("total"));
        assert!(found["bound"].as_f64() <= found["most"].as_f64());
        let checked = json(&["check", file, path, "--json"]);
        for same in ["correct", "total", "bound", "flops", "key", "samples", "right", "delta"] {
            assert_eq!(checked[same], found[same], "{same}");
        }
        let certificate = std::fs::read_to_string(path).unwrap();
        let more = certificate.replace("\"right\":", "\"right\":1");
        std::fs::write(path, more).unwrap();
        let refused = run(&["check", file, path]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(
            text(&refused.stderr).contains("the certificate's `right` is "),
            "{}",
            text(&refused.stderr)
        );
        std::fs::write(path, &certificate).unwrap();
        let other = if file == V7 {
            "oracle/max4_v64_s104.safetensors"
        } else {
            "group_operations/S4_s2.safetensors"
        };
        let refused = run(&["check", other, path]);
        assert!(
            text(&refused.stderr).contains("is about the weights file with the SHA-256"),
            "{}",
            text(&refused.stderr)
        );
    }
}

#[test]
fn what_cannot_be_sampled_is_refused() {
    for (arguments, expected) in [
        (
            &["--until", "0.5"][..],
            "--until: a bound of the method clopper-pearson may not be looked at early",
        ),
        (&["--proof", "brute-force"], "leaves nothing to sample"),
        (&["--proof", "quadratic"], "no strategy is called `quadratic`"),
        (&["--delta", "0.9"], "a probability δ of 0.9"),
        (
            &["--method", "stratified", "--samples", "1e4"],
            "expected at most as many samples as inputs",
        ),
    ] {
        let refused = run(&[&["sample", V7], arguments].concat());
        assert_eq!(refused.status.code(), Some(1), "{arguments:?}");
        assert!(text(&refused.stderr).contains(expected), "{}", text(&refused.stderr));
    }
    let wrong = run(&["sample", V7, "--method", "dice"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(
        text(&wrong.stderr).contains("no method of sampling is called `dice`"),
        "{}",
        text(&wrong.stderr)
    );
}

#[test]
fn coins_reach_bounds_with_fewer_flops() {
    let reached = json(&["reach", S4, "--json"]);
    let reached = reached.as_array().unwrap();
    assert_eq!(reached.len(), 3);
    for found in reached {
        let target = found["target"].as_f64().unwrap();
        for kind in ["proof", "pac"] {
            assert!(found[kind]["bound"].as_f64().unwrap() >= target, "{found}");
        }
        assert!(found["pac"]["delta"].as_f64().unwrap() < 1e-3 && found["proof"]["delta"] == 0.0);
    }
}
