#!/usr/bin/env bash
# Runs the tests, all of them or those named, after setting up what they need.
#   .ci/test.sh [native] [wasm [--simd | --no-simd]] [e2e]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

instructions='+simd128 -simd128' wanted=''
for arg; do
  case $arg in
    native | wasm | e2e) wanted+=" $arg" ;;
    --simd) instructions='+simd128' ;;
    --no-simd) instructions='-simd128' ;;
    *) echo "test: error: what is $arg?" >&2; exit 2 ;;
  esac
done

native() {
  if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --all-features
    cargo test --doc --all-features
  else
    cargo test --all-features
  fi
}

wasm() {
  local feature
  for feature in $instructions; do
    printf '\n== wasm %s\n' "$feature"
    .ci/wasm-toolchain.sh cargo test --test suite --target wasm32-unknown-unknown --no-default-features --features 'read-web,prove-web,published,additive,check-web' \
      --config "target.wasm32-unknown-unknown.rustflags=['-Ctarget-feature=$feature']"
  done
}

e2e() {
  npm run -s build
  node_modules/.bin/tsc --noEmit
  node --test --test-reporter=spec --test-timeout=300000 tests/e2e/*.test.mjs
}

wanted=${wanted:- native wasm e2e}
if [ "$wanted" != ' native' ]; then # that needs nothing but cargo
  vars=$(.ci/setup.sh --tests)
  eval "$vars"
fi
for suite in $wanted; do
  printf '\n== %s\n' "$suite"
  "$suite"
done
