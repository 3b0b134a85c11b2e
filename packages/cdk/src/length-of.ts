/** What a name or an ARN that is made at the deployment is taken to come to. The ARN of a function with an alias may have 270, most have 100. */
const AT_DEPLOYMENT = 170;

/** The bytes of a text of a template: what is known of it, and for the rest as much as it may come to. */
export const lengthOf = (resolved: unknown): number => {
  if (typeof resolved === 'string') return Buffer.byteLength(resolved);
  if (typeof resolved !== 'object' || resolved === null || !('Fn::Join' in resolved)) return AT_DEPLOYMENT;
  const [, parts] = resolved['Fn::Join'] as readonly [string, readonly unknown[]];
  return parts.reduce<number>((sum, part) => sum + lengthOf(part), 0);
};
