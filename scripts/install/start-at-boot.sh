#!/usr/bin/env bash
# start-at-boot.sh start|stop|restart|status: the panel on a machine without systemd, for cron and init scripts.
# `start` starts the gateway too, where the settings say so. Exit codes as LSB has them for init scripts.
set -euo pipefail
umask 022
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
cd /

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
for part in paths report packages user units service; do
  # shellcheck source=/dev/null
  . "$here/$part.sh"
done
# Where `logged` writes.
# shellcheck disable=SC2034,SC2153 # used and set by the parts
INSTALL_LOG=$BOOT_LOG
# The one of panel.env.
# shellcheck disable=SC2034 # used by service.sh
PORT=''

start() {
  (umask 077 && : > "$BOOT_LOG")
  printf '%s: starting\n' "$(date --iso-8601=seconds)" >> "$BOOT_LOG"
  read_port
  if [ -z "$(panel_pid)" ]; then start_process; fi
  if ! wait_until_answering; then
    printf 'The panel does not answer: see %s\n' "$PANEL_LOG" | tee -a "$BOOT_LOG" >&2
    exit 1
  fi
  if wants_gateway; then
    logged "$LAUNCHER" launch || {
      printf 'The gateway did not start: see %s\n' "$BOOT_LOG" >&2
      exit 1
    }
  fi
}

# Whether the gateway was set up as a container that starts at boot; one of a unit is started by its systemd.
wants_gateway() {
  [ "$(setting mode)" = container ] && [ "$(setting startAtBoot)" = true ]
}

case ${1:-} in
  start) start ;;
  stop) stop_process ;;
  restart | force-reload)
    stop_process
    start
    ;;
  status)
    pid=$(panel_pid)
    if [ -z "$pid" ]; then
      printf 'razroom-panel is not running.\n'
      exit 3
    fi
    printf 'razroom-panel is running (pid %s).\n' "$pid"
    ;;
  *)
    printf 'Usage: %s start|stop|restart|status\n' "$0" >&2
    exit 2
    ;;
esac
