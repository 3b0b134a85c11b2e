import { type Members, membersOf, unknownEvent } from '../reports/kinds.ts';

/** What an event of the Scheduler asks for. */
export type Asked = { readonly kind: 'round' } | AskedJob;

export interface AskedJob {
  readonly kind: 'job';
  /** A job of sosw's language, as an object or text. */
  readonly job: string | object;
  /** Which run of it. Absent: the invocation's own. */
  readonly run?: string;
  /** As `runJob` takes them; it checks them. */
  readonly options: Members;
  /** How many invocations before this one have worked at it. */
  readonly links: number;
}

/**
 * - `{ job }`, with `run`, `finalizer` and `follow` beside it, or the job itself (`{ lambda_name, ... }`), or its text
 * - the same as `detail` of an event of EventBridge: its id is the run
 * - an event of a schedule, or one without members: a round
 * @throws ReeveError UNKNOWN_EVENT
 */
export const askedBy = (event: unknown): Asked => {
  if (typeof event === 'string') return { kind: 'job', job: event, options: {}, links: 0 };
  const members = membersOf(event);
  const job = jobIn(members);
  if (job) return job;
  const { detail, id } = members;
  const detailed = jobIn(membersOf(detail));
  if (detailed) return { ...(typeof id === 'string' && { run: id }), ...detailed };
  const isRound = members['detail-type'] === 'Scheduled Event' || (Object.keys(members).length === 0 && !Array.isArray(event));
  if (isRound) return { kind: 'round' };
  throw unknownEvent(event, 'give a job as { job: ... } or { lambda_name: ... }, or an event of a schedule of EventBridge for a round');
};

const jobIn = (members: Members): AskedJob | undefined => {
  const { job, run, finalizer, follow, links } = members;
  if ((typeof job === 'object' && job !== null) || typeof job === 'string') {
    const options = { ...(finalizer !== undefined && { finalizer }), ...(follow !== undefined && { follow }) };
    // Whatever it is, runJob says what is wrong with it.
    const named = run === undefined || run === null ? {} : { run: run as string };
    return { kind: 'job', job, ...named, options, links: Number.isSafeInteger(links) ? Math.max(0, Number(links)) : 0 };
  }
  return typeof members['lambda_name'] === 'string' ? { kind: 'job', job: members, options: {}, links: 0 } : undefined;
};
