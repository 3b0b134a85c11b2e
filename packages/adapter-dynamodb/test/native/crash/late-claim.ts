/**
 * A claim that comes so late that the house-keeping has begun to outdate it, and yet in time. The pointer that was written for the
 * outdated number is then one too many, and says of a wait that is over that it is due: only the home knows better.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type AttemptRef, type JsonText, type Lease, MINUTE, refOf, type TaskRecord, type Verdict } from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { createNativeTable, DynamoDbNativeTaskStore } from '../../../src/index.ts';
import { Gate, tapped } from '../../fixtures/tapped.ts';
import { LATER } from '../bench.ts';
import { isFence, isMark } from './plants.ts';
import type { Command, Input, Meddle } from './traffic.ts';

const labourer = 'mill';
const LEASE = 15 * MINUTE;

export interface Told {
  /** What the next claim is given, right after the verdict of the late one. */
  readonly leases: readonly Lease[];
  readonly task: TaskRecord | undefined;
  /** What a claim is given once all that may wait has come due. */
  readonly later: readonly Lease[];
}

/** @param verdictOn what becomes of the late claim's attempt */
export const tellLateClaim = async (
  client: DynamoDBClient,
  nativeTable: string,
  verdictOn: (ref: AttemptRef) => Verdict,
  meddle: Meddle = (command) => command,
): Promise<Told> => {
  await createNativeTable(client, nativeTable);
  const clock = new ManualClock(LATER);
  const storeOver = (over: DynamoDBClient) => new DynamoDbNativeTaskStore({ client: over, nativeTable, clock });
  const claim = (store: DynamoDbNativeTaskStore, token: string) => store.claim({ labourer, token, cap: 10, limit: 5, lease: LEASE });
  const server = spoilt(client, meddle);
  const other = storeOver(server);
  const late = gated(server, isMark);
  const keeper = gated(server, isFence);

  await other.enqueue([{ id: 'task', labourer, payload: '1' as JsonText }]);
  const [first] = (await claim(other, 'first')).leases;
  await other.settle([{ ...refOf(first as Lease), kind: 'retry', after: 0, error: 'again' }]);
  const claiming = claim(storeOver(late.over), 'late'); // has its place, and its mark is on the wire
  await late.gate.arrived;
  await clock.advance(2 * MINUTE);
  const keeping = storeOver(keeper.over).maintain([labourer]); // has written the pointer, and its fence is on the wire
  await keeper.gate.arrived;
  late.gate.open();
  const [second] = (await claiming).leases;
  keeper.gate.open();
  await keeping;
  await other.settle([verdictOn(refOf(second as Lease))]);
  const { leases } = await claim(other, 'next');
  const task = await other.find({ labourer, id: 'task' });
  await clock.advance(LEASE / 2);
  const { leases: later } = await claim(other, 'later');
  return { leases, task, later };
};

/** Holds the requests of a kind until it is opened. */
const gated = (client: DynamoDBClient, isHeld: (command: Command) => boolean) => {
  const gate = new Gate();
  const over = tapped(client, async ({ input }, go) => {
    if (isHeld({ input: input as Input })) await gate.pass();
    return go();
  });
  return { gate, over };
};

const spoilt = (client: DynamoDBClient, meddle: Meddle): DynamoDBClient => {
  const send = (command: Command): Promise<unknown> => client.send((meddle(command) ?? command) as Parameters<DynamoDBClient['send']>[0]);
  return Object.create(client, { send: { value: send } }) as DynamoDBClient;
};
