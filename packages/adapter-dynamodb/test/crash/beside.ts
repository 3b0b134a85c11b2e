import type { Row } from '../../src/client/requests.ts';
import type { GreenfieldTables } from '../../src/config/greenfield-tables.ts';
import type { Mirror } from './mirror.ts';
import type { Plays } from './plays.ts';
import type { Process, Traffic } from './traffic.ts';
import type { Watch } from './watch.ts';
import type { Input } from './words.ts';
import type { Weather, World } from './world.ts';

const LEASE = 1_200;

/** A sosw that works on the same tables: each of its moves is one step of the story, as its own faults are not what is looked for here. */
export class Beside {
  readonly #traffic: Traffic;
  readonly #world: World;
  readonly #mirror: Mirror;
  readonly #plays: Plays;
  readonly #watch: Watch;
  readonly #tables: GreenfieldTables;
  readonly #process: Process = { name: 'sosw', skew: 0, isDead: false };
  /** 0.7.31 drops attributes that its row_mapper does not name when it moves a row; with another configuration it keeps them. */
  readonly #keepsOurs: boolean;
  readonly #moves: readonly (() => Promise<unknown>)[];

  constructor(
    parts: { traffic: Traffic; world: World; mirror: Mirror; plays: Plays; watch: Watch; tables: GreenfieldTables },
    weather: Weather,
  ) {
    this.#traffic = parts.traffic;
    this.#world = parts.world;
    this.#mirror = parts.mirror;
    this.#plays = parts.plays;
    this.#watch = parts.watch;
    this.#tables = parts.tables;
    this.#keepsOurs = parts.world.happens(0.5);
    const all = [this.#assist, this.#create, this.#invoke, this.#expire, this.#requeue, this.#archive];
    this.#moves = weather.sosw === 'none' ? [] : weather.sosw === 'assistant' ? [this.#assist] : all;
  }

  /** @returns whether there is a sosw at all */
  async move(): Promise<boolean> {
    if (this.#moves.length === 0) return false;
    await this.#world.pick(this.#moves)();
    return true;
  }

  get #now(): number {
    return this.#world.now / 1_000;
  }

  get #delta(): number {
    return this.#tables.invocationDelta;
  }

  /** Its assistant knows no token, and makes a row of an id that it does not find. */
  readonly #assist = async (): Promise<unknown> => {
    const attempted = [...this.#plays.known].filter(
      (id) => this.#mirror.retry.has(id) || Number(this.#mirror.tasks.get(id)?.['attempts']?.N ?? 0) > 0,
    );
    if (attempted.length === 0) return;
    return this.#update(this.#world.pick(attempted), 'SET completed_at = :now', { ':now': { N: String(this.#now) } });
  };

  readonly #create = async (): Promise<unknown> => {
    const labourer = this.#world.pick(this.#plays.labourers);
    let id = this.#plays.newId();
    while (this.#labourer(id) !== labourer) id = this.#plays.newId();
    const newest = Math.max(1_000, ...this.#rows(labourer, 0, this.#now).map(place));
    this.#plays.known.add(id);
    this.#watch.created(id);
    return this.#put(this.#tables.tasks, {
      task_id: { S: id },
      labourer_id: { S: labourer },
      created_at: { N: String(this.#now) },
      greenfield: { N: String(newest + 1_000) },
      attempts: { N: '0' },
      payload: { S: JSON.stringify({ of: id }) },
    });
  };

  readonly #invoke = async (): Promise<unknown> => {
    const [row] = this.#rows(this.#world.pick(this.#plays.labourers), 0, this.#now).filter((each) => !each['completed_at']);
    if (!row) return;
    return this.#update(row['task_id']?.S ?? '', 'SET greenfield = :to, attempts = :attempts', {
      ':to': { N: String(this.#now + this.#delta) },
      ':attempts': { N: String(Number(row['attempts']?.N ?? 0) + 1) },
    });
  };

  readonly #expire = async (): Promise<unknown> => {
    const [row] = this.#rows(this.#world.pick(this.#plays.labourers), this.#now, this.#now + this.#delta - LEASE).filter(
      (each) => !each['completed_at'],
    );
    if (!row) return;
    const kept = this.#keepsOurs ? row : Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('reeve_')));
    await this.#put(this.#tables.retry, {
      ...kept,
      desired_launch_time: { N: String(Math.round(this.#now) + 60 * Number(row['attempts']?.N ?? 1)) },
    });
    return this.#delete(this.#tables.tasks, { task_id: row['task_id']! });
  };

  readonly #requeue = async (): Promise<unknown> => {
    const due = [...this.#mirror.retry.values()].find((row) => Number(row['desired_launch_time']?.N) <= this.#now);
    if (!due) return;
    const { desired_launch_time: _, ...row } = due;
    const oldest = Math.min(1_000, ...this.#rows(row['labourer_id']?.S ?? '', 0, this.#now).map(place));
    await this.#put(this.#tables.tasks, { ...row, greenfield: { N: String(Math.max(0, oldest - 1)) } });
    return this.#delete(this.#tables.retry, { labourer_id: row['labourer_id']!, task_id: row['task_id']! });
  };

  readonly #archive = async (): Promise<unknown> => {
    const [row] = this.#rows(this.#world.pick(this.#plays.labourers), this.#now, 1e10).filter((each) => each['completed_at']);
    if (!row) return;
    await this.#put(this.#tables.closed, {
      ...row,
      closed_at: { N: String(this.#now) },
      labourer_id_task_status: { S: `${row['labourer_id']?.S}_1` },
    });
    return this.#delete(this.#tables.tasks, { task_id: row['task_id']! });
  };

  #labourer(id: string): string {
    return this.#plays.labourers[Number(/\d+$/.exec(id)?.[0]) % this.#plays.labourers.length] ?? '';
  }

  #rows(labourer: string, from: number, to: number): readonly Row[] {
    const all = [...this.#mirror.tasks.values()].filter(
      (row) => row['labourer_id']?.S === labourer && row['greenfield'] && place(row) >= from && place(row) < to,
    );
    return all.sort((a, b) => place(a) - place(b));
  }

  #update(id: string, change: string, values: Row): Promise<unknown> {
    const key = { TableName: this.#tables.tasks, Key: { task_id: { S: id } } };
    return this.#ask('UpdateItem', { ...key, UpdateExpression: change, ExpressionAttributeValues: values, ReturnValues: 'ALL_NEW' });
  }

  #put(TableName: string, Item: Row): Promise<unknown> {
    return this.#ask('PutItem', { TableName, Item });
  }

  #delete(TableName: string, Key: Row): Promise<unknown> {
    return this.#ask('DeleteItem', { TableName, Key });
  }

  #ask(name: string, input: Input & { readonly ReturnValues?: 'ALL_NEW' }): Promise<unknown> {
    return this.#traffic.alone(this.#process, { name, input });
  }
}

const place = (row: Row): number => Number(row['greenfield']?.N);
