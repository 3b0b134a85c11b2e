import type { ClaimAnswer, ClaimRequest, ExchangeAnswer, ExpiryVerdict, JsonText, Lease, Outcome, SetAside, Verdict } from '@reeve/core';
import { scriptOf } from '../client/scripts.ts';
import { EXCHANGE } from '../lua/exchange.ts';
import { createdOf, isMarkedText, restOf } from '../records.ts';
import { bodyOf, letterOf } from '../rows.ts';
import { checkToken, checkVerdicts } from './check-tasks.ts';
import { groupBy, inPages, type Parts } from './parts.ts';

const SCRIPT = scriptOf('exchange', EXCHANGE);

/** Verdicts of one script: it keeps everybody waiting while it runs, some 3 ms for these. */
const PAGE = 1_000;

const OUTCOMES: Readonly<Record<string, Outcome>> = { a: 'applied', x: 'cancelled', r: 'repeated', s: 'stale' };

type Texts = string | readonly string[];
type Answer = readonly [
  outcomes: string,
  now: number,
  next: number,
  ids: Texts,
  tasks: Texts,
  tried: readonly string[],
  aside: readonly string[],
  dropped?: readonly string[],
];

/** @throws ReeveError PAYLOAD_TOO_LARGE before anything is written, and those of every call */
export const settle = async (parts: Parts, verdicts: readonly Verdict[]): Promise<readonly Outcome[]> => {
  checkVerdicts(verdicts);
  return settlePages(parts, verdicts, false);
};

export const reap = (parts: Parts, verdicts: readonly ExpiryVerdict[]): Promise<readonly Outcome[]> => settlePages(parts, verdicts, true);

export const claim = async (parts: Parts, request: ClaimRequest): Promise<ClaimAnswer> => {
  const { outcomes: _, ...answer } = await exchange(parts, [], request);
  return answer;
};

/**
 * One script, as far as the verdicts are of the labourer that claims, and a page. What is more is settled before.
 * @throws ReeveError PAYLOAD_TOO_LARGE, STORE_REFUSED before anything is written, and those of every call
 */
export const exchange = async (parts: Parts, verdicts: readonly Verdict[], request: ClaimRequest): Promise<ExchangeAnswer> => {
  checkToken(request.token);
  checkVerdicts(verdicts);
  const joins = verdicts.length <= PAGE && verdicts.every(({ labourer }) => labourer === request.labourer);
  const before = joins ? [] : await settlePages(parts, verdicts, false);
  const own = joins ? verdicts : [];
  const answer = await run(parts, request.labourer, own, kindOf(own), request);
  const outcomes = joins ? outcomesOf(answer[0], own.length) : before;
  return { outcomes, ...claimOf(request, answer) };
};

const settlePages = async (parts: Parts, verdicts: readonly Verdict[], reaps: boolean): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = Array<Outcome>(verdicts.length).fill('stale');
  const places = groupBy([...verdicts.keys()], (n) => verdicts[n]!.labourer);
  const settleOwn = async (labourer: string, own: readonly number[]): Promise<void> => {
    // One after another: the first verdict on an attempt wins, also over pages.
    for (const page of inPages(own, PAGE)) {
      const said = page.map((n) => verdicts[n]!);
      const [letters] = await run(parts, labourer, said, reaps ? 'reap' : kindOf(said));
      for (const [n, outcome] of outcomesOf(letters, page.length).entries()) outcomes[page[n]!] = outcome;
    }
  };
  await Promise.all([...places].map(([labourer, own]) => settleOwn(labourer, own)));
  return outcomes;
};

const run = async (
  { keys, scripts }: Parts,
  labourer: string,
  verdicts: readonly Verdict[],
  mode: 'all' | 'any' | 'reap',
  request?: ClaimRequest,
): Promise<Answer> => {
  const own = keys.of(labourer);
  const n = verdicts.length;
  const letters = mode === 'all' ? '' : verdicts.map(letterOf).join('');
  const ids = verdicts.map(({ id }) => id);
  const tokens = onceIfAlike(verdicts.map(({ token }) => token));
  const bodies = noneIfEmpty(verdicts.map(bodyOf));
  const args = [
    ...[keys.channel(labourer), n, mode, request?.cap ?? 0, request?.limit ?? -1, Math.ceil(request?.lease ?? 0), request?.token ?? ''],
    ...[letters, tokens.length, bodies.length],
    ...ids,
    ...tokens,
    ...bodies,
    ...limitsOf(request),
  ];
  const { tasks, ready, fresh, again, back, leases, overdue, order, ended, completed, ends, notes, meta, keyed, lines, heads, turns } = own;
  const all = [tasks, ready, fresh, again, back, leases, overdue, order, ended, completed, ends, notes, meta, keyed, lines, heads, turns];
  return (await scripts.write(SCRIPT, all, args)) as Answer;
};

/** Keys have no line feed. One text, since the server reads that faster than hundreds of arguments. */
const limitsOf = ({ perKey, room }: Partial<ClaimRequest> = {}): readonly (string | number)[] => {
  if (!room) return perKey === undefined ? [] : [perKey];
  return [perKey ?? '', room.others, Array.from(room.of, ([key, most]) => `${key}\n${most}`).join('\n')];
};

// Attempts that were claimed together have one token, and most that are completed have no result: that is sent, and read, once.
const onceIfAlike = (texts: readonly string[]): readonly string[] => (texts.every((each) => each === texts[0]) ? texts.slice(0, 1) : texts);
const noneIfEmpty = (texts: readonly string[]): readonly string[] => (texts.every((each) => each === '') ? [] : texts);

const kindOf = (verdicts: readonly Verdict[]): 'all' | 'any' => (verdicts.every(({ kind }) => kind === 'completed') ? 'all' : 'any');

const outcomesOf = (letters: string, count: number): readonly Outcome[] =>
  letters === '' ? Array<Outcome>(count).fill('applied') : Array.from(letters, (letter) => OUTCOMES[letter]!);

const listOf = (texts: Texts): readonly string[] => (typeof texts === 'string' ? (texts === '' ? [] : texts.split('\0')) : texts);

const claimOf = (request: ClaimRequest, [, now, next, ids, tasks, tried, aside, dropped]: Answer): ClaimAnswer => {
  const { labourer, token } = request;
  const deadline = now + Math.ceil(request.lease);
  const texts = listOf(tasks);
  const times = timesReader();
  const leases = listOf(ids).map((id, n): Lease => {
    const text = texts[n]!;
    const before = tried[n] || undefined; // "": one of a priority, that was not
    const { createdAt, due } = times(text);
    const lease = {
      labourer,
      id,
      token,
      payload: text.slice(41) as JsonText,
      attempt: before === undefined ? 1 : Number(before.slice(0, 10)),
      createdAt,
      due: before === undefined ? due : Number(before.slice(10)),
      claimedAt: now,
      deadline,
    };
    return isMarkedText(text) ? { ...lease, ...restOf(text) } : lease;
  });
  return {
    leases,
    ...(next >= 0 && { nextDueIn: next }),
    ...(aside.length > 0 && { aside: asideOf(labourer, aside) }),
    ...(dropped && { dropped: dropped.map((id) => ({ labourer, id })) }),
  };
};

/** Tasks that were enqueued together begin alike: their times are read once. */
const timesReader = (): ((text: string) => { readonly createdAt: number; readonly due: number }) => {
  let head = '';
  let times = { createdAt: 0, due: 0 };
  return (text) => {
    if (head === '' || !text.startsWith(head)) {
      head = text.slice(0, 30);
      times = { createdAt: createdOf(head), due: Number(head.slice(15)) };
    }
    return times;
  };
};

const asideOf = (labourer: string, pairs: readonly string[]): readonly SetAside[] =>
  inPages(pairs, 2).map(([id = '', problem = '']) => ({ labourer, id, problem }));
