/** Decoding one token at a time: the most probable one, or one drawn at a temperature. */
import type { InferenceSession } from '../onnx/runtime.ts';
import { bool, dimsOf, float32, floats, int64, integers } from '../onnx/tensors.ts';
import { drawNumbers } from './draws.ts';
import { TO_END } from './graphs/block.ts';
import type { AlignmentScores, DecodedRow, DecodeRequest } from './requests.ts';
import type { SearchInputs } from './search-inputs.ts';

export interface GreedyOptions {
  readonly inputs: SearchInputs;
  readonly request: DecodeRequest;
  readonly eot: number;
  /** Encoder positions whose scores are wanted; 0 = none. */
  readonly alignmentFrames: number;
}

export async function searchGreedily(session: InferenceSession, options: GreedyOptions): Promise<DecodedRow[]> {
  const { inputs, request, alignmentFrames } = options;
  const outputs = await session.run(
    { ...inputs.feeds, ...samplingFeeds(request, Math.max(...inputs.limits)), ...extraFeeds({ alignmentRows: 1, alignmentFrames, logitRows: 0 }) },
    ['tokens', 'logProbs', 'noSpeech', ...(alignmentFrames > 0 ? ['scores'] : [])],
  );
  return request.prompts.map((_, row) => rowOf(outputs, row, options));
}

function samplingFeeds({ temperature, seed = 0, prompts }: DecodeRequest, steps: number) {
  const seeds = prompts.map((_, row) => (typeof seed === 'number' ? seed : (seed[row] ?? 0)));
  // Without a temperature no draw is looked at.
  const draws = temperature > 0 ? drawNumbers(seeds, steps) : new Float32Array(steps * seeds.length);
  return { sampled: bool(temperature > 0), temperature: float32(Float32Array.of(temperature), []), draws: float32(draws, [steps, seeds.length]) };
}

export const extraFeeds = ({ alignmentRows, alignmentFrames, logitRows }: Record<'alignmentRows' | 'alignmentFrames' | 'logitRows', number>) => ({
  alignmentStart: int64([-alignmentRows, 0], [2]),
  alignmentEnd: int64([TO_END, alignmentFrames], [2]),
  logitRows: int64([logitRows], [1]),
});

type Outputs = InferenceSession.OnnxValueMapType;

function rowOf(outputs: Outputs, row: number, { inputs, eot, alignmentFrames }: GreedyOptions): DecodedRow {
  const ids = integers(outputs, 'tokens');
  const values = floats(outputs, 'logProbs');
  const [steps = 0, rows = 1] = dimsOf(outputs, 'tokens');
  const tokens: number[] = [];
  const logProbs: number[] = [];
  for (let step = 0; step < Math.min(steps, inputs.limits[row] ?? 0); step += 1) {
    logProbs.push(values[step * rows + row] ?? 0);
    const token = Number(ids[step * rows + row]);
    if (token === eot) break;
    tokens.push(token);
  }
  return {
    tokens,
    logProbs,
    ...scoreOf(tokens, logProbs),
    noSpeechProb: floats(outputs, 'noSpeech')[row] ?? 0,
    ...(alignmentFrames > 0 && { alignment: alignmentOf(outputs, row, logProbs.length) }),
  };
}

function scoreOf(tokens: readonly number[], logProbs: readonly number[]): { sumLogProb: number; avgLogProb: number } {
  const sumLogProb = logProbs.reduce((sum, value) => sum + value, 0);
  return { sumLogProb, avgLogProb: sumLogProb / (tokens.length + 1) };
}

/** scores [N, B, heads, 1, frames] → those of one window, [steps, heads, frames]. */
function alignmentOf(outputs: Outputs, row: number, steps: number): AlignmentScores {
  const all = floats(outputs, 'scores');
  const [, rows = 1, heads = 0, , frames = 0] = dimsOf(outputs, 'scores');
  const length = heads * frames;
  const scores = new Float32Array(steps * length);
  for (let step = 0; step < steps; step += 1) scores.set(all.subarray((step * rows + row) * length, (step * rows + row + 1) * length), step * length);
  return { scores, heads, frames };
}
