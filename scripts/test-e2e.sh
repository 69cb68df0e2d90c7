#!/usr/bin/env bash
# Runs every scenario of the standing suite in an environment of its own, on free ports, and takes it down afterwards.
# KEEP=1 leaves the environment up; EXTRA holds more options for `e2e run`, PARALLEL the number of runs at a time.
# E2E_COVERAGE=<directory> measures services and commands; they tell when they end, so KEEP does not go with it.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"
if [ -n "${E2E_COVERAGE:-}" ]; then
  export NODE_V8_COVERAGE="$E2E_COVERAGE" NODE_DISABLE_COMPILE_CACHE=1 KEEP=
fi
e2e() { node src/cli/main.ts "$@"; }

started=no
finish() {
  if [ "$started" = yes ] && [ "${KEEP:-}" != 1 ]; then e2e down --name e2e; fi
}
trap finish EXIT
# Ctrl-C reaches the command, which knows what to do; this script waits for it and then tidies up.
trap : INT

# An environment that is up but not measured is refused by `up`, which says so.
if [ -n "${E2E_COVERAGE:-}" ] || ! e2e health --name e2e >/dev/null 2>&1; then
  e2e up --name e2e --ports auto
  started=yes
fi
# shellcheck disable=SC2086 # EXTRA is a list of words on purpose.
e2e run --tag e2e --parallel "${PARALLEL:-4}" --name e2e ${EXTRA:-}
