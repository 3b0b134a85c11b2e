import type { Json } from '../domain/json.ts';

/** A text that two values share if they are equal, whatever the order of their members. */
export const canonicalJson = (value: Json): string =>
  JSON.stringify(value, (_, member: Json) =>
    isRecord(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))) : member,
  );

const isRecord = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
