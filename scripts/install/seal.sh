# shellcheck shell=bash
# Whether a file is as the panel wrote it: among its first five lines is `# Checksum: ` with the sha-256 of what follows
# that line (server/domain/seal.ts, server/domain/unit-text.ts). Run as the file's owner.
# Prints ours, edited, foreign or absent.
if [ -L "$1" ] || { [ -e "$1" ] && [ ! -f "$1" ]; }; then
  printf 'foreign\n'
  exit
fi
if [ ! -e "$1" ]; then
  printf 'absent\n'
  exit
fi
mapfile -t -n 5 lines < "$1"
for number in "${!lines[@]}"; do
  if [[ ${lines[number]} != '# Checksum: '* ]]; then continue; fi
  if [ "$(tail -n "+$((number + 2))" -- "$1" | sha256sum)" = "${lines[number]#\# Checksum: }  -" ]; then
    printf 'ours\n'
  else
    printf 'edited\n'
  fi
  exit
done
printf 'foreign\n'
