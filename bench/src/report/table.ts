/** A table of Markdown, as the formatter of this repository writes it: columns of one width. */
export const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((title, n) => Math.max(3, title.length, ...rows.map((row) => (row[n] ?? '').length)));
  const line = (cells: readonly string[]): string => `| ${widths.map((width, n) => (cells[n] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
};
