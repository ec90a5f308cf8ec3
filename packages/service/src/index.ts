export * from './directory-lock.ts';
export * from './environment.ts';
export * from './error-edge.ts';
export * from './identity.ts';
export * from './logger.ts';
export * from './secrets.ts';
export * from './settings.ts';
export * from './shutdown.ts';
