import { readFile } from 'node:fs/promises';
import type { ConfigSource } from '../piece.ts';
import { invalidConfig, readJson } from '../read-text.ts';

/** A file of JSON. */
export const fromFile = (path: string): ConfigSource => ({
  kind: 'file',
  name: `file ${path}`,
  read: async () => {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      throw invalidConfig(`The file ${path} could not be read; give the path of a file that is there, seen from ${process.cwd()}`, error);
    });
    return [{ path: [], value: readJson(text, `The file ${path}`), from: `file ${path}` }];
  },
});
