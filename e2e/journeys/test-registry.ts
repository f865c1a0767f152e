/** A registry of the distribution's own package on the host's loopback: one port for everybody, one with a login. */
import type { TestHost } from '../host/host.ts'
import type { PanelHost } from '../host/panel-host.ts'
import { waitUntil } from '../host/wait-until.ts'

export const PUBLIC_REGISTRY = '127.0.0.1:5101'
export const PRIVATE_REGISTRY = '127.0.0.1:5102'
export const REGISTRY_USER = 'robot'
export const REGISTRY_PASSWORD = 'canary-registry-7c1e9f'

const START = `
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet --quiet
systemctl mask docker-registry.service
apt-get install --quiet --quiet --yes --no-install-recommends docker-registry
mkdir --parents /srv/registry
perl -e 'print $ARGV[0], ":", crypt($ARGV[1], q($2y$05$abcdefghijklmnopqrstuu)), "\\n"' "$0" "$1" > /srv/registry/htpasswd
for port in 5101 5102; do
  printf 'version: 0.1\\nstorage: { filesystem: { rootdirectory: /srv/registry/%s } }\\nhttp: { addr: 127.0.0.1:%s }\\n' \\
    $port $port > /srv/registry/$port.yml
done
echo 'auth: { htpasswd: { realm: test, path: /srv/registry/htpasswd } }' >> /srv/registry/5102.yml
for port in 5101 5102; do
  systemd-run --quiet --unit=registry-$port docker-registry serve /srv/registry/$port.yml
done
`

/** Installs and starts both; the host must reach the mirrors. */
export async function startRegistries(host: TestHost): Promise<void> {
  await host.run(['sh', '-ec', START, REGISTRY_USER, REGISTRY_PASSWORD], { timeoutMs: 480_000 })
  for (const [registry, status] of [
    [PUBLIC_REGISTRY, 200],
    [PRIVATE_REGISTRY, 401],
  ] as const) {
    await waitUntil(`${registry} answers`, 90_000, async () => {
      const flags = ['--silent', '--output', '/dev/null', '--write-out', '%{http_code}']
      const { stdout } = await host.run(['curl', ...flags, `http://${registry}/v2/`], { reject: false })
      return Number(stdout) === status
    })
  }
}

/** They speak plain HTTP, which podman takes only where it is told so. */
export async function trustRegistries({ host }: PanelHost): Promise<void> {
  const text = [PUBLIC_REGISTRY, PRIVATE_REGISTRY]
    .map((registry) => `[[registry]]\nlocation = "${registry}"\ninsecure = true\n`)
    .join('\n')
  await host.run(['tee', '/home/razroom/.config/containers/registries.conf'], {
    user: 'razroom',
    input: text,
  })
}

/** Sends an image of razroom's there. */
export async function publishImage(panel: PanelHost, image: string, target: string): Promise<void> {
  const [registry = ''] = target.split('/')
  const credentials = ['--creds', `${REGISTRY_USER}:${REGISTRY_PASSWORD}`]
  const login = registry === PRIVATE_REGISTRY ? credentials : []
  await panel.podman('push', '--quiet', ...login, image, target)
}
