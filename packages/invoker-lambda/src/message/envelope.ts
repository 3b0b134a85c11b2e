import type { Lease } from '@reeve/core';

/**
 * The attempt's own facts and the payload side by side: `{"reeve":{...},"payload":...}`. Nothing inside the payload can
 * reach the first part, and its text is the one that was enqueued, digit for digit.
 */
export const envelope = ({ labourer, id, token, attempt, deadline, payload }: Lease): string =>
  `{"reeve":${JSON.stringify({ labourer, id, token, attempt, deadline })},"payload":${payload}}`;
