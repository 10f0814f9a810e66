#!/usr/bin/env bash
# Rust -> www/pkg/{read,compute,additive,full,plot,check}{.js,.d.ts,_bg.wasm}: cargo, wasm-bindgen, wasm-opt, for each what changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
.ci/setup.sh # before the flags below: it fetches the crates whose paths they name
target=${CARGO_TARGET_DIR:-target}
cargo_home=${CARGO_HOME:-$HOME/.cargo}

# No paths of this machine in the panic messages of what people download.
flags="'--remap-path-prefix=$PWD=.'"
for src in "$cargo_home"/registry/src/*; do flags+=",'--remap-path-prefix=$src=crates'"; done

up_to_date() { # up_to_date OUTPUT INPUT ...
  local output=$1 input
  shift
  [ -e "$output" ] || return 1
  for input; do [ ! "$input" -nt "$output" ] || return 1; done
}

build() { # build NAME FEATURES
  local name=$1 features=$2 like=$target/wasm/compute work=$target/wasm/$1 out=www/pkg/$1 built copy
  # A target folder for each, as they are built at the same time. It starts as a copy of the first, so that what they share
  # is compiled once.
  if [ -d "$like" ] && [ ! -d "$work" ]; then
    rm -rf "$work.new"
    cp -Rp "$like" "$work.new"
    mv "$work.new" "$work"
  fi
  .ci/wasm-toolchain.sh cargo build -q --profile web --lib --target wasm32-unknown-unknown --target-dir "$work" \
    --no-default-features --features "$features" --config "target.wasm32-unknown-unknown.rustflags=[$flags]"
  built=$work/wasm32-unknown-unknown/web/compact_proofs.wasm
  copy=$work/$name.wasm # bindgen names its output after its input
  cmp -s "$built" "$copy" || cp "$built" "$copy"
  if up_to_date "${out}_bg.wasm" "$copy" "$target/tool/bindgen" package-lock.json .ci/build-wasm.sh; then return; fi

  "$target/tool/bindgen" "$copy" "$work/pkg"
  # It takes the target's features from the module itself. Low memory is the end of the stack, which grows down from 1 MB: with
  # nothing below 1 KB, an address with a constant added needs no instruction of its own. Should the stack get there, a load
  # may trap; none reads elsewhere.
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

build compute prove-web,published
# Two at a time: each ends with one thread that optimises the whole program.
{
  build full read-web,prove-web,published,additive,files
  build read read-web
} & first=$!
{
  build check check-web
  build additive prove-web,additive
  build plot plot-web
} & second=$!
wait $first
wait $second
