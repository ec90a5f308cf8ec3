/** Words after which a full stop ends no sentence. */
const abbreviations = new Set(['Mr.', 'Mrs.', 'Ms.', 'Dr.', 'St.', 'No.', 'Prof.', 'Jr.', 'Sr.', 'vs.']);

/** An end mark, closing quotes or brackets behind it, then a blank. A mark between digits has no blank behind it. */
const SENTENCE_END = /[.?!…]+["'”’)\]]*\s+/g;

/** Sentences of a punctuated text, in order; joined by blanks they are the text again. */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  let start = 0;
  for (const { 0: mark, index } of text.matchAll(SENTENCE_END)) {
    const sentence = text.slice(start, index + mark.length).trim();
    if (endsInAbbreviation(sentence)) continue;
    sentences.push(sentence);
    start = index + mark.length;
  }
  const rest = text.slice(start).trim();
  return rest ? [...sentences, rest] : sentences;
}

function endsInAbbreviation(sentence: string): boolean {
  const word = sentence.slice(sentence.lastIndexOf(' ') + 1);
  return abbreviations.has(word) || (/^[A-Z]\.$/.test(word) && word !== 'I.');
}
