import { Agent, request } from 'node:http';
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { Row } from '../../src/client/requests.ts';

/** Asks a DynamoDB by its protocol, without what the SDK does around it: that takes most of the time of a story, and is tested elsewhere. */
export interface Wire {
  ask(name: string, input: object): Promise<unknown>;
  close(): void;
}

// Servers for tests look whether there is a signature, and not whose it is.
const HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  authorization: 'AWS4-HMAC-SHA256 Credential=test/20260105/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  'x-amz-date': '20260105T120000Z',
};

export const wireTo = (url: string): Wire => {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const ask = (name: string, input: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify(input);
      const headers = { ...HEADERS, 'x-amz-target': `DynamoDB_20120810.${name}`, 'content-length': Buffer.byteLength(body) };
      const outgoing = request(url, { method: 'POST', agent, headers }, (incoming) => {
        const parts: Buffer[] = [];
        incoming.on('data', (part: Buffer) => parts.push(part));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const answer = JSON.parse(Buffer.concat(parts).toString()) as Readonly<Record<string, unknown>>;
          if (incoming.statusCode === 200) resolve(answer);
          else reject(errorOf(answer));
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  return { ask, close: () => agent.destroy() };
};

const errorOf = ({ __type, message, Message = message, Item }: Readonly<Record<string, unknown>>): Error => {
  const name = String(__type).split('#').at(-1) ?? '';
  const details = { message: String(Message), $metadata: {} };
  if (name === 'ConditionalCheckFailedException')
    return new ConditionalCheckFailedException({ ...details, ...(Item !== undefined && { Item: Item as Row }) });
  if (name === 'TransactionCanceledException') return new TransactionCanceledException(details);
  return Object.assign(new Error(details.message), { name, $fault: 'client' });
};
