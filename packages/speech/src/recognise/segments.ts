import type { Segment } from '@bulk-transcribe/protocol';
import { seconds } from '../time.ts';
import type { SpeechWindow } from '../vad/pack-windows.ts';
import type { Recognition } from './recogniser.ts';

export function segmentsOf(window: SpeechWindow, recognition: Recognition): Segment[] {
  if (!recognition.text) return [];
  return [
    { start: seconds(window.start), end: seconds(window.end), text: recognition.text, avgLogProb: Math.round(recognition.avgLogProb * 1e4) / 1e4 },
  ];
}
