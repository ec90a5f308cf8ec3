/** Something on the machine is missing; the message is a sentence for people that says what to do. */
export class SetupError extends Error {}

const network =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|network request|ERR_PNPM_META_FETCH_FAIL|ERR_PNPM_FETCH/i;

/** Reads the usual causes out of what npm or pnpm printed. */
export function explainFailure(what, output) {
  if (/ENOSPC|no space left/i.test(output))
    return new SetupError(`The disk is full: ${what} did not finish. Free about 3 GB and run the same command again.`);
  if (/EACCES|EPERM|EROFS/.test(output))
    return new SetupError(`${what} may not write to this folder. Give your user write access to it and run the same command again.`);
  if (network.test(output))
    return new SetupError(
      `The package registry cannot be reached: ${what} needs the network once. Check the connection (or the proxy settings of npm) and run the same command again.`,
    );
  return new SetupError(`${what} failed; the lines above say why. Run the same command again once that is mended.`);
}

/** What stopped the setup, as a sentence where the cause is a usual one: file system errors of our own come without a step. */
export function toSetupError(cause) {
  if (cause instanceof SetupError) return cause;
  return ['ENOSPC', 'EACCES', 'EPERM', 'EROFS'].includes(cause?.code) ? explainFailure('The setup', String(cause)) : null;
}
