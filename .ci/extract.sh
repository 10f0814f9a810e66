#!/usr/bin/env bash
# Makes a program of the checker that src/formal proves correct: Coq writes it in OCaml, and OCaml's
# compilers make JavaScript for the page, or a native program. Installs nothing.
#
#   .ci/extract.sh               compiles www/engine/proven-checker.js anew
#   .ci/extract.sh --compare     exits with 1 unless that file is what would be compiled. Without
#                                js_of_ocaml, compares the sources with those that it names
#   .ci/extract.sh FILE [CLAIM]  compiles the native program and runs it on a weights file: prints how
#                                many sequences are surely right, surely wrong, and how many there are;
#                                exits with 1 unless at least CLAIM are surely right
#   .ci/extract.sh --gallery     compares it with the strategy exact and the checker of certificates on
#                                Max-of-4 models of the gallery (tests/formal/gallery.mjs; 8 minutes)
#
# Exit code 2: a program is not installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
of=src/formal/extract
page=www/engine/proven-checker.js
target=$(mkdir -p "${CARGO_TARGET_DIR:-target}/formal/extract" && cd "${CARGO_TARGET_DIR:-target}/formal/extract" && pwd)

need() { # need PROGRAM HINT
  command -v "$1" >/dev/null && return
  echo "extract: error: there is no $1. $2" >&2
  exit 2
}

need coqc "Install Coq with its big integers: on Debian the packages coq and libcoq-bignums."
.ci/formal.sh --library
library=$PWD/${CARGO_TARGET_DIR:-target}/formal/library
[[ ${CARGO_TARGET_DIR:-} != /* ]] || library=$CARGO_TARGET_DIR/formal/library
cp -u $of/*.v $of/*.ml $of/js/ints.js "$target"
cp $of/js/ints.ml $of/js/page.ml "$target"
(
  cd "$target"
  for file in Tail Steps; do
    [ "$file.vo" -nt "$file.v" ] && [ "$file.vo" -nt "$library/Claim.vo" ] || coqc -R "$library" CompactProofs -R . Extracted "$file.v"
  done
  # Writes checker.ml.
  [ checker.ml -nt Steps.vo ] && [ checker.ml -nt Extract.v ] || coqc -R "$library" CompactProofs -R . Extracted Extract.v
)

native() { # compiles the native program
  need ocamlfind "Install OCaml with Zarith: on Debian the packages ocaml-findlib and libzarith-ocaml-dev."
  mkdir -p "$target/native"
  cp "$target"/{nats,forms,checker}.ml "$target/checker.mli" $of/native/*.ml "$target/native"
  (
    cd "$target/native"
    ocamlfind ocamlopt -w -a -package zarith -linkpkg nats.ml ints.ml forms.ml checker.mli checker.ml main.ml -o proven
  )
}
case ${1:-} in
  '' | --compare) ;;
  --gallery)
    native
    cargo build -q --bins
    exec node tests/formal/gallery.mjs "$target/native/proven" "${CARGO_TARGET_DIR:-target}"/debug/compact-proofs{,-check}
    ;;
  *)
    native
    exec "$target/native/proven" "$@"
    ;;
esac

sources=$(cd "$target" && cat checker.ml nats.ml forms.ml ints.ml ints.js page.ml | sha256sum | cut -d' ' -f1)
if [ "${1:-}" = --compare ] && ! command -v js_of_ocaml >/dev/null; then
  grep -q "^// SHA-256 of the sources: $sources\$" $page && echo "extract: $page is made of the sources as they are" && exit 0
  echo "extract: error: $page is made of other sources than these: run npm run formal:extract, where js_of_ocaml is" >&2
  exit 1
fi
need js_of_ocaml "Install it: on Debian the package js-of-ocaml (OCaml comes with Coq)."
need ocamlc "Install OCaml: on Debian the package ocaml-nox."
(
  cd "$target"
  ocamlc -w -a -no-check-prims nats.ml ints.ml forms.ml checker.mli checker.ml page.ml -o checker.byte
  js_of_ocaml --opt 3 --target-env browser ints.js checker.byte -o checker.js
  {
    echo "// The checker that src/formal proves correct, compiled by npm run formal:extract: see src/formal/extract/README.md."
    echo "// SHA-256 of the sources: $sources"
    cat checker.js
  } >proven-checker.js
)
if [ "${1:-}" != --compare ]; then
  cp "$target/proven-checker.js" $page
  echo "extract: $page"
elif cmp "$target/proven-checker.js" $page >&2; then
  echo "extract: $page is what the sources compile to"
else
  echo "extract: error: $page is not what the sources compile to: run npm run formal:extract" >&2
  exit 1
fi
