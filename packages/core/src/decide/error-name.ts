/** From the beginning to the first colon before a space, or to the end: `java.net.ConnectException: refused`, `std::io::Error: no`, `TimeoutError`. */
const NAME = /^(\S{1,200}?)(?::?$|:\s)/;

/**
 * The name of an error in front of its text. Errors travel as texts, so that a worker in any language can report them, and all write the name
 * or class first: JavaScript `TimeoutError: ...`, Python `botocore.exceptions.ClientError: ...`, Ruby `Net::ReadTimeout: ...`.
 */
export const errorName = (error: string): string | undefined => NAME.exec(error)?.[1];

/** Whether the name in front of an error is this one: the whole of it, or the part after its package, module or namespace. */
export const isNamed = (error: string, name: string): boolean => {
  const whole = errorName(error);
  if (whole === undefined || !whole.endsWith(name)) return false;
  return whole.length === name.length || /[.:\\/]/.test(whole.charAt(whole.length - name.length - 1));
};
