// What a template of CloudFormation or the CDK would say: which functions there are, and what Lambda and EventBridge do with them.
import { type Millis, SECOND } from '@reeve/core';
import type { LambdaEventSettings } from '@reeve/testkit';

export interface FunctionTemplate {
  /** The module whose `handler` it is. Loaded when everything stands, as a container of Lambda is. */
  readonly load: () => Promise<{ readonly handler: unknown }>;
  readonly timeout: Millis;
  /** A function that EventBridge invokes again and again. */
  readonly every?: Millis;
  readonly events?: LambdaEventSettings;
}

const MINUTE_HERE: Millis = SECOND;
const TO_ASSISTANT = { functionName: 'shop-assistant' };

export const template: Readonly<Record<string, FunctionTemplate>> = {
  'shop-api': { load: () => import('../functions/api.ts'), timeout: 10 * SECOND },
  'shop-orchestrator': { load: () => import('../functions/orchestrator.ts'), timeout: 60 * SECOND, every: MINUTE_HERE },
  'shop-scavenger': { load: () => import('../functions/scavenger.ts'), timeout: 60 * SECOND, every: MINUTE_HERE },
  'shop-scheduler': { load: () => import('../functions/scheduler.ts'), timeout: 60 * SECOND, every: MINUTE_HERE },
  'shop-assistant': { load: () => import('../functions/assistant.ts'), timeout: 10 * SECOND },
  'shop-charge': { load: () => import('../functions/charge.ts'), timeout: 8 * SECOND, events: { maximumRetryAttempts: 0 } },
  'shop-receipt': {
    load: () => import('../functions/receipt.ts'),
    timeout: 8 * SECOND,
    // By way of a queue, so that a report waits while the Assistant is throttled; to the function itself would do.
    events: { maximumRetryAttempts: 0, onSuccess: { ...TO_ASSISTANT, through: 'sqs' }, onFailure: TO_ASSISTANT },
  },
  'shop-stock-report': { load: () => import('../functions/stock-report.ts'), timeout: 8 * SECOND },
};
