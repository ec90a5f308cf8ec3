/** Decodes with the FFmpeg libraries that the npm package `node-av` carries, in a child process of ours. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import type { Decoder } from './decoder.ts';
import { type DecoderReport, decodeInProcess, emptyReport } from './decoder-process.ts';
import { checkMediaFile } from './media-errors.ts';

const require = createRequire(import.meta.url);

export const nodeAvDecoder: Decoder = {
  open: async (recording, signal, { stereo = false } = {}) => {
    await checkMediaFile(recording);
    const entry = require.resolve('@bulk-transcribe/speech/node-av-child');
    const child = spawn(process.execPath, [...process.execArgv, entry, recording.path, ...(stereo ? ['stereo'] : [])], {
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
      windowsHide: true,
    });
    const lines = child.stdio[3];
    const { stdout } = child;
    if (!stdout || !(lines instanceof Readable)) throw new TypeError('The pipes of the decoder are missing.');
    return decodeInProcess({ child, stdout, lines, report: emptyReport('node-av'), readLine: readReportLine }, recording, signal);
  },
};

/** Each line is the part of the report that became known. */
function readReportLine(report: DecoderReport, line: string): void {
  Object.assign(report, JSON.parse(line));
}
