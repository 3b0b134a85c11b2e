import { parseArgs } from 'node:util';
import type { StoreChoice } from './cloud/database.ts';

export interface Options {
  readonly store?: StoreChoice;
  readonly orders: number;
  readonly help: boolean;
}

export const HELP = `A shop on Lambda functions, with all that it needs of AWS on this machine. It ends by itself, after about twenty seconds.

  --store dynamodb|sqlite   where tasks are kept. Default: DynamoDB where one can be started, else SQLite
  --orders N                orders of an ordinary hour, 16 to 400. Default 80
  --help                    this text

It ends with 0 when shop, payments provider and mail server agree on every order, with 1 when not, with 2 when it could not begin.
`;

/** Arguments that cannot be meant. */
export class Refusal extends Error {
  override readonly name: string = 'Refusal';
}

/** @throws Refusal that names the argument and says what would be right */
export const readOptions = (args: readonly string[]): Options => {
  const { values } = parsed(args);
  const orders = Number(values.orders);
  if (!Number.isInteger(orders) || orders < 16 || orders > 400) throw new Refusal(`--orders: ${values.orders} is none; give 16 to 400`);
  return { orders, help: values.help, ...storeOf(values.store) };
};

const storeOf = (text: string | undefined): Pick<Options, 'store'> => {
  if (text === undefined) return {};
  if (text !== 'dynamodb' && text !== 'sqlite') throw new Refusal(`--store: there is no ${text}; give dynamodb or sqlite`);
  return { store: text };
};

const parsed = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        store: { type: 'string' },
        orders: { type: 'string', default: '80' },
        help: { type: 'boolean', default: false, short: 'h' },
      },
    });
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : String(error)} --help lists the options.`);
  }
};
