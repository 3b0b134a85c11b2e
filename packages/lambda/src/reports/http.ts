import { type Members, membersOf } from './kinds.ts';

/** What API Gateway, a function's URL and a load balancer take for an answer. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

/** The request in an event of API Gateway (either format), a function's URL or a load balancer. The body is as it was sent, to the byte: it is signed. */
export const requestOf = (event: Members): Request => {
  const context = membersOf(event['requestContext']);
  const http = membersOf(context['http']);
  const headers = headersOf(event);
  const method = text(http['method'] ?? event['httpMethod']) || 'GET';
  const host = headers.get('host') ?? (text(context['domainName']) || 'localhost');
  const query = text(event['rawQueryString']);
  const path = text(event['rawPath'] ?? event['path']) || '/';
  const body =
    typeof event['body'] === 'string' ? Buffer.from(event['body'], event['isBase64Encoded'] === true ? 'base64' : 'utf8') : undefined;
  const url = new URL(`${path}${query && `?${query}`}`, `https://${host}`);
  return new Request(url, { method, headers, ...(body && method !== 'GET' && method !== 'HEAD' && { body }) });
};

export const answerOf = async (response: Response): Promise<HttpAnswer> => ({
  statusCode: response.status,
  headers: Object.fromEntries(response.headers),
  body: await response.text(),
  isBase64Encoded: false,
});

const headersOf = (event: Members): Headers => {
  const headers = new Headers();
  for (const [name, value] of Object.entries(membersOf(event['headers']))) if (typeof value === 'string') headers.set(name, value);
  for (const [name, values] of Object.entries(membersOf(event['multiValueHeaders'])))
    if (Array.isArray(values) && !headers.has(name)) for (const value of values) headers.append(name, text(value));
  return headers;
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
