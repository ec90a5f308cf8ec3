/**
 * Fails where the machine lacks what an assembled worker expects of it, so that an image is not built without: run in the folder,
 * `node check-image.mjs [--cuda]`. Every line names one thing that is missing.
 */
import { spawnSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import path from 'node:path';

const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
/** The driver's library comes with the GPU's host. */
const FROM_HOST = /^libcuda\.so/;

/** What is missing. `folder`: an assembled app. */
export function missingIn({ folder, cuda, certificates = CERTIFICATES }) {
  return [...missingCertificates(certificates), ...missingFfmpeg(), ...(cuda ? missingCuda(folder) : [])];
}

/** Without them every call that would end the pod fails. */
function missingCertificates(file) {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0 ? [] : [`CA certificates: ${file} is missing or empty.`];
}

function missingFfmpeg() {
  const run = spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' });
  return run.status === 0 ? [] : ['ffmpeg cannot be run.'];
}

/** The provider, and all that it links to (CUDA 12, cuDNN 9): without one of them ONNX Runtime would compute on the CPU, silently. */
function missingCuda(folder) {
  const pattern = 'apps/*/node_modules/.pnpm/onnxruntime-node@*/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so';
  const [provider] = globSync(pattern, { cwd: folder });
  if (!provider) return ['The CUDA provider of ONNX Runtime is missing.'];
  const links = spawnSync('ldd', [path.join(folder, provider)], { encoding: 'utf8' });
  if (links.status !== 0) return [`ldd cannot read the CUDA provider of ONNX Runtime: ${links.stderr || links.error}`];
  const lost = [...links.stdout.matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name).filter((name) => !FROM_HOST.test(name));
  const cudnn = /libcudnn\.so\.9 => \//.test(links.stdout) ? [] : ['cuDNN 9 is missing: libcudnn.so.9 cannot be found.'];
  return [...lost.map((name) => `${name} cannot be found, which the CUDA provider of ONNX Runtime needs.`), ...cudnn];
}

if (process.argv[1] && import.meta.filename === path.resolve(process.argv[1])) {
  const missing = missingIn({ folder: import.meta.dirname, cuda: process.argv.includes('--cuda') });
  for (const line of missing) console.error(line);
  process.exitCode = missing.length > 0 ? 1 : 0;
}
