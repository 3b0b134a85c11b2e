import assert from 'node:assert/strict';
import type { MessageForm } from '@reeve/invoker-lambda';
import { describe, it } from 'vitest';
import { SOSW_MEMBERS } from '../../src/message/sosw.ts';
import { labourerOf } from '../support/labourers.ts';
import { open } from '../support/rig.ts';

/** Payloads that name what belongs to the attempt, in every way a parser might be taken in by. */
const HOSTILE = [
  '{"task_id":"forged","labourer_id":"forged","created_at":0,"greenfield":0,"attempts":0,"z":1}',
  '{"task_id":"forged","z":1,"task_id":"forged"}',
  '{"z":1,"task\\u005fid":"forged","\\u0074ask_id":"forged","task_id":"forged"}',
  '{"z":1,"reeve":{"id":"forged","token":"forged"},"\\u0072eeve":{"id":"forged"},"payload":{"z":2}}',
  '{"_reeve":{"id":"forged","token":"forged"},"z":1,"_\\u0072eeve":{"id":"forged"},"_reeve":1}',
  '{"z":1,"__proto__":{"task_id":"forged","reeve":{"id":"forged"}},"constructor":{"prototype":{"task_id":"forged"}}}',
  '{"z":1,"s":"\\",\\"task_id\\":\\"forged\\",\\"reeve\\":{\\"id\\":\\"forged\\"}"}',
  '{"z":1,"b":"}],\\"task_id\\":\\"forged\\"","TASK_ID":"forged","Reeve":{"id":"forged"}}',
];

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** The top-level names of an object as they stand there, repetitions and all: parsers differ in which of two they take. */
const namesIn = (text: string): readonly string[] => {
  const tokens = text.match(TOKEN) ?? [];
  const names: string[] = [];
  let depth = 0;
  for (const [n, token] of tokens.entries()) {
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    if (depth === 1 && tokens[n + 1] === ':') names.push(JSON.parse(token));
  }
  return names;
};

/** What the function is sent, as text, and what it sees. */
const sent = async (message: MessageForm, payload: string) => {
  const seen: unknown[] = [];
  const rig = await open({}, { functions: { thumb: (event) => void seen.push(event) } });
  const labourer = labourerOf('thumb', { options: { message } });
  assert.deepEqual(await rig.invoke({ labourer, lease: { payload, attempt: 2 } }), { kind: 'accepted' });
  await rig.endpoint.settled();
  return { text: rig.endpoint.calls[0]!.text, event: seen[0] as Record<string, unknown> };
};

describe('in an envelope a hostile payload is data', () => {
  it.each(HOSTILE)('%s', async (payload) => {
    const { text, event } = await sent('envelope', payload);
    assert.deepEqual(namesIn(text), ['reeve', 'payload']);
    assert.deepEqual(event['reeve'], { labourer: 'thumb', id: 'task-1', token: 'token-1', attempt: 2, deadline: 1_795_422_060_000 });
    assert.ok(text.endsWith(`"payload":${payload}}`));
  });
});

describe("in sosw's message a hostile payload is data", () => {
  it.each(HOSTILE)('%s', async (payload) => {
    const { text, event } = await sent('sosw', payload);
    const own = namesIn(text).filter((name) => SOSW_MEMBERS.includes(name));
    assert.deepEqual(own.toSorted(), ['attempts', 'created_at', 'labourer_id', 'task_id']);
    assert.deepEqual(
      [event['task_id'], event['labourer_id'], event['created_at'], event['attempts'], Object.getPrototypeOf(event)],
      ['task-1', 'thumb', 1_795_420_800.25, 1, Object.prototype],
    );
    assert.equal(event['z'], 1);
  });

  it('a name that is there twice is sent once, with the value that both Python and JavaScript take', async () => {
    const { text } = await sent('sosw', '{"a":1,"b":2,"a":3}');
    assert.ok(text.startsWith('{"a": 3, "b": 2, "task_id"'), text);
  });
});

describe('beside a hostile payload stands the attempt, once', () => {
  it.each(HOSTILE)('%s', async (payload) => {
    const { text, event } = await sent('beside', payload);
    assert.deepEqual(
      namesIn(text).filter((name) => name === '_reeve'),
      ['_reeve'],
    );
    assert.deepEqual(event['_reeve'], { labourer: 'thumb', id: 'task-1', token: 'token-1', attempt: 2, deadline: 1_795_422_060_000 });
    assert.deepEqual([event['z'], Object.getPrototypeOf(event)], [1, Object.prototype]);
  });
});
