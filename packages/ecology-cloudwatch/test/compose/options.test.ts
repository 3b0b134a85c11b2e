import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { Lifecycle, MetricSource, ReeveError } from '@reeve/core';
import { CloudwatchSource, type CloudwatchSourceOptions, cloudwatchEcology } from '@reeve/ecology-cloudwatch';
import { startCloudwatchEndpoint } from '@reeve/testkit';
import { Container } from 'inversify';
import { expect, onTestFinished, test } from 'vitest';
import { CPU, MINUTE_BEGAN, openRig, PLACE } from '../support/rig.ts';

const faultOf = (options: Readonly<Record<string, unknown>>): ReeveError => {
  try {
    new CloudwatchSource(options as CloudwatchSourceOptions);
  } catch (error) {
    if (error instanceof ReeveError) return error;
  }
  throw new Error('nothing was wrong');
};

test('all that is wrong with the options is listed', () => {
  const { code, message } = faultOf({ name: 'a b', endpoint: 'ftp://x', region: 'Europe!', requestTimeout: 0, retries: 3 });
  expect(code).toBe('INVALID_CLOUDWATCH_ECOLOGY');
  for (const name of ['name', 'endpoint', 'region', 'requestTimeout', 'retries']) expect(message).toContain(`cloudwatchEcology.${name}: `);
});

test('a client of somebody else, or settings beside a client, are refused', () => {
  expect(faultOf({ client: {} }).message).toContain('is no CloudWatchClient');
  const client = new CloudWatchClient(PLACE);
  expect(faultOf({ client, region: 'us-east-1' }).message).toContain('is given beside a client');
});

test('a client of yours is used and never closed', async () => {
  const endpoint = await startCloudwatchEndpoint();
  onTestFinished(() => endpoint.close());
  let closed = 0;
  const client = new CloudWatchClient({ ...PLACE, endpoint: endpoint.url });
  const destroy = client.destroy.bind(client);
  client.destroy = () => {
    closed += 1;
  };
  const source = new CloudwatchSource({ client });
  await source.start();
  expect(await source.read([CPU], new AbortController().signal)).toEqual([{ kind: 'none' }]);
  await source.close();
  expect([endpoint.calls.length, closed]).toEqual([1, 0]);
  destroy();
});

test('its own connections are kept between reads, and closed at the end', async () => {
  const { endpoint, read, source } = await openRig();
  endpoint.put(CPU, 1, MINUTE_BEGAN - 1);
  for (let times = 0; times < 3; times += 1) await read(CPU);
  expect(endpoint.connections).toBe(1);
  await source.close();
  await source.close();
});

test('no region is said at the start', async () => {
  const { AWS_REGION: region, AWS_CONFIG_FILE: file } = process.env;
  onTestFinished(() => {
    if (region !== undefined) process.env['AWS_REGION'] = region;
    if (file === undefined) delete process.env['AWS_CONFIG_FILE'];
    else process.env['AWS_CONFIG_FILE'] = file;
  });
  delete process.env['AWS_REGION'];
  process.env['AWS_CONFIG_FILE'] = '/nowhere';
  await expect(new CloudwatchSource().start()).rejects.toMatchObject({ code: 'REGION_MISSING' });
});

test('a composition has a source for each region, each with a name of its own', async () => {
  const container = new Container();
  container.load(cloudwatchEcology(PLACE), cloudwatchEcology({ ...PLACE, name: 'cloudwatch-us', region: 'us-west-2' }));
  const sources = container.getAll(MetricSource);
  expect(sources.map(({ name }) => name)).toEqual(['cloudwatch', 'cloudwatch-us']);
  expect(container.getAll(Lifecycle)).toEqual(sources);
});
