import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { template } from './template.ts';

/** Invokes the functions that are to be invoked again and again, as rules of EventBridge with a rate do: asynchronously, and at once at first. */
export class EventBridge {
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(client: LambdaClient) {
    for (const [functionName, { every }] of Object.entries(template)) {
      if (every === undefined) continue;
      const invoke = (): void => {
        const event = { source: 'aws.events', 'detail-type': 'Scheduled Event', time: new Date().toISOString(), detail: {} };
        const command = new InvokeCommand({
          FunctionName: functionName,
          InvocationType: 'Event',
          Payload: Buffer.from(JSON.stringify(event)),
        });
        const sent = client
          .send(command)
          .catch(() => {}) // the next one comes in a moment
          .finally(() => this.#underWay.delete(sent));
        this.#underWay.add(sent);
      };
      this.#timers.push(setInterval(invoke, every));
      invoke();
    }
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#underWay);
  }
}
