/** The name, or the first of "name (2)", "name (3)", … that is not taken. Systems that do not tell Ä from ä, or A from a, lose no file. */
export function uniqueName(name: string, taken: Set<string>): string {
  const [, stem = name, extension = ''] = /^(.*?)(\.[^./]+)?$/s.exec(name) ?? [];
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${stem} (${number})${extension}`;
    const key = candidate.normalize('NFKC').toLowerCase();
    if (taken.has(key)) continue;
    taken.add(key);
    return candidate;
  }
}
