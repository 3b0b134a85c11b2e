/** What went wrong between us and DynamoDB, in words that say what to do. */
import { ReeveError } from '@reeve/core';

const NO_CREDENTIALS: readonly string[] = ['CredentialsProviderError', 'TokenProviderError'];
const REFUSED: readonly string[] = [
  'AccessDeniedException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'IncompleteSignature',
  'MissingAuthenticationTokenException',
  'ExpiredTokenException',
  'InvalidClientTokenId',
];
const BUSY: readonly string[] = [
  'ThrottlingException',
  'RequestLimitExceeded',
  'ProvisionedThroughputExceededException',
  'InternalServerError',
  'ServiceUnavailable',
  'TransactionConflictException',
];
/** What Node says when no answer comes from the other end. */
const NO_ANSWER =
  /^(ECONN\w+|ENOTFOUND|EAI_\w+|EHOST\w+|ENET\w+|EPIPE|ETIMEDOUT|ERR_TLS\w*|CERT_\w+|DEPTH_ZERO\w*|UNABLE_TO_\w+|SELF_SIGNED\w*)$/;
const NO_ANSWER_NAMES: readonly string[] = ['TimeoutError', 'AbortError', 'NetworkingError'];

/**
 * An error of the AWS client as the fault that it is: CREDENTIALS_MISSING, REGION_MISSING, STORE_DENIED, TABLES_MISMATCH,
 * STORE_UNREACHABLE or STORE_REFUSED.
 * @param where what was asked of whom, for the message: "DescribeTable of sosw_tasks"
 * @returns a ReeveError; the error itself if it is none of these
 */
export const dynamoDbFault = (error: unknown, where: string): unknown => {
  if (!(error instanceof Error) || ReeveError.is(error)) return error;
  const asFault = (kind: 'config' | 'unavailable' | 'contract', code: string, message: string): ReeveError =>
    new ReeveError({ kind, code, message: `${where}: ${message}`, cause: error });
  if (NO_CREDENTIALS.includes(error.name)) {
    return asFault(
      'config',
      'CREDENTIALS_MISSING',
      'no AWS credentials were found; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run with a role',
    );
  }
  if (/region is missing/i.test(error.message))
    return asFault('config', 'REGION_MISSING', 'no AWS region is set; set AWS_REGION, or give the client a region');
  if (REFUSED.includes(error.name)) {
    return asFault(
      'config',
      'STORE_DENIED',
      `DynamoDB refused (${error.name}: ${error.message}); mend the credentials, or allow the action in the policy of the role`,
    );
  }
  if (error.name === 'ResourceNotFoundException' || /specified index/i.test(error.message)) {
    return asFault(
      'config',
      'TABLES_MISMATCH',
      `the table or its index is not there (${error.message}); compare the names with your configuration, account and region, or call createTables`,
    );
  }
  const reason = noAnswer(error);
  if (reason === undefined) {
    const isAnswer = '$fault' in error; // DynamoDB's own word; whatever else it is, it is not ours to explain
    return isAnswer ? asFault('contract', 'STORE_REFUSED', `DynamoDB refused (${error.name}: ${error.message}); please report it`) : error;
  }
  return asFault(
    'unavailable',
    'STORE_UNREACHABLE',
    `DynamoDB did not answer (${reason}); look at the endpoint, the network and the region of the client, and try again`,
  );
};

/** Whether a write was refused because the item would have more than 400 KB. */
export const isItemTooLarge = (error: unknown): boolean =>
  error instanceof Error && (/item size/i.test(error.message) || isItemTooLarge(error.cause));

/** What an error of the client says of the answer, where there was one. */
interface Answered {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $fault?: 'client' | 'server';
}

const noAnswer = (error: Error): string | undefined => {
  if (BUSY.includes(error.name) || NO_ANSWER_NAMES.includes(error.name)) return error.name;
  const { $metadata: { httpStatusCode: status = 0 } = {}, $fault } = error as Answered;
  if ($fault === 'server' || status >= 500) return `${error.name}, HTTP ${status}`;
  // Node gathers the failures of several addresses (::1 and 127.0.0.1) in one AggregateError without a message.
  const all: readonly unknown[] = error instanceof AggregateError ? [error, ...error.errors] : [error, error.cause];
  for (const each of all) {
    if (each instanceof Error && 'code' in each && typeof each.code === 'string' && NO_ANSWER.test(each.code))
      return each.message || each.code;
  }
  return undefined;
};
