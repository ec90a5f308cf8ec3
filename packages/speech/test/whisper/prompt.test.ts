import { describe, expect, it } from 'vitest';
import { contextOf, contextRoom, promptTokens } from '../../src/whisper/prompt.ts';
import { characters, scriptedFacts } from './scripted-model.ts';

const ROOM = 223;
const context = (prompt: string, glossary: string[] = []) =>
  contextOf({ prompt, glossary }, { tokenizer: characters, room: contextRoom(scriptedFacts) });

describe('the context', () => {
  it.each([
    ['nothing', '', [], ''],
    ['a prompt, with one blank before it', '  Dear Sir. ', [], ' Dear Sir.'],
    ['terms, before the prompt', 'Dear Sir.', ['Wentworth', ' Kellynch '], ' Wentworth, Kellynch. Dear Sir.'],
    ['every term once', '', ['a', 'b', 'a', ''], ' a, b.'],
  ])('holds %s', (_, prompt, glossary, text) => {
    expect(context(prompt, glossary)).toEqual({ text, tokens: characters.encode(text), shortened: false });
  });

  it('keeps the end of a prompt that is too long, and says so', () => {
    const { text, shortened } = context(`${'x'.repeat(300)} the end`, ['term']);
    expect(text).toHaveLength(ROOM);
    expect(text.endsWith(' the end')).toBe(true);
    expect(shortened).toBe(true);
  });

  it('has whole terms, the first ones given, as many as fit', () => {
    const terms = Array.from({ length: 100 }, (_, index) => `term${index}`);
    const { text, tokens, shortened } = context('p', terms);
    const kept = text.split('.')[0]?.trim().split(', ') ?? [];
    expect(kept).toEqual(terms.slice(0, kept.length));
    expect(tokens.length).toBeLessThanOrEqual(ROOM);
    expect(tokens.length).toBeGreaterThan(ROOM - 10);
    expect(text.endsWith('. p')).toBe(true);
    expect(shortened).toBe(true);
  });
});

describe('the prompt tokens', () => {
  const plain = { context: [] as number[], language: 'en', task: 'transcribe' as const, timestamps: true };
  it.each([
    ['say language and task', { ...plain, language: 'de' }, [1001, 1011, 1002]],
    ['translate', { ...plain, language: 'de', task: 'translate' as const }, [1001, 1011, 1003]],
    ['have the context in front', { ...plain, context: [5, 6] }, [1004, 5, 6, 1001, 1010, 1002]],
    ['ask for text alone', { ...plain, timestamps: false }, [1001, 1010, 1002, 1006]],
  ])('%s', (_, parts, expected) => {
    expect(promptTokens(scriptedFacts, parts)).toEqual(expected);
  });

  it('of an English-only model say neither', () => {
    const english = { ...scriptedFacts, multilingual: false, tokens: { ...scriptedFacts.tokens, languages: new Map<string, number>() } };
    expect(promptTokens(english, { ...plain, context: [5] })).toEqual([1004, 5, 1001]);
  });
});
