const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Words. Names of the prompt may be all that is said in a short window. */
const LEAST_ECHO = 4;

/** Over noise the model likes to write its prompt once more. */
export function echoes(text: string, context: string): boolean {
  const said = words(text);
  return said.length >= LEAST_ECHO && ` ${words(context).join(' ')} `.includes(` ${said.join(' ')} `);
}
