import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { planOutputs } from '../src/outputs.ts';

const names = (inputs: readonly string[]) =>
  planOutputs(inputs, { folder: 'texts', formats: ['txt', 'srt'] }).map((outputs) => outputs.map(({ target }) => path.relative('texts', target)));

describe('planned outputs', () => {
  it('number recordings of the same name, so that none overwrites another', () => {
    expect(names(['monday/talk.mp3', 'tuesday/talk.wav', 'Talk.m4a', 'talk (2).mp3'])).toEqual([
      ['talk.txt', 'talk.srt'],
      ['talk (2).txt', 'talk (2).srt'],
      ['Talk (3).txt', 'Talk (3).srt'],
      ['talk (2) (2).txt', 'talk (2) (2).srt'],
    ]);
  });

  it('keep dots in a name', () => {
    expect(names(['2026.03.04 hearing.mp3'])).toEqual([['2026.03.04 hearing.txt', '2026.03.04 hearing.srt']]);
  });
});
