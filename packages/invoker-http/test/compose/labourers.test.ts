import assert from 'node:assert/strict';
import { createReeve, memoryStore, ReeveError } from '@reeve/core';
import { httpInvoker } from '@reeve/invoker-http';
import { describe, it } from 'vitest';
import { LOCAL, SECRET } from '../support/rig.ts';

const linesOf = (build: () => unknown): readonly string[] => {
  try {
    build();
  } catch (error) {
    assert.ok(ReeveError.is(error, 'INVALID_COMPOSITION'), String(error));
    return error.message.split('\n');
  }
  return assert.fail('it was put together');
};
const labourer = (target: string, options: object = {}) => ({ target, maxSimultaneousInvocations: 1, options: { ...options } });

describe('a composition', () => {
  it('says all that is wrong with the targets, secrets and options of all labourers at once', () => {
    const labourers = {
      thumbs: labourer('http://api.example.org/thumbs', { timeout: 0, renew: 'yes', maxResponseBytes: -1 }),
      prints: labourer('https://evil.example/', { headers: { a: 'b' }, secret: 'x', report_to: 'x', healthMetrics: {} }),
      copies: labourer('https://api.example.org/copies', { renew: true }),
      sounds: labourer('https://10.0.0.1/', { timeout: 10_000_000 }),
      sound: labourer('https://api.example.org/sound', { timeout: 10_000_000, renew: true, healthMetrics: {} }),
    };
    const secrets = {
      byLabourer: { thumbs: { current: SECRET }, prints: { current: SECRET }, copies: { current: SECRET }, sound: { current: SECRET } },
    };
    const lines = linesOf(() =>
      createReeve({ labourers, use: [memoryStore(), httpInvoker({ secrets, allow: ['api.example.org', '10.0.0.1'] })] }),
    );
    assert.deepEqual(lines, [
      'This composition cannot work:',
      '  labourers.thumbs.target: is plain http at api.example.org, where everybody on the way may read the payload; use https, or name the host in httpInvoker({ allowHttp })',
      '  labourers.thumbs.options.timeout: must be a whole number from 1 to 2147483647, not 0',
      '  labourers.thumbs.options.maxResponseBytes: must be a whole number from 1 to 2147483647, not -1',
      '  labourers.thumbs.options.renew: is "yes"; give true or false',
      '  labourers.prints.target: is at evil.example, which httpInvoker({ allow }) does not name; correct it, or add the host',
      '  labourers.prints.options.headers: is not an option of the HTTP invoker; leave them out; requests are signed, and the target may have a query',
      '  labourers.prints.options.secret: is not an option of the HTTP invoker; give it to httpInvoker({ secrets: { byLabourer } }): options are shown to whoever may look at labourers',
      '  labourers.prints.options.report_to: is not an option of the HTTP invoker; give it to httpInvoker({ reportTo })',
      '  labourers.copies.options.renew: is true without an end; give timeout as well, the longest that a worker may take',
      '  labourers.sounds.target: is at 10.0.0.1: 10.0.0.1 is private; correct it, or name its range in httpInvoker({ allowPrivate })',
      '  labourers.sounds.target: has no secret to sign with; add one to httpInvoker({ secrets: { byLabourer: { "sounds": ... } } })',
      '  labourers.sounds.options.timeout: is 10000000, longer than the lease of 900000 ms; make the lease longer, or set renew [INVALID_COMPOSITION]',
    ]);
  });

  it('says what is wrong with the invoker itself, without its secrets', () => {
    const lines = linesOf(() =>
      createReeve({
        labourers: { thumbs: labourer('https://example.org/') },
        use: [memoryStore(), httpInvoker({ secrets: { current: 'whsec_hunter2' }, parallelism: -1 })],
      }),
    );
    assert.match(
      lines.join('\n'),
      /use \(Invoker\): it could not be built: The HTTP invoker cannot work:\n.*secrets\.current.*\n.*parallelism/,
    );
    assert.doesNotMatch(lines.join('\n'), /hunter2/);
  });

  it('has one invoker', () => {
    const lines = linesOf(() =>
      createReeve({
        labourers: { thumbs: labourer('https://example.org/') },
        use: [memoryStore(), httpInvoker(LOCAL), httpInvoker(LOCAL)],
      }),
    );
    assert.match(lines.join('\n'), /use \(Invoker\): 2 parts provide it; leave one/);
  });

  it('asks nobody when it is put together', () => {
    createReeve({
      labourers: { thumbs: labourer('https://worker.invalid/') },
      use: [memoryStore(), httpInvoker({ secrets: { current: SECRET }, resolve: () => assert.fail('it was looked up') })],
    });
  });
});

it('a labourer without a target of its own has none that can be used', () => {
  const lines = linesOf(() =>
    createReeve({ labourers: { thumbs: { maxSimultaneousInvocations: 1 } }, use: [memoryStore(), httpInvoker(LOCAL)] }),
  );
  assert.match(
    lines[1] ?? '',
    /labourers\.thumbs\.target: "thumbs" is no web address; give the whole address of the endpoint, such as https:/,
  );
});
