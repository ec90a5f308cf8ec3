/** Graphs that the engine builds of a model lie in a folder each, here in MODELS_DIR unless another place is named. */
export const GRAPHS_FOLDER = '.graphs';

/** A file in such a folder, JSON: of which model the graphs were built. They go when it is removed. */
export const GRAPHS_ORIGIN = 'origin.json';

export interface GraphsOrigin {
  /** Absolute path of the model's folder. */
  readonly folder: string;
}
