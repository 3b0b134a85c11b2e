import { createHash } from 'node:crypto';
import { type AttemptRef, type Lease, refOf } from '@reeve/core';

/**
 * The attempt's own facts and the payload side by side: `{"reeve":{...},"payload":...}`, the same as a Lambda function gets. Nothing
 * inside the payload can reach the first part, and its text is the one that was enqueued, digit for digit.
 */
export const envelope = ({ labourer, id, token, attempt, deadline, payload }: Lease): string =>
  `{"reeve":${JSON.stringify({ labourer, id, token, attempt, deadline })},"payload":${payload}}`;

/**
 * The id of the message: one for each attempt, the same however often that is sent. Ids of tasks and labourers have characters that no
 * header takes, and dots, which the signature has as separators; and the token is nothing for logs, where this id turns up.
 */
export const messageId = (attempt: AttemptRef): string =>
  `reeve_${createHash('sha256')
    .update(JSON.stringify(Object.values(refOf(attempt))))
    .digest('base64url')
    .slice(0, 32)}`;
