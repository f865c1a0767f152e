import type { Upload } from '../../contract/images.ts'
import { ApiProblem, unreachableProblem } from './problem.ts'
import { type Progress, prepareTransfer, transferFailure } from './transfer.ts'

/**
 * Sends a file to the panel, after a confirmation. XMLHttpRequest, for fetch does not tell how much has been sent.
 * @param options.signal ends it; what was sent is thrown away by the panel
 * @returns where the file is on the machine, to be named in the request that uses it
 * @throws {ApiProblem} DISK_FULL and the like; {DOMException} AbortError when it was ended
 */
export async function uploadFile(
  file: Blob,
  options: { onProgress: (progress: Progress) => void; signal: AbortSignal },
): Promise<Upload> {
  const headers = await prepareTransfer()
  options.signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<Upload>()
  const request = new XMLHttpRequest()
  request.open('POST', '/api/uploads')
  request.setRequestHeader('accept', 'application/json')
  request.setRequestHeader('content-type', 'application/octet-stream')
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
  request.upload.onprogress = (event) => options.onProgress({ done: event.loaded, total: file.size })
  request.onload = () => {
    const isOk = request.status >= 200 && request.status < 300
    const answer = isOk ? readUpload(request.responseText) : null
    if (answer) resolve(answer)
    else reject(transferFailure(request.status, request.responseText))
  }
  request.onerror = () => reject(new ApiProblem(unreachableProblem()))
  request.onabort = () => reject(new DOMException('The upload was ended', 'AbortError'))
  const abort = (): void => request.abort()
  options.signal.addEventListener('abort', abort)
  request.send(file)
  return promise.finally(() => options.signal.removeEventListener('abort', abort))
}

/** The answer when it is the one of the contract, else null. */
function readUpload(text: string): Upload | null {
  try {
    const answer: unknown = JSON.parse(text)
    const isUpload =
      typeof answer === 'object' &&
      answer !== null &&
      typeof (answer as Record<string, unknown>).path === 'string'
    return isUpload ? (answer as Upload) : null
  } catch {
    // The caller reports an answer that it does not understand.
    return null
  }
}
