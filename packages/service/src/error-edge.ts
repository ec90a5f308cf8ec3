/** Errors at the edge: whatever is thrown inside a Fastify app leaves it as an ErrorBody with a code of the closed list. */
import { AppError, type ErrorCode, toAppError, toErrorBody } from '@bulk-transcribe/protocol';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isDiskFull } from './disk-full.ts';

/** Writes an error in the shape of the route's family (ours, or OpenAI's). */
export type ErrorWriter = (error: AppError, request: FastifyRequest, reply: FastifyReply) => unknown;

const writeErrorBody: ErrorWriter = (error, request, reply) => reply.code(error.status).send(toErrorBody(error, request.id));

/** Installs the error and not-found handlers on `app` and the scopes below it. */
export function useErrorEdge(app: FastifyInstance, write: ErrorWriter = writeErrorBody): void {
  app.setErrorHandler((cause: unknown, request, reply) => {
    // The body is read before it is seen that nobody wants it.
    const error = request.is404 && isAboutBody(cause) ? noRoute(request) : fromFastify(cause);
    // Some errors bring headers: Content-Range with 416, for one.
    reply.headers((cause as { headers?: Record<string, string> }).headers ?? {});
    logFailure(error, request);
    return write(error, request, reply);
  });
  app.setNotFoundHandler((request, reply) => write(noRoute(request), request, reply));
}

const noRoute = ({ method, url }: FastifyRequest): AppError => new AppError('not_found', `There is no ${method} ${url.split('?')[0]}.`);

const isAboutBody = (cause: unknown): boolean => (cause as Partial<FastifyError>).code?.startsWith('FST_ERR_CTP_') ?? false;

/** A cause nobody foresaw goes to the log whole; a refusal that we decided on ("the worker is not up") is no error of ours. */
function logFailure(error: AppError, request: FastifyRequest): void {
  if (error.status < 500) return;
  if (error.cause !== undefined || error.code === 'internal') request.log.error({ err: error.cause ?? error, code: error.code }, error.message);
  else request.log.debug({ code: error.code }, error.message);
}

const codesByStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_request',
  401: 'unauthorized',
  404: 'not_found',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  416: 'range_not_satisfiable',
  429: 'too_many_requests',
  503: 'shutting_down',
};

/** Fastify's own errors (validation, body limits) and full disks get our codes; what is unknown becomes `internal`. */
function fromFastify(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const error = cause as Partial<FastifyError>;
  if (isDiskFull(cause)) return new AppError('disk_full', 'The disk is full.', { cause });
  if (error.validation) return new AppError('invalid_request', error.message ?? 'The request is not valid.', { cause, field: fieldAtFault(error) });
  const code = error.statusCode === undefined ? undefined : codesByStatus[error.statusCode];
  return code ? new AppError(code, error.message ?? code, { cause }) : toAppError(cause);
}

function fieldAtFault(error: Partial<FastifyError>): string {
  const first = error.validation?.[0];
  // Ajv tells a missing or unknown property in `params`; TypeBox's own validator has no `params` and names it in the path.
  const params: Partial<Record<string, unknown>> | undefined = first?.params;
  const missing = params?.['missingProperty'] ?? params?.['additionalProperty'];
  const parts = (first?.instancePath ?? '').split('/').filter(Boolean);
  return [...parts, ...(typeof missing === 'string' ? [missing] : [])].join('.') || (error.validationContext ?? 'request');
}
