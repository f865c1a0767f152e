/** What the contract uses of what browsers and Node both have: it is checked with the types of neither. */
declare class TextDecoder {
  decode(bytes: Uint8Array): string
}
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>
}
