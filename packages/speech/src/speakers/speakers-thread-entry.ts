/** The thread's own side: one question after the other, each answered. */
import { parentPort } from 'node:worker_threads';
import { decodeEvidence } from '../diarization/evidence-codec.ts';
import { groupVoices } from './group-voices.ts';
import { tellLabels } from './tell-labels.ts';
import type { ThreadAnswer, ThreadQuestion } from './thread-messages.ts';
import { voicesOf } from './voices-of.ts';

function answer(question: ThreadQuestion): ThreadAnswer {
  try {
    if (question.kind === 'groups') return { groups: groupVoices(question.voices) };
    const evidence = decodeEvidence(question.evidence);
    return question.kind === 'labels' ? { labels: tellLabels(evidence, question.counts) } : { voices: voicesOf(evidence, question.turns) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', (question: ThreadQuestion) => parentPort?.postMessage(answer(question)));
