import { Health } from '../domain/health.ts';
import type { HealthCoefficients } from '../domain/labourer.ts';
import type { Metric } from '../domain/metric.ts';
import { MINUTE, SECOND } from '../domain/time.ts';
import { nameOf } from './cap.ts';
import { levelsOf } from './define-levels.ts';
import { RULES, rulesOf } from './define-metrics.ts';
import type { Field } from './field-reader.ts';
import type { OutcomeName } from './health-definition.ts';

/** The source that tells what attempts came to. */
export const OUTCOMES = 'outcomes';

const NAMES: readonly OutcomeName[] = ['failureRatio', 'timeoutRatio', 'throttleRatio', 'latencyRatio'];

/** Metrics of what the labourer's own attempts came to. */
export const outcomesOf = (field: Field, labourer: string, coefficients: HealthCoefficients): readonly Metric[] => {
  const given = field.members(NAMES);
  return NAMES.filter((of) => given.field(of).isGiven).map((of) => outcomeOf(of, given.field(of), labourer, coefficients));
};

const outcomeOf = (of: OutcomeName, field: Field, labourer: string, coefficients: HealthCoefficients): Metric => {
  const own = field.members(['levels', ...RULES]);
  const levels = levelsOf(own.field('levels'));
  for (const { health, comparison, than } of levels)
    if (of !== 'latencyRatio' && (than < 0 || than > 1))
      own.field('levels').refuse(`${nameOf(health)} has "${comparison} ${than}", and ${of} is a share; give a number from 0 to 1`);
  const { onMissing = Health.High, ...rules } = rulesOf(own, { every: 10 * SECOND, leastStale: MINUTE });
  checkWayBack(
    own.field('onMissing'),
    onMissing === 'hold' ? [Health.Bad, ...levels.map(({ health }) => health)] : [onMissing],
    coefficients,
  );
  return Object.freeze({ name: of, source: OUTCOMES, query: Object.freeze({ labourer, of }), levels, onMissing, ...rules });
};

/** Where nothing runs there are no outcomes: a labourer that they stopped, and that stays stopped without any, never runs again. */
const checkWayBack = (field: Field, assumed: readonly Health[], coefficients: HealthCoefficients): void => {
  const stopped = assumed.find((each) => coefficients[each] === 0);
  if (stopped === undefined) return;
  const name = nameOf(stopped);
  field.refuse(
    `may leave it at ${name}, whose coefficient is 0: then nothing runs, and without outcomes nothing ever would; give a level above`,
  );
};
