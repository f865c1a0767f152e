/**
 * For unit and page tests: whoever waits for a condition waits for ten seconds where vitest's own limit is one, which a
 * busy machine can take for anything. Nothing is slower by it but what fails.
 */
import { vi } from 'vitest'

const PATIENCE_MS = 10_000
const { waitFor, waitUntil } = vi

vi.waitFor = (callback, options = PATIENCE_MS) => waitFor(callback, options)
vi.waitUntil = (callback, options = PATIENCE_MS) => waitUntil(callback, options)
