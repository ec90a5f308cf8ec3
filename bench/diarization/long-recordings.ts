/** What hours of a recording cost in time and memory. */
import { encodeEvidence, labelSpeakers, openDiarizer } from '@bulk-transcribe/speech';
import { type Conversation, samplesOf } from './conversations.ts';
import { madeEvidence } from './made-evidence.ts';

const RATE = 16_000;
const MIB = 2 ** 20;
/** Seconds of the recording between two looks at the memory. */
const LOOK_EVERY = 1800;

const peakMiB = (): number => process.resourceUsage().maxRSS / 1024;
const cpuSec = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** One recording of so many hours: the conversations one after the other, again and again, as a stream. Run it in a process of its own. */
export async function hearHours(hours: number, conversations: readonly Conversation[]): Promise<string> {
  const diarizer = await openDiarizer({ device: 'cpu', threads: 1 });
  const start = cpuSec();
  let next = LOOK_EVERY;
  const { signal } = new AbortController();
  const evidence = await diarizer.analyse(onAndOn(conversations, hours * 3600 * RATE), {
    channels: 'mix',
    signal,
    onProgress: (doneSec) => {
      if (doneSec < next) return;
      next += LOOK_EVERY;
      console.error(`${(doneSec / 3600).toFixed(1)} h: ${(process.memoryUsage().rss / MIB).toFixed(0)} MiB now, ${peakMiB().toFixed(0)} at most`);
    },
  });
  const heard = cpuSec();
  const { speakers } = labelSpeakers(evidence);
  const cost = `${((heard - start) / hours).toFixed(0)} CPU s per hour, ${(cpuSec() - heard).toFixed(1)} CPU s of clustering`;
  const stored = encodeEvidence(evidence).length / MIB;
  return `${hours} h heard: ${cost}, ${peakMiB().toFixed(0)} MiB at most, ${stored.toFixed(1)} MiB of evidence, ${speakers.length} speakers`;
}

async function* onAndOn(conversations: readonly Conversation[], samples: number): AsyncGenerator<readonly Float32Array[]> {
  for (let done = 0; done < samples; ) {
    for (const conversation of conversations) {
      for await (const piece of samplesOf(conversation)) {
        if (done >= samples) return;
        yield piece;
        done += piece[0]?.length ?? 0;
      }
    }
  }
}

/** Who speaks in so many hours of made evidence. Run it in a process of its own. */
export function clusterHours(hours: number): string {
  const evidence = madeEvidence(hours, { voices: 6, seed: 1 });
  const before = peakMiB();
  const [start, startWall] = [cpuSec(), performance.now()];
  const { speakers, turns } = labelSpeakers({ channels: [evidence] });
  const cost = `${(cpuSec() - start).toFixed(1)} CPU s, ${((performance.now() - startWall) / 1000).toFixed(1)} s`;
  const memory = `${peakMiB().toFixed(0)} MiB at most, ${before.toFixed(0)} of them before`;
  return `${hours} h clustered: ${evidence.seconds.length} prints, ${cost}, ${memory}, ${speakers.length} speakers, ${turns.length} turns`;
}
