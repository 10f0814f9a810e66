#!/usr/bin/env bash
# Runs the tests, all of them or the phases named, after setting up what they need, and closes with
# the time that each phase took, also when one fails.
#   .ci/test.sh [--all | --simd | --no-simd] [native] [wasm] [modules] [unit] [e2e] [checks]
# Without a phase: all but checks, which is `npm run check`. WebAssembly runs every test with SIMD128
# and those that differ with the instructions without it; --all runs every test in both ways,
# --simd and --no-simd leave the other way out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

all='' ways='simd no_simd' wanted=''
for arg; do
  case $arg in
    native | wasm | modules | unit | e2e | checks) wanted+=" $arg" ;;
    --all) all=yes ;;
    --simd) ways=simd ;;
    --no-simd) ways=no_simd ;;
    *) echo "test: error: what is $arg?" >&2; exit 2 ;;
  esac
done
wanted=${wanted:- native wasm modules unit e2e}
# The end-to-end tests are of the page that these modules make.
[[ $wanted == *modules* ]] || wanted=${wanted/e2e/modules e2e}

# ---- times -----------------------------------------------------------------------------------------

current='' started=0 times=''
enter() { # enter PHASE: ends the present phase and begins that one
  leave
  current=$1 started=$SECONDS
  printf '\n== %s\n' "$current"
}
leave() {
  [ -z "$current" ] || times+=$(printf '%-10s %5d s' "$current" $((SECONDS - started)))$'\n'
  current=''
}
report() {
  local status=$?
  [ "$status" -eq 0 ] || current+=${current:+ (failed)}
  leave
  printf '\n%s%-10s %5d s\n' "$times" total "$SECONDS"
  exit "$status"
}
trap report EXIT

# ---- phases ----------------------------------------------------------------------------------------

native() {
  if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run
    cargo test --doc
  else
    cargo test
  fi
}

wasm() {
  local way
  for way in $ways; do "$way"; done
}
# One `cargo test` for each set of instructions, so that the library is compiled once for each.
everything=(-p prove -p files -p check -p explain --test boundary --test suite)
simd() { test_wasm +simd128 "${everything[@]}"; }
no_simd() {
  if [ -n "$all" ]; then
    test_wasm -simd128 "${everything[@]}"
  else
    test_wasm -simd128 --test arithmetic
  fi
}
test_wasm() { # test_wasm FEATURE ARGUMENT ...
  printf '\n== wasm %s\n' "$1"
  .ci/wasm-toolchain.sh cargo test --target wasm32-unknown-unknown --no-default-features -p compact-proofs "${@:2}" \
    --config "target.wasm32-unknown-unknown.rustflags=['-Ctarget-feature=$1']"
}

modules() { npm run -s build; }

test_node() { node --test --test-reporter=spec --test-timeout=300000 "$@"; }
unit() { test_node tests/unit/*.test.mjs; }
e2e() {
  local timed=tests/e2e/timed.test.mjs
  # Two files at a time on any machine; what measures time is alone.
  (GLOBIGNORE=$timed; test_node --test-concurrency=2 tests/e2e/*.test.mjs)
  test_node "$timed"
}

checks() { .ci/check.sh; }

if [[ $wanted =~ wasm|modules|unit|e2e|checks ]]; then # the others need nothing but cargo
  enter set-up
  vars=$(.ci/setup.sh --tests)
  eval "$vars"
fi
for phase in $wanted; do
  enter "$phase"
  "$phase"
done
