import type { ServerResponse } from 'node:http';
import { HttpInvoker } from '@reeve/invoker-http';
import { type Arrival, type InvokerBench, withoutMembers } from '@reeve/testkit';
import { certificateFor } from '../support/certificate.ts';
import { type Answering, type Asked, reply, startEndpoint } from '../support/endpoint.ts';
import { gate } from '../support/gate.ts';
import { labourerOf } from '../support/labourers.ts';
import { LOCAL, OTHER_SECRET } from '../support/rig.ts';

const CERTIFICATE = certificateFor('worker.example');

/** Endpoints by path, at a real server; if it is secure, by a name that leads to it. */
export const httpBench = (mode: 'done' | 'later', secure: boolean) => async (): Promise<InvokerBench> => {
  const paths = new Map<string, Answering>();
  const answer: Answering = (asked, response) => (paths.get(asked.path) ?? ((_, to) => reply(to, 404)))(asked, response);
  const endpoint = await startEndpoint(answer, secure ? CERTIFICATE : undefined);
  const url = secure ? `https://worker.example:${endpoint.port}` : endpoint.url;
  const invoker = new HttpInvoker({
    ...LOCAL,
    secrets: { current: OTHER_SECRET },
    ...(secure && { resolve: async () => ['127.0.0.1'], tls: { ca: CERTIFICATE.cert } }),
  });
  const later: Promise<void>[] = [];

  const labourer = (id: string, target = `${url}/${id}`) => labourerOf(id, { target });
  const at = (id: string, answer: Answering) => {
    paths.set(`/${id}`, answer);
    return labourer(id);
  };
  const succeed = (asked: Asked, response: ServerResponse, work: (arrival: Arrival) => void): void => {
    if (mode === 'done') {
      work(arrivalOf(asked));
      reply(response, 200, { done: { fine: true } });
      return;
    }
    reply(response, 202);
    later.push(new Promise((resolve) => setImmediate(() => resolve(work(arrivalOf(asked))))));
  };
  const saying = (id: string, status: number, headers: Readonly<Record<string, string>> = {}) =>
    at(id, (_, response) => reply(response, status, {}, headers));
  const cutting = (id: string, before: (asked: Asked) => void) =>
    at(id, (asked, response) => {
      before(asked);
      response.socket?.destroy();
    });

  return {
    invoker,
    employ: (id, work) => at(id, (asked, response) => succeed(asked, response, work)),
    hold: (id) => {
      const { pass, reached, release } = gate();
      const held = at(id, async (_, response) => {
        await pass();
        reply(response, mode === 'done' ? 204 : 202);
      });
      return { labourer: held, reached, release };
    },
    refusing: () => [
      saying('throttled', 429, { 'retry-after': '2' }),
      saying('throttled-without-a-word', 429),
      saying('resting', 503, { 'retry-after': '1' }),
      saying('not-believed', 401),
      saying('moved', 308, { location: `${url}/throttled` }),
      labourer('missing'),
      labourer('nobody', 'http://127.0.0.1:1/nobody'),
      labourer('private', 'https://10.1.2.3/private'),
      labourer('by-http', 'http://example.org/'),
    ],
    losing: (work) => [
      cutting('cut-before', () => {}),
      cutting('cut-after', (asked) => work(arrivalOf(asked))),
      saying('broken', 500),
      saying('broken-on-the-way', 502),
      saying('elsewhere', 302, { location: '/' }),
    ],
    bad: () => [
      labourer('nonsense', 'thumbnails'),
      labourer('ftp', 'ftp://example.org/'),
      labourer('by-http', 'http://example.org/'),
      labourer('known', 'https://user:password@example.org/'),
      labourer('private', 'https://[::ffff:10.1.2.3]/'),
      labourer('decimal', 'https://3232235777/'),
      labourerOf('hasty', { options: { timeout: 0 } }),
    ],
    settled: async () => {
      await Promise.all(later);
    },
    close: async () => {
      await invoker.close();
      await endpoint.close();
    },
    numbers: 'digits',
    reserved: [],
    plainPayloads: 'as-they-are',
  };
};

/** What a worker reads out of its request, as the README tells it to. */
const arrivalOf = ({ text }: Asked): Arrival => {
  const { reeve } = JSON.parse(text) as { readonly reeve: Arrival & { readonly token: string; readonly attempt: number } };
  const { id, token, attempt } = reeve;
  return { id, token, attempt, payload: withoutMembers(text, ['reeve']).slice('{"payload":'.length, -1) };
};
