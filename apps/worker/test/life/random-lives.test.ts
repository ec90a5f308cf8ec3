import { describe, expect, it } from 'vitest';
import { RandomLife } from './random-life.ts';

const SCHEDULES = 10_000;

describe('random lives', () => {
  it(`${SCHEDULES.toLocaleString('en')} of them end when they must, never before, and in one state at a time`, async () => {
    const ends = new Map<string, number>();
    for (let seed = 1; seed <= SCHEDULES; seed++) {
      const life = new RandomLife(seed);
      await life.live().catch((cause: unknown) => {
        throw new Error(`Seed ${seed}: ${cause instanceof Error ? cause.message : cause}`, { cause });
      });
      ends.set(life.endedBy, (ends.get(life.endedBy) ?? 0) + 1);
    }
    // The schedules are worth something only if every way to end comes up.
    expect([...ends.keys()].toSorted()).toEqual(['execution_timeout', 'idle', 'lifetime', 'lost_contact']);
  });
});
