import type { Labourer, Problem } from '@reeve/core';
import { MESSAGE_FORMS, type MessageForm, messageFormOf } from '../message/message.ts';
import { INVOCATIONS, type Invocation, invocationOf } from './invocation.ts';

/** How a labourer's attempts are sent, or what is wrong with its options. */
export type Way = { readonly form: MessageForm; readonly invocation: Invocation } | { readonly problems: readonly [Problem, ...Problem[]] };

export const wayOf = (labourer: Labourer): Way => {
  const { id, options } = labourer;
  const form = messageFormOf(labourer);
  const invocation = invocationOf(labourer);
  const problems: Problem[] = [];
  const say = (name: string, problem: string): void => void problems.push({ path: `labourers.${id}.options.${name}`, problem });
  if (!form) say('message', `${shown(options['message'])} is no form of message; give ${choice(MESSAGE_FORMS)}`);
  if (!invocation) say('invocation', `${shown(options['invocation'])} is no way to invoke a function; give ${choice(INVOCATIONS)}`);
  // Nobody could say which attempt it was: neither the function nor the record of a destination.
  if (form === 'payload' && invocation === 'async')
    say('message', "'payload' has no place for the attempt; give 'beside', or set invocation to 'sync', where the answer is the report");
  const [first, ...others] = problems;
  if (first) return { problems: [first, ...others] };
  return { form: form ?? 'envelope', invocation: invocation ?? 'async' };
};

const choice = (values: readonly string[]): string =>
  values
    .map((value) => `'${value}'`)
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' or ');

const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? JSON.stringify(value) : `a value of type ${value === null ? 'null' : typeof value}`;
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
};
