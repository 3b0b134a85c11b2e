// Counts what is on the shelves. Written before anybody thought of Reeve, and not changed since.
export const handler = async ({ shelves }: { readonly shelves: readonly string[] }): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries(shelves.map((shelf) => [shelf, 10 * shelf.length]));
