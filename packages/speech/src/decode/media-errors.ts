import { stat } from 'node:fs/promises';
import { AppError } from '@bulk-transcribe/protocol';
import type { RecordingFile } from '../engine.ts';

const emptyMedia = (name: string): AppError => new AppError('media_empty', `“${name}” holds no sound: it has no data.`);
export const silentTrack = (name: string): AppError => new AppError('media_empty', `“${name}” holds no sound: its audio track has no samples.`);
export const noAudio = (name: string): AppError => new AppError('media_no_audio', `“${name}” has no audio track.`);
export const unreadableMedia = (name: string, cause?: string): AppError =>
  new AppError('media_unreadable', `“${name}” is not audio or video that can be read.`, cause ? { cause: new Error(cause) } : {});

/** Rejects with media_empty or media_unreadable before any process is started. */
export async function checkMediaFile({ path, name }: RecordingFile): Promise<void> {
  const file = await stat(path).catch((cause: unknown) => {
    throw new AppError('media_unreadable', `“${name}” cannot be opened.`, { cause });
  });
  if (!file.isFile()) throw unreadableMedia(name);
  if (file.size === 0) throw emptyMedia(name);
}
