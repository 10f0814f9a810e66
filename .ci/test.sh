#!/usr/bin/env bash
# Runs the tests, after installing what they need, and prints the time of each phase at the end,
# also when one fails.
#
#   .ci/test.sh [--all | --simd | --no-simd] [native] [wasm] [modules] [unit] [e2e] [formal] [checks]
#
# Runs the phases named; by default all except checks, which is `npm run check`. The phase wasm runs
# every test with SIMD128, then the tests of arithmetic without it:
#   --all                   runs every test both with and without SIMD128
#   --simd, --no-simd       runs only the tests with, or without, SIMD128
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

all='' ways='simd no_simd' wanted=''
for arg; do
  case $arg in
    native | wasm | modules | unit | e2e | formal | checks) wanted+=" $arg" ;;
    --all) all=yes ;;
    --simd) ways=simd ;;
    --no-simd) ways=no_simd ;;
    *) echo "test: error: unknown argument $arg" >&2; exit 2 ;;
  esac
done
wanted=${wanted:- native wasm modules unit e2e formal}
# The end-to-end tests need the page built from the present modules.
[[ $wanted == *modules* ]] || wanted=${wanted/e2e/modules e2e}

# ---- times ---------------------------------------------------------------------------------------

current='' started=0 times=''
enter() { # enter PHASE: starts the clock of PHASE, and stops that of the phase before
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

# ---- phases --------------------------------------------------------------------------------------

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
# One `cargo test` for each instruction set, so that each compiles the library once.
everything=(-p prove -p group -p files -p check -p explain --test boundary --test suite)
simd() { test_wasm +simd128 "${everything[@]}"; }
no_simd() {
  if [ -n "$all" ]; then
    test_wasm -simd128 "${everything[@]}"
  else
    test_wasm -simd128 --test arithmetic
  fi
}
test_wasm() { # test_wasm FEATURE ARGUMENT ...: FEATURE is +simd128 or -simd128
  printf '\n== wasm %s\n' "$1"
  .ci/wasm-toolchain.sh cargo test --target wasm32-unknown-unknown --no-default-features -p compact-proofs "${@:2}" \
    --config "target.wasm32-unknown-unknown.rustflags=['-Ctarget-feature=$1']"
}

modules() { npm run -s build; }

test_node() { node --test --test-reporter=spec --test-timeout=300000 "$@"; }
unit() { test_node tests/unit/*.test.mjs; }
e2e() {
  local timed=tests/e2e/timed.test.mjs
  # Two files run at a time on any machine; the file that measures times runs alone.
  (GLOBIGNORE=$timed; test_node --test-concurrency=2 tests/e2e/*.test.mjs)
  test_node "$timed"
}

formal() { test_node tests/formal/formal.test.mjs; }

checks() { .ci/check.sh; }

if [[ $wanted =~ wasm|modules|unit|e2e|checks ]]; then # the phase native needs nothing but cargo
  enter set-up
  vars=$(.ci/setup.sh --tests)
  eval "$vars"
fi
for phase in $wanted; do
  enter "$phase"
  "$phase"
done
