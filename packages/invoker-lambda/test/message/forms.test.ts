import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { labourerOf } from '../support/labourers.ts';
import { type LeaseParts, type Rig, start } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await start();
});
afterAll(() => rig.close());

const envelope = labourerOf('thumb');
const sosw = labourerOf('thumb', { options: { message: 'sosw' } });
const beside = labourerOf('thumb', { options: { message: 'beside' } });
const sent = async (labourer: typeof sosw, lease: LeaseParts): Promise<string> => {
  assert.deepEqual(await rig.invoke({ labourer, lease }), { kind: 'accepted' });
  return rig.endpoint.calls.at(-1)!.text;
};

describe('the envelope', () => {
  it('is the form where none is chosen: the facts of the attempt, and beside them the payload as its text stands', async () => {
    assert.equal(
      await sent(envelope, { attempt: 2, payload: ' {"n":1.0,\n"u": "\\u017e"}' }),
      '{"reeve":{"labourer":"thumb","id":"task-1","token":"token-1","attempt":2,"deadline":1795422060000},"payload": {"n":1.0,\n"u": "\\u017e"}}',
    );
  });

  it('has none of what only a store of sosw knows', async () => {
    const text = await sent(envelope, { members: { greenfield: '2000' } as never });
    assert.deepEqual(Object.keys(JSON.parse(text).reeve), ['labourer', 'id', 'token', 'attempt', 'deadline']);
  });
});

describe("sosw's message, from a store that keeps nothing of sosw's", () => {
  it('counts attempts from 0 and time in seconds, and has no greenfield', async () => {
    assert.equal(
      await sent(sosw, { attempt: 3, payload: '{"key":"cat.jpg","size":[1,2]}' }),
      '{"key": "cat.jpg", "size": [1,2], "task_id": "task-1", "labourer_id": "thumb", "created_at": 1795420800.25, "attempts": 2}',
    );
  });

  it('does not let a payload of its own fill the gap', async () => {
    const event = JSON.parse(await sent(sosw, { payload: '{"greenfield":1,"created_at":0,"z":1}' }));
    assert.deepEqual(Object.keys(event), ['created_at', 'z', 'task_id', 'labourer_id', 'attempts']);
    assert.equal(event.created_at, 1_795_420_800.25);
  });

  it('wraps a payload that is no object', async () => {
    for (const payload of ['5', 'null', ' [1.0, 2]\n', '"task_id"']) {
      const text = await sent(sosw, { payload });
      assert.ok(text.startsWith(`{"payload": ${payload.trim()}, "task_id": "task-1"`), text);
    }
  });

  it('writes ids in ASCII, as Python does', async () => {
    assert.match(await sent(sosw, { id: 'ž🐎\u007f' }), /"task_id": "\\u017e\\ud83d\\udc0e\\u007f"/);
  });
});

describe('the attempt beside the payload', () => {
  it('is one more member, after those of the payload, each with its text as it stands', async () => {
    assert.equal(
      await sent(beside, { attempt: 2, payload: ' {"n" : 1.0,\n"u": "\\u017e", "a": [1, 2] }' }),
      '{"n":1.0,"u":"\\u017e","a":[1, 2],"_reeve":{"labourer":"thumb","id":"task-1","token":"token-1","attempt":2,"deadline":1795422060000}}',
    );
  });

  it('is the only member beside an empty payload, and wraps one that is no object', async () => {
    assert.ok((await sent(beside, { payload: '{}' })).startsWith('{"_reeve":{'));
    for (const payload of ['5', 'null', ' [1.0, 2]\n', '"_reeve"'])
      assert.ok((await sent(beside, { payload })).startsWith(`{"payload":${payload.trim()},"_reeve":{`));
  });
});
