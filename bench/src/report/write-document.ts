import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Book } from '../figures/book.ts';
import { figuresOf, storesOf, withFigures } from './document.ts';
import { plotOf } from './plot.ts';

// The same place from src/ and from dist/.
const DOCS = new URL('../../../docs/', import.meta.url);

/** Writes the figures into docs/benchmarks.md, and the plots beside it. @returns what was written, from the root */
export const writeDocument = (book: Book): readonly string[] => {
  const document = fileURLToPath(new URL('benchmarks.md', DOCS));
  const folder = fileURLToPath(new URL('benchmarks/', DOCS));
  writeFileSync(document, withFigures(readFileSync(document, 'utf8'), figuresOf(book)));
  mkdirSync(folder, { recursive: true });
  const stores = storesOf(book);
  for (const store of stores) writeFileSync(`${folder}/${store}.svg`, plotOf(book, store));
  return ['docs/benchmarks.md', ...stores.map((store) => `docs/benchmarks/${store}.svg`)];
};
