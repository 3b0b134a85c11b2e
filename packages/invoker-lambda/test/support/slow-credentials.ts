import { gate } from './gate.ts';
import { SIGNED } from './rig.ts';

/** Somebody who is asked for credentials and does not answer before `give`. */
export const slowCredentials = () => {
  const { pass, reached, release } = gate();
  const credentials = async () => {
    await pass();
    return SIGNED.credentials;
  };
  return { credentials, asked: () => reached(1), give: release };
};

/** Long enough for a request to reach a server of this process, if one was sent. */
export const turns = async (): Promise<void> => {
  for (let n = 0; n < 20; n += 1) await new Promise((resolve) => setImmediate(resolve));
};
