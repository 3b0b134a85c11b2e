import { expect, it } from 'vitest';
import { jsonLogger } from '../../src/index.ts';

const written = (level?: string): readonly string[] => {
  const before = process.env['AWS_LAMBDA_LOG_LEVEL'];
  if (level === undefined) delete process.env['AWS_LAMBDA_LOG_LEVEL'];
  else process.env['AWS_LAMBDA_LOG_LEVEL'] = level;
  const lines: string[] = [];
  const logger = jsonLogger({ write: (line) => void lines.push(line) });
  for (const each of ['debug', 'info', 'warn', 'error'] as const) logger[each](each, {});
  if (before === undefined) delete process.env['AWS_LAMBDA_LOG_LEVEL'];
  else process.env['AWS_LAMBDA_LOG_LEVEL'] = before;
  return lines.map((line) => (JSON.parse(line) as { readonly message: string }).message);
};

it.each([
  [undefined, ['info', 'warn', 'error']],
  ['TRACE', ['debug', 'info', 'warn', 'error']],
  ['DEBUG', ['debug', 'info', 'warn', 'error']],
  ['WARN', ['warn', 'error']],
  ['FATAL', ['error']],
  ['nonsense', ['info', 'warn', 'error']],
])('at the level %s of Lambda it writes %j', (level, expected) => expect(written(level)).toEqual(expected));

it('a line has what Lambda gives its own, and the fields beside it', () => {
  const lines: string[] = [];
  jsonLogger({ level: 'debug', write: (line) => void lines.push(line) }).warn('task.dropped', { labourer: 'mill', requestId: 'r' });
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { timestamp: expect.stringMatching(/^\d{4}-.*Z$/), level: 'WARN', message: 'task.dropped', labourer: 'mill', requestId: 'r' },
  ]);
});
