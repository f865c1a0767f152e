/** The table of docs/asvs.json: what the panel makes of each requirement, and where that is shown. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Proof {
  /** From the top of the repository. */
  readonly file: string
  /** Of the test, as it stands in the code. */
  readonly title: string
}

export interface AsvsItem {
  readonly id: string
  readonly level: number
  /** The requirement in our own few words. */
  readonly what: string
  /** `open`: it is not met; `text` says what is missing. */
  readonly state: 'met' | 'not-applicable' | 'open'
  /** How it is met, why it does not apply, or what is missing. */
  readonly text: string
  readonly tests?: readonly Proof[]
  /** Where a document says it: 'docs/x.md#heading'. For requirements of documentation. */
  readonly docs?: readonly string[]
}

export interface AsvsTable {
  /** How many items may be open: more need a decision, fewer are written down. */
  readonly openAtMost: number
  readonly items: readonly AsvsItem[]
}

export function readTable(top: string): AsvsTable {
  return JSON.parse(readFileSync(join(top, 'docs/asvs.json'), 'utf8')) as AsvsTable
}

/** The anchor of a heading, as the forge makes it. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

/** The anchors of a text in Markdown. */
export function anchorsIn(markdown: string): Set<string> {
  return new Set([...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)))
}
