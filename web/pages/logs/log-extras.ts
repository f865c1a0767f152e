/** What stands around the lines: it comes in one file, a moment after them. */
export { loadNewestLife, loadOlderLife } from '../../api/gateway-life.ts'
export { DensityStrip } from './density-strip.tsx'
export { FilterBar } from './fact-filters.tsx'
export { lifeMarksOf } from './life-marks.ts'
export { LogTools } from './log-tools.tsx'
