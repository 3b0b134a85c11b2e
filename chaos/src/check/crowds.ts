/** Something that lasts. */
export interface Lasting {
  readonly start: number;
  readonly end: number;
}

/** A time during which more than so many lasted at once. */
export interface Crowd<T> extends Lasting {
  readonly most: number;
  /** Those that lasted during any part of it. */
  readonly members: readonly T[];
}

/** Every time during which more than `cap` of them lasted at once. At one and the same instant an end comes before a start. */
export const crowdsOf = <T extends Lasting>(all: readonly T[], cap: number): readonly Crowd<T>[] => {
  const turns = all
    .filter(({ start, end }) => end > start)
    .flatMap((each) => [
      { at: each.start, by: 1, each },
      { at: each.end, by: -1, each },
    ])
    .sort((a, b) => a.at - b.at || a.by - b.by);
  const crowds: Crowd<T>[] = [];
  const now = new Set<T>();
  let open: { start: number; most: number; members: Set<T> } | undefined;
  for (const { at, by, each } of turns) {
    if (by > 0) now.add(each);
    else now.delete(each);
    if (now.size > cap) {
      open ??= { start: at, most: 0, members: new Set(now) };
      open.members.add(each);
      open.most = Math.max(open.most, now.size);
    } else if (open) {
      crowds.push({ start: open.start, end: at, most: open.most, members: [...open.members] });
      open = undefined;
    }
  }
  return crowds;
};
