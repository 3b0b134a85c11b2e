import { readFileSync } from 'node:fs';

/** MESSAGES.md, and its blocks of code by their language, in their order. */
const text: string = readFileSync(new URL('../../MESSAGES.md', import.meta.url), 'utf8');

export const blocks = (language: string): readonly string[] =>
  [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].filter(([, of]) => of === language).map(([, , code = '']) => code);
