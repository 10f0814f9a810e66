#!/usr/bin/env bash
# Runs the static checks: TypeScript, the Markdown files, the dependencies, the skeleton of a task and,
# if they are installed, rustfmt, clippy and shellcheck.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
.ci/build-wasm.sh # TypeScript needs the types in www/pkg

node_modules/.bin/tsc
node .ci/documents.mjs
node .ci/dependencies.mjs
if cargo fmt --version >/dev/null 2>&1; then
  cargo fmt --all --check
fi
if cargo clippy --version >/dev/null 2>&1; then
  cargo clippy --workspace --all-targets -- -D warnings
fi
node .ci/skeleton.mjs
if command -v shellcheck >/dev/null; then
  shellcheck -x .ci/*.sh .ci/run .ci/fuzz
fi
