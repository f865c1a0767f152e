import { render } from 'preact'
import { followSession } from './api/events.ts'
import { toProblem } from './api/problem.ts'
import { logIn, rejoinWhenSeen, resumeSession, takeCodeFromAddress } from './api/session.ts'
import { App, startProblem } from './app.tsx'
import { startClock } from './state/clock.ts'
import { endSession } from './state/session.ts'
import { restoreTheme } from './theme.ts'

/** Opens the session of the link in the address bar, or takes up the one there is. */
async function openSession(): Promise<void> {
  const code = takeCodeFromAddress()
  startProblem.value = null
  try {
    if (code === '') await resumeSession()
    else await logIn(code)
  } catch (error) {
    startProblem.value = toProblem(error)
    endSession()
  }
}

restoreTheme()
startClock()
followSession()
rejoinWhenSeen()
addEventListener('hashchange', () => {
  if (location.hash.startsWith('#code=')) void openSession()
})
void openSession()

const root = document.getElementById('app')
if (!root) throw new Error('index.html has no element with the id app')
render(<App onRetry={() => void openSession()} />, root)
