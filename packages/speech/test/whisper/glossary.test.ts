import { describe, expect, it } from 'vitest';
import { similarTerms } from '../../src/whisper/glossary/similar-terms.ts';
import { characters } from './scripted-model.ts';
import { recognise, windowAt } from './scripted-windows.ts';

describe('terms that were meant', () => {
  it.each([
    ['libby ran in', ['Liddy', 'Halsey'], ['Liddy']],
    ['colonel sherbern laughed', ['Zaman', 'Sherburn'], ['Sherburn']],
    ['with nuts hat al zaman', ['Nuzhat al-Zaman'], ['Nuzhat al-Zaman']],
    ['ask pro gress about it', ['Progress'], ['Progress']],
    ['dvorak plays', ['Dvořák'], ['Dvořák']],
    ['the sea was calm', ['Sherburn', 'Liddy', 'IBM'], []],
    ['Liddy ran in', ['Liddy'], []],
  ])('by “%s” of %j are %j', (text, terms, meant) => {
    expect(similarTerms(text, terms)).toEqual(meant);
  });
});

describe('a glossary that is too long for one prompt', () => {
  const glossary = [...Array.from({ length: 60 }, (_, index) => `Distractor ${index}`), 'Liddy'];
  const told = (prompt: readonly number[]): boolean => characters.decode(prompt).includes('Liddy');
  const window = windowAt(0, 5, [0, 5]);

  it('is told by what each window sounds like, and what the model is surer of stays', async () => {
    const says = ({ prompt }: { prompt: readonly number[] }) =>
      told(prompt) ? { text: '<0> Liddy ran in<5>', avgLogProb: -0.1 } : { text: '<0> libby ran in<5>', avgLogProb: -0.3 };
    const { results, questions } = await recognise(says, [window], { glossary });
    expect(results[0]?.text).toBe('Liddy ran in');
    expect(questions).toHaveLength(2);
  });

  it('changes nothing where the terms make the text less probable', async () => {
    const says = ({ prompt }: { prompt: readonly number[] }) =>
      told(prompt) ? { text: '<0> Liddy ran in<5>', avgLogProb: -0.4 } : { text: '<0> libby ran in<5>', avgLogProb: -0.3 };
    expect((await recognise(says, [window], { glossary })).results[0]?.text).toBe('libby ran in');
  });

  it('costs nothing where no window sounds like it', async () => {
    const { questions } = await recognise(() => ({ text: '<0> the sea was calm<5>' }), [window], { glossary });
    expect(questions).toHaveLength(1);
  });
});
