/** sosw's `field_names`, `row_mapper` and `required_fields`: what its attributes are called, of which type, and which it insists on. */
import type { Problem } from '@reeve/core';
import { DEFAULT_FIELDS, type FieldNames, LOGICAL_FIELDS, type LogicalField } from './greenfield-tables.ts';
import { type Settings, settings, shown } from './sosw-shape.ts';

/** The type of each attribute in sosw's tables. It lets a user rename them, not retype them. */
const TYPES: Readonly<Record<LogicalField, 'S' | 'N'>> = {
  task_id: 'S',
  labourer_id: 'S',
  created_at: 'N',
  greenfield: 'N',
  attempts: 'N',
  payload: 'S',
  completed_at: 'N',
  closed_at: 'N',
  desired_launch_time: 'N',
  labourer_id_task_status: 'S',
};
const DYNAMODB_TYPES: readonly unknown[] = ['S', 'N', 'B', 'BOOL', 'NULL', 'M', 'L', 'SS', 'NS', 'BS'];
/** What a row has from the moment it is made. */
const NEW_TASK: readonly LogicalField[] = ['task_id', 'labourer_id', 'created_at', 'greenfield', 'attempts', 'payload'];
/** Names that we give to attributes of our own, and that sosw gives to what a worker reports. */
const TAKEN = /^(reeve_|stat_|result_|@)/;
/** DynamoDB's limit for the name of a key, in bytes. */
const LONGEST_NAME = 255;

export const readFields = (table: Settings, path: string, problems: Problem[]): FieldNames => {
  const names = fieldNames(settings(table['field_names'], `${path}field_names`, problems), `${path}field_names`, problems);
  checkTypes(settings(table['row_mapper'], `${path}row_mapper`, problems), `${path}row_mapper`, names, problems);
  checkRequired(table['required_fields'], `${path}required_fields`, names, problems);
  return names;
};

const fieldNames = (given: Settings, path: string, problems: Problem[]): FieldNames => {
  const names: Record<LogicalField, string> = { ...DEFAULT_FIELDS };
  for (const field of LOGICAL_FIELDS) {
    const name = given[field];
    if (name === undefined) continue;
    const wrong = wrongName(name);
    if (wrong === undefined) names[field] = name as string;
    else problems.push({ path: `${path}.${field}`, problem: `${shown(name)} ${wrong}` });
  }
  const users = new Map<string, LogicalField>();
  for (const field of LOGICAL_FIELDS) {
    const other = users.get(names[field]);
    if (other !== undefined)
      problems.push({
        path: `${path}.${field}`,
        problem: `${shown(names[field])} is the name of ${other} too; give each an attribute of its own`,
      });
    users.set(names[field], field);
  }
  return names;
};

const wrongName = (name: unknown): string | undefined => {
  if (typeof name !== 'string' || name === '') return "is no attribute's name; give the one in your table";
  if (Buffer.byteLength(name) > LONGEST_NAME)
    return `is longer than the ${LONGEST_NAME} bytes that DynamoDB allows; give the name in your table`;
  return TAKEN.test(name) ? 'begins like the attributes for results (stat_, result_) or of Reeve (reeve_, @); rename it' : undefined;
};

/** A mapper may say more than we need, or less; where it speaks of an attribute that we use, it must agree. */
const checkTypes = (mapper: Settings, path: string, names: FieldNames, problems: Problem[]): void => {
  for (const [name, type] of Object.entries(mapper)) {
    const field = LOGICAL_FIELDS.find((each) => names[each] === name) ?? LOGICAL_FIELDS.find((each) => each === name);
    if (!DYNAMODB_TYPES.includes(type)) {
      problems.push({
        path: `${path}.${name}`,
        problem: `${shown(type)} is no type of DynamoDB; give ${field ? TYPES[field] : 'S, N, BOOL, M, L or the like'}`,
      });
    } else if (field && type !== TYPES[field]) {
      problems.push({
        path: `${path}.${name}`,
        problem: `${shown(type)}, but sosw keeps ${field} as ${TYPES[field]}; give ${TYPES[field]}, and a table that has it so`,
      });
    }
  }
};

const checkRequired = (required: unknown, path: string, names: FieldNames, problems: Problem[]): void => {
  if (required === undefined) return;
  if (!Array.isArray(required)) {
    problems.push({ path, problem: `${shown(required)} is not a list; give the names of attributes` });
    return;
  }
  const had = NEW_TASK.flatMap((each) => [each, names[each]]);
  for (const [at, name] of required.entries()) {
    if (!had.includes(name))
      problems.push({
        path: `${path}[${at}]`,
        problem: `${shown(name)} is not among what a new task has (${had
          .slice(0, 12)
          .filter((each, i, all) => all.indexOf(each) === i)
          .join(', ')}); leave it out`,
      });
  }
};
