import type { Book } from '../figures/book.ts';

const NAMES = { redis: 'Redis', postgres: 'Postgres' } as const;

/** What was counted beside the time, in sentences. */
export const correctnessOf = ({ rows, caps, faults }: Book): readonly string[] => {
  if (faults.length > 0) return [`${faults.length} faults:`, ...faults.map((fault) => `- ${fault}`)];
  const results = rows.flatMap(({ rounds }) => rounds).filter((each) => each !== null);
  const whole = results.filter(({ stopped }) => !stopped);
  const tasks = results.reduce((sum, { done }) => sum + done, 0);
  const stopped = results.length - whole.length;
  return [
    `Counted in the workers: in all ${whole.length} runs that came to their end every task was handled exactly once${
      stopped > 0 ? `, and the ${stopped} whose time was over before handled none twice` : ''
    }; ${tasks.toLocaleString('en-US')} tasks in all.`,
    ...caps.map(
      ({ store, cap, processes, result }) =>
        `Reeve on ${NAMES[store]}: ${processes} processes under one cap of ${cap} never had more than ${result.most} of ${result.tasks.toLocaleString('en-US')} tasks under way at one instant, and each once.`,
    ),
  ];
};
