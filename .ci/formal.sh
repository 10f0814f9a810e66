#!/usr/bin/env bash
# Proves in Coq how accurate the network in a file is at least, and prints the theorem, what it
# assumes, and the time and memory that it took. Installs nothing.
#
#   .ci/formal.sh FILE [CERTIFICATE | --claim COUNT]
#   .ci/formal.sh --library    only compiles the library
#   .ci/formal.sh --theorems   proves what the project ships, and writes it anew (.ci/theorems.mjs)
#
# Exit codes: 1 if Coq does not accept the claim, 2 if Coq is not installed or the usage is wrong.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${CARGO_TARGET_DIR:-target}/formal

if ! command -v coqc >/dev/null || ! command -v coqdep >/dev/null; then
  echo "formal: error: there is no Coq. Install it with its big integers: on Debian the packages" \
    "coq and libcoq-bignums, by opam coq.8.16.1 and coq-bignums." >&2
  exit 2
fi
if [ $# -eq 0 ]; then
  echo "formal: error: expected a weights file: npm run formal -- FILE [CERTIFICATE | --claim COUNT]" >&2
  exit 2
fi

# Coq reads a long list, as a large file is, in as many nested calls.
ulimit -s unlimited 2>/dev/null || true

library() { # compiles the library beside copies of its sources, so that src/ stays clean
  mkdir -p "$target/library"
  cp -u src/formal/*.v src/formal/_CoqProject "$target/library/"
  (cd "$target/library" && coq_makefile -f _CoqProject -o Makefile && make -s -j2)
}
library
[ "$1" != --library ] || exit 0
[ "$1" != --theorems ] || exec node .ci/theorems.mjs "${@:2}"

cargo build -q --bin compact-proofs
work=$target/theorems
mkdir -p "$work"
written=$("${CARGO_TARGET_DIR:-target}/debug/compact-proofs" formal "$@" -o "$work")
echo "$written"
theorem=$(tail -n 1 <<<"$written") # the last line is the path of NAME_theorem.v
name=${theorem%_theorem.v}
prove() { "${measured[@]}" coqc -R "$target/library" CompactProofs -R "$work" '' "$1"; }
measured=()
prove "${name}_file.v"
sed -n '/^Theorem/,/\.$/p' "$theorem"
echo "Coq checks it ..."
[ ! -x /usr/bin/time ] || measured=(/usr/bin/time -f '%U s of processor time, %M KB of memory')
start=$SECONDS
if prove "$theorem" >"${name}_assumptions"; then
  echo "It assumes (src/formal/README.md says why):"
  awk '/^[A-Za-z]/ && $1 != "Axioms:" { print "  " $1 }' "${name}_assumptions" | LC_ALL=C sort -u
  echo "Proven in $((SECONDS - start)) s: $theorem"
else
  echo "formal: error: Coq does not accept this claim. What it derives: right and wrong inputs" >&2
  sed '/^(\*\* All of/,$d' "$theorem" >"${name}_derives.v"
  given=$(sed -n 's/^Lemma derived : derives sha256_by_words BigNum \(.*\) the_file .*/\1/p' "$theorem")
  echo "Eval vm_compute in option_map (check BigNum $given) (read the_file)." >>"${name}_derives.v"
  prove "${name}_derives.v" >&2
  exit 1
fi
