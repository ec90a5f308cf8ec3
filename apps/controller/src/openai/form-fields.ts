/** Values by field name; `name[]` counts as `name`. */
export type FormFields = ReadonlyMap<string, readonly string[]>;

/** The last value given; an empty one counts as not given. */
export const value = (fields: FormFields, name: string): string | undefined => fields.get(name)?.at(-1)?.trim() || undefined;
export const values = (fields: FormFields, name: string): string[] => (fields.get(name) ?? []).map((item) => item.trim()).filter(Boolean);
