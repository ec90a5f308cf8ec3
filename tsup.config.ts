import { defineConfig } from 'tsup';

/** One build for every Node package here (entries come from its `build` script): ES modules, dependencies left outside. */
export default defineConfig({
  format: 'esm',
  platform: 'node',
  target: 'node22',
  outDir: 'dist',
  clean: true,
  sourcemap: true,
  silent: true,
  // node:sqlite exists under that name only.
  removeNodeProtocol: false,
});
