import { expect, test } from 'vitest';
import { readPayload } from '../../src/codec/read-payload.ts';
import { byId, recorded } from '../golden/recorded.ts';

const text = (stored: string) => {
  const reading = readPayload(stored);
  return reading.kind === 'problem' ? reading.problem : reading.text;
};

test('JSON is left as it stands, to the byte', () => {
  for (const stored of ['{"one": 1.0,  "big":12345678901234567890}', '{}', '[1, 2]', '5', '"plain"', 'null', ' {"a":"\\u017e"} ']) {
    expect(readPayload(stored)).toEqual({ kind: 'json', text: stored });
  }
});

test('the repr in every row that sosw closed gives back the very payload it had while it was queued', () => {
  for (const [scenario, before, after] of [
    ['typed', 'completed', 'archived'],
    ['retry', 'invoked again', 'archived'],
    ['dead', 'at 0', 'end'],
  ] as const) {
    const queued = byId(recorded(scenario).stage(before).tables.sosw_tasks);
    const closed = recorded(scenario).stage(after).tables.sosw_closed_tasks;
    expect(closed.length).toBeGreaterThan(0);
    for (const row of closed) expect(text(row['payload']!.S!), row['task_id']!.S).toBe(queued.get(row['task_id']!.S!)!['payload']!.S);
  }
});

test('words, quotes and escapes of a repr', () => {
  expect(text("{'n': 0, 'none': None, 'f': 1.0, 't': True, 'u': False}")).toBe('{"n": 0, "none": null, "f": 1.0, "t": true, "u": false}');
  expect(text(`{"it's": 'say "hi"', 'both': '\\'"', 'True': 'None, {'}`)).toBe(
    `{"it's": "say \\"hi\\"", "both": "'\\"", "True": "None, {"}`,
  );
  expect(text("{'x': '\\x00\\x7f\\xa0', 'u': '\\u2028\\ud800', 'U': '\\U000e0001', 'c': '\\n\\r\\t\\\\'}")).toBe(
    '{"x": "\\u0000\\u007f\\u00a0", "u": "\\u2028\\ud800", "U": "\\udb40\\udc01", "c": "\\n\\r\\t\\\\"}',
  );
  expect(text("{'big': 12345678901234567890, 'e': 1e+21, 's': 1e-07, 'm': -0.5}")).toBe(
    '{"big": 12345678901234567890, "e": 1e+21, "s": 1e-07, "m": -0.5}',
  );
});

test('what is neither is a problem that says where and quotes nothing', () => {
  for (const stored of [
    "{'secret': nan}",
    "{'secret': }",
    "{'secret': 1.2.3}",
    "{1: 'secret'}",
    "{'secret': 'a",
    "{'secret': (1, 2)}",
    "{'secret': b'x'}",
    "{'secret': '\\q'}",
    '{"secret": NaN}',
    'secret',
    '',
  ]) {
    const reading = readPayload(stored);
    expect(reading.kind, stored).toBe('problem');
    expect(JSON.stringify(reading)).not.toContain('secret');
  }
  expect(readPayload("{'a': nan}")).toMatchObject({ problem: expect.stringContaining('up to character 6') });
});

test('a payload of 400 KB', () => {
  const long = 'x'.repeat(400_000);
  expect(text(`{'a': '${long}', 'b': "${long}'"}`)).toBe(`{"a": "${long}", "b": "${long}'"}`);
});
