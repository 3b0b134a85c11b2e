import type { JobRules } from '../../domain/job.ts';
import type { Problem } from '../../ports/invoker.ts';
import { Field, FieldReader } from '../field-reader.ts';
import { isTruthy, stringOf, type Tree } from './tree.ts';

/** The most levels of attributes. */
const MOST_ATTRIBUTES = 16;

/** The chunkable attributes that count for a job, the outermost first. */
export const attributesOf = (rules: JobRules, wanted: Tree | undefined, problems: Problem[]): readonly string[] => {
  const variants = new FieldReader('job_schema_variants', rules.job_schema_variants ?? {}, problems);
  const name = isTruthy(wanted) ? stringOf(wanted) : 'default';
  if (name !== undefined && variants.field(name).isGiven) return schemaOf(variants.field(name), problems);
  // Not named, and no variant is the default one: the schema outside the variants is.
  if (name === 'default') return schemaOf(new Field('job_schema', rules.job_schema, problems), problems);
  const known = variants.names().join(', ') || 'none';
  problems.push({ path: 'job.job_schema_name', problem: `names no schema of job_schema_variants; known are ${known}` });
  return [];
};

const schemaOf = (schema: Field, problems: Problem[]): readonly string[] => {
  const attributes = schema.member('chunkable_attrs');
  if (!attributes.isGiven) attributes.refuse('is missing; give a list of names in the singular, or an empty one');
  const names = attributes.items(MOST_ATTRIBUTES).map((each) => nameOf(each));
  const again = names.findIndex((name, n) => name !== '' && names.indexOf(name) < n);
  if (again >= 0)
    problems.push({ path: `${attributes.path}[${again}]`, problem: 'comes twice, which makes a circle of levels; name it once' });
  return names;
};

const nameOf = (field: Field): string => {
  const name: unknown = Array.isArray(field.value) ? field.value[0] : field.value;
  if (typeof name !== 'string' || !/^\w{1,64}$/.test(name)) {
    field.refuse('is no name of an attribute; give 1 to 64 letters, digits or _');
    return '';
  }
  if (name.endsWith('s')) field.refuse(`is "${name}", which ends in s; give the singular, and jobs may say both`);
  return name;
};
