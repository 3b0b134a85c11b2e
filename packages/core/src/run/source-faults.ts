import { ReeveError } from '../errors.ts';

/** @param who "cloudwatch", or "probe orders-db" */
export const sourceSilent = (who: string): ReeveError =>
  new ReeveError({
    kind: 'unavailable',
    code: 'SOURCE_NO_ANSWER',
    message: `read: ${who} has not answered in time; give its client a time limit of its own, below 4 s`,
  });

export const sourceBroken = (what: string): ReeveError =>
  new ReeveError({ kind: 'contract', code: 'SOURCE_BROKE_CONTRACT', message: `read: ${what}; run the kit of @reeve/testkit against it` });
