/** The spec as Kubernetes objects, for a cluster or `podman kube play`. */
import { CONTAINER_PORTS, type GatewaySpec, READY_TIMEOUT_SECONDS } from './gateway-spec.ts'
import { minimalConfig } from './razroom-config.ts'
import { yamlText } from './yaml-text.ts'

/** `node` of the image, an ordinary user; the volumes are given to its group (docs/facts/razroom-gateway.md). */
const NODE_ID = 1000
const STORAGE = { config: '1Gi', workspace: '10Gi' } as const
const PROBE_SECONDS = 10
/** Any GET of a gateway that has started answers 200; before, the connection is refused or closed (same source). */
const PROBE_SCRIPT = `fetch('http://127.0.0.1:${CONTAINER_PORTS.gateway}/').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))`
/** Without gateway.mode it refuses to start; a file that is there stays. `wx`: fail if it exists (fs.open of Node). */
const CONFIG_SCRIPT =
  "try { require('node:fs').writeFileSync(process.argv[1], process.argv[2], { flag: 'wx', mode: 0o600 }) }" +
  " catch (error) { if (error.code !== 'EEXIST') throw error }"

/**
 * A Secret with the variables, a claim each for configuration and workspace, a Service and a Deployment of one replica,
 * which is never run twice at a time: two gateways on one state refuse each other.
 *
 * No memory or CPU is asked for, since `podman kube play` fails where it cannot limit them. Volumes start empty, so an
 * init container writes the smallest razroom.json. The plugin cache lives as long as its pod.
 *
 * @param variables of the Secret, with or without the secrets themselves
 */
export function renderKube(spec: GatewaySpec, variables: ReadonlyMap<string, string>): string {
  const name = kubeName(spec.name)
  const labels = { 'app.kubernetes.io/name': 'razroom', 'app.kubernetes.io/instance': name }
  const metadata = (suffix: string) => ({ name: `${name}${suffix}`, labels })
  const claim = (id: keyof typeof STORAGE) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadata(`-${id}`),
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: STORAGE[id] } } },
  })
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata('-env'),
    type: 'Opaque',
    stringData: Object.fromEntries(variables),
  }
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(''),
    spec: {
      selector: labels,
      ports: spec.publishes.map(({ id, containerPort }) => ({
        name: id,
        port: containerPort,
        targetPort: id,
      })),
    },
  }
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(''),
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: podSpec(spec, name) },
    },
  }
  return yamlText(
    [
      'The Razroom gateway, written by razroom-panel export.',
      'A first start takes minutes and about 1.3 GB of memory; then it is about half a gigabyte.',
    ],
    [secret, claim('config'), claim('workspace'), service, deployment],
  )
}

function podSpec(spec: GatewaySpec, name: string): object {
  const configDir = spec.mounts.find((mount) => mount.id === 'config')?.target ?? ''
  return {
    automountServiceAccountToken: false,
    // Else the cluster sets variables named after the Service, which the gateway would take for its own.
    enableServiceLinks: false,
    // Something has to reap the children of ended children.
    shareProcessNamespace: spec.init,
    terminationGracePeriodSeconds: spec.stopTimeoutSeconds,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: NODE_ID,
      runAsGroup: NODE_ID,
      fsGroup: NODE_ID,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    initContainers: [
      {
        ...container(spec, 'first-config'),
        command: ['node', '--eval', CONFIG_SCRIPT, `${configDir}/razroom.json`, minimalConfig()],
        volumeMounts: volumeMounts(spec).filter((mount) => mount.name === 'config'),
      },
    ],
    containers: [
      {
        ...container(spec, 'gateway'),
        // Not `command`, which would put aside the image's entry point.
        args: [...spec.command],
        envFrom: [{ secretRef: { name: `${name}-env` } }],
        env: Object.entries(spec.env).map(([key, value]) => ({ name: key, value })),
        ports: spec.publishes.map(({ id, containerPort }) => ({ name: id, containerPort })),
        volumeMounts: volumeMounts(spec),
        startupProbe: probe(PROBE_SECONDS, READY_TIMEOUT_SECONDS / PROBE_SECONDS),
        livenessProbe: probe(30, 4),
        readinessProbe: probe(PROBE_SECONDS, 3),
      },
    ],
    volumes: [
      ...(['config', 'workspace'] as const).map((id) => ({
        name: id,
        persistentVolumeClaim: { claimName: `${name}-${id}` },
      })),
      { name: 'plugin-cache', emptyDir: {} },
    ],
  }
}

function container(spec: GatewaySpec, name: string): object {
  return {
    name,
    image: spec.image,
    imagePullPolicy: 'IfNotPresent',
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  }
}

function volumeMounts(spec: GatewaySpec): { name: string; mountPath: string }[] {
  return spec.mounts.map(({ id, target }) => ({ name: id, mountPath: target }))
}

function probe(periodSeconds: number, failureThreshold: number): object {
  return {
    exec: { command: ['node', '--eval', PROBE_SCRIPT] },
    periodSeconds,
    timeoutSeconds: PROBE_SECONDS,
    failureThreshold,
  }
}

/** The container's name as the name of objects: RFC 1123 label, short enough for what is hung onto it. */
export function kubeName(containerName: string): string {
  const name = containerName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '')
  // A Service's name begins with a letter (RFC 1035).
  return /^[a-z]/.test(name) ? name : `razroom-${name}`.replace(/-$/, '')
}
