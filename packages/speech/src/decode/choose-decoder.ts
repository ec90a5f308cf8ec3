import type { Decoder } from './decoder.ts';
import { ffmpegDecoder, hasFfmpeg } from './ffmpeg-decoder.ts';
import { nodeAvDecoder } from './node-av-decoder.ts';

/** `auto` takes ffmpeg where it is on PATH, and node-av elsewhere. */
export type DecoderChoice = 'auto' | 'ffmpeg' | 'node-av';

export async function chooseDecoder(choice: DecoderChoice): Promise<Decoder> {
  if (choice === 'ffmpeg') return ffmpegDecoder;
  if (choice === 'node-av') return nodeAvDecoder;
  return (await hasFfmpeg()) ? ffmpegDecoder : nodeAvDecoder;
}
