import { useEffect, useState } from 'preact/hooks'
import type { ConfigCheck } from '../../../contract/config.ts'
import { checkConfig } from '../../api/config.ts'
import { toProblem } from '../../api/problem.ts'

/** A pause in typing that is long enough to look at what was typed. */
const SETTLED_MS = 400

export interface TextCheck {
  /** Of the text as it was at the last look; null before the first. */
  readonly result: ConfigCheck | null
  /** Why the check itself failed. */
  readonly failure: string | null
}

const NOTHING: TextCheck = { result: null, failure: null }

/** What the panel has to say about the text while it is edited. @param text null when nobody edits it */
export function useTextCheck(text: string | null): TextCheck {
  const [check, setCheck] = useState(NOTHING)
  useEffect(() => {
    if (text === null) {
      setCheck(NOTHING)
      return
    }
    let isStale = false
    const timer = setTimeout(async () => {
      try {
        const result = await checkConfig(text)
        if (!isStale) setCheck({ result, failure: null })
      } catch (error) {
        if (!isStale) setCheck({ result: null, failure: toProblem(error).title })
      }
    }, SETTLED_MS)
    return () => {
      isStale = true
      clearTimeout(timer)
    }
  }, [text])
  return check
}
