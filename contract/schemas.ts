/** What browser, CLI and server exchange: each shape once, as a schema and as its type. */
import Type, { type Static } from 'typebox'
import { PreviousImage } from './images.ts'
import { ImageSource, Mode, Settings } from './settings.ts'
import { UnitStatus } from './unit.ts'
import { GoBack } from './versions.ts'

const NullOr = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** RFC 9457 problem details, with the panel's own code and hint. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  hint: Type.String(),
  detail: Type.Optional(Type.String()),
  instance: Type.Optional(Type.String({ description: 'id of the request, for the log' })),
  fields: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
  command: Type.Optional(Type.String({ description: 'the command that failed, secrets masked' })),
})
export type Problem = Static<typeof Problem>

export const Severity = Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('error')])
export type Severity = Static<typeof Severity>

/** Something that was looked at, what was seen, and what mends it. */
export const Finding = Type.Object({
  id: Type.String(),
  severity: Severity,
  title: Type.String(),
  evidence: Type.String(),
  hint: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer({ description: 'line of the file the finding is about, from 1' })),
  column: Type.Optional(Type.Integer({ description: 'in that line, from 1, in UTF-16 code units' })),
  fix: Type.Optional(
    Type.Object(
      {
        label: Type.String({ description: 'what a button says, for example "Remove the quotes"' }),
        preview: Type.Optional(
          Type.String({ description: 'the line as it would be, secrets masked; empty when it goes' }),
        ),
      },
      { description: 'the panel can mend it: an edit with `op: mend`' },
    ),
  ),
})
export type Finding = Static<typeof Finding>

/** A gateway that was made by hand or by Razroom's own scripts, as setup found it. */
export const Adoption = Type.Object({
  user: Type.String(),
  found: Type.Array(Type.String(), {
    description: 'for people: the user, its container, unit, .env, razroom.json',
  }),
  /** Settings that are taken over unless the request says otherwise. */
  settings: Type.Partial(Settings),
})
export type Adoption = Static<typeof Adoption>

/** What the setup page needs before it starts. */
export const SetupPlan = Type.Object({
  findings: Type.Array(Finding),
  defaults: Settings,
  bundledAvailable: Type.Boolean(),
  isSetUp: Type.Boolean(),
  /** What a first setup would take over; missing when there is nothing of the kind. */
  adoption: Type.Optional(Adoption),
  /** What is against running as a systemd service here; missing when nothing is. */
  quadletObstacle: Type.Optional(Type.String()),
})
export type SetupPlan = Static<typeof SetupPlan>

export const StepState = Type.Enum(['pending', 'running', 'done', 'unchanged', 'failed'])
export type StepState = Static<typeof StepState>

export const OperationStep = Type.Object({
  id: Type.String(),
  title: Type.String(),
  state: StepState,
  found: Type.Optional(Type.String({ description: 'what the step saw on the machine' })),
  did: Type.Optional(Type.String({ description: 'what it changed; missing when nothing' })),
  command: Type.Optional(Type.String({ description: 'the equivalent command for a shell, secrets masked' })),
  startedAt: Type.Optional(Type.String()),
  finishedAt: Type.Optional(Type.String()),
  start: Type.Optional(
    Type.Object(
      {
        since: Type.String({ description: 'ISO time of the start of the container' }),
        usualMs: Type.Optional(
          Type.Integer({ description: 'the longest of the last starts here; missing when none was seen' }),
        ),
        lastLine: Type.Optional(Type.String({ description: 'what the gateway wrote last, secrets masked' })),
      },
      { description: 'while it waits for a gateway that starts' },
    ),
  ),
})
export type OperationStep = Static<typeof OperationStep>

export const OutputLine = Type.Object({
  stepId: Type.String(),
  stream: Type.Union([Type.Literal('stdout'), Type.Literal('stderr')]),
  text: Type.String(),
})
export type OutputLine = Static<typeof OutputLine>

export const OperationKind = Type.Enum([
  'setup',
  'start-gateway',
  'stop-gateway',
  'restart-gateway',
  'remove-container',
  'rotate-token',
  'reconcile-token',
  'switch-mode',
  'replace-unit',
  'update-image',
  'rollback-image',
  'prune-images',
  'backup',
  'restore',
  'fix-finding',
  'connect-services',
])
export type OperationKind = Static<typeof OperationKind>

export const Operation = Type.Object({
  id: Type.String(),
  kind: OperationKind,
  state: Type.Union([
    Type.Literal('running'),
    Type.Literal('succeeded'),
    Type.Literal('failed'),
    Type.Literal('cancelled'),
  ]),
  startedAt: Type.String(),
  finishedAt: Type.Optional(Type.String()),
  startedBy: Type.Union([Type.Literal('page'), Type.Literal('cli'), Type.Literal('api')]),
  steps: Type.Array(OperationStep),
  output: Type.Array(OutputLine, { description: 'the last lines, at most 500' }),
  changed: Type.Boolean({ description: 'false when everything was already as it should be' }),
  problem: Type.Optional(Problem),
})
export type Operation = Static<typeof Operation>

export const GatewayState = Type.Enum(['absent', 'stopped', 'starting', 'running', 'failed'])
export type GatewayState = Static<typeof GatewayState>

export const GatewayStatus = Type.Object({
  state: GatewayState,
  mode: Mode,
  healthy: Type.Boolean({ description: 'it answered HTTP at the last look' }),
  since: Type.Optional(
    Type.String({ description: 'ISO time of the start, or of the end when it is not running' }),
  ),
  unit: Type.Optional(UnitStatus),
  startsAtBoot: Type.Boolean(),
  ports: Type.Object({ address: Type.String(), gateway: Type.Integer(), bridge: Type.Integer() }),
  url: Type.String({ description: 'the Control UI, without the token' }),
  containerName: Type.String(),
  containerId: Type.Optional(Type.String()),
  exitCode: Type.Optional(Type.Integer()),
  fatal: Type.Optional(
    Type.Object(
      { line: Type.String(), meaning: Type.String(), hint: Type.String() },
      {
        description: 'why it ended, from the last lines of its log',
      },
    ),
  ),
  logSource: Type.Optional(
    Type.Enum(['file', 'journal', 'nowhere'], {
      description:
        'a container that was made otherwise does not write the log file itself: its lines come from another file or from the journal, or are kept nowhere',
    }),
  ),
  usualStartMs: Type.Optional(Type.Integer({ description: 'how long the last starts took on this machine' })),
  usage: Type.Optional(Type.Object({ cpuPercent: Type.Number(), memoryBytes: Type.Integer() })),
})
export type GatewayStatus = Static<typeof GatewayStatus>

export const ImageStatus = Type.Object({
  source: ImageSource,
  label: Type.String({ description: 'for people, for example "bundled gateway"' }),
  reference: Type.String(),
  id: Type.String(),
  createdAt: Type.String(),
  sizeBytes: Type.Integer(),
  digest: Type.Optional(
    Type.String({ description: 'of the manifest, where the image came from a registry' }),
  ),
  isRunning: Type.Boolean({ description: 'the container uses this very image' }),
  previous: Type.Optional(PreviousImage),
})
export type ImageStatus = Static<typeof ImageStatus>

export const Status = Type.Object({
  gateway: GatewayStatus,
  image: NullOr(ImageStatus),
  restartRequired: Type.Boolean(),
  restartReasons: Type.Array(Type.String()),
  warnings: Type.Array(Type.String(), { description: 'what could not be read or does not fit, for people' }),
  goBack: Type.Array(GoBack, {
    description: 'after a failed start: files that differ from the last version a gateway started with',
  }),
  isSetUp: Type.Boolean(),
  user: Type.Object({ name: Type.String(), uid: NullOr(Type.Integer()), home: NullOr(Type.String()) }),
  panel: Type.Object({ version: Type.String() }),
  operationId: NullOr(Type.String({ description: 'the operation that is running' })),
})
export type Status = Static<typeof Status>

/** One line of the gateway's log. `text` keeps SGR colours only; every other control character is gone. */

export const SessionInfo = Type.Object({
  csrfToken: Type.String({ description: 'goes into X-CSRF-Token of every changing request' }),
  expiresAt: Type.String(),
  stepUpUntil: Type.String(),
})
export type SessionInfo = Static<typeof SessionInfo>

export const LoginLink = Type.Object({ url: Type.String(), code: Type.String(), expiresAt: Type.String() })
export type LoginLink = Static<typeof LoginLink>

export const OperationStarted = Type.Object({ operationId: Type.String() })
export type OperationStarted = Static<typeof OperationStarted>
