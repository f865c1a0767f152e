/**
 * What a reader of `.env` makes of the file's bytes, said the same way for all five (docs/facts/env-dialects.md).
 * Nothing here imports anything of Node: the page uses the readers too.
 */

export type ReaderName = 'podman' | 'bash' | 'systemd' | 'dotenv' | 'compose'

/** Something that bash would do besides setting variables. */
export interface ReaderRun {
  /** From 1: the line on which it begins. */
  readonly line: number
  /**
   * `command`: a program or a function; `background`: what stands before an `&`; `substitution`: what stands in `$(...)`
   * or backticks; `redirect`: a file that would be opened, or emptied.
   */
  readonly kind: 'command' | 'background' | 'substitution' | 'redirect'
  /** Its text as it stands in the file, invalid UTF-8 replaced. May hold a secret. */
  readonly text: string
}

/** A variable that the file does not give a value, but takes from the reader's own environment. */
export interface ReaderImport {
  readonly line: number
  /** A name, or for podman the beginning of names when it ends in `*`. */
  readonly name: string
}

interface ReaderNotes {
  /** Names and values; of a name that is set twice the last. Of a refused file what was set before (bash alone). */
  readonly variables: ReadonlyMap<string, string>
  /** The line of each of `variables` and `unknown`: where its last assignment begins. */
  readonly lines: ReadonlyMap<string, number>
  /** Variables that it sets, or may set, to what the file alone cannot tell, each with the reason. */
  readonly unknown: ReadonlyMap<string, string>
  /** Only bash runs anything. */
  readonly runs: readonly ReaderRun[]
  /** Only podman and compose import. */
  readonly imports: readonly ReaderImport[]
}

export interface Reading extends ReaderNotes {
  readonly ok: true
}

export interface Refusal extends ReaderNotes {
  readonly ok: false
  /**
   * `refused`: the program gives up; podman, systemd and compose then set nothing, bash keeps what it has set.
   * `not-modelled`: from that line on it is a program that only bash itself could tell the result of, and nothing is
   * said about any variable.
   */
  readonly kind: 'refused' | 'not-modelled'
  /** In words, without values of the file. */
  readonly reason: string
  readonly line: number
}

/** Discriminated by `ok`. */
export type ReaderResult = Reading | Refusal

/** The variables around the program: of the user who starts it. */
export type HostVariables = ReadonlyMap<string, string>

export const NO_VARIABLES: HostVariables = new Map()

/** Collects what a reader finds; readers share it so that "the last one wins" is written once. */
export class ReadingDraft {
  readonly #variables = new Map<string, string>()
  readonly #unknown = new Map<string, string>()
  readonly #lines = new Map<string, number>()
  readonly runs: ReaderRun[] = []
  readonly imports: ReaderImport[] = []

  set(name: string, value: string, line: number): void {
    this.#unknown.delete(name)
    this.#variables.set(name, value)
    this.#lines.set(name, line)
  }

  setUnknown(name: string, why: string, line: number): void {
    this.#variables.delete(name)
    this.#unknown.set(name, why)
    this.#lines.set(name, line)
  }

  unset(name: string): void {
    this.#variables.delete(name)
    this.#unknown.delete(name)
    this.#lines.delete(name)
  }

  get(name: string): string | undefined {
    return this.#variables.get(name)
  }

  whyUnknown(name: string): string | undefined {
    return this.#unknown.get(name)
  }

  finish(): Reading {
    return { ok: true, ...this.#notes() }
  }

  /** The program gives up and has set nothing, or (bash) keeps what it has set. */
  refuse(reason: string, line: number, keep: 'keep' | 'drop' = 'drop'): Refusal {
    const notes = keep === 'keep' ? this.#notes() : new ReadingDraft().#notes()
    return { ok: false, kind: 'refused', reason, line, ...notes }
  }

  /** Nothing is said of variables, but what it is known to run is. */
  giveUp(reason: string, line: number): Refusal {
    const notes = { ...new ReadingDraft().#notes(), runs: this.runs }
    return { ok: false, kind: 'not-modelled', reason, line, ...notes }
  }

  #notes(): ReaderNotes {
    return {
      variables: this.#variables,
      lines: this.#lines,
      unknown: this.#unknown,
      runs: this.runs,
      imports: this.imports,
    }
  }
}
