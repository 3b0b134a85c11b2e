/**
 * Arrays as Postgres writes them, so that they travel as one text through any client: those that a user gives for `enqueueWithin` have
 * ideas of their own about JavaScript arrays.
 */
type Item = string | number | null | undefined;

const NEEDS_ESCAPE = /[\\"]/;

/** `undefined` and `null` are NULL. */
export const arrayText = (items: readonly Item[]): string => {
  let text = '';
  for (const item of items) {
    if (text !== '') text += ',';
    if (item === null || item === undefined) text += 'NULL';
    else if (typeof item === 'number') text += item;
    else text += `"${NEEDS_ESCAPE.test(item) ? item.replace(/[\\"]/g, '\\$&') : item}"`;
  }
  return `{${text}}`;
};

/** null, which unnest takes for as many NULLs as are needed, if there is nothing in it. */
export const sparseArrayText = (items: readonly Item[]): string | null =>
  items.every((item) => item === null || item === undefined) ? null : arrayText(items);
