import type { Json } from '@reeve/core';

export type ReadQuery = { readonly kind: 'query'; readonly text: string } | { readonly kind: 'wrong'; readonly problem: string };

const MOST = 8_192;

/** A text of PromQL, or `{ query }` with one. Looks at quotes and brackets; the rest is Prometheus's to judge, at the first read. */
export const readQuery = (value: Json): ReadQuery => {
  const inside = typeof value === 'object' && value !== null && !Array.isArray(value);
  const members = inside ? (value as Readonly<Record<string, Json>>) : {};
  const stranger = Object.keys(members).find((name) => name !== 'query');
  if (stranger !== undefined) return wrong(`${stranger.slice(0, 40)} is not known; there is query`);
  const text = inside ? members['query'] : value;
  if (typeof text !== 'string')
    return wrong(`must be PromQL like 'sum(rate(errors_total[5m]))', or { query } with it, not ${shown(value)}`);
  if (text.trim() === '') return wrong("is empty; give PromQL like 'sum(rate(errors_total[5m]))'");
  if (text.length > MOST) return wrong(`has ${text.length} characters; give at most ${MOST}, and make a recording rule of what is longer`);
  const problem = bracketProblem(text);
  return problem === undefined ? { kind: 'query', text } : wrong(problem);
};

const wrong = (problem: string): ReadQuery => ({ kind: 'wrong', problem });

const shown = (value: Json): string => JSON.stringify(value).slice(0, 60);

/** Texts in the three kinds of quotes, comments, brackets, and quotes that have no other one. */
const TOKENS = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|#[^\n]*|[()[\]{}"'`]/g;
const CLOSES: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

const bracketProblem = (text: string): string | undefined => {
  const open: string[] = [];
  for (const [token] of text.matchAll(TOKENS)) {
    if (token.length > 1 || token === '#') continue;
    if (`"'\``.includes(token)) return `has a ${token} without its other one: ${text.slice(0, 100)}`;
    const partner = CLOSES[token];
    if (partner === undefined) open.push(token);
    else if (open.pop() !== partner) return `has a ${token} that closes nothing: ${text.slice(0, 100)}`;
  }
  const [left] = open;
  return left === undefined ? undefined : `has a ${left} that is not closed: ${text.slice(0, 100)}`;
};
