/** What a repository offers: its `primary.xml` (createrepo_c), a package at a time. */
import { Problem } from "../../../core/problem.ts";
import { childOf, parseXml, textIn, type XmlElement } from "../../../formats/xml/tree.ts";
import { elementsNamed } from "../../vulnerability/vendors/elements.ts";
import { compareRpm, parseRpm, type RpmVersion } from "../../vulnerability/versions/rpm.ts";
import { bounds } from "../bounds.ts";

/** One build of one package in one repository. */
export interface RpmOffer {
  readonly name: string;
  /** `1:2.3-4.el9`; without an epoch of 0. */
  readonly version: string;
  readonly parsed: RpmVersion;
  readonly architecture: string;
  /** Seconds since 1970. */
  readonly built: number | undefined;
  readonly vendor: string | undefined;
  readonly obsoletes: readonly Obsoletes[];
  /** Which of the repositories. */
  readonly repository: number;
}

/** A package whose place it takes, of these versions; of all where it states none. */
export interface Obsoletes {
  readonly name: string;
  readonly flags?: "LT" | "LE" | "EQ" | "GE" | "GT";
  readonly version?: RpmVersion;
}

export interface RpmOffers {
  /** By the name of what is installed. */
  readonly byName: Map<string, RpmOffer[]>;
  /** By the name of what they take the place of. */
  readonly replacing: Map<string, RpmOffer[]>;
}

/**
 * Adds what a repository offers of the wanted names, or in their place. Of all others nothing is parsed.
 *
 * @returns how many wanted packages could not be read
 * @throws Problem `advisories.xml` where a package is cut off or over a bound
 */
export async function addRpmOffers(
  offers: RpmOffers,
  chunks: AsyncIterable<Buffer>,
  place: string,
  repository: number,
  wanted: ReadonlySet<string>,
): Promise<number> {
  let unread = 0;
  for await (const bytes of elementsNamed(chunks, "package", place)) {
    const name = nameIn(bytes);
    const isWanted = name === undefined || wanted.has(name);
    if (!isWanted && !bytes.includes(":obsoletes>")) continue;
    const offer = readOffer(bytes, repository);
    if (offer === undefined) {
      if (isWanted) unread += 1;
      continue;
    }
    if (wanted.has(offer.name)) unread += add(offers.byName, offer.name, offer);
    for (const { name: old } of offer.obsoletes) {
      if (old !== offer.name && wanted.has(old)) unread += add(offers.replacing, old, offer);
    }
  }
  return unread;
}

/** @returns 1 where there are too many of one name, else 0 */
function add(to: Map<string, RpmOffer[]>, name: string, offer: RpmOffer): 0 | 1 {
  const own = to.get(name);
  if (own === undefined) to.set(name, [offer]);
  else if (own.length >= bounds.suiteOffers) return 1;
  else own.push(offer);
  return 0;
}

/** Before anything is parsed: most packages of a repository are not installed. */
function nameIn(bytes: Buffer): string | undefined {
  const start = bytes.indexOf("<name>");
  const end = start < 0 ? -1 : bytes.indexOf("<", start + 6);
  const name = end < 0 ? undefined : bytes.toString("latin1", start + 6, end).trim();
  // One with a reference in it is for the reader of XML.
  return name === undefined || name.includes("&") ? undefined : name;
}

function readOffer(bytes: Buffer, repository: number): RpmOffer | undefined {
  let item: XmlElement;
  try {
    item = parseXml(bytes.toString("utf8"), {
      depth: bounds.repositoryXmlDepth,
      elements: bounds.repositoryXmlElements,
      refuse: (_, cause) => new Problem({ kind: "input", code: "updates.index", place: "primary.xml", cause }),
    });
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
  const name = textIn(item, "name");
  const architecture = textIn(item, "arch");
  const version = versionOf(childOf(item, "version")?.attributes);
  const parsed = version === undefined ? undefined : parseRpm(version);
  if (name === undefined || architecture === undefined || version === undefined || parsed === undefined)
    return undefined;
  const built = Number(childOf(item, "time")?.attributes.get("build") ?? Number.NaN);
  const format = childOf(item, "format");
  return {
    name,
    version,
    parsed,
    architecture,
    built: built > 0 && built < LATEST ? Math.floor(built) : undefined,
    vendor: format === undefined ? undefined : textIn(format, "vendor"),
    obsoletes: format === undefined ? [] : obsoletesIn(childOf(format, "obsoletes")),
    repository,
  };
}

/** Seconds since 1970, up to the year 9999. */
const LATEST = 253_402_300_800;

/** `epoch="1" ver="2.3" rel="4.el9"` → `1:2.3-4.el9` */
function versionOf(attributes: ReadonlyMap<string, string> | undefined): string | undefined {
  const [epoch = "0", version, release] = ["epoch", "ver", "rel"].map((key) => attributes?.get(key));
  if (version === undefined) return undefined;
  return `${epoch === "0" || epoch === "" ? "" : `${epoch}:`}${version}${release === undefined ? "" : `-${release}`}`;
}

const FLAGS: ReadonlySet<string> = new Set(["LT", "LE", "EQ", "GE", "GT"]);

function obsoletesIn(list: XmlElement | undefined): Obsoletes[] {
  return (list?.children ?? []).flatMap(({ attributes }): Obsoletes[] => {
    const name = attributes.get("name");
    const flags = attributes.get("flags");
    const written = versionOf(attributes);
    const version = written === undefined ? undefined : parseRpm(written);
    if (name === undefined) return [];
    if (flags === undefined || !FLAGS.has(flags) || version === undefined) return [{ name }];
    return [{ name, flags: flags as NonNullable<Obsoletes["flags"]>, version }];
  });
}

/** Whether the offer takes the place of this version; without a release on one side that does not count (rpm-dependencies(7)). */
export function replaces(offer: RpmOffer, name: string, installed: RpmVersion): boolean {
  return offer.obsoletes.some(({ name: own, flags, version }) => {
    if (own !== name) return false;
    if (flags === undefined || version === undefined) return true;
    const order = compareRpm(version.release === undefined ? { ...installed, release: undefined } : installed, version);
    if (order === 0) return flags === "EQ" || flags === "LE" || flags === "GE";
    return order < 0 ? flags === "LT" || flags === "LE" : flags === "GT" || flags === "GE";
  });
}
