import { Invoker, memoryStore, ReeveError } from '@reeve/core';
import { ManualClock, ScriptedInvoker } from '@reeve/testkit';
import { ContainerModule } from 'inversify';
import { expect, it } from 'vitest';
import { checkSettings } from '../../src/handlers/settings.ts';
import { configured, fromCode, fromEnv, orchestrator } from '../../src/index.ts';
import { contextOf, recordingLogger } from '../support/lambda.ts';

it.each([
  ['nothing', undefined],
  [
    'all',
    {
      margin: 0,
      runFor: 0,
      pollEvery: 1,
      pollAtMost: 900_000,
      continueBy: 'round',
      metrics: { namespace: 'My/App', perLabourer: true, census: false },
    },
  ],
])('%s will do', (_, settings) => expect(() => checkSettings(settings)).not.toThrow());

it.each([
  ['x', /lambda: is "x"; give an object/],
  [{ runFor: 'x' }, /lambda\.runFor: is "x"; give a whole number of milliseconds from 0 to 900000/],
  [{ pollEvery: 0 }, /lambda\.pollEvery: is 0; .* from 1 to/],
  [{ margin: -1, pollAtMost: 1.5 }, /lambda\.margin: is -1[\s\S]*lambda\.pollAtMost: is 1\.5/],
  [{ runfor: 1 }, /lambda\.runfor: is not known here; known are margin, runFor/],
  [{ continueBy: 'luck' }, /lambda\.continueBy: is "luck"; give "invoke" or "round"/],
  [{ metrics: true }, /lambda\.metrics: is true; give an object/],
  [
    { metrics: { namespace: '', census: 1, more: 1 } },
    /metrics\.more: is not known[\s\S]*metrics\.namespace: is ""[\s\S]*metrics\.census: is 1/,
  ],
])('%j will not: %s', (settings, says) => {
  expect(() => checkSettings(settings)).toThrow(says);
  expect(() => checkSettings(settings)).toThrow(/INVALID_CONFIG/);
});

it('in a configuration, with the source of the value', async () => {
  const invoker = new ContainerModule(({ bind }) => void bind(Invoker).toConstantValue(new ScriptedInvoker()));
  const sources = [
    fromCode({ labourers: { a: { target: 'a', maxSimultaneousInvocations: 1 } } }),
    fromEnv({ env: { REEVE_LAMBDA__RUN_FOR: 'long' } }),
  ];
  const clock = new ManualClock();
  const handler = orchestrator(configured({ sources, parts: { store: memoryStore(), invoker } }), { clock, logger: recordingLogger() });
  const failed = await handler({}, contextOf(clock)).catch((error: unknown) => error);
  expect(ReeveError.is(failed, 'INVALID_CONFIG')).toBe(true);
  expect(String(failed)).toMatch(/lambda\.runFor: is "long"; .* \(from the environment \(REEVE_LAMBDA__RUN_FOR\)\)/);
});
