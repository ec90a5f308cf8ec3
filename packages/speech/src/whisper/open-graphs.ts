/** The graphs of a model, opened, and what is done with them. */

import { openSession, type SessionPlace } from '../onnx/open-session.ts';
import type { InferenceSession } from '../onnx/runtime.ts';
import { searchBeams } from './beam-search.ts';
import { AUDIO_POSITIONS } from './checkpoint/dimensions.ts';
import type { WhisperFacts } from './checkpoint/facts.ts';
import { encodeWindows } from './encode-windows.ts';
import { forceTokens } from './forced-pass.ts';
import type { GraphFiles } from './graph-cache.ts';
import { searchGreedily } from './greedy-search.ts';
import type { DecodedRow, DecodeRequest, ForcedRow, ForceRequest, Hidden } from './requests.ts';
import { searchInputs } from './search-inputs.ts';

export interface OpenGraphs {
  encode(windows: readonly Float32Array[]): Promise<Hidden>;
  decode(hidden: Hidden, request: DecodeRequest): Promise<DecodedRow[]>;
  force(hidden: Hidden, request: ForceRequest): Promise<ForcedRow[]>;
  release(): Promise<void>;
}

type GraphOptions = SessionPlace & { readonly facts: WhisperFacts; readonly width: number };

export async function openGraphs(files: GraphFiles, { facts, width, ...place }: GraphOptions): Promise<OpenGraphs> {
  const encoder = await openSession(files.encoder, place);
  const greedy = await openSession(files.greedy, place).catch(async (cause: unknown) => {
    await encoder.release();
    throw cause;
  });
  // It holds the decoder a second time: only where somebody asks for beams.
  let beam: Promise<InferenceSession> | null = null;
  const framesFor = (alignment: boolean | undefined) => (alignment ? AUDIO_POSITIONS : 0);
  const force: OpenGraphs['force'] = (hidden, request) =>
    forceTokens(greedy, { facts, hidden, request, alignmentFrames: framesFor(request.alignment) });

  function openBeam(): Promise<InferenceSession> {
    beam ??= openSession(files.beam, place).catch((cause: unknown) => {
      beam = null;
      throw cause;
    });
    return beam;
  }

  async function decode(hidden: Hidden, request: DecodeRequest): Promise<DecodedRow[]> {
    const inputs = searchInputs(facts, hidden, request);
    const { eot } = facts.tokens;
    if ((request.beams ?? 1) < 2 || request.temperature > 0)
      return searchGreedily(greedy, { inputs, request, eot, alignmentFrames: framesFor(request.alignment) });
    const rows = await searchBeams(await openBeam(), { inputs, request, eot });
    return request.alignment ? withAlignment(rows, { hidden, prompts: request.prompts, force }) : rows;
  }

  return {
    encode: (windows) => encodeWindows(encoder, windows, { width, atOnce: place.device === 'cuda' ? Math.max(1, windows.length) : 1 }),
    decode,
    force,
    release: async () => {
      for (const session of [encoder, greedy, await beam]) await session?.release();
    },
  };
}

interface AlignmentInput {
  readonly hidden: Hidden;
  readonly prompts: DecodeRequest['prompts'];
  readonly force: OpenGraphs['force'];
}

/** Rows change places in a beam search, so that the scores of the best texts are computed afterwards. */
async function withAlignment(rows: readonly DecodedRow[], { hidden, prompts, force }: AlignmentInput): Promise<DecodedRow[]> {
  // The query that produced the first token is that of the prompt's last one; the last token produced none if the text was cut there.
  const first = (row: number) => (prompts[row]?.length ?? 1) - 1;
  const sequences = rows.map(({ tokens, logProbs }, row) => [...(prompts[row] ?? []), ...tokens].slice(0, first(row) + logProbs.length));
  const forced = await force(hidden, { sequences, alignment: true });
  return rows.map((row, index) => {
    const all = forced[index]?.alignment;
    if (!all) return row;
    return { ...row, alignment: { ...all, scores: all.scores.slice(first(index) * all.heads * all.frames) } };
  });
}
