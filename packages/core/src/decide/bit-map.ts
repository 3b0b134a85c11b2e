/** A set of small whole numbers as a text: a bit for each, the first in the lowest of the first byte, as base64. */
export class BitMap {
  #bits: Uint8Array;

  /** @param room for so many numbers there is room from the beginning; for others it is made when they come */
  constructor(text: string, room: number = 0) {
    const bits = Buffer.from(text, 'base64');
    this.#bits = new Uint8Array(Math.max(bits.length, Math.ceil(room / 8)));
    this.#bits.set(bits);
  }

  has(n: number): boolean {
    return ((this.#bits[n >>> 3] ?? 0) & (1 << (n & 7))) !== 0;
  }

  add(n: number): this {
    const at = n >>> 3;
    if (at >= this.#bits.length) {
      const longer = new Uint8Array(at + 1);
      longer.set(this.#bits);
      this.#bits = longer;
    }
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (n & 7));
    return this;
  }

  get text(): string {
    return Buffer.from(this.#bits).toString('base64');
  }
}
