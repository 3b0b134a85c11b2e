import { posix } from 'node:path';
import { importsOf } from '../blank.ts';
import { type Finding, lineAt, type Rule } from '../tree.ts';

const home = 'packages/core/src/';

/** What each folder of core may import from, itself included. `type` stands for types only, which leave no import in the build. */
const allowed: Readonly<Record<string, Readonly<Record<string, 'all' | 'type'>>>> = {
  domain: { domain: 'all', errors: 'all' },
  decide: { domain: 'all', decide: 'all', errors: 'all', ports: 'type' },
  ports: { domain: 'all', decide: 'all', errors: 'all', ports: 'all' },
  memory: { domain: 'all', decide: 'all', errors: 'all', ports: 'all', memory: 'all' },
  run: { domain: 'all', decide: 'all', errors: 'all', ports: 'all', run: 'all' },
  errors: { domain: 'all' },
};

const container = new Set(['inversify', 'reflect-metadata']);
/** What is as pure as decisions are: it reads a text, and answers by its arguments. */
const pure = new Set(['croner']);

/** The folder of core's sources that a file belongs to; for a file beside the folders, its own name. */
const folderOf = (path: string): string => (path.slice(home.length).split('/')[0] ?? '').replace(/\.ts$/, '');

const judge = (file: string, from: string, typeOnly: boolean): string | undefined => {
  const folder = folderOf(file);
  if (!from.startsWith('.')) {
    if (container.has(from.split('/')[0] ?? '')) return folder === 'compose' ? undefined : `only compose imports ${from}`;
    if (from.startsWith('node:')) return undefined;
    if (pure.has(from)) return folder === 'decide' ? undefined : `only decide imports ${from}`;
    return `core depends on inversify, reflect-metadata and croner only, not on ${from}`;
  }
  const target = posix.join(posix.dirname(file), from);
  if (!target.startsWith(home)) return `${from} leads out of core's sources`;
  // compose and the index put everything together; whoever is not listed is free.
  const rights = allowed[folder];
  const right = rights?.[folderOf(target)];
  if (rights === undefined || right === 'all' || (right === 'type' && typeOnly)) return undefined;
  return `${folder} may not import ${folderOf(target)}${right === 'type' ? ' but for types (import type)' : ''}: domain <- decide <- ports <- run <- compose`;
};

/** Imports inside core run one way, and inversify is known to compose alone. */
export const arrows: Rule = ({ files, read }) =>
  files
    .filter((file) => file.startsWith(home) && file.endsWith('.ts'))
    .flatMap((file): Finding[] =>
      importsOf(read(file)).flatMap(({ from, index, typeOnly }) => {
        const message = judge(file, from, typeOnly);
        return message === undefined ? [] : [{ rule: 'arrows', file, line: lineAt(read(file), index), message }];
      }),
    );
