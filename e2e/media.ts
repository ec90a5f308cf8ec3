/** Recordings for the tests, made of the sample that ships with the product or written byte by byte. */
import { readFileSync } from 'node:fs';
import { sampleRecording } from '@bulk-transcribe/sample';

export const sampleBytes = (): Buffer => readFileSync(sampleRecording.path);

/** The sample `times` times in a row: one MP3 that takes a while. */
export function longRecording(times: number): Buffer {
  const bytes = sampleBytes();
  // MP3 frames may simply follow each other; the tag in front and the frame that states the length may not.
  const tag = 10 + ((bytes.readUInt8(6) << 21) | (bytes.readUInt8(7) << 14) | (bytes.readUInt8(8) << 7) | bytes.readUInt8(9));
  const firstSound = bytes.indexOf(Buffer.from([0xff, 0xf3]), tag + 2);
  const frames = bytes.subarray(firstSound);
  return Buffer.concat(Array.from({ length: times }, () => frames));
}

/** Two seconds of silence as Sun audio (.au): FFmpeg reads it, browsers do not play it, and nobody speaks. */
export function unplayableSilence(): Buffer {
  const rate = 16_000;
  const sound = Buffer.alloc(2 * rate * 2);
  const header = Buffer.alloc(24);
  header.write('.snd', 'latin1');
  // Offset of the sound, its length, encoding 3 = 16-bit linear, rate, channels.
  for (const [i, value] of [24, sound.length, 3, rate, 1].entries()) header.writeUInt32BE(value, 4 + 4 * i);
  return Buffer.concat([header, sound]);
}

export const notARecording = (): Buffer => Buffer.from('These are words in a file that somebody named like a recording.\n'.repeat(50));

/** Of every kind that a list of recordings must cope with. */
export const mixedRecordings = () => [
  { name: 'phone.amr', bytes: notARecording() },
  { name: '2026-03-04 hearing.mp3', bytes: longRecording(40) },
  { name: `A very long name with date, place and_the_names_of_everybody_${'without_any_blank_'.repeat(6)}final.mp3`, bytes: sampleBytes() },
  { name: 'ראיון עם דוד.mp3', bytes: sampleBytes() },
  { name: 'silence.au', bytes: unplayableSilence() },
];
