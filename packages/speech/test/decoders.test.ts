import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sampleRecording } from '@bulk-transcribe/sample';
import { describe, expect, it } from 'vitest';
import { type DecodedAudio, type Decoder, SAMPLE_RATE } from '../src/decode/decoder.ts';
import { ffmpegDecoder, hasFfmpeg } from '../src/decode/ffmpeg-decoder.ts';
import { nodeAvDecoder } from '../src/decode/node-av-decoder.ts';
import { splitChannels } from '../src/decode/split-channels.ts';
import { devData, RATE, repeat, sampleAudio, silentFilm, temporaryFolder, wavHeader, writeSilence, writeWav } from './media.ts';

const never = new AbortController().signal;
const withFfmpeg = await hasFfmpeg();
if (!withFfmpeg) console.warn('No ffmpeg on PATH: its decoder is not tested here.');
if (!devData) console.warn('BULK_TRANSCRIBE_DEV_DATA is not set: the formats of the development recordings are not tested here.');

const decoders: [string, Decoder, boolean][] = [
  ['ffmpeg', ffmpegDecoder, withFfmpeg],
  ['node-av', nodeAvDecoder, true],
];

interface Decoded {
  readonly audio: DecodedAudio;
  readonly seconds: number;
  readonly loudest: number;
}

async function decode(decoder: Decoder, file: string, signal = never): Promise<Decoded> {
  const audio = await decoder.open({ path: file, name: path.basename(file) }, signal);
  let samples = 0;
  let loudest = 0;
  for await (const chunk of audio.chunks) {
    samples += chunk.length;
    for (const sample of chunk) loudest = Math.max(loudest, Math.abs(sample));
  }
  return { audio, seconds: samples / SAMPLE_RATE, loudest };
}

const code = (expected: string) => expect.objectContaining({ code: expected });

describe.each(decoders)('the %s decoder', (name, decoder, there) => {
  const test = it.skipIf(!there);

  test('decodes the sample to 16 kHz mono, and says how long it is and what decoded it', async () => {
    const { audio, seconds, loudest } = await decode(decoder, sampleRecording.path);
    expect(seconds).toBeCloseTo(sampleRecording.durationSec, 1);
    expect(loudest).toBeGreaterThan(0.1);
    expect(loudest).toBeLessThanOrEqual(1.1);
    expect(audio.totalSec).toBeCloseTo(sampleRecording.durationSec, 0);
    expect(audio.decoder).toMatch(new RegExp(`^${name} \\d`));
    expect(audio.outcome()).toEqual({ damage: null, cpuMs: expect.any(Number), peakBytes: expect.any(Number) });
  });

  test('gives left and right by themselves where that is asked for, and one channel where there is one', async () => {
    await using folder = await temporaryFolder();
    const left = (await sampleAudio()).subarray(0, RATE);
    const interleaved = Float32Array.from({ length: 2 * RATE }, (_, index) => (index % 2 === 0 ? (left[index / 2] ?? 0) : 0));
    const pcm = Buffer.from(Int16Array.from(interleaved, (sample) => Math.round(sample * 32_767)).buffer);
    await writeFile(folder.path('stereo.wav'), Buffer.concat([wavHeader(RATE, 2), pcm]));
    const audio = await decoder.open({ path: folder.path('stereo.wav'), name: 'stereo.wav' }, never, { stereo: true });
    const pieces = (await Array.fromAsync(audio.chunks)).map((chunk) => splitChannels(chunk, audio.channels));
    const loudest = (channel: number) =>
      Math.max(...pieces.map((piece) => (piece[channel] ?? new Float32Array()).reduce((most, x) => Math.max(most, Math.abs(x)), 0)));
    expect(pieces.reduce((sum, [first]) => sum + (first?.length ?? 0), 0)).toBe(RATE);
    expect(loudest(0)).toBeGreaterThan(0.1);
    expect(loudest(1)).toBe(0);
    const mono = await decoder.open(sampleRecording, never, { stereo: true });
    expect((await Array.fromAsync(mono.chunks)).reduce((sum, { length }) => sum + length, 0) / RATE).toBeCloseTo(sampleRecording.durationSec, 1);
    expect(mono.channels).toBe(1);
  });

  test('an empty file is media_empty', async () => {
    await using folder = await temporaryFolder();
    await writeFile(folder.path('empty.mp3'), '');
    await expect(decode(decoder, folder.path('empty.mp3'))).rejects.toEqual(code('media_empty'));
  });

  test('an audio track without samples is media_empty', async () => {
    await using folder = await temporaryFolder();
    await writeFile(folder.path('nothing.wav'), wavHeader(0));
    await expect(decode(decoder, folder.path('nothing.wav'))).rejects.toEqual(code('media_empty'));
  });

  test.each([
    ['text.mp3', 'These are words, not sound.\n'.repeat(200)],
    ['page.wav', '<!doctype html><title>Not found</title>'],
    ['cut-off.wav', wavHeader(100).subarray(0, 20)],
  ])('%s, which is not media, is media_unreadable', async (file, content) => {
    await using folder = await temporaryFolder();
    await writeFile(folder.path(file), content);
    await expect(decode(decoder, folder.path(file))).rejects.toEqual(code('media_unreadable'));
  });

  test('a missing file and a folder are media_unreadable', async () => {
    await using folder = await temporaryFolder();
    await expect(decode(decoder, folder.path('missing.wav'))).rejects.toEqual(code('media_unreadable'));
    await expect(decode(decoder, path.dirname(folder.path('x')))).rejects.toEqual(code('media_unreadable'));
  });

  test('a film without sound is media_no_audio', async () => {
    await using folder = await temporaryFolder();
    await writeFile(folder.path('film.avi'), silentFilm());
    await expect(decode(decoder, folder.path('film.avi'))).rejects.toEqual(code('media_no_audio'));
  });

  test('no playlist makes it read another file', async () => {
    await using folder = await temporaryFolder();
    const target = await writeWav(folder.path('target.wav'), await sampleAudio());
    const playlists = {
      'list.m3u8': `#EXTM3U\n#EXT-X-TARGETDURATION:11\n#EXTINF:11,\n${target}\n#EXT-X-ENDLIST\n`,
      'list.mp3': `ffconcat version 1.0\nfile target.wav\n`,
      'list.mpd': `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet><Representation id="1"><BaseURL>target.wav</BaseURL></Representation></AdaptationSet></Period></MPD>`,
      'list.sdp': 'v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n',
    };
    for (const [file, content] of Object.entries(playlists)) {
      await writeFile(folder.path(file), content);
      await expect(decode(decoder, folder.path(file)), file).rejects.toEqual(code('media_unreadable'));
    }
  });

  test.each(['-i', '-version', 'concat:a.wav|b.wav', 'http:§§x.wav', 'a b %d ?#"\'.wav', 'Ünïcödé 日本.wav'])(
    'a file may be called “%s”',
    async (file) => {
      await using folder = await temporaryFolder();
      await writeWav(folder.path(file), new Float32Array(RATE).fill(0.25));
      const { seconds } = await decode(decoder, folder.path(file));
      expect(seconds).toBe(1);
    },
  );

  test('what can be read of a damaged file is read, and the damage is told', async () => {
    await using folder = await temporaryFolder();
    const mp3 = await readFile(sampleRecording.path);
    mp3.fill(0x55, Math.floor(mp3.length * 0.4), Math.floor(mp3.length * 0.6));
    await writeFile(folder.path('scratched.mp3'), mp3);
    const { seconds, audio } = await decode(decoder, folder.path('scratched.mp3'));
    expect(seconds).toBeGreaterThan(sampleRecording.durationSec / 2);
    expect(audio.outcome().damage).toEqual(expect.any(String));
  });

  it.skipIf(!there || !devData)('a file that was cut off says how much is missing', async () => {
    await using folder = await temporaryFolder();
    const whole = await readFile(path.join(devData ?? '', 'audio/formats/flac24.flac'));
    await writeFile(folder.path('cut.flac'), whole.subarray(0, Math.floor(whole.length / 3)));
    const { seconds, audio } = await decode(decoder, folder.path('cut.flac'));
    expect(seconds).toBeGreaterThan(0.5);
    expect(audio.outcome().damage).toEqual(expect.any(String));
  });

  test('an abort ends the decoding process and rejects with cancelled', async () => {
    await using folder = await temporaryFolder();
    const file = await writeSilence(folder.path('long.wav'), 3600);
    const controller = new AbortController();
    const audio = await decoder.open({ path: file, name: 'long.wav' }, controller.signal);
    const read = async () => {
      for await (const _ of audio.chunks) controller.abort();
    };
    await expect(read()).rejects.toEqual(code('cancelled'));
    await expect(decode(decoder, file, AbortSignal.abort())).rejects.toEqual(code('cancelled'));
  });

  test('decodes only as fast as its reader reads', async () => {
    await using folder = await temporaryFolder();
    const file = await writeWav(folder.path('minutes.wav'), repeat(await sampleAudio(), 30));
    const audio = await decoder.open({ path: file, name: 'minutes.wav' }, never);
    const chunks = audio.chunks[Symbol.asyncIterator]();
    const first = await chunks.next();
    expect(first.value?.length).toBeLessThan(10 * RATE);
    await chunks.return?.();
  });

  it.skipIf(!there || !devData)('reads every format of the development recordings', async () => {
    const folder = path.join(devData ?? '', 'audio/formats');
    for (const file of await readdir(folder)) {
      const { seconds, audio } = await decode(decoder, path.join(folder, file));
      expect(seconds, file).toBeGreaterThan(4.2);
      expect(seconds, file).toBeLessThan(4.5);
      expect(audio.outcome().damage, file).toBeNull();
    }
  });
});
