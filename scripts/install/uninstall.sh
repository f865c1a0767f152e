# shellcheck shell=bash disable=SC2153 # STATE is in paths.sh
# Taking it back. Without --purge everything of the gateway stays: its user, container, image and configuration. With
# it goes what the panel's own record says it made, and nothing on a guess.

# Lines of the record (state.json, `created`): user:NAME, home:DIR, subuid:NAME:START:COUNT, subgid:..., linger:NAME.
RECORD=()
GATEWAY_USER=''

uninstall_panel() {
  if [ -d "$LIB" ]; then take_install_lock; fi
  if [ "$PURGE" = yes ]; then
    read_record
    remove_container
  else
    remember_gateway
  fi
  step 'Removing the panel'
  # Before the user: it would start its readers again for as long as it runs.
  stop_panel
  if [ "$PURGE" = yes ]; then purge_gateway; fi
  remove_panel
  tell_what_stayed
}

# Some Node that reads the record: the panel's own, the checkout's, or the machine's.
find_node() {
  local candidate
  for candidate in "$LIB/current/node" "$CHECKOUT/node_modules/.bin/node" "$(command -v node || :)"; do
    if [ -x "$candidate" ]; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  fail 'There is no Node here that could read the record of what the panel made.' \
    "Install the panel again, then purge it: ./install.sh --panel-only, and then this."
}

read_record() {
  local node record
  [ -f "$STATE/state.json" ] || fail "There is no record of what the panel made ($STATE/state.json)." \
    'Without it nothing is purged. Remove the panel alone: ./install.sh --uninstall'
  node=$(find_node)
  record=$("$node" --eval "
    const state = JSON.parse(require('node:fs').readFileSync(process.argv[1], 'utf8'))
    for (const line of [state.settings?.user ?? 'razroom', ...state.created]) console.log(line)
    " -- "$STATE/state.json") || fail "$STATE/state.json cannot be read." 'Mend it, or remove the panel alone: ./install.sh --uninstall'
  mapfile -t RECORD <<< "$record"
  GATEWAY_USER=${RECORD[0]}
  RECORD=("${RECORD[@]:1}")
  [[ $GATEWAY_USER =~ ^[a-z_][a-z0-9_-]{0,30}$ ]] || fail "The record names a strange user: '$GATEWAY_USER'." \
    "Look at $STATE/state.json."
  if [ "$CONFIRM" != "$GATEWAY_USER" ]; then
    fail "--purge removes the gateway of the user $GATEWAY_USER with all its data." \
      "If you mean it: ./install.sh --uninstall --purge --confirm $GATEWAY_USER"
  fi
}

is_recorded() {
  local entry
  for entry in "${RECORD[@]}"; do
    if [ "$entry" = "$1" ]; then return 0; fi
  done
  return 1
}

# recorded KIND: the entries of one kind, without it.
recorded() {
  local entry
  for entry in "${RECORD[@]}"; do
    if [[ $entry == "$1:"* ]]; then printf '%s\n' "${entry#*:}"; fi
  done
}

# By the panel, in order; where that is not to be had, the container ends with its user's processes.
remove_container() {
  if [ ! -x "$LAUNCHER" ]; then return; fi
  step 'Removing the container'
  logged "$LAUNCHER" remove || note "It could not be removed in order (see $INSTALL_LOG)."
}

purge_gateway() {
  local uid
  if ! uid=$(id -u -- "$GATEWAY_USER" 2> /dev/null); then
    note "The user $GATEWAY_USER is gone already."
    return
  fi
  [ "$uid" -ne 0 ] || fail "The record names root as the gateway's user." "Look at $STATE/state.json."
  if is_recorded "linger:$GATEWAY_USER" && has_systemd; then
    # loginctl refuses a caller in a control group it does not know; what it would do is done then by hand.
    logged loginctl disable-linger "$GATEWAY_USER" || logged rm -f -- "/var/lib/systemd/linger/$GATEWAY_USER"
    note 'Linger is off.'
  fi
  if is_recorded "user:$GATEWAY_USER"; then remove_user "$uid"; else remove_id_ranges; fi
}

# The user whose processes are gone takes its subordinate ids with it (userdel(8)), and its home if we made that.
remove_user() {
  local home options=()
  home=$(getent passwd "$1" | cut -d : -f 6)
  # The second unmounts /run/user/UID, which would go by itself only some time later.
  if has_systemd; then logged systemctl stop "user@$1.service" "user-runtime-dir@$1.service"; fi
  end_processes "$1"
  if is_recorded "home:$home"; then options+=(--remove); fi
  logged userdel "${options[@]}" -- "$GATEWAY_USER" ||
    fail_with_log "The user $GATEWAY_USER could not be removed." 'Mend what userdel says, then run this again.'
  note "The user $GATEWAY_USER is removed."
  if [ "${#options[@]}" -eq 0 ]; then note "Its home $home stays: the panel did not make it."; fi
  # What it left where everybody may write would belong to the next user of that number.
  local place
  for place in /tmp /var/tmp /run/user; do
    if [ -d "$place" ]; then
      find "$place" -mindepth 1 -maxdepth 1 -uid "$1" -exec rm -rf --one-file-system -- {} +
    fi
  done
}

# A user that was there before keeps everything but the ranges we added.
remove_id_ranges() {
  local kind name start count
  for kind in subuid subgid; do
    while IFS=: read -r name start count; do
      if [ "$name" != "$GATEWAY_USER" ]; then continue; fi
      logged usermod "--del-${kind}s" "$start-$((start + count - 1))" "$name"
      note "The $kind range $start-$((start + count - 1)) of $name is removed."
    done < <(recorded "$kind")
  done
}

# end_processes UID: of the user itself and of the subordinate ids that the record says are its own.
end_processes() {
  local deadline=$((SECONDS + 20)) pids pid
  while [ "$SECONDS" -lt "$deadline" ]; do
    mapfile -t pids < <(list_processes "$1")
    if [ "${#pids[@]}" -eq 0 ]; then return; fi
    # One that has ended meanwhile is what we want.
    for pid in "${pids[@]}"; do kill -KILL "$pid" 2> /dev/null || :; done
    sleep 0.2
  done
  fail "Processes of $GATEWAY_USER do not end: ${pids[*]}" 'End them, then run this again.'
}

list_processes() {
  local status uid name start count range ranges
  mapfile -t ranges < <(recorded subuid)
  for status in /proc/[0-9]*/status; do
    uid=$(sed -n 's/^Uid:\t\([0-9]*\)\t.*/\1/p' "$status" 2> /dev/null) || continue
    if [ -z "$uid" ]; then continue; fi
    if [ "$uid" -eq "$1" ]; then basename -- "$(dirname -- "$status")"; fi
    for range in "${ranges[@]}"; do
      IFS=: read -r name start count <<< "$range"
      if [ "$name" = "$GATEWAY_USER" ] && [ "$uid" -ge "$start" ] && [ "$uid" -lt $((start + count)) ]; then
        basename -- "$(dirname -- "$status")"
      fi
    done
  done
}

stop_panel() {
  if has_systemd; then
    if [ -f "$UNIT" ]; then
      logged systemctl disable --now razroom-panel.service
      rm -f -- "$UNIT"
      logged systemctl daemon-reload
    fi
  else
    stop_process
  fi
}

remove_panel() {
  if [ -L "$LAUNCHER" ] && [[ $(readlink -- "$LAUNCHER") == "$LIB"/* ]]; then rm -f -- "$LAUNCHER"; fi
  rm -rf -- "$LIB" "$RUN" "$CACHE"
  if [ "$PURGE" = yes ]; then rm -rf -- "$STATE" "$SETTINGS" "$PANEL_LOG" "$PANEL_LOG.1"; fi
}

# Said at the end, but asked while the panel can still answer.
GATEWAY_LINE=''
remember_gateway() {
  local state
  if [ -x "$LAUNCHER" ] && state=$("$LAUNCHER" status --json 2> /dev/null | field gateway state 2> /dev/null); then
    GATEWAY_LINE=" (its state: $state)"
  fi
}

tell_what_stayed() {
  printf '\nrazroom-panel is removed.\n'
  if [ "$PURGE" = yes ]; then
    printf 'The packages it brought (podman and others) stay.\n'
    return
  fi
  printf 'Kept: the gateway%s with its user, container, image and configuration;\n' "$GATEWAY_LINE"
  printf '      the settings of the panel in %s and %s; the packages it brought.\n' "$SETTINGS" "$STATE"
  printf 'To remove what the panel made of these: ./install.sh --uninstall --purge --confirm NAME\n'
}
