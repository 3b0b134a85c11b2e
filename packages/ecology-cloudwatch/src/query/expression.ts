import { type Fields, isObject, type Members, shown } from './fields.ts';
import { readStat } from './stat.ts';
import { type ExpressionItem, type StatItem, statItem } from './types.ts';

const MOST_METRICS = 100;
const NAME = /^[a-z]\w{0,254}$/;
/** Texts in quotes, numbers, words, all else. */
const TOKENS = /'[^']*'|"[^"]*"|\d[\w.]*|[A-Za-z_]\w*|[^'"\w]+|['"]/g;

/** Metric math over metrics with names, a SEARCH in it, or a SELECT of Metrics Insights. */
export const readExpression = (fields: Fields): ExpressionItem => {
  fields.onlyKnows('expression', 'metrics', 'period', 'lookBack');
  const text = fields.text('expression', 2_048);
  const period = fields.period('period');
  const metrics = readMetrics(fields, period);
  const isSelect = /^\s*SELECT\b/i.test(text);
  if (isSelect && metrics.size > 0) fields.say('metrics', 'cannot be used in a SELECT; leave them out');
  const parts = isSelect ? [text] : partsOf(fields, text, metrics);
  const key = JSON.stringify([period, parts.map((each) => (typeof each === 'string' ? each : [each.key]))]);
  return { kind: 'expression', key, period, parts, isSelect };
};

const readMetrics = (fields: Fields, period: number): ReadonlyMap<string, StatItem> => {
  const value = fields.of('metrics') ?? {};
  const items = new Map<string, StatItem>();
  if (!isObject(value)) {
    fields.say('metrics', `must be an object like { errors: { namespace, metric } }, not ${shown(value)}`);
    return items;
  }
  const entries = Object.entries(value);
  if (entries.length > MOST_METRICS) fields.say('metrics', `are ${entries.length}; give at most ${MOST_METRICS}`);
  for (const [name, members] of entries) {
    if (!NAME.test(name))
      fields.say(`metrics.${name.slice(0, 40)}`, 'is no name; begin it with a small letter, and use letters, digits and _');
    else if (isObject(members)) items.set(name, statItem(readMetric(fields, name, members, period)));
    else fields.say(`metrics.${name}`, `must be an object like { namespace, metric }, not ${shown(members)}`);
  }
  return items;
};

const readMetric = (fields: Fields, name: string, members: Members, period: number): StatItem['stat'] => {
  const inside = fields.inside(`metrics.${name}`, members);
  inside.onlyKnows('namespace', 'metric', 'dimensions', 'statistic', 'unit', 'account');
  return readStat(inside, period);
};

/**
 * The text, with the metrics in the place of their names. Everything that begins with a small letter is a name (functions and their
 * words are in capitals), and a name that is not there would be refused together with all that is asked for in the same call.
 */
const partsOf = (fields: Fields, text: string, metrics: ReadonlyMap<string, StatItem>): ExpressionItem['parts'] => {
  const used = new Set<string>();
  const parts = (text.match(TOKENS) ?? []).map((token) => {
    const item = metrics.get(token);
    if (item) used.add(token);
    else if (/^[a-z]/.test(token)) fields.say('expression', `names ${token}, which is not in metrics; define it there`);
    else if (token === "'" || token === '"') fields.say('expression', `has a ${token} without its other one`);
    else if (/^METRICS$/i.test(token))
      fields.say('expression', 'has METRICS(), which would take in what others ask for; name your metrics');
    return item ?? token;
  });
  for (const name of metrics.keys()) if (!used.has(name)) fields.say(`metrics.${name}`, 'is not used in the expression; leave it out');
  const brackets = parts.map((each) => (typeof each === 'string' && !/^['"]/.test(each) ? each : '')).join('');
  if (brackets.split('(').length !== brackets.split(')').length) fields.say('expression', 'has brackets that do not close; mend it');
  return parts;
};
