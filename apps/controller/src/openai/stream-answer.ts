/**
 * A transcription as server-sent events, as OpenAI sends them: the text of each window as `transcript.text.delta` once it is
 * finished, all of it as `transcript.text.done` in the end. The deltas together are the text. Who said what is known in the end:
 * `transcript.text.segment`, with diarized_json.
 */
import { PassThrough } from 'node:stream';
import { toAppError, transcriptText, type WindowResult } from '@bulk-transcribe/protocol';
import type { FastifyReply } from 'fastify';
import { diarizedSegments } from './diarized-transcription.ts';
import { openAiErrorOf } from './openai-error.ts';
import type { TranscriptionResult } from './transcribe-file.ts';

type Run = (onWindow: (window: WindowResult) => void) => Promise<TranscriptionResult>;

/** The status is that of an ordinary answer as long as there is no text: what fails before is an ordinary error. */
export async function streamAnswer(reply: FastifyReply, run: Run): Promise<FastifyReply> {
  const stream = new PassThrough();
  const begun = Promise.withResolvers<void>();
  const send = (message: object) => {
    if (!stream.writableEnded && !stream.destroyed) stream.write(`data: ${JSON.stringify(message)}\n\n`);
    begun.resolve();
  };
  let sent = '';
  const sendText = (text: string) => {
    if (!text) return;
    sent += text;
    send({ type: 'transcript.text.delta', delta: text });
  };
  const finished = run((window) => {
    const text = transcriptText(window);
    if (text) sendText(sent ? ` ${text}` : text);
  }).then(({ order, transcript, speakerNames }) => {
    const text = transcriptText(transcript);
    if (text.startsWith(sent)) sendText(text.slice(sent.length));
    if (order.format === 'diarized_json') for (const segment of diarizedSegments(transcript, speakerNames)) send(segment);
    const usage = { type: 'duration', seconds: Math.ceil(transcript.durationSec) };
    send({ type: 'transcript.text.done', text, usage });
  });
  await Promise.race([begun.promise, finished]);
  // From here on the status is sent: what goes wrong is said in the stream.
  finished.catch((cause: unknown) => send(openAiErrorOf(toAppError(cause)))).finally(() => stream.end());
  return reply.type('text/event-stream; charset=utf-8').header('cache-control', 'no-store').send(stream);
}
