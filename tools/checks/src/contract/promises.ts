/** What one interface promises for one of its members, as the comment above the member says. */
export interface PromisesOf {
  /** The interface: `TaskStore`. */
  readonly port: string;
  /** `claim`. */
  readonly verb: string;
  /** Relative to the root. */
  readonly file: string;
  /** What the comment says beside the promises. */
  readonly about: string;
  readonly promises: readonly Promised[];
}

export interface Promised {
  /** `C2`. */
  readonly number: string;
  readonly text: string;
}

const COMMENT_OF_A_MEMBER = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:readonly )?(\w+)\??[(:]/g;
const INTERFACE = /^export interface (\w+)/gm;
const NUMBERED = /^([A-Z]\d+) (.*)$/;

/** The promises in the comments of a file: a line that begins with a number is one, and lines below it that are set in belong to it. */
export const promisesIn = (file: string, source: string): readonly PromisesOf[] => {
  const ports = [...source.matchAll(INTERFACE)];
  return [...source.matchAll(COMMENT_OF_A_MEMBER)].flatMap(({ 1: comment = '', 2: verb = '', index }) => {
    const port = ports.findLast((each) => each.index < index)?.[1] ?? '';
    const { about, promises } = readComment(comment);
    return promises.length === 0 ? [] : [{ port, verb, file, about, promises }];
  });
};

const readComment = (comment: string): Pick<PromisesOf, 'about' | 'promises'> => {
  const about: string[] = [];
  const promises: { number: string; text: string }[] = [];
  let current: { number: string; text: string } | undefined;
  for (const raw of comment.split('\n')) {
    const line = raw.replace(/^\s*\* ?/, '').trimEnd();
    const [, number, text] = NUMBERED.exec(line.trim()) ?? [];
    if (number !== undefined && text !== undefined && !line.startsWith('  ')) {
      current = { number, text };
      promises.push(current);
    } else if (current && line.startsWith('  ')) {
      current.text += ` ${line.trim()}`;
    } else {
      current = undefined;
      if (line.trim() !== '' && !line.trim().startsWith('@')) about.push(line.trim());
    }
  }
  return { about: about.join(' '), promises };
};
