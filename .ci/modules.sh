#!/usr/bin/env bash
# modules.sh [TARGET]: prints the names of the page's WebAssembly modules, one in a line: the crates
# in src/web whose manifest has the target, "cdylib" unless another is named, such as the test
# "boundary".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for crate in $(grep -l "\"${1:-cdylib}\"" src/web/*/Cargo.toml); do
  basename "$(dirname "$crate")"
done
