import { Problem } from "../../../../core/problem.ts";

/** The pages that a SQLite write-ahead log puts over those of its database. */
export interface WriteAheadLog {
  readonly pageSize: number;
  /** Pages in the database after the last commit. */
  readonly pageCount: number;
  /** Page number → where its newest committed content begins in the log. */
  readonly pages: ReadonlyMap<number, number>;
}

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;
const FORMAT = 3_007_000;

/**
 * Reads a log as sqlite.org/fileformat2.html, "The Write-Ahead Log", says: frames count up to the first whose salts
 * or running checksum differ (they are left over from before a checkpoint, or a write that a crash cut), and of those
 * only up to the last commit. Undefined where nothing is committed in it.
 *
 * @throws Problem `contents.sqlite-log-broken`, kind input, for a format that is not known
 */
export function readWriteAheadLog(log: Buffer): WriteAheadLog | undefined {
  if (log.length < HEADER_BYTES) return undefined;
  const magic = log.readUInt32BE(0);
  // The lowest bit of the magic says in which byte order the checksums were computed.
  if (magic >>> 1 !== MAGIC >>> 1) return undefined;
  const bigEndian = (magic & 1) === 1;
  const checksum: Checksum = [0, 0];
  addToChecksum(checksum, log, 0, 24, bigEndian);
  if (!isChecksum(checksum, log, 24)) return undefined;

  const format = log.readUInt32BE(4);
  const pageSize = log.readUInt32BE(8);
  if (format !== FORMAT) throw broken(`its format is ${format}, not ${FORMAT}`);
  if (pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0) {
    throw broken(`its page size is ${pageSize}`);
  }

  const pages = new Map<number, number>();
  let uncommitted: [number, number][] = [];
  let pageCount = 0;
  const frameBytes = FRAME_HEADER_BYTES + pageSize;
  for (let frame = HEADER_BYTES; frame + frameBytes <= log.length; frame += frameBytes) {
    if (log.compare(log, 16, 24, frame + 8, frame + 16) !== 0) break;
    const content = frame + FRAME_HEADER_BYTES;
    addToChecksum(checksum, log, frame, frame + 8, bigEndian);
    addToChecksum(checksum, log, content, content + pageSize, bigEndian);
    if (!isChecksum(checksum, log, frame + 16)) break;
    const page = log.readUInt32BE(frame);
    if (page === 0) break;
    uncommitted.push([page, content]);
    const committedPages = log.readUInt32BE(frame + 4);
    if (committedPages > 0) {
      pageCount = committedPages;
      for (const [number, at] of uncommitted) pages.set(number, at);
      uncommitted = [];
    }
  }
  return pages.size === 0 ? undefined : { pageSize, pageCount, pages };
}

type Checksum = [number, number];

/** "Checksum Algorithm" there: two running sums over pairs of 32-bit words, modulo 2^32. `end - start` is of pairs. */
function addToChecksum(sums: Checksum, bytes: Buffer, start: number, end: number, bigEndian: boolean): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [first, second] = sums;
  for (let at = start; at < end; at += 8) {
    first = (first + view.getUint32(at, !bigEndian) + second) >>> 0;
    second = (second + view.getUint32(at + 4, !bigEndian) + first) >>> 0;
  }
  sums[0] = first;
  sums[1] = second;
}

function isChecksum([first, second]: Checksum, bytes: Buffer, at: number): boolean {
  return bytes.readUInt32BE(at) === first && bytes.readUInt32BE(at + 4) === second;
}

function broken(cause: string): Problem {
  return new Problem({ kind: "input", code: "contents.sqlite-log-broken", place: "write-ahead log", cause });
}
