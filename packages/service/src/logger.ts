import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

/** Where a secret may turn up in a log line. Values there become "[redacted]". */
const secretPaths = [
  'authorization',
  'cookie',
  'token',
  'password',
  'headers.authorization',
  'headers.cookie',
  'headers["x-admin-token"]',
  'headers["x-access-password"]',
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["x-admin-token"]',
  'res.headers["set-cookie"]',
  '*.token',
  '*.password',
];

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export const logFormats = ['auto', 'json', 'pretty'] as const;

export interface LogOptions {
  readonly level: LogLevel;
  /** auto: pretty on a terminal, JSON lines elsewhere. */
  readonly format: (typeof logFormats)[number];
}

/** Log lines on stdout, secrets redacted. Request lines carry method, path without query, and address: never a header. */
export function createLogger(name: string, { level, format }: LogOptions, destination = stdout(format)): Logger {
  const options = {
    name,
    level,
    redact: { paths: secretPaths, censor: '[redacted]' },
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    serializers: {
      req: (request: { method: string; url: string; ip?: string }) => ({ method: request.method, path: request.url.split('?')[0], ip: request.ip }),
      err: pino.stdSerializers.err,
    },
  };
  return pino(options, destination);
}

function stdout(format: LogOptions['format']): DestinationStream {
  const readable = format === 'pretty' || (format === 'auto' && process.stdout.isTTY);
  return readable ? pretty({ sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname', singleLine: true }) : pino.destination(1);
}
