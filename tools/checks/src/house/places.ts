import { type Finding, findAll, type Rule } from '../tree.ts';

const rule = 'places';
const textual = /(?:\.(?:ts|tsx|mts|mjs|js|json|md|yml|yaml|html|css|sql|txt|svg|py)|^[^.]*|(?:^|\/)\.[\w-]+)$/;

// Written so that they do not find themselves.
const folders = /(?<![\w.@~/-])(\/(?:root|work|home\/[\w.-]+|Users\/[\w.-]+|tmp\/[\w.-]+)\/[\w.-]*)/g;
const registries =
  /\b((?:registry|npm|artifactory|nexus|verdaccio)[\w-]*(?:\.[\w-]+)+\.(?:org|com|net|io|dev|internal|local))(?=[/:\s"'`)]|$)/g;
const tarballs = /^\s*(?:"?resolved"?|tarball):\s*"?(https?:\S+)/gm;

/** The repository names no folder of somebody's machine and no registry: it builds wherever packages come from. */
export const places: Rule = ({ files, read }) =>
  files
    .filter((file) => textual.test(file))
    .flatMap((file): Finding[] => {
      const text = read(file);
      if (text.includes('\0')) return [];
      return [
        ...findAll(rule, file, text, folders, (match) => `${match} is a folder of one machine`),
        ...findAll(rule, file, text, registries, (match) => `${match} is a registry; the user's own settings name it`),
        ...findAll(rule, file, text, tarballs, (match) => `${match}: the lockfile holds checksums, no addresses`),
      ];
    });
