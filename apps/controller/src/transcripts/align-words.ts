import type { Word } from '@bulk-transcribe/protocol';

/** What tells two words apart: neither case nor punctuation. */
const core = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '') || text;

/**
 * Times for a corrected text: a word that was heard keeps its time, the others share the time between their neighbours by
 * their length. `span` in seconds. Words that were not heard have no confidence.
 */
export function alignWords(heard: readonly Word[], text: string, span: { start: number; end: number }): Word[] {
  const tokens = text.split(/\s+/).filter(Boolean);
  const matches = commonWords(heard, tokens);
  const words: Word[] = [];
  for (let at = 0; at < tokens.length; ) {
    const match = matches[at];
    if (match) {
      words.push({ ...match, text: tokens[at] ?? match.text });
      at += 1;
      continue;
    }
    let to = at;
    while (to < tokens.length && !matches[to]) to += 1;
    const from = words.at(-1)?.end ?? span.start;
    words.push(...sharedOut(tokens.slice(at, to), from, Math.max(from, matches[to]?.start ?? span.end)));
    at = to;
  }
  return words;
}

function sharedOut(tokens: readonly string[], from: number, to: number): Word[] {
  const length = tokens.reduce((sum, token) => sum + token.length, 0);
  let done = 0;
  const now = () => Math.round((from + ((to - from) * done) / length) * 1000) / 1000;
  return tokens.map((text) => {
    const start = now();
    done += text.length;
    return { start, end: now(), text };
  });
}

/** For each token the heard word that it is, by the longest common subsequence. */
function commonWords(heard: readonly Word[], tokens: readonly string[]): (Word | null)[] {
  const [old, now] = [heard.map(({ text }) => core(text)), tokens.map(core)];
  // lengths[i][j]: longest common subsequence of old from i on and now from j on.
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1));
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    const row = lengths[i] ?? new Uint16Array();
    for (let j = now.length - 1; j >= 0; j--) row[j] = old[i] === now[j] ? 1 + at(i + 1, j + 1) : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const matches: (Word | null)[] = tokens.map(() => null);
  for (let i = 0, j = 0; i < old.length && j < now.length; ) {
    if (old[i] === now[j]) matches[j++] = heard[i++] ?? null;
    else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return matches;
}
