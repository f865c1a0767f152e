# shellcheck shell=bash
# Builds a release in a copy of the checkout, so that a person's checkout gets no files of root's.

# Everything a build reads, and nothing else: what lies beside it in a checkout is nobody's business here.
BUILD_INPUTS=(
  .dockerignore .npmrc Dockerfile LICENSE bin contract gateway install.sh package-lock.json package.json
  scripts server tsconfig.json vite.config.ts web
)

# copy_sources DESTINATION. No git is asked: it refuses the checkout of another user, and might run hooks.
copy_sources() {
  local input
  for input in "${BUILD_INPUTS[@]}"; do
    [ -e "$CHECKOUT/$input" ] || fail "$CHECKOUT/$input is missing." \
      'Run install.sh from a whole checkout of razroom-panel (an installed copy can only --uninstall).'
  done
  mkdir -- "$1"
  tar --create --directory="$CHECKOUT" --exclude='gateway/rootfs/tree' --exclude='gateway/rootfs/tree.*-*' \
    --exclude='*.test.ts' --exclude='*.test.tsx' --exclude='*.tsbuildinfo' --exclude=node_modules \
    -- "${BUILD_INPUTS[@]}" | tar --extract --directory="$1" --no-same-owner --no-same-permissions
}

# Twelve hex digits over names, contents and execute bits, and over what the bundled gateway's image takes from this
# machine: after an update of the C library or of the certificates the next run builds it anew.
hash_sources() {
  {
    (
      cd -- "$1" || exit
      find . -type f -print0 | LC_ALL=C sort --zero-terminated | xargs --null sha256sum --
      find . \( -type l -printf '%p -> %l\n' \) -o \( -type f -perm /111 -printf '%p x\n' \) | LC_ALL=C sort
    )
    ldd "$(command -v bash)" | sed -n 's/.*=> \(\/.*libc\.so\.6\).*/\1/p' | xargs sha256sum --
    sha256sum -- /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt 2> /dev/null || :
    uname -m
  } | sha256sum | cut -c 1-12
}

# For npm as root, whatever the caller's environment says: the cache is ours, and what the machine's administrator
# trusts (a proxy's certificate) npm trusts too.
prepare_npm() {
  local certificates=/etc/ssl/certs/ca-certificates.crt
  HOME=$(getent passwd 0 | cut -d : -f 6)
  export HOME npm_config_cache="${npm_config_cache:-$CACHE/npm}"
  if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -r "$certificates" ]; then export NODE_EXTRA_CA_CERTS=$certificates; fi
  unset NODE_ENV NODE_OPTIONS NODE_PATH
  install --directory --mode=0700 -- "$CACHE"
}

# build_release SOURCE DESTINATION
build_release() {
  step 'Fetching what the build needs (npm ci)'
  prepare_npm
  logged npm_ci "$1" || fail_with_log 'npm ci failed.' \
    'Most often the npm registry could not be reached: check network and proxy, then run this again.'
  step 'Building'
  (cd -- "$1" && logged npm run gateway:rootfs) ||
    fail_with_log 'The files of the bundled gateway could not be collected.' 'The last lines say why.'
  (cd -- "$1" && logged env NO_COLOR=1 npm run build) || fail_with_log 'The build failed.' 'The last lines say why.'
  assemble_release "$1" "$2"
}

# Moves what runs out of a build tree: no npm package, no source. Readable by everybody, for the gateway's user runs
# its part of it; writable by root only.
assemble_release() {
  local tree=gateway/rootfs/tree
  mkdir -p -- "$2/bin" "$2/dist" "$2/gateway/rootfs" "$2/scripts"
  mv -- "$1/dist/server" "$1/dist/web" "$1/dist/gateway" "$2/dist/"
  # What it is made of, and under which licences: `npm run build` wrote it of this very build.
  mv -- "$1/dist/sbom.cdx.json" "$1/dist/THIRD_PARTY_LICENSES.txt" "$2/"
  mv -- "$1/$tree" "$2/$tree"
  # The same file, not a second copy of 120 MB.
  ln -- "$2/$tree/usr/local/bin/node" "$2/node"
  mv -- "$1/bin/razroom-panel" "$2/bin/"
  mv -- "$1/scripts/install" "$1/scripts/npm-ci.sh" "$2/scripts/"
  mv -- "$1/install.sh" "$1/package.json" "$1/LICENSE" "$1/Dockerfile" "$1/.dockerignore" "$2/"
  chown --recursive --no-dereference root:root -- "$2"
  chmod 0755 -- "$2" "$2/bin/razroom-panel" "$2/install.sh" "$2/scripts/install/start-at-boot.sh"
  # The tree has a /tmp that everybody may write to: what goes into the image is root's alone.
  chmod 0700 -- "$2/gateway/rootfs"
  logged "$2/bin/razroom-panel" help || fail_with_log 'What was built does not start.' 'The last lines say why.'
}
