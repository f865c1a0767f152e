# shellcheck shell=bash disable=SC2153 # STATE is in paths.sh
# Taking it back. Without --purge everything of the gateway stays: its user, unit, container, image and configuration.
# With it goes what the panel's own record says it made, and nothing on a guess (purge.sh).

uninstall_panel() {
  if is_all_gone; then
    note 'There is nothing of razroom-panel here.'
    rm -f -- "$INSTALL_LOG"
    return
  fi
  if [ "$PURGE" = yes ]; then
    read_record
    check_confirmation
  else
    remember_gateway
  fi
  if [ -d "$LIB" ]; then take_install_lock; fi
  if [ "$PURGE" = yes ]; then back_up; fi
  step 'Removing the panel'
  # Before the user: it would start its readers again for as long as it runs.
  remove_backup_timer
  stop_panel
  if [ "$PURGE" = yes ]; then
    purge_gateway
    # While there is surely a Node.
    if [ "${#OTHER_USERS[@]}" -gt 0 ]; then keep_record; fi
  fi
  remove_panel
  tell_what_stayed
}

is_all_gone() {
  local path
  for path in "$LIB" "$STATE" "$SETTINGS" "$CACHE" "$LAUNCHER" "$UNIT" "$CRON_FILE" "$INIT_SCRIPT"; do
    if [ -e "$path" ] || [ -L "$path" ]; then return 1; fi
  done
  return 0
}

# The command that does this, as one that the person can type now.
uninstall_command() {
  if [ -x "$LAUNCHER" ]; then
    printf 'sudo razroom-panel uninstall'
  elif [[ $CHECKOUT == "$LIB"/* ]]; then
    printf 'sudo ./install.sh --uninstall'
  else
    printf 'sudo %s/install.sh --uninstall' "$CHECKOUT"
  fi
}

# Some Node that reads the record: the panel's own, the checkout's, or the machine's.
find_node() {
  local candidate
  for candidate in "$LIB/current/node" "$CHECKOUT/node" "$CHECKOUT/node_modules/.bin/node" "$(command -v node || :)"; do
    if [ -x "$candidate" ]; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}

stop_panel() {
  if has_systemd; then remove_units; else stop_process; fi
}

# Scheduled backups are made by the panel's own program.
remove_backup_timer() {
  local unit is_there=no
  for unit in razroom-panel-backup.timer razroom-panel-backup.service; do
    if [ ! -e "/etc/systemd/system/$unit" ]; then continue; fi
    is_there=yes
    if has_systemd; then logged systemctl disable --now "$unit" || note "$unit could not be stopped (see $INSTALL_LOG)."; fi
    rm -f -- "/etc/systemd/system/$unit"
  done
  if [ "$is_there" = yes ]; then
    if has_systemd; then logged systemctl daemon-reload; fi
    note 'No more backups are made by themselves; those that were made stay.'
  fi
}

remove_panel() {
  forget_start_at_boot
  if [ -L "$LAUNCHER" ] && [[ $(readlink -- "$LAUNCHER") == "$LIB"/* ]]; then rm -f -- "$LAUNCHER"; fi
  rm -rf -- "$LIB" "$RUN" "$CACHE"
  remove_panel_user
  if [ "$PURGE" = yes ]; then
    keep_backups
    if [ "${#OTHER_USERS[@]}" -gt 0 ]; then
      find "$STATE" -mindepth 1 -maxdepth 1 ! -name state.json -exec rm -rf -- {} +
    else
      rm -rf -- "$STATE"
    fi
    rm -rf -- "$SETTINGS" "$PANEL_LOG" "$PANEL_LOG.1" "$BOOT_LOG"
  fi
}

# Said at the end, but asked while the panel can still answer.
GATEWAY_LINE=''
KNOWN_USER=NAME
remember_gateway() {
  local state node user
  if [ -x "$LAUNCHER" ] && state=$("$LAUNCHER" status --json 2> /dev/null | field gateway state 2> /dev/null) &&
    [[ $state =~ ^[a-z-]+$ ]]; then
    GATEWAY_LINE=" (its state: $state)"
  fi
  if [ -r "$STATE/state.json" ] && node=$(find_node) &&
    user=$("$node" --eval "
      const { settings } = JSON.parse(require('node:fs').readFileSync(process.argv[1], 'utf8'))
      console.log(settings.user)" -- "$STATE/state.json" 2> /dev/null); then
    KNOWN_USER=$user
  fi
}

tell_what_stayed() {
  printf '\nrazroom-panel is removed.\n'
  if [ "$PURGE" = yes ]; then
    if [ -n "$BACKUP_FILE" ]; then printf 'The backup of the gateway: %s\n' "$BACKUP_FILE"; fi
    printf 'The packages it brought (podman and others) stay.\n'
    tell_of_others
    rm -f -- "$INSTALL_LOG"
    return
  fi
  printf 'Kept: the gateway%s with its user, container, image and configuration;\n' "$GATEWAY_LINE"
  printf '      the settings of the panel in %s and %s; the packages it brought.\n' "$SETTINGS" "$STATE"
  printf 'To remove what the panel made of these: %s --purge --confirm %s\n' "$(uninstall_command)" "$KNOWN_USER"
  if [[ $CHECKOUT == "$LIB"/* ]]; then printf '(in a checkout of razroom-panel)\n'; fi
}
