/** Planted bugs: each spoils or swallows requests of one kind. */
import { type Command, type Input, type Meddle, nameOf } from './traffic.ts';

const names = ({ ExpressionAttributeNames = {} }: Input): readonly string[] => Object.values(ExpressionAttributeNames);
const values = ({ ExpressionAttributeValues = {} }: Input): readonly string[] =>
  Object.values(ExpressionAttributeValues).map((each) => each.S ?? each.N ?? '');
const isTo = ({ Key, Item }: Input, partition: string): boolean => (Key ?? Item)?.['pk']?.S?.startsWith(partition) === true;

/** The same request on another condition. Names and values that are not used are not allowed. */
const without = (command: Command, condition: RegExp): Command => {
  const { ConditionExpression = '', ExpressionAttributeValues = {}, ExpressionAttributeNames = {}, ...rest } = command.input;
  const left = ConditionExpression.split(' AND ').filter((term) => !condition.test(filled(term, ExpressionAttributeNames)));
  const text = `${rest.UpdateExpression} ${left.join(' AND ')}`;
  const used = <T>(all: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(all).filter(([name]) => new RegExp(`${name}\\b`).test(text)));
  const spoilt = Object.assign(Object.create(Object.getPrototypeOf(command) as object) as Command, command);
  spoilt.input = {
    ...rest,
    ExpressionAttributeNames: used(ExpressionAttributeNames),
    ExpressionAttributeValues: used(ExpressionAttributeValues),
    ...(left.length > 0 && { ConditionExpression: left.join(' AND ') }),
  };
  if (left.length === 0) delete spoilt.input.ReturnValuesOnConditionCheckFailure;
  return spoilt;
};

const withoutTags = (command: Command): Command => {
  const { ExpressionAttributeValues = {}, ...rest } = command.input;
  const spoilt = Object.assign(Object.create(Object.getPrototypeOf(command) as object) as Command, command);
  const plain = Object.entries(ExpressionAttributeValues).map(([name, value]) => [
    name,
    value.S ? { S: value.S.replace(/#.{12}/, '') } : value,
  ]);
  spoilt.input = { ...rest, ExpressionAttributeValues: Object.fromEntries(plain) as typeof ExpressionAttributeValues };
  return Object.keys(ExpressionAttributeValues).length > 0 ? spoilt : command;
};

const filled = (term: string, all: Readonly<Record<string, string>>): string =>
  Object.entries(all).reduceRight((text, [name, attribute]) => text.replaceAll(name, attribute), term);

export const isMark = ({ input }: Command): boolean =>
  isTo(input, 't#') && values(input).includes('running') && names(input).includes('tok') && names(input).includes('g');
const isVerdict = ({ input }: Command): boolean =>
  isTo(input, 't#') && names(input).includes('v') && !names(input).includes('g') && names(input).includes('w');

const isLeave = (input: Input): boolean => !names(input).includes('reeve_by') && /REMOVE/.test(input.UpdateExpression ?? '');
export const isFence = ({ input }: Command): boolean =>
  isTo(input, 't#') && /^SET #0 = :0$/.test(input.UpdateExpression ?? '') && input.ExpressionAttributeNames?.['#0'] === 'n';

/** Those that the stories come upon by chance. */
export const planted: Readonly<Record<string, Meddle>> = {
  'places are taken without comparing the version': (command) =>
    isTo(command.input, 's#') && names(command.input).includes('reeve_by') ? without(command, /reeve_v/) : command,
  'tasks are taken whatever their number of claims': (command) => (isMark(command) ? without(command, /^n /) : command),
  'verdicts do not ask for the token': (command) => (isVerdict(command) ? without(command, /^tok /) : command),
  'retries get no pointer': (command) => (isTo(command.input, 'p#') && nameOf(command) === 'PutItem' ? undefined : command),
  'places are not given back': (command) => (isTo(command.input, 's#') && isLeave(command.input) ? undefined : command),
  'a claim that was outdated still succeeds': (command) => (isFence(command) ? undefined : command),
  'ends are not written down': (command) => (isTo(command.input, 'h#') ? undefined : command),
  'ends are not put into the outbox': (command) => (isTo(command.input, 'o#') && nameOf(command) === 'PutItem' ? undefined : command),
  'verdicts do not ask whether the task is to be cancelled': (command) => (isVerdict(command) ? without(command, /can\)$/) : command),
  'places do not say whose key they are': (command) => (isTo(command.input, 's#') ? withoutTags(command) : command),
  'tasks with a key are not listed by it': (command) => (isTo(command.input, 'k#') && nameOf(command) === 'PutItem' ? undefined : command),
};

/** Those that it takes a run of five accidents to see: late-claim.ts brings them about. */
export const plantedLate = {
  'tasks are taken whatever their state': (command) => (isMark(command) ? without(command, /^st /) : command),
  'a pointer is good before its time': (command) => (isMark(command) ? without(command, /^due /) : command),
} as const satisfies Readonly<Record<string, Meddle>>;
