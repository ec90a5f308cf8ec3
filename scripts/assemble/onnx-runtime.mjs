import { existsSync, globSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runStep } from '../setup/processes.mjs';
import { SetupError } from '../setup/setup-error.mjs';

/** What the CUDA provider consists of; ONNX Runtime's own install script fetches it, because it is too large for the npm registry. */
const CUDA_LIBRARIES = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'];

/** Fetches the CUDA provider into the assembled folder. Throws where it does not come. */
export async function addCudaProvider(tools, into) {
  const [runtime] = packagesIn(into);
  if (!runtime) throw new SetupError('The assembled app has no onnxruntime-node.');
  const args = [path.join(runtime, 'script/install.js'), '--onnxruntime-node-install=cuda12'];
  await runStep('Fetching the CUDA provider of ONNX Runtime', tools.node, args, { env: tools.env, cwd: runtime });
  const missing = CUDA_LIBRARIES.filter((name) => !existsSync(path.join(runtime, 'bin/napi-v6/linux/x64', name)));
  if (missing.length > 0) throw new SetupError(`The CUDA provider of ONNX Runtime is incomplete: ${missing.join(', ')} did not come.`);
}

/** Removes ONNX Runtime's libraries for other systems: most of its size. */
export function slim(into) {
  for (const runtime of packagesIn(into)) {
    const systems = path.join(runtime, 'bin/napi-v6');
    keepOnly(systems, process.platform);
    keepOnly(path.join(systems, process.platform), process.arch);
  }
}

const packagesIn = (into) =>
  globSync('apps/*/node_modules/.pnpm/onnxruntime-node@*/node_modules/onnxruntime-node', { cwd: into }).map((name) => path.join(into, name));

function keepOnly(folder, kept) {
  for (const name of readdirSync(folder)) if (name !== kept) rmSync(path.join(folder, name), { recursive: true });
}
