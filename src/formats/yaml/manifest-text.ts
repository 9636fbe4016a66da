/**
 * Texts of files that are read at once, and later only where a finding needs a line. Between the two they are held packed,
 * in parts of a few documents each, so that a line costs the unpacking of its part.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { createRecent } from "../../core/recent.ts";
import { POOLED, release, releaseBehind } from "../../core/release.ts";
import type { DocumentRange, ManifestText, TextPart } from "./model.ts";
import { createUnpackedParts } from "./unpacked-parts.ts";

/** Characters of a part, if its last document ends there. */
const PART_LENGTH = 16 * 1024;

/** Bytes of an output that has memory of its own: a smaller one is cut from a pool that others are cut from too. */
const OWN = POOLED + 1_024;

interface PackedPart {
  /** Of the part's first character in the text. */
  readonly offset: number;
  /** Characters. */
  readonly length: number;
  /** Of the part's first line, from 1. */
  readonly line: number;
  /** Where it is packed. */
  readonly from: number;
  readonly to: number;
}

/** Of the parts that were unpacked lately: checks of a cluster go through the same objects again and again. */
const UNPACKED_BYTES = 4 * 1024 * 1024;
const unpacked = createUnpackedParts<PackedPart, TextPart>(UNPACKED_BYTES);
/** Of those that are not of ASCII alone, which are few: characters. */
const UNPACKED_LENGTH = 512 * 1024;
const unpackedTexts = createRecent<PackedPart, TextPart>(UNPACKED_LENGTH);

export class PackableText implements ManifestText {
  readonly path: string;
  readonly documents: readonly DocumentRange[];
  #text: string;
  #parts: readonly PackedPart[] | undefined;
  #packed: Uint8Array = new Uint8Array();
  #whole: TextPart | undefined;
  /** Characters. */
  readonly length: number;

  constructor(path: string, text: string, documents: readonly DocumentRange[]) {
    this.path = path;
    this.documents = documents;
    this.#text = text;
    this.length = text.length;
  }

  get text(): string {
    return [...this.texts()].join("");
  }

  *texts(): Generator<string> {
    if (this.#parts === undefined) yield this.#text;
    else for (const part of this.#parts) yield this.#unpacked(part, (bytes) => bytes.toString("utf8"));
  }

  part(offset: number): TextPart {
    if (this.#parts === undefined) {
      this.#whole ??= { content: this.#text, offset: 0, line: 1 };
      return this.#whole;
    }
    return this.#part(this.#parts.findLast((one) => one.offset <= offset) ?? (this.#parts[0] as PackedPart));
  }

  /** Call it when all is read. A text that UTF-8 does not hold as it is stays as it is. */
  pack(): void {
    if (this.#parts !== undefined || !this.#text.isWellFormed()) return;
    this.#whole = undefined;
    const packed: Buffer[] = [];
    const parts: PackedPart[] = [];
    let line = 1;
    let from = 0;
    for (const { offset, text } of partsOf(this.#text, this.documents)) {
      const bytes = compressed(text);
      packed.push(bytes);
      parts.push({ offset, length: text.length, line, from, to: from + bytes.length });
      from += bytes.length;
      line += lineBreaks(text);
    }
    // A Buffer would keep more than is in it: what it was packed in, or the pool that it was cut from.
    this.#packed = new Uint8Array(from);
    for (const [index, { from: at }] of parts.entries()) {
      const bytes = packed[index] as Buffer;
      this.#packed.set(bytes, at);
      releaseBehind(bytes);
    }
    this.#parts = parts;
    this.#text = "";
  }

  #part(packed: PackedPart): TextPart {
    const known = unpacked.get(packed) ?? unpackedTexts.get(packed);
    if (known !== undefined) return known;
    const { offset, line, length } = packed;
    return this.#unpacked(packed, (bytes) => {
      // As many bytes as characters: each is one.
      const isAscii = bytes.length === length;
      const kept = isAscii ? unpacked.keep(packed, bytes, (content) => ({ content, offset, line })) : undefined;
      if (kept !== undefined) return kept;
      const part = { content: bytes.toString("utf8"), offset, line };
      unpackedTexts.set(packed, part, length);
      return part;
    });
  }

  #unpacked<T>({ from, to, length }: PackedPart, use: (bytes: Buffer) => T): T {
    // No character takes more than three bytes of UTF-8 for each of its units.
    const bytes = zstdDecompressSync(this.#packed.subarray(from, to), {
      chunkSize: Math.max(OWN, length + 64),
      maxOutputLength: 3 * length + 1,
    });
    const result = use(bytes);
    releaseBehind(bytes);
    return result;
  }
}

/** What nearly all parts go through: zstd's own buffers for their bytes would stay until the garbage is collected. */
let encoded: Buffer | undefined;
const ENCODED = 6 * PART_LENGTH;

function compressed(text: string): Buffer {
  const options = { chunkSize: OWN, params: { [constants.ZSTD_c_windowLog]: 17 } };
  if (3 * text.length > ENCODED) {
    const bytes = Buffer.from(text);
    const packed = zstdCompressSync(bytes, options);
    release(bytes);
    return packed;
  }
  encoded ??= Buffer.allocUnsafeSlow(ENCODED);
  return zstdCompressSync(encoded.subarray(0, encoded.write(text)), options);
}

/** Each begins with a line and holds its documents whole. */
function* partsOf(text: string, documents: readonly DocumentRange[]): Generator<{ offset: number; text: string }> {
  let offset = 0;
  for (const { start } of documents) {
    const line = text.lastIndexOf("\n", start - 1) + 1;
    if (line - offset < PART_LENGTH) continue;
    yield { offset, text: text.slice(offset, line) };
    offset = line;
  }
  yield { offset, text: text.slice(offset) };
}

function lineBreaks(text: string): number {
  let breaks = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) breaks++;
  return breaks;
}
