const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });
const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(97 + i));
/** Of two letters, and those of Whisper that have none. */
const codes = [...letters.flatMap((first) => letters.map((second) => first + second)), 'haw', 'yue'];

/** `German`, `DE` and `de-AT` are `de`: a region changes nothing for a recogniser. What is no language stays as it is, to be refused by the model. */
export function languageCode(given: string): string {
  const wanted = given.trim().toLowerCase();
  return codes.find((code) => names.of(code)?.toLowerCase() === wanted) ?? wanted.replace(/[-_].*$/, '');
}
