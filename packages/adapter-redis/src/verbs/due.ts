import { scriptOf } from '../client/scripts.ts';
import { DUE } from '../lua/many.ts';
import { ofEach, type Parts } from './parts.ts';

const SCRIPT = scriptOf('labourersWithDue', DUE);

export const labourersWithDue = async (parts: Parts, labourers: readonly string[]): Promise<ReadonlySet<string>> => {
  const flags = await ofEach<number>(parts, SCRIPT, labourers, (each) => [parts.keys.of(each).fresh, parts.keys.of(each).again]);
  return new Set(labourers.filter((_, n) => flags[n] === 1));
};
