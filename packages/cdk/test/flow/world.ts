/** A stack of the construct, deployed to this machine: its tables, its functions in processes of their own, its policies before both. */
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { startDynamoDb, TEST_CREDENTIALS } from '@reeve/test-servers';
import { type LambdaEndpoint, startLambdaEndpoint } from '@reeve/testkit';
import type { EssentialName } from '../../src/index.ts';
import { ofType, type Template } from '../fixtures/template.ts';
import type { Archives } from './archives.ts';
import { type Gate, startGate } from './gate.ts';
import { LambdaProcess } from './lambda-process.ts';
import { type Allowed, allowedBy } from './policy.ts';
import { REGION, type Resolver, resolverOf } from './resolve.ts';
import { makeTables } from './tables.ts';

const SDK_OF_THE_RUNTIME = fileURLToPath(new URL('../../node_modules', import.meta.url));
const ESSENTIALS = ['orchestrator', 'scavenger', 'scheduler', 'assistant'] as const;

export interface World {
  readonly resolver: Resolver;
  /** A client that may do everything: the test's own. */
  readonly dynamodb: DynamoDBClient;
  readonly endpoint: LambdaEndpoint;
  readonly gate: Gate;
  readonly processes: Readonly<Record<EssentialName, LambdaProcess>>;
  readonly lambdaAs: (role: string) => LambdaClient;
  /** The role of a function of the template. */
  readonly roleOf: (functionId: string) => string;
  readonly environmentOf: (functionId: string) => Readonly<Record<string, string>>;
  /** The id of the one function of the template that begins so. */
  readonly idOf: (begins: string) => string;
  /** Invokes a function as a rule of EventBridge does. */
  readonly run: (name: EssentialName, event?: unknown, remaining?: number) => Promise<unknown>;
  close(): Promise<void>;
}

export interface DeployOptions {
  /** What the ids of Reeve's functions begin with. */
  readonly begins?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Roles that are not of the template. */
  readonly others?: readonly Allowed[];
}

export const deploy = async (template: Template, archives: Archives, options: DeployOptions = {}): Promise<World> => {
  const { begins = 'ReeveWorks', parameters = {}, others = [] } = options;
  const server = await startDynamoDb();
  const dynamodb = new DynamoDBClient({ endpoint: server.url, ...TEST_CREDENTIALS });
  const resolver = resolverOf(template, `t${process.pid}-${Date.now().toString(36)}-`, parameters);
  await makeTables(dynamodb, template, resolver);
  // What failed is not run again: the construct says so of workers, and what the assistant is sent does not fail here.
  const endpoint = await startLambdaEndpoint({ functions: {}, retryDelays: [], region: REGION });
  const allowed = [...allowedBy(template, resolver), ...others];
  const gate = await startGate({ dynamodb: server.url, lambda: endpoint.url, allowed });

  const functions = ofType(template, 'AWS::Lambda::Function');
  const idOf = (begins: string): string => functions.find(([id]) => id.startsWith(begins))![0];
  const roleOf = (id: string): string =>
    (template.Resources[id]!.Properties['Role'] as { 'Fn::GetAtt': readonly string[] })['Fn::GetAtt'][0]!;
  const environmentOf = (id: string): Readonly<Record<string, string>> => {
    const { Variables } = (template.Resources[id]!.Properties['Environment'] ?? { Variables: {} }) as { Variables: Record<string, string> };
    const texts = Object.entries(Variables).map(([name, value]) => [name, resolver.text(value)] as const);
    return Object.fromEntries(texts.filter(([, text]) => text !== ''));
  };
  const ids = ESSENTIALS.map((name) => [name, idOf(`${begins}${name[0]!.toUpperCase()}${name.slice(1)}`)] as const);
  const started = await Promise.all(
    ids.map(async ([name, id]) => {
      const env = {
        ...environmentOf(id),
        AWS_REGION: REGION,
        AWS_ACCESS_KEY_ID: roleOf(id),
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_ENDPOINT_URL_DYNAMODB: gate.url,
        AWS_ENDPOINT_URL_LAMBDA: gate.url,
        // Where Lambda's runtime keeps the SDK that it brings along, for what a bundle leaves out.
        NODE_PATH: SDK_OF_THE_RUNTIME,
        AWS_LAMBDA_FUNCTION_NAME: resolver.nameOf(id),
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      };
      return [name, await LambdaProcess.start(name, archives.code(name), env)] as const;
    }),
  );
  const processes = Object.fromEntries(started) as Record<EssentialName, LambdaProcess>;
  for (const [name, id] of ids) {
    endpoint.deploy(resolver.nameOf(id), (event, context) => processes[name].invoke(event, context, 30_000));
  }
  const clients: LambdaClient[] = [];
  let requests = 0;
  return {
    resolver,
    dynamodb,
    endpoint,
    gate,
    processes,
    idOf,
    environmentOf,
    roleOf,
    lambdaAs: (role) => {
      const credentials = { accessKeyId: role, secretAccessKey: 'secret' };
      const client = new LambdaClient({ endpoint: gate.url, region: REGION, credentials });
      clients.push(client);
      return client;
    },
    // A second is less than the margin: the handlers do one round, which they do in any case.
    run: (name, event = {}, remaining = 1_000) => {
      requests += 1;
      const functionName = resolver.nameOf(idOf(`${begins}${name[0]!.toUpperCase()}${name.slice(1)}`));
      const invokedFunctionArn = `arn:aws:lambda:${REGION}:123456789012:function:${functionName}`;
      return processes[name].invoke(event, { awsRequestId: `request-${requests}`, functionName, invokedFunctionArn }, remaining);
    },
    close: async () => {
      await Promise.all(Object.values(processes).map((each) => each.stop()));
      for (const client of clients) client.destroy();
      dynamodb.destroy();
      await gate.close();
      await endpoint.close();
      await server.stop();
    },
  };
};
