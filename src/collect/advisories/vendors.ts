/** Where vendors publish their advisories in a form of their own, and what is fetched there. */
import { asProblem, isEvidenceProblem, type Problem, usageProblem } from "../../core/problem.ts";
import { fetchSigned, type SuiteSource } from "../../engines/updates/fetch.ts";
import type { KeyFile } from "../../engines/updates/keys.ts";
import type { RpmRepository } from "../../engines/updates/rpm/repositories.ts";
import { openRpmRepository, repositoryFile } from "../../engines/updates/rpm/repository.ts";
import { bounds } from "../../engines/vulnerability/bounds.ts";
import {
  listDocument,
  updateinfoDocument,
  type VendorDocument,
} from "../../engines/vulnerability/database/vendor-document.ts";
import { splitEcosystem } from "../../engines/vulnerability/ecosystems.ts";
import { redHatVexDocument } from "./red-hat.ts";

type Place =
  | {
      readonly kind: "repository";
      readonly baseUrls?: readonly string[];
      readonly mirrorList?: string;
      readonly metalink?: string;
    }
  | { readonly kind: "list"; readonly url: string }
  /** A folder in the layout of Red Hat's VEX files. */
  | { readonly kind: "vex"; readonly url: string };

/** One source of `bulkhead db update`: its ecosystem and release, and where its vendor documents that it is. */
export interface VendorFeed {
  /** `Amazon Linux:2023`, `Oracle Linux:9::appstream`. */
  readonly name: string;
  readonly place: Place;
  /** One of these has to have signed it. */
  readonly keys?: readonly KeyFile[];
}

const amazon = (release: string, path: string): VendorFeed => ({
  name: `Amazon Linux:${release}`,
  place: { kind: "repository", mirrorList: `https://cdn.amazonlinux.com/${path}/latest/x86_64/mirror.list` },
});
const oracle = (release: string, repository: string, path: string): VendorFeed => ({
  name: `Oracle Linux:${release}::${repository}`,
  place: { kind: "repository", baseUrls: [`https://yum.oracle.com/repo/OracleLinux/OL${release}/${path}/x86_64/`] },
});
const mirrorManager = (name: string, repository: string): VendorFeed => ({
  name,
  place: { kind: "repository", metalink: `https://mirrors.fedoraproject.org/metalink?repo=${repository}&arch=x86_64` },
});

/** Those that a new database is fed with, beside OSV's. Advisories of one architecture: fixes have one version for all. */
const USUAL: readonly VendorFeed[] = [
  amazon("2023", "al2023/core/mirrors"),
  amazon("2", "2/core"),
  ...["8", "9", "10"].flatMap((release) => [
    oracle(release, "baseos", "baseos/latest"),
    oracle(release, "appstream", "appstream"),
  ]),
  { name: "Arch Linux", place: { kind: "list", url: "https://security.archlinux.org/all.json" } },
];

/** Beside OSV's `Red Hat`, which has what is fixed alone. Some 260 MB at first, unpacked 20 GB that are read once. */
const RED_HAT_VEX: VendorFeed = {
  name: "Red Hat:VEX",
  place: { kind: "vex", url: "https://security.access.redhat.com/data/csaf/v2/vex/" },
};

/**
 * The feeds that a name means: `Amazon Linux`, `Oracle Linux:9`, `Fedora:44`, `Photon OS:5.0`, `Red Hat:VEX`, `Red Hat:VEX=MIRROR`. Releases of Fedora, EPEL and
 * Photon OS are named, for new ones come each year.
 *
 * @returns none where it is a name of OSV's, or of a release that no vendor publishes
 */
export function vendorFeeds(name: string): readonly VendorFeed[] {
  const known = USUAL.filter((feed) => feed.name === name || feed.name.startsWith(`${name}:`));
  if (known.length > 0) return known;
  if (name === RED_HAT_VEX.name) return [RED_HAT_VEX];
  const [, mirror] = /^Red Hat:VEX=(https?:\/\/[^\s?#]{1,2000})$/.exec(name) ?? [];
  // The name is what the database keeps, so later updates ask the mirror too.
  if (mirror !== undefined) return [{ name, place: { kind: "vex", url: mirror.replace(/\/?$/, "/") } }];
  const { ecosystem, release } = splitEcosystem(name);
  if (ecosystem === "Fedora" && /^\d{2,3}$/.test(release)) return [mirrorManager(name, `updates-released-f${release}`)];
  if (ecosystem === "EPEL" && /^\d{1,2}$/.test(release)) return [mirrorManager(name, `epel-${release}`)];
  if (ecosystem === "Oracle Linux" && release === "7") return [oracle("7", "latest", "latest")];
  if (ecosystem === "Photon OS" && /^\d{1,2}\.\d$/.test(release)) {
    const url = `https://packages.broadcom.com/photon/photon_cve_metadata/cve_data_photon${release}.json`;
    return [{ name, place: { kind: "list", url } }];
  }
  return [];
}

export const usualVendorFeeds = USUAL;

export interface FetchedDocuments {
  readonly documents: readonly VendorDocument[];
  /** With what could not be had; the rest of its ecosystem is left as it was with it. */
  readonly failures: readonly { readonly name: string; readonly problem: Problem }[];
}

/**
 * Fetches and verifies: what has not changed comes from the cache, by the server's word or its digest.
 *
 * @param folder - where archives are kept
 */
export async function fetchVendorDocuments(
  feeds: readonly VendorFeed[],
  from: SuiteSource,
  folder: string,
): Promise<FetchedDocuments> {
  const documents: VendorDocument[] = [];
  const failures: { name: string; problem: Problem }[] = [];
  for (const feed of feeds) {
    try {
      documents.push(await fetchVendorDocument(feed, from, folder));
    } catch (error) {
      const problem = asProblem(error, feed.name);
      if (!isEvidenceProblem(problem)) throw error;
      failures.push({ name: feed.name, problem });
    }
  }
  const broken = new Set(failures.map(({ name }) => splitEcosystem(name).ecosystem));
  return { documents: documents.filter(({ name }) => !broken.has(splitEcosystem(name).ecosystem)), failures };
}

async function fetchVendorDocument(
  { name, place, keys = [] }: VendorFeed,
  from: SuiteSource,
  folder: string,
): Promise<VendorDocument> {
  const scope = splitEcosystem(name);
  if (place.kind === "vex") return redHatVexDocument(name, new URL(place.url), folder, from, keys);
  if (place.kind === "list") {
    if (keys.length > 0) throw unsigned(name);
    const url = new URL(place.url);
    const { copy, isNew } = await fetchSigned(url, from, bounds.vendorDocumentBytes);
    const { bytes, lastModified, checkedAt } = copy;
    if (isNew) from.cache?.storeSigned(url.href, copy);
    const stated = lastModified === undefined ? Number.NaN : Date.parse(lastModified);
    const asOf = Number.isNaN(stated) ? checkedAt : new Date(Math.min(stated, from.now.getTime())).toISOString();
    return listDocument(url.pathname.slice(url.pathname.lastIndexOf("/") + 1), bytes, { name, scope, asOf });
  }
  const { kind: _, baseUrls = [], ...links } = place;
  const repository: RpmRepository = {
    ...{ id: name, baseUrls, ...links, keys: [], priority: 99, excludes: [], includes: [] },
    ...{ isHotfix: false, wantsCertificate: false, isZypper: false },
  };
  const open = await openRpmRepository(repository, { caller: keys, machine: [], image: [] }, from);
  const file = await repositoryFile(open, "updateinfo", from);
  const origin = { name, scope, asOf: open.use.date };
  const { signedBy } = open.use;
  // A new release has no advisories yet.
  const { name: entry, packed } = file ?? { name: "updateinfo.xml", packed: Buffer.from("<updates/>") };
  // Most are not signed, and their vendors have nothing that could be asked for.
  return { ...updateinfoDocument(entry, packed, origin), ...(signedBy === "" ? {} : { signedBy }) };
}

function unsigned(name: string): Problem {
  return usageProblem(`--keyring ${name}=…`, "its vendor publishes a list without a signature", "leave it out");
}
