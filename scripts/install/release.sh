# shellcheck shell=bash disable=SC2153 # RELEASES is in paths.sh
# Releases below $LIB: `current` and `previous` are links to directories of `releases`, changed by rename only.

RELEASE=''

# One installer at a time. The lock is inherited by what we start on purpose: an npm that outlived a killed installer
# still writes into its build directory, and the next run waits for it to end.
take_install_lock() {
  mkdir -p -- "$RELEASES"
  exec {INSTALL_LOCK}> "$LIB/.lock"
  if ! flock --nonblock "$INSTALL_LOCK"; then
    note 'Another install.sh is at work: waiting for it to end.'
    flock --timeout 600 "$INSTALL_LOCK" || fail 'Another install.sh has held the lock for ten minutes.' \
      "See what it does (fuser $LIB/.lock), then run this again."
  fi
  # Whoever held the lock is gone, so these are leftovers.
  find "$LIB" -mindepth 1 -maxdepth 1 \( -name '.build-*' -o -name '.link-*' \) -exec rm -rf -- {} +
}

# Sets RELEASE to the name of a complete release of this checkout, built first when it is not there.
make_release() {
  local version hash
  step 'Comparing with what is installed'
  BUILD=$(mktemp --directory -- "$LIB/.build-XXXXXX")
  copy_sources "$BUILD/source"
  version=$(sed -n 's/^  "version": "\([0-9A-Za-z.+-]*\)",$/\1/p' "$BUILD/source/package.json")
  [ -n "$version" ] || fail "$CHECKOUT/package.json has no version." 'Take a whole checkout of razroom-panel.'
  hash=$(hash_sources "$BUILD/source")
  RELEASE=$version-$hash
  if [ -d "$RELEASES/$RELEASE" ]; then
    note "Version $version ($hash) is built already."
  else
    build_release "$BUILD/source" "$BUILD/release"
    # Complete and tried: from here on it exists, and not before.
    mv --no-target-directory -- "$BUILD/release" "$RELEASES/$RELEASE"
  fi
  rm -rf -- "$BUILD"
  BUILD=''
}

# point NAME TARGET: makes $LIB/NAME a link to TARGET in one step.
point() {
  ln --symbolic -- "$2" "$LIB/.link-$1"
  mv --no-target-directory -- "$LIB/.link-$1" "$LIB/$1"
}

current_release() {
  local target
  target=$(readlink -- "$LIB/current" 2> /dev/null) || return 0
  printf '%s\n' "${target#releases/}"
}

switch_release() {
  local former
  former=$(current_release)
  if [ "$former" = "$RELEASE" ]; then return; fi
  step "Switching to $RELEASE"
  if [ -n "$former" ] && [ -d "$RELEASES/$former" ]; then point previous "releases/$former"; fi
  point current "releases/$RELEASE"
  ln --symbolic --force --no-dereference -- "$LIB/current/bin/razroom-panel" "$LAUNCHER"
}

# Keeps the current and the previous one.
remove_old_releases() {
  local directory name previous
  previous=$(readlink -- "$LIB/previous" 2> /dev/null) || previous=''
  for directory in "$RELEASES"/*/; do
    name=$(basename -- "$directory")
    if [ "$name" != "$(current_release)" ] && [ "releases/$name" != "$previous" ]; then
      rm -rf -- "${RELEASES:?}/$name"
    fi
  done
}
