import fc from 'fast-check'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim'
import { Secret } from 'kubernetes-models/v1/Secret'
import { Service } from 'kubernetes-models/v1/Service'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { kubeName, renderKube } from './render-kube.ts'
import { anySpec, ordinarySpec } from './test-specs.ts'

const variables = new Map([
  ['RAZROOM_GATEWAY_TOKEN', 'REPLACE-ME'],
  ['IRC_TLS', 'yes'],
])

test('to the last byte', () => {
  expect(renderKube(ordinarySpec, variables)).toBe(`# The Razroom gateway, written by razroom-panel export.
# A first start takes minutes and about 1.3 GB of memory; then it is about half a gigabyte.
apiVersion: v1
kind: Secret
metadata:
  name: razroom-env
  labels:
    app.kubernetes.io/name: razroom
    app.kubernetes.io/instance: razroom
type: Opaque
stringData:
  RAZROOM_GATEWAY_TOKEN: REPLACE-ME
  IRC_TLS: "yes"
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: razroom-config
  labels:
    app.kubernetes.io/name: razroom
    app.kubernetes.io/instance: razroom
spec:
  accessModes:
    - ReadWriteOnce
  resources:
    requests:
      storage: "1Gi"
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: razroom-workspace
  labels:
    app.kubernetes.io/name: razroom
    app.kubernetes.io/instance: razroom
spec:
  accessModes:
    - ReadWriteOnce
  resources:
    requests:
      storage: "10Gi"
---
apiVersion: v1
kind: Service
metadata:
  name: razroom
  labels:
    app.kubernetes.io/name: razroom
    app.kubernetes.io/instance: razroom
spec:
  selector:
    app.kubernetes.io/name: razroom
    app.kubernetes.io/instance: razroom
  ports:
    - name: gateway
      port: 18789
      targetPort: gateway
    - name: bridge
      port: 18790
      targetPort: bridge
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: razroom
  labels:
    app.kubernetes.io/name: razroom
    app.kubernetes.io/instance: razroom
spec:
  replicas: 1
  strategy:
    type: Recreate
  selector:
    matchLabels:
      app.kubernetes.io/name: razroom
      app.kubernetes.io/instance: razroom
  template:
    metadata:
      labels:
        app.kubernetes.io/name: razroom
        app.kubernetes.io/instance: razroom
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      shareProcessNamespace: true
      terminationGracePeriodSeconds: 20
      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
        runAsGroup: 1000
        fsGroup: 1000
        fsGroupChangePolicy: OnRootMismatch
        seccompProfile:
          type: RuntimeDefault
      initContainers:
        - name: first-config
          image: localhost/razroom:bundled
          imagePullPolicy: IfNotPresent
          securityContext:
            allowPrivilegeEscalation: false
            capabilities:
              drop:
                - ALL
          command:
            - node
            - "--eval"
            - "try { require('node:fs').writeFileSync(process.argv[1], process.argv[2], { flag: 'wx', mode: 0o600 }) } catch (error) { if (error.code !== 'EEXIST') throw error }"
            - /home/node/.razroom/razroom.json
            - "{\\n  \\"gateway\\": {\\n    \\"mode\\": \\"local\\"\\n  }\\n}\\n"
          volumeMounts:
            - name: config
              mountPath: /home/node/.razroom
      containers:
        - name: gateway
          image: localhost/razroom:bundled
          imagePullPolicy: IfNotPresent
          securityContext:
            allowPrivilegeEscalation: false
            capabilities:
              drop:
                - ALL
          args:
            - node
            - dist/index.js
            - gateway
            - "--bind"
            - lan
            - "--port"
            - "18789"
          envFrom:
            - secretRef:
                name: razroom-env
          env:
            - name: HOME
              value: /home/node
            - name: TERM
              value: xterm-256color
            - name: RAZROOM_NO_RESPAWN
              value: "1"
          ports:
            - name: gateway
              containerPort: 18789
            - name: bridge
              containerPort: 18790
          volumeMounts:
            - name: config
              mountPath: /home/node/.razroom
            - name: workspace
              mountPath: /home/node/.razroom/workspace
            - name: plugin-cache
              mountPath: /tmp/jiti
          startupProbe:
            exec:
              command:
                - node
                - "--eval"
                - "fetch('http://127.0.0.1:18789/').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"
            periodSeconds: 10
            timeoutSeconds: 10
            failureThreshold: 90
          livenessProbe:
            exec:
              command:
                - node
                - "--eval"
                - "fetch('http://127.0.0.1:18789/').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"
            periodSeconds: 30
            timeoutSeconds: 10
            failureThreshold: 4
          readinessProbe:
            exec:
              command:
                - node
                - "--eval"
                - "fetch('http://127.0.0.1:18789/').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"
            periodSeconds: 10
            timeoutSeconds: 10
            failureThreshold: 3
      volumes:
        - name: config
          persistentVolumeClaim:
            claimName: razroom-config
        - name: workspace
          persistentVolumeClaim:
            claimName: razroom-workspace
        - name: plugin-cache
          emptyDir: {}
`)
})

const KINDS = { Deployment, PersistentVolumeClaim, Secret, Service }

/** Each object against the schema of its kind; unknown fields are errors. @returns the objects */
function validated(text: string): Record<string, unknown>[] {
  return parseAllDocuments(text, { version: '1.1' }).map((document) => {
    const object = document.toJS() as { kind: keyof typeof KINDS }
    const Kind = KINDS[object.kind]
    expect(Kind, object.kind).toBeDefined()
    new Kind(object as never).validate()
    return object
  })
}

test('it fits the schemas of Kubernetes, which refuse what is wrong', () => {
  expect(validated(renderKube(ordinarySpec, variables)).map(({ kind }) => kind)).toEqual([
    'Secret',
    'PersistentVolumeClaim',
    'PersistentVolumeClaim',
    'Service',
    'Deployment',
  ])
  const broken = renderKube(ordinarySpec, variables).replace('containerPort: 18789', 'containerPort: x')
  expect(() => validated(broken)).toThrow(/containerPort/)
})

test('whatever the spec and the variables: it fits the schemas and says what the spec says', () => {
  const key = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/)
  const value = fc.string({ unit: 'binary', maxLength: 20 })
  fc.assert(
    fc.property(anySpec, fc.array(fc.tuple(key, value), { maxLength: 3 }), (spec, pairs) => {
      const env = new Map(pairs)
      const [secret, , , , deployment] = validated(renderKube(spec, env))
      expect(secret?.stringData).toEqual(Object.fromEntries(env))
      expect(deployment).toMatchObject({
        spec: {
          replicas: 1,
          strategy: { type: 'Recreate' },
          template: {
            spec: {
              shareProcessNamespace: spec.init,
              terminationGracePeriodSeconds: spec.stopTimeoutSeconds,
              containers: [
                {
                  image: spec.image,
                  args: spec.command,
                  env: Object.entries(spec.env).map(([name, text]) => ({ name, value: text })),
                  ports: spec.publishes.map(({ id, containerPort }) => ({ name: id, containerPort })),
                  volumeMounts: spec.mounts.map(({ id, target }) => ({ name: id, mountPath: target })),
                },
              ],
            },
          },
        },
      })
    }),
    { numRuns: 20 },
  )
})

test.each([
  ['razroom', 'razroom'],
  ['Razroom_2.test', 'razroom-2-test'],
  ['9lives', 'razroom-9lives'],
  ['a-', 'a'],
  ['0-', 'razroom-0'],
  ['x'.repeat(63), 'x'.repeat(40)],
])('a container called %s is %s there', (container, name) => {
  expect(kubeName(container)).toBe(name)
})
