import { describe, expect, it } from 'vitest';
import { contextOf, contextRoom, contextWithTerms, promptTokens } from '../../src/whisper/prompt.ts';
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
    expect(context(prompt, glossary)).toEqual({ context: { text, tokens: characters.encode(text), shortened: false }, glossary: [] });
  });

  it('keeps the end of a prompt that is too long, and says so', () => {
    const { text, shortened } = context(`${'x'.repeat(300)} the end`).context;
    expect(text).toHaveLength(ROOM);
    expect(text.endsWith(' the end')).toBe(true);
    expect(shortened).toBe(true);
  });

  const many = Array.from({ length: 100 }, (_, index) => `term${index}`);

  it('has none of a glossary that is too long, from which each window is told its own', () => {
    expect(context('p', many)).toEqual({ context: { text: ' p', tokens: characters.encode(' p'), shortened: false }, glossary: many });
  });

  it('with chosen terms has the first of them in half of the room, and the end of the text before', () => {
    const told = context('x'.repeat(ROOM)).context;
    const { text, tokens } = contextWithTerms(many, told, { tokenizer: characters, room: ROOM });
    const kept = text.split('.')[0]?.trim().split(', ') ?? [];
    expect(kept).toEqual(many.slice(0, kept.length));
    expect(kept.length).toBeGreaterThan(10);
    expect(tokens).toHaveLength(ROOM);
    expect(text.endsWith('.xxx')).toBe(false);
    expect(text.endsWith('xxx')).toBe(true);
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
