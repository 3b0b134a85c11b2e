import { setTimeout as wait } from 'node:timers/promises';
import type { Reeve } from '@reeve/core';
import type { Cloud } from '../cloud/cloud.ts';
import type { Order } from '../functions/order.ts';
import type { Shop } from '../shop.ts';
import { placeOrders } from './customers.ts';
import { isOver, look, type Standing } from './look.ts';
import { orders } from './orders.ts';

export interface Stage {
  readonly cloud: Cloud;
  /** The shop as an operator has it on their own machine. */
  readonly reeve: Reeve<Shop>;
  /** Whatever a person is to read. */
  readonly say: (text: string) => void;
  /** How things stand, once in a while. */
  readonly show: (standings: readonly Standing[]) => void;
  readonly signal: AbortSignal;
  /** Orders of an ordinary hour. */
  readonly count: number;
}

/** Between two looks, in milliseconds. */
const LOOK_EVERY = 500;
/** Longer than this nothing here takes, in milliseconds. */
const PATIENCE = 300_000;

/** Longer than it takes what follows a task to be enqueued, in milliseconds. */
const MOMENT = 2_500;

/** What happens in this shop on a day on which everything happens. @returns the orders that were placed */
export const play = async (stage: Stage): Promise<readonly Order[]> => {
  const { cloud, reeve, say } = stage;
  const { outside } = cloud;
  const first = orders(stage.count, 1);
  say(`${first.length} orders come in, and a few of them twice.`);
  await placeOrders(cloud, first);
  await until(stage, completed(first.length / 5));

  say('Other customers of the payments provider have a sale: its load rises, and the shop holds back.');
  outside.others = 70;
  await until(stage, completed(first.length / 2));
  say('The sale is over.');
  outside.others = 15;
  await until(stage, charged);

  const second = orders(Math.ceil(stage.count / 4), stage.count + 1);
  say(`The payments provider is out of order, and ${second.length} more orders come in.`);
  outside.isDown = true;
  await placeOrders(cloud, second);
  await until(stage, charged);

  say('It is in order again. An operator looks through the dead letters, and queues again what died of the outage:');
  outside.isDown = false;
  const { looked, redriven } = await reeve.redriveAll({ labourer: 'charge', state: 'dead', error: /^PaymentsDown/ });
  say(`of ${looked} dead ones ${redriven} are queued again; the others had no money on their cards.`);
  await until(stage, allOver);
  await wait(MOMENT, undefined, { signal: stage.signal }); // what follows a task is enqueued a moment after its end
  await until(stage, allOver);
  return [...first, ...second];
};

type Question = (standings: readonly Standing[]) => boolean;

const completed =
  (most: number): Question =>
  ([charge]) =>
    (charge?.completed ?? 0) > most;
const charged: Question = ([charge]) => charge !== undefined && isOver(charge);
const allOver: Question = (standings) => standings.every(isOver) && (standings[2]?.completed ?? 0) > 1;

/** Watches until it is so. @throws when the signal aborts, or if it does not become so */
const until = async ({ reeve, show, signal }: Stage, isSo: Question): Promise<void> => {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const standings = await look(reeve);
    show(standings);
    if (isSo(standings)) return;
    if (Date.now() > end) throw new Error('it takes longer than it ever should; the numbers above say where it stands');
    await wait(LOOK_EVERY, undefined, { signal });
  }
};
