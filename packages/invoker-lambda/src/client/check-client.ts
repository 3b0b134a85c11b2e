import type { LambdaClient } from '@aws-sdk/client-lambda';
import { type Millis, ReeveError } from '@reeve/core';

export const REGION_REMEDY = 'set AWS_REGION, or give lambdaInvoker({ region })';
export const CREDENTIALS_REMEDY =
  'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run with a role, or give lambdaInvoker({ credentials })';

/**
 * Looks whether a client knows its region, which no request can do without.
 * @throws ReeveError REGION_MISSING
 */
export const checkRegion = async ({ config }: LambdaClient): Promise<void> => {
  try {
    await config.region();
  } catch (cause) {
    throw new ReeveError({
      kind: 'config',
      code: 'REGION_MISSING',
      message: `the Lambda client has no AWS region; ${REGION_REMEDY}`,
      cause,
    });
  }
};

/**
 * Looks whether a client finds its credentials. Where there are none at all, the SDK asks the metadata service of a machine on EC2
 * last, and waits for it in vain: for a second or two, at most `limit`.
 * @throws ReeveError CREDENTIALS_MISSING
 */
export const checkCredentials = async ({ config }: LambdaClient, limit: Millis): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no word of them within ${limit} ms`)), limit);
  });
  try {
    await Promise.race([config.credentials(), tooLong]);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `the Lambda client found no AWS credentials (${why}); ${CREDENTIALS_REMEDY}`;
    throw new ReeveError({ kind: 'config', code: 'CREDENTIALS_MISSING', message, cause });
  } finally {
    clearTimeout(timer);
  }
};
