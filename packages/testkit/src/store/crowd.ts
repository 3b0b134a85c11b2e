import assert from 'node:assert/strict';
import type { ClaimRequest, KeyRoom, Lease } from '@reeve/core';
import type { Store, StoreBench } from './bench.ts';
import { completed, LEASE, newToken, request } from './given.ts';

/** How many claims race in a case. */
export const RACERS = 12;

/** Rounds with empty hands after which a member of a crowd gives up: a lost task must end the case, not hang it. */
const PATIENCE = 1_000;

/** The two connections by turns. */
export const eitherOf = ({ store, peer }: StoreBench, n: number): Store => (n % 2 ? peer : store);

/** So many claims under way at once, half of them over each connection. */
export const raceForLeases = async (
  bench: StoreBench,
  over: Partial<ClaimRequest> = {},
  racers: number = RACERS,
): Promise<readonly Lease[]> => {
  await bench.settled?.();
  const answers = await Promise.all(Array.from({ length: racers }, (_, n) => eitherOf(bench, n).claim(request(over))));
  return answers.flatMap(({ leases }) => leases);
};

/** Claims until so many are there; stores whose indexes lag may need more than one look. */
export const claimRest = async (bench: StoreBench, taken: readonly Lease[], wanted: number): Promise<readonly Lease[]> => {
  const all = [...taken];
  for (let looks = 0; all.length < wanted && looks < 50; looks += 1) {
    await bench.settled?.();
    all.push(...(await bench.store.claim(request())).leases);
  }
  return all;
};

export interface CrowdOptions {
  readonly labourer?: string;
  readonly cap: number;
  readonly limit: number;
  /** How many claim and settle at once. */
  readonly members: number;
  /** Settle and claim in one call. */
  readonly exchange?: boolean;
  /** How many tasks there are to finish. */
  readonly tasks: number;
  readonly perKey?: number;
  readonly room?: KeyRoom;
  /** The key of a task, for what is to be counted by key. */
  readonly keyOf?: (id: string) => string;
}

export interface CrowdReport {
  /** The most leases that were held at one time, as far as the members can tell. */
  readonly most: number;
  /** The most of one key, counted likewise. */
  readonly mostOfKey: number;
  /** Ids in the order of completion; a task that was completed twice is in it twice. */
  readonly finished: readonly string[];
}

/**
 * Members over both connections claim and complete all at once. A lease is counted from the answer that gave it to the call that ends
 * it: while it is counted it certainly runs, so a count over the cap is a breach, whatever the timing.
 */
export const crowd = async (
  bench: StoreBench,
  { cap, limit, members, exchange = false, tasks, keyOf = () => '', ...where }: CrowdOptions,
): Promise<CrowdReport> => {
  const finished: string[] = [];
  const ofKey = new Map<string, number>();
  let running = 0;
  let most = 0;
  let mostOfKey = 0;
  const count = (leases: readonly Lease[], by: 1 | -1): void => {
    running += by * leases.length;
    most = Math.max(most, running);
    for (const { id } of leases) {
      const runs = (ofKey.get(keyOf(id)) ?? 0) + by;
      ofKey.set(keyOf(id), runs);
      mostOfKey = Math.max(mostOfKey, runs);
    }
  };
  const take = (leases: readonly Lease[]): readonly Lease[] => {
    count(leases, 1);
    return leases;
  };
  const note = (leases: readonly Lease[], outcomes: readonly string[]): void => {
    assert.equal(outcomes.length, leases.length, 'one outcome for each verdict');
    finished.push(...leases.filter((_, n) => outcomes[n] === 'applied').map(({ id }) => id));
  };
  const member = async (n: number): Promise<void> => {
    const store = eitherOf(bench, n);
    let held: readonly Lease[] = [];
    for (let idle = 0; (finished.length < tasks || held.length > 0) && idle < PATIENCE; idle += 1) {
      const verdicts = held.map((each) => completed(each));
      const ended = held;
      const next = { labourer: 'labourer-a', ...where, token: newToken(), cap, limit, lease: LEASE };
      count(ended, -1);
      if (exchange) {
        const answer = await store.exchange(verdicts, next);
        note(ended, answer.outcomes);
        held = take(answer.leases);
      } else {
        note(ended, await store.settle(verdicts));
        held = take((await store.claim(next)).leases);
      }
      if (held.length > 0) idle = 0;
      await bench.settled?.();
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  };
  await Promise.all(Array.from({ length: members }, (_, n) => member(n)));
  return { most, mostOfKey, finished };
};
