# shellcheck shell=bash
# Sourced by setup.sh and wasm-toolchain.sh: prints messages, installs packages of Debian or Ubuntu.

say() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2; }
die() { say "error: $*"; exit 1; }

version_of() { # version_of PKG: prints the version of an installed package
  local v
  v=$(dpkg-query -W -f '${db:Status-Abbrev}${Version}' "$1" 2>/dev/null) || return 1
  [[ $v == ii* ]] && printf '%s\n' "${v#ii }"
}

apt_install() { # apt_install PKG ...: installs the newest versions, or upgrades to them
  [ "$(id -u)" = 0 ] || die "as root, run: apt-get update && apt-get install --no-install-recommends $*"
  local -a apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -y
    -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  say "apt-get install $*"
  # Outdated lists name outdated packages, and addresses that do not exist any more.
  "${apt[@]}" update >/dev/null || say "the package lists could not be updated"
  "${apt[@]}" install --no-install-recommends "$@" >/dev/null || die "apt-get install $* failed"
}
