import type { Rule } from '../tree.ts';

const sections: readonly (readonly [string, RegExp])[] = [
  ['a heading "Install"', /^##+ .*install/im],
  ['a ```ts block that shows its use', /^```ts\b/m],
  ['a heading that says "promises"', /^##+ .*promise/im],
  ['a heading that says "limits"', /^##+ .*limit/im],
];

/** Every published package says what it is, how it is installed and used, what it promises, and where that ends. */
export const readmes: Rule = ({ files, read }) =>
  files.flatMap((file) => {
    const folder = /^(packages\/[^/]+)\/package\.json$/.exec(file)?.[1];
    if (folder === undefined) return [];
    const readme = `${folder}/README.md`;
    const text = read(readme);
    if (text === '') return [{ rule: 'readmes', file: readme, message: 'is missing' }];
    const { name }: { name?: string } = JSON.parse(read(file));
    const title = text.startsWith(`# ${name}\n`)
      ? []
      : [{ rule: 'readmes', file: readme, line: 1, message: `must start with "# ${name}"` }];
    return [
      ...title,
      ...sections
        .filter(([, pattern]) => !pattern.test(text))
        .map(([what]) => ({ rule: 'readmes', file: readme, message: `lacks ${what}` })),
    ];
  });
