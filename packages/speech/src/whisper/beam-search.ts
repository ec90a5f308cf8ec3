/** Beam search: the graph gives the candidates of each step, here the texts are put together, as OpenAI's decoder does. */
import type { InferenceSession } from '../onnx/runtime.ts';
import { dimsOf, floats, int64, integers } from '../onnx/tensors.ts';
import { likelihood } from './likelihood.ts';
import type { DecodedRow, DecodeRequest } from './requests.ts';
import type { SearchInputs } from './search-inputs.ts';

export interface BeamOptions {
  readonly inputs: SearchInputs;
  readonly request: DecodeRequest;
  readonly eot: number;
}

/** A text on its way: a list that shares its beginning with others. */
interface Hypothesis {
  readonly token: number;
  readonly before: Hypothesis | null;
  readonly length: number;
  /** Log-probability of the whole text. */
  readonly sum: number;
}

const START: Hypothesis = { token: -1, before: null, length: 0, sum: 0 };

export async function searchBeams(session: InferenceSession, { inputs, request, eot }: BeamOptions): Promise<DecodedRow[]> {
  const beams = request.beams ?? 1;
  const wanted = Math.max(1, Math.round(beams * (request.patience ?? 1)));
  const outputs = await session.run({ ...inputs.feeds, beams: int64([beams], [1]), wanted: int64([wanted], []) });
  const [steps = 0, windows = 1, width = 0] = dimsOf(outputs, 'candidates');
  const [tokens, parents, sums] = [integers(outputs, 'candidates'), integers(outputs, 'parents'), floats(outputs, 'sums')];
  const noSpeech = floats(outputs, 'noSpeech');
  return inputs.limits.map((limit, window) => {
    const candidates = Array.from({ length: Math.min(steps, limit) }, (_, step) =>
      Array.from({ length: width }, (__, rank) => {
        const at = (step * windows + window) * width + rank;
        return { token: Number(tokens[at]), parent: Number(parents[at]), sum: sums[at] ?? 0 };
      }),
    );
    const best = bestText(candidates, { beams, wanted, eot, lengthPenalty: request.lengthPenalty ?? null });
    return rowOf(best, eot, noSpeech[window] ?? 0);
  });
}

interface Candidate {
  readonly token: number;
  readonly parent: number;
  readonly sum: number;
}

interface Ranking {
  readonly beams: number;
  readonly wanted: number;
  readonly eot: number;
  readonly lengthPenalty: number | null;
}

/** candidates [steps][best first] */
function bestText(candidates: readonly (readonly Candidate[])[], ranking: Ranking): Hypothesis {
  const { beams, wanted } = ranking;
  let live: Hypothesis[] = [START];
  const ended: Hypothesis[] = [];
  for (const step of candidates) {
    if (ended.length >= wanted) break;
    const grown = grow(live, step, ranking);
    ended.push(...grown.ended.slice(0, wanted - ended.length));
    live = grown.live;
  }
  // The limit came first: what is best so far counts as well.
  const all = [...ended, ...live.slice(0, Math.max(0, beams - ended.length))];
  return all.reduce((best, text) => (rank(text, ranking) > rank(best, ranking) ? text : best));
}

/** One step: the candidates in order, until as many live on as there are beams. */
function grow(live: readonly Hypothesis[], step: readonly Candidate[], { beams, eot }: Ranking): { live: Hypothesis[]; ended: Hypothesis[] } {
  const next: { live: Hypothesis[]; ended: Hypothesis[] } = { live: [], ended: [] };
  for (const { token, parent, sum } of step) {
    if (next.live.length >= beams) break;
    const before = live[parent] ?? START;
    const text = { token, before, length: before.length + 1, sum };
    next[token === eot ? 'ended' : 'live'].push(text);
  }
  return next;
}

const rank = ({ token, length, sum }: Hypothesis, { eot, lengthPenalty }: Pick<Ranking, 'eot' | 'lengthPenalty'>): number =>
  likelihood(sum, token === eot ? length - 1 : length, lengthPenalty);

function rowOf(best: Hypothesis, eot: number, noSpeechProb: number): DecodedRow {
  const path: Hypothesis[] = [];
  for (let text: Hypothesis | null = best; text && text.length > 0; text = text.before) path.unshift(text);
  const tokens = path.map(({ token }) => token).filter((token) => token !== eot);
  const logProbs = path.map(({ sum, before }) => sum - (before?.sum ?? 0));
  return { tokens, logProbs, sumLogProb: best.sum, avgLogProb: best.sum / (tokens.length + 1), noSpeechProb };
}
