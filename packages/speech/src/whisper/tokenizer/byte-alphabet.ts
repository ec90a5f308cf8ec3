/**
 * Vocabularies of byte-level BPE are written in a text file, so every byte has a visible character: printable Latin-1 stands
 * for itself, the 68 others are counted up from U+0100 (GPT-2).
 */
const printable = (byte: number): boolean => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;

const characterOfByte: readonly string[] = letters();
const byteOfCharacter: ReadonlyMap<string, number> = new Map(characterOfByte.map((character, byte) => [character, byte]));

function letters(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
}

export const toLetters = (bytes: Uint8Array): string[] => Array.from(bytes, (byte) => characterOfByte[byte] ?? '');

/** Null where a character stands for no byte: the text is no vocabulary entry. */
export function toBytes(letters: string): Uint8Array | null {
  const bytes = Array.from(letters, (character) => byteOfCharacter.get(character));
  return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : null;
}
