import { importsOf } from '../blank.ts';
import { type Finding, lineAt, type Rule } from '../tree.ts';

const source = /^packages\/([^/]+)\/src\//;
const adapter = /^(?:adapter|invoker|ecology)-/;

/** Packages that put compositions together: it is what they are for. */
const composers: readonly string[] = ['cdk', 'lambda', 'sosw'];

/** No adapter imports another, and nobody reaches into the folder of another package. */
export const adapters: Rule = ({ files, read }) =>
  files.flatMap((file): Finding[] => {
    const own = source.exec(file)?.[1];
    if (own === undefined || !file.endsWith('.ts')) return [];
    return importsOf(read(file)).flatMap(({ from, index }) => {
      const line = lineAt(read(file), index);
      const target = /^@reeve\/([^/]+)/.exec(from)?.[1];
      if (target !== undefined && target !== own && adapter.test(target) && !composers.includes(own)) {
        return [{ rule: 'adapters', file, line, message: `${own} may not import ${target}: only who composes knows an adapter` }];
      }
      if (/^@reeve\/[^/]+\/(?:src|dist)\b/.test(from) || /(?:^|\/)\.\.\/[^.].*\/(?:src|dist)\//.test(from)) {
        return [{ rule: 'adapters', file, line, message: `${from} reaches past the exports of a package` }];
      }
      return [];
    });
  });
