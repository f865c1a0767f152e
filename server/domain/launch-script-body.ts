/** The part of the launch script that is the same for every gateway; what differs is set above it. */
export const LAUNCH_SCRIPT_BODY = String.raw`
say() { printf '%s\n' "$@"; }
complain() { printf 'run-razroom-podman: %s\n' "$@" >&2; }
# fail CODE MESSAGE...
fail() {
  local code=$1
  shift
  complain "$@"
  exit "$code"
}

usage() {
  say "usage: $script_path [launch] [setup]" \
    '  launch  start the gateway, in place of one that runs; the default' \
    '  setup   the onboarding wizard, on this terminal'
}

is_port() { [[ $1 =~ ^[1-9][0-9]{3,4}$ ]] && ((10#$1 >= 1024 && 10#$1 <= 65535)); }
is_path() {
  [[ $1 == /?* && $1 != *:* && $1 != *[[:cntrl:]]* && $1/ != */../* ]] && ((${'$'}{#1} < 4096))
}
is_name() { [[ $1 =~ ^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$ ]]; }
is_image() { [[ $1 =~ ^[a-zA-Z0-9][a-zA-Z0-9._/:@-]{0,511}$ ]]; }
is_userns() { [[ $1 == keep-id || $1 == host ]]; }

# override OURS THEIRS CHECK WHAT: a variable of the caller replaces our own value, when it passes the check.
override() {
  local value=${'$'}{!2:-}
  if [[ -z $value || $value == "${'$'}{!1}" ]]; then return; fi
  "$3" "$value" || fail 2 "$2 is not $4: $value"
  printf -v "$1" '%s' "$value"
  spec_label=changed-by-hand
}

read_variables() {
  override container RAZROOM_PODMAN_CONTAINER is_name 'a container name'
  override image RAZROOM_PODMAN_IMAGE is_image 'an image reference'
  override gateway_port RAZROOM_PODMAN_GATEWAY_HOST_PORT is_port 'a port from 1024 to 65535'
  override bridge_port RAZROOM_PODMAN_BRIDGE_HOST_PORT is_port 'a port from 1024 to 65535'
  # With auto the container could not read the directories of this user.
  override userns RAZROOM_PODMAN_USERNS is_userns 'keep-id or host'
  local before=$config_dir
  override config_dir RAZROOM_CONFIG_DIR is_path "an absolute path without ':' and '..'"
  if [[ $config_dir != "$before" ]]; then workspace_dir=$config_dir/workspace; fi
  override workspace_dir RAZROOM_WORKSPACE_DIR is_path "an absolute path without ':' and '..'"
  if [[ $gateway_port == "$bridge_port" ]]; then fail 2 "gateway and bridge both want port $gateway_port"; fi
  # In the host mode of rootless podman, root inside is this user outside.
  if [[ $userns == host ]]; then run_user=0:0; fi
  env_file=$config_dir/.env
  config_file=$config_dir/razroom.json
}

check_user() {
  if ((EUID == user_id)); then return; fi
  fail 3 "this starts the gateway of $user_name; run: sudo -u $user_name $script_path"
}

# Nothing of the caller's session may lead podman to another store or service than this user's own.
prepare_environment() {
  cd /
  export HOME=$user_home
  unset CONTAINER_HOST CONTAINERS_CONF CONTAINERS_STORAGE_CONF XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME
  unset XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS
  local runtime_dir=/run/user/$EUID
  if [[ ! -d $runtime_dir ]]; then return; fi
  export XDG_RUNTIME_DIR=$runtime_dir
  if [[ -S $runtime_dir/bus ]]; then export DBUS_SESSION_BUS_ADDRESS=unix:path=$runtime_dir/bus; fi
}

check_podman() {
  command -v podman >/dev/null || fail 3 'podman is not installed (Debian, Ubuntu: sudo apt install podman uidmap)'
  podman image exists -- "$image" ||
    fail 3 "there is no image $image for $user_name; build or load it first: sudo razroom-panel setup"
}

prepare_directories() {
  local directory
  for directory in "$config_dir" "$workspace_dir" "$plugin_cache_dir" "$log_dir"; do
    mkdir -p -- "$directory" || fail 3 "cannot make the directory $directory"
    if [[ ! -O $directory || ! -w $directory ]]; then
      fail 3 "$directory does not belong to $user_name; run: sudo chown -R $user_name: $directory"
    fi
  done
}

# Read, never sourced: what stands in .env is data.
has_token() {
  local line value=''
  while IFS= read -r line || [[ -n $line ]]; do
    line=${'$'}{line#"${'$'}{line%%[![:blank:]]*}"}
    if [[ $line == RAZROOM_GATEWAY_TOKEN=* ]]; then value=${'$'}{line#*=}; fi
  done <"$env_file"
  [[ -n ${'$'}{value//[[:space:]]/} ]]
}

new_token() {
  local token=''
  if command -v openssl >/dev/null; then token=$(openssl rand -hex 32) || token=''; fi
  if [[ ! $token =~ ^[0-9a-f]{64}$ ]] && command -v python3 >/dev/null; then
    token=$(python3 -c 'import secrets; print(secrets.token_hex(32))') || token=''
  fi
  if [[ ! $token =~ ^[0-9a-f]{64}$ ]]; then
    token=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n') || token=''
  fi
  [[ $token =~ ^[0-9a-f]{64}$ ]] || fail 3 'openssl, python3 and od all failed to make a token'
  printf '%s' "$token"
}

# The token goes from a variable into the file by a builtin: it is in no command line.
ensure_token() {
  if [[ -L $env_file ]] || [[ -e $env_file && ! -f $env_file ]]; then fail 3 "$env_file is not a plain file"; fi
  if [[ -e $env_file ]]; then
    if [[ ! -r $env_file ]]; then
      fail 3 "$env_file cannot be read; run: sudo chown $user_name: $env_file"
    fi
    if has_token; then return; fi
  fi
  local token
  token=$(new_token)
  temporary=$(mktemp -- "$config_dir/.env.XXXXXXXX")
  trap 'rm -f -- "$temporary"' EXIT
  if [[ -s $env_file ]]; then
    cat -- "$env_file" >"$temporary"
    if [[ $(tail -c 1 -- "$env_file" | od -An -tx1) != *0a* ]]; then printf '\n' >>"$temporary"; fi
  fi
  printf 'RAZROOM_GATEWAY_TOKEN=%s\n' "$token" >>"$temporary"
  sync -- "$temporary"
  mv -f -- "$temporary" "$env_file"
  trap - EXIT
  say "Wrote a new token into $env_file"
}

ensure_config() {
  if [[ -e $config_file || -L $config_file ]]; then return; fi
  printf '%s' "$minimal_config" >"$config_file"
  say "Wrote $config_file"
}

# inspect FORMAT: "absent" when there is no such container.
inspect() {
  local answer
  answer=$(podman container inspect --format "$1" -- "$container" 2>/dev/null) || answer=absent
  printf '%s' "$answer"
}

check_owner() {
  local unit
  unit=$(inspect '{{index .Config.Labels "PODMAN_SYSTEMD_UNIT"}}')
  if [[ $unit == *.service ]]; then
    fail 3 "the container $container belongs to the systemd unit $unit; run: systemctl --user restart $unit"
  fi
}

launch() {
  local started env_label
  check_owner
  env_label=$(sha256sum <"$env_file")
  env_label=${'$'}{env_label%% *}
  started=$(date +%s)
  set_run_args
  podman run "${'$'}{run_args[@]}" >/dev/null || fail 1 'podman did not start the container; it says why above'
  say "Started the container $container; waiting until the gateway answers. A first start can take minutes."
  wait_until_ready "$started"
  say "The gateway answers: $gateway_url" \
    "Its token: RAZROOM_GATEWAY_TOKEN in $env_file" \
    "           (gateway.auth.token in razroom.json comes first, where it is set)" \
    "Its log:   cd / && sudo -u $user_name podman logs -f $container"
}

wait_until_ready() {
  local deadline=$((SECONDS + ready_timeout)) state
  gateway_url=http://$address:$gateway_port/
  until answers; do
    state=$(inspect '{{.State.Status}} {{.State.ExitCode}}')
    case $state in
      running* | created* | configured* | initialized* | paused* | stopping*) ;;
      absent) fail 1 'the container was removed while it started' ;;
      *) show_end "$1" "${'$'}{state##* }" ;;
    esac
    if ((SECONDS >= deadline)); then
      complain "the gateway did not answer at $gateway_url within $ready_timeout s; it still runs"
      show_log "$1"
      exit 1
    fi
    sleep 1
  done
}

# Only HTTP tells: a connection succeeds as soon as podman forwards the port.
answers() {
  if command -v curl >/dev/null; then
    curl -q --silent --noproxy '*' --max-time 5 --output /dev/null "$gateway_url"
  else
    answers_without_curl
  fi
}

answers_without_curl() (
  trap '' PIPE
  exec 3<>"/dev/tcp/$address/$gateway_port" || exit 1
  printf 'GET / HTTP/1.0\r\nHost: %s:%s\r\n\r\n' "$address" "$gateway_port" >&3 || exit 1
  IFS= read -r -t 5 line <&3 || exit 1
  [[ $line == HTTP/* ]]
) 2>/dev/null

# show_end STARTED EXIT_CODE
show_end() {
  complain "the gateway ended with exit code $2 instead of answering"
  show_log "$1"
  exit 1
}

# show_log STARTED: the last lines, without anything a terminal would obey.
show_log() {
  complain 'its last lines:'
  podman logs --tail 20 --since "$1" -- "$container" 2>&1 |
    sed -e 's/\x1b\[[0-9;]*m//g' | tr -d '\000-\010\013-\037\177' >&2 ||
    complain '(podman could not read the log)'
}

wizard() {
  if [[ ! -t 0 || ! -t 1 ]]; then fail 2 'the wizard needs a terminal'; fi
  set_wizard_args
  # Inside the running gateway it can reach it; from a container of its own it could not.
  if [[ $(inspect '{{.State.Running}}') == true ]]; then exec podman exec "${'$'}{wizard_exec_args[@]}"; fi
  exec podman run "${'$'}{wizard_args[@]}"
}

main() {
  local mode=launch word
  for word in "$@"; do
    case $word in
      launch) ;;
      setup) mode=setup ;;
      -h | --help)
        usage
        exit 0
        ;;
      *)
        usage >&2
        fail 2 "unknown argument: $word"
        ;;
    esac
  done
  check_user
  read_variables
  prepare_environment
  check_podman
  prepare_directories
  ensure_token
  ensure_config
  if [[ $mode == setup ]]; then wizard; else launch; fi
}

main "$@"
`
