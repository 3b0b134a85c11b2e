// What the functions of the shop have in common: who works, how hard, and on what. Each function makes its own of it, once a container.
import { dynamodbStore } from '@reeve/adapter-dynamodb';
import { sqliteStore } from '@reeve/adapter-sqlite';
import { type LabourerDefinition, type ReeveOptions, SECOND } from '@reeve/core';
import { cloudwatchEcology } from '@reeve/ecology-cloudwatch';
import { lambdaInvoker } from '@reeve/invoker-lambda';

/** Longer than any of these functions has; and short, so that it is seen how a lost attempt is made good. */
const lease = { duration: 8 * SECOND, cooldown: SECOND } as const;

/** How busy the payments provider is, as it publishes it: of 100, and for all its customers together. */
const load = {
  source: 'cloudwatch',
  query: { namespace: 'Payments', metric: 'Load', period: 1 },
  levels: { High: '<= 60', Moderate: '<= 90' },
} as const;

const labourers: {
  readonly charge: LabourerDefinition;
  readonly receipt: LabourerDefinition;
  readonly 'stock-report': LabourerDefinition;
} = {
  /** Takes the money. Made with @reeve/worker: it begins once, however often Lambda delivers it, and reports by itself. */
  charge: {
    target: 'shop-charge',
    maxSimultaneousInvocations: 12,
    lease,
    maxAttempts: 20,
    // While the provider is out of order a person should know soon; whatever else goes wrong mends itself.
    retry: { kind: 'exponential', base: 300, limit: SECOND, on: [{ match: 'PaymentsDown', maxAttempts: 3 }] },
    health: { metrics: { 'payments.load': load } },
  },
  /** Mails the receipt. A function from before Reeve, which it knows nothing of: its destinations report. */
  receipt: {
    target: 'shop-receipt',
    maxSimultaneousInvocations: 5,
    lease,
    maxAttempts: 20,
    retry: { kind: 'fixed', wait: 300 },
    options: { message: 'beside' },
  },
  /** Counts what is left on the shelves. Another such function; it is quick, so its answer is waited for. */
  'stock-report': {
    target: 'shop-stock-report',
    maxSimultaneousInvocations: 1,
    lease,
    maxAttempts: 20,
    options: { invocation: 'sync', message: 'payload' },
  },
};

export type Shop = typeof labourers;

export const shop = (): ReeveOptions<Shop> => ({
  labourers,
  schedules: {
    // A shop that is not in a hurry would write '0 3 * * *', and the time zone that it lives in.
    stock: {
      cron: '*/3 * * * * *',
      timeZone: 'UTC',
      enqueue: { labourer: 'stock-report', payload: { shelves: ['tea', 'cups', 'kettles'] } },
    },
  },
  use: [store(), lambdaInvoker(), cloudwatchEcology()],
});

/** The table that the deployment made; or a file, where there is no DynamoDB to try it on. */
const store = () => {
  const { SHOP_FILE: file, SHOP_TABLE: nativeTable = 'shop' } = process.env;
  return file === undefined ? dynamodbStore({ layout: 'native', nativeTable }) : sqliteStore({ file });
};
