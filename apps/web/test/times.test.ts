import { describe, expect, it } from 'vitest';
import { fileSize } from '../src/sizes.ts';
import { clock, length, moment, roughly } from '../src/times.ts';

describe('times', () => {
  it('read as a clock that never runs ahead', () => {
    expect([0, 7.9, 59.999, 60, 3599, 3600, 3731, 36_000].map(clock)).toEqual([
      '0:00',
      '0:07',
      '0:59',
      '1:00',
      '59:59',
      '1:00:00',
      '1:02:11',
      '10:00:00',
    ]);
    expect(clock(-0.001)).toBe('0:00');
  });

  it('read as a rounded length', () => {
    expect([10.99, 0.4, 59.6].map(length)).toEqual(['0:11', '0:00', '1:00']);
  });

  it('tell the year only where it is another one', () => {
    const now = new Date(2026, 5, 1);
    expect(moment(new Date(2026, 2, 4, 15, 7).toISOString(), now).replace(/\s/g, ' ')).toBe('Mar 4, 3:07 PM');
    expect(moment(new Date(2025, 2, 4, 15, 7).toISOString(), now).replace(/\s/g, ' ')).toBe('Mar 4, 2025, 3:07 PM');
  });

  it('read roughly where they are an estimate', () => {
    expect([5, 29, 31, 360, 3599, 3600, 4800].map(roughly)).toEqual([
      'less than a minute',
      'less than a minute',
      'about 1 min',
      'about 6 min',
      'about 1 h',
      'about 1 h',
      'about 1 h 20 min',
    ]);
  });
});

describe('sizes', () => {
  it('read in the unit that fits', () => {
    expect([0, 1, 999, 1000, 180_400, 5 * 1024 ** 3].map(fileSize)).toEqual(['0 B', '1 B', '999 B', '1 kB', '180 kB', '5.37 GB']);
  });
});
