/** Every format is read back by a program of somebody else. */
import type { ExportFormat, Segment, Transcript } from '@bulk-transcribe/protocol';
import { parse } from '@plussub/srt-vtt-parser';
import { parse as parseCsv } from 'csv-parse/sync';
import mammoth from 'mammoth';
import { extractText, getDocumentProxy } from 'unpdf';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportKinds, toSrt, toVtt } from '../src/index.ts';

const nasty = [
  'Party 🎉👩‍👩‍👧 at noon & "quotes", \'single\', <b>tags</b> --> arrow',
  'مرحبا بالعالم (نعم) 123',
  'שלום עולם',
  '今天天气很好，我们去公园。',
  'Ещё по-русски, κι ελληνικά, हिन्दी में, ภาษาไทย, 한국어',
  `${'Donaudampfschifffahrt'.repeat(8)} end`,
  '=1+1 and -2, @cmd',
  '* not a list # not a title _not_ emphasis [not](a-link)',
  'half \ud800 a character, and a \u0007 bell',
];

const transcript: Transcript = {
  version: 1,
  language: 'en',
  durationSec: nasty.length * 10,
  speechSec: 60,
  segments: nasty.map((text, i): Segment => ({ start: i * 10, end: i * 10 + 9, text, avgLogProb: -0.1, speaker: i % 2 ? 'S2' : 'S1' })),
  speakers: [
    { id: 'S1', name: 'Anna <Müller> & Co', seconds: 30 },
    { id: 'S2', name: null, seconds: 30 },
  ],
  warnings: [{ code: 'loop_cut', message: 'A text ran in a circle.', start: 12 }],
  provenance: {
    engine: 'bulk-transcribe 1.0.0',
    model: { id: 'moonshine-tiny-en', files: [] },
    device: 'cpu',
    threads: 1,
    decoder: 'ffmpeg',
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:01:00.000Z',
    steps: [],
    timesRealTime: 10,
  },
};

const letters = (text: string): string => text.replace(/[\s\u200b-\u200f\u202a-\u202e]/g, '');
/** A cue without its voice tag and escapes. */
const spoken = (text: string): string =>
  text
    .replace(/^<v [^>]*>/, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
const bytes = async (format: 'docx' | 'pdf', of = transcript): Promise<Uint8Array> =>
  (await exportKinds[format].render(of, 'Interview №1.m4a')) as Uint8Array;

describe('captions', () => {
  it.each([
    ['srt', toSrt(transcript)],
    ['vtt', toVtt(transcript)],
  ])('%s has each cue in order, and the text in it', (_, file) => {
    const { entries } = parse(file);
    const text = letters(entries.map((entry: { text: string }) => spoken(entry.text)).join(''));
    for (const line of nasty.slice(1, 6)) expect(text).toContain(letters(line));
    let before = 0;
    for (const { from, to } of entries) {
      expect(from).toBeGreaterThanOrEqual(before);
      expect(to).toBeGreaterThan(from);
      before = to;
    }
  });

  it('an arrow in the text begins no cue', () => {
    expect(toSrt(transcript).match(/-->/g)?.length).toBe(parse(toSrt(transcript)).entries.length);
    expect(toVtt(transcript).match(/-->/g)?.length).toBe(parse(toVtt(transcript)).entries.length);
  });
});

describe('csv', () => {
  it('has a row a segment, and no cell that a spreadsheet would run', () => {
    const rows = parseCsv(String(exportKinds.csv.render(transcript, 'a.mp3')), { columns: true, bom: true }) as Record<string, string>[];
    expect(rows.map((row) => row['text'])).toEqual(nasty.map((text) => (/^[=+\-@]/.test(text) ? `'${text}` : text.toWellFormed())));
    expect(rows[1]).toMatchObject({ start: '10.000', end: '19.000', speaker: 'Speaker 2' });
  });
});

describe('md', () => {
  it('keeps what was said as text', () => {
    const text = String(exportKinds.md.render(transcript, 'Interview_1.m4a'));
    expect(text).toContain('# Interview\\_1\n');
    expect(text).toContain('**Anna \\<Müller\\> \\& Co** `0:00` Party');
    expect(text).toContain('`1:10` \\* not a list \\# not a title \\_not\\_ emphasis \\[not\\](a-link)');
    expect(text).toContain('- 0:12 A text ran in a circle.');
  });
});

describe('docx', () => {
  it('has every word, speaker and time, and nothing that Word refuses', async () => {
    const { value } = await mammoth.extractRawText({ buffer: Buffer.from(await bytes('docx')) });
    for (const text of nasty.slice(0, 8)) expect(letters(value)).toContain(letters(text));
    expect(value).toContain('Anna <Müller> & Co 0:00  Party');
    expect(value).toContain('half \ufffd a character, and a  bell');
    expect(value).toContain('Recording: Interview №1.m4a, 1:30');
  });
});

describe('pdf', () => {
  let text = '';
  let pages = 0;
  beforeAll(async () => {
    const read = await extractText(await getDocumentProxy(await bytes('pdf')), { mergePages: true });
    text = letters(read.text);
    pages = read.totalPages;
  });

  it.each(nasty.filter((_, i) => [0, 3, 5, 6, 7].includes(i)).map((line) => [line]))('has %j', (line) => {
    expect(text).toContain(letters(line));
  });

  it('has the letters of scripts that are shaped or run from right to left', () => {
    for (const character of 'مرحباשלוםЕщёελληνικάहภาษาไทย한국어123') expect(text).toContain(character);
  });

  it('has a page number on each page', () => {
    expect(pages).toBeGreaterThan(0);
    expect(text).toContain(`1/${pages}`);
  });

  it('an hour of talk fills pages with every word in order', async () => {
    const words = Array.from({ length: 6000 }, (_, i) => `w${i}`);
    const segments = Array.from({ length: 300 }, (_, i): Segment => {
      const said = words.slice(i * 20, i * 20 + 20).join(' ');
      return { start: i * 12, end: i * 12 + 12, text: said, avgLogProb: -0.1, speaker: `S${(Math.floor(i / 4) % 2) + 1}` };
    });
    const read = await extractText(await getDocumentProxy(await bytes('pdf', { ...transcript, segments })), { mergePages: true });
    expect(read.totalPages).toBeGreaterThan(5);
    expect(read.text.match(/\bw\d+\b/g)).toEqual(words);
  });
});

describe('speakers', () => {
  /** As a reader of the format sees it. */
  const textOf = async (format: ExportFormat, of: Transcript): Promise<string> => {
    if (format === 'docx') return (await mammoth.extractRawText({ buffer: Buffer.from(await bytes('docx', of)) })).value;
    if (format === 'pdf') return (await extractText(await getDocumentProxy(await bytes('pdf', of)), { mergePages: true })).text;
    return String(await exportKinds[format].render(of, 'talk.mp3'));
  };
  const named = (name: string | null): Transcript => ({
    ...transcript,
    segments: [
      { start: 0, end: 4, text: 'Shall we begin?', avgLogProb: -0.1, speaker: 'S1' },
      { start: 5, end: 9, text: 'I am ready.', avgLogProb: -0.1, speaker: 'S2' },
    ],
    speakers: [
      { id: 'S1', name, seconds: 4 },
      { id: 'S2', name: null, seconds: 4 },
    ],
  });
  const formats = Object.keys(exportKinds) as ExportFormat[];

  it.each(formats)('stand in %s by their names, at what they say', async (format) => {
    const text = (await textOf(format, named('Lovelace'))).replace(/\s+/g, ' ');
    // Data have ids and names, a table of turns has no text.
    if (format === 'json') expect(JSON.parse(text)).toMatchObject({ speakers: [{ id: 'S1', name: 'Lovelace' }, { id: 'S2' }] });
    else if (format === 'rttm') expect(text).toMatch(/ Lovelace .* Speaker_2 /);
    else expect(text).toMatch(/Lovelace.*Shall we begin\?.*Speaker 2.*I am ready\./);
    if (format === 'vtt') expect(text).toContain('<v Lovelace>Shall we begin?');
  });

  it.each(formats)('have another name in %s once they are renamed', async (format) => {
    const text = await textOf(format, named('Byron'));
    expect(text).toContain('Byron');
    expect(text).not.toContain('Lovelace');
  });
});
