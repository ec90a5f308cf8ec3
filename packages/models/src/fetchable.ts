/** The known models before they are there: what can be told of them, so that they can be asked for. */
import type { FetchableModel, KnownModel } from '@bulk-transcribe/protocol';
import { matchModel } from './match-model.ts';
import { knownModels } from './registry.ts';

/** Bytes of a float32, the widest format that a checkpoint holds its weights in. */
const FLOAT_BYTES = 4;
/** OpenAI's own checkpoints say which heads of theirs follow the speech; of the others that is known once they are there. */
const FIRST_PARTY = 'openai/';

/** All that are not among `present` (ids of models), under whatever name. Pure. */
export const fetchableModels = (present: readonly string[]): FetchableModel[] =>
  knownModels.filter(({ name }) => matchModel(name, present) === null).map(toFetchable);

const toFetchable = ({ name, repository, languages, license, parameters }: KnownModel): FetchableModel => ({
  ...{ id: name, name: `Whisper (${name})`, languages, license, default: false },
  ...{ wordTimes: repository.startsWith(FIRST_PARTY), prompt: true, translation: languages.length > 1 },
  maxBytes: parameters * FLOAT_BYTES,
});
