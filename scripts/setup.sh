#!/bin/sh
# Installs what the project needs and builds it. Safe to run twice: what is there already is left alone.
set -eu
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }

if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
  say 'Node.js and npm are missing. Install Node 22.12 or newer, or 20.19 (https://nodejs.org), then run this again.' >&2
  exit 1
fi
if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)'; then
  say "Node $(node --version) is too old. Install Node 22.12 or newer, or 20.19 (https://nodejs.org), then run this again." >&2
  exit 1
fi

# The server isolates sessions with bubblewrap and prlimit, runs the interpreters of the system in them, and locks its
# directory with flock.
missing=''
command -v bwrap >/dev/null 2>&1 || missing="$missing bubblewrap"
[ -x /usr/bin/python3 ] || missing="$missing python3"
{ [ -x /usr/bin/prlimit ] && command -v flock >/dev/null 2>&1; } || missing="$missing util-linux"
[ -x /bin/bash ] || missing="$missing bash"
# The tests of the command line run in a terminal, and in each shell that it has completion for.
for tool in tmux zsh fish; do
  command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
done
# A page of another origin uses the server in a browser.
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
if [ -n "$missing" ]; then
  as_root=''
  if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null 2>&1; then as_root='sudo'; else as_root='none'; fi
  fi
  if command -v apt-get >/dev/null 2>&1 && [ "$as_root" != none ]; then
    say "installing system packages:$missing"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # a list of names, and perhaps no sudo
    if ! { $as_root apt-get install -y --no-install-recommends $missing >/dev/null 2>&1 ||
      { $as_root apt-get update >/dev/null && $as_root apt-get install -y --no-install-recommends $missing >/dev/null; }; }; then
      say "could not install:$missing. Without bubblewrap sessions can't be isolated; without the rest some tests fail." >&2
    fi
  else
    say "missing:$missing. Install them with your package manager: without bubblewrap sessions can't be isolated." >&2
  fi
else
  say 'system packages: all there'
fi

stamp=node_modules/.setup-stamp
wanted="$(node --version) $(cksum <package-lock.json)"
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
  say 'npm packages: all there'
else
  say 'installing npm packages (npm ci)'
  npm ci --no-audit --no-fund --loglevel=error
  printf '%s' "$wanted" >"$stamp"
fi

say 'building'
npm run --silent build
say 'done'
