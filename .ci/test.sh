#!/usr/bin/env bash
# Runs the tests, after installing what they need, and prints the time of each phase at the end,
# also when one fails.
#
#   .ci/test.sh [--all | --simd | --no-simd] [native] [wasm] [modules] [unit] [e2e] [formal] [checks]
#
# Runs the phases named; by default all except checks, which is `npm run check`. Some run at once.
# The phase wasm runs every test with SIMD128, then the tests of arithmetic without it:
#   --all                   runs every test both with and without SIMD128, and long tests on all of their cases
#   --simd, --no-simd       runs only the tests with, or without, SIMD128
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

all='' ways='simd no_simd' wanted=''
for arg; do
  case $arg in
    native | wasm | modules | unit | e2e | formal | checks) wanted+=" $arg" ;;
    --all) all=yes; export THOROUGH=1 ;;
    --simd) ways=simd ;;
    --no-simd) ways=no_simd ;;
    *) echo "test: error: unknown argument $arg" >&2; exit 2 ;;
  esac
done
wanted=${wanted:- native wasm modules unit e2e formal}
# The end-to-end tests need the page built from the present modules.
[[ $wanted == *modules* ]] || wanted=${wanted/e2e/modules e2e}

# ---- times ---------------------------------------------------------------------------------------

work=$(mktemp -d)
touch "$work/times"
current='' started=0 processor=0 worked=0 beside=()
enter() { # enter PHASE: starts the clocks of PHASE
  processor
  current=$1 started=$SECONDS worked=$processor
  printf '\n== %s\n' "$current"
}
processor() { # sets processor: the seconds of processor time of all that this shell has run and waited for
  local clock=$work/clock-$BASHPID
  times >"$clock" # not in a pipe: a subshell counts from 0
  processor=$(awk 'NR == 2 { gsub(/[ms]/, " "); printf "%d", 60 * $1 + $2 + 60 * $3 + $4 }' "$clock")
}
leave() { # leave STATUS: notes the time of the phase that has ended with STATUS
  [ -n "$current" ] || return 0
  [ "$1" -eq 0 ] || current+=' (failed)'
  processor
  printf '%-17s %5d s, %5d s of processor time\n' "$current" $((SECONDS - started)) $((processor - worked)) >>"$work/times"
  current=''
}
report() {
  local status=$?
  leave "$status"
  local lane
  for lane in "${beside[@]}"; do
    kill -- -"$lane" 2>/dev/null || true
    wait "$lane" || true
  done
  cat "$work"/beside-* 2>/dev/null || true
  printf '\n'
  cat "$work/times"
  printf '%-17s %5d s\n' total "$SECONDS"
  rm -r "$work"
  exit "$status"
}
trap report EXIT

# ---- order ---------------------------------------------------------------------------------------

wants() { # wants PHASE ...: whether any of these is wanted
  local phase
  for phase; do [[ " $wanted " != *" $phase "* ]] || return 0; done
  return 1
}
phases() { # phases PHASE ...: runs those that are wanted, one after the other
  local phase
  for phase; do
    wants "$phase" || continue
    enter "$phase"
    "$phase"
    leave 0
  done
}
# at_once "PHASE ..." ...: runs these lists at once, since much of each uses one processor. Shows
# what the first prints as it comes, what the others print when they have ended.
at_once() {
  local lists=() list names failed=''
  for list; do
    read -ra names <<<"$list"
    if wants "${names[@]}"; then lists+=("$list"); fi
  done
  for list in "${lists[@]:1}"; do
    read -ra names <<<"$list"
    set -m # a process group of its own, for `report` to end
    (trap 'leave $?' EXIT; phases "${names[@]}") >"$work/beside-${#beside[@]}" 2>&1 </dev/null &
    beside+=($!)
    set +m
  done
  read -ra names <<<"${lists[0]:-}"
  phases ${names[@]+"${names[@]}"}
  for list in "${beside[@]}"; do wait "$list" || failed=yes; done
  beside=()
  cat "$work"/beside-* 2>/dev/null || true
  rm -f "$work"/beside-*
  [ -z "$failed" ]
}

# ---- phases --------------------------------------------------------------------------------------

set-up() { .ci/setup.sh --tests >"$work/variables"; }

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
mapfile -t modules < <(.ci/modules.sh boundary)
everything=("${modules[@]/#/-p}" --test boundary --test suite)
simd() { test_wasm +simd128 "${everything[@]}"; }
no_simd() {
  if [ -n "$all" ]; then
    test_wasm -simd128 "${everything[@]}"
  else
    # Compiled in a fifth less time, which 18 tests do not lose again.
    test_wasm -simd128 --test arithmetic --config profile.dev.opt-level=1
  fi
}
test_wasm() { # test_wasm FEATURE ARGUMENT ...: FEATURE is +simd128 or -simd128
  printf '\n== wasm %s\n' "$1"
  .ci/wasm-toolchain.sh cargo test --target wasm32-unknown-unknown --no-default-features -p compact-proofs "${@:2}" \
    --config "target.wasm32-unknown-unknown.rustflags=['-Ctarget-feature=$1']"
}

modules() { npm run -s build; }

test_node() { node --test --test-reporter=spec --test-timeout=900000 "$@"; }
unit() { test_node tests/unit/*.test.mjs; }
e2e() { node tests/e2e/run.mjs; }

formal() { test_node tests/formal/formal.test.mjs tests/cluster/cluster.test.mjs; }

checks() { .ci/check.sh; }

if wants wasm modules unit e2e checks; then wanted="set-up $wanted"; fi # native needs nothing but cargo and a linker
if command -v cc >/dev/null; then at_once native set-up; else phases set-up native; fi
if wants set-up; then eval "$(cat "$work/variables")"; fi
at_once 'wasm formal' 'modules unit checks'
phases e2e
