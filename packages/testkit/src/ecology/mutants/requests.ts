import { altered, type MetricSourceMutant, ofReads } from './mutant.ts';

const never = (): AbortSignal => new AbortController().signal;

/** Faults in what is asked for, in what is checked, and in how it ends. */
export const requestMutants: readonly MetricSourceMutant[] = [
  ofReads('asks for each metric by itself, one after the other, twice', async (read, queries, signal) => {
    const samples = [];
    for (const query of queries) samples.push((await read([query], signal))[0]!, (await read([query], signal))[0]!);
    return samples.filter((_, n) => n % 2 === 1);
  }),
  ofReads('asks again for what it is asked for again', async (read, queries, signal) =>
    (await Promise.all(queries.map((query) => read([query], signal)))).flat(),
  ),
  ofReads('asks for something when it is asked for nothing', async (read, queries, signal) => {
    if (queries.length === 0) await read(['up'], signal).catch(() => []);
    return read(queries, signal);
  }),
  ofReads('does not end when it is stopped', (read, queries) => read(queries, never())),
  ofReads('ends when it is stopped, and leaves its request behind', (read, queries, signal) =>
    Promise.race([
      read(queries, never()),
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
    ]),
  ),
  {
    name: 'stops all reads with one',
    mutate: (source) => {
      const all = new Set<AbortController>();
      return altered(source, {
        read: async (queries, signal) => {
          const own = new AbortController();
          all.add(own);
          const stop = (): void => {
            for (const each of all) each.abort(new Error('stopped'));
          };
          if (signal.aborted) own.abort();
          signal.addEventListener('abort', stop);
          try {
            return await source.read(queries, own.signal);
          } finally {
            all.delete(own);
            signal.removeEventListener('abort', stop);
          }
        },
      });
    },
  },
  { name: 'checks nothing', mutate: (source) => altered(source, { check: () => undefined }) },
  { name: 'finds fault with every query', mutate: (source) => altered(source, { check: () => 'is not to its liking' }) },
  { name: 'finds fault and says nothing', mutate: (source) => altered(source, { check: (query) => source.check(query) && '' }) },
  {
    name: 'throws at what is no query',
    mutate: (source) =>
      altered(source, {
        check: (query) => {
          if (query === null) throw new TypeError('null has no members');
          return source.check(query);
        },
      }),
  },
  {
    name: 'tries a query out to check it',
    mutate: (source) =>
      altered(source, {
        check: (query) => {
          source.read([query], never()).catch(() => []);
          return source.check(query);
        },
      }),
  },
];
