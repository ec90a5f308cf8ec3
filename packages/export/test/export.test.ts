import type { Segment, Transcript } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import { captions } from '../src/captions/captions.ts';
import { MAX_LINE, MAX_LINES } from '../src/captions/lines.ts';
import { exportFileName, toSrt, toVtt } from '../src/index.ts';
import { toRttm } from '../src/rttm.ts';
import { timestamp } from '../src/time.ts';
import { toTxt } from '../src/txt.ts';

const segment = (start: number, end: number, text: string, more: Partial<Segment> = {}): Segment => ({ start, end, text, avgLogProb: -0.1, ...more });
const transcript = (...segments: Segment[]) => ({ segments }) as Transcript;

describe('captions', () => {
  const long =
    'The first sentence is short. The second one goes on for a good while, as people do when they speak freely, and it ends only here. Then a third.';

  it('keep to two lines of 42 characters and lose no word', () => {
    const list = captions(transcript(segment(0, 12, long)));
    expect(list.length).toBeGreaterThan(1);
    for (const { lines } of list) {
      expect(lines.length).toBeLessThanOrEqual(MAX_LINES);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(MAX_LINE);
    }
    expect(list.flatMap(({ lines }) => lines).join(' ')).toBe(long);
  });

  it('cover the segment in order, without overlap', () => {
    const list = captions(transcript(segment(3, 15, long)));
    expect(list[0]?.start).toBe(3);
    expect(list.at(-1)?.end).toBeCloseTo(15, 9);
    list.slice(1).forEach((caption, i) => {
      expect(caption.start).toBeGreaterThanOrEqual((list[i]?.end ?? 0) - 1e-9);
    });
  });

  it('use word times where the model gives them', () => {
    const words = [
      { text: 'Yes,', start: 1, end: 1.5 },
      { text: 'indeed.', start: 2, end: 3 },
    ];
    expect(captions(transcript(segment(0, 9, 'Yes, indeed.', { words })))).toEqual([{ start: 1, end: 3, lines: ['Yes, indeed.'] }]);
  });

  it('end where the speaker pauses longest, where no comma lies well', () => {
    const spoken = 'And so my fellow Americans ask not what your country can do for you, ask what you can do for your country.';
    const pauses: Record<string, number> = { Americans: 0.5, not: 1, what: 0.2 };
    let now = 0;
    const words = spoken.split(' ').map((text) => {
      const start = now;
      now = start + 0.4 + (pauses[text] ?? 0);
      return { text, start, end: start + 0.4 };
    });
    const list = captions(transcript(segment(0, now, spoken, { words })));
    expect(list.map(({ lines }) => lines.join(' '))).toEqual([
      'And so my fellow Americans ask not',
      'what your country can do for you, ask what you can do for your country.',
    ]);
  });

  it('stay long enough to be read, and the next one waits for that', () => {
    const list = captions(transcript(segment(0, 0.2, 'No.'), segment(0.5, 0.6, 'Why?'), segment(5, 6, 'Because.')));
    expect(list.map(({ start, end }) => [start, end])).toEqual([
      [0, 0.8],
      [0.8, 1.6],
      [5, 6],
    ]);
  });

  it('cut a word longer than a line between characters', () => {
    const word = 'a'.repeat(60);
    const lines = captions(transcript(segment(0, 5, `One ${word} two`))).flatMap((caption) => caption.lines);
    expect(lines).toContain('a'.repeat(MAX_LINE));
    expect(lines.join('').replaceAll(' ', '')).toBe(`One${word}two`);
  });

  it('count a character of East Asia as two columns, and put no blanks between words that have none', () => {
    const text = '今天天气很好我们一起去公园散步吧然后去吃饭，晚上再看电影，明天还要早起上班所以不能太晚睡觉。';
    const list = captions(transcript(segment(0, 12, text)));
    for (const line of list.flatMap(({ lines }) => lines)) expect([...line].length).toBeLessThanOrEqual(MAX_LINE / 2);
    expect(list.flatMap(({ lines }) => lines).join('')).toBe(text);
  });
});

describe('formats', () => {
  it('srt numbers its blocks and writes times with a comma', () => {
    expect(toSrt(transcript(segment(0, 1.5, 'Hello.'), segment(3661.042, 3662, 'Bye.')))).toBe(
      '1\n00:00:00,000 --> 00:00:01,500\nHello.\n\n2\n01:01:01,042 --> 01:01:02,000\nBye.\n',
    );
  });

  it('vtt escapes what would be markup', () => {
    expect(toVtt(transcript(segment(0, 1.5, 'a <b> & c --> d', { speaker: 'Q & A' })))).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:01.500\n<v Q &amp; A>a &lt;b&gt; &amp; c --&gt; d\n',
    );
  });

  it('rttm has a line for each turn, with names in one word, and none without speakers', () => {
    const speakers = [{ id: 'S1', name: 'Ada  Lovelace', seconds: 2 }];
    const turns = [
      { speaker: 'S1', start: 0.5, end: 2.25 },
      { speaker: 'S2', start: 2, end: 3 },
    ];
    expect(toRttm({ ...transcript(segment(0, 3, 'x')), speakers, turns }, 'my talk.wav')).toBe(
      'SPEAKER my_talk 1 0.500 1.750 <NA> <NA> Ada_Lovelace <NA> <NA>\nSPEAKER my_talk 1 2.000 1.000 <NA> <NA> Speaker_2 <NA> <NA>\n',
    );
    expect(toRttm(transcript(segment(1, 2, 'x', { speaker: 'S1' })), 'a')).toBe('SPEAKER a 1 1.000 1.000 <NA> <NA> Speaker_1 <NA> <NA>\n');
    expect(toRttm(transcript(segment(1, 2, 'x')), 'a')).toBe('');
  });

  it('txt begins a paragraph at a new speaker and after a long pause', () => {
    const text = toTxt(
      transcript(
        segment(0, 1, 'One.', { speaker: 'A' }),
        segment(1, 2, 'Two.', { speaker: 'A' }),
        segment(2, 3, 'Three.', { speaker: 'B' }),
        segment(6, 7, 'Four.', { speaker: 'B' }),
      ),
    );
    expect(text).toBe('A: One. Two.\n\nB: Three.\n\nB: Four.\n');
  });

  it('an empty transcript is a valid file in each', () => {
    expect(toSrt(transcript())).toBe('');
    expect(toTxt(transcript())).toBe('');
    expect(toVtt(transcript())).toBe('WEBVTT\n');
  });

  it('times round to whole milliseconds and carry over', () => {
    expect(timestamp(59.9996, ',')).toBe('00:01:00,000');
    expect(timestamp(36_000.001, '.')).toBe('10:00:00.001');
  });
});

describe('file names', () => {
  it.each([
    ['Interview 3.m4a', 'Interview 3.txt'],
    ['../../etc/passwd', '_.._etc_passwd.txt'],
    ['CON.wav', '_CON.txt'],
    ['Привет, мир.mp3', 'Привет, мир.txt'],
    ['a\u202etxt.exe', 'a_txt.txt'],
    ['.mp3', 'recording.txt'],
    ['v1.2 final cut', 'v1.2 final cut.txt'],
  ])('%j becomes %j', (name, expected) => {
    expect(exportFileName(name, 'txt')).toBe(expected);
  });

  it('stay below the limit of file systems, cut at a character', () => {
    const name = exportFileName(`${'é'.repeat(400)}.wav`, 'srt');
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
    expect(name).toMatch(/^é+\.srt$/);
  });
});
