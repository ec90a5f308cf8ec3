import { describe, expect, it } from 'vitest';
import { readingLines, segmentAt } from '../src/transcript/paragraphs.ts';
import { commandOf } from '../src/transcript/player-keys.ts';
import { segment } from './examples.ts';

describe('lines', () => {
  it('open a paragraph after a long pause and at a change of speaker', () => {
    const lines = readingLines([
      segment(0, 2, 'a'),
      segment(2.5, 4, 'b'),
      segment(6, 7, 'c'),
      segment(7, 8, 'd', 'Anna'),
      segment(8, 9, 'e', 'Anna'),
    ]);
    expect(lines.filter(({ opens }) => opens).map(({ text }) => text)).toEqual(['a', 'c', 'd']);
    expect(lines.length).toBe(5);
  });

  it('leave out segments without text and keep their place in the transcript', () => {
    expect(readingLines([segment(0, 1, ''), segment(1, 2, 'a')])[0]).toMatchObject({ text: 'a', index: 1 });
    expect(readingLines([])).toEqual([]);
  });
});

describe('the current segment', () => {
  const segments = [segment(0.3, 2, 'a'), segment(3, 4, 'b'), segment(4, 6, 'c')];

  it('is the one that is spoken, in a pause the one before', () => {
    expect([0, 0.3, 2.5, 3, 4, 100].map((time) => segmentAt(segments, time))).toEqual([-1, 0, 0, 1, 2, 2]);
  });

  it('agrees with a search from the front', () => {
    for (let time = 0; time < 7; time += 0.1) expect(segmentAt(segments, time)).toBe(segments.findLastIndex(({ start }) => start <= time));
  });
});

describe('player keys', () => {
  const press = (key: string, inside: readonly string[] = [], part = {}) =>
    commandOf(
      { key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, defaultPrevented: false, ...part },
      { closest: (selector: string) => (inside.some((name) => selector.split(', ').includes(name)) ? ({} as Element) : null) },
    );

  it('play, skip and help', () => {
    expect([' ', 'ArrowLeft', 'ArrowRight', '?', 'x', 'toString'].map((key) => press(key))).toEqual([
      'toggle',
      'back',
      'forward',
      'help',
      undefined,
      undefined,
    ]);
  });

  it('search, correct and undo; in a field the letters are the field’s', () => {
    expect([press('/'), press('e'), press('z', [], { ctrlKey: true }), press('z')]).toEqual(['search', 'edit', 'undo', undefined]);
    expect([press('e', ['textarea']), press('z', ['textarea'], { ctrlKey: true })]).toEqual([undefined, undefined]);
  });

  it('play and skip by the function keys also in a field, as nothing is written with them', () => {
    expect(['F7', 'F8', 'F9', 'F1'].map((key) => press(key, ['textarea']))).toEqual(['back', 'toggle', 'forward', undefined]);
    expect([press('F8', [], { altKey: true }), press('F7', [], { shiftKey: true }), press('F9', ['[role=menu]'])]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('leave the space bar to a button and every key to a menu or dialog', () => {
    expect(press(' ', ['button'])).toBeUndefined();
    expect(press('ArrowLeft', ['button'])).toBe('back');
    expect(press('ArrowLeft', ['[role=menu]'])).toBeUndefined();
    expect(press('?', ['[role=dialog]'])).toBeUndefined();
  });

  it('leave shortcuts of the browser alone', () => {
    expect(press('ArrowLeft', [], { altKey: true })).toBeUndefined();
    expect(press('e', [], { ctrlKey: true })).toBeUndefined();
    expect(press(' ', [], { defaultPrevented: true })).toBeUndefined();
  });
});
