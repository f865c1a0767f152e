# shellcheck shell=bash
# Runs the parts of test.sh, counts them, and says how long each took.

PASSED=0
FAILED=0
FAILURES=()
SKIPPED=()

begin() {
  STARTED=$SECONDS
  printf '\n=== %s\n' "$1"
}

# finish NAME PASSED FAILED
finish() {
  PASSED=$((PASSED + $2))
  FAILED=$((FAILED + $3))
  if [ "$3" -gt 0 ]; then FAILURES+=("$1"); fi
  printf -- '--- %s: %s passed, %s failed (%s s)\n' "$1" "$2" "$3" "$((SECONDS - STARTED))"
}

# check NAME COMMAND...: one item, passed when the command exits 0.
check() {
  local name=$1
  shift
  begin "$name"
  if "$@"; then finish "$name" 1 0; else finish "$name" 0 1; fi
}

# check_or_skip NAME COMMAND...: as check, but a command that exits 3 could not look. That is no pass: it is said, and
# counted apart.
check_or_skip() {
  local name=$1 code=0
  shift
  begin "$name"
  "$@" || code=$?
  case $code in
    0) finish "$name" 1 0 ;;
    3)
      SKIPPED+=("$name")
      printf -- '--- %s: SKIPPED, nothing is known (%s s)\n' "$name" "$((SECONDS - STARTED))"
      ;;
    *) finish "$name" 0 1 ;;
  esac
}

# check_tests NAME VITEST-OPTIONS...: as many items as vitest reports tests. A run without tests, one that ended before
# its report, and one that failed outside of a test count as a failure.
check_tests() {
  local name=$1 report=$REPORTS/$RANDOM.json code=0 counts
  shift
  begin "$name"
  vitest run "$@" --reporter=default --reporter=json --outputFile.json="$report" || code=$?
  if counts=$(node e2e/count-report.ts "$report" "$code" 2>> "$REPORTS/failed-tests"); then
    # shellcheck disable=SC2086 # two numbers
    finish "$name" $counts
  else
    finish "$name" 0 1
  fi
}

check_shell_scripts() {
  local scripts
  mapfile -t scripts < <(find . -path ./node_modules -prune -o -path ./.git -prune -o -path ./dist -prune -o -type f \
    \( -name '*.sh' -o -path './bin/*' -o -path ./.ci/run \) -print | LC_ALL=C sort)
  [ "${#scripts[@]}" -gt 0 ] && shellcheck --external-sources -- "${scripts[@]}"
}

# The last line, for machines; nothing comes after it. The exit code says the same.
print_sum() {
  printf '\n'
  if [ "${#FAILURES[@]}" -gt 0 ]; then printf 'Failed: %s\n' "${FAILURES[@]}"; fi
  # Which tests they were: the parts above are long.
  if [ -s "$REPORTS/failed-tests" ]; then cat -- "$REPORTS/failed-tests"; fi
  if [ "${#SKIPPED[@]}" -gt 0 ]; then printf 'Skipped: %s\n' "${SKIPPED[@]}"; fi
  printf 'All parts took %s s.\n' "$SECONDS"
  printf '%s passed, %s failed\n' "$PASSED" "$FAILED"
  if [ "$FAILED" -gt 0 ] || [ "$PASSED" -eq 0 ]; then exit 1; fi
  exit 0
}
