/** SGR colours are all that a line of the log may have of escapes. */
export function withoutColours(text: string): string {
  return text.replaceAll(/\x1b\[[0-9;:]*m/g, '')
}
