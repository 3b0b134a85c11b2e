import { noInvokerFaults } from '../faults/faulty-invoker.ts';
import { noStoreFaults } from '../faults/store-faults.ts';
import type { SimOptions } from './options.ts';
import { type SimReport, type SimulateRequest, simulate } from './simulate.ts';
import { keptForEver, keyless, unrated, unshared } from './swarm-limits.ts';

export interface Shrunk {
  /** Of the smallest run that still fails in the same way. */
  readonly report: SimReport;
  /** How many runs were tried. */
  readonly tries: number;
}

export interface ShrinkOptions {
  /** The most runs to try. Default 400. */
  readonly tries?: number;
}

/**
 * Makes a failing run smaller, one thing after the other, as long as the same rule is broken: faults are switched off one by one, then
 * nodes, tasks and labourers are taken away. What is left is what the failure needs. (Each part of a run draws from a source of its own,
 * so that taking one away changes nothing for the others but what follows from it.)
 * @param request of a run that fails
 * @returns undefined if it does not fail
 */
export const shrink = async (request: SimulateRequest, { tries: most = 400 }: ShrinkOptions = {}): Promise<Shrunk | undefined> => {
  let best = await simulate(request);
  let tries = 1;
  const [violation] = best.violations;
  if (!violation) return undefined;
  for (let isSmaller = true; isSmaller && tries < most; ) {
    isSmaller = false;
    for (const smaller of smallerThan(best.options)) {
      if (tries >= most) break;
      // Others before it may have made it already what it would make of it.
      const options = smaller(best.options);
      if (options === undefined) continue;
      const report = await simulate({ ...request, options });
      tries += 1;
      if (report.violations[0]?.rule !== violation.rule) continue;
      best = report;
      isSmaller = true;
    }
  }
  return { report: best, tries };
};

/** A smaller run, or undefined where it cannot be made smaller in this way. */
type Smaller = (options: SimOptions) => SimOptions | undefined;

const smallerThan = (options: SimOptions): readonly Smaller[] => [
  ...switchesOff('store', noStoreFaults, ['throttleFor', 'staleFor']),
  ...switchesOff('invoker', noInvokerFaults, ['lateBy']),
  ...switchesOff('node', { crash: 0, stop: 0, pause: 0, jump: 0, skew: 0 }, []),
  ...switchesOff(
    'plays',
    { ...options.plays, failing: 0, hopeless: 0, later: 0, long: 0, late: 0, deaf: 0, hung: 0, deadly: 0, steady: 0 },
    ['quick'],
  ),
  to('weather', () => 'none'),
  to('meddling', () => 0),
  to('rollback', () => 0),
  to('urgent', () => 0),
  to('hasty', () => 0),
  to('followed', () => 0),
  to('keyed', () => 0),
  to('operations', () => 0),
  to('operations', (count = 0) => Math.floor(count / 2)),
  to('exchangesAtOnce', () => 1),
  to('parallelism', () => 0),
  to('versions', ([first]) => (first ? [first] : [])),
  to('versions', keyless),
  to('versions', unrated),
  to('versions', unshared),
  to('versions', keptForEver),
  to('batches', () => 0),
  to('batches', (count = 0) => Math.floor(count / 2)),
  ...(['workers', 'ticking', 'daemons', 'scavengers', 'producers'] as const).flatMap((name) => [
    to(name, (count) => (name === 'workers' || name === 'ticking' || name === 'daemons' ? 0 : Math.min(count, 1))),
    to(name, (count) => (name === 'producers' || name === 'scavengers' ? Math.max(1, count - 1) : Math.max(0, count - 1))),
  ]),
  to('tasks', (tasks) => Math.ceil(tasks / 2)),
  to('tasks', (tasks) => Math.max(1, tasks - 1)),
  ...Object.keys(options.versions[0] ?? {}).map((name) => to('versions', without(name))),
  to('safety', (safety) => Math.ceil(safety / 2_000) * 1_000),
];

const to =
  <Name extends keyof SimOptions>(name: Name, change: (value: SimOptions[Name]) => SimOptions[Name]): Smaller =>
  (options) => {
    const value = change(options[name]);
    const smaller = { ...options, [name]: value };
    // Somebody has to serve, or nothing would come to its end for another reason.
    const isSame = JSON.stringify(value) === JSON.stringify(options[name]);
    return isSame || smaller.ticking + smaller.daemons === 0 ? undefined : smaller;
  };

const switchesOff = <Name extends 'store' | 'invoker' | 'node' | 'plays'>(
  name: Name,
  off: Partial<SimOptions[Name]>,
  besides: readonly string[],
): readonly Smaller[] =>
  Object.entries(off)
    .filter(([fault]) => !besides.includes(fault))
    .map(([fault, none]) => to(name, (faults) => ({ ...faults, [fault]: none })));

const without =
  (labourer: string) =>
  (versions: SimOptions['versions']): SimOptions['versions'] => {
    const fewer = versions.map((each) => Object.fromEntries(Object.entries(each).filter(([name]) => name !== labourer)));
    return fewer.some((each) => Object.keys(each).length === 0) ? versions : fewer;
  };
