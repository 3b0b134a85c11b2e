/** A sosw and a Reeve on the same tables, at the same time, with workers that both of them start. */
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { dynamodbStore, labourersFromSosw } from '@reeve/adapter-dynamodb';
import { Chance, Clock, createReeve, Invoker, type LabourerDefinition, type Millis, type Reeve } from '@reeve/core';
import { CountingChance, ManualClock, ScriptedInvoker } from '@reeve/testkit';
import { ContainerModule } from 'inversify';
import type { Row } from '../../src/dynamodb/reads.ts';
import { type Installation, install, type TestServer } from '../fixtures/installation.ts';
import { Sosw } from './sosw.ts';

export const LEASE: Millis = 1_200_000;

/** One run of a worker: it knows who started it, and nothing else. */
export interface Run {
  readonly labourer: string;
  readonly id: string;
  readonly by: 'sosw' | 'reeve';
  readonly startedAt: Millis;
}

export interface Town extends Installation {
  readonly clock: ManualClock;
  readonly runs: Run[];
  sosw(caps?: Readonly<Record<string, number>>): Sosw;
  reeve(caps?: Readonly<Record<string, number>>, more?: Partial<LabourerDefinition>): Reeve;
  /** Sweeps until there is no more to do. */
  settle(reeve: Reeve): Promise<void>;
  rows(table: string): Promise<readonly Row[]>;
  close(): Promise<void>;
}

export const openTown = async (server: TestServer, ofAll: Readonly<Record<string, number>>): Promise<Town> => {
  const it = await install(server);
  const clock = new ManualClock();
  const runs: Run[] = [];
  const open: Reeve[] = [];
  const labourersOf = (caps: Readonly<Record<string, number>>) =>
    labourersFromSosw({
      labourers: Object.fromEntries(Object.entries(caps).map(([name, cap]) => [name, { arn: name, max_simultaneous_invocations: cap }])),
    });
  const reeve = (caps = ofAll, more: Partial<LabourerDefinition> = {}): Reeve => {
    const invoker = new ScriptedInvoker(({ lease: { labourer, id } }) => {
      runs.push({ labourer, id, by: 'reeve', startedAt: clock.now() });
      return { kind: 'accepted' };
    });
    const parts = new ContainerModule(({ bind }) => {
      bind(Invoker).toConstantValue(invoker);
      bind(Clock).toConstantValue(clock);
      bind(Chance).toConstantValue(new CountingChance(open.length + 1));
    });
    const labourers = Object.fromEntries(Object.entries(labourersOf(caps)).map(([name, each]) => [name, { ...each, ...more }]));
    const one = createReeve({
      labourers,
      use: [dynamodbStore({ client: it.client, tables: it.tables, atStart: 'trust', lookForSosw: 0 }), parts],
    });
    open.push(one);
    return one;
  };
  return {
    ...it,
    clock,
    runs,
    reeve,
    sosw: (caps = ofAll) =>
      new Sosw({
        ...it,
        clock,
        caps,
        timeout: 300,
        invoke: (labourer, id) => runs.push({ labourer, id, by: 'sosw', startedAt: clock.now() }),
      }),
    settle: async (one) => {
      for (let more = true; more; ) {
        const report = await one.sweep();
        if (report.errors.length > 0) throw report.errors[0];
        // Whatever it took over that had expired is reaped by the next.
        more = report.more || report.expired > 0 || (report.maintained['adopted'] ?? 0) > 0;
      }
    },
    rows: async (TableName) => (await it.client.send(new ScanCommand({ TableName, ConsistentRead: true }))).Items ?? [],
    close: async () => {
      for (const each of open) await each.close();
    },
  };
};
