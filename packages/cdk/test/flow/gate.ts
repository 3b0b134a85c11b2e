/**
 * Stands before DynamoDB and Lambda as IAM does: reads from a request's signature whose it is, and from the request what is asked of which
 * resource, and lets it through if the template's policies say so.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type Allowed, isAllowed, type Request } from './policy.ts';
import { ACCOUNT, REGION } from './resolve.ts';

export interface GateOptions {
  readonly dynamodb: string;
  readonly lambda: string;
  readonly allowed: readonly Allowed[];
}

export interface Gate {
  readonly url: string;
  /** What was let through, each once. */
  readonly used: ReadonlyMap<string, Allowed>;
  readonly denied: readonly Allowed[];
  close(): Promise<void>;
}

export const startGate = async ({ dynamodb, lambda, allowed }: GateOptions): Promise<Gate> => {
  const used = new Map<string, Allowed>();
  const denied: Allowed[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const role = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? 'nobody';
    const target = request.headers['x-amz-target'];
    const asked = typeof target === 'string' ? onTables(target, body.toString()) : [onFunction(request.url ?? '')];
    const refused = asked.filter((each) => !isAllowed(allowed, role, each));
    for (const each of asked) used.set(`${role} ${each.action} ${each.resource}`, { role, ...each });
    if (refused.length > 0) {
      denied.push(...refused.map((each) => ({ role, ...each })));
      return deny(
        response,
        `${role} is not authorized to perform ${refused.map(({ action, resource }) => `${action} on ${resource}`).join(', ')}`,
      );
    }
    await pass(request, body, typeof target === 'string' ? dynamodb : lambda, response);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    used,
    denied,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

const deny = (response: ServerResponse, message: string): void => {
  response.writeHead(403, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': 'AccessDeniedException' });
  response.end(JSON.stringify({ __type: 'com.amazon.coral.service#AccessDeniedException', Message: message, message }));
};

const pass = async (
  { method = 'POST', url = '/', headers }: IncomingMessage,
  body: Buffer,
  to: string,
  response: ServerResponse,
): Promise<void> => {
  const { host: _host, connection: _connection, 'content-length': _length, expect: _expect, ...rest } = headers;
  const passed = await fetch(to + url, { method, headers: rest as Record<string, string>, body: new Uint8Array(body) });
  const answer = Buffer.from(await passed.arrayBuffer());
  const { 'content-encoding': _encoding, 'transfer-encoding': _transfer, ...told } = Object.fromEntries(passed.headers);
  response.writeHead(passed.status, { ...told, 'content-length': String(answer.length) });
  response.end(answer);
};

interface OfTable {
  readonly TableName: string;
  readonly IndexName?: string;
}

interface TableRequest extends OfTable {
  readonly RequestItems?: Readonly<Record<string, unknown>>;
  readonly TransactItems?: readonly Readonly<Record<string, OfTable>>[];
}

const PARTS: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

/** A transaction is what its parts are. */
const onTables = (target: string, body: string): readonly Request[] => {
  const operation = target.split('.')[1] ?? '';
  const { TableName, IndexName, RequestItems, TransactItems } = JSON.parse(body) as TableRequest;
  if (TransactItems) {
    return TransactItems.flatMap((each) => Object.entries(each).map(([part, of]) => onTable(PARTS[part] ?? part, of.TableName)));
  }
  if (RequestItems) return Object.keys(RequestItems).map((name) => onTable(operation, name));
  return [onTable(operation, IndexName === undefined ? TableName : `${TableName}/index/${IndexName}`)];
};

const onTable = (operation: string, name: string): Request => ({
  action: `dynamodb:${operation}`,
  resource: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`,
});

const onFunction = (url: string): Request => {
  const called = decodeURIComponent(/\/functions\/([^/]+)\/invocations/.exec(url)?.[1] ?? '');
  return {
    action: 'lambda:InvokeFunction',
    resource: called.startsWith('arn:') ? called : `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${called}`,
  };
};
