/**
 * `pnpm bench:speakers-again [HOURS]`: how long it takes to tell the speakers of a stored result apart anew, in the thread that the
 * controller does it in. The result is made up: four voices that take turns.
 */
import { encodeEvidence } from '@bulk-transcribe/speech';
import { SpeakersThread } from '@bulk-transcribe/speech/speakers';
import { madeEvidence } from '../packages/speech/test/diarization/made-evidence.ts';

const hours = Number(process.argv[2] ?? 1);
const { evidence } = madeEvidence({ seconds: hours * 3600, voices: [1, 2, 3, 4] });
const encoded = encodeEvidence({ channels: [evidence] });
const thread = new SpeakersThread();
await thread.labels(encodeEvidence({ channels: [madeEvidence({ seconds: 60, voices: [1, 2] }).evidence] }), counts({}));
for (const wish of [{}, { speakers: 2 }, { minSpeakers: 6 }, { maxSpeakers: 3 }]) {
  const [started, used] = [performance.now(), process.cpuUsage()];
  const { speakers } = await thread.labels(encoded, counts(wish));
  const { user, system } = process.cpuUsage(used);
  const wall = (performance.now() - started) / 1000;
  console.log(
    `${hours} h, ${JSON.stringify(wish)}: ${speakers.length} speakers in ${wall.toFixed(2)} s, ${((user + system) / 1e6).toFixed(2)} CPU s`,
  );
}
await thread.close();

function counts(wish: { speakers?: number; minSpeakers?: number; maxSpeakers?: number }) {
  return { speakers: null, minSpeakers: null, maxSpeakers: null, ...wish };
}
