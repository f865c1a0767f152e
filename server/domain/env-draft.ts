/** A document under edit. Imports nothing of Node: the page uses it too. */
import type { EnvEdit } from '../../contract/env.ts'
import { type EnvContext, readContext } from './env-context.ts'
import { contentLength, type EnvFile, type EnvLine, LF, parseEnvFile, renderEnvFile } from './env-file.ts'
import { checkLine } from './env-findings.ts'
import { type MendedLine, mendLine } from './env-mends.ts'

type Edit<Op extends EnvEdit['op']> = Extract<EnvEdit, { op: Op }>

const encoder = new TextEncoder()
const NEWLINE = Uint8Array.of(LF)

/** Why an edit can't be applied. `isGone`: nothing is wrong with the edit, but what it mends is not there. */
export interface EditProblem {
  readonly field: 'key' | 'value' | 'line' | 'finding'
  readonly message: string
  readonly isGone?: true
}

/** What stands in the place of a line of the original. */
interface Slot {
  /** Lines that a mend put above it. */
  readonly above: readonly Uint8Array[]
  /** The line itself; null when it went. */
  readonly line: EnvLine | null
  readonly below: readonly Uint8Array[]
}

/** The lines under edit: their numbers stay those of the original until the end. */
export class EnvDraft {
  readonly #original: EnvFile
  readonly #slots: Slot[]
  /** Places of the assignments of each key, in their order. */
  readonly #places = new Map<string, number[]>()
  readonly #isClaimed = new Set<number>()
  readonly #isMended = new Set<number>()
  #wasThere: EnvContext | undefined

  constructor(file: EnvFile) {
    this.#original = file
    this.#slots = file.lines.map((line) => ({ above: [], line, below: [] }))
    for (const [index, { key }] of file.lines.entries()) if (key !== undefined) this.#enter(key, index)
  }

  /** Applies one edit, or says why it can't be. */
  apply(edit: EnvEdit): EditProblem | undefined {
    switch (edit.op) {
      case 'unset':
        return this.#unset(edit.key)
      case 'remove':
        return this.#claim(edit.line) ?? this.#put(edit.line - 1, { line: null })
      case 'set':
        return (edit.line === undefined ? undefined : this.#claim(edit.line)) ?? this.#set(edit)
      case 'mend':
        return this.#claimForMend(edit.line) ?? this.#mend(edit)
    }
  }

  finish(): EnvFile {
    const pieces = this.#slots.flatMap(({ above, line, below }) => [
      ...above,
      ...(line === null ? [] : [line.raw]),
      ...below,
    ])
    const lines = pieces.map((raw): EnvLine => ({ number: 0, raw, kind: 'other' }))
    return parseEnvFile(renderEnvFile({ lines }))
  }

  #claim(number: number): EditProblem | undefined {
    const problem = this.#findPlace(number) ?? this.#findClaim(number, this.#isMended)
    this.#isClaimed.add(number)
    return problem
  }

  #claimForMend(number: number): EditProblem | undefined {
    const problem = this.#findPlace(number) ?? this.#findClaim(number)
    this.#isMended.add(number)
    return problem
  }

  #findPlace(number: number): EditProblem | undefined {
    const count = this.#original.lines.length
    if (Number.isInteger(number) && number >= 1 && number <= count) return undefined
    return { field: 'line', message: `there is no line ${number}: the file has ${count}` }
  }

  #findClaim(number: number, more: ReadonlySet<number> = new Set()): EditProblem | undefined {
    const isTwice = this.#isClaimed.has(number) || more.has(number)
    return isTwice ? { field: 'line', message: `line ${number} is edited twice` } : undefined
  }

  #set(edit: Edit<'set'>): EditProblem | undefined {
    const index = edit.line === undefined ? (this.#places.get(edit.key)?.at(-1) ?? -1) : edit.line - 1
    const text = `${edit.key}=${edit.value}`
    if (index === -1) return this.#append(text)
    const line = this.#slots[index]?.line
    if (line?.key !== edit.key) {
      return { field: 'line', message: `line ${index + 1} does not set ${edit.key}` }
    }
    return this.#put(index, { line: toLine(text, endingOf(line.raw), index + 1) })
  }

  #unset(key: string): undefined {
    const places = this.#places.get(key) ?? []
    this.#places.delete(key)
    for (const index of places) {
      const { above = [], below = [] } = this.#slots[index] ?? {}
      this.#slots[index] = { above, line: null, below }
    }
  }

  #append(text: string): undefined {
    this.#endLastLine()
    const number = this.#slots.length + 1
    this.#slots.push({ above: [], line: null, below: [] })
    return this.#put(number - 1, { line: toLine(text, NEWLINE, number) })
  }

  /** What is appended must not become a part of a last line without an ending. */
  #endLastLine(): void {
    const last = this.#slots.findLastIndex(({ line, below }) => line !== null || below.length > 0)
    const slot = this.#slots[last]
    if (slot === undefined) return
    if (slot.below.length > 0) {
      this.#slots[last] = { ...slot, below: slot.below.map(endLine) }
    } else if (slot.line !== null) {
      this.#slots[last] = { ...slot, line: { ...slot.line, raw: endLine(slot.line.raw) } }
    }
  }

  #mend({ line: number, finding }: Edit<'mend'>): EditProblem | undefined {
    const before = this.#original.lines[number - 1]
    this.#wasThere ??= readContext(this.#original)
    if (before === undefined || !isOffered(before, finding, this.#wasThere)) {
      return { field: 'finding', message: `line ${number} has nothing to mend by ${finding}`, isGone: true }
    }
    const now = this.#slots[number - 1]?.line ?? null
    const context = this.#context(this.#wasThere)
    // An earlier edit of these may have mended this too, or taken the name that a line was to have.
    if (now === null || !checkLine(now, context).some(({ id }) => id === finding)) return undefined
    const mended = mendLine(now, finding, context)
    return mended && this.#replace(number - 1, now, mended)
  }

  #replace(index: number, before: EnvLine, { lines, main }: MendedLine): undefined {
    const ending = endingOf(before.raw)
    const between = ending.at(-1) === LF ? ending : NEWLINE
    const raws = lines.map((text, place) => encodeLine(text, place === lines.length - 1 ? ending : between))
    const slot = this.#slots[index]
    const raw = raws[main]
    const line = raw === undefined ? null : parseOne(raw, index + 1)
    return this.#put(index, {
      line,
      above: [...(slot?.above ?? []), ...raws.slice(0, Math.max(main, 0))],
      below: [...raws.slice(main + 1), ...(slot?.below ?? [])],
    })
  }

  /** The document as it is by now; what stands over several lines is that of the original. */
  #context(original: EnvContext): EnvContext {
    const last = (key: string) => this.#places.get(key)?.at(-1)
    return {
      ...original,
      lastLineOf: (key) => {
        const index = last(key)
        return index === undefined ? undefined : index + 1
      },
      isFilled: (key) => (this.#slots[last(key) ?? -1]?.line?.value ?? '').trim() !== '',
    }
  }

  #put(index: number, change: Partial<Slot>): undefined {
    const before = this.#slots[index] ?? { above: [], line: null, below: [] }
    const after = { ...before, ...change }
    this.#slots[index] = after
    const [was, is] = [before.line?.key, after.line?.key]
    if (was === is) return
    if (was !== undefined) this.#leave(was, index)
    if (is !== undefined) this.#enter(is, index)
  }

  #enter(key: string, index: number): void {
    const places = this.#places.get(key) ?? []
    if ((places.at(-1) ?? -1) < index) places.push(index)
    else
      places.splice(
        places.findIndex((place) => place > index),
        0,
        index,
      )
    this.#places.set(key, places)
  }

  #leave(key: string, index: number): void {
    const places = this.#places.get(key) ?? []
    const place = places.indexOf(index)
    if (place !== -1) places.splice(place, 1)
  }
}

function isOffered(line: EnvLine, finding: string, context: EnvContext): boolean {
  return checkLine(line, context).some(({ id, fix }) => id === finding && fix !== undefined)
}

function parseOne(raw: Uint8Array, number: number): EnvLine {
  const [line] = parseEnvFile(raw).lines
  return line === undefined ? { number, raw, kind: 'blank' } : { ...line, number }
}

function toLine(text: string, ending: Uint8Array, number: number): EnvLine {
  return parseOne(encodeLine(text, ending), number)
}

function endingOf(raw: Uint8Array): Uint8Array {
  return raw.slice(contentLength(raw))
}

function endLine(raw: Uint8Array): Uint8Array {
  return raw.at(-1) === LF ? raw : concat(raw, NEWLINE)
}

function encodeLine(text: string, ending: Uint8Array): Uint8Array {
  return concat(encoder.encode(text), ending)
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first)
  bytes.set(second, first.length)
  return bytes
}
