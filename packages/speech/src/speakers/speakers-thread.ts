import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { AppError, type SpeakerTurn } from '@bulk-transcribe/protocol';
import type { HeardVoice, VoiceGroup } from './group-voices.ts';
import type { SpeakerCounts, SpeakerLabels } from './tell-labels.ts';
import type { ThreadAnswer, ThreadQuestion } from './thread-messages.ts';
import type { Voice } from './voices-of.ts';

const require = createRequire(import.meta.url);

/**
 * Clustering in a thread of its own, so that a server answers others meanwhile. The thread starts with the first question and is
 * asked one at a time. Evidence is encoded; what cannot be read, or kills the thread, rejects with `internal`.
 */
export class SpeakersThread {
  #thread: Worker | null = null;
  #last: Promise<unknown> = Promise.resolve();

  async labels(evidence: Uint8Array, counts: SpeakerCounts): Promise<SpeakerLabels> {
    const answer = await this.#ask({ kind: 'labels', evidence, counts });
    if ('labels' in answer) return answer.labels;
    throw notTold(answer);
  }

  /** Of the speakers that have these turns. */
  async voices(evidence: Uint8Array, turns: readonly SpeakerTurn[]): Promise<readonly Voice[]> {
    const answer = await this.#ask({ kind: 'voices', evidence, turns });
    if ('voices' in answer) return answer.voices;
    throw notTold(answer);
  }

  /** Voices that may be the same person's, of several recordings. */
  async groups(voices: readonly HeardVoice[]): Promise<readonly VoiceGroup[]> {
    const answer = await this.#ask({ kind: 'groups', voices });
    if ('groups' in answer) return answer.groups;
    throw notTold(answer);
  }

  async close(): Promise<void> {
    await this.#thread?.terminate();
  }

  #ask(question: ThreadQuestion): Promise<ThreadAnswer> {
    const turn = this.#last.then(() => this.#answerTo(question));
    this.#last = turn;
    return turn;
  }

  /** Never rejects, so that one question costs no other. */
  #answerTo(question: ThreadQuestion): Promise<ThreadAnswer> {
    const thread = this.#running();
    return new Promise((resolve) => {
      const end = (answer: ThreadAnswer): void => {
        thread.off('message', end).off('error', fail).off('exit', gone).unref();
        resolve(answer);
      };
      const fail = (error: Error): void => end({ failure: error.message });
      const gone = (): void => end({ failure: 'the thread has ended' });
      thread.once('message', end).once('error', fail).once('exit', gone).ref();
      thread.postMessage(question);
    });
  }

  #running(): Worker {
    if (this.#thread) return this.#thread;
    const thread = new Worker(require.resolve('@bulk-transcribe/speech/speakers-thread'));
    // A server that ends does not wait for it; one that died is replaced at the next question.
    thread.unref();
    thread.on('error', () => undefined);
    thread.once('exit', () => {
      this.#thread = null;
    });
    this.#thread = thread;
    return thread;
  }
}

const notTold = (answer: ThreadAnswer): AppError =>
  new AppError('internal', `The speakers could not be told apart (${'failure' in answer ? answer.failure : 'another answer than was asked for'}).`);
