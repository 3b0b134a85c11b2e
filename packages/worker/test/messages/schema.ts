interface Schema {
  readonly type?: string | readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema | true>>;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly oneOf?: readonly Schema[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
}

const KNOWN = ['$schema', 'type', 'required', 'properties', 'enum', 'const', 'oneOf', 'minLength', 'maxLength', 'pattern', 'minimum'];

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

/** As much of JSON Schema as the document uses; what it does not know, it refuses to judge. */
export const fits = (schema: Schema | true, value: unknown): boolean => {
  if (schema === true) return true;
  for (const word of Object.keys(schema)) if (!KNOWN.includes(word)) throw new Error(`${word} is not known here`);
  const { type, required = [], properties = {}, oneOf, minLength = 0, maxLength = Infinity, pattern = '', minimum = -Infinity } = schema;
  if (type !== undefined && ![type].flat().includes(typeOf(value))) return false;
  if ('const' in schema && value !== schema.const) return false;
  if (schema.enum && !schema.enum.includes(value)) return false;
  if (typeof value === 'string' && !(value.length >= minLength && value.length <= maxLength && new RegExp(pattern, 'u').test(value)))
    return false;
  if (typeof value === 'number' && value < minimum) return false;
  if (typeOf(value) === 'object') {
    const members = value as Readonly<Record<string, unknown>>;
    if (!required.every((name) => name in members)) return false;
    if (!Object.entries(properties).every(([name, each]) => !(name in members) || fits(each, members[name]))) return false;
  }
  return !oneOf || oneOf.filter((each) => fits(each, value)).length === 1;
};
