import { logFormats, logLevels } from './logger.ts';
import { choice, text } from './settings.ts';

/** Rows that stand at the end of every server's settings table: its log, and which build it is. */
export const serverSettings = {
  LOG_LEVEL: choice({ of: logLevels, default: 'info', about: 'Least important log line that is written.' }),
  LOG_FORMAT: choice({ of: logFormats, default: 'auto', about: 'How log lines look; auto = readable on a terminal, JSON elsewhere.' }),
  GIT_COMMIT: text({ default: '', about: 'Commit of this build; set in images.' }),
  BUILD_TIME: text({ default: '', about: 'Time of this build, RFC 3339; set in images.' }),
} as const;
