import type { AppError, OpenAiError } from '@bulk-transcribe/protocol';
import type { ErrorWriter } from '@bulk-transcribe/service';

/** OpenAI's shape; `code` is of our closed list, and the hint stands behind the message, as clients show nothing else. */
export function openAiErrorOf(error: AppError): OpenAiError {
  const type = error.status >= 500 ? 'server_error' : 'invalid_request_error';
  return { error: { message: `${error.message} ${error.hint}`, type, param: error.field ?? null, code: error.code } };
}

export const writeOpenAiError: ErrorWriter = (error, _request, reply) => reply.code(error.status).send(openAiErrorOf(error));
