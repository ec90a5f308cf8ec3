/**
 * Entry of the decoding child process: `node node-av-child.ts FILE [stereo]`.
 * Samples go to stdout, report lines (JSON) to descriptor 3. All calls are synchronous: writing to a full pipe blocks,
 * which is the backpressure; when the reader is gone the write fails and the process ends.
 */
import { readFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { AV_LOG_QUIET, AVDISCARD_ALL, AVERROR_EAGAIN, AVERROR_EOF, AVMEDIA_TYPE_AUDIO } from 'node-av/constants';
import { Codec, CodecContext, Dictionary, FFmpegError, FormatContext, Frame, getFFmpegInfo, Log, Packet, type Stream } from 'node-av/lib';
import { announcesExactly } from './announced-length.ts';
import type { DecoderReport } from './decoder-process.ts';
import { FORMAT_WHITELIST, mediaAddress, PROTOCOL_WHITELIST } from './media-access.ts';
import { Resampler } from './resampler.ts';
import { SampleWriter } from './sample-writer.ts';

const REPORT_FD = 3;
/** AV_TIME_BASE: durations of a container are in microseconds. */
const TIME_BASE = 1e6;

let firstProblem: string | null = null;

function main(file: string, stereo: boolean): void {
  Log.setLevel(AV_LOG_QUIET);
  report({ decoder: decoderName() });
  const container = openContainer(file);
  if (!container) return;
  const track = container.streams.find((stream) => stream.codecpar.codecType === AVMEDIA_TYPE_AUDIO);
  const codec = track ? openCodec(track) : report({ noAudio: true });
  if (!track || !codec) return;
  for (const stream of container.streams) if (stream.index !== track.index) stream.discard = AVDISCARD_ALL;
  const channels = stereo && codec.channelLayout.nbChannels > 1 ? 2 : 1;
  report({ channels, started: true, ...announcedLength(container) });
  decodeTrack({ container, track, codec, resampler: new Resampler(channels) });
  const { user, system } = process.cpuUsage();
  report({ cpuMs: (user + system) / 1000, peakBytes: process.resourceUsage().maxRSS * 1024 });
}

function openContainer(file: string): FormatContext | null {
  const container = new FormatContext();
  const options = Dictionary.fromObject({ protocol_whitelist: PROTOCOL_WHITELIST, format_whitelist: FORMAT_WHITELIST });
  const opened = succeeded(container.openInputSync(mediaAddress(file), null, options)) && succeeded(container.findStreamInfoSync(null));
  return opened ? container : null;
}

function openCodec(track: Stream): CodecContext | null {
  const decoder = Codec.findDecoder(track.codecpar.codecId);
  if (!decoder) {
    complain('no decoder knows its codec');
    return null;
  }
  const codec = new CodecContext();
  codec.allocContext3(decoder);
  codec.parametersToContext(track.codecpar);
  codec.pktTimebase = track.timeBase;
  codec.threadCount = 1;
  return succeeded(codec.open2Sync(decoder, null)) ? codec : null;
}

/** A negative length is unknown. */
function announcedLength(container: FormatContext): Partial<DecoderReport> {
  const seconds = Number(container.duration) / TIME_BASE;
  const totalIsExact = announcesExactly(container.iformat?.name ?? '', container.nbStreams);
  return seconds > 0 ? { totalSec: seconds, totalIsExact } : {};
}

interface OpenTrack {
  readonly container: FormatContext;
  readonly track: Stream;
  readonly codec: CodecContext;
  readonly resampler: Resampler;
}

function decodeTrack({ container, track, codec, resampler }: OpenTrack): void {
  const packet = new Packet();
  const frame = new Frame();
  packet.alloc();
  frame.alloc();
  const output = new SampleWriter(1);
  const drain = () => {
    for (let status = codec.receiveFrameSync(frame); status !== AVERROR_EAGAIN && status !== AVERROR_EOF; status = codec.receiveFrameSync(frame)) {
      if (!succeeded(status)) return;
      output.write(resampler.convert(frame));
    }
  };
  for (let status = container.readFrameSync(packet); status !== AVERROR_EOF; status = container.readFrameSync(packet)) {
    if (!succeeded(status)) break;
    if (packet.streamIndex === track.index && succeeded(codec.sendPacketSync(packet))) drain();
    packet.unref();
  }
  codec.sendPacketSync(null);
  drain();
  output.write(resampler.flush());
  output.end();
}

/** Damaged packets are passed over; the first complaint is kept for the transcript's warning. */
function succeeded(status: number): boolean {
  if (status < 0) complain(FFmpegError.strerror(status));
  return status >= 0;
}

function complain(problem: string): void {
  if (firstProblem !== null) return;
  firstProblem = problem;
  report({ problem });
}

function decoderName(): string {
  const require = createRequire(import.meta.url);
  const manifest: unknown = JSON.parse(readFileSync(require.resolve('node-av').replace(/dist[\\/]index\.js$/, 'package.json'), 'utf8'));
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
  return `node-av ${version} (FFmpeg ${getFFmpegInfo().version})`;
}

function report(part: Partial<DecoderReport>): null {
  writeSync(REPORT_FD, `${JSON.stringify(part)}\n`);
  return null;
}

main(process.argv[2] ?? '', process.argv[3] === 'stereo');
