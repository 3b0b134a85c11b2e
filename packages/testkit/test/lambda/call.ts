import type { InvocationType, LambdaEndpoint } from '@reeve/testkit';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** One request as an SDK would send it, without the SDK. */
export const call = async (
  { url }: LambdaEndpoint,
  address: string,
  {
    type = 'Event',
    body = '{}',
    qualifier,
  }: { readonly type?: InvocationType | 'Odd'; readonly body?: string; readonly qualifier?: string } = {},
): Promise<Answer> => {
  const query = qualifier === undefined ? '' : `?Qualifier=${encodeURIComponent(qualifier)}`;
  const response = await fetch(`${url}/2015-03-31/functions/${encodeURIComponent(address)}/invocations${query}`, {
    method: 'POST',
    headers: { 'x-amz-invocation-type': type },
    body,
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
};
