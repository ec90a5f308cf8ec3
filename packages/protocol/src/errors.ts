/**
 * Every error a user or a program can meet, in one closed list: its HTTP status and what to do next.
 * `message` says what happened in the case at hand; `hint` is the same for every occurrence.
 */
import { type Static, Type } from '@sinclair/typebox';

interface ErrorEntry {
  /** HTTP status at the edge. */
  readonly status: number;
  /** What the person or the program can do next, one sentence. */
  readonly hint: string;
  /** True where another attempt of the same task may well succeed. */
  readonly retryable?: boolean;
  /** True where the place is to blame and not the recording: the task waits, with this reason, for as long as it takes. */
  readonly waits?: boolean;
}

export const errorTable = {
  // The request
  invalid_request: { status: 400, hint: 'Correct the named field and send the request again.' },
  unauthorized: { status: 401, hint: 'Send a valid token in the Authorization header.' },
  admin_unauthorized: { status: 401, hint: 'Send the value of ADMIN_TOKEN in the header X-Admin-Token.' },
  admin_not_configured: { status: 503, hint: 'Set ADMIN_TOKEN and start the controller again.' },
  password_required: { status: 401, hint: 'Enter the password of this Bulk Transcribe; programs send one of API_TOKENS.' },
  wrong_password: { status: 401, hint: 'Check the password and try again.' },
  forbidden_origin: { status: 403, hint: 'Open the page under its own address, or set CONTROLLER_BASE_URL to the address you use.' },
  forbidden_host: { status: 421, hint: 'Add this host name to ALLOWED_HOSTS, or set CONTROLLER_BASE_URL to the public address.' },
  not_found: { status: 404, hint: 'Check the address or the id; it may have been deleted.' },
  conflict: { status: 409, hint: 'Read the current state and decide again.' },
  payload_too_large: { status: 413, hint: 'Send a smaller file, or raise MAX_UPLOAD_BYTES.' },
  unsupported_media_type: { status: 415, hint: 'Send the body in the documented content type.' },
  range_not_satisfiable: { status: 416, hint: 'Ask for a part within the length that Content-Range names.' },
  too_many_requests: { status: 429, hint: 'Wait a few minutes (programs: the time given in Retry-After) and try again.' },
  // The recording
  media_empty: { status: 422, hint: 'Export or copy the recording again.' },
  media_unreadable: { status: 422, hint: 'Convert or export it again; a damaged file may be whole where it was recorded.' },
  media_no_audio: { status: 422, hint: 'The file has no audio track; choose a recording with sound.' },
  media_too_long: { status: 422, hint: 'Split the recording, or raise the limit named in the message.' },
  speakers_not_heard: {
    status: 409,
    hint: 'Upload the recording again, and have its speakers told apart when it is transcribed (option diarization).',
  },
  // Options
  model_not_found: { status: 404, hint: 'Choose a model that is there (GET /v1/models; models list on the command line), or install it.' },
  language_not_supported: { status: 400, hint: 'Choose a language that the model knows, or another model.' },
  option_not_supported: { status: 400, hint: 'Leave the option out, or choose a model that supports it.' },
  // Models and where they come from
  model_unknown: { status: 404, hint: 'Name a model of the list, or owner/name as it stands on the hub; check the revision too.' },
  model_busy: { status: 409, hint: 'Wait until what the message names has ended and try again.', retryable: true },
  model_gated: { status: 403, hint: "Accept the model's conditions on the hub, and set HF_TOKEN to a token of that account that may read it." },
  model_unsupported: { status: 422, hint: 'Choose a Whisper checkpoint in Hugging Face layout, with tokenizer.json and safetensors weights.' },
  model_download_failed: {
    status: 502,
    hint: 'Start the installation again: it goes on from what has arrived. Check network, HF_ENDPOINT and HTTPS_PROXY if it fails each time.',
    retryable: true,
  },
  offline: { status: 503, hint: 'Unset HF_HUB_OFFLINE, or put the files of the model into a folder of its name in MODELS_DIR.' },
  // The bucket
  bucket_refused: { status: 502, hint: 'Check BUCKET_ENDPOINT_URL, BUCKET_ACCESS_KEY_ID, BUCKET_SECRET_ACCESS_KEY, BUCKET_NAME and BUCKET_REGION.' },
  bucket_unavailable: { status: 503, hint: 'Check that the bucket can be reached; what waits for it goes on by itself.', retryable: true },
  // The controller, as its clients see it
  controller_unavailable: {
    status: 503,
    hint: 'Check the address, and that the controller runs there and lets you through; then the same command goes on where it was.',
    retryable: true,
  },
  // The worker and its transfers
  worker_unavailable: { status: 503, hint: 'Wait until the worker is up; the job goes on by itself.', retryable: true, waits: true },
  worker_protocol: { status: 502, hint: 'Run the same version of controller and worker.', retryable: true },
  input_offset: { status: 409, hint: 'Ask how many bytes have arrived and continue from there.', retryable: true },
  input_corrupt: { status: 422, hint: 'The bytes do not match their hash; send them again.', retryable: true },
  input_incomplete: { status: 409, hint: 'Send the rest of the input first.', retryable: true },
  stale_attempt: { status: 409, hint: 'A newer attempt of this task exists; nothing needs to be done.' },
  // The engine
  recording_kills_worker: {
    status: 422,
    hint: 'Convert or cut the recording and upload it again; if that does not help, report it. What was transcribed before is kept for another start.',
  },
  engine_crashed: { status: 500, hint: 'The recording goes on by itself from its last finished window.', retryable: true },
  engine_unavailable: {
    status: 503,
    hint: 'Mend what is named here: install a damaged model again; for a GPU check its driver, CUDA and cuDNN, or set DEVICE=cpu.',
    retryable: true,
  },
  diarization_failed: {
    status: 500,
    hint: 'The text stays as it is. Tell the speakers apart again; if it fails each time, read the worker log for the reason.',
    retryable: true,
  },
  execution_timeout: {
    status: 504,
    hint: 'Raise EXECUTION_TIMEOUT of the worker, or choose a smaller model or a faster machine. What was transcribed before is kept for another start.',
  },
  // Life
  cancelled: { status: 409, hint: 'Start the task again if you still want its transcript.' },
  disk_full: {
    status: 507,
    hint: 'Free disk space where DATA_ROOT lies; recordings that wait for it go on by themselves.',
    retryable: true,
    waits: true,
  },
  quota_exceeded: { status: 507, hint: 'Delete recordings that you no longer need, or raise SESSION_QUOTA_BYTES.' },
  shutting_down: { status: 503, hint: 'Try again in a moment; the service is restarting.', retryable: true, waits: true },
  internal: { status: 500, hint: 'Try again; if it happens each time, look into the log under this request id.', retryable: true },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorTable;

export const errorCodes = Object.keys(errorTable) as ErrorCode[];

export const ErrorCode = Type.Union(
  errorCodes.map((code) => Type.Literal(code)),
  { title: 'ErrorCode' },
);

/** The message of recording_kills_worker. `finishedSec`: end of the last finished window. */
export function killsAt(who: string, finishedSec = 0): string {
  const minutes = Math.floor(finishedSec / 60);
  const at = `${minutes}:${String(Math.floor(finishedSec % 60)).padStart(2, '0')}`;
  return `This recording ended ${who} twice in a row, behind minute ${at}.`;
}

/** The body of every error answer but those of the OpenAI-compatible routes. */
export const ErrorBody = Type.Object(
  {
    error: Type.Object({
      code: ErrorCode,
      message: Type.String({ description: 'What happened, for people.' }),
      hint: Type.String({ description: 'What to do next.' }),
      field: Type.Optional(Type.String({ description: 'The field at fault, as a path in the body or query.' })),
      requestId: Type.Optional(Type.String()),
    }),
  },
  { $id: 'ErrorBody' },
);
export type ErrorBody = Static<typeof ErrorBody>;

/** An error as a task keeps it. */
export const TaskError = Type.Object({ code: ErrorCode, message: Type.String(), hint: Type.String() }, { $id: 'TaskError' });
export type TaskError = Static<typeof TaskError>;

/** The one error class that crosses a boundary. Anything else is answered as `internal` and only logged. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly field: string | undefined;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; field?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.field = options.field;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  get hint(): string {
    return errorTable[this.code].hint;
  }

  get retryable(): boolean {
    const entry: ErrorEntry = errorTable[this.code];
    return entry.retryable ?? false;
  }

  get waits(): boolean {
    const entry: ErrorEntry = errorTable[this.code];
    return entry.waits ?? false;
  }
}

export const isErrorCode = (value: unknown): value is ErrorCode => typeof value === 'string' && Object.hasOwn(errorTable, value);

/** Unknown causes become `internal`: the user reads that word, the log keeps the cause. */
export function toAppError(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  return new AppError('internal', 'Something went wrong inside Bulk Transcribe.', { cause });
}

export function toErrorBody(error: AppError, requestId?: string): ErrorBody {
  const { code, message, hint, field } = error;
  return { error: { code, message, hint, ...(field && { field }), ...(requestId && { requestId }) } };
}

export const toTaskError = ({ code, message, hint }: AppError): TaskError => ({ code, message, hint });

/** The way back in a client: an error body (or anything else a server or proxy answered) becomes an AppError. */
export function fromErrorBody(body: unknown, fallback: AppError): AppError {
  const error = (body as Partial<ErrorBody> | null)?.error;
  if (!error || !isErrorCode(error.code)) return fallback;
  return new AppError(error.code, error.message, error.field === undefined ? {} : { field: error.field });
}
