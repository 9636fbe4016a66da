/** Indexes of packages, and the version that apt would choose. */

import type { Package } from "../../contents/model.ts";
import { readStanzas } from "../../contents/packages/dpkg/deb822.ts";
import { compareDpkg, type DpkgVersion, parseDpkg } from "../../vulnerability/versions/dpkg.ts";
import { bounds } from "../bounds.ts";

/** One version of one package as an index offers it. */
export interface Offer {
  readonly version: string;
  readonly parsed: DpkgVersion;
  readonly architecture: string;
  /** Of the source package, which advisories speak of. */
  readonly sourceVersion: string;
  /** Which suite, by the caller's number. */
  readonly suite: number;
}

/** Name → offers. */
export type Offers = Map<string, Offer[]>;

const FIELDS = ["package", "version", "architecture", "phased-update-percentage", "source"] as const;

/**
 * Adds what an index offers of the wanted names. What is being phased in (Ubuntu) is not offered to everybody yet.
 *
 * @returns how many stanzas of wanted packages could not be read
 */
export function addOffers(offers: Offers, bytes: Buffer, suite: number, wanted: ReadonlySet<string>): number {
  let unread = 0;
  for (const { values, fault } of readStanzas(bytes, FIELDS)) {
    const [name, version, architecture, phased, source] = values;
    if (name === undefined || !wanted.has(name)) continue;
    const parsed = version === undefined ? undefined : parseDpkg(version);
    const own = offers.get(name) ?? [];
    const isWhole = fault === undefined && version !== undefined && parsed !== undefined && architecture !== undefined;
    if (!isWhole || own.length >= bounds.suiteOffers) unread += 1;
    else if (phased === undefined || phased === "100") {
      own.push({ version, parsed, architecture, sourceVersion: sourceVersionOf(source) ?? version, suite });
      offers.set(name, own);
    }
  }
  return unread;
}

/** `Source: name (version)`, where it is not the package's own. */
function sourceVersionOf(source: string | undefined): string | undefined {
  const open = source?.indexOf("(") ?? -1;
  return open < 0 ? undefined : source?.slice(open + 1, source.indexOf(")", open)).trim();
}

/**
 * The version that apt would have installed (apt_preferences(5)): of the highest priority and then the newest, where
 * what is installed has 100 of its own, and is never left for an older one. Pins of the image are not asked: they say
 * what it wants, and not what there is.
 *
 * @param priorities - of the suites
 * @param native - the architecture that packages of all architectures belong to
 */
export function candidateOf(
  { version, architecture }: Package,
  offers: readonly Offer[],
  priorities: readonly number[],
  native: string,
): { readonly installed: DpkgVersion; readonly newer: readonly Offer[]; readonly candidate?: Offer } | undefined {
  const installed = parseDpkg(version);
  if (installed === undefined) return undefined;
  const own = architecture === undefined || architecture === "all" ? native : architecture;
  const fitting = offers.filter(
    (offer) =>
      offer.architecture === own ||
      (offer.architecture === "all" && own === native) ||
      offer.architecture === architecture,
  );
  const newer = fitting.filter((offer) => compareDpkg(offer.parsed, installed) > 0);
  const priorityOf = ({ suite }: Offer) => priorities[suite] ?? 0;
  let standing = 100;
  for (const offer of fitting) {
    if (compareDpkg(offer.parsed, installed) === 0) standing = Math.max(standing, priorityOf(offer));
  }
  let candidate: Offer | undefined;
  for (const offer of newer) {
    const priority = priorityOf(offer);
    if (priority < standing) continue;
    const order =
      candidate === undefined ? 1 : priority - priorityOf(candidate) || compareDpkg(offer.parsed, candidate.parsed);
    if (order > 0) candidate = offer;
  }
  return { installed, newer, ...(candidate === undefined ? {} : { candidate }) };
}
