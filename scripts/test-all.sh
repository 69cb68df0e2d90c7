#!/usr/bin/env bash
# Runs every test and every scenario with coverage measured, then judges the coverage against its goals. All three run,
# whatever comes of the first; any red one makes the whole red. Pages: coverage/index.html.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

# What an earlier run measured must not count for this one.
rm -rf coverage
status=0
E2E_COVERAGE="$PWD/coverage/raw/tests" vitest run --coverage || status=1
E2E_COVERAGE="$PWD/coverage/raw/scenarios" scripts/test-e2e.sh || status=1
node --disable-warning=ExperimentalWarning scripts/coverage.ts || status=1
exit "$status"
