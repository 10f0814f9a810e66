#!/usr/bin/env bash
# Installs std for wasm32-unknown-unknown, if necessary, so that cargo can build for that target.
#
#   eval "$(.ci/wasm-toolchain.sh)"        # sets the environment; then call cargo as usual
#   .ci/wasm-toolchain.sh CMD [ARG...]     # runs one command in that environment
#
# Takes the first of these that works:
# 1. The active toolchain, if it has the target's std.
# 2. A private toolchain that step 4 has built before.
# 3. `rustup target add`.
# 4. On Debian: the packages rustc-web (no older than Cargo.toml's rust-version) and rust-web-src.
#    Compiles std once (about a minute) into a private toolchain in the cache directory.
#
# Only `export` lines go to stdout; everything else goes to stderr.
# Environment variables:
#   WASM_TOOLCHAIN_CACHE      cache directory (default: ${XDG_CACHE_HOME:-~/.cache}/wasm-toolchain)
#   WASM_TOOLCHAIN_NO_RUSTUP  set to 1 to skip step 3
set -euo pipefail

TARGET=wasm32-unknown-unknown
LINK_NAME=wasm-std # the private toolchain's name in rustup: `cargo +wasm-std`
CACHE=${WASM_TOOLCHAIN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/wasm-toolchain}
RUSTUP_IDLE_S=8   # seconds without progress after which `rustup target add` is stopped
RUSTUP_MAX_S=300  # seconds after which it is stopped in any case

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=.ci/debian.sh
. "$here/debian.sh"
NEEDED=$(sed -n 's/^rust-version *= *"\([0-9.]*\)".*/\1/p' "$here/../Cargo.toml" | head -n 1)

has_std() { compgen -G "$1/libstd-*.rlib" >/dev/null; }

use() { # use NAME=VALUE ... -- [CMD ...]: runs CMD with the variables; without CMD, prints them
  local -a vars=()
  while [ $# -gt 0 ] && [ "$1" != -- ]; do vars+=("$1"); shift; done
  shift
  if [ $# -gt 0 ]; then exec env ${vars[@]+"${vars[@]}"} "$@"; fi
  local v
  for v in ${vars[@]+"${vars[@]}"}; do printf 'export %s=%q\n' "${v%%=*}" "${v#*=}"; done
  exit 0
}

use_private() { # use_private DIR [CMD ...]: `use` for the toolchain in DIR
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

debian_compiler() { # prints rustc-web's version if it and its std sources are installed and new enough
  local v
  v=$(version_of rustc-web) && [ "$(version_of cargo-web)" = "$v" ] && [ "$(version_of rust-web-src)" = "$v" ] &&
    dpkg --compare-versions "$v" ge "$NEEDED" && printf '%s\n' "$v"
}

private_dir() { # private_dir VERSION: prints the folder of the toolchain for that rustc-web
  printf '%s/rustc-web_%s' "$CACHE" "$(tr -c '[:alnum:].\n' _ <<<"$1")"
}

add_by_rustup() { # runs `rustup target add`, within the limits above
  command -v rustup >/dev/null && [ "${WASM_TOOLCHAIN_NO_RUSTUP:-}" != 1 ] || return 1
  rustup show active-toolchain >/dev/null 2>&1 || return 1
  say "trying: rustup target add $TARGET"
  local pid downloads now last='' idle=0 n=0
  downloads=${RUSTUP_HOME:-$HOME/.rustup}/downloads
  RUSTUP_MAX_RETRIES=0 rustup target add "$TARGET" </dev/null >/dev/null 2>&1 &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.25
    # Progress: bytes that were downloaded, or seconds of CPU time while rustup unpacks.
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

# wrap_rustc TOOLCHAIN SYSROOT: makes scripts in TOOLCHAIN that call Debian's rustc with SYSROOT.
# Through a symbolic link, rustc would find the sysroot only in some places.
wrap_rustc() {
  local b
  for b in rustc rustdoc; do
    printf '#!/bin/sh\nexec /usr/bin/%s --sysroot %q "$@"\n' "$b" "$2" >"$1/bin/$b"
    chmod +x "$1/bin/$b"
  done
}

build_private() { # build_private DIR: compiles std and makes the toolchain DIR, or fails without it
  local dir=$1 host llvm t lib src flags
  host=$(/usr/bin/rustc -vV | sed -n 's/^host: //p')
  llvm=$(/usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
  version_of "lld-$llvm" >/dev/null || apt_install "lld-$llvm"
  src=/usr/lib/rustlib/src/rust/library
  [ -e "$src/std/Cargo.toml" ] || die "no std sources in $src"

  # The path is always the same, so that a recompiled std does not outdate what was built with it.
  t=$CACHE/build # no other run uses it: this one holds the lock
  # shellcheck disable=SC2064
  trap "rm -rf '$t'" EXIT
  rm -rf "$t"
  # A second sysroot for Debian's compiler.
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
  # embed-bitcode: lets projects with `lto = true` optimise std too. The other flags keep paths of
  # this machine out of the panic messages in the modules.
  flags="-C embed-bitcode=yes --remap-path-prefix=$t/tc/lib/rustlib/src/rust=/rustc --remap-path-prefix=$t=."
  for lib in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do flags+=" --remap-path-prefix=$lib=crates"; done
  "${clean[@]}" RUSTFLAGS="$flags" /usr/bin/cargo build -q --release "${std[@]}" >&2
  cd - >/dev/null
  for lib in "$t/target/$TARGET/release/deps"/lib*.rlib; do
    case ${lib##*/} in libstub-*) ;; *) cp "$lib" "$t/tc/lib/rustlib/$TARGET/lib/" ;; esac
  done
  # Tests the toolchain before it is moved into place: a cdylib that uses std must link.
  echo '#[no_mangle] pub extern "C" fn f(n: usize) -> usize { vec![n; n].iter().map(|x| x.to_string().len()).sum() }' |
    "$t/tc/bin/rustc" -O --target "$TARGET" --crate-name probe --crate-type cdylib -o "$t/probe.wasm" - >&2
  [ "$(head -c 4 "$t/probe.wasm" | tr -d '\0')" = asm ] || die "the built std does not link"
  wrap_rustc "$t/tc" "$dir"
  rm -rf "$dir"
  mv -T "$t/tc" "$dir"
  local old
  for old in "$CACHE"/rustc-web_*; do # toolchains for earlier versions of the package
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
flock 9 # if two runs start at once, the second waits and then uses the toolchain of the first
if ! v=$(debian_compiler); then
  apt_install rustc-web cargo-web rust-web-src
  v=$(debian_compiler) ||
    die "rustc-web is $(version_of rustc-web), but this project needs Rust $NEEDED; use rustup, or a newer Debian"
fi
dir=$(private_dir "$v")
has_std "$dir/lib/rustlib/$TARGET/lib" || build_private "$dir"
exec 9>&-
use_private "$dir" "$@"
