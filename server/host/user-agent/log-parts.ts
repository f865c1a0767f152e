/** Lines of which conmon wrote the parts to two files: it begins a new one in the middle of a line. */
import { createLineAssembler, type LineParts, MAX_TEXT_BYTES } from './line-assembler.ts'
import { type LogFile, logSize } from './log-file.ts'
import { findLineStart } from './log-seek.ts'

const CHUNK_BYTES = 65_536

/**
 * The parts with which the file before this one ends, for who reads this one from its beginning.
 * @param files oldest first
 */
export async function partsBefore(
  files: readonly LogFile[],
  index: number,
  maxTextBytes = MAX_TEXT_BYTES,
): Promise<LineParts | undefined> {
  const log = files[index - 1]
  // The rest of them was in the file that is lost.
  if (!log || files[index]?.loss !== undefined) return undefined
  const size = await logSize(log)
  const { offset } = await findLineStart(log.handle, size, 1)
  const assembler = createLineAssembler(offset, () => undefined, maxTextBytes)
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  for (let position = offset; position < size; ) {
    const { bytesRead } = await log.handle.read(chunk, 0, Math.min(chunk.length, size - position), position)
    if (bytesRead === 0) break
    assembler.push(chunk.subarray(0, bytesRead))
    position += bytesRead
  }
  const { stdout, stderr } = assembler.parts
  if (!stdout && !stderr) return undefined
  // In the file that is read the line begins where that does.
  return { stdout: stdout && { ...stdout, start: 0 }, stderr: stderr && { ...stderr, start: 0 } }
}
