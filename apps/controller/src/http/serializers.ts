/**
 * Builds the functions that write answers. Fastify's own builder compiles each answer of each route together with all shared
 * schemas: seconds of a start. Here an answer is compiled once, with the schemas that it refers to.
 */
import SerializerSelector from '@fastify/fast-json-stringify-compiler';

type SerializerFactory = ReturnType<typeof SerializerSelector>;
type Serializer = ReturnType<ReturnType<SerializerFactory>>;
type Schemas = Readonly<Record<string, unknown>>;

const factory = SerializerSelector();
/** By the text of the answer's schema and of those that it refers to. There are as many as the API has kinds of answers. */
const built = new Map<string, Serializer>();

/** For Fastify's `schemaController.compilersFactory.buildSerializer`. */
export const buildSerializer: SerializerFactory = (shared, options) => (route) => {
  const needed = referredBy(route.schema, (shared ?? {}) as Schemas);
  const key = JSON.stringify([route.schema, needed]);
  const serializer = built.get(key) ?? factory(needed, options)(route);
  built.set(key, serializer);
  return serializer;
};

/** Those of `shared` that `schema` refers to by `$ref`, directly or through another one. */
function referredBy(schema: unknown, shared: Schemas): Schemas {
  const needed = new Map<string, unknown>();
  const visit = (text: string): void => {
    for (const [, id] of text.matchAll(/"\$ref":"([^"#]+)/g)) {
      if (!id || needed.has(id) || !(id in shared)) continue;
      needed.set(id, shared[id]);
      visit(JSON.stringify(shared[id]));
    }
  };
  visit(JSON.stringify(schema));
  return Object.fromEntries(needed);
}
