# shellcheck shell=bash
# Sourced by setup.sh and wasm-toolchain.sh: messages, and packages of Debian (or Ubuntu).

say() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2; }
die() { say "error: $*"; exit 1; }

version_of() { # version_of PKG: prints the version of an installed package
  local v
  v=$(dpkg-query -W -f '${db:Status-Abbrev}${Version}' "$1" 2>/dev/null) || return 1
  [[ $v == ii* ]] && printf '%s\n' "${v#ii }"
}

apt_install() { # apt_install PKG ...: installs, or upgrades, to the newest version there is
  [ "$(id -u)" = 0 ] || die "as root, run: apt-get update && apt-get install --no-install-recommends $*"
  local -a apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  say "apt-get install $*"
  # Stale lists offer stale packages (or addresses that are gone).
  "${apt[@]}" update >/dev/null || say "the package lists could not be updated"
  "${apt[@]}" install --no-install-recommends "$@" >/dev/null || die "apt-get install $* failed"
}
