import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { ReeveError } from '@reeve/core';
import { HttpInvoker, type HttpInvokerOptions, type ReportHandlerOptions, reportHandler } from '@reeve/invoker-http';
import { describe, it } from 'vitest';
import { LOCAL, OTHER_SECRET, SECRET } from '../support/rig.ts';

const problemsOf = (options: unknown): string => {
  try {
    return `${new HttpInvoker(options as HttpInvokerOptions).parallelism} passed`;
  } catch (error) {
    assert.ok(ReeveError.is(error, 'INVALID_HTTP_INVOKER'), String(error));
    assert.equal(error.kind, 'config');
    return error.message;
  }
};

describe('the options of the invoker', () => {
  it('may all be left out but the secrets', () => {
    assert.equal(problemsOf({ secrets: { current: SECRET } }), '100 passed');
    assert.equal(problemsOf({ secrets: { current: SECRET, previous: OTHER_SECRET }, parallelism: 7 }), '7 passed');
    assert.equal(problemsOf({ secrets: { byLabourer: { thumb: { current: SECRET } } } }), '100 passed');
  });

  it('are all looked at, and all that is wrong is said at once', () => {
    const options = {
      secret: SECRET,
      secrets: {
        current: 'whsec_hunter2',
        previous: 7,
        next: SECRET,
        byLabourer: { thumb: { current: SECRET }, prints: { previous: SECRET } },
      },
      allow: ['https://example.org', 'example.org'],
      allowHttp: 'example.org',
      allowPrivate: ['10.0.0.0/8', 'localhost'],
      connectTimeout: 0,
      timeout: 1.5,
      maxResponseBytes: '1',
      parallelism: Number.NaN,
      reportTo: 'reports',
      resolve: 'dns',
      tls: { rejectUnauthorized: false },
      clock: {},
    };
    const lines = problemsOf(options).split('\n');
    assert.equal(lines[0], 'The HTTP invoker cannot work:');
    assert.deepEqual(
      lines.slice(1).map((line) => /^ {2}([^:]+): /.exec(line)?.[1]),
      [
        'secret',
        'secrets.next',
        'secrets.current',
        'secrets.previous',
        'secrets.byLabourer.prints.current',
        'allow[0]',
        'allowHttp',
        'allowPrivate[1]',
        'connectTimeout',
        'timeout',
        'maxResponseBytes',
        'parallelism',
        'reportTo',
        'resolve',
        'tls',
        'clock',
      ].map((path) => `httpInvoker.${path}`),
    );
    assert.doesNotMatch(lines.join('\n'), /hunter2|MfKQ9r8/);
  });

  it.each([
    [{}, /secrets: is missing; give \{ current: '\.\.\.' \}: give whsec_ and 24 to 64 random bytes in base64/],
    [{ secrets: SECRET }, /secrets: is missing/],
    [{ secrets: {} }, /secrets\.current: is missing/],
    [{ secrets: { previous: SECRET } }, /secrets\.current: is missing/],
    [{ secrets: { current: SECRET.slice(6) } }, /secrets\.current: does not begin with whsec_/],
    [{ secrets: { current: 'whsec_$$$' } }, /is not in base64/],
    [{ secrets: { current: `${SECRET}=` } }, /is not in base64/],
    [{ secrets: { current: 'whsec_AAAA' } }, /has 3 bytes/],
    [{ secrets: { current: `whsec_${Buffer.alloc(65).toString('base64')}` } }, /has 65 bytes/],
    [{ secrets: { byLabourer: 7 } }, /byLabourer: is no object/],
    [{ ...LOCAL, reportTo: 'https://user:password@example.org/' }, /reportTo: has a user or password/],
    [{ ...LOCAL, reportTo: 'https://example.org/\r\nx: y' }, /reportTo: is no web address/],
    [
      { ...LOCAL, tls: { rejectUnauthorized: false } },
      /tls: has rejectUnauthorized; there are ca, cert and key, and certificates are always looked at/,
    ],
    [{ ...LOCAL, timeout: 2 ** 31 }, /timeout: must be a whole number from 1 to 2147483647, not 2147483648/],
    [{ ...LOCAL, allow: ['*'] }, /allow\[0\]: is no host, but "\*"; give one such as/],
  ])('%j', (options, problem) => {
    assert.match(problemsOf(options), problem);
  });

  it('are shown nowhere', () => {
    const invoker = new HttpInvoker({ ...LOCAL, secrets: { current: SECRET, byLabourer: { x: { current: OTHER_SECRET } } } });
    const shown = inspect(invoker, { depth: 20, showHidden: true }) + JSON.stringify(invoker);
    for (const secret of [SECRET, OTHER_SECRET]) assert.ok(!shown.includes(secret.slice(6, 20)));
  });
});

describe('the options of the handler of reports', () => {
  it('are all looked at, and all that is wrong is said at once', () => {
    const options = { secrets: {}, tolerance: 0, maxBytes: '1', clock: 7, onRefused: 'log', other: 1 } as unknown as ReportHandlerOptions;
    assert.throws(
      () => reportHandler({ receive: async () => ({ outcome: 'applied' }) }, options),
      (error) => {
        assert.ok(ReeveError.is(error, 'INVALID_REPORT_HANDLER'));
        assert.deepEqual(
          [...error.message.matchAll(/reportHandler\.([\w.]+):/g)].map(([, path]) => path),
          ['secrets.current', 'other', 'tolerance', 'maxBytes', 'clock', 'onRefused'],
        );
        return true;
      },
    );
  });
});
