/** The spec as a compose file (compose-spec), for podman-compose and other readers. */
import type { GatewaySpec } from './gateway-spec.ts'
import { hostAddress } from './render-podman-run.ts'
import { yamlText } from './yaml-text.ts'

/**
 * The file `compose.yaml`. It names the same directories, and reads `.env` itself: podman-compose passes the path on to
 * podman, so the file means there what it means to the panel's own container.
 *
 * Ids inside are those outside (keep-id), and podman wants no pod together with a user namespace, hence `x-podman`. Both
 * are words of later versions of podman-compose; 1.0.3 of Debian 12 makes no pod, and takes keep-id from the environment
 * (docs/facts/podman-and-systemd.md). The network is the one compose makes: 1.0.3 knows no other. Logs are left to the
 * reader of the file.
 *
 * @param variables written into the file in place of the path of `.env`, secrets and all; null for the path
 */
export function renderCompose(spec: GatewaySpec, variables: ReadonlyMap<string, string> | null): string {
  const service = {
    image: spec.image,
    container_name: spec.name,
    pull_policy: 'never',
    command: [...spec.command],
    user: spec.user,
    // 'auto' is podman's own default, which has no word.
    ...(spec.userns === 'auto' ? {} : { userns_mode: spec.userns }),
    init: spec.init,
    restart: 'unless-stopped',
    stop_grace_period: `${spec.stopTimeoutSeconds}s`,
    ...(variables === null ? { env_file: [spec.envFile] } : {}),
    // As in podman's own command line, the spec's variables outrank the others.
    environment: { ...Object.fromEntries(variables ?? []), ...spec.env },
    volumes: spec.mounts.map(
      ({ source, target, relabel }) => `${source}:${target}:${relabel ? 'rw,Z' : 'rw'}`,
    ),
    ports: spec.publishes.map(
      ({ address, hostPort, containerPort }) => `${hostAddress(address)}:${hostPort}:${containerPort}`,
    ),
  }
  const secrets = variables === null ? [] : ['It holds secrets: keep it to yourself (chmod 600).']
  return yamlText(
    ['The Razroom gateway, written by razroom-panel export.', ...secrets],
    [withoutInterpolation({ 'x-podman': { in_pod: false }, services: { gateway: service } })],
  )
}

/** Compose expands `$NAME` in every value; a doubled dollar sign is one. Keys are left alone. */
function withoutInterpolation<T>(value: T): T
function withoutInterpolation(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$', () => '$$')
  if (Array.isArray(value)) return value.map((item: unknown) => withoutInterpolation(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutInterpolation(item)]))
}
