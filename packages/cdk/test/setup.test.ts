import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { setupWith } from '../functions/setup.ts';
import { withoutWorkers } from '../functions/without-workers.ts';
import type { LabourersProps } from '../src/index.ts';
import { deployed } from './fixtures/stack.ts';
import { ofType, one, textIn, type Values } from './fixtures/template.ts';
import { resolverOf } from './flow/resolve.ts';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:reports';
const labourers: LabourersProps = Object.fromEntries(
  Array.from({ length: 60 }, (_, n) => [`reports-${n}`, { target: `${ARN}-${n}`, maxSimultaneousInvocations: n + 1 }]),
);

interface Asked {
  readonly Path: string;
  readonly NextToken?: string;
}

/** As much of Systems Manager as gives parameters below a path, one a page. */
const serve = (parameters: readonly { readonly Name: string; readonly Value: string }[]): Server =>
  createServer((request, response) => {
    void text(request).then((body) => {
      const { Path, NextToken = '0' } = JSON.parse(body) as Asked;
      const below = parameters.filter(({ Name }) => Name.startsWith(`${Path}/`));
      const at = Number(NextToken);
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
      const more = at + 1 < below.length ? { NextToken: String(at + 1) } : {};
      response.end(JSON.stringify({ Parameters: below.slice(at, at + 1).map((each) => ({ ...each, Type: 'String' })), ...more }));
    });
  });

describe('what the functions are set up with', () => {
  const { template } = deployed(() => ({ labourers }));
  const resolver = resolverOf(template, '');
  const variables = (name: string): Record<string, string> => {
    const { Variables } = one(template, 'AWS::Lambda::Function', `ReeveWorks${name}`).Properties['Environment'] as {
      readonly Variables: Values;
    };
    return Object.fromEntries(Object.entries(Variables).map(([variable, value]) => [variable, resolver.text(value)]));
  };
  const server = serve(
    ofType(template, 'AWS::SSM::Parameter').map(([, { Properties }]) => ({
      Name: textIn(Properties['Name']),
      Value: resolver.text(Properties['Value']),
    })),
  );

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    vi.stubEnv('AWS_ENDPOINT_URL_SSM', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    server.close();
    server.closeAllConnections();
  });

  it('is what the construct was given, whatever parts it was divided into', async () => {
    const { value } = await setupWith({}, variables('Orchestrator')).read();
    expect(value['labourers']).toEqual(labourers);
    expect(value).toMatchObject({ store: { layout: 'native', atStart: 'trust' }, lambda: { metrics: { namespace: 'Reeve/Shop' } } });
  });

  it('is without targets for those that start no worker, and without what would start one', async () => {
    const read = await setupWith(withoutWorkers, variables('Assistant')).read();
    expect(Object.keys(read.value['labourers'] as object)).toEqual(Object.keys(labourers));
    expect(JSON.stringify(read.value)).not.toContain(ARN);
    expect(await read.parts()).toMatchObject(withoutWorkers);
  });
});
