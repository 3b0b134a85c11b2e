/** What the processes of a run have in common. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createReeve, type Invoker, Invoker as InvokerToken, type Reeve, ReeveError } from '@reeve/core';
import { ContainerModule } from 'inversify';
import { instant, type LineWriter } from '../history/line.ts';
import { moduleOf } from '../stores.ts';
import { labourersOf } from '../work.ts';
import type { ProcessConfig } from './config.ts';

/** Between two tries to reach a store that is not there. */
const PAUSE = 100;
/** How often a process looks whether it has had its turns, and what is more than an ordinary pause. */
const TURN = 25;
const LAG = 100;

export const configOf = <Config extends ProcessConfig>(): Config => JSON.parse(process.argv[2] ?? '') as Config;

export const open = ({ store, lease }: ProcessConfig, invoker: Invoker): Reeve =>
  createReeve({
    labourers: labourersOf(lease),
    use: [moduleOf(store), new ContainerModule(({ bind }) => void bind(InvokerToken).toConstantValue(invoker))],
  });

export const codeOf = (error: unknown): string => (error instanceof ReeveError ? error.code : String(error));

/** Tries until it succeeds: a process may come up while its store is down. What is no matter of the store's presence is thrown. */
export const insist = async <T>(log: LineWriter, what: () => Promise<T>, signal?: AbortSignal): Promise<T | undefined> => {
  while (!signal?.aborted) {
    try {
      return await what();
    } catch (error) {
      if (!(error instanceof ReeveError) || error.kind !== 'unavailable') throw error;
      log.write({ kind: 'fault', at: instant(), code: error.code });
      await sleep(PAUSE);
    }
  }
  return undefined;
};

/** Writes down when the process had no turn: it was stopped, or the machine was busy with others. */
export const watchTurns = (log: LineWriter): void => {
  let last = instant();
  setInterval(() => {
    const at = instant();
    if (at - last > LAG) log.write({ kind: 'lag', at, since: last });
    last = at;
  }, TURN).unref();
};

/** Aborts when the parent says so, and ends the process when there is no parent any more. */
export const untilTold = (): AbortSignal => {
  const told = new AbortController();
  process.once('SIGTERM', () => told.abort());
  process.stdin.once('end', () => process.exit(1)).resume();
  return told.signal;
};
