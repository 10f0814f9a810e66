#!/usr/bin/env bash
# What the compilers and linters say: formatting, clippy (where they exist) and TypeScript; whether documents are short and
# their links lead somewhere; and where dependencies come from.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
.ci/build-wasm.sh # the page's types come out of it

node_modules/.bin/tsc
node .ci/documents.mjs
node .ci/dependencies.mjs
if cargo fmt --version >/dev/null 2>&1; then
  cargo fmt --all --check
fi
if cargo clippy --version >/dev/null 2>&1; then
  # .ci/clippy.toml: what compiles for the web but panics there. The library is the same in both.
  cargo clippy --workspace --all-targets -- -D warnings
  CLIPPY_CONF_DIR=$PWD/.ci cargo clippy -p web -p prove -p files -p plot -p check -p explain -- -D warnings
fi
if command -v shellcheck >/dev/null; then
  shellcheck -x .ci/*.sh .ci/run .ci/fuzz
fi
