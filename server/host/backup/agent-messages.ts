/** What the panel and its backup agent tell each other beside file contents; checked, since the agent is the user's. */
import Type, { type Static } from 'typebox'
import { compileLater } from '../compile-later.ts'
import { MAX_ENTRIES } from './format.ts'

const strict = { additionalProperties: false } as const
const NullOr = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** First entry of a saved tree, and of a tree to restore. */
export const PLAN_NAME = 'plan.json'
/** Last entry of a saved tree. */
export const REPORT_NAME = 'report.json'
/** Last entry of a tree to restore: what ends without it was cut off. */
export const END_NAME = 'end.json'
/** Keys of the pax header of a file to restore (pax(1), extended header keywords of implementations). */
export const PAX_SHA256 = 'RAZROOM.sha256'
export const MAX_PLAN_BYTES = 65_536
export const MAX_REPORT_BYTES = 8_388_608

/** Asked of `save`, `list` and `room`. */
export interface TreeRequest {
  readonly configDir: string
  readonly workspaceDir: string
  readonly includesWorkspace: boolean
  readonly workspaceInConfig: string | null
}

/** First entry for `restore`. */
export interface RestorePlan extends TreeRequest {
  /** Goes into the name of what is moved aside. */
  readonly stamp: string
}

export const SavePlan = compileLater(
  Type.Object(
    { entries: Type.Integer({ minimum: 1, maximum: MAX_ENTRIES }), bytes: Type.Integer({ minimum: 0 }) },
    strict,
  ),
)

const Named = Type.String({ maxLength: 8_192 })
const LeftOut = Type.Object({ path: Named, why: Type.String({ maxLength: 200 }) }, strict)
export const SaveReport = compileLater(
  Type.Object(
    {
      leftOut: Type.Array(LeftOut, { maxItems: 1_000 }),
      leftOutCount: Type.Integer({ minimum: 0 }),
      unsettled: Type.Array(Named, { maxItems: 1_000 }),
    },
    strict,
  ),
)

const TreeItem = Type.Object(
  {
    path: Named,
    type: Type.Union([Type.Literal('file'), Type.Literal('directory'), Type.Literal('link')]),
    size: Type.Integer({ minimum: 0 }),
    mode: Type.Integer({ minimum: 0, maximum: 0o777 }),
    /** sha-256 of a file's bytes, hex; '' of what could not be read and of all else. */
    sha256: NullOr(Type.String({ maxLength: 64 })),
    target: Named,
  },
  strict,
)
export type TreeItem = Static<typeof TreeItem>
export const ListLine = compileLater(Type.Union([TreeItem, Type.Object({ end: Type.Literal(true) }, strict)]))

const DirectoryRoom = Type.Object(
  {
    /** Of stat(2): the same for two directories of one file system. */
    device: Type.Integer({ minimum: 0 }),
    /** For ordinary users. */
    freeBytes: Type.Integer({ minimum: 0 }),
    totalBytes: Type.Integer({ minimum: 0 }),
  },
  strict,
)
export type DirectoryRoom = Static<typeof DirectoryRoom>
const TreeRoom = Type.Object({ config: DirectoryRoom, workspace: DirectoryRoom }, strict)
export type TreeRoom = Static<typeof TreeRoom>
export const TreeRoomCheck = compileLater(TreeRoom)

export const RestoreReport = Type.Object(
  {
    written: Type.Integer({ minimum: 0 }),
    unchanged: Type.Integer({ minimum: 0 }),
    /** Of another kind than the backup's: kept under this name. */
    aside: Type.Array(Named, { maxItems: 1_000 }),
  },
  strict,
)
export type RestoreReport = Static<typeof RestoreReport>
export const RestoreReportCheck = compileLater(RestoreReport)
