/** Word (Office Open XML). Right-to-left paragraphs are marked as such; times and names are styles, so that a reader can change them all at once. */
import type { Transcript } from '@bulk-transcribe/protocol';
import { AlignmentType, Document, Footer, HeadingLevel, Packer, PageNumber, Paragraph, TextRun } from 'docx';
import { directionOf } from './direction.ts';
import { transcriptDocument } from './document.ts';
import type { Paragraph as Spoken } from './paragraphs.ts';
import { printable } from './printable.ts';
import { clock } from './time.ts';

const styles = {
  default: { document: { run: { font: 'Calibri', size: 22 }, paragraph: { spacing: { after: 160, line: 300 } } } },
  characterStyles: [
    { id: 'Speaker', name: 'Speaker', run: { bold: true } },
    { id: 'Time', name: 'Time', run: { color: '666666', size: 18 } },
  ],
};

/** Rejects with nothing: any text can be written. */
export async function toDocx(transcript: Transcript, name: string): Promise<Uint8Array> {
  const { title, facts, warnings, paragraphs } = transcriptDocument(transcript, name);
  const document = new Document({
    title: printable(title),
    creator: 'Bulk Transcribe',
    styles,
    sections: [
      {
        footers: { default: pageNumbers() },
        children: [
          new Paragraph({ heading: HeadingLevel.TITLE, bidirectional: directionOf(title) === 'rtl', children: [run(title)] }),
          ...facts.map(([label, value]) => new Paragraph({ spacing: { after: 40 }, children: [run(`${label}: `, { bold: true }), run(value)] })),
          ...(warnings.length > 0 ? [new Paragraph({ heading: HeadingLevel.HEADING_2, children: [run('To check')] })] : []),
          ...warnings.map((warning) => new Paragraph({ bullet: { level: 0 }, children: [run(warning)] })),
          new Paragraph({ children: [] }),
          ...paragraphs.map(spoken),
        ],
      },
    ],
  });
  return new Uint8Array(await Packer.toArrayBuffer(document));
}

function spoken({ start, speaker, text }: Spoken): Paragraph {
  const rtl = directionOf(text) === 'rtl';
  return new Paragraph({
    bidirectional: rtl,
    children: [
      ...(speaker === null ? [] : [run(`${speaker} `, { style: 'Speaker' })]),
      run(`${clock(start)}  `, { style: 'Time' }),
      run(text, { rightToLeft: rtl }),
    ],
  });
}

const run = (text: string, more: { bold?: boolean; style?: string; rightToLeft?: boolean } = {}): TextRun =>
  new TextRun({ text: printable(text), ...more });

const pageNumbers = (): Footer =>
  new Footer({ children: [new Paragraph({ alignment: AlignmentType.CENTER, children: [new TextRun({ children: [PageNumber.CURRENT] })] })] });
