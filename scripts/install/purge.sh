# shellcheck shell=bash disable=SC2153 # STATE is in paths.sh, RECORD in record.sh
# Removing what the panel made for the gateway, by its record. A user that was there before keeps everything but that.

BACKUP_FILE=''

# Kept where neither uninstall nor userdel comes. The panel verifies one as it writes it; without it tar makes one.
back_up() {
  local program=$LAUNCHER
  if [ "$BACKUP" = no ] || [ "$IS_SET_UP" = no ] || [ -z "$USER_ID" ]; then return; fi
  step 'Making a backup'
  # A purge that was cut short may have taken the launcher already.
  if [ ! -x "$program" ] && [[ $CHECKOUT == "$LIB"/* ]]; then program=$CHECKOUT/bin/razroom-panel; fi
  install --directory --mode=0700 -- "$BACKUPS"
  BACKUP_FILE=$BACKUPS/purge-$GATEWAY_USER-$(date +%Y%m%d-%H%M%S).tar.gz
  # The panel knows the gateway of its settings alone.
  if [ ! -x "$program" ] || [ "$GATEWAY_USER" != "$SETTINGS_USER" ]; then
    back_up_by_tar
    return
  fi
  logged "$program" backup "$BACKUP_FILE" || backup_failed
  note "The backup is in $BACKUP_FILE"
}

backup_failed() {
  fail_with_log 'The backup failed, so nothing was removed.' \
    "Mend that, or go on without: $(uninstall_command) --purge --confirm $GATEWAY_USER --no-backup"
}

# The user's own tar reads the user's files, and writes into a file that root opened.
back_up_by_tar() {
  local config=$USER_HOME/.razroom workspace='' directory directories=() status=0
  if [ "$GATEWAY_USER" = "$SETTINGS_USER" ]; then
    config=${CONFIG_DIR:-$config}
    workspace=$WORKSPACE_DIR
  fi
  if [[ $workspace == "$config"/* ]]; then workspace=''; fi
  for directory in "$config" "$workspace"; do
    if [ -n "$directory" ] && as_user test -d "$directory"; then directories+=("./${directory#/}"); fi
  done
  if [ "${#directories[@]}" -eq 0 ]; then
    note "There is no $config to back up."
    BACKUP_FILE=''
    return
  fi
  rm -f -- "$BACKUP_FILE"
  (umask 077 && : > "$BACKUP_FILE")
  as_user tar --create --gzip --file=- --directory=/ -- "${directories[@]}" > "$BACKUP_FILE" 2>> "$INSTALL_LOG" ||
    status=$?
  # 1: a file, such as a log, grew while it was read. All others are errors (tar(1)).
  if [ "$status" -gt 1 ] || ! logged gzip --test -- "$BACKUP_FILE" ||
    ! tar --list --gzip --file="$BACKUP_FILE" > /dev/null 2>> "$INSTALL_LOG"; then
    rm -f -- "$BACKUP_FILE"
    backup_failed
  fi
  if [ "$status" -eq 1 ]; then note "Some files changed while they were read (see $INSTALL_LOG)."; fi
  note "The backup is in $BACKUP_FILE. The panel did not make it: tar unpacks it, razroom-panel restore does not."
}

# Those that were made before are not the gateway's, but what is left of it.
keep_backups() {
  local file
  for file in "$STATE/backups"/*; do
    if [ ! -f "$file" ]; then continue; fi
    install --directory --mode=0700 -- "$BACKUPS"
    mv --no-clobber -- "$file" "$BACKUPS/"
    note "A backup is kept: $BACKUPS/$(basename -- "$file")"
  done
}

purge_gateway() {
  if [ -z "$USER_ID" ]; then
    note "The user $GATEWAY_USER is gone already."
    return
  fi
  remove_unit
  remove_container
  if is_recorded "user:$GATEWAY_USER"; then
    remove_directories
    turn_linger_off
    remove_user
  else
    remove_images
    remove_written_files
    remove_directories
    turn_linger_off
    remove_id_ranges
    note "The user $GATEWAY_USER was there before the panel: it stays, with everything else that is its own."
  fi
}

user_systemctl() { systemctl --machine="$GATEWAY_USER@.host" --user --no-ask-password "$@"; }

# The unit that the panel wrote. One that was edited is stopped and kept; one that never was the panel's goes on.
remove_unit() {
  local file state unit=$CONTAINER.service
  for file in "$USER_HOME/.config/containers/systemd/$CONTAINER.container" "$USER_HOME/.config/systemd/user/$unit"; do
    state=$(as_user bash -c "$READ_SEAL" seal "$file") || state=foreign
    case $state in
      ours | edited) ;;
      *) continue ;;
    esac
    if has_systemd && [ -S "/run/user/$USER_ID/bus" ]; then
      # One that Quadlet makes cannot be disabled, and one that is not loaded not be stopped.
      if [[ $file == *.service ]]; then logged user_systemctl disable "$unit" || note "$unit could not be disabled."; fi
      logged user_systemctl stop "$unit" || note "$unit could not be stopped (see $INSTALL_LOG)."
    fi
    if [ "$state" = ours ] || is_recorded "home:$USER_HOME"; then
      logged as_user rm -f -- "$file"
      note "The unit $unit is removed."
    else
      note "$file was edited: it is kept, and would start the gateway again. The unit is stopped."
    fi
    if has_systemd && [ -S "/run/user/$USER_ID/bus" ]; then
      logged user_systemctl daemon-reload || note "The systemd of $GATEWAY_USER could not read its units again."
    fi
  done
}

# The panel's container, by its label, and that of the wizard.
remove_container() {
  local label
  if ! has_command podman; then return; fi
  label=$(as_user podman container inspect --format '{{index .Config.Labels "io.razroom.panel.spec"}}' -- "$CONTAINER" \
    2> /dev/null) || return 0
  if [[ ! $label =~ ^[a-z0-9-]+$ ]]; then
    note "The container $CONTAINER is not the panel's: it stays."
    return
  fi
  # A user that goes takes it along in any case.
  if logged as_user podman stop --time 20 -- "$CONTAINER" && logged as_user podman rm --force -- "$CONTAINER"; then
    note "The container $CONTAINER is removed."
  else
    note "The container $CONTAINER could not be removed in order (see $INSTALL_LOG)."
  fi
}

# What the panel built carries its names and its label: Razroom's own script calls what it builds localhost/razroom:local,
# too. An image that was pulled or loaded may serve the user elsewhere; the panel's second name for it goes.
remove_images() {
  local name facts source names
  if ! has_command podman; then return; fi
  while IFS= read -r name; do
    if [[ ! $name =~ ^localhost/razroom(-bundled)?:[a-zA-Z0-9_.-]+$ ]]; then continue; fi
    facts=$(as_user podman image inspect --format '{{len .RepoTags}} {{index .Config.Labels "io.razroom.panel.source"}}' \
      -- "$name" 2>> "$INSTALL_LOG" < /dev/null) || continue
    read -r names source <<< "$facts"
    if [[ $source =~ ^[a-z0-9:-]+$ ]] || { [ "$name" = localhost/razroom:previous ] && [ "$names" != 1 ]; }; then
      logged as_user podman rmi -- "$name" || note "The image $name stays: something uses it."
    else
      note "The image $name was not built by the panel: it stays."
    fi
  done < <(as_user podman images --format '{{.Repository}}:{{.Tag}}' 2>> "$INSTALL_LOG")
}

remove_written_files() {
  local file state
  for file in "$USER_HOME/run-razroom-podman.sh" \
    "$USER_HOME/.config/containers/containers.conf.d/50-razroom-panel.conf"; do
    state=$(as_user bash -c "$READ_SEAL" seal "$file") || state=foreign
    case $state in
      ours) logged as_user rm -f -- "$file" ;;
      edited) note "$file was edited: it is kept." ;;
    esac
  done
}

# Directories that the panel made. Files of the container's other ids are only removable from within its namespace.
remove_directories() {
  local directory
  while IFS= read -r directory; do
    if [[ $directory != /*/* || $directory == */../* || $directory == */.. ]]; then
      fail "The record names a strange directory: '$directory'." "Look at $STATE/state.json."
    fi
    # With the home goes what is in it.
    if is_recorded "home:$USER_HOME" && [[ $directory == "$USER_HOME"/* ]]; then continue; fi
    if ! as_user test -d "$directory"; then continue; fi
    if ! logged as_user rm -rf --one-file-system -- "$directory" && has_command podman; then
      logged as_user podman unshare rm -rf --one-file-system -- "$directory" || note 'Not all of it could be removed.'
    fi
    # In a directory of root's the last one is root's to remove; only when empty, and never through a link.
    if [ ! -d "$directory" ] || logged rmdir -- "$directory"; then
      note "$directory is removed."
    else
      note "$directory is not empty: it stays."
    fi
  done < <(recorded dir)
}

turn_linger_off() {
  if is_recorded "linger:$GATEWAY_USER" && has_systemd; then
    # loginctl refuses a caller in a control group it does not know; what it would do is done then by hand.
    logged loginctl disable-linger "$GATEWAY_USER" || logged rm -f -- "/var/lib/systemd/linger/$GATEWAY_USER"
    note 'Linger is off.'
  fi
}

# The user whose processes are gone takes its subordinate ids with it (userdel(8)), and its home if we made that.
remove_user() {
  local options=() place
  # The second unmounts /run/user/UID, which would go by itself only some time later.
  if has_systemd; then logged systemctl stop "user@$USER_ID.service" "user-runtime-dir@$USER_ID.service"; fi
  end_processes
  if is_recorded "home:$USER_HOME"; then options+=(--remove); fi
  logged userdel "${options[@]}" -- "$GATEWAY_USER" ||
    fail_with_log "The user $GATEWAY_USER could not be removed." 'Mend what userdel says, then run this again.'
  note "The user $GATEWAY_USER is removed."
  if [ "${#options[@]}" -eq 0 ]; then note "Its home $USER_HOME stays: the panel did not make it."; fi
  # What it left where everybody may write would belong to the next user of that number.
  for place in /tmp /var/tmp /run/user; do
    if [ -d "$place" ]; then
      find "$place" -mindepth 1 -maxdepth 1 -uid "$USER_ID" -exec rm -rf --one-file-system -- {} +
    fi
  done
}

# A user that was there before keeps everything but the ranges we added.
remove_id_ranges() {
  local kind name start count
  for kind in subuid subgid; do
    while IFS=: read -r name start count; do
      if [ "$name" != "$GATEWAY_USER" ]; then continue; fi
      if ! grep -qx -- "$name:$start:$count" "/etc/$kind"; then continue; fi
      logged usermod "--del-${kind}s" "$start-$((start + count - 1))" "$name"
      note "The $kind range $start-$((start + count - 1)) of $name is removed."
    done < <(recorded "$kind")
  done
}

# Ends the processes of the user itself and of the subordinate ids that the record says are its own.
end_processes() {
  local deadline=$((SECONDS + 20)) pids pid
  while [ "$SECONDS" -lt "$deadline" ]; do
    mapfile -t pids < <(list_processes)
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
    if [ "$uid" -eq "$USER_ID" ]; then basename -- "$(dirname -- "$status")"; fi
    for range in "${ranges[@]}"; do
      IFS=: read -r name start count <<< "$range"
      if [ "$name" = "$GATEWAY_USER" ] && [ "$uid" -ge "$start" ] && [ "$uid" -lt $((start + count)) ]; then
        basename -- "$(dirname -- "$status")"
      fi
    done
  done
}
