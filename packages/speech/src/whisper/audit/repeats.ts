const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];

/** Whether a text only says again what is said beside it: heard at the edge of the hole, not in it. */
export function repeatsNeighbours(text: string, neighbours: readonly string[]): boolean {
  const said = new Set(neighbours.flatMap(words));
  return words(text).every((word) => said.has(word));
}
