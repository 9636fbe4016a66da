/**
 * What a registry says of a package, reduced to what is judged: plain data, which is kept in a cache. What the registry does not
 * serve is absent and named in `notServed`, by the registry's own word.
 */
import type { PackageType } from "../../contents/model.ts";
import type { PackageMetadata, PublishedArchive } from "../model.ts";

export interface RegistryDocument {
  readonly type: PackageType;
  /** As the registry spells it. */
  readonly name: string;
  /** ISO 8601. */
  readonly firstPublished?: string;
  readonly archived?: boolean;
  readonly deprecated?: string;
  readonly repository?: string;
  readonly maintainers?: readonly string[];
  /** By version; made without a prototype, since names are an attacker's. */
  readonly versions: Readonly<Record<string, VersionEntry>>;
  /** False: the registry leaves versions out, as those that were withdrawn. */
  readonly allVersions: boolean;
  /** Of every version. */
  readonly notServed: readonly string[];
}

export interface VersionEntry {
  readonly published?: string;
  readonly publishedAfter?: string;
  readonly publishedBefore?: string;
  readonly deprecated?: string;
  readonly yanked?: boolean;
  readonly license?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly hasInstallScript?: boolean;
  readonly unpackedBytes?: number;
  readonly files?: number;
  readonly archives?: readonly PublishedArchive[];
  readonly repository?: string;
  /** Where attestations are; `none`: the registry says that there are none. Absent: it says nothing of them. */
  readonly attestations?: "none" | readonly string[];
  /** Of npm's registry keys, over name, version and integrity. */
  readonly signatures?: readonly KeySignature[];
  /** As it is signed: `sha512-…`. */
  readonly integrity?: string;
  /** Of this version alone. */
  readonly notServed?: readonly string[];
}

export interface KeySignature {
  readonly keyid: string;
  /** Base64. */
  readonly sig: string;
}

/** What registries call the fields of {@link PackageMetadata} that checks ask for, in our words. */
export type ServedField =
  | "published"
  | "deprecated"
  | "yanked"
  | "license"
  | "scripts"
  | "attestations"
  | "signatures"
  | "hashes"
  | "versions";

/** One version's part; undefined where the document has no such version. Provenance is verified apart. */
export function metadataOf(
  document: RegistryDocument,
  version: string,
): Omit<PackageMetadata, "provenance" | "signature"> | undefined {
  const entry = Object.hasOwn(document.versions, version) ? document.versions[version] : undefined;
  if (entry === undefined) return undefined;
  const { type, name, firstPublished, archived, maintainers } = document;
  const repository = entry.repository ?? document.repository;
  const deprecated = entry.deprecated ?? document.deprecated;
  const { archives, attestations: _, signatures: __, integrity: ___, notServed = [], ...own } = entry;
  const [first] = archives ?? [];
  return {
    type,
    name,
    version,
    ...own,
    ...(firstPublished === undefined ? {} : { firstPublished }),
    ...(archived === undefined ? {} : { archived }),
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(repository === undefined ? {} : { repository }),
    ...(maintainers === undefined ? {} : { maintainers }),
    ...(document.notServed.includes("versions") ? {} : { versions: Object.keys(document.versions) }),
    ...(first === undefined ? {} : { archive: first }),
    ...(archives === undefined || archives.length < 2 ? {} : { archives }),
    notServed: [...new Set([...document.notServed, ...notServed])],
  };
}
