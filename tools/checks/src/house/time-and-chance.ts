import { blank } from '../blank.ts';
import { findAll, type Rule } from '../tree.ts';

const world =
  /\b(new Date\(\s*\)|(?:Date\.now|Math\.random|performance\.now|randomUUID|randomBytes|getRandomValues|setTimeout|setInterval)\b)/g;
const waiting = /\b(async|await|new Promise|Promise<)\b/g;

/** The one file of core that knows the time, waits, and draws lots. */
const source = 'packages/core/src/compose/system.ts';

/** Time and chance come into core as arguments; what a thing is and what should happen waits for nothing. */
export const timeAndChance: Rule = ({ files, read }) =>
  files
    .filter((file) => /^packages\/core\/src\/.*\.ts$/.test(file) && file !== source)
    .flatMap((file) => {
      const code = blank(read(file), { strings: true });
      const pure = /\/src\/(?:domain|decide)\//.test(file);
      return [
        ...findAll('time-and-chance', file, code, world, (match) => `${match}: take a Clock or Chance, which ${source} alone provides`),
        ...(pure ? findAll('time-and-chance', file, code, waiting, (match) => `${match}: domain and decide are pure`) : []),
      ];
    });
