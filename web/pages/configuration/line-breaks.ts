/**
 * How the lines of a text end, so that an editor gives back every byte that nobody touched. It takes one kind of line
 * break: where they are mixed, that is the line feed, and a carriage return stays in the line as a character.
 */
export function lineBreakOf(text: string): '\n' | '\r\n' {
  const feeds = text.split('\n').length - 1
  const pairs = text.split('\r\n').length - 1
  return pairs > 0 && pairs === feeds ? '\r\n' : '\n'
}

/** Blanks of one level, as the first line that is indented has them; two spaces where none is. */
export function indentUnitOf(text: string): string {
  const [, indent = '  '] = /^(\t| {2,8})\S/m.exec(text) ?? []
  return indent
}
