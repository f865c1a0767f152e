/** What the card of the gateway shows while it starts, and after it has failed: it comes in one file. */
export { Failure } from './failure.tsx'
export { StartProgress } from './start-progress.tsx'
