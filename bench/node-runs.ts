/** Where the nodes of a Whisper model's graphs run: on a GPU none may fall back to the CPU in the middle, with copies there and back at every step. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openSession } from '../packages/speech/src/onnx/open-session.ts';
import { endProfile, type NodeRuns } from '../packages/speech/src/onnx/session-profile.ts';
import { readCheckpoint } from '../packages/speech/src/whisper/checkpoint/checkpoint.ts';
import { chooseFormats } from '../packages/speech/src/whisper/choose-formats.ts';
import { hashFiles } from '../packages/speech/src/whisper/content-hash.ts';
import { integerUnit } from '../packages/speech/src/whisper/cpu-flags.ts';
import { encodeWindows } from '../packages/speech/src/whisper/encode-windows.ts';
import { cachedGraphs } from '../packages/speech/src/whisper/graph-cache.ts';
import { searchGreedily } from '../packages/speech/src/whisper/greedy-search.ts';
import { searchInputs } from '../packages/speech/src/whisper/search-inputs.ts';

export interface GraphRuns extends NodeRuns {
  readonly graph: string;
}

type Session = Awaited<ReturnType<typeof openSession>>;

interface Place {
  /** The checkpoint. */
  readonly folder: string;
  readonly cacheFolder: string;
  readonly device: 'cpu' | 'cuda';
}

const WINDOWS = 2;
const STEPS = 20;
/** Samples (1 s). */
const SHORT = 16_000;

/** By the runtime's own profile of the graphs as they are used, for two windows and a few tokens. */
export async function countNodeRuns({ folder, cacheFolder, device }: Place): Promise<GraphRuns[]> {
  const checkpoint = readCheckpoint(folder);
  const { formats } = chooseFormats({ device, precision: 'default', integers: integerUnit() });
  const hashes = await hashFiles(folder, checkpoint.files, path.join(cacheFolder, 'hashes.json'));
  const files = await cachedGraphs({ checkpoint, hashes, formats, cacheFolder });
  const { facts, dimensions } = checkpoint;
  const { sot, eot, transcribe } = facts.tokens;
  const encoder = await profiled('encoder', files.encoder, device, (session) =>
    encodeWindows(
      session,
      Array.from({ length: WINDOWS }, () => new Float32Array(SHORT)),
      { width: dimensions.width, atOnce: WINDOWS },
    ),
  );
  const hidden = encoder.result;
  const prompt = transcribe === null ? [sot] : [sot, ...[...facts.tokens.languages.values()].slice(0, 1), transcribe];
  // The end of the text may not come: every step is run.
  const suppress = [...facts.suppress, eot];
  const request = { prompts: Array.from({ length: WINDOWS }, () => prompt), timestamps: true, temperature: 0, maxTokens: STEPS, suppress };
  const decoder = await profiled('greedy', files.greedy, device, (session) =>
    searchGreedily(session, { inputs: searchInputs({ ...facts, files: hashes }, hidden, request), request, eot, alignmentFrames: 0 }),
  );
  return [encoder.runs, decoder.runs];
}

async function profiled<T>(graph: string, file: string, device: Place['device'], use: (session: Session) => Promise<T>) {
  const folder = await mkdtemp(path.join(tmpdir(), 'bulk-transcribe-profile-'));
  const profile = path.join(folder, graph);
  const session = await openSession(file, { device, threads: 1, profile });
  try {
    const result = await use(session);
    return { result, runs: { graph, ...(await endProfile(session, profile)) } };
  } finally {
    await session.release();
    await rm(folder, { recursive: true });
  }
}
