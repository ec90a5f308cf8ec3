/** Models that can be installed: what is known of them, what lies on disk, what is under way. GET /api/admin/models and the command line. */
import { type Static, Type } from '@sinclair/typebox';
import { TaskError } from './errors.ts';
import { Sha256, Timestamp } from './ids.ts';

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

/** The name of a model: of its folder in MODELS_DIR, in requests and in transcripts. A hub's owner/name becomes owner--name. */
export const ModelName = Type.String({
  pattern: '^(?!.*\\.\\.)[A-Za-z0-9][A-Za-z0-9._-]{0,198}$',
  description: 'Folder of the model in MODELS_DIR; owner--name for owner/name of the hub.',
});

/** An entry of the registry: what can be installed by its short name. */
export const KnownModel = Type.Object(
  {
    name: ModelName,
    aliases: Type.Array(ModelName),
    repository: Type.String({ description: 'owner/name on the hub.' }),
    revision: orNull(Type.String({ description: 'Commit that is installed; null = the newest, pinned when it is installed.' })),
    files: Type.Array(
      Type.Object({ name: Type.String(), sha256: orNull(Sha256), size: orNull(Type.Integer({ minimum: 1, description: 'Bytes.' })) }),
      { description: 'Hash and size are null where no source was found that states them: then the hub states them at the installation.' },
    ),
    languages: Type.Array(Type.String(), { description: 'Codes of the languages it was trained on.' }),
    license: Type.String(),
    parameters: Type.Integer({ minimum: 1 }),
    decoderLayers: Type.Integer({ minimum: 1 }),
    width: Type.Integer({ minimum: 1, description: 'Numbers per position (d_model).' }),
    memoryBytes: Type.Integer({ description: 'Main memory that the engine is expected to need on the CPU; an estimate from the parameters.' }),
    source: Type.String({ description: 'Who states parameters, languages and licence.' }),
  },
  { $id: 'KnownModel' },
);
export type KnownModel = Static<typeof KnownModel>;

/** A checkpoint in MODELS_DIR. */
export const InstalledCheckpoint = Type.Object(
  {
    name: ModelName,
    origin: Type.Union([Type.Literal('hub'), Type.Literal('folder')], { description: 'hub: downloaded and verified; folder: put there by hand.' }),
    repository: orNull(Type.String()),
    commit: orNull(Type.String({ description: 'Revision of the repository that is pinned.' })),
    installedAt: orNull(Timestamp),
    bytes: Type.Integer({ minimum: 0, description: 'Size on disk.' }),
    languages: Type.Array(Type.String(), { description: 'Empty where the checkpoint does not say.' }),
    license: orNull(Type.String()),
    parameters: orNull(Type.Integer()),
    memoryBytes: orNull(Type.Integer({ description: 'Main memory that the engine is expected to need on the CPU.' })),
    problem: orNull(Type.String({ description: 'Why it cannot be used; null = as far as its files tell, it can.' })),
  },
  { $id: 'InstalledCheckpoint' },
);
export type InstalledCheckpoint = Static<typeof InstalledCheckpoint>;

/** An installation that has not ended well, or not yet. */
export const ModelInstall = Type.Object(
  {
    name: ModelName,
    state: Type.Union([Type.Literal('running'), Type.Literal('failed'), Type.Literal('unfinished')], {
      description: 'unfinished: it was stopped in the middle, or another process has it under way; a new one goes on with what is there.',
    }),
    doneBytes: Type.Integer({ minimum: 0 }),
    totalBytes: orNull(Type.Integer({ description: 'Null until the hub has told the sizes.' })),
    startedAt: Timestamp,
    error: orNull(TaskError),
  },
  { $id: 'ModelInstall' },
);
export type ModelInstall = Static<typeof ModelInstall>;

/** What fits the machine, and what that is based on. */
export const ModelProposal = Type.Object(
  {
    name: orNull(Type.String({ description: 'Null where none of the known ones fits.' })),
    englishName: orNull(Type.String({ description: 'Where all recordings are English.' })),
    memoryBytes: Type.Integer({ description: 'Main memory of this machine (or its limit, in a container).' }),
    cores: Type.Integer(),
    basis: Type.String({ description: 'How it was chosen, for people.' }),
  },
  { $id: 'ModelProposal' },
);
export type ModelProposal = Static<typeof ModelProposal>;

export const ModelsOverview = Type.Object(
  {
    installed: Type.Array(InstalledCheckpoint),
    known: Type.Array(KnownModel),
    installs: Type.Array(ModelInstall),
    proposal: ModelProposal,
  },
  { $id: 'ModelsOverview' },
);
export type ModelsOverview = Static<typeof ModelsOverview>;

/** GET /api/admin/models/:name */
export const ModelState = Type.Object(
  { name: ModelName, known: orNull(KnownModel), installed: orNull(InstalledCheckpoint), install: orNull(ModelInstall) },
  { $id: 'ModelState' },
);
export type ModelState = Static<typeof ModelState>;

/** POST /api/admin/models */
export const ModelInstallRequest = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200, description: 'A known name, or owner/name of the hub.' }),
    revision: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Branch, tag or commit; without it the newest (main).' })),
  },
  { $id: 'ModelInstallRequest', additionalProperties: false },
);
export type ModelInstallRequest = Static<typeof ModelInstallRequest>;
