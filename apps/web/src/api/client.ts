/** The controller's routes, typed by the protocol. Every call throws RequestError. */
import type {
  ChangedTranscript,
  ExportFormat,
  Job,
  JobRequest,
  JobVoices,
  KnownFile,
  Recording,
  RecoveryCode,
  SearchPage,
  SpeakersRequest,
  SystemInfo,
  Task,
  Transcript,
  TranscriptChange,
} from '@bulk-transcribe/protocol';
import { request, requestText } from './request.ts';

const post = (body?: unknown): RequestInit =>
  body === undefined ? { method: 'POST' } : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };

/** What is asked again and again must not wait for ever, milliseconds. */
const ANSWER_MS = 15_000;

export const client = {
  system: () => request<SystemInfo>('/api/system', { signal: AbortSignal.timeout(ANSWER_MS) }),
  jobs: () => request<Job[]>('/api/jobs', { signal: AbortSignal.timeout(ANSWER_MS) }),
  startJob: (job: JobRequest) => request<Job>('/api/jobs', post(job)),
  enter: (password: string) => request<void>('/api/access', post({ password })),
  makeRecoveryCode: () => request<RecoveryCode>('/api/session/recovery-code', post()),
  recover: (code: string) => request<void>('/api/session/recover', post({ code })),
  deleteEverything: () => request<void>('/api/session/data', { method: 'DELETE' }),
  keepJob: (jobId: string, kept: boolean) => request<Job>(`/api/jobs/${jobId}`, { ...post({ kept }), method: 'PATCH' }),
  /** Goes through even where the page is being left. */
  deleteJob: (jobId: string) => request<void>(`/api/jobs/${jobId}`, { method: 'DELETE', keepalive: true }),
  /** Those that no job uses yet. */
  recordings: () => request<Recording[]>('/api/recordings', { signal: AbortSignal.timeout(ANSWER_MS) }),
  recording: (recordingId: string) => request<Recording>(`/api/recordings/${recordingId}`),
  /** Throws RequestError 404 where the session does not hold these bytes. */
  addKnown: (file: KnownFile, signal: AbortSignal) => request<Recording>('/api/recordings/known', { ...post(file), signal }),
  addSample: () => request<Recording>('/api/recordings/sample', post()),
  deleteRecording: (recordingId: string) => request<void>(`/api/recordings/${recordingId}`, { method: 'DELETE' }),
  cancelTask: (taskId: string) => request<unknown>(`/api/tasks/${taskId}/cancel`, post()),
  retryTask: (taskId: string) => request<unknown>(`/api/tasks/${taskId}/retry`, post()),
  changeTranscript: (taskId: string, change: TranscriptChange) =>
    request<ChangedTranscript>(`/api/tasks/${taskId}/transcript`, { ...post(change), method: 'PATCH' }),
  search: ({ query, before }: { readonly query: string; readonly before: string | null }, signal: AbortSignal) =>
    request<SearchPage>(`/api/search?${new URLSearchParams({ q: query, ...(before !== null && { before }) })}`, { signal }),
  voices: (jobId: string) => request<JobVoices>(`/api/jobs/${jobId}/voices`),
  /** The transcript; the task where the speakers have to be heard first. */
  tellSpeakers: (taskId: string, speakers: SpeakersRequest) => request<Transcript | Task>(`/api/tasks/${taskId}/speakers`, post(speakers)),
  cancelHearing: (taskId: string) => request<unknown>(`/api/tasks/${taskId}/speakers/cancel`, post()),
  transcript: (taskId: string, signal: AbortSignal) => request<Transcript>(`/api/tasks/${taskId}/transcript`, { signal }),
  /** As it is downloaded to read. */
  exportedText: (taskId: string) => requestText(exportUrl(taskId, 'txt')),
};

export const mediaUrl = (recordingId: string): string => `/api/recordings/${recordingId}/media`;
export const exportUrl = (taskId: string, format: ExportFormat): string => `/api/tasks/${taskId}/export?format=${format}`;
/** ZIP files of all transcripts of a job, and of all that there are. */
export const jobExportUrl = (jobId: string, format: ExportFormat): string => `/api/jobs/${jobId}/export?format=${format}`;
export const allExportUrl = (format: ExportFormat): string => `/api/export?format=${format}`;
export const uploadsUrl = '/api/uploads';
export const eventsUrl = '/api/events';
