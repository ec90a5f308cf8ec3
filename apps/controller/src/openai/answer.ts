import { exportKinds, toSrt, toVtt } from '@bulk-transcribe/export';
import { transcriptText } from '@bulk-transcribe/protocol';
import type { FastifyReply } from 'fastify';
import { toDiarized } from './diarized-transcription.ts';
import type { TranscriptionResult } from './transcribe-file.ts';
import { toVerbose } from './verbose-transcription.ts';

/** Writes the transcript in the format asked for. */
export function answer(reply: FastifyReply, { order, task, transcript, speakerNames }: TranscriptionResult): FastifyReply {
  const { warnings } = transcript;
  if (task.worker) reply.headers({ 'x-worker': headerText(task.worker.name), 'x-device': headerText(task.worker.device) });
  if (warnings.length > 0) reply.header('x-warnings', [...new Set(warnings.map(({ code }) => code))].join(','));
  const told = warnings.length > 0 ? { warnings: warnings.map(({ message }) => message) } : {};
  switch (order.format) {
    case 'json':
      return reply.send({ text: transcriptText(transcript), ...told });
    case 'verbose_json':
      return reply.send({ ...toVerbose(transcript, order), ...told });
    case 'diarized_json':
      return reply.send({ ...toDiarized(transcript, speakerNames), ...told });
    case 'text':
      return reply.type('text/plain; charset=utf-8').send(Buffer.from(`${transcriptText(transcript)}\n`));
    case 'srt':
      return reply.type(exportKinds.srt.contentType).send(Buffer.from(toSrt(transcript)));
    case 'vtt':
      return reply.type(exportKinds.vtt.contentType).send(Buffer.from(toVtt(transcript)));
    default:
      return order.format satisfies never;
  }
}

/** Header values are visible ASCII (RFC 9110 §5.5). */
const headerText = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?');
