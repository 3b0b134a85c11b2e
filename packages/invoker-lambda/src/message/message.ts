import type { Labourer, Lease } from '@reeve/core';
import { beside } from './beside.ts';
import { envelope } from './envelope.ts';
import { soswMessage } from './sosw.ts';

/** How an event is laid out. */
export type MessageForm = 'envelope' | 'sosw' | 'beside' | 'payload';

const TEXTS: Readonly<Record<MessageForm, (lease: Lease) => string>> = {
  envelope,
  sosw: soswMessage,
  beside,
  payload: ({ payload }) => payload,
};

export const MESSAGE_FORMS: readonly MessageForm[] = Object.keys(TEXTS) as MessageForm[];

/** What the labourer's option `message` asks for; `undefined` if it names no form. */
export const messageFormOf = ({ options }: Labourer): MessageForm | undefined => {
  const { message = 'envelope' } = options as { readonly message?: unknown };
  return MESSAGE_FORMS.find((form) => form === message);
};

/** The text of the event that the function is to see. */
export const messageText = (form: MessageForm, lease: Lease): string => TEXTS[form](lease);
