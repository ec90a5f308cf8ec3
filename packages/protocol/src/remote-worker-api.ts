/** The remote worker as its owner sets it up: GET and POST /api/admin/remote-worker, POST /api/admin/remote-worker/test. */
import { type Static, Type } from '@sinclair/typebox';
import { Timestamp } from './ids.ts';
import { WorkerState } from './worker-life.ts';

/** off: this computer alone. optional: the remote worker while it answers, else this computer. required: tasks wait for it. */
export const remoteModes = ['off', 'optional', 'required'] as const;
export const RemoteMode = Type.Union(/* @__PURE__ */ remoteModes.map((mode) => Type.Literal(mode)));
export type RemoteMode = (typeof remoteModes)[number];

/** Where a value in force comes from: the environment comes before what was saved, and that before the default. */
export const ConfigSource = Type.Union([Type.Literal('env'), Type.Literal('saved'), Type.Literal('default')]);
export type ConfigSource = Static<typeof ConfigSource>;

export const RemoteWorkerConfig = Type.Object(
  {
    url: Type.String({ description: 'Address in force; empty = none.' }),
    mode: RemoteMode,
    tokenSet: Type.Boolean({ description: 'Whether there is a token. The token itself is never told.' }),
    updatedAt: Type.Union([Timestamp, Type.Null()], { description: 'When it was last saved.' }),
    /** The address's source; the mode's where there is no address. */
    configSource: ConfigSource,
    sources: Type.Object({ url: ConfigSource, token: ConfigSource, mode: ConfigSource }),
    saved: Type.Optional(
      Type.Object(
        { url: Type.String(), mode: RemoteMode, tokenSet: Type.Boolean() },
        { description: 'What is saved, where the environment comes before it.' },
      ),
    ),
    warnings: Type.Array(Type.String(), { description: 'What its owner should know, for people.' }),
  },
  { $id: 'RemoteWorkerConfig' },
);
export type RemoteWorkerConfig = Static<typeof RemoteWorkerConfig>;

export const WorkerUrl = Type.String({ maxLength: 2000, description: 'https://…; http:// only to this machine, or with ALLOW_INSECURE_WORKER.' });
export const WorkerToken = Type.String({ maxLength: 4096, description: 'WORKER_TOKEN of the worker; blanks around it do not count.' });

/** What is left out stays as it is; an empty token or URL removes it. */
export const RemoteWorkerChange = Type.Object(
  { url: Type.Optional(WorkerUrl), token: Type.Optional(WorkerToken), mode: Type.Optional(RemoteMode) },
  { $id: 'RemoteWorkerChange', additionalProperties: false },
);
export type RemoteWorkerChange = Static<typeof RemoteWorkerChange>;

/** What is left out is taken from the configuration in force; its token only for its own address. */
export const RemoteWorkerTrial = Type.Object(
  { url: Type.Optional(WorkerUrl), token: Type.Optional(WorkerToken) },
  { $id: 'RemoteWorkerTrial', additionalProperties: false },
);
export type RemoteWorkerTrial = Static<typeof RemoteWorkerTrial>;

/** Every way in which a worker can not be used, with what to do about it. */
export const remoteProblems = {
  no_url: 'Enter the address of the worker. RunPod shows it under Connect, HTTP service, port 8477.',
  token_needed: 'Enter the token of this worker. A token goes only to the address that it was entered for.',
  token_malformed: 'Paste the token again: visible characters alone, without blanks or line breaks.',
  token_wrong: 'Enter the value of WORKER_TOKEN as it stands in the environment of the pod.',
  name_not_found: 'Check the address for typing errors. A pod that was terminated loses its name: paste the address of the new one.',
  connection_refused: 'Start the worker, and check the port in the address (8477 unless PORT says otherwise).',
  unreachable: "Check this computer's network, and that no firewall stands between it and the worker.",
  tls_failed: 'Use an address with a valid certificate. A worker without one, on this machine, is reached by http://.',
  address_refused: 'Use another address: link-local, metadata and unspecified addresses are never connected to.',
  insecure_refused: 'Use https://. Where the network between is your own, set ALLOW_INSECURE_WORKER=true.',
  redirected: 'Enter the address that it leads to, if you trust it: redirects are not followed.',
  not_a_worker:
    'Check the address: something else answers there. For a pod it is https://POD-8477.proxy.runpod.net, and port 8477 must be exposed as 8477/http.',
  pod_starting: 'Wait a minute and test again: the image is being loaded, or the worker is starting.',
  port_not_exposed: 'Expose the port as 8477/http (not 8477, not 8477/tcp) in the template and start a new pod; then use the address with -8477.',
  timed_out: 'Test again. If it stays so, look into the log of the pod: the worker hangs, or the network is very slow.',
  user_agent_refused: 'A proxy in between refuses this program (Cloudflare error 1010). Check for a proxy or firewall that changes the User-Agent.',
  body_too_large: 'A proxy in between takes no bodies of 8 MiB. Use the address that RunPod shows, without another proxy before it.',
  other_version: 'Run the same version of controller and worker: choose the image with the tag of this controller.',
  gpu_not_used: "Choose a pod whose driver fits the image, or see why in the pod's log: a GPU that is paid for and not used is no help.",
  engine_failed: "Read the pod's log for the reason; then start a new pod.",
  worker_error: "Read the pod's log for the reason.",
} as const;
export type RemoteProblemCode = keyof typeof remoteProblems;

export const RemoteProblem = Type.Object(
  {
    code: Type.Union(/* @__PURE__ */ (Object.keys(remoteProblems) as RemoteProblemCode[]).map((code) => Type.Literal(code))),
    message: Type.String({ description: 'What happened, for people.' }),
    hint: Type.String({ description: 'What to do next.' }),
  },
  { $id: 'RemoteProblem' },
);
export type RemoteProblem = Static<typeof RemoteProblem>;

export const remoteProblem = (code: RemoteProblemCode, message: string): RemoteProblem => ({ code, message, hint: remoteProblems[code] });

const latencyMs = Type.Number({ minimum: 0, description: 'From the question to the whole answer.' });

export const RemoteWorkerFound = Type.Object(
  {
    ok: Type.Literal(true),
    latencyMs,
    identity: Type.Object({ gitCommit: Type.String(), buildTime: Type.String() }),
    gpu: Type.Boolean({ description: 'A GPU really computes.' }),
    gpuName: Type.Union([Type.String(), Type.Null()]),
    diarization: Type.Boolean(),
    version: Type.String(),
    protocol: Type.String({ description: 'Version of the protocol between controller and worker.' }),
    provider: Type.String({ description: 'What really computes: cpu or cuda.' }),
    threads: Type.Integer({ minimum: 1 }),
    timesRealTime: Type.Union([Type.Number(), Type.Null()], {
      description: 'Seconds of recording per second, measured with its sample; null = a recording is at work there, or it takes longer.',
    }),
    models: Type.Array(Type.String()),
    slots: Type.Object({ total: Type.Integer(), free: Type.Integer() }),
    state: WorkerState,
    idleLeftMs: Type.Union([Type.Number(), Type.Null()], { description: 'Until it ends itself if nothing comes; null = not counting.' }),
    warnings: Type.Array(Type.String(), { description: 'What it found when it looked at itself, and its owner should know.' }),
  },
  { title: 'RemoteWorkerFound' },
);
export type RemoteWorkerFound = Static<typeof RemoteWorkerFound>;

export const RemoteWorkerTest = Type.Union([RemoteWorkerFound, Type.Object({ ok: Type.Literal(false), latencyMs, error: RemoteProblem })], {
  $id: 'RemoteWorkerTest',
});
export type RemoteWorkerTest = Static<typeof RemoteWorkerTest>;
