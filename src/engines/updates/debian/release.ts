/** What a Release file says: Debian's repository format, "Release files". */
import { readFields, words } from "./fields.ts";

export interface Release {
  readonly suite?: string;
  readonly codename?: string;
  readonly label?: string;
  readonly date: Date;
  readonly validUntil?: Date;
  readonly byHash: boolean;
  /** apt's priority of what it has: 500, or less where it is not to be installed by itself. */
  readonly priority: number;
  readonly architectures: readonly string[];
  /** True: the indexes of an architecture hold the packages of all architectures too. */
  readonly allWithin: boolean;
  /** Path below the suite → what it is. */
  readonly files: ReadonlyMap<string, { readonly sha256: string; readonly size: number }>;
}

/** Undefined where it states no date. */
export function readRelease(text: string): Release | undefined {
  const [fields] = readFields(text);
  const date = dateOf(fields?.get("date"));
  if (fields === undefined || date === undefined) return undefined;
  const suite = fields.get("suite");
  const codename = fields.get("codename");
  const label = fields.get("label");
  const until = fields.get("valid-until");
  const architectures = words(fields.get("architectures"));
  return {
    ...(suite === undefined ? {} : { suite }),
    ...(codename === undefined ? {} : { codename }),
    ...(label === undefined ? {} : { label }),
    date,
    // A date that cannot be read is one that is over.
    ...(until === undefined ? {} : { validUntil: dateOf(until) ?? new Date(0) }),
    byHash: fields.get("acquire-by-hash") === "yes",
    priority: fields.get("notautomatic") === "yes" ? (fields.get("butautomaticupgrades") === "yes" ? 100 : 1) : 500,
    architectures,
    allWithin:
      !architectures.includes("all") || words(fields.get("no-support-for-architecture-all")).includes("Packages"),
    files: filesOf(fields.get("sha256") ?? ""),
  };
}

function filesOf(list: string): Map<string, { readonly sha256: string; readonly size: number }> {
  const files = new Map<string, { readonly sha256: string; readonly size: number }>();
  for (const line of list.split("\n")) {
    const [sha256, size, path] = words(line);
    if (sha256 === undefined || path === undefined || !/^[0-9a-f]{64}$/.test(sha256)) continue;
    if (/^[0-9]{1,12}$/.test(size ?? "")) files.set(path, { sha256, size: Number(size) });
  }
  return files;
}

/** `Mon, 23 Nov 2026 11:22:38 UTC`, as RFC 1123 writes it; the time zone is to be UTC. */
function dateOf(text: string | undefined): Date | undefined {
  if (text === undefined || !/ (UTC|GMT|\+0000)$/.test(text)) return undefined;
  const time = Date.parse(text.replace(/ (UTC|\+0000)$/, " GMT"));
  return Number.isNaN(time) ? undefined : new Date(time);
}
