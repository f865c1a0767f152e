import { LAUNCH_SCRIPT_START } from './launch-script-body-start.ts'

/** The caller's variables, the user, and the files that must be there before a start. */
const PREPARATION = String.raw`
# A file to remove at the end; none while it is empty.
temporary=''

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
  [[ $1 == /?* && $1 != *[:,\"]* && $1 != *[[:cntrl:]]* && $1/ != */../* ]] && ((${'$'}{#1} < 4096))
}
is_name() { [[ $1 =~ ^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$ ]]; }
is_image() { [[ $1 =~ ^[a-zA-Z0-9][a-zA-Z0-9._/:@-]{0,511}$ ]]; }
is_userns() { [[ $1 == keep-id || $1 == auto || $1 == host ]]; }

# What of the caller's variables a systemd unit would not follow.
changed=()

# override OURS THEIRS CHECK WHAT: a variable of the caller replaces our own value, when it passes the check.
override() {
  local value=${'$'}{!2:-}
  if [[ -z $value || $value == "${'$'}{!1}" ]]; then return; fi
  "$3" "$value" || fail 2 "$2 is not $4: $value"
  printf -v "$1" '%s' "$value"
  spec_label='changed-by-hand'
  if [[ $1 != container ]]; then changed+=("$2"); fi
}

read_variables() {
  override container RAZROOM_PODMAN_CONTAINER is_name 'a container name'
  override image RAZROOM_PODMAN_IMAGE is_image 'an image reference'
  override gateway_port RAZROOM_PODMAN_GATEWAY_HOST_PORT is_port 'a port from 1024 to 65535'
  override bridge_port RAZROOM_PODMAN_BRIDGE_HOST_PORT is_port 'a port from 1024 to 65535'
  override userns RAZROOM_PODMAN_USERNS is_userns 'keep-id, auto or host'
  local before=$config_dir
  override config_dir RAZROOM_CONFIG_DIR is_path "an absolute path without colon, comma, double quote and '..'"
  if [[ $config_dir != "$before" ]]; then workspace_dir=$config_dir/workspace; fi
  override workspace_dir RAZROOM_WORKSPACE_DIR is_path "an absolute path without colon, comma, double quote and '..'"
  if [[ $gateway_port == "$bridge_port" ]]; then fail 2 "gateway and bridge both want port $gateway_port"; fi
  # auto is podman's own default, which has no word of its own (--userns=auto is something else, see podman-run(1)).
  userns_args=()
  if [[ $userns != auto ]]; then userns_args=("--userns=$userns"); fi
  # But for keep-id, root inside is this user outside.
  run_user=0:0
  if [[ $userns == keep-id ]]; then run_user=$user_id:$user_gid; fi
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
  if [[ ! -d $runtime_dir ]]; then
    forget_former_boot
    return
  fi
  export XDG_RUNTIME_DIR=$runtime_dir
  if [[ -S $runtime_dir/bus ]]; then export DBUS_SESSION_BUS_ADDRESS=unix:path=$runtime_dir/bus; fi
}

# Without a runtime directory podman keeps what is running in /tmp. Where that outlives a boot, podman 4.3 finds its
# processes gone, or takes dead containers for running ones; so it goes when no container of this user has a monitor.
forget_former_boot() {
  local status key value
  for status in /proc/[0-9]*/status; do
    local name='' uid=''
    # A process may end while it is read.
    while read -r key value _; do
      case $key in
        Name:) name=$value ;;
        Uid:) uid=$value ;;
      esac
    done 2>/dev/null <"$status" || continue
    if [[ $uid == "$EUID" && $name =~ ^(conmon|podman|catatonit) ]]; then return; fi
  done
  local top=${'$'}{TMPDIR:-/tmp}
  rm -rf -- "$top/podman-run-$EUID" "$top/storage-run-$EUID"
  # Here may be directories of other ids of the container, which podman takes as it finds them.
  rm -rf -- "$top/containers-user-$EUID" 2>/dev/null || return 0
}

check_podman() {
  command -v podman >/dev/null || fail 3 'podman is not installed (Debian, Ubuntu: sudo apt install podman uidmap)'
}

check_image() {
  local code=0
  podman image exists -- "$image" || code=$?
  case $code in
    0) ;;
    1) fail 3 "there is no image $image for $user_name; build or load it first: sudo razroom-panel setup" ;;
    *) fail 3 "podman does not work for $user_name; it says why above" ;;
  esac
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
  if [[ -s $env_file ]]; then
    cat -- "$env_file" >"$temporary"
    if [[ $(tail -c 1 -- "$env_file" | od -An -tx1) != *0a* ]]; then printf '\n' >>"$temporary"; fi
  fi
  printf 'RAZROOM_GATEWAY_TOKEN=%s\n' "$token" >>"$temporary"
  sync -- "$temporary"
  mv -f -- "$temporary" "$env_file"
  temporary=''
  say "Wrote a new token into $env_file"
}

ensure_config() {
  if [[ -e $config_file || -L $config_file ]]; then return; fi
  printf '%s' "$minimal_config" >"$config_file"
  say "Wrote $config_file"
}
`

const MAIN = `
wizard() {
  if [[ ! -t 0 || ! -t 1 ]]; then fail 2 'the wizard needs a terminal'; fi
  set_wizard_args
  # Inside the running gateway it can reach it; from a container of its own it could not.
  if [[ $(inspect '{{.State.Running}}') == true ]]; then exec podman exec "\${wizard_exec_args[@]}"; fi
  exec podman run "\${wizard_args[@]}"
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
  trap 'if [[ -n $temporary ]]; then rm -f -- "$temporary"; fi' EXIT
  check_user
  read_variables
  prepare_environment
  check_podman
  find_unit
  if [[ -z $unit ]]; then check_image; fi
  prepare_directories
  ensure_token
  ensure_config
  if [[ $mode == setup ]]; then wizard; else launch; fi
}

main "$@"
`

/** The part of the launch script that is the same for every gateway; what differs is set above it. */
export const LAUNCH_SCRIPT_BODY = `${PREPARATION}${LAUNCH_SCRIPT_START}${MAIN}`
