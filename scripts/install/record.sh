# shellcheck shell=bash disable=SC2034,SC2153 # used by purge.sh and uninstall.sh; STATE is in paths.sh
# The panel's own record of what it made, and what a purge leaves of it.

# Lines of the record (state.json, `created`) that a purge acts on: user:NAME, home:DIR, dir:DIR,
# subuid:NAME:START:COUNT, subgid:..., linger:NAME. It may hold those of several users, one after the other the
# gateway's; RECORD has those of the user that is purged, OTHERS those of the others.
RECORD=()
OTHERS=()
OTHER_USERS=()
SETTINGS_USER=''
CONTAINER=''
CONFIG_DIR=''
WORKSPACE_DIR=''
IS_SET_UP=no

# The record is what the half of the panel that speaks to browsers has said, and that half could be somebody else's. So
# an account or a home counts as made only where the list of root's own (admitted.json, `made`) says so too, and a range
# of ids only while it stands in the file of the ranges. A record from before that list is taken as it is.
#
# The program for Node that reads the record: line by line the settings, then each entry with the user it is of. Homes
# and directories do not name theirs: it is the one whose home it is or lies in, who owns it, or whose entry stands before.
READ_RECORD="
const { execFileSync } = require('node:child_process')
const { existsSync, readFileSync, statSync } = require('node:fs')
const { dirname } = require('node:path')
const state = JSON.parse(readFileSync(process.argv[1], 'utf8'))
const list = dirname(process.argv[1]) + '/admitted.json'
const made = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')).made : null
const rangesOf = (kind) => (existsSync('/etc/' + kind) ? readFileSync('/etc/' + kind, 'utf8').split('\n') : [])
const ranges = { subuid: rangesOf('subuid'), subgid: rangesOf('subgid') }
const counts = (entry) => {
  const [, kind, rest] = /^(user|subuid|subgid):(.*)/s.exec(entry) ?? []
  if (kind === 'user') return made.includes(rest)
  return kind === undefined || ranges[kind].includes(rest)
}
if (made) state.created = state.created.filter(counts)
const { user = 'razroom', containerName = 'razroom', configDir, workspaceDir } = state.settings ?? {}
const nameOf = (entry) => /^(?:user|linger|subuid|subgid|podman|adopted|adopting):([^:]*)/.exec(entry)?.[1]
const names = [...new Set([user, ...state.created.map(nameOf).filter((name) => name !== undefined)])]
const homes = new Map()
const owners = new Map()
for (const line of execFileSync('getent', ['passwd'], { encoding: 'utf8' }).split('\n')) {
  const [name, , uid, , , home] = line.split(':')
  if (!names.includes(name)) continue
  owners.set(Number(uid), name)
  if (home) homes.set(home, name)
}
let maker
for (const entry of state.created) {
  if (entry.startsWith('user:')) maker = entry.slice(5)
  if (entry.startsWith('home:') && maker && !homes.has(entry.slice(5))) homes.set(entry.slice(5), maker)
}
const isMade = (home) => made.includes(homes.get(home))
if (made) state.created = state.created.filter((entry) => !entry.startsWith('home:') || isMade(entry.slice(5)))
let before = user
const lines = state.created.map((entry) => {
  const path = /^(?:home|dir):(.*)/s.exec(entry)?.[1]
  const home = path && [...homes.keys()].find((one) => path === one || path.startsWith(one + '/'))
  const owner = path && owners.get(statSync(path, { throwIfNoEntry: false })?.uid)
  before = nameOf(entry) ?? homes.get(home) ?? owner ?? before
  return before + ' ' + entry
})
const facts = [user, containerName, configDir ?? '', workspaceDir ?? '', state.created.length > 0 ? 'yes' : 'no']
for (const line of [...facts, ...lines]) {
  if (/[\x00-\x1f\x7f]/.test(line)) throw new Error('a control character in the record')
  console.log(line)
}"

read_record() {
  local node record lines
  [ -f "$STATE/state.json" ] || fail "There is no record of what the panel made ($STATE/state.json)." \
    "Without it nothing is purged. Remove the panel alone: $(uninstall_command)"
  node=$(find_node) || fail 'There is no Node here that could read the record of what the panel made.' \
    'Install the panel again, then purge it: sudo ./install.sh --panel-only, and then this.'
  record=$("$node" --eval "$READ_RECORD" -- "$STATE/state.json") ||
    fail "$STATE/state.json cannot be read." "Mend it, or remove the panel alone: $(uninstall_command)"
  mapfile -t lines <<< "$record"
  SETTINGS_USER=${lines[0]}
  CONTAINER=${lines[1]}
  CONFIG_DIR=${lines[2]}
  WORKSPACE_DIR=${lines[3]}
  IS_SET_UP=${lines[4]}
  split_record "${lines[@]:5}"
  check_record
}

# split_record 'USER ENTRY'...: sorts the entries, and finds whose they are.
split_record() {
  local line name entry purged=$SETTINGS_USER
  for line in "$@"; do
    if [ "${line%% *}" = "$CONFIRM" ]; then purged=$CONFIRM; fi
  done
  look_up_user "$purged"
  RECORD=() OTHERS=() OTHER_USERS=()
  if [ "$SETTINGS_USER" != "$purged" ]; then OTHER_USERS=("$SETTINGS_USER"); fi
  for line in "$@"; do
    name=${line%% *}
    entry=${line#* }
    if [ "$name" = "$purged" ]; then
      RECORD+=("$entry")
    elif [ "$SETTINGS_USER" != "$purged" ] || [[ $entry =~ ^(user|home|dir|subuid|subgid|linger): ]]; then
      # Of a user who has no gateway any more, what a purge would take.
      OTHERS+=("$entry")
      if [[ " ${OTHER_USERS[*]} " != *" $name "* ]]; then OTHER_USERS+=("$name"); fi
    fi
  done
}

check_record() {
  local name
  for name in "$GATEWAY_USER" "${OTHER_USERS[@]}"; do
    [[ $name =~ ^[a-z_][a-z0-9_-]{0,30}$ ]] || fail "The record names a strange user: '$name'." \
      "Look at $STATE/state.json."
  done
  [[ $CONTAINER =~ ^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$ ]] || fail "The record names a strange container: '$CONTAINER'." \
    "Look at $STATE/state.json."
  if [ "$USER_ID" = 0 ]; then fail "The record names root as the gateway's user." "Look at $STATE/state.json."; fi
}

check_confirmation() {
  local name others=''
  if [ "$CONFIRM" = "$GATEWAY_USER" ]; then return; fi
  for name in "${OTHER_USERS[@]}"; do
    others+=$'\n'"  What it made for $name before: $(uninstall_command) --purge --confirm $name"
  done
  fail "--purge removes what the panel made for the gateway of the user $GATEWAY_USER, with all its data." \
    "If you mean it: $(uninstall_command) --purge --confirm $GATEWAY_USER$others"
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

# What is left to do for other users: the record goes on, with their entries alone.
keep_record() {
  local node file=$STATE/state.json
  node=$(find_node) || fail 'There is no Node here any more that could write the record.' \
    "Install the panel again, then purge it. The record is in $file."
  "$node" --eval "
    const { readFileSync, writeFileSync } = require('node:fs')
    const [from, to, purged, ...created] = process.argv.slice(1)
    const { settings } = JSON.parse(readFileSync(from, 'utf8'))
    const kept = (settings?.user ?? 'razroom') === purged ? null : settings
    writeFileSync(to, JSON.stringify({ settings: kept, created }, null, 2) + '\n', { mode: 0o600, flush: true })
  " -- "$file" "$file.new" "$GATEWAY_USER" "${OTHERS[@]}"
  mv --no-target-directory -- "$file.new" "$file"
}

# Said last: what the panel made for others is no part of this purge.
tell_of_others() {
  local name
  for name in "${OTHER_USERS[@]}"; do
    printf 'What the panel made for the user %s stays, and the record of it. To remove that too:\n  %s --purge --confirm %s\n' \
      "$name" "$(uninstall_command)" "$name"
  done
  if [ "${#OTHER_USERS[@]}" -gt 0 ] && [[ $CHECKOUT == "$LIB"/* ]]; then printf '(in a checkout of razroom-panel)\n'; fi
}
