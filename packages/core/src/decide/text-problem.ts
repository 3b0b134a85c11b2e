/** What is wrong with a text that names something: its type, its length in UTF-16 units, half of a surrogate pair, a control character. */
export const textProblem = (text: unknown, longest: number): string | undefined => {
  if (typeof text !== 'string') return `${text === null ? 'null' : typeof text} is not a text`;
  if (text.length === 0) return 'the text is empty';
  if (text.length > longest) return `the text has ${text.length} characters`;
  if (!text.isWellFormed()) return 'the text has half of a surrogate pair';
  return /[\u0000-\u001f\u007f-\u009f]/.test(text) ? 'the text has a control character' : undefined;
};
