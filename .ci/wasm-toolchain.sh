#!/usr/bin/env bash
# Makes `cargo build --target wasm32-unknown-unknown` possible on this machine.
#
#   eval "$(.ci/wasm-toolchain.sh)"        # then plain cargo, no -Z flags
#   .ci/wasm-toolchain.sh CMD [ARG...]     # run one command in that environment
#
# 1. The active toolchain already has the target's std: nothing to do.
# 2. A std sysroot built here earlier: use it.
# 3. `rustup target add` works (an ordinary developer machine): done.
# 4. Debian: the distribution's rustc-web (no older than Cargo.toml's rust-version) + its
#    std sources; std is compiled once (about a minute) into a private toolchain under
#    the cache directory.
#
# Only `export` lines go to stdout; everything else goes to stderr.
#   WASM_TOOLCHAIN_CACHE      cache directory (default: $XDG_CACHE_HOME or ~/.cache, /wasm-toolchain)
#   WASM_TOOLCHAIN_NO_RUSTUP  set to 1 to skip step 3
set -euo pipefail

TARGET=wasm32-unknown-unknown
LINK_NAME=wasm-std # the name `cargo +wasm-std` gets when rustup is here
CACHE=${WASM_TOOLCHAIN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/wasm-toolchain}
RUSTUP_IDLE_S=8   # give `rustup target add` up after this long without progress ...
RUSTUP_MAX_S=300  # ... and after this long in any case

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=.ci/debian.sh
. "$here/debian.sh"
NEEDED=$(sed -n 's/^rust-version *= *"\([0-9.]*\)".*/\1/p' "$here/../Cargo.toml" | head -n 1)

has_std() { compgen -G "$1/libstd-*.rlib" >/dev/null; }

use() { # use NAME=VALUE ... -- CMD ...: run CMD with the variables, or print them
  local -a vars=()
  while [ $# -gt 0 ] && [ "$1" != -- ]; do vars+=("$1"); shift; done
  shift
  if [ $# -gt 0 ]; then exec env ${vars[@]+"${vars[@]}"} "$@"; fi
  local v
  for v in ${vars[@]+"${vars[@]}"}; do printf 'export %s=%q\n' "${v%%=*}" "${v#*=}"; done
  exit 0
}

use_private() { # use_private DIR CMD ...
  local dir=$1 link
  shift
  if command -v rustup >/dev/null; then
    link=${RUSTUP_HOME:-$HOME/.rustup}/toolchains/$LINK_NAME
    if [ "$(readlink "$link" 2>/dev/null)" != "$dir" ]; then
      rustup toolchain link "$LINK_NAME" "$dir" >&2
    fi
    use "RUSTUP_TOOLCHAIN=$LINK_NAME" -- "$@"
  else
    use "PATH=$dir/bin:$PATH" -- "$@"
  fi
}

active_has_target() {
  local libdir
  libdir=$(rustc --print target-libdir --target "$TARGET" 2>/dev/null) && has_std "$libdir"
}

debian_compiler() { # prints rustc-web's version if it and its std sources are here and new enough
  local v
  v=$(version_of rustc-web) && [ "$(version_of cargo-web)" = "$v" ] && [ "$(version_of rust-web-src)" = "$v" ] &&
    dpkg --compare-versions "$v" ge "$NEEDED" && printf '%s\n' "$v"
}

private_dir() { # private_dir VERSION: where the std for this rustc-web belongs
  printf '%s/rustc-web_%s' "$CACHE" "$(tr -c '[:alnum:].\n' _ <<<"$1")"
}

add_by_rustup() { # rustup downloads the target; a dead network costs RUSTUP_IDLE_S at most
  command -v rustup >/dev/null && [ "${WASM_TOOLCHAIN_NO_RUSTUP:-}" != 1 ] || return 1
  rustup show active-toolchain >/dev/null 2>&1 || return 1
  say "trying: rustup target add $TARGET"
  local pid downloads now last='' idle=0 n=0
  downloads=${RUSTUP_HOME:-$HOME/.rustup}/downloads
  RUSTUP_MAX_RETRIES=0 rustup target add "$TARGET" </dev/null >/dev/null 2>&1 &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.25
    # progress: bytes that arrive, or (while it unpacks) seconds of CPU time
    now=$(du -sk "$downloads" 2>/dev/null; ps -o time= -p "$pid" 2>/dev/null) || true
    if [ "$now" = "$last" ]; then idle=$((idle + 1)); else idle=0 last=$now; fi
    n=$((n + 1))
    if [ "$idle" -ge $((RUSTUP_IDLE_S * 4)) ] || [ "$n" -ge $((RUSTUP_MAX_S * 4)) ]; then
      kill "$pid" 2>/dev/null || true
      break
    fi
  done
  wait "$pid" 2>/dev/null && active_has_target
}

wrap_rustc() { # wrap_rustc TOOLCHAIN SYSROOT: a symlink would not do, rustc then finds the
  local b        # sysroot beside it only in directories that happen to have lib/rustlib
  for b in rustc rustdoc; do
    printf '#!/bin/sh\nexec /usr/bin/%s --sysroot %q "$@"\n' "$b" "$2" >"$1/bin/$b"
    chmod +x "$1/bin/$b"
  done
}

build_private() { # build_private DIR: all or nothing
  local dir=$1 host llvm t lib src flags
  host=$(/usr/bin/rustc -vV | sed -n 's/^host: //p')
  llvm=$(/usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
  version_of "lld-$llvm" >/dev/null || apt_install "lld-$llvm"
  src=/usr/lib/rustlib/src/rust/library
  [ -e "$src/std/Cargo.toml" ] || die "no std sources in $src"

  # Always the same path, so that std built anew is the same std to an old target folder.
  t=$CACHE/build # the lock is held
  # shellcheck disable=SC2064
  trap "rm -rf '$t'" EXIT
  rm -rf "$t"
  # A sysroot beside Debian's, for the same compiler.
  mkdir -p "$t/tc/bin" "$t/tc/lib/rustlib/$host/bin" "$t/tc/lib/rustlib/$TARGET/lib" "$t/stub/src"
  wrap_rustc "$t/tc" "$t/tc"
  ln -s /usr/bin/cargo "$t/tc/bin/cargo"
  ln -s "/usr/lib/rustlib/$host/lib" "$t/tc/lib/rustlib/$host/lib"
  ln -s "/usr/bin/lld-$llvm" "$t/tc/lib/rustlib/$host/bin/rust-lld"
  ln -s /usr/lib/rustlib/src "$t/tc/lib/rustlib/src"

  printf '[package]\nname = "stub"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' >"$t/stub/Cargo.toml"
  echo '#![no_std]' >"$t/stub/src/lib.rs"
  say "compiling std for $TARGET, once (about a minute)"
  local -a std=(--target "$TARGET" -Z "build-std=std,panic_abort,proc_macro,test")
  local -a clean=(env -u RUSTUP_TOOLCHAIN -u RUSTC_WRAPPER -u RUSTC_WORKSPACE_WRAPPER -u CARGO_BUILD_RUSTC_WRAPPER
    -u CARGO_ENCODED_RUSTFLAGS -u CARGO_BUILD_TARGET -u CARGO_BUILD_RUSTFLAGS
    RUSTC="$t/tc/bin/rustc" RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$t/target" CARGO_INCREMENTAL=0
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 CARGO_PROFILE_RELEASE_DEBUG=0)
  cd "$t/stub"
  "${clean[@]}" /usr/bin/cargo fetch -q "${std[@]}" >&2
  # embed-bitcode: so that a project's lto = true can take std in. The rest: no paths of
  # this machine in the panic messages of what people download.
  flags="-C embed-bitcode=yes --remap-path-prefix=$t/tc/lib/rustlib/src/rust=/rustc --remap-path-prefix=$t=."
  for lib in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do flags+=" --remap-path-prefix=$lib=crates"; done
  "${clean[@]}" RUSTFLAGS="$flags" /usr/bin/cargo build -q --release "${std[@]}" >&2
  cd - >/dev/null
  for lib in "$t/target/$TARGET/release/deps"/lib*.rlib; do
    case ${lib##*/} in libstub-*) ;; *) cp "$lib" "$t/tc/lib/rustlib/$TARGET/lib/" ;; esac
  done
  # Proof before it is put in place: a cdylib that uses std links.
  echo '#[no_mangle] pub extern "C" fn f(n: usize) -> usize { vec![n; n].iter().map(|x| x.to_string().len()).sum() }' |
    "$t/tc/bin/rustc" -O --target "$TARGET" --crate-name probe --crate-type cdylib -o "$t/probe.wasm" - >&2
  [ "$(head -c 4 "$t/probe.wasm" | tr -d '\0')" = asm ] || die "the built std does not link"
  wrap_rustc "$t/tc" "$dir"
  rm -rf "$dir"
  mv -T "$t/tc" "$dir"
  local old
  for old in "$CACHE"/rustc-web_*; do # of an earlier package version
    [ "$old" = "$dir" ] || rm -rf "$old"
  done
  say "built $dir"
  rm -rf "$t"
  trap - EXIT
}

if active_has_target; then use -- "$@"; fi
if v=$(debian_compiler) && dir=$(private_dir "$v") && has_std "$dir/lib/rustlib/$TARGET/lib"; then
  use_private "$dir" "$@"
fi
if add_by_rustup; then use -- "$@"; fi

if [ ! -e /etc/debian_version ] || ! command -v apt-get >/dev/null; then
  die "no $TARGET std, rustup cannot fetch it, and this is not Debian"
fi
mkdir -p "$CACHE"
exec 9>"$CACHE/lock"
flock 9 # two runs at once: the second waits, then finds the first one's work
if ! v=$(debian_compiler); then
  apt_install rustc-web cargo-web rust-web-src
  v=$(debian_compiler) ||
    die "rustc-web is $(version_of rustc-web), but this project needs Rust $NEEDED; use rustup, or a newer Debian"
fi
dir=$(private_dir "$v")
has_std "$dir/lib/rustlib/$TARGET/lib" || build_private "$dir"
exec 9>&-
use_private "$dir" "$@"
