import {
  OpenAiDiarizedTranscription,
  OpenAiError,
  OpenAiTranscription,
  OpenAiVerboseTranscription,
  openAiModelAliases,
  openAiResponseFormats,
} from '@bulk-transcribe/protocol';
import { Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { requestSignal } from '../http/closing.ts';
import { errorResponses } from '../http/error-responses.ts';
import type { Parts } from '../http/parts.ts';
import { ref } from '../http/shared-schemas.ts';
import { answer } from './answer.ts';
import { readForm } from './read-form.ts';
import { readOrder, wantsStream } from './read-order.ts';
import { streamAnswer } from './stream-answer.ts';
import { transcribeFile } from './transcribe-file.ts';

const description = `As in the OpenAI API. ${openAiModelAliases.join(', ')} mean the default model.
\`diarized_json\` says who speaks: those whose names and samples (data URLs) are sent are recognised by their voices, others are A, B, ….
A language the model does not know, word times it does not give and \`include[]\` are errors;
a prompt it cannot use is a warning (\`warnings\` in the JSON formats, codes in the header \`x-warnings\`). Fields that are not named here are ignored.
In \`verbose_json\`, \`tokens\` is empty and \`no_speech_prob\` 0 where the model is no Whisper: silence is left out before recognition, by voice activity.
\`stream=true\` sends the text as server-sent events: \`transcript.text.delta\` as windows are finished, \`transcript.text.done\` in the end; its format is json or text,
or diarized_json, with \`transcript.text.segment\` for each segment before the end.
Hanging up cancels. On this machine any key is accepted, else one of API_TOKENS.`;

const Form = Type.Object({
  file: Type.Unsafe<unknown>({ contentMediaType: 'application/octet-stream', description: 'The recording: any audio or video.' }),
  model: Type.Optional(Type.String()),
  language: Type.Optional(Type.String({ description: 'ISO 639-1.' })),
  'languages[]': Type.Optional(Type.Array(Type.String(), { description: 'Those that may be spoken, where `language` is not given.' })),
  prompt: Type.Optional(Type.String({ maxLength: 4000 })),
  'keywords[]': Type.Optional(
    Type.Array(Type.String({ maxLength: 200 }), {
      maxItems: 1000,
      description: 'Names and terms to expect.',
    }),
  ),
  response_format: Type.Optional(Type.Union(openAiResponseFormats.map((format) => Type.Literal(format)))),
  stream: Type.Optional(Type.Boolean()),
  chunking_strategy: Type.Optional(Type.String({ description: 'Accepted; recordings are cut at pauses anyway.' })),
  'known_speaker_names[]': Type.Optional(Type.Array(Type.String())),
  'known_speaker_references[]': Type.Optional(
    Type.Array(Type.String(), { description: 'A sample for each name: a data URL in base64, 2 to 10 s of that voice alone.' }),
  ),
  temperature: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  'timestamp_granularities[]': Type.Optional(Type.Array(Type.Union([Type.Literal('word'), Type.Literal('segment')]))),
});

const text = { schema: Type.Unsafe<unknown>({ type: 'string' }) };
// The richer one first: the plain one would fit both.
const Json = Type.Unsafe<OpenAiDiarizedTranscription | OpenAiVerboseTranscription | OpenAiTranscription>({
  anyOf: [ref(OpenAiDiarizedTranscription), ref(OpenAiVerboseTranscription), ref(OpenAiTranscription)],
});
const errors = [
  'invalid_request',
  'media_empty',
  'media_unreadable',
  'media_no_audio',
  'media_too_long',
  'model_not_found',
  'language_not_supported',
  'option_not_supported',
  'payload_too_large',
  'unsupported_media_type',
  'worker_unavailable',
  'engine_crashed',
  'engine_unavailable',
  'disk_full',
  'shutting_down',
] as const;

const transcriptionSchema = {
  tags: ['openai'],
  summary: 'Create a transcription',
  description,
  body: { content: { 'multipart/form-data': { schema: Form } } },
  response: {
    200: {
      description: 'The transcript. `x-worker` and `x-device` say who computed it.',
      content: {
        'application/json': { schema: Json },
        'text/plain': text,
        'application/x-subrip': text,
        'text/vtt': text,
        'text/event-stream': text,
      },
    },
    ...errorResponses(errors, OpenAiError),
  },
};

const translationSchema = {
  ...transcriptionSchema,
  summary: 'Create a translation into English',
  description: `As in the OpenAI API: speech in any language that the model knows becomes English text. ${openAiModelAliases.join(', ')} mean a model that can translate.
Where no model can, that is an error. All else is as with transcriptions, \`language\` too, which says what is spoken.`,
  body: {
    content: {
      'multipart/form-data': { schema: Type.Omit(Form, ['timestamp_granularities[]', 'known_speaker_names[]', 'known_speaker_references[]']) },
    },
  },
};

export const transcriptionRoutes = (parts: Parts) => async (app: FastifyInstance) => {
  const { config, files, workers, closing } = parts;
  const handler = (task: 'transcribe' | 'translate') => async (request: FastifyRequest, reply: FastifyReply) => {
    const signal = requestSignal(reply, closing);
    const { file, fields } = await readForm({ request, files, maxBytes: config.MAX_UPLOAD_BYTES, signal });
    const order = () => readOrder(fields, workers.status(), task);
    const job = { file, order, signal, parts, log: request.log };
    if (wantsStream(fields)) return streamAnswer(reply, (onWindow) => transcribeFile({ ...job, onWindow }));
    return answer(reply, await transcribeFile(job));
  };
  // The form is checked by the code that reads it; the schema is its documentation.
  const validatorCompiler = () => () => true;
  app.post('/audio/transcriptions', { schema: transcriptionSchema, validatorCompiler }, handler('transcribe'));
  app.post('/audio/translations', { schema: translationSchema, validatorCompiler }, handler('translate'));
};
