import { scriptOf } from '../client/scripts.ts';
import { DUE } from '../lua/many.ts';
import { ofEach, type Parts } from './parts.ts';

const SCRIPT = scriptOf('labourersWithDue', DUE);

export const labourersWithDue = async (parts: Parts, labourers: readonly string[]): Promise<ReadonlySet<string>> => {
  const keysOf = (labourer: string): readonly string[] => {
    const { ready, fresh, again, keyed } = parts.keys.of(labourer);
    return [ready, fresh, again, keyed];
  };
  const flags = await ofEach<number>(parts, SCRIPT, labourers, keysOf);
  return new Set(labourers.filter((_, n) => flags[n] === 1));
};
