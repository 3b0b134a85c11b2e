import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { AddressGuard } from '../../src/guard/address-guard.ts';
import { type HostPattern, readHost } from '../../src/guard/hosts.ts';
import { readTarget } from '../../src/guard/read-target.ts';

interface Given {
  readonly allow?: readonly string[];
  readonly allowHttp?: readonly string[];
  readonly allowPrivate?: readonly string[];
}

const patterns = (hosts: readonly string[]) => hosts.map((each) => readHost(each) as HostPattern);
const read = (target: string, { allow, allowHttp = [], allowPrivate = [] }: Given = {}) =>
  readTarget(target, {
    addresses: new AddressGuard(allowPrivate),
    allowHttp: patterns(allowHttp),
    ...(allow && { allow: patterns(allow) }),
  });
const problem = (target: string, given?: Given): string => {
  const found = read(target, given);
  return typeof found === 'string' ? found : assert.fail(`${found.href} passed`);
};
const passes = (target: string, given?: Given): void => assert.ok(read(target, given) instanceof URL, `${target}: ${read(target, given)}`);

describe('a target', () => {
  it.each([
    'https://api.example.org',
    'https://api.example.org:8443/a/b?c=d',
    'HTTPS://API.EXAMPLE.ORG/',
    'https://8.8.8.8/',
    'https://[2606:4700:4700::1111]/',
  ])('may be %s', (target) => passes(target));

  it.each([
    ['', /"" is no web address; give the whole address of the endpoint/],
    ['thumbnails', /"thumbnails" is no web address/],
    ['//example.org/', /is no web address/],
    ['ftp://example.org/', /is no web address/],
    ['file:///etc/passwd', /is no web address/],
    ['https://', /is no web address/],
    ['https:example.org', /is no web address/],
    ['https://exa mple.org/', /is no web address/],
    ['https://example.org/#part', /has a fragment/],
    ['http://example.org/', /is plain http at example\.org, where everybody on the way.*allowHttp/],
    ['https://user:secret@example.org/', /has a user or password/],
    ['https://secret@example.org/', /has a user or password/],
    ['https://127.0.0.1/', /127\.0\.0\.1 is this very machine; correct it, or name its range in httpInvoker\(\{ allowPrivate \}\)/],
    ['https://2130706433/', /127\.0\.0\.1 is this very machine/],
    ['https://0x7f000001/', /127\.0\.0\.1 is this very machine/],
    ['https://0177.0.0.1/', /127\.0\.0\.1 is this very machine/],
    ['https://127.1/', /127\.0\.0\.1 is this very machine/],
    ['https://１２７.０.０.１/', /127\.0\.0\.1 is this very machine/],
    ['https://[::1]/', /::1 is this very machine/],
    ['https://[::ffff:127.0.0.1]/', /127\.0\.0\.1 is this very machine/],
    ['https://[::ffff:a9fe:a9fe]/latest/meta-data', /169\.254\.169\.254 is link-local/],
    ['https://169.254.169.254/latest/meta-data', /link-local, where clouds keep their metadata/],
    ['https://0/', /no address of anybody/],
  ])('cannot be %s', (target, expected) => assert.match(problem(target), expected));

  it('is shown without what may be secret in it', () => {
    for (const target of [
      'ht!tp://user:canary@example.org/',
      'example.org/?key=canary',
      'https://ex ample.org/#canary',
      'https://canary@exa mple/',
    ])
      assert.doesNotMatch(problem(target), /canary/);
  });
});

describe('the hosts that are allowed', () => {
  const given = { allow: ['api.example.org', '*.workers.example.org', 'other.example.org:8443', 'bücher.example'] };

  it.each([
    'https://api.example.org/',
    'https://API.example.org./',
    'https://api.example.org:444/',
    'https://a.workers.example.org/',
    'https://a.b.workers.example.org/',
    'https://other.example.org:8443/',
    'https://xn--bcher-kva.example/',
  ])('%s is', (target) => passes(target, given));

  it.each([
    'https://example.org/',
    'https://xapi.example.org/',
    'https://api.example.org.evil.example/',
    'https://workers.example.org/',
    'https://evilworkers.example.org/',
    'https://other.example.org/',
    'https://other.example.org:844/',
    'https://evil.example/api.example.org',
    'https://evil.example/?@api.example.org',
    'https://evil.example\\@api.example.org/',
  ])('%s is not', (target) => assert.match(problem(target, given), /which httpInvoker\(\{ allow \}\) does not name|user or password/));

  it('by plain http are named for themselves, and need no second mention', () => {
    passes('http://sidecar:8080/', { ...given, allowHttp: ['sidecar:8080'] });
    assert.match(problem('http://sidecar:8081/', { ...given, allowHttp: ['sidecar:8080'] }), /plain http/);
    assert.match(problem('https://sidecar:8080/', { ...given, allowHttp: ['sidecar:8080'] }), /does not name/);
    assert.match(problem('http://api.example.org/', given), /plain http/);
    passes('http://sidecar/', { allowHttp: ['sidecar:80'] });
  });

  it('do not open private addresses, and the other way round', () => {
    assert.match(problem('https://10.0.0.1/', { allow: ['10.0.0.1'] }), /10\.0\.0\.1 is private/);
    assert.match(problem('https://10.0.0.1/', { ...given, allowPrivate: ['10.0.0.0/8'] }), /does not name/);
    passes('https://10.0.0.1/', { allow: ['10.0.0.1'], allowPrivate: ['10.0.0.0/8'] });
  });
});

describe('an entry of a list of hosts', () => {
  it.each([
    '',
    '*',
    '*.',
    'https://example.org',
    'example.org/path',
    'user@example.org',
    'a b',
    'example.org:99999',
    'exa*mple.org',
    '*.*.org',
    7,
    null,
  ])('cannot be %j', (text) =>
    assert.match(JSON.stringify(readHost(text)), /is no host, but .*; give one such as api\.example\.org, \*\.example\.org/),
  );
});
