import type { TaskWorker, Transcript } from '@bulk-transcribe/protocol';
import { FactRows } from '../controls/fact-rows.tsx';
import { strings } from '../strings.ts';
import { clock, moment } from '../times.ts';

/** After an interruption time and speed are those of the rest. */
function interruption(windows: Transcript['provenance']['windows']): (readonly [string, string])[] {
  if (!windows || windows.takenOver === 0) return [];
  return [[strings.transcript.interrupted, strings.transcript.takenOver(windows.takenOver, windows.total)]];
}

/** Model, device really used, speed: what the transcript says about its own making. */
export function HowMade({ transcript, modelName }: { readonly transcript: Transcript; readonly modelName: string }) {
  const { provenance } = transcript;
  const words = strings.transcript;
  const facts: readonly (readonly [string, string])[] = [
    [words.model, modelName],
    [words.device, strings.computes(provenance.device, provenance.threads)],
    ...placeFacts(provenance.place),
    [words.took, clock((Date.parse(provenance.finishedAt) - Date.parse(provenance.startedAt)) / 1000)],
    [words.speed, words.timesRealTime(provenance.timesRealTime)],
    ...interruption(provenance.windows),
    [words.finished, moment(provenance.finishedAt)],
    [words.engine, provenance.engine],
    [words.decoder, provenance.decoder],
  ];
  return (
    <details className="how-made">
      <summary>{words.made}</summary>
      <dl>
        <FactRows facts={facts} />
      </dl>
    </details>
  );
}

function placeFacts(place: TaskWorker | undefined): readonly (readonly [string, string])[] {
  if (!place) return [];
  const where = [strings.place.where, strings.worker(place)] as const;
  return place.why ? [where, [strings.place.why, place.why]] : [where];
}
