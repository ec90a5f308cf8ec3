/** `pnpm bench:glossary MODEL`: what a glossary of hundreds of terms helps, and what it harms, on the recordings in which some of them are said. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultOptions, transcriptText } from '@bulk-transcribe/protocol';
import { createTranscriber } from '@bulk-transcribe/speech';
import { glossaryAmongDistractors, said } from './glossary-terms.ts';
import { describeMachine } from './machine.ts';
import { type Entry, findRecordings } from './recordings.ts';
import { scoreTexts } from './score.ts';
import { transcribeEntries } from './transcribe-entries.ts';

const [model] = process.argv.slice(2);
const devData = process.env['BULK_TRANSCRIBE_DEV_DATA'];
if (!model || !devData) throw new Error('Usage: BULK_TRANSCRIBE_DEV_DATA=FOLDER pnpm bench:glossary MODEL');

const graphsDir = fileURLToPath(new URL('results/graphs', import.meta.url));
const transcriber = await createTranscriber({ threads: 0, modelsDir: path.join(devData, 'models'), graphsDir });
const recordings = await findRecordings(devData);
const glossary = glossaryAmongDistractors(recordings.entries.map(({ text }) => text ?? ''));
const entries = recordings.entries.filter(({ text }) => said.some((term) => timesIn(term, text ?? '') > 0));

/** How often a term stands in a text, as a word of its own, in any case. */
function timesIn(term: string, text: string): number {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.filter((word) => word === term.toLowerCase()).length;
}

interface Counts {
  readonly right: number;
  readonly total: number;
  /** Terms that nobody said, written by the model. */
  readonly wrong: number;
}

function countTerms(texts: Readonly<Record<string, string>>, reference: readonly Entry[]): Counts {
  const counts = { right: 0, total: 0, wrong: 0 };
  for (const { id, text } of reference) {
    for (const term of glossary) {
      const [spoken, written] = [timesIn(term, text ?? ''), timesIn(term, texts[id] ?? '')];
      counts.total += spoken;
      counts.right += Math.min(spoken, written);
      counts.wrong += Math.max(0, written - spoken);
    }
  }
  return counts;
}

async function row(name: string, terms: readonly string[]): Promise<string> {
  const options = { ...defaultOptions, model: String(model), language: 'en', glossary: [...terms] };
  const { transcripts, cpuSec } = await transcribeEntries(transcriber, { folder: recordings.folder, entries }, () => options);
  const texts = Object.fromEntries(Object.entries(transcripts).map(([id, transcript]) => [id, transcriptText(transcript)]));
  const { groups } = await scoreTexts(recordings, texts);
  const { right, total, wrong } = countTerms(texts, entries);
  const all = groups['all en'];
  return `| ${name} | ${right} of ${total} | ${wrong} | ${(100 * (all?.rate ?? 1)).toFixed(2)} % of ${all?.n} | ${cpuSec.toFixed(0)} |`;
}

console.log(
  `${model}: ${said.length} terms that are said, among ${glossary.length - said.length} others; ${entries.length} recordings in which some are said`,
);
console.log(`Machine: ${describeMachine()}\n`);
console.log('| glossary | terms right | terms that nobody said | word error rate | CPU seconds |');
console.log('| --- | ---: | ---: | ---: | ---: |');
console.log(await row('none', []));
console.log(await row(`${said.length} terms, all of them said`, said));
console.log(await row(`${glossary.length} terms`, glossary));
