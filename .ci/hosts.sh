#!/usr/bin/env bash
# Runs the embeds in hosts that are too large for the ordinary tests: JupyterLab and MyST.
#
#   .ci/hosts.sh
#
# They are installed once, in these versions, outside of this folder (300 MB). Needs Python with
# venv, and the built page.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=(jupyterlab==4.6.6 anywidget==0.11.0)
node=(mystmd@1.8.3 @myst-theme/anywidget@1.4.1 react@18.3.1 react-dom@18.3.1)

[ -e dist/embed/anywidget.js ] || { echo "hosts: error: no dist/embed/anywidget.js: run npm run build first" >&2; exit 1; }
kept=${XDG_CACHE_HOME:-$HOME/.cache}/compact-proofs/hosts
mkdir -p "$kept"
if [ "$(cat "$kept/installed" 2>/dev/null)" != "${python[*]} ${node[*]}" ]; then
  rm -rf "${kept:?}"/*
  python3 -m venv "$kept/python"
  "$kept/python/bin/pip" install --quiet --disable-pip-version-check "${python[@]}"
  npm install --prefix "$kept" --no-audit --no-fund --loglevel=error "${node[@]}"
  echo "${python[*]} ${node[*]}" > "$kept/installed"
fi
HOSTS=$kept node --test --test-reporter=spec --test-timeout=300000 tests/hosts/*.test.mjs
