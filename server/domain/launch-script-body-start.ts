/** The part of the launch script that starts the gateway, by podman or by its systemd unit, and waits for its answer. */
export const LAUNCH_SCRIPT_START = String.raw`
# inspect FORMAT: "absent" when there is no such container.
inspect() {
  local answer
  answer=$(podman container inspect --format "$1" -- "$container" 2>/dev/null) || answer=absent
  printf '%s' "$answer"
}

# Sets unit to the unit of this user's systemd that runs the container; empty when there is none. A container of two
# owners would be replaced by the one and started again by the other.
find_unit() {
  local has_file=no config=$user_home/.config
  unit=$(inspect '{{index .Config.Labels "PODMAN_SYSTEMD_UNIT"}}')
  if [[ ! $unit =~ ^[a-zA-Z0-9][a-zA-Z0-9_.@-]*\.service$ ]]; then unit=''; fi
  if [[ -e $config/containers/systemd/$container.container || -e $config/systemd/user/$container.service ]]; then
    has_file=yes
    unit=${'$'}{unit:-$container.service}
  fi
  if [[ -z $unit ]]; then return; fi
  if ! ask_systemd daemon-reload; then
    fail 3 "the unit $unit runs the gateway, and the systemd of $user_name cannot be reached" \
      "start it: sudo loginctl enable-linger $user_name"
  fi
  if [[ $(show_unit LoadState) != not-found ]]; then return; fi
  if [[ $has_file == yes ]]; then
    fail 3 "systemd knows no unit $unit, though there is a file for it below $config" \
      'what is wrong with it: /usr/libexec/podman/quadlet -user -dryrun'
  fi
  # Of a unit that is gone only the container is left.
  unit=''
}

ask_systemd() { systemctl --user --no-ask-password "$@"; }
show_unit() { ask_systemd show --property="$1" --value -- "$unit"; }

launch() {
  if [[ -n $unit ]]; then
    if ((${'$'}{#changed[@]} > 0)); then
      fail 2 "${'$'}{changed[*]}: the unit $unit runs the gateway and does not follow variables" \
        'change the settings instead: sudo razroom-panel setup'
    fi
    restart_unit
  else
    run_container
  fi
  wait_until_ready
  local by="podman logs -f $container"
  if [[ -n $unit ]]; then by="tail -F $log_dir/gateway.log"; fi
  say "The gateway answers: $gateway_url" \
    "Its token: RAZROOM_GATEWAY_TOKEN in $env_file" \
    "           (gateway.auth.token in razroom.json comes first, where it is set)" \
    "Its log:   cd / && sudo -u $user_name $by"
}

run_container() {
  local tries
  started=$(date +%s)
  set_run_args
  # A file and not a pipe: what podman leaves running holds it open.
  temporary=$(mktemp -- "$log_dir/.launch.XXXXXXXX")
  for ((tries = 1; ; tries += 1)); do
    if podman run "${'$'}{run_args[@]}" >/dev/null 2>"$temporary"; then break; fi
    # The network helper of a container that is replaced ends, and lets go of its ports, some time after it.
    if ((tries == 10)) || ! said 'address already in use'; then
      without_controls <"$temporary" >&2
      # Without udev both stay root's after a boot; the panel opens them when it starts the gateway.
      if said /dev/net/tun || said /dev/fuse; then
        complain 'users may not open these devices; run: sudo chmod 0666 /dev/net/tun /dev/fuse'
      fi
      fail 1 'podman did not start the container; it says why above'
    fi
    sleep 0.3
  done
  without_controls <"$temporary" >&2
  rm -f -- "$temporary"
  temporary=''
  say "Started the container $container; waiting until the gateway answers. A first start can take minutes."
}

# said WORDS: whether podman did, in lower case.
said() {
  local text
  text=$(<"$temporary")
  [[ ${'$'}{text,,} == *"$1"* ]]
}

restart_unit() {
  say "The unit $unit runs the gateway: restarting it. A first start can take minutes."
  # Somebody wants it to start: how often it did before, or that systemd gave up, is no reason against it.
  ask_systemd reset-failed -- "$unit" || complain "systemctl --user reset-failed $unit failed"
  # It may fail now and be tried again by systemd itself; wait_until_ready sees which.
  ask_systemd restart -- "$unit" || complain "systemctl --user restart $unit failed"
}

# Whether the gateway may still come to answer.
is_starting() {
  if [[ -n $unit ]]; then
    state=$(show_unit ActiveState) || state=unknown
    [[ $state =~ ^(active|activating|reloading|deactivating)$ ]]
  else
    state=$(inspect '{{.State.Status}} {{.State.ExitCode}}')
    [[ $state =~ ^(running|created|configured|initialized|paused|stopping) ]]
  fi
}

wait_until_ready() {
  local deadline=$((SECONDS + ready_timeout)) state
  set_url
  until find_published && answers; do
    is_starting || show_end "$state"
    if ((SECONDS >= deadline)); then
      complain "the gateway did not answer at $gateway_url within $ready_timeout s; it still runs"
      show_log
      exit 1
    fi
    sleep 1
  done
}

# Where to ask. A unit may have been edited, so podman tells what it publishes.
find_published() {
  local answer
  if [[ -n $unit ]]; then
    answer=$(podman port -- "$container" 18789/tcp 2>/dev/null) || return 1
    answer=${'$'}{answer%%$'\n'*}
    gateway_port=${'$'}{answer##*:}
    address=${'$'}{answer%:*}
    address=${'$'}{address#[}
    address=${'$'}{address%]}
    case $address in
      0.0.0.0) address=127.0.0.1 ;;
      ::) address=::1 ;;
    esac
  fi
  set_url
}

set_url() {
  authority=$address:$gateway_port
  if [[ $address == *:* ]]; then authority=[$address]:$gateway_port; fi
  gateway_url=http://$authority/
}

# Only HTTP tells: a connection succeeds as soon as podman forwards the port.
answers() {
  if command -v curl >/dev/null; then
    curl -q --silent --noproxy '*' --globoff --max-time 5 --output /dev/null "$gateway_url"
  else
    answers_without_curl
  fi
}

answers_without_curl() (
  trap '' PIPE
  exec 3<>"/dev/tcp/$address/$gateway_port" || exit 1
  printf 'GET / HTTP/1.0\r\nHost: %s\r\n\r\n' "$authority" >&3 || exit 1
  IFS= read -r -t 5 line <&3 || exit 1
  [[ $line == HTTP/* ]]
) 2>/dev/null

# show_end STATE
show_end() {
  if [[ -n $unit ]]; then
    complain "the unit $unit is $1 (exit code $(show_unit ExecMainStatus)) and does not answer" \
      "more: sudo systemctl --machine $user_name@ --user status $unit"
  elif [[ $1 == absent ]]; then
    fail 1 'the container was removed while it started'
  else
    complain "the gateway ended with exit code ${'$'}{1##* } instead of answering"
  fi
  show_log
  exit 1
}

# The last lines. With a unit the container may be gone, and its log is a file of ours.
show_log() {
  complain 'its last lines:'
  if [[ -z $unit ]]; then
    podman logs --tail 20 --since "$started" -- "$container" 2>&1 | without_controls >&2 ||
      complain '(podman could not read the log)'
  elif [[ -r $log_dir/gateway.log ]]; then
    tail -n 20 -- "$log_dir/gateway.log" | sed -e 's/^[^ ]* std[a-z]* [FP] //' | without_controls >&2
  else
    complain "(there is no $log_dir/gateway.log)"
  fi
}

# Text without anything a terminal would obey.
without_controls() {
  sed -e 's/\x1b\[[0-9;]*m//g' | tr -d '\000-\010\013-\037\177'
}
`
