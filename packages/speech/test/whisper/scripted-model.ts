/** A Whisper model that says what a test tells it to, in a vocabulary of one token per character. */
import type { Tokenizer } from '../../src/whisper/tokenizer/tokenizer.ts';
import type { DecodedRow, DecodeRequest, Hidden, WhisperFacts, WhisperModel } from '../../src/whisper/whisper-model.ts';

const EOT = 1000;
const TIMESTAMP_BEGIN = 2000;

export const characters: Tokenizer = {
  encode: (text) => Array.from(text, (character) => character.charCodeAt(0)),
  decode: (tokens) => String.fromCharCode(...tokens.filter((token) => token < EOT)),
};

export const scriptedFacts: WhisperFacts = {
  multilingual: true,
  mels: 80,
  vocabulary: 4000,
  contextTokens: 448,
  tokens: {
    sot: 1001,
    eot: EOT,
    transcribe: 1002,
    translate: 1003,
    startOfPrev: 1004,
    startOfLm: null,
    noSpeech: 1005,
    noTimestamps: 1006,
    timestampBegin: TIMESTAMP_BEGIN,
    languages: new Map([
      ['en', 1010],
      ['de', 1011],
      ['zh', 1012],
    ]),
  },
  suppress: [1001, 70],
  neverText: [1001],
  suppressFirst: [],
  alignmentHeads: [[0, 0]],
  maxInitialTimestamp: 50,
  tokenizerFile: 'none',
  files: [],
};

/** "<0.5>text<2>": numbers in angle brackets are timestamps. */
export function tokensOf(text: string): number[] {
  return text.split(/(<[\d.]+>)/).flatMap((part) => {
    const time = /^<([\d.]+)>$/.exec(part)?.[1];
    return time === undefined ? characters.encode(part) : [TIMESTAMP_BEGIN + Math.round(Number(time) * 50)];
  });
}

export interface Said {
  readonly text: string;
  readonly avgLogProb?: number;
  /** Of the tokens that are text; unset = as of all. */
  readonly wordsLogProb?: number;
  readonly noSpeechProb?: number;
  /** False: the row goes on to the limit. */
  readonly ends?: boolean;
}

export function rowOf({ text, avgLogProb = -0.2, wordsLogProb = avgLogProb, noSpeechProb = 0, ends = true }: Said): DecodedRow {
  const tokens = tokensOf(text);
  const logProbs = [...tokens, ...(ends ? [EOT] : [])].map((token) => (token < EOT ? wordsLogProb : avgLogProb));
  return { tokens, logProbs, avgLogProb, sumLogProb: avgLogProb * (tokens.length + 1), noSpeechProb };
}

/** What is asked of the model for one window. */
export interface Question {
  /** Which second of the recording it is asked from: the first sample of the window, which tells windows apart, and `from`. */
  readonly mark: number;
  /** Seconds from the start of the window where the text is to begin. */
  readonly from: number;
  readonly samples: number;
  readonly prompt: readonly number[];
  readonly request: DecodeRequest;
}

export interface Script {
  readonly says: (question: Question) => Said;
  /** Whisper code and probability. */
  readonly hears?: (mark: number) => readonly [language: string, probability: number];
}

export interface ScriptedModel extends WhisperModel {
  readonly questions: Question[];
}

export function scriptedModel({ says, hears = () => ['en', 0.9] }: Script, facts: WhisperFacts = scriptedFacts): ScriptedModel {
  const questions: Question[] = [];
  const answer = (question: Question): DecodedRow => {
    if (question.request.only) {
      const [language, probability] = hears(question.mark);
      return { ...rowOf({ text: '' }), tokens: [facts.tokens.languages.get(language) ?? 0], logProbs: [Math.log(probability)] };
    }
    questions.push(question);
    return rowOf(says(question));
  };
  return {
    facts,
    device: 'cpu',
    precision: 'scripted',
    threads: 1,
    batchSize: 8,
    questions,
    encode: async (windows) => hiddenOf(windows.map((samples) => [samples[0] ?? 0, samples.length])),
    decode: async (hidden, request) =>
      request.prompts.map((prompt, row) => {
        const { mark, samples } = windowOf(hidden, row);
        const from = (request.from?.[row] ?? 0) / 50;
        return answer({ mark: Math.floor(mark + from), from, samples, prompt, request });
      }),
    force: async () => [],
    release: async () => {},
  };
}

/** Two numbers per window stand for its hidden states: its mark and its length. */
const hiddenOf = (windows: readonly (readonly [number, number])[]): Hidden => ({
  windows: windows.length,
  data: Float32Array.from(windows.flat()),
  select: (rows) => hiddenOf(rows.map((row) => windows[row] ?? [0, 0])),
});

const windowOf = ({ data }: Hidden, row: number) => ({ mark: data[2 * row] ?? 0, samples: data[2 * row + 1] ?? 0 });
