import { setImmediate as turn } from 'node:timers/promises';
import type { BatchGetItemCommandInput, BatchGetItemCommandOutput, DynamoDBClient, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { Row } from '../../src/client/requests.ts';
import type { Mirror } from './mirror.ts';
import type { Wire } from './wire.ts';
import { type Input, plainOf, textOf, textOfAnswer } from './words.ts';
import type { Fate, Weather, World } from './world.ts';

/** A process of the story: what it sends waits until the story lets it go. */
export interface Process {
  readonly name: string;
  /** How far its clock is ahead of the story's. */
  readonly skew: number;
  isDead: boolean;
}

export interface Sent {
  /** "UpdateItem". */
  readonly name: string;
  readonly input: Input;
}

export type Answer = { readonly kind: 'answer'; readonly value: unknown } | { readonly kind: 'error'; readonly error: unknown };

interface Waiting {
  readonly process: Process;
  readonly sent: Sent;
  /** Absent: nobody waits for it any more. */
  readonly done?: (answer: Answer) => void;
}

/** Sees every change of an item, right after it. */
export type OnWrite = (process: Process, table: string | undefined, id: string) => void;

/** Changes a request on its way: for planted bugs. `undefined`: it is dropped, and answered as done. */
export type Meddle = (sent: Sent) => Sent | undefined;

interface Change {
  readonly table: string | undefined;
  readonly id: string;
  readonly after: Row | undefined;
}

export interface TrafficParts {
  readonly wire: Wire;
  readonly world: World;
  readonly weather: Weather;
  readonly mirror: Mirror;
  readonly onWrite: OnWrite;
  readonly onCrash: (process: Process) => void;
  readonly meddle?: Meddle | undefined;
}

const noAnswer = (): Error => Object.assign(new Error('the answer was lost'), { name: 'TimeoutError' });

export class Traffic {
  readonly #parts: TrafficParts;
  #waiting: Waiting[] = [];
  /** Faults happen, and indexes are late. */
  isStormy = true;
  readonly counts: Record<Fate | 'requests', number> = { requests: 0, crash: 0, lost: 0, again: 0, echo: 0 };

  constructor(parts: TrafficParts) {
    this.#parts = parts;
  }

  /** The client that a process of the story uses. */
  clientOf(process: Process): DynamoDBClient {
    const send = (command: { readonly input: Input }): Promise<unknown> =>
      new Promise((resolve, reject) => {
        if (process.isDead) return; // never answered: the process is gone
        const done = (answer: Answer): void => (answer.kind === 'answer' ? resolve(answer.value) : reject(answer.error as Error));
        this.#waiting.push({ process, sent: { name: command.constructor.name.replace('Command', ''), input: command.input }, done });
      });
    return { send, config: { serviceId: 'DynamoDB' } } as unknown as DynamoDBClient;
  }

  isWaitedFor(process: Process): boolean {
    return this.#waiting.some((each) => each.process === process);
  }

  /** Lets one request go, whichever. @returns false if there is none */
  async step(): Promise<boolean> {
    const { world } = this.#parts;
    // Whatever a process does between two requests needs promises only, so it is done after a turn of the event loop.
    await turn();
    const [request] = this.#waiting.splice(world.int(this.#waiting.length), 1);
    if (!request) return false;
    this.counts.requests += 1;
    const fate = request.process.isDead || !request.done || !this.isStormy ? undefined : this.#fate();
    if (fate) this.counts[fate] += 1;
    await this.#meet(request, fate);
    world.passTime();
    return true;
  }

  /** A request of somebody who is no part of the storm. */
  alone(process: Process, sent: Sent): Promise<Answer> {
    return this.#execute({ process, sent });
  }

  async #meet(request: Waiting, fate: Fate | undefined): Promise<void> {
    const { world, onCrash } = this.#parts;
    const { process, sent, done } = request;
    const happens = fate === undefined || fate === 'again' || fate === 'echo' || world.happens(0.5);
    const answer = happens ? await this.#execute(request, fate) : undefined;
    if (!happens) world.note(`${process.name} ${fate} before ${sent.name}`);
    switch (fate) {
      case 'crash':
        process.isDead = true;
        // Some of what it had under way is on the wire already.
        this.#waiting = this.#waiting.filter((each) => each.process !== process || world.happens(0.5));
        onCrash(process);
        return;
      case 'lost':
        done?.({ kind: 'error', error: noAnswer() });
        return;
      case 'again':
        this.#waiting.push(request);
        return;
      case 'echo':
        this.#waiting.push({ process, sent });
        break;
      case undefined:
    }
    if (answer && !process.isDead) done?.(answer);
  }

  #fate(): Fate | undefined {
    const { crash, lost, again, echo } = this.#parts.weather.fates;
    let left = this.#parts.world.chance.random();
    for (const [fate, probability] of Object.entries({ crash, lost, again, echo })) {
      if (left < probability) return fate as Fate;
      left -= probability;
    }
    return undefined;
  }

  async #execute({ process, sent }: Waiting, fate?: Fate): Promise<Answer> {
    const { world, mirror, onWrite, meddle } = this.#parts;
    const meddled = meddle ? meddle(sent) : sent;
    const answer: Answer = meddled ? await this.#ask(meddled) : { kind: 'answer', value: {} };
    world.note(() => `${process.name}${fate ? ` ${fate}` : ''} ${sent.name} ${textOf(sent.input)} => ${textOfAnswer(answer)}`);
    if (!meddled || answer.kind === 'error') return answer;
    for (const { table, id, after } of await this.#changesOf(meddled, answer.value)) {
      mirror.note(table, id, after, world.now);
      onWrite(process, table, id);
    }
    return answer;
  }

  async #ask({ name, input }: Sent): Promise<Answer> {
    const { world, weather, mirror, wire } = this.#parts;
    try {
      if (name === 'Query' && this.#isLate(input as QueryCommandInput)) {
        const { now } = world;
        return { kind: 'answer', value: mirror.index(input as QueryCommandInput, () => now - world.int(weather.lag + 1)) };
      }
      if (name === 'BatchGetItem') return { kind: 'answer', value: plainOf(await this.#someOf(input as BatchGetItemCommandInput), true) };
      return { kind: 'answer', value: plainOf(await wire.ask(name, input), false) };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException && error.Item) Object.assign(error, { Item: plainOf(error.Item, false) });
      return { kind: 'error', error };
    }
  }

  #isLate({ TableName }: QueryCommandInput): boolean {
    return this.isStormy && this.#parts.mirror.isTasks(TableName) && !this.#parts.world.happens(0.25);
  }

  async #someOf(input: BatchGetItemCommandInput): Promise<BatchGetItemCommandOutput> {
    const { world, weather, wire } = this.#parts;
    const [[table, asked] = ['', { Keys: [] }]] = Object.entries(input.RequestItems ?? {});
    const left = (asked.Keys ?? []).filter(() => this.isStormy && world.happens(weather.leavesOut));
    const Keys = (asked.Keys ?? []).filter((key) => !left.includes(key));
    const none = { $metadata: {}, Responses: { [table]: [] } };
    const answer = Keys.length === 0 ? none : await wire.ask('BatchGetItem', { RequestItems: { [table]: { ...asked, Keys } } });
    return { ...(answer as BatchGetItemCommandOutput), ...(left.length > 0 && { UnprocessedKeys: { [table]: { ...asked, Keys: left } } }) };
  }

  /** What a write has made of its items. */
  async #changesOf({ name, input }: Sent, value: unknown): Promise<readonly Change[]> {
    const { TableName: table, Item, Key = Item, TransactItems = [] } = input;
    const id = Key?.['task_id']?.S ?? '';
    switch (name) {
      case 'PutItem':
        return [{ table, id, after: Item }];
      case 'UpdateItem':
        return [{ table, id, after: (value as { readonly Attributes?: Row }).Attributes }];
      case 'DeleteItem':
        return [{ table, id, after: undefined }];
      case 'TransactWriteItems':
        return Promise.all(
          TransactItems.map(({ Update, Put }) => {
            const { TableName = '', Key = { task_id: Put?.Item?.['task_id'] ?? { S: '' } } } = Update ?? Put ?? {};
            return this.#readBack(TableName, Key);
          }),
        );
      default:
        return [];
    }
  }

  async #readBack(table: string, Key: Row): Promise<Change> {
    const { Item } = (await this.#parts.wire.ask('GetItem', { TableName: table, Key, ConsistentRead: true })) as { readonly Item?: Row };
    return { table, id: Key['task_id']?.S ?? '', after: plainOf(Item, false) };
  }
}
