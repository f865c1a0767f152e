#!/usr/bin/env bash
# Brings what the tests need and runs them all. The last line is `N passed, N failed`; before it stands which failed,
# and what was skipped because nothing could be looked up.
#   --fast   without the disposable hosts (the journeys)
#   --full   the same tests with larger counts and longer runs (RAZROOM_TEST_FULL=1)
set -Euo pipefail
umask 022
cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" || exit 1
exec < /dev/null

FAST=no
for option in "$@"; do
  case $option in
    --fast) FAST=yes ;;
    --full) export RAZROOM_TEST_FULL=1 ;;
    *)
      printf 'Usage: sudo ./test.sh [--fast|--full]\n' >&2
      exit 2
      ;;
  esac
done

. scripts/npm-ci.sh
. scripts/test/parts.sh
. scripts/test/tools.sh

REPORTS=$(mktemp --directory -t razroom-panel-test-XXXXXX)
trap 'rm -rf -- "$REPORTS"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# npm and Chromium keep things there; what cannot be written is replaced for this run.
if [ ! -w "${HOME:-/nonexistent}" ]; then
  export HOME=$REPORTS/home
  mkdir -- "$HOME"
fi
bring_tools
# npm ci put the pinned Node there (docs/adr/0001-pinned-runtime.md); everything below runs on it.
export PATH=$PWD/node_modules/.bin:$PATH

check 'Shell scripts' check_shell_scripts
check 'Format and lint' npm run --silent lint
check 'Types' npm run --silent types
# Needs a registry that answers; skipped, and said so, where none does.
check_or_skip 'Known holes in the packages' npm run --silent audit
check 'Files of the bundled gateway' npm run --silent gateway:rootfs
check 'Build' npm run --silent build
check_tests 'Unit and page tests' --project unit --project web
if [ "$FAST" = no ]; then
  # Leftovers of a killed run go first; the tests take down what they make.
  check 'No leftover hosts' node e2e/host/main.ts sweep
  check_tests 'Journeys on disposable hosts' --project hosts
fi

print_sum
