/** A glossary as a user might have one: the rare names and words of the development recordings, among many that nobody says. */

/** Said in the English development recordings; most models write them otherwise. */
export const said: readonly string[] = [
  ...['Thornton', 'Margaret', 'Helstone', 'Makan', 'Nuzhat', 'Zaman', 'Sherburn', 'Liddy', 'Jamieson', 'Innes', 'Warner', 'Quilter'],
  ...['apomorphine', 'emetic', 'minims', 'alimentary', 'gullet', 'distichs', 'whilome', 'Asterisk', 'voicemail', 'concocted'],
];

const DISTRACTORS = 300;

/** Names of countries and languages, and the terms evenly among them. */
export function glossaryAmongDistractors(texts: readonly string[]): string[] {
  const spoken = texts.join(' ').toLowerCase();
  const distractors = names()
    .filter((name) => !spoken.includes(name.toLowerCase()))
    .slice(0, DISTRACTORS);
  const every = Math.floor(distractors.length / said.length);
  return said
    .flatMap((term, index) => [...distractors.slice(index * every, (index + 1) * every), term])
    .concat(distractors.slice(said.length * every));
}

function names(): string[] {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  const inEnglish = (type: 'region' | 'language') => {
    const display = new Intl.DisplayNames('en', { type, fallback: 'none' });
    return codes.flatMap((code) => display.of(type === 'region' ? code : code.toLowerCase()) ?? []);
  };
  return [...new Set([...inEnglish('region'), ...inEnglish('language')])];
}
