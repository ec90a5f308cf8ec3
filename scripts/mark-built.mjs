/** Notes which sources were just built (`pnpm build` runs it), so that `npm start`, `npm run worker` and `assemble` do not build them again. */
import { markBuilt } from './setup/build.mjs';

markBuilt();
