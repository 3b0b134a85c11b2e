// An archive as Lambda takes it. The same contents make the same bytes, so that a bucket's object changes only when the code does.
import { crc32, deflateRawSync } from 'node:zlib';

const DEFLATE = 8;
const UNIX_2_0 = 0x0314;
/** A file that everybody may read: Lambda runs it as a user of its own. */
const ATTRIBUTES = 0o100644 * 0x10000;
/** The first day that the format knows. */
const DATE = 0x21;

/**
 * @param {readonly { name: string, content: Uint8Array }[]} files
 * @returns {Buffer} an archive of them
 */
export const zip = (files) => {
  /** @type {Buffer[]} */
  const locals = [];
  /** @type {Buffer[]} */
  const entries = [];
  let at = 0;
  for (const { name, content } of files) {
    const path = Buffer.from(name);
    const packed = deflateRawSync(content, { level: 9 });
    const common = commonPart(path, content, packed);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, path, packed]);
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02'), short(UNIX_2_0), common, tail(at), path]));
    locals.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(entries);
  return Buffer.concat([...locals, directory, end(files.length, directory.length, at)]);
};

/**
 * @param {Buffer} path
 * @param {Uint8Array} content
 * @param {Buffer} packed
 */
const commonPart = (path, content, packed) => {
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(DEFLATE, 4);
  common.writeUInt16LE(DATE, 8);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(path.length, 22);
  return common;
};

const short = (/** @type {number} */ value) => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
};

/** @param {number} at where the file begins */
const tail = (at) => {
  const bytes = Buffer.alloc(14);
  bytes.writeUInt32LE(ATTRIBUTES, 6);
  bytes.writeUInt32LE(at, 10);
  return bytes;
};

/**
 * @param {number} count
 * @param {number} length of the directory
 * @param {number} at where it begins
 */
const end = (count, length, at) => {
  const bytes = Buffer.alloc(22);
  bytes.write('PK\x05\x06', 'latin1');
  bytes.writeUInt16LE(count, 8);
  bytes.writeUInt16LE(count, 10);
  bytes.writeUInt32LE(length, 12);
  bytes.writeUInt32LE(at, 16);
  return bytes;
};
