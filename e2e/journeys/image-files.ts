/** Images and archives for the journeys of images, made in the host out of the bundled gateway. */
import { IS_FULL } from '../attacks/env-requests.ts'
import type { TestHost } from '../host/host.ts'
import type { PanelHost } from '../host/panel-host.ts'

export const BUNDLED = 'localhost/razroom-bundled:local'

/** What takes the place of the gateway's program. */
const PROGRAMS = {
  /** The gateway itself, with another label only. */
  good: null,
  /** Ends at once with a line that the panel knows the meaning of. */
  crash:
    "console.log('warming up')\nconsole.log('Gateway start blocked: set gateway.mode=local (current: unset) or pass --allow-unconfigured.')\nprocess.exit(1)\n",
  /** Lives, and never answers. */
  mute: "console.log('thinking about it')\nprocess.on('SIGTERM', () => process.exit(0))\nsetInterval(() => {}, 1000)\n",
} as const

/** Builds an image as razroom. @returns its id */
export async function buildImage(
  panel: PanelHost,
  name: string,
  program: keyof typeof PROGRAMS,
): Promise<string> {
  const directory = `/home/razroom/images/${program}`
  const text = PROGRAMS[program]
  const copy = text === null ? '' : 'COPY index.js /app/dist/index.js\n'
  const dockerfile = `FROM ${BUNDLED}\n${copy}LABEL test.name=${name}\n`
  const user = { user: 'razroom' } as const
  await panel.host.run(['mkdir', '--parents', directory], user)
  await panel.host.run(['tee', `${directory}/Dockerfile`], { ...user, input: dockerfile })
  await panel.host.run(['tee', `${directory}/index.js`], { ...user, input: text ?? '' })
  await panel.podman('build', '--pull=never', '--quiet', '--tag', name, directory)
  return idOf(panel, name)
}

export async function idOf(panel: PanelHost, reference: string): Promise<string> {
  return (await panel.podman('image', 'inspect', '--format', '{{.Id}}', reference)).trim()
}

/** Everything that an archive which was refused could have left behind. */
export async function listTraces(panel: PanelHost): Promise<string> {
  const [images, { stdout }] = await Promise.all([
    panel.podman('images', '--all', '--no-trunc', '--format', '{{.ID}} {{.Repository}}:{{.Tag}}'),
    panel.host.run([
      'sh',
      '-c',
      'ls -A /home/razroom/.cache/razroom-panel; ls -d /var/tmp/container_images* /tmp/container_images* 2>/dev/null; ' +
        'ls /home/razroom/.local/share/containers/storage/overlay; ls -A /tmp/owned 2>/dev/null; true',
    ]),
  ])
  return `${images.split('\n').sort().join('\n')}\n${stdout}`
}

/** Archives that nobody saved from an image: their names, and the script that makes each at $0. */
const HOSTILE: Readonly<Record<string, string>> = {
  empty: ': > "$0"',
  truncated: 'head --bytes=400000 /root/good.tar > "$0"',
  'truncated-gzip': 'gzip -1 --stdout /root/good.tar | head --bytes=300000 > "$0"',
  noise: 'head --bytes=200000 /dev/urandom > "$0"',
  text: 'echo "this is no archive" > "$0"',
  traversal: `d=$(mktemp -d); cd "$d"
    echo owned > payload
    tar --create --file=layer.tar --transform='s,^,../../../../../../tmp/owned/,' --absolute-names payload
    printf '[{"Config":"../../../../../../etc/passwd","RepoTags":["localhost/razroom-bundled:local"],"Layers":["../../../../../../etc/shadow","layer.tar"]}]' > manifest.json
    tar --create --file="$0" manifest.json layer.tar`,
  'link-manifest': `d=$(mktemp -d); cd "$d"; ln -s /etc/shadow manifest.json; tar --create --file="$0" manifest.json`,
  // Parts of gzip, one after the other, are one whole (RFC 1952, 2.2): zeros need not be packed again and again.
  bomb: `d=$(mktemp -d); cd "$d"; truncate --size=1300M zeros; printf '[]' > manifest.json
    tar --create manifest.json zeros | head --bytes=1536 | gzip -1 > "$0"
    head --bytes=100M /dev/zero | gzip -1 > part; for part in 1 2 3 4 5 6 7 8 9 10 11 12 13; do cat part >> "$0"; done; rm -r "$d"`,
}

/** Makes them in the host; the one that is unpacked to more than a gigabyte with --full alone. @returns name and path of each */
export async function makeHostileArchives(host: TestHost): Promise<ReadonlyArray<readonly [string, string]>> {
  await host.run(['mkdir', '--mode=0700', '/root/hostile'])
  const made: (readonly [string, string])[] = []
  for (const [name, script] of Object.entries(HOSTILE)) {
    if (name === 'bomb' && !IS_FULL) continue
    const path = `/root/hostile/${name}.tar`
    await host.run(['sh', '-ec', script, path], { timeoutMs: 480_000 })
    made.push([name, path])
  }
  return made
}
