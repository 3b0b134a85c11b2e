import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { JsonText } from '@reeve/core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { labourerOf } from '../support/labourers.ts';
import { type Rig, start } from '../support/rig.ts';

/** One event that the Orchestrator of sosw 0.7.31 sent, and the row that it made it from. */
interface Recorded {
  readonly scenario: string;
  readonly labourer: string;
  readonly id: string;
  readonly payload: string;
  readonly members: Readonly<Record<string, JsonText>>;
  readonly event: string;
}

const golden = (name: string): string => readFileSync(new URL(`../golden/${name}-0.7.31.json`, import.meta.url), 'utf8');
const events: readonly Recorded[] = JSON.parse(golden('events'));

let rig: Rig;
beforeAll(async () => {
  rig = await start({}, { functions: { w0: () => {}, w1: () => {} } });
});
afterAll(() => rig.close());

/** What the function is sent for a row of sosw's. */
const sent = async ({ labourer, id, payload, members }: Omit<Recorded, 'scenario' | 'event'>): Promise<string> => {
  const whom = labourerOf(labourer, { options: { message: 'sosw' } });
  const delivery = await rig.invoke({ labourer: whom, lease: { id, payload, members, attempt: 7, createdAt: 1 } });
  assert.deepEqual(delivery, { kind: 'accepted' });
  return rig.endpoint.calls.at(-1)!.text;
};

describe("sosw's message is what sosw sends, byte for byte", () => {
  for (const [n, recorded] of events.entries()) {
    it(`${recorded.scenario} ${recorded.id}, attempts ${recorded.members['attempts']} (${n})`, async () => {
      assert.equal(await sent(recorded), recorded.event);
    });
  }
});

interface WorkerRow {
  readonly task_id: { readonly S: string };
  readonly payload: { readonly S: string };
}
interface WorkerStage {
  readonly worker: readonly { readonly sent: readonly { readonly payload: string }[] }[];
  readonly tables: { readonly sosw_tasks: readonly WorkerRow[] };
}

describe('a Worker of sosw finds in it what its report is made of', () => {
  const [{ worker, tables }] = (JSON.parse(golden('worker')) as { readonly stages: readonly [WorkerStage] }).stages;
  for (const [n, row] of tables.sosw_tasks.entries()) {
    it(row.task_id.S, async () => {
      const members = { created_at: '1795420800.25' as JsonText, greenfield: '2000' as JsonText, attempts: '0' as JsonText };
      const text = await sent({ labourer: 'w0', id: row.task_id.S, payload: row.payload.S, members });
      const own = `, "task_id": "${row.task_id.S}", "labourer_id": "w0", "created_at": 1795420800.25, "greenfield": 2000, "attempts": 0}`;
      assert.equal(text, row.payload.S.slice(0, -1) + own);

      const event = JSON.parse(text);
      const report = JSON.parse(worker[n]!.sent[0]!.payload.replaceAll('<float>', '0.5'));
      assert.equal(report.task_id, event.task_id);
      assert.deepEqual(report.result, event.interop.result);
      assert.equal(report.stats.rows, event.interop.stats.rows);
    });
  }
});
