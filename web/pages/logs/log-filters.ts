/** Which lines are shown: what the reader chose, the test that a line must pass, and the chips that say so. */
import type { LogFilter } from '../../../contract/logs.ts'
import type { LogLevel } from '../../../server/domain/log-facts.ts'
import type { LogIndex, LogStream } from './log-index.ts'

export interface LogFilters {
  readonly text: string
  /** Lines without the text. */
  readonly isInverse: boolean
  readonly isCaseExact: boolean
  /** All lines stay; those with the text are marked. */
  readonly isMarkOnly: boolean
  /** Of each kind, empty for all. */
  readonly levels: readonly LogLevel[]
  readonly streams: readonly LogStream[]
  readonly subsystems: readonly string[]
}

export const NO_FILTERS: LogFilters = {
  text: '',
  isInverse: false,
  isCaseExact: false,
  isMarkOnly: false,
  levels: [],
  streams: [],
  subsystems: [],
}

/** What a line must pass to be shown. */
export interface LineTest {
  /** The same for tests that let the same lines pass. */
  readonly key: string
  /** @param text of the line, without colours */
  passes(number: number, text: string): boolean
}

export const LEVEL_WORDS: Readonly<Record<LogLevel, string>> = {
  fatal: 'Fatal',
  error: 'Error',
  warn: 'Warning',
  info: 'Info',
  debug: 'Debug',
  unknown: 'No level',
}
export const STREAM_WORDS: Readonly<Record<LogStream, string>> = { stdout: 'Output', stderr: 'Error output' }

/** Tests for a text alone; null where all lines pass. */
export function textTest(text: string, isCaseExact = false, isInverse = false): LineTest | null {
  if (text === '') return null
  const needle = isCaseExact ? text : text.toLowerCase()
  return {
    key: `${isCaseExact ? 'c' : ''}${isInverse ? 'i' : ''}:${needle}`,
    passes: (_number, line) => (isCaseExact ? line : line.toLowerCase()).includes(needle) !== isInverse,
  }
}

/** The lines that are shown; null when all are. */
export function shownTest(filters: LogFilters, index: LogIndex): LineTest | null {
  return bothTests(
    factsTest(filters, index),
    filters.isMarkOnly ? null : textTest(filters.text, filters.isCaseExact, filters.isInverse),
  )
}

/** The lines among them that have the text; null when there is no text to find. */
export function matchTest(filters: LogFilters, index: LogIndex): LineTest | null {
  if (!hasMarks(filters)) return null
  return bothTests(factsTest(filters, index), textTest(filters.text, filters.isCaseExact))
}

/** There is a text that is marked where it occurs. */
export function hasMarks(filters: LogFilters): boolean {
  return filters.text !== '' && (filters.isMarkOnly || !filters.isInverse)
}

/** Lines are left out. */
export function isFiltering(filters: LogFilters): boolean {
  return (filters.text !== '' && !filters.isMarkOnly) || hasFacts(filters)
}

/**
 * What the host can leave out by itself: all but level and subsystem, which only the page knows.
 * @returns null for nothing
 */
export function hostFilter(filters: LogFilters): LogFilter | null {
  const { text, isInverse, isCaseExact, isMarkOnly, streams } = filters
  const hasText = text !== '' && !isMarkOnly
  const [stream] = streams
  const isOneStream = stream !== undefined && streams.length === 1
  if (!hasText && !isOneStream) return null
  return {
    ...(hasText ? { text, ignoresCase: !isCaseExact, isInverse } : {}),
    ...(isOneStream ? { stream } : {}),
  }
}

/** The list with the value, or without it if it was there. */
export function toggled<T>(list: readonly T[], value: T): T[] {
  return list.includes(value) ? list.filter((one) => one !== value) : [...list, value]
}

/** A level, a stream or a subsystem is chosen. */
export function hasFacts({ levels, streams, subsystems }: LogFilters): boolean {
  return levels.length + streams.length + subsystems.length > 0
}

function factsTest(filters: LogFilters, index: LogIndex): LineTest | null {
  if (!hasFacts(filters)) return null
  const { levels, streams, subsystems } = filters
  const has = <T>(list: readonly T[], value: T | undefined): boolean =>
    list.length === 0 || (value !== undefined && list.includes(value))
  return {
    key: JSON.stringify([levels.toSorted(), streams.toSorted(), subsystems.toSorted()]),
    passes: (number) =>
      has(levels, index.levelAt(number)) &&
      has(streams, index.streamAt(number)) &&
      has(subsystems, index.subsystemAt(number)),
  }
}

function bothTests(one: LineTest | null, other: LineTest | null): LineTest | null {
  if (!one || !other) return one ?? other
  return {
    key: `${one.key} ${other.key}`,
    passes: (number, text) => one.passes(number, text) && other.passes(number, text),
  }
}
