# shellcheck shell=bash
# The panel as a program that runs: units of systemd (units.sh), or a background process with a pid file.

# The port of this run: the one named, else the one of the last run, else the default. Kept in panel.env.
keep_port() {
  read_port
  install --directory --mode=0755 -- "$SETTINGS"
  install --directory --mode=0700 -- "$STATE"
  write_if_changed "$PANEL_ENV" "# Read when razroom-panel starts. Change it with: install.sh --port N
PANEL_PORT=$PORT"
}

read_port() {
  local kept=''
  if [ -r "$PANEL_ENV" ]; then kept=$(sed -n 's/^PANEL_PORT=\([0-9]*\)$/\1/p' "$PANEL_ENV" | tail -n 1); fi
  PORT=${PORT:-${kept:-$DEFAULT_PORT}}
}

# write_if_changed FILE TEXT: replaces by rename; succeeds either way.
write_if_changed() {
  if [ -f "$1" ] && [ "$(cat -- "$1")" = "$2" ]; then return; fi
  printf '%s\n' "$2" > "$1.new"
  mv --no-target-directory -- "$1.new" "$1"
  IS_CHANGED=yes
}
IS_CHANGED=no

# The process of the panel, or nothing. It is ours only when its program lies in one of our releases: a pid file may be
# old, and its number somebody else's by now.
panel_pid() {
  local pid=''
  if has_systemd; then
    pid=$(systemctl show --property=MainPID --value razroom-panel.service)
  elif [ -r "$PID_FILE" ]; then
    read -r pid < "$PID_FILE" || :
  fi
  if [[ $pid =~ ^[1-9][0-9]*$ ]] && [[ $(readlink -- "/proc/$pid/exe" 2> /dev/null) == "$RELEASES"/* ]]; then
    printf '%s\n' "$pid"
  fi
}

# Whether the process runs the current release, which it does not after a switch.
runs_current() {
  [ "$(readlink -- "/proc/$1/exe")" = "$(readlink -f -- "$LIB/current")/node" ]
}

start_panel() {
  local pid
  make_panel_user
  if has_systemd; then write_units; fi
  pid=$(panel_pid)
  if [ -n "$pid" ] && [ "$IS_CHANGED" = no ] && runs_current "$pid" && is_answering; then
    note "The panel is running (pid $pid)."
    return
  fi
  step 'Starting the panel'
  launch_panel
  if wait_until_answering; then return; fi
  show_panel_log
  go_back
}

launch_panel() {
  if has_systemd; then
    launch_units
  else
    stop_process
    start_process
  fi
}

# A release that does not answer is of no use: the previous one, if there is one, takes its place again.
go_back() {
  local previous hint='The last lines say why. Is the port taken? Choose another with --port N.'
  previous=$(readlink -- "$LIB/previous" 2> /dev/null) || previous=''
  if [ -n "$previous" ] && [ -d "$LIB/$previous" ] && [ "$previous" != "releases/$(current_release)" ]; then
    point current "$previous"
    launch_previous
    if wait_until_answering; then hint="$hint The version from before runs again."; fi
  fi
  fail_with_log 'The panel was started and does not answer.' "$hint"
}

# By its own units. Before the panel had two halves a release wrote its one unit by itself.
launch_previous() {
  if ! has_systemd || [ -d "$LIB/current/scripts/install/units" ]; then
    if has_systemd; then write_units; fi
    launch_panel
    return
  fi
  remove_units
  (
    # shellcheck source=/dev/null
    . "$LIB/current/scripts/install/service.sh"
    write_unit
    launch_panel
  )
}

is_answering() {
  "$LIB/current/node" --eval "
    fetch('http://127.0.0.1:$PORT/healthz', { signal: AbortSignal.timeout(5000) })
      .then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"
}

# Until it answers, its process has ended, or half a minute has passed.
wait_until_answering() {
  local deadline=$((SECONDS + 30))
  while [ "$SECONDS" -lt "$deadline" ]; do
    if is_answering && [ -n "$(panel_pid)" ]; then return 0; fi
    if has_systemd && [ "$(systemctl show --property=NRestarts --value razroom-panel.service)" -ge 2 ]; then return 1; fi
    if ! has_systemd && [ -z "$(panel_pid)" ]; then return 1; fi
    sleep 0.2
  done
  return 1
}

show_panel_log() {
  if has_systemd; then
    logged journalctl --no-pager --lines=20 --unit='razroom-panel.*' --unit='razroom-panel-host.*'
  else
    logged tail -n 20 -- "$PANEL_LOG"
  fi
}

# --- Without systemd

# shellcheck disable=SC2016 # expanded by the shell that gets it
BECOME_PANEL='
  umask 077
  for file in /proc/$$/fd/*; do
    number=${file##*/}
    if [ "$number" -gt 2 ]; then exec {number}>&-; fi
  done
  printf "%s\n" "$$" > "$1.new"
  mv --no-target-directory -- "$1.new" "$1"
  exec "$2" serve --port "$3"'

start_process() {
  forget_former_boot
  install --directory --mode=0700 -- "$RUN"
  if [ -f "$PANEL_LOG" ] && [ "$(stat --format=%s -- "$PANEL_LOG")" -gt 8388608 ]; then
    mv -- "$PANEL_LOG" "$PANEL_LOG.1"
  fi
  (umask 077 && : >> "$PANEL_LOG")
  # A session of its own, and no open file of the caller's or ours. The shell that writes its pid becomes the panel.
  setsid --fork bash -c "$BECOME_PANEL" razroom-panel "$PID_FILE" "$LAUNCHER" "$PORT" < /dev/null >> "$PANEL_LOG" 2>&1
  local deadline=$((SECONDS + 5))
  # The launcher is a script first: wait until the program behind it runs.
  until [ -n "$(panel_pid)" ] || [ "$SECONDS" -ge "$deadline" ]; do sleep 0.1; done
}

stop_process() {
  local pid deadline=$((SECONDS + 15))
  pid=$(panel_pid)
  if [ -n "$pid" ]; then
    kill -TERM "$pid"
    while [ -n "$(panel_pid)" ] && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.1; done
    pid=$(panel_pid)
    if [ -n "$pid" ]; then kill -KILL "$pid"; fi
  fi
  rm -f -- "$PID_FILE"
}
