import { type Invocation, LambdaInvoker, type MessageForm } from '@reeve/invoker-lambda';
import {
  type Arrival,
  type InvokerBench,
  type LambdaContext,
  type LambdaFault,
  lambdaErrors,
  startLambdaEndpoint,
  withoutMembers,
} from '@reeve/testkit';
import { BESIDE_MEMBER } from '../../src/message/beside.ts';
import { SOSW_MEMBERS } from '../../src/message/sosw.ts';
import { gate } from '../support/gate.ts';
import { labourerOf } from '../support/labourers.ts';
import { SIGNED } from '../support/rig.ts';

/** The real client, at a local Lambda whose functions are the kit's workers. */
export const lambdaBench =
  (options: { readonly message: MessageForm; readonly invocation?: Invocation }) => async (): Promise<InvokerBench> => {
    const faults = new Map<string, () => LambdaFault>();
    const endpoint = await startLambdaEndpoint({ functions: {}, fault: ({ functionName }) => faults.get(functionName)?.() });
    const invoker = new LambdaInvoker({ ...SIGNED, endpoint: endpoint.url });
    const { message } = options;
    const labourer = (id: string, target: string = id) => labourerOf(id, { target, options });
    const textOf = (requestId: string): string => endpoint.calls.find((each) => each.requestId === requestId)!.text;

    const employ = (id: string, work: (arrival: Arrival) => void) => {
      endpoint.deploy(id, (_, context) => work(ARRIVALS[message](textOf(context.awsRequestId), context)));
      return labourer(id);
    };
    const failing = (id: string, fault: LambdaFault, work: (arrival: Arrival) => void) => {
      faults.set(id, () => fault);
      return employ(id, work);
    };

    return {
      invoker,
      employ,
      hold: (id) => {
        const { pass, reached, release } = gate();
        faults.set(id, () => ({ kind: 'slow', until: pass() }));
        return { labourer: employ(id, () => {}), reached, release };
      },
      refusing: (work) => [
        failing('throttled', lambdaErrors.throttled(2), work),
        failing('throttled-without-a-word', lambdaErrors.throttled(), work),
        failing('denied', lambdaErrors.denied('arn:denied'), work),
        labourer('missing'),
      ],
      losing: (work) => [
        failing('cut-before', { kind: 'reset' }, work),
        failing('cut-after', { kind: 'reset', accepted: true }, work),
        failing('broken-before', lambdaErrors.internal(), work),
        failing('broken-after', { ...lambdaErrors.internal(), accepted: true }, work),
      ],
      bad: () => [
        labourer('spaced', 'a b'),
        labourer('queue', 'arn:aws:sqs:us-east-1:123456789012:thumbs'),
        labourer('version-0', 'thumb:0'),
        labourerOf('form', { options: { message: 'soso' } }),
      ],
      settled: () => endpoint.settled(),
      close: async () => {
        await invoker.close();
        await endpoint.close();
      },
      numbers: 'digits',
      reserved: RESERVED[message],
      plainPayloads: message === 'sosw' || message === 'beside' ? 'wrapped' : 'as-they-are',
    };
  };

const RESERVED: Readonly<Record<MessageForm, readonly string[]>> = {
  envelope: [],
  sosw: SOSW_MEMBERS,
  beside: [BESIDE_MEMBER],
  payload: [],
};

interface Attempt {
  readonly id: string;
  readonly token: string;
  readonly attempt: number;
}

/** What a worker reads out of its event, or of its context, as the README tells it to. */
const ARRIVALS: Readonly<Record<MessageForm, (text: string, context: LambdaContext) => Arrival>> = {
  envelope: (text) => {
    const { reeve } = JSON.parse(text) as { readonly reeve: Attempt };
    return arrival(reeve, withoutMembers(text, ['reeve']).slice('{"payload":'.length, -1));
  },
  sosw: (text) => {
    const { task_id: id, attempts } = JSON.parse(text) as { readonly task_id: string; readonly attempts: number };
    return { id, attempt: attempts + 1, payload: withoutMembers(text, SOSW_MEMBERS) };
  },
  beside: (text) => {
    const { _reeve } = JSON.parse(text) as { readonly _reeve: Attempt };
    return arrival(_reeve, withoutMembers(text, [BESIDE_MEMBER]));
  },
  payload: (text, { clientContext }) => arrival((clientContext as { readonly custom: { readonly reeve: Attempt } }).custom.reeve, text),
};

const arrival = ({ id, token, attempt }: Attempt, payload: string): Arrival => ({ id, token, attempt, payload });
