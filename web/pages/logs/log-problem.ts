/** In a file of its own, which the page of the log fetches only when something has gone wrong. */
export { ProblemView } from '../../ui/problem-view.tsx'
