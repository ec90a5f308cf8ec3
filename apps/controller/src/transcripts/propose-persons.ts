import { type JobVoices, onlyName, type Person, type PersonVoice, type Task } from '@bulk-transcribe/protocol';
import type { HeardVoice, Voice, VoiceGroup } from '@bulk-transcribe/speech/speakers';
import type { Parts } from '../http/parts.ts';
import { noJob } from '../jobs/not-found.ts';
import { correctedTranscript } from './apply-overlay.ts';

interface JobOfSession {
  readonly sessionId: string;
  readonly jobId: string;
}

/** A recording's speakers as they are called now, and what they sound like. */
interface TaskVoices {
  readonly task: Task;
  readonly speakers: readonly PersonVoice['speaker'][];
  readonly voices: readonly Voice[];
}

/** Who may be the same person in several recordings of the job. What has no transcript yet, or nothing to tell voices by, is left out. */
export async function proposePersons(parts: Pick<Parts, 'jobs' | 'speakers'>, { sessionId, jobId }: JobOfSession): Promise<JobVoices> {
  const job = await parts.jobs.job(sessionId, jobId);
  if (!job) throw noJob(jobId);
  const heard = new Map<string, TaskVoices>();
  // One after the other: of all evidence only one recording's is in memory.
  for (const task of job.tasks.filter(({ state }) => state === 'succeeded')) {
    const voices = await voicesOfTask(parts, sessionId, task);
    if (voices) heard.set(task.id, voices);
  }
  const all = [...heard].flatMap(([recording, { voices }]) => voices.map((voice): HeardVoice => ({ ...voice, recording })));
  const groups = await parts.speakers.groups(all);
  return { persons: groups.map((group) => personOf(group, heard)) };
}

async function voicesOfTask({ jobs, speakers: thread }: Pick<Parts, 'jobs' | 'speakers'>, sessionId: string, task: Task): Promise<TaskVoices | null> {
  const stored = await jobs.storedTranscript(sessionId, task.id);
  if (!stored) return null;
  const { turns = [], speakers = [] } = correctedTranscript(stored);
  const evidence = turns.length > 0 ? await jobs.speakerEvidence(sessionId, task.id) : null;
  return evidence && { task, speakers, voices: await thread.voices(evidence, turns) };
}

function personOf({ voices, likeness }: VoiceGroup, heard: ReadonlyMap<string, TaskVoices>): Person {
  const own = voices.flatMap(({ recording, speaker: id }): PersonVoice[] => {
    const { task, speakers } = heard.get(recording) ?? {};
    const speaker = speakers?.find((one) => one.id === id);
    return task && speaker ? [{ taskId: task.id, recording: task.recording.name, speaker }] : [];
  });
  return { name: onlyName(own), likeness: Math.round(likeness * 100) / 100, voices: own };
}
