import type { SimReport } from './simulate.ts';

/** What there is to know of a seed that failed: what is broken, how to play it again, and what happened last. */
export const printFailure = ({ seed, options, violations, hash, lastEvents, happenings }: SimReport, commit = ''): string =>
  [
    `seed ${seed} fails${commit && ` at ${commit}`} after ${happenings} happenings (${hash}):`,
    ...violations.map(({ rule, what }) => `  ${rule}: ${what}`),
    `options: ${JSON.stringify(options)}`,
    'what happened last, by the second:',
    ...lastEvents.map((line) => `  ${line}`),
  ].join('\n');
