/** Decodes with the machine's own `ffmpeg` program: the fastest, and it knows the most formats. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { announcesExactly } from './announced-length.ts';
import { type Decoder, SAMPLE_RATE } from './decoder.ts';
import { type DecoderReport, decodeInProcess, emptyReport } from './decoder-process.ts';
import { FORMAT_WHITELIST, mediaAddress, PROTOCOL_WHITELIST } from './media-access.ts';
import { checkMediaFile } from './media-errors.ts';

/** Whether an `ffmpeg` that runs is on PATH. */
export async function hasFfmpeg(): Promise<boolean> {
  const child = spawn('ffmpeg', ['-version'], { stdio: 'ignore', windowsHide: true });
  return once(child, 'exit').then(
    ([code]) => code === 0,
    () => false,
  );
}

export const ffmpegDecoder: Decoder = {
  open: async (recording, signal, { stereo = false } = {}) => {
    await checkMediaFile(recording);
    const child = spawn('ffmpeg', ffmpegArguments(recording.path, stereo), { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    return decodeInProcess(
      { child, stdout: child.stdout, lines: child.stderr, report: emptyReport('ffmpeg'), readLine: stereo ? channelReader() : readFfmpegLine },
      recording,
      signal,
    );
  },
};

const ffmpegArguments = (file: string, stereo: boolean): string[] => [
  // -benchmark prints the CPU time at the end; level names tell complaints from information.
  ...['-nostdin', '-nostats', '-benchmark', '-loglevel', 'level+info', '-threads', '1'],
  ...['-protocol_whitelist', PROTOCOL_WHITELIST, '-format_whitelist', FORMAT_WHITELIST, '-i', mediaAddress(file)],
  ...['-map', '0:a:0', '-f', 'f32le', '-ar', String(SAMPLE_RATE)],
  ...[...(stereo ? ['-af', 'aformat=channel_layouts=mono|stereo'] : ['-ac', '1']), 'pipe:1'],
];

/** Waits for the line of the output's only stream, which tells how many channels were made: `[info]   Stream #0:0: Audio: pcm_f32le, 16000 Hz, stereo, …`. */
function channelReader(): (report: DecoderReport, line: string) => void {
  let inOutput = false;
  return (report, line) => {
    if (line.startsWith('[info] Output #0')) inOutput = true;
    else readFfmpegLine(report, line);
    const layout = inOutput && /^\[info\] +Stream #0:0.*: Audio: pcm_f32le.*, (mono|stereo)\b/.exec(line)?.[1];
    if (!layout) return;
    report.channels = layout === 'stereo' ? 2 : 1;
    report.started = true;
  };
}

/** One line of ffmpeg's log. Lines of information read `[info]   Duration: …`, complaints `[mp3float @ 0x…] [error] …`. */
function readFfmpegLine(report: DecoderReport, line: string): void {
  const version = /^\[info\] ffmpeg version (\S+)/.exec(line)?.[1];
  if (version) report.decoder = `ffmpeg ${version}`;
  const duration = /^\[info\] {3}Duration: (\d+):(\d+):(\d+(?:\.\d+)?)/.exec(line);
  if (duration) {
    report.totalSec = Number(duration[1]) * 3600 + Number(duration[2]) * 60 + Number(duration[3]);
  }
  const format = /^\[info\] Input #0, (\S+),/.exec(line)?.[1];
  if (format) report.totalIsExact = announcesExactly(format, 1);
  if (/^\[info\] {3}Stream #0:[1-9]/.test(line)) report.totalIsExact = false;
  if (line.startsWith('[info] Output #0')) report.started = true;
  if (line.includes('matches no streams')) report.noAudio = true;
  const cpu = /bench: utime=([\d.]+)s stime=([\d.]+)s/.exec(line);
  if (cpu) report.cpuMs = (Number(cpu[1]) + Number(cpu[2])) * 1000;
  const peak = /bench: maxrss=(\d+)ki?B/i.exec(line)?.[1];
  if (peak) report.peakBytes = Number(peak) * 1024;
  const problem = /\[(?:error|fatal|panic)\] (.*)/.exec(line)?.[1];
  if (problem) report.problem ??= problem.trim();
}
