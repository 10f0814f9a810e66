#!/usr/bin/env bash
# Compiles the page's modules to www/pkg/NAME{.js,.d.ts,_bg.wasm}, those of .ci/modules.sh: one
# cargo build for all, then wasm-bindgen and wasm-opt for those that have changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
.ci/setup.sh # fetches crates, whose paths the flags below need
target=${CARGO_TARGET_DIR:-target}
cargo_home=${CARGO_HOME:-$HOME/.cargo}

# Keeps paths of this machine out of the panic messages in the modules.
flags="'--remap-path-prefix=$PWD=.'"
for src in "$cargo_home"/registry/src/*; do flags+=",'--remap-path-prefix=$src=crates'"; done

up_to_date() { # up_to_date OUTPUT INPUT ...: whether OUTPUT exists and is no older than any INPUT
  local output=$1 input
  shift
  [ -e "$output" ] || return 1
  for input; do [ ! "$input" -nt "$output" ] || return 1; done
}

mapfile -t modules < <(.ci/modules.sh)
built=$target/wasm32-unknown-unknown/web
.ci/wasm-toolchain.sh cargo build -q --profile web --target wasm32-unknown-unknown "${modules[@]/#/-p}" \
  --config "target.wasm32-unknown-unknown.rustflags=[$flags]"

finish() { # finish NAME: makes the JavaScript glue and the optimised module, if they are outdated
  local name=$1 work=$target/wasm/$1 out=www/pkg/$1
  mkdir -p "$work"
  if up_to_date "${out}_bg.wasm" "$built/$name.wasm" "$target/tool/bindgen" package-lock.json .ci/build-wasm.sh; then return; fi
  "$target/tool/bindgen" "$built/$name.wasm" "$work/pkg"
  # --low-memory-unused assumes that no data is below 1 KB, so that wasm-opt can fold constant
  # additions into the offsets of loads and stores. The stack grows down from 1 MB to there. If it
  # ever reached the last KB, a load could trap, but none would read from a wrong address.
  # wasm-opt finds the target's features, such as SIMD128, in the module.
  node_modules/.bin/wasm-opt -O3 --low-memory-unused -o "$work/opt.wasm" "$work/pkg/${name}_bg.wasm"
  if grep -aqF -e "$PWD/" -e "$cargo_home/" -e "${RUSTUP_HOME:-$HOME/.rustup}/" "$work/opt.wasm"; then
    echo "build-wasm: error: $work/opt.wasm names folders of this machine" >&2
    exit 1
  fi
  mkdir -p www/pkg
  cp "$work/pkg/$name.js" "$work/pkg/$name.d.ts" "$work/pkg/${name}_bg.wasm.d.ts" www/pkg/
  mv "$work/opt.wasm" "${out}_bg.wasm"
  echo "build-wasm: ${out}_bg.wasm, $(($(wc -c <"${out}_bg.wasm") / 1024)) KB"
}

# Finishes two modules at a time.
half() { # half FIRST: finishes every second module
  local i
  for ((i = $1; i < ${#modules[@]}; i += 2)); do finish "${modules[i]}"; done
}
half 0 & first=$!
half 1 & second=$!
wait $first
wait $second
