import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type FetchHandler, toNode } from '@reeve/invoker-http';
import { describe, it } from 'vitest';
import { house } from '../support/house.ts';
import { serve } from '../support/serve.ts';

const echo: FetchHandler = async (request) => {
  const { method, url, headers } = request;
  return Response.json(
    { method, url, header: headers.get('x-test'), body: await request.text() },
    { status: 201, headers: { 'x-answer': 'yes' } },
  );
};

/** Sends a text to a server, as it stands, and answers what comes until it hangs up. */
const talk = async (port: number, text: string): Promise<string> => {
  const socket = connect(port, '127.0.0.1');
  let heard = '';
  socket.on('data', (data) => {
    heard += data.toString();
  });
  socket.write(text);
  await once(socket, 'close');
  return heard;
};

describe('toNode', () => {
  it('hands on method, address, headers and body, and the answer back', async () => {
    const { url } = await serve(toNode(echo));
    const response = await fetch(`${url}?a=b`, { method: 'POST', body: 'žluťoučký', headers: { 'x-test': '1' } });
    assert.deepEqual([response.status, response.headers.get('x-answer')], [201, 'yes']);
    assert.deepEqual(await response.json(), { method: 'POST', url: 'http://localhost/reports?a=b', header: '1', body: 'žluťoučký' });
    const got = (await (await fetch(url)).json()) as { readonly method: string };
    assert.equal(got.method, 'GET');
  });

  it('takes the bytes that a framework has kept', async () => {
    const { url } = await serve((request, response) => {
      request.resume().on('end', () => {
        Object.assign(request, { rawBody: Buffer.from('kept') });
        toNode(echo)(request, response);
      });
    });
    const answer = (await (await fetch(url, { method: 'POST', body: 'sent' })).json()) as { readonly body: string };
    assert.equal(answer.body, 'kept');
  });

  it('says so where the body has been read by somebody else', async () => {
    const { url } = await serve((request, response) => void request.resume().on('end', () => toNode(echo)(request, response)));
    const response = await fetch(url, { method: 'POST', body: 'sent' });
    assert.deepEqual([response.status, await response.json()], [500, { error: 'body was read before' }]);
  });

  it('answers 500 where the handler throws', async () => {
    const { url } = await serve(toNode(async () => Promise.reject(new Error('no'))));
    assert.equal((await fetch(url, { method: 'POST', body: '1' })).status, 500);
  });

  it('answers a body without end, and hangs up', async () => {
    const { reports } = await house((_, response) => void response.end());
    const port = Number(new URL(reports).port);
    const head = `POST /reports HTTP/1.1\r\nhost: x\r\nwebhook-id: m\r\nwebhook-timestamp: 1795420800\r\nwebhook-signature: v1,${'A'.repeat(43)}=\r\n`;
    const large = await talk(port, `${head}content-length: 2000000\r\n\r\n{`);
    assert.match(large, /^HTTP\/1\.1 413 .*connection: close.*\{"error":"large"\}/s);
    const endless = await talk(port, `${head}transfer-encoding: chunked\r\n\r\n${`400\r\n${'1'.repeat(1_024)}\r\n`.repeat(1_100)}`);
    assert.match(endless, /^HTTP\/1\.1 413 /);
    const unsigned = await talk(port, `POST /reports HTTP/1.1\r\nhost: x\r\ncontent-length: 2000000\r\n\r\n{`);
    assert.match(unsigned, /^HTTP\/1\.1 401 .*\{"error":"headers"\}/s);
  });

  it('believes no header that is there twice', async () => {
    const { reports } = await house((_, response) => void response.end());
    const port = Number(new URL(reports).port);
    const head =
      'POST /reports HTTP/1.1\r\nhost: x\r\nconnection: close\r\nwebhook-id: m\r\nwebhook-timestamp: 1795420800\r\nwebhook-timestamp: 1795420800\r\n';
    assert.match(await talk(port, `${head}webhook-signature: v1,${'A'.repeat(43)}=\r\ncontent-length: 2\r\n\r\n{}`), /401 .*"headers"/s);
  });
});
