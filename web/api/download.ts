import { ApiProblem, unreachableProblem } from './problem.ts'
import { type Progress, prepareTransfer, transferFailure } from './transfer.ts'

/** The browser has taken the file over long before that. */
const RELEASE_MS = 60_000

/**
 * Fetches a file that a plain link cannot, since it needs the session's secret, and hands it to the browser to save.
 * @param path of a download endpoint; the request is a POST
 * @throws {ApiProblem} STEP_UP_REQUIRED when declined, and what the endpoint says
 */
export async function saveDownload(
  path: string,
  filename: string,
  onProgress: (progress: Progress) => void,
): Promise<void> {
  const headers = await prepareTransfer()
  saveBlob(await fetchBlob(path, headers, onProgress), filename)
}

/** Saves a text that the page has already. */
export function saveText(text: string, filename: string): void {
  saveBlob(new Blob([text], { type: 'text/plain;charset=utf-8' }), filename)
}

async function fetchBlob(
  path: string,
  headers: Readonly<Record<string, string>>,
  onProgress: (progress: Progress) => void,
): Promise<Blob> {
  let answer: Response
  try {
    answer = await fetch(path, {
      method: 'POST',
      headers,
      credentials: 'same-origin',
      redirect: 'error',
      cache: 'no-store',
    })
  } catch (cause) {
    throw new ApiProblem(unreachableProblem(), { cause })
  }
  if (!answer.ok || !answer.body) throw transferFailure(answer.status, await answer.text())
  const length = answer.headers.get('content-length')
  const total = length === null ? null : Number(length)
  let done = 0
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      done += chunk.byteLength
      onProgress({ done, total })
      controller.enqueue(chunk)
    },
  })
  try {
    const blob = await new Response(answer.body.pipeThrough(counter)).blob()
    // A stream that ends early is a broken connection, not a smaller file.
    if (total !== null && blob.size !== total) throw new Error(`${blob.size} of ${total} bytes came`)
    return blob
  } catch (cause) {
    throw new ApiProblem(
      { ...unreachableProblem(), title: 'The download was interrupted', detail: String(cause) },
      { cause },
    )
  }
}

function saveBlob(blob: Blob, filename: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = filename
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), RELEASE_MS)
}
