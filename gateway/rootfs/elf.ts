import { closeSync, openSync, readSync } from 'node:fs'

const PT_INTERP = 3

/**
 * The absolute path of the loader that an ELF program names in its PT_INTERP header. Only 64-bit little-endian
 * programs are read: x64 and arm64, the two the pinned runtime exists for. Source: elf(5).
 * @throws {Error} not such a program, or linked statically
 */
export function readElfInterpreter(path: string): string {
  const file = openSync(path, 'r')
  try {
    const header = readAt(file, 0, 64)
    const isElf64 = header.readUInt32BE(0) === 0x7f454c46 && header[4] === 2 && header[5] === 1
    if (!isElf64) throw new Error(`${path} is no 64-bit little-endian ELF program`)
    const tableOffset = Number(header.readBigUInt64LE(32))
    const entrySize = header.readUInt16LE(54)
    const entryCount = header.readUInt16LE(56)
    const table = readAt(file, tableOffset, entrySize * entryCount)
    for (let at = 0; at < table.length; at += entrySize) {
      if (table.readUInt32LE(at) !== PT_INTERP) continue
      const offset = Number(table.readBigUInt64LE(at + 8))
      const size = Number(table.readBigUInt64LE(at + 32))
      return readAt(file, offset, size).toString('latin1').replace(/\0+$/, '')
    }
    throw new Error(`${path} names no loader (statically linked?)`)
  } finally {
    closeSync(file)
  }
}

function readAt(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length)
  const read = readSync(file, buffer, 0, length, position)
  if (read < length) throw new Error(`file ends after ${read} of ${length} bytes at ${position}`)
  return buffer
}
