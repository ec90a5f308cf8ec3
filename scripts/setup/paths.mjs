import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
/** The pinned Node and pnpm, and the stamps of what has been done. Never committed; may be deleted at any time. */
export const toolchain = path.join(root, '.toolchain');
