/**
 * Short byte strings out of buffers, the same string for the same bytes: paths and names come again and again, and a Map finds
 * a string sooner that it has seen before. A bounded number is remembered, and which is never matters for what is read.
 */
import { latin1 } from "../../../core/latin1.ts";

/** Of one text, so that it fits in a line of the processor's cache with its length. */
const mostBytes = 60;
const words = 16;
/** Each of two places. */
const sets = 65_536;

class RememberedTexts {
  private readonly texts: string[] = new Array(2 * sets).fill("");
  /** For each place: the length, then the bytes, zeros after them. */
  private readonly known = new Int32Array(2 * sets * words);
  private readonly asked = new Int32Array(words);
  private turn = 0;

  /** @param length - at most `mostBytes` */
  read(bytes: Buffer, at: number, length: number): string {
    const { asked } = this;
    let count = 1;
    let hash = length;
    asked[0] = length;
    const whole = at + (length & ~3);
    let next = at;
    for (; next < whole; next += 4) {
      const word =
        (bytes[next] as number) |
        ((bytes[next + 1] as number) << 8) |
        ((bytes[next + 2] as number) << 16) |
        ((bytes[next + 3] as number) << 24);
      asked[count++] = word;
      hash = Math.imul(hash ^ word, 0x9e37_79b1);
      hash ^= hash >>> 15;
    }
    let rest = 0;
    for (const end = at + length; next < end; next++) rest = (rest << 8) | (bytes[next] as number);
    asked[count++] = rest;
    hash = Math.imul(hash ^ rest, 0x9e37_79b1);
    const set = 2 * ((hash ^ (hash >>> 16)) & (sets - 1));
    if (this.isAsked(set, count)) return this.texts[set] as string;
    if (this.isAsked(set + 1, count)) return this.texts[set + 1] as string;
    const text = latin1(bytes, at, at + length);
    this.turn ^= 1;
    const place = set + this.turn;
    this.texts[place] = text;
    for (let word = 0; word < count; word++) this.known[place * words + word] = asked[word] as number;
    return text;
  }

  private isAsked(place: number, count: number): boolean {
    const { known, asked } = this;
    const first = place * words;
    for (let word = 0; word < count; word++) if (known[first + word] !== asked[word]) return false;
    return true;
  }
}

let remembered: RememberedTexts | undefined;

/** The bytes from `start` to before `end`, a character each. */
export function rememberedText(bytes: Buffer, start: number, end: number): string {
  if (end - start > mostBytes || end <= start) return latin1(bytes, start, end);
  remembered ??= new RememberedTexts();
  return remembered.read(bytes, start, end - start);
}
