import { Health } from '../domain/health.ts';
import type { OnMissingHealth } from '../domain/labourer.ts';
import type { Comparison, MetricLevel } from '../domain/metric.ts';
import { nameOf } from './cap.ts';
import type { Field } from './field-reader.ts';
import { COMPARE } from './metric-levels.ts';

/** Each level by its name, the lowest first. */
export const LEVELS: readonly (readonly [name: keyof typeof Health, level: Health])[] = Object.entries(Health) as never;

/** How a level may be written: by its name, or by its number as JSON has it for a key. */
export const LEVEL_NAMES: readonly string[] = LEVELS.flatMap(([name, level]) => [name, String(level)]);

/** @param field of an object that has members by level; each may be there by its name or by its number */
export const byLevel = (field: Field): readonly (readonly [level: Health, own: Field])[] => {
  const given = field.members(LEVEL_NAMES);
  return LEVELS.flatMap(([name, level]) => {
    const byName = given.field(name);
    const byNumber = given.field(String(level));
    if (byName.isGiven && byNumber.isGiven) byName.refuse(`is given as ${name} and as ${level}; give one of them`);
    if (!byName.isGiven && !byNumber.isGiven) return [];
    return [[level, byName.isGiven ? byName : byNumber] as const];
  });
};

/** `otherwise` where it is not given. */
export const onMissingOf = <Otherwise>(field: Field, otherwise: Otherwise): OnMissingHealth | Otherwise => {
  if (!field.isGiven) return otherwise;
  const text = String(field.oneOf(['hold', ...LEVEL_NAMES, ...LEVELS.map(([, level]) => level)], 'hold'));
  return LEVELS.find(([name, level]) => text === name || text === String(level))?.[1] ?? 'hold';
};

const THRESHOLD = /^\s*(<=|>=|<|>|==|!=)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*$/i;
const BAD_IS_LEFT = 'is what is left where no other level holds; leave it out';

/** `{ High: '<= 25', 3: '<= 50' }`, the highest first. */
export const levelsOf = (field: Field): readonly MetricLevel[] => {
  const levels = byLevel(field).flatMap(([health, own]) => {
    const [, comparison, than] = typeof own.value === 'string' ? (THRESHOLD.exec(own.value) ?? []) : [];
    if (health === Health.Bad) own.refuse(BAD_IS_LEFT);
    else if (comparison === undefined || !Number.isFinite(Number(than)))
      own.refuse(`${own.shown}; give a comparison and a number, such as "<= 25"`);
    else return [{ health, comparison: comparison as Comparison, than: Number(than) }];
    return [];
  });
  return checkOrder(field, levels);
};

/**
 * Refuses levels that contradict each other: some of them would never be met, and nobody would hear of it.
 * @returns them with the highest first
 */
export const checkOrder = (field: Field, given: readonly MetricLevel[]): readonly MetricLevel[] => {
  const levels = [...given].sort((a, b) => b.health - a.health);
  if (levels.length === 0 && field.isEmpty) field.refuse('has no level; give at least one, such as { High: "<= 25", Good: "<= 50" }');
  const signs = new Set(levels.map(({ comparison }) => comparison.charAt(0)));
  if (signs.size > 1) field.refuse(`compares ${levels.map(({ comparison }) => comparison).join(' and ')}; let all compare one way`);
  else if (signs.has('!') && levels.length > 1) field.refuse('has != beside another level; let it stand alone, or use < or >');
  else for (const [n, level] of levels.entries()) checkReach(field, levels.slice(0, n), level);
  return Object.freeze(levels.map((each) => Object.freeze(each)));
};

/** Each level must be met by some value that none above it is. */
const checkReach = (field: Field, above: readonly MetricLevel[], worse: MetricLevel): void => {
  const better = above.find((each) => !isReachable(each, worse));
  if (!better) return;
  const name = nameOf(worse.health);
  const remedy = worse.comparison === '==' ? 'another value' : `${worse.comparison.startsWith('<') ? 'more' : 'less'} than ${better.than}`;
  field.refuse(
    `${name} "${worse.comparison} ${worse.than}" is never met, since ${nameOf(better.health)} has "${better.comparison} ${better.than}"; give ${name} ${remedy}`,
  );
};

const isReachable = (better: MetricLevel, worse: MetricLevel): boolean => {
  if (worse.than === better.than) return worse.comparison.length > better.comparison.length; // <= 25 after < 25: at 25 itself
  return worse.comparison === '==' || COMPARE[better.comparison.startsWith('<') ? '<' : '>'](better.than, worse.than);
};
