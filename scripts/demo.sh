#!/usr/bin/env bash
# Runs the main job in an environment of its own, on free ports, and takes down what it started.
# KEEP=1 leaves the environment up; EXTRA holds more options for `e2e run`.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"
e2e() { node src/cli/main.ts "$@"; }

started=no
finish() {
  if [ "$started" = yes ] && [ "${KEEP:-}" != 1 ]; then e2e down --name demo; fi
}
trap finish EXIT
# Ctrl-C reaches the command, which knows what to do; this script waits for it and then tidies up.
trap : INT

if ! e2e health --name demo >/dev/null 2>&1; then
  e2e up --name demo --ports auto
  started=yes
fi
# shellcheck disable=SC2086 # EXTRA is a list of words on purpose.
e2e run spot-migration --name demo ${EXTRA:-}
