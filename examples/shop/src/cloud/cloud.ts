// The cloud, as far as this shop needs one: DynamoDB, Lambda, CloudWatch and EventBridge on this machine. The functions find them in their
// environment, as the AWS SDK looks for them, and are otherwise what would be deployed.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type CloudwatchEndpoint, type LambdaEndpoint, startCloudwatchEndpoint, startLambdaEndpoint } from '@reeve/testkit';
import { type OutsideWorld, openOutsideWorld } from '../outside/outside-world.ts';
import { type Database, openDatabase, type StoreChoice } from './database.ts';
import { deploy } from './deploy.ts';
import { EventBridge } from './event-bridge.ts';
import { type Mishaps, mishaps } from './mishaps.ts';

export interface Cloud {
  readonly database: Database;
  readonly lambda: LambdaEndpoint;
  readonly outside: OutsideWorld;
  readonly mishaps: Mishaps['count'];
  /** Invokes a function and waits for its answer, as a Function URL does. */
  call(functionName: string, event: unknown): Promise<unknown>;
  /** Waits for the functions that run, unless it is in haste. */
  close(options?: { readonly haste?: boolean }): Promise<void>;
}

/** How often the payments provider publishes its load, in milliseconds. */
const PUBLISH_EVERY = 200;

export const openCloud = async (store: StoreChoice | undefined): Promise<Cloud> => {
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  });
  const opened: { close(): Promise<void> }[] = [];
  const keep = <Part extends { close(): Promise<void> }>(part: Part): Part => {
    opened.push(part);
    return part;
  };
  let isHasty = false;
  const close = async ({ haste = false }: { readonly haste?: boolean } = {}): Promise<void> => {
    isHasty = haste;
    for (const each of opened.reverse().splice(0)) await each.close();
  };
  try {
    const outside = keep(await openOutsideWorld());
    const database = keep(await openDatabase(store));
    const cloudwatch = keep(await startCloudwatchEndpoint());
    const accidents = mishaps();
    const lambda = await startLambdaEndpoint({ functions: {}, region: 'eu-west-1', ...accidents });
    keep({
      close: async () => {
        if (!isHasty) await lambda.settled(); // what runs has a second more at most
        await lambda.close();
      },
    });
    Object.assign(process.env, database.env, {
      AWS_ENDPOINT_URL_LAMBDA: lambda.url,
      AWS_ENDPOINT_URL_CLOUDWATCH: cloudwatch.url,
      REEVE_ASSISTANT: 'shop-assistant',
      PAYMENTS_URL: outside.url,
      MAIL_URL: outside.url,
    });
    keep(publish(outside, cloudwatch));
    const client = new LambdaClient({});
    keep({ close: async () => client.destroy() });
    await deploy(lambda);
    keep(new EventBridge(client));
    return { database, lambda, outside, mishaps: accidents.count, call: (name, event) => call(client, name, event), close };
  } catch (error) {
    await close();
    throw error;
  }
};

const publish = (outside: OutsideWorld, cloudwatch: CloudwatchEndpoint): { close(): Promise<void> } => {
  const put = (): void => cloudwatch.put({ namespace: 'Payments', metric: 'Load' }, outside.load);
  put();
  const timer = setInterval(put, PUBLISH_EVERY);
  return { close: async () => clearInterval(timer) };
};

const call = async (client: LambdaClient, functionName: string, event: unknown): Promise<unknown> => {
  const { Payload: payload, FunctionError: error } = await client.send(
    new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) }),
  );
  const answer = Buffer.from(payload ?? []).toString('utf8');
  if (error !== undefined) throw new Error(`${functionName} failed: ${answer}`);
  return JSON.parse(answer);
};
