import type { Transcript } from '@bulk-transcribe/protocol';
import type { SpeechEvent } from '@bulk-transcribe/speech';

export interface ProgressLine {
  readonly show: (event: SpeechEvent) => void;
  readonly end: (transcript: Transcript) => void;
  readonly clear: () => void;
}

const clock = (seconds: number): string => {
  const whole = Math.floor(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
};

const CLEAR = '\r\u001b[2K';

/** Progress by recording time: one line that is rewritten on a terminal, only the last word elsewhere. */
export function progressLine(stream: NodeJS.WriteStream, name: string): ProgressLine {
  const clear = () => {
    if (stream.isTTY) stream.write(CLEAR);
  };
  return {
    clear,
    show: (event) => {
      if (!stream.isTTY || event.type !== 'progress') return;
      const { doneSec, totalSec } = event.progress;
      stream.write(`${CLEAR}${name}: ${clock(doneSec)}${totalSec === null ? '' : ` of ${clock(totalSec)}`}`);
    },
    end: ({ durationSec, provenance, warnings }) => {
      clear();
      stream.write(`${name}: ${clock(durationSec)} of recording, ${provenance.timesRealTime.toFixed(0)} times real time (${provenance.device})\n`);
      for (const { message } of warnings) stream.write(`  note: ${message}\n`);
    },
  };
}
