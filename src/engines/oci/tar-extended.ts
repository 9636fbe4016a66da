/**
 * The records of a pax extended header (POSIX.1-2024, pax), read as Go's archive/tar reads them (reader.go,
 * strconv.go). What Go passes over and other readers do not is kept as a doubt: the entry that has one is refused.
 */
import { textOf } from "./tar-header.ts";

export interface PaxRecords {
  readonly path?: string;
  readonly linkpath?: string;
  readonly size?: number;
  readonly owner?: number;
  readonly group?: number;
  readonly capability?: Buffer;
  /** The content in the archive begins with a map of it, or is described by one: it is not the file's content. */
  readonly sparse: boolean;
  /** Counts for a sparse file alone. */
  readonly sparseName?: string;
  /** Why readers do not agree about the entry. */
  readonly doubt?: string;
}

type Fail = (cause: string) => never;
type Fields = { -readonly [Key in keyof PaxRecords]: PaxRecords[Key] };

/** `<length> <key>=<value>\n`, the length counting itself in bytes. */
export function parsePax(bytes: Buffer, fail: Fail): PaxRecords {
  const fields: Fields = { sparse: false };
  const sparse = new Map<string, string>();
  const map: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { key, start, end } = recordAt(bytes, at, fail);
    at = end + 1;
    const value = () => bytes.toString("latin1", start, end);
    if (start === end) {
      // The entry keeps what its header says, for Go; to others it then has an empty name or none.
      if (MEANT.has(key) || key.startsWith(SPARSE)) fields.doubt = `its records have an empty ${key}`;
      continue;
    }
    switch (key) {
      case "path":
        fields.path = textOf(bytes, start, end);
        break;
      case "linkpath":
        fields.linkpath = textOf(bytes, start, end);
        break;
      case "size":
        fields.size = decimal(value(), key, fail);
        break;
      case "uid":
        fields.owner = decimal(value(), key, fail);
        break;
      case "gid":
        fields.group = decimal(value(), key, fail);
        break;
      case "atime":
      case "mtime":
      case "ctime":
        checkTime(value(), key, fail);
        break;
      case "SCHILY.xattr.security.capability":
        fields.capability = Buffer.from(bytes.subarray(start, end));
        break;
      case "GNU.sparse.offset":
      case "GNU.sparse.numbytes":
        if ((map.length % 2 === 0) !== (key === "GNU.sparse.offset") || value().includes(",")) {
          fail("an extended header has a broken map of a sparse file");
        }
        map.push(value());
        break;
      case "GNU.sparse.name":
        fields.sparseName = textOf(bytes, start, end);
        break;
      default:
        if (key.startsWith(SPARSE)) sparse.set(key.slice(SPARSE.length), value());
    }
  }
  fields.sparse = isSparse(sparse, map);
  return fields;
}

const SPARSE = "GNU.sparse.";
const MEANT: ReadonlySet<string> = new Set(["path", "linkpath", "size"]);
/** No NUL byte may be in the values of these; in a key it may be nowhere. */
const TEXTS: ReadonlySet<string> = new Set(["path", "linkpath", "uname", "gname"]);

interface PaxRecord {
  readonly key: string;
  /** Where the value begins and ends in the header's bytes; a newline follows. */
  readonly start: number;
  readonly end: number;
}

function recordAt(bytes: Buffer, at: number, fail: Fail): PaxRecord {
  const space = bytes.indexOf(0x20, at);
  if (space < 0) fail("an extended header record has no length");
  const written = bytes.toString("latin1", at, Math.min(space, at + 32));
  const length = /^\+?\d+$/.test(written) && space - at <= 32 ? Number(written) : Number.NaN;
  const after = at + length;
  if (!(length >= 5 && after <= bytes.length && after > space + 1) || bytes[after - 1] !== 0x0a) {
    fail("an extended header record has a wrong length");
  }
  const equals = bytes.indexOf(0x3d, space + 1);
  if (equals < 0 || equals >= after - 1) fail("an extended header record has no value");
  const key = bytes.toString("utf8", space + 1, equals);
  if (key === "" || key.includes("\0")) fail("an extended header record has no valid key");
  if (TEXTS.has(key) && bytes.subarray(equals + 1, after - 1).includes(0)) {
    fail(`an extended header has a NUL byte in its ${key}`);
  }
  return { key, start: equals + 1, end: after - 1 };
}

/** A 64-bit integer as Go's strconv.ParseInt takes it. */
function decimal(written: string, key: string, fail: Fail): number {
  if (/^[+-]?\d{1,30}$/.test(written)) {
    const value = BigInt(written.replace(/^\+/, ""));
    if (value === BigInt.asIntN(64, value)) return Number(value);
  }
  fail(`an extended header has an invalid ${key}`);
}

/** Seconds, and after a point any digits or none. */
function checkTime(written: string, key: string, fail: Fail): void {
  const point = written.indexOf(".");
  decimal(point < 0 ? written : written.slice(0, point), key, fail);
  if (point >= 0 && !/^\d*$/.test(written.slice(point + 1))) fail(`an extended header has an invalid ${key}`);
}

/** GNU's formats 0.0, 0.1 and 1.0; the first two need not say which they are. Of any other, Go knows nothing. */
function isSparse(records: ReadonlyMap<string, string>, map: readonly string[]): boolean {
  const major = records.get("major") ?? "";
  const minor = records.get("minor") ?? "";
  if (major !== "" || minor !== "") {
    return (major === "0" && (minor === "0" || minor === "1")) || (major === "1" && minor === "0");
  }
  return (map.length > 0 ? map.join(",") : (records.get("map") ?? "")) !== "";
}

export type ExtendedKind = "pax" | "global" | "longName" | "longLink";

/** @param flag - the type of an entry */
export function extendedHeader(flag: number): ExtendedKind | undefined {
  switch (flag) {
    case 0x78: // x
      return "pax";
    case 0x67: // g
      return "global";
    case 0x4c: // L
      return "longName";
    case 0x4b: // K
      return "longLink";
    default:
      return undefined;
  }
}
