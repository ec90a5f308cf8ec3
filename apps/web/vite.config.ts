import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

/** Where `pnpm dev` finds the controller; it must see the page's own address, or it refuses the requests as another site's. */
const controller = { target: 'http://127.0.0.1:8476', changeOrigin: false };

export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ['bulk-transcribe-source', ...defaultClientConditions] },
  server: { host: '127.0.0.1', proxy: { '/api': controller, '/v1': controller } },
  build: {
    // The controller's content security policy forbids data: addresses and inline scripts: every asset stays a file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
    // Schemas are pure values: the pages use their types and a few constants, so the builders leave the bundle.
    rolldownOptions: {
      treeshake: { manualPureFunctions: ['Type'], moduleSideEffects: [{ test: /typebox|packages\/protocol/, sideEffects: false }] },
    },
  },
});
