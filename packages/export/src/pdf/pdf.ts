/** A transcript on pages of A4, in any script. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Transcript } from '@bulk-transcribe/protocol';
import PDFDocument from 'pdfkit';
import { type TranscriptDocument, transcriptDocument } from '../document.ts';
import { printable } from '../printable.ts';
import { clock } from '../time.ts';
import { embedFonts, fontName, type Weight } from './embed-fonts.ts';
import type { FontRun } from './font-runs.ts';
import { type Line, layOut, type Measure, type StyledText } from './layout.ts';
import type { Typeface } from './typefaces.ts';

/** Points. */
const MARGIN = 56;
const FOOTER = 28;
const GAP = 7;
const LINE_HEIGHT = 1.45;
/** From right to left a bracket is drawn as its twin. */
const MIRRORED = '()[]{}<>«»‹›';

const text = (value: string, more: Partial<StyledText> = {}): StyledText => ({
  text: printable(value),
  weight: 'regular',
  size: 10.5,
  color: '#111',
  ...more,
});

/** Rejects with nothing: a character that no typeface has is shown as a question mark. */
export async function toPdf(transcript: Transcript, name: string): Promise<Uint8Array> {
  const content = transcriptDocument(transcript, name);
  const document = new PDFDocument({ size: 'A4', margin: MARGIN, bufferPages: true, info: { Title: content.title, Creator: 'Bulk Transcribe' } });
  const bytes = collected(document);
  const paragraphs = [...styled(content)];
  const all = (weight: Weight) =>
    paragraphs
      .flat()
      .filter((part) => part.weight === weight)
      .map((part) => part.text);
  await embedFonts(document, { regular: [...all('regular'), MIRRORED], bold: [...all('bold'), MIRRORED] });
  for (const [i, parts] of paragraphs.entries()) {
    write(document, parts);
    // A long transcript takes seconds: whoever else waits for this process has a turn between paragraphs.
    if (i % 20 === 19) await nextTurn();
  }
  numberPages(document);
  document.end();
  return bytes;
}

function* styled({ title, facts, warnings, paragraphs }: TranscriptDocument): Generator<StyledText[]> {
  yield [text(title, { weight: 'bold', size: 18 })];
  for (const [label, value] of facts) yield [text(`${label}: `, { weight: 'bold', size: 9 }), text(value, { size: 9, color: '#444' })];
  if (warnings.length > 0) yield [text('To check', { weight: 'bold', size: 12 })];
  for (const warning of warnings) yield [text(`– ${warning}`, { size: 9, color: '#444' })];
  for (const { start, speaker, text: spoken } of paragraphs) {
    yield [
      ...(speaker === null ? [] : [text(`${speaker}  `, { weight: 'bold' })]),
      text(`${clock(start)}  `, { size: 8.5, color: '#777' }),
      text(spoken),
    ];
  }
}

function write(document: PDFKit.PDFDocument, parts: readonly StyledText[]): void {
  const measure: Measure = (run, style) => {
    use(document, run.typeface, style);
    return document.widthOfString(shown(run));
  };
  const width = document.page.width - 2 * MARGIN;
  for (const line of layOut(parts, width, measure)) writeLine(document, line, width);
  document.y += GAP;
}

function writeLine(document: PDFKit.PDFDocument, line: Line, width: number): void {
  const size = Math.max(...line.runs.map(({ style }) => style.size), 1);
  if (document.y + size * LINE_HEIGHT > document.page.height - MARGIN) document.addPage();
  const { y } = document;
  let x = line.rtl ? MARGIN + width - line.width : MARGIN;
  for (const run of line.runs) {
    use(document, run.typeface, run.style);
    document.fillColor(run.style.color).text(shown(run), x, y + size, { lineBreak: false, baseline: 'alphabetic' });
    x += run.width;
  }
  document.x = MARGIN;
  document.y = y + size * LINE_HEIGHT;
}

/** Helvetica, which every reader of PDF has, for what no typeface has. */
function use(document: PDFKit.PDFDocument, typeface: Typeface | null, { weight, size }: StyledText): void {
  document.font(typeface ? fontName(typeface, weight) : 'Helvetica').fontSize(size);
}

const shown = ({ text: value, typeface }: FontRun): string => (typeface ? value : '?'.repeat([...value].length));

function numberPages(document: PDFKit.PDFDocument): void {
  const { start, count } = document.bufferedPageRange();
  for (let page = 0; page < count; page++) {
    document.switchToPage(start + page);
    // Below the margin, where writing would begin another page.
    document.page.margins.bottom = 0;
    document.font('Helvetica').fontSize(8).fillColor('#777');
    document.text(`${page + 1} / ${count}`, 0, document.page.height - FOOTER, { align: 'center', width: document.page.width, lineBreak: false });
  }
}

function collected(document: PDFKit.PDFDocument): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
    document.on('error', reject);
  });
}
