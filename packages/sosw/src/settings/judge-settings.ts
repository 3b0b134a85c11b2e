import { isObject } from '../options.ts';
import type { Notebook } from '../report/finding.ts';
import type { SettingFate } from '../report/report.ts';
import { fateOf, isWrapper } from './fates.ts';
import { CLIENT_KEYS } from './merge.ts';
import type { Source } from './read-config.ts';

/** Each setting of each source with its fate. A setting that nobody knows is a note: sosw lets anybody add some for code of their own. */
export const judgeSettings = (sources: readonly Source[], notes: Notebook): readonly SettingFate[] => {
  const fates = sources.flatMap(({ name, settings }) =>
    pathsOf(settings).map((path): SettingFate => {
      const known = fateOf(path.filter((each, at) => at > 0 || !isClientKey(each)));
      const setting = `${name}: ${path.join('.')}`;
      return known
        ? { setting, fate: known.fate, becomes: known.becomes }
        : { setting, fate: 'unknown', becomes: 'nothing: Reeve does not read it' };
    }),
  );
  for (const { setting, fate } of fates) {
    if (fate === 'unknown')
      notes.note(
        'SETTING_UNKNOWN',
        setting,
        'sosw 0.7 has no setting of this name',
        'if code of yours reads it, that code has to move as well',
      );
  }
  const where = sources.map(({ name }) => name).join(', ');
  const moves = fates.filter(({ fate }) => fate === 'moved').length;
  if (fates.length > 0) notes.ok('SETTINGS_READ', where, `${fates.length} settings, of which ${moves} are set elsewhere`);
  return fates;
};

const isClientKey = (name: string): boolean => CLIENT_KEYS.some((each) => each === name);

/** As deep as settings have names of sosw's own. */
const pathsOf = (settings: object, path: readonly string[] = []): readonly (readonly string[])[] =>
  Object.entries(settings).flatMap(([name, value]: [string, unknown]) => {
    const own = [...path, name];
    const inner = isClientKey(own[0] ?? '') ? own.slice(1) : own;
    return isObject(value) && isWrapper(inner) ? pathsOf(value, own) : [own];
  });

/** In newer versions of 0.7 the shared row is read first, and defaults in code win over it. */
const OVERRULED = 'invocation_number_coefficient';

export const judgeShared = ({ name, settings }: Source, notes: Notebook): void => {
  if (settings[OVERRULED] === undefined) return;
  notes.note(
    'SETTING_OVERRULED',
    `${name}: ${OVERRULED}`,
    'newer versions of sosw 0.7 let their own defaults win over it, so it never counted there; with Reeve it does',
    'delete it, if what was in force is what you want',
  );
};
