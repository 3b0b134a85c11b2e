import { setImmediate as turn } from 'node:timers/promises';
import {
  type BatchGetItemCommand,
  type BatchGetItemCommandInput,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  type GetItemCommandInput,
  type PutItemCommandInput,
  type QueryCommandInput,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { EpochMs, Millis } from '@reeve/core';
import type { Row } from '../../../src/client/requests.ts';
import { type Items, keyText } from './items.ts';
import type { Fate, Weather, World } from './world.ts';

/** A process of the story: what it sends waits until the story lets it go. */
export interface Process {
  readonly name: string;
  /** How far its clock is ahead of the story's. */
  readonly skew: number;
  isDead: boolean;
}

/** What the requests of the store have in common. */
export type Input = Partial<
  GetItemCommandInput & PutItemCommandInput & UpdateItemCommandInput & QueryCommandInput & BatchGetItemCommandInput
>;
export type Command = { input: Input };
type Answer = { readonly kind: 'answer'; readonly value: unknown } | { readonly kind: 'error'; readonly error: unknown };

interface Waiting {
  readonly process: Process;
  readonly command: Command;
  readonly sentAt: EpochMs;
  /** Absent: nobody waits for it any more. */
  readonly done?: (answer: Answer) => void;
}

/** Changes a request on its way: for planted bugs. `undefined`: it is dropped, and answered as done. */
export type Meddle = (command: Command) => Command | undefined;

const PATIENCE: Millis = 30_000;

const noAnswer = (): Error => Object.assign(new Error('the answer was lost'), { name: 'TimeoutError' });

export class Traffic {
  readonly #client: DynamoDBClient;
  readonly #world: World;
  readonly #weather: Weather;
  readonly #items: Items;
  readonly #onWrite: (process: Process, key: string) => void;
  readonly #meddle: Meddle;
  #waiting: Waiting[] = [];
  /** Faults happen. */
  isStormy = true;
  readonly counts: Record<Fate | 'requests', number> = { requests: 0, crash: 0, lost: 0, again: 0, echo: 0 };
  onCrash: (process: Process) => void = () => {};

  constructor(
    client: DynamoDBClient,
    { world, weather, items }: { readonly world: World; readonly weather: Weather; readonly items: Items },
    onWrite: (process: Process, key: string) => void,
    meddle: Meddle = (command) => command,
  ) {
    this.#client = client;
    this.#world = world;
    this.#weather = weather;
    this.#items = items;
    this.#onWrite = onWrite;
    this.#meddle = meddle;
  }

  /** The client that a process of the story uses. */
  clientOf(process: Process): DynamoDBClient {
    const send = (command: Command): Promise<unknown> =>
      new Promise((resolve, reject) => {
        if (process.isDead) return; // never answered: the process is gone
        const done = (answer: Answer): void => (answer.kind === 'answer' ? resolve(answer.value) : reject(answer.error as Error));
        this.#waiting.push({ process, command, done, sentAt: this.#world.now });
      });
    return Object.create(this.#client, { send: { value: send } }) as DynamoDBClient;
  }

  isWaitedFor(process: Process): boolean {
    return this.#waiting.some((each) => each.process === process);
  }

  /** Lets one request go, whichever. @returns false if there is none */
  async step(): Promise<boolean> {
    // Whatever a process does between two requests needs promises only, so it is done after a turn of the event loop.
    await turn();
    await turn();
    const [request] = this.#waiting.splice(this.#world.int(this.#waiting.length), 1);
    if (!request) return false;
    this.counts.requests += 1;
    const fate = request.process.isDead || !request.done || !this.isStormy ? undefined : this.#fate();
    if (fate) this.counts[fate] += 1;
    await this.#meet(request, fate);
    this.#world.passTime(this.#isPatient() ? this.#weather.haste : 0);
    return true;
  }

  async #meet(request: Waiting, fate: Fate | undefined): Promise<void> {
    const { process, done } = request;
    const happens = fate === undefined || fate === 'again' || fate === 'echo' || this.#world.happens(0.5);
    const answer = happens ? await this.#execute(request, fate) : undefined;
    if (!happens) this.#world.note(`${process.name} ${fate} before ${nameOf(request.command)} ${textOf(request.command.input)}`);
    const { done: _, ...unwatched } = request;
    switch (fate) {
      case 'crash':
        process.isDead = true;
        // Some of what it had under way is on the wire already.
        this.#waiting = this.#waiting.filter((each) => each.process !== process || this.#world.happens(0.5));
        this.onCrash(process);
        return;
      case 'lost':
        done?.({ kind: 'error', error: noAnswer() });
        return;
      case 'again':
        this.#waiting.push(request);
        return;
      case 'echo':
        this.#waiting.push(unwatched);
        break;
      case undefined:
    }
    if (answer && !process.isDead) done?.(answer);
  }

  /** No request is on the wire for longer than a client waits: time does not leap as long as an old one is. */
  #isPatient(): boolean {
    return this.#waiting.every(({ sentAt }) => this.#world.now - sentAt < PATIENCE);
  }

  #fate(): Fate | undefined {
    const { crash, lost, again, echo } = this.#weather.fates;
    let left = this.#world.chance.random();
    for (const [fate, probability] of Object.entries({ crash, lost, again, echo })) {
      if (left < probability) return fate as Fate;
      left -= probability;
    }
    return undefined;
  }

  async #execute({ process, command }: Waiting, fate?: Fate): Promise<Answer> {
    const meddled = this.#meddle(command);
    const answer: Answer = meddled ? await this.#ask(meddled) : { kind: 'answer', value: {} };
    this.#world.note(`${process.name}${fate ? ` ${fate}` : ''} ${nameOf(command)} ${textOf(command.input)} => ${textOfAnswer(answer)}`);
    if (meddled && answer.kind === 'answer' && ['PutItem', 'UpdateItem', 'DeleteItem'].includes(nameOf(command))) {
      const { Item, Key = {} } = command.input;
      const after = Item ?? (nameOf(command) === 'DeleteItem' ? undefined : (answer.value as { readonly Attributes?: Row }).Attributes);
      const key = keyText(Item ?? Key);
      this.#items.note(key, after, this.#world.now);
      this.#onWrite(process, key);
    }
    return answer;
  }

  async #ask(command: Command): Promise<Answer> {
    try {
      return {
        kind: 'answer',
        value: this.#late(command.input) ?? inOrder(await this.#client.send(command as BatchGetItemCommand), nameOf(command)),
      };
    } catch (error) {
      const isLost = error instanceof ConditionalCheckFailedException && error.Item;
      return { kind: 'error', error: isLost ? Object.assign(error, { Item: inOrder(error.Item, '') }) : error };
    }
  }

  /** A reading that need not be consistent shows each item as it was lately. */
  #late({ Key, ConsistentRead, RequestItems, KeyConditionExpression, UpdateExpression, Item }: Input): unknown {
    if (!this.isStormy || KeyConditionExpression !== undefined || UpdateExpression !== undefined || Item !== undefined) return undefined;
    const seen = (key: Row): Row | undefined => this.#items.asOf(keyText(key), this.#world.now - this.#world.int(this.#weather.lag + 1));
    const [[table, asked] = ['', undefined]] = Object.entries(RequestItems ?? {});
    if (asked?.ConsistentRead === false)
      return { $metadata: {}, Responses: { [table]: (asked.Keys ?? []).map(seen).filter((row) => row !== undefined) } };
    return Key && ConsistentRead === false ? { $metadata: {}, Item: seen(Key) } : undefined;
  }
}

/** The server names attributes and items in any order; a story that is told again should go the same way. */
const inOrder = <T>(value: T, request: string): T => {
  if (Array.isArray(value)) {
    const list = value.map((each: unknown) => inOrder(each, request));
    return (request === 'BatchGetItem' ? list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : list) as T;
  }
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).map(([name, each]) => [name, inOrder(each as unknown, request)] as const);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1))) as T;
};

export const nameOf = (command: Command): string => command.constructor.name.replace('Command', '');

/** A request as a person reads it: its expressions with names and values in their places. */
export const textOf = (input: Input): string => {
  const { Key, Item, UpdateExpression, KeyConditionExpression, ConditionExpression, RequestItems, ...rest } = input;
  const names = Object.entries(rest.ExpressionAttributeNames ?? {});
  const values = Object.entries(rest.ExpressionAttributeValues ?? {});
  const filled = (text: string): string => {
    const named = names.reduceRight((sum, [from, to]) => sum.replaceAll(new RegExp(`${from}\\b`, 'g'), to), text);
    return values.reduceRight((sum, [from, to]) => sum.replaceAll(new RegExp(`${from}\\b`, 'g'), Object.values(to).join()), named);
  };
  const keys = RequestItems ? Object.values(RequestItems).flatMap(({ Keys = [] }) => Keys) : [Item ?? Key ?? {}];
  const texts = [UpdateExpression, KeyConditionExpression].filter((each) => each !== undefined).map(filled);
  return [JSON.stringify(keys.map(plain)), ...texts, ...(ConditionExpression === undefined ? [] : [`IF ${filled(ConditionExpression)}`])]
    .join(' ')
    .slice(0, 800);
};

const plain = (row: Row): unknown =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Object.values(value)[0] as unknown]));

const textOfAnswer = (answer: Answer): string => {
  if (answer.kind === 'error') {
    const { error } = answer;
    const row = error instanceof ConditionalCheckFailedException ? error.Item : undefined;
    return error instanceof Error ? `${error.name} ${row ? JSON.stringify(plain(row)).slice(0, 300) : ''}` : String(error);
  }
  const { Items, Item } = answer.value as { readonly Items?: readonly Row[]; readonly Item?: Row };
  return Items ? `[${Items.map((row) => row['sk']?.S).join(' ')}]` : Item ? JSON.stringify(plain(Item)).slice(0, 500) : 'done';
};
