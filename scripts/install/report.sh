# shellcheck shell=bash
# What the person at the terminal is told, and what goes into the log.

# Where the run has got to, for the message of a failure.
CURRENT_STEP='Starting'
BUILD=''

# A fresh log for each run, readable by root only: output of package managers may name proxies with passwords.
open_log() {
  rm -f -- "$INSTALL_LOG"
  (umask 077 && : > "$INSTALL_LOG")
  printf 'install.sh of %s at %s\n' "$CHECKOUT" "$(date --iso-8601=seconds)" >> "$INSTALL_LOG"
}

step() {
  CURRENT_STEP=$1
  printf '==> %s\n' "$1"
  printf '\n==> %s (after %s s)\n' "$1" "$SECONDS" >> "$INSTALL_LOG"
}

note() {
  printf '    %s\n' "$1"
  if [ -w "$INSTALL_LOG" ]; then printf '    %s\n' "$1" >> "$INSTALL_LOG"; fi
}

# Runs a command with its output in the log; its exit code is the command's.
logged() {
  printf '$ %s\n' "$*" >> "$INSTALL_LOG"
  "$@" >> "$INSTALL_LOG" 2>&1 < /dev/null
}

# fail WHAT HINT: ends the run with what is wrong and what mends it.
fail() {
  trap - ERR
  printf '\ninstall.sh: %s\n  %s\n' "$1" "$2" >&2
  exit 1
}

# fail_with_log WHAT HINT: as fail, for a command that wrote into the log.
fail_with_log() {
  trap - ERR
  printf '\ninstall.sh: %s\n' "$1" >&2
  tail -n 15 -- "$INSTALL_LOG" | sed 's/^/  | /' >&2
  printf '  %s\n  Everything it printed: %s\n' "$2" "$INSTALL_LOG" >&2
  exit 1
}

# For what no message of its own foresees.
tell_where_it_failed() {
  # A subshell just ends: the shell that waits for it comes here too.
  if [ "$BASH_SUBSHELL" -gt 0 ]; then return; fi
  fail_with_log "\"$CURRENT_STEP\" failed at line $1: $2" 'Mend that, then run it again: it takes up where it stopped.'
}

clean_up() {
  local code=$?
  trap - ERR
  if [ -n "$BUILD" ]; then rm -rf -- "$BUILD"; fi
  return "$code"
}
