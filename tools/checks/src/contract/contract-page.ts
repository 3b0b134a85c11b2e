import type { PromisesOf } from './promises.ts';

export interface ContractParts {
  /** In the order of the page. */
  readonly promises: readonly PromisesOf[];
  /** The title of every case of every kit; those of a promise begin with its number. */
  readonly cases: readonly string[];
  /** Promises that no kit has a case of, and what holds a store to them instead. */
  readonly elsewhere: Readonly<Record<string, string>>;
  /** What a title may begin with that is no promise of a port. */
  readonly others: readonly string[];
}

export interface ContractPage {
  readonly text: string;
  readonly problems: readonly string[];
}

/** Every promise of the ports with how many cases it has, and what does not fit together. */
export const contractPage = ({ promises, cases, elsewhere, others }: ContractParts): ContractPage => {
  const counts = new Map<string, number>();
  for (const title of cases) {
    const [name = ''] = title.split(' ', 1);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const numbers = promises.flatMap((each) => each.promises.map(({ number }) => number));
  const known = new Set(numbers);
  const problems = [
    ...numbers.filter((each, n) => numbers.indexOf(each) !== n).map((each) => `${each} is promised twice`),
    ...[...counts.keys()]
      .filter((each) => !known.has(each) && !others.includes(each))
      .map((each) => `cases of ${each}, which no port promises`),
    ...numbers.filter((each) => !counts.has(each) && !(each in elsewhere)).map((each) => `${each} has no case`),
    ...Object.keys(elsewhere).flatMap((each) => {
      if (!known.has(each)) return [`${each} is said to be tried elsewhere, and no port promises it`];
      return counts.has(each) ? [`${each} is said to be tried elsewhere, and has cases`] : [];
    }),
  ];
  const shown = (number: string): string => {
    const count = counts.get(number) ?? 0;
    return count === 0 ? (elsewhere[number] ?? 'no case') : count === 1 ? '1 case' : `${count} cases`;
  };
  const ports = [...new Set(promises.map(({ port }) => port))];
  const sections = ports.flatMap((port) => {
    const own = promises.filter((each) => each.port === port);
    const file = own[0]?.file ?? '';
    return [
      `## ${port}`,
      `[${file}](../${file})`,
      ...own.flatMap((each) => [
        `### \`${each.verb}\``,
        ...(each.about === '' ? [] : [each.about]),
        each.promises.map(({ number, text }) => `- **${number}** ${text} _(${shown(number)})_`).join('\n'),
      ]),
    ];
  });
  return { text: `${[...head(numbers.length, cases.length), ...sections].join('\n\n')}\n`, problems };
};

const head = (promises: number, cases: number): readonly string[] => [
  '# The contract',
  'Version 1 ([what that means](decisions/contract-version-1.md)). Made from the comments of the ports by `node tools/contract.mjs --write`.',
  [
    'What core asks of a store, of an invoker, of a source of metrics, and of what wakes others up: every promise of the ports with its number, and how many cases',
    'of the kits in [`@reeve/testkit`](../packages/testkit/README.md) hold an adapter to it. Promises of safety hold at every instant and',
    'through any crash; those marked (settled) hold once earlier writes have reached the indexes of the store.',
    `There are ${promises} promises and ${cases} cases; some play at random with all of them.`,
  ].join('\n'),
  '[Writing an adapter](writing-an-adapter.md) says how to keep them, and the README of each adapter which it cannot keep, and why.',
];
