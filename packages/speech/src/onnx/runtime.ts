/**
 * ONNX Runtime, in the one place where it comes in. Since 1.29 its builds for Linux and macOS send usage data to their
 * maker, and keep a device id in the home folder, unless this variable is set before the first session opens
 * (microsoft/onnxruntime, docs/Privacy.md). Nothing leaves this computer, so it is set.
 */
// biome-ignore lint/style/noRestrictedImports: this is the one place.
import { InferenceSession, Tensor } from 'onnxruntime-node';

// biome-ignore lint/style/noProcessEnv: the runtime reads it from nowhere else.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

export { InferenceSession, Tensor };
