#!/usr/bin/env bash
# Installs what a fresh clone lacks; takes half a second if nothing is missing.
#
#   .ci/setup.sh            for the build: Node packages, a linker, wasm-bindgen, std for wasm32
#   .ci/setup.sh --tests    also for the tests: Chrome and its driver, Firefox, WebKit and its driver, Coq,
#                           wasm-bindgen's test runner
#
# With --tests, prints `export` lines for the tests on stdout; everything else goes to stderr.
# Environment variables:
#   CHROME, CHROMEDRIVER    paths of programs to use instead of those found
#   FIREFOX, MINIBROWSER, WEBKITDRIVER, XVFB    the same, read by tests/e2e/browsers.mjs
#   WASM_TOOLCHAIN_*        see wasm-toolchain.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=.ci/debian.sh
. .ci/debian.sh
target=${CARGO_TARGET_DIR:-target}
tests=${1:+yes} # the only argument is --tests

have() { command -v "$1" >/dev/null; }
on_debian() { [ -e /etc/debian_version ] && have apt-get; }
first_of() { # first_of PROGRAM ...: prints the path of the first one that is installed
  local p
  for p; do command -v "$p" && return; done
}
major() { # major PROGRAM: prints its major version: 156 for "Chromium 156.0.8078.79 built on Debian"
  "$1" --version 2>/dev/null | sed -n 's/^[^0-9]*\([0-9]*\)\..*/\1/p'
}

have cargo || die "no cargo: install Rust by rustup"
have node || die "no node: install Node 20 or newer"
have cc || { on_debian && apt_install gcc libc6-dev; } || die "no C compiler (cargo links with it)"

# node_packages, wasm_bindgen and packages run at once, as some wait for the network while others
# compute. Only packages calls apt-get, which takes a lock.

node_packages() {
  # Compares contents, as git and npm both touch the lock file without changing it.
  local stamp=node_modules/.installed-lock.json
  if ! cmp -s package-lock.json "$stamp"; then
    say "npm ci"
    npm ci --no-audit --no-fund --loglevel=error >&2
    cp package-lock.json "$stamp"
  fi
}

wasm_bindgen() {
  local features=()
  # Keeps the feature if it was on before: a recompiled wasm-bindgen outdates all modules.
  if [ "$tests" ] || [ -x "$target/tool/test-runner" ]; then features=(--features test-runner); fi
  [ -x "$target/tool/bindgen" ] || say "compiling wasm-bindgen, once (a minute or two)"
  cargo build -q --profile tool -p tool ${features[@]+"${features[@]}"} >&2
}

chromes=(chromium chromium-browser google-chrome google-chrome-stable
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" /Applications/Chromium.app/Contents/MacOS/Chromium)
find_browser() { # sets chrome and driver; fails unless both are installed with the same major version
  chrome=${CHROME:-$(first_of "${chromes[@]}")}
  driver=${CHROMEDRIVER:-$(first_of chromedriver chromium.chromedriver)}
  [ -n "$chrome" ] && [ -n "$driver" ] && { [ -n "${CHROMEDRIVER:-}" ] || [ "$(major "$chrome")" = "$(major "$driver")" ]; }
}
packages() { # installs the browsers and Coq where they are missing, if we may, and std for wasm32
  local missing=()
  if [ "$tests" ] && on_debian; then
    if ! find_browser && [ -z "${CHROME:-}" ] && { [ "$(id -u)" = 0 ] || [ -z "$chrome" ]; }; then
      missing+=(chromium chromium-driver)
    fi
    # Who is not root learns from the tests which of these are missing.
    if [ "$(id -u)" = 0 ]; then
      [ -n "${FIREFOX:-}" ] || have firefox-esr || have firefox || missing+=(firefox-esr)
      [ -n "${WEBKITDRIVER:-}" ] || have WebKitWebDriver || missing+=(webkit2gtk-driver)
      [ -n "${XVFB:-}" ] || have Xvfb || missing+=(xvfb)
      have coqc && [ -d "$(coqc -where)/user-contrib/Flocq" ] || missing+=(coq libcoq-bignums libcoq-flocq)
      have ocamlfind && [ -e "$(ocamlfind query zarith 2>/dev/null)/z.cmi" ] || missing+=(ocaml-findlib libzarith-ocaml-dev)
    fi
  fi
  [ "${#missing[@]}" = 0 ] || apt_install "${missing[@]}"
  # End-to-end tests take it in place of Chrome, as it takes a third less of a processor, where
  # there is a package of it.
  if [ "$tests" ] && on_debian && [ "$(id -u)" = 0 ] && [ -z "${CHROME:-}" ] && ! have chromium-headless-shell &&
    apt-cache show chromium-headless-shell >/dev/null 2>&1; then apt_install chromium-headless-shell; fi
  .ci/wasm-toolchain.sh true
}

node_packages & strands=($!)
wasm_bindgen & strands+=($!)
packages & strands+=($!)
failed=''
for strand in "${strands[@]}"; do wait "$strand" || failed=yes; done
[ -z "$failed" ] || exit 1
[ "$tests" ] || exit 0

if ! find_browser; then
  [ -n "$chrome" ] || die "the tests need Chrome or Chromium: install one, or name one in the variable CHROME"
  driver=$PWD/tests/webdriver.mjs # the replacement for a missing chromedriver
fi
# Adds Chrome's path to the options in webdriver.json, as chromedriver would look elsewhere for it.
node - "$chrome" tests/webdriver.json >"$target/tool/webdriver.json" <<'JS'
const [, , binary, file] = process.argv;
const caps = JSON.parse(require('node:fs').readFileSync(file, 'utf8'));
caps['goog:chromeOptions'].binary = binary;
console.log(JSON.stringify(caps));
JS
absolute() { case $1 in /*) printf '%s' "$1" ;; *) printf '%s/%s' "$PWD" "$1" ;; esac; }
headless=$([ -n "${CHROME:-}" ] || first_of chromium-headless-shell || true)
printf 'export %s=%q\n' CHROME "$chrome" HEADLESS "$headless" CHROMEDRIVER "$driver" \
  WASM_BINDGEN_TEST_WEBDRIVER_JSON "$(absolute "$target/tool/webdriver.json")"
if [ -n "${CARGO_TARGET_DIR:-}" ]; then # .cargo/config.toml has the path below target/
  printf 'export %s=%q\n' CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER "$(absolute "$target/tool/test-runner")"
fi
