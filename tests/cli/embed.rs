//! `embed`: the single file of a model.

use super::{run, scratch, text};
use std::path::Path;

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
