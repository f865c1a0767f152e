# shellcheck shell=bash
# --try: panel and gateway in a disposable Debian with its own network and processes. Of this machine it takes a
# directory below /var/tmp and ports of its loopback, and gives both back; no user, package, unit or panel is touched.

TRY_DIR=''
TRY_PID=''

try_panel() {
  local parent=${TMPDIR:-/var/tmp}
  # That of an installed panel is none of ours.
  INSTALL_LOG=/dev/null
  check_try_programs
  check_try_place "$parent"
  sweep_tries "$parent"
  TRY_DIR=$(mktemp --directory -- "$parent/razroom-panel-try-XXXXXXXX")
  INSTALL_LOG=$TRY_DIR/try.log
  (umask 077 && : > "$INSTALL_LOG")
  printf '%s %s\n' "$$" "$(start_time "$$")" > "$TRY_DIR/owner"
  copy_sources "$TRY_DIR/source"
  step 'Fetching what the disposable Debian is made with (npm ci)'
  mkdir -- "$TRY_DIR/tools"
  tar --create --directory="$CHECKOUT" --exclude='*.test.ts' -- package.json package-lock.json .npmrc scripts contract e2e |
    tar --extract --directory="$TRY_DIR/tools" --no-same-owner --no-same-permissions
  export npm_config_cache=$TRY_DIR/npm
  CACHE=$TRY_DIR/npm prepare_npm
  logged npm_ci "$TRY_DIR/tools" || fail_with_log 'npm ci failed.' \
    'Most often the npm registry could not be reached: check network and proxy, then run this again.'
  # Should this shell be killed, the host goes with the program that made it.
  try_tool setpriv --pdeathsig TERM -- "$TRY_DIR/tools/node_modules/.bin/node" "$TRY_DIR/tools/e2e/host/try.ts" \
    "$TRY_DIR/source" "$TRY_DIR" ${PORT:+--port "$PORT"} "${SETUP_OPTIONS[@]}" &
  TRY_PID=$!
  # Not in the foreground, where a signal to this shell alone would wait for its end.
  wait "$TRY_PID"
}

# With a cache that is this run's alone.
try_tool() { RAZROOM_E2E_CACHE=$TRY_DIR/cache "$@"; }

check_try_programs() {
  local pair missing=()
  for pair in debootstrap:debootstrap systemd-nspawn:systemd-container slirp4netns:slirp4netns ip:iproute2 \
    mkfs.ext4:e2fsprogs losetup:mount nsenter:util-linux setpriv:util-linux flock:util-linux; do
    has_command "${pair%%:*}" || missing+=("${pair#*:}")
  done
  has_recent_npm || missing+=(npm)
  # A Debian machine's apt names the mirror, and its keys are there.
  if ! grep -qx 'ID=debian' /etc/os-release; then
    export RAZROOM_E2E_MIRROR=${RAZROOM_E2E_MIRROR:-http://deb.debian.org/debian}
    [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || missing+=(debian-archive-keyring)
  fi
  if [ "${#missing[@]}" -gt 0 ]; then
    fail "--try changes nothing on this machine, so it installs nothing either. Missing: ${missing[*]}" \
      "Install these packages (Debian, Ubuntu: sudo apt install ${missing[*]}), or install the panel without --try."
  fi
}

# check_try_place DIRECTORY: programs and device nodes of another Debian lie there.
check_try_place() {
  local options free_kib
  options=$(findmnt --noheadings --output OPTIONS --target "$1")
  if [[ ,$options, =~ ,(nodev|noexec|nosuid), ]]; then
    fail "$1 is mounted with ${BASH_REMATCH[1]}." 'Name another directory: sudo env TMPDIR=/root ./install.sh --try'
  fi
  free_kib=$(df --output=avail -k -- "$1" | tail -n 1)
  if [ "$free_kib" -lt 6291456 ]; then
    fail "$1 has only $((free_kib / 1024)) MiB of free space." 'A disposable Debian with a gateway takes some 6 GiB.'
  fi
}

# The start of a process in clock ticks after boot (proc_pid_stat(5)): with its pid a name that nobody else gets.
start_time() {
  local stat
  stat=$(cat -- "/proc/$1/stat" 2> /dev/null) || return 0
  stat=${stat##*) }
  cut -d ' ' -f 20 <<< "$stat"
}

# sweep_tries DIRECTORY: removes what killed runs have left there.
sweep_tries() {
  local pid started
  while IFS= read -r TRY_DIR; do
    # Killed before it could say whose it is; or begun just now.
    if ! read -r pid started 2> /dev/null < "$TRY_DIR/owner"; then
      if [ -n "$(find "$TRY_DIR" -maxdepth 0 -mmin +5)" ]; then remove_try; fi
      continue
    fi
    if [ -n "$started" ] && [ "$(start_time "$pid")" = "$started" ]; then continue; fi
    note "Removing what a killed run has left in $TRY_DIR"
    remove_try
  done < <(find "$1" -mindepth 1 -maxdepth 1 -type d -uid 0 -name 'razroom-panel-try-*')
  TRY_DIR=''
}

# At the end the host has been taken down by its own program, unless that was killed.
remove_try() {
  local node=$TRY_DIR/tools/node_modules/.bin/node
  if [ -d "$TRY_DIR/cache/hosts" ] && [ -x "$node" ]; then
    try_tool "$node" "$TRY_DIR/tools/e2e/host/main.ts" sweep
  fi
  rm -rf --one-file-system -- "$TRY_DIR"
}

clean_up_try() {
  local code=$?
  trap '' INT TERM HUP
  if [ -n "$TRY_DIR" ]; then printf '\n==> Removing the disposable Debian\n'; fi
  # It takes the host down, or is doing so already.
  if [ -n "$TRY_PID" ] && kill -TERM "$TRY_PID" 2> /dev/null; then wait "$TRY_PID" || :; fi
  if [ -n "$TRY_DIR" ]; then remove_try; fi
  return "$code"
}
