import type { EpochMs } from '@reeve/core';

export interface Series {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
  readonly at: EpochMs;
}

/** Writes samples to a Prometheus, each with its own instant: what a scrape would have found then. */
export const remoteWrite = async (url: string, series: readonly Series[]): Promise<void> => {
  const request = Buffer.concat(series.map((each) => message(1, timeSeries(each))));
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy', 'x-prometheus-remote-write-version': '0.1.0' },
    body: new Uint8Array(snappy(request)),
  });
  if (!response.ok) throw new Error(`Prometheus took no samples: ${response.status} ${await response.text()}`);
};

const timeSeries = ({ name, labels = {}, value, at }: Series): Buffer => {
  const pairs = Object.entries({ __name__: name, ...labels }).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const double = Buffer.alloc(9);
  double[0] = (1 << 3) | 1;
  double.writeDoubleLE(value, 1);
  const sample = Buffer.concat([double, Buffer.from([2 << 3]), varint(at)]);
  return Buffer.concat([...pairs.map(([key, text]) => message(1, Buffer.concat([message(1, key), message(2, text)]))), message(2, sample)]);
};

/** A field of bytes, in Protocol Buffers. */
const message = (field: number, content: Uint8Array | string): Buffer => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return Buffer.concat([Buffer.from([(field << 3) | 2]), varint(bytes.byteLength), bytes]);
};

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
};

/** Snappy's block format without any compression: pieces of up to 64 KB as they are. */
const snappy = (content: Buffer): Buffer => {
  const pieces: Buffer[] = [varint(content.byteLength)];
  for (let from = 0; from < content.byteLength; from += 65_536) {
    const piece = content.subarray(from, from + 65_536);
    const length = Buffer.alloc(3, 61 << 2);
    length.writeUInt16LE(piece.byteLength - 1, 1);
    pieces.push(length, piece);
  }
  return Buffer.concat(pieces);
};
