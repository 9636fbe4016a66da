/** What registries and archives say of changed packages: each asked, each archive read, nothing of it run. */
import { absent, type Evidence, type Gap, present } from "../../core/evidence.ts";
import { licensedPackages } from "../../engines/contents/licenses/declared.ts";
import type { LicensedPackage, PackageType } from "../../engines/contents/model.ts";
import { purlOf } from "../../engines/contents/purl.ts";
import type {
  DependencyChange,
  DependencyPolicy,
  FetchedArchive,
  LockedDependency,
  PackageContents,
  PackageMetadata,
  RegistryFacts,
} from "../../engines/packages/model.ts";
import { registryFacts } from "../../engines/packages/registry/facts.ts";
import type { PackageRegistries } from "../packages/registries.ts";

/** What was looked up of a change; what there is nothing of, or nothing that reads it, is not there. */
export type LookedUpFacts = {
  readonly [Name in keyof RegistryFacts]?: Evidence<RegistryFacts[Name]>;
} & {
  readonly metadata?: Evidence<PackageMetadata>;
  readonly previousMetadata?: Evidence<PackageMetadata>;
  readonly license?: Evidence<LicensedPackage>;
  readonly contents?: Evidence<PackageContents>;
  readonly previousContents?: Evidence<PackageContents>;
};

export interface LookUpContext {
  readonly registries: Pick<PackageRegistries, "metadata" | "archive">;
  /** False: archives are neither fetched nor read. */
  readonly contents: boolean;
  readonly policy: DependencyPolicy;
  readonly now: Date;
}

/** Ecosystems whose archives are read. */
const READ: ReadonlySet<PackageType> = new Set(["npm", "pypi"]);

const LEFT_OUT: Gap = {
  code: "packages.contents-left-out",
  reason: "archives were not read (--no-contents)",
  remedy: "leave out --no-contents",
};

/** A package of Git, a URL or a directory: a registry's package of the same name is another one. */
const NO_REGISTRY: Gap = {
  code: "packages.no-registry",
  reason: "not from a registry, so nothing says more of it than the lockfile",
};

export interface DependencyLookUp {
  of(change: DependencyChange): Promise<LookedUpFacts>;
  /** What was left out, one sentence each. */
  notes(): string[];
}

export function dependencyLookUp(context: LookUpContext): DependencyLookUp {
  const unread = new Map<string, number>();
  const count = (type: string): void => void unread.set(type, (unread.get(type) ?? 0) + 1);
  return {
    of: (change) => lookUp(change, context, count),
    notes: () =>
      [...unread].map(
        ([type, packages]) =>
          `${packages} ${type} ${packages === 1 ? "package is" : "packages are"} reviewed by lockfile and advisories alone: no registry of ${type} packages is read`,
      ),
  };
}

async function lookUp(
  change: DependencyChange,
  context: LookUpContext,
  onUnread: (type: string) => void,
): Promise<LookedUpFacts> {
  const { after, before } = change;
  if (after === undefined) return {};
  const { registries } = context;
  const ask = (one: LockedDependency): Promise<Evidence<PackageMetadata>> =>
    isLocal(one) ? Promise.resolve(absent(NO_REGISTRY)) : registries.metadata(one);
  const [metadata, previousMetadata] = await Promise.all([
    ask(after),
    before === undefined || before.version === after.version ? undefined : ask(before),
  ]);
  const isRead = !isUnsupported(metadata);
  if (!isRead) onUnread(change.type);
  const [own, previous] = await Promise.all([
    read(after, metadata, context),
    before === undefined || previousMetadata === undefined ? undefined : read(before, previousMetadata, context),
  ]);
  const license = licenseOf(after, metadata, context.now);
  const previousFacts = {
    ...(previousMetadata === undefined ? {} : { previousMetadata }),
    ...(previous?.contents === undefined ? {} : { previousContents: previous.contents }),
  };
  const facts = registryFacts({
    change,
    metadata,
    ...previousFacts,
    ...(own?.archive === undefined ? {} : { archive: own.archive }),
    ...(own?.contents === undefined ? {} : { contents: own.contents }),
    policy: context.policy,
    now: context.now,
  });
  return {
    ...withoutUnsupported(facts),
    ...(isRead ? { metadata, ...previousFacts } : {}),
    ...(license === undefined ? {} : { license }),
    ...(own?.contents === undefined ? {} : { contents: own.contents }),
  };
}

/** Nothing here reads the registry: that is told once, and is no gap of each package. */
function isUnsupported(evidence: Evidence<unknown>): boolean {
  return evidence.state === "absent" && evidence.gaps.every(({ code }) => code === "packages.unsupported");
}

function withoutUnsupported(facts: LookedUpFacts): LookedUpFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, evidence]) => !isUnsupported(evidence))) as LookedUpFacts;
}

interface ReadArchive {
  readonly archive?: Evidence<FetchedArchive>;
  readonly contents: Evidence<PackageContents>;
}

/** Undefined of an ecosystem whose archives are not read, and of what no registry has. */
async function read(
  dependency: LockedDependency,
  metadata: Evidence<PackageMetadata>,
  { registries, contents, now }: LookUpContext,
): Promise<ReadArchive | undefined> {
  if (!READ.has(dependency.type) || isLocal(dependency)) return undefined;
  if (!contents) return { contents: absent(LEFT_OUT) };
  const archive = await registries.archive(dependency, metadata);
  if (archive.state === "absent") return { archive, contents: absent(...archive.gaps) };
  const { url, bytes } = archive.facts;
  // Loaded with the first archive: a review offline has none.
  const { archiveKindOf, readPackageArchive } = await import("../../engines/packages/contents/read.ts");
  const kind = archiveKindOf(lastSegment(url), dependency.type);
  if (kind === undefined) {
    return { archive, contents: absent({ code: "packages.archive", reason: "no archive of a kind that is read" }) };
  }
  const scripts = metadata.state === "present" ? metadata.facts.scripts : undefined;
  const expected = {
    ...{ name: dependency.name, version: dependency.version },
    ...(scripts === undefined ? {} : { scripts }),
  };
  const observedAt = now.toISOString();
  const evidence = readPackageArchive(bytes, kind, { place: "the archive", observedAt, expected });
  // Of the archive the bytes are not needed any more, and a change may have thousands.
  return { archive: withoutBytes(archive), contents: evidence };
}

function withoutBytes(archive: Evidence<FetchedArchive>): Evidence<FetchedArchive> {
  return archive.state === "absent" ? archive : { ...archive, facts: { ...archive.facts, bytes: Buffer.alloc(0) } };
}

function lastSegment(url: string): string {
  const path = URL.parse(url)?.pathname ?? "";
  return path.slice(path.lastIndexOf("/") + 1);
}

/** It is no registry's, and what it is made of is in the tree or in another repository. */
function isLocal({ fetchedFrom }: LockedDependency): boolean {
  return fetchedFrom !== undefined && fetchedFrom.kind !== "registry";
}

/** As the registry states it, else as the lockfile does; undefined where nothing that is read could. */
function licenseOf(
  dependency: LockedDependency,
  metadata: Evidence<PackageMetadata>,
  now: Date,
): Evidence<LicensedPackage> | undefined {
  const stated = metadata.state === "present" ? metadata.facts.license : undefined;
  const licenses = stated === undefined ? (dependency.licenses ?? []) : [stated];
  const isKnown = metadata.state === "present" || licenses.length > 0;
  if (!isKnown && isUnsupported(metadata)) return undefined;
  const { type, name, version, lockfile } = dependency;
  const record = { type, name, version, licenses };
  const [licensed] = licensedPackages([{ ...record, purl: purlOf(record, undefined), path: lockfile }]);
  if (licensed === undefined) return undefined;
  const observedAt = metadata.state === "present" ? metadata.observedAt : now.toISOString();
  return present(licensed, observedAt, { gaps: isKnown ? [] : metadata.gaps });
}
