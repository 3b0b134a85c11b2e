import { connect } from 'node:net';

/**
 * One command to a Redis of this machine, for what has to be asked before there is a client.
 * @returns the answer as it came: "+PONG"
 */
export const askRedis = (port: number, command: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let answer = '';
    const end = (): void => {
      socket.destroy();
      resolve(answer.trim());
    };
    socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
    socket.on('data', (data: Buffer) => {
      answer += data.toString();
      const length = /^\$(\d+)\r\n/.exec(answer);
      if (length ? answer.length >= length[0].length + Number(length[1]) : answer.endsWith('\r\n')) end();
    });
    socket.once('connect', () => {
      const parts = command.map((each) => `$${Buffer.byteLength(each)}\r\n${each}\r\n`);
      socket.write(`*${command.length}\r\n${parts.join('')}`);
    });
  });
