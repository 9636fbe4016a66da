/**
 * What registries say of a change, in the parts that checks evaluate. What one part is missing makes that part alone unknown. Pure.
 */
import { absent, type Evidence, type Gap, present } from "../../../core/evidence.ts";
import type { PackageOrigin } from "../../contents/model.ts";
import type {
  DependencyChange,
  LockedDependency,
  PackageContents,
  PackageMetadata,
  PublishedArchive,
} from "../model.ts";
import { namedBy } from "../name-pattern.ts";
import type { DependencyPolicy } from "../policy.ts";
import type {
  ArchiveFacts,
  FetchedArchive,
  FirstRelease,
  HashMismatch,
  InstallScriptChange,
  LicenseChange,
  OriginFacts,
  ProvenanceChange,
  Publication,
  PublishedProvenance,
  RegistryFacts,
  Standing,
} from "./facts-model.ts";
import { encoded } from "./fields.ts";
import { isImplausible } from "./implausible.ts";

export interface RegistryFactsInput {
  /** With a version that comes. */
  readonly change: DependencyChange;
  readonly metadata: Evidence<PackageMetadata>;
  /** Of the version that goes; absent where none does. */
  readonly previousMetadata?: Evidence<PackageMetadata>;
  /** Absent: no archive was wanted. */
  readonly archive?: Evidence<FetchedArchive>;
  readonly contents?: Evidence<PackageContents>;
  readonly previousContents?: Evidence<PackageContents>;
  readonly policy: DependencyPolicy;
  readonly now: Date;
}

export type RegistryEvidence = { readonly [Name in keyof RegistryFacts]: Evidence<RegistryFacts[Name]> };

export function registryFacts(input: RegistryFactsInput): RegistryEvidence {
  return {
    publication: publicationOf(input),
    firstRelease: firstReleaseOf(input),
    standing: standingOf(input),
    licenseChange: licenseChangeOf(input),
    installScripts: installScriptsOf(input),
    provenance: provenanceOf(input),
    origin: originOf(input),
    archive: archiveOf(input),
  };
}

const DAY = 24 * 60 * 60 * 1000;

/** Whether a registry published it at all; what a lockfile does not say of is taken to be from one. */
export function isPublished({ fetchedFrom }: Pick<LockedDependency, "fetchedFrom">): boolean {
  return fetchedFrom === undefined || fetchedFrom.kind === "registry";
}

function publicationOf({ change, metadata, policy, now }: RegistryFactsInput): Evidence<Publication> {
  const at = now.toISOString();
  const isExempt =
    policy.cooldownDays === 0 || !comesPublished(change) || namedBy(policy.cooldownExempt, change.type, change.name);
  if (isExempt) return present({ exempt: true }, at);
  if (metadata.state === "absent") return absent(...metadata.gaps);
  const { published, publishedAfter, publishedBefore } = metadata.facts;
  const own: Publication = {
    exempt: false,
    ...optional("after", published ?? publishedAfter),
    ...optional("before", published ?? publishedBefore),
  };
  // Its day does not change any more: what was answered long ago still holds.
  if (published !== undefined) return present(own, at);
  const wanted = now.getTime() - policy.cooldownDays * DAY;
  const isOld = own.before !== undefined && Date.parse(own.before) <= wanted;
  return present(own, at, { gaps: isOld ? [] : [notServed("published", "when it was published")] });
}

function firstReleaseOf({ change, metadata, now }: RegistryFactsInput): Evidence<FirstRelease> {
  const version = change.after?.version ?? "";
  const at = now.toISOString();
  // A number that was there before is no news.
  const isNew = change.before === undefined || !isImplausible(change.before.version, now);
  if (!comesPublished(change) || !isNew || !isImplausible(version, now)) {
    return present({ implausible: false, plausibleVersions: 0 }, at);
  }
  if (metadata.state === "absent") return absent(...metadata.gaps);
  const { versions, firstPublished, published } = metadata.facts;
  if (versions === undefined) return absent(notServed("versions", "which versions there are"));
  const plausibleVersions = versions.filter((one) => !isImplausible(one, now)).length;
  return present(
    {
      implausible: true,
      plausibleVersions,
      ...optional("firstPublished", firstPublished),
      ...optional("published", published),
    },
    at,
  );
}

/** Of what changes after its publication the answer's age counts. */
function standingOf({ change, metadata, previousMetadata, policy, now }: RegistryFactsInput): Evidence<Standing> {
  const { type, name } = change;
  if (!comesPublished(change) || namedBy(policy.allowDeprecated, type, name)) {
    return present({ yanked: false, archived: false, wasDeprecated: false }, now.toISOString());
  }
  if (metadata.state === "absent") return absent(...metadata.gaps);
  const { facts, observedAt, validUntil, renewal } = metadata;
  const previous = previousMetadata?.state === "present" ? previousMetadata.facts : undefined;
  const standing: Standing = {
    ...optional("deprecated", facts.deprecated),
    yanked: facts.yanked === true,
    archived: facts.archived === true,
    wasDeprecated: previous?.deprecated !== undefined,
  };
  const gaps = [
    ...(facts.notServed.includes("deprecated") ? [notServed("deprecated", "whether it is deprecated")] : []),
    ...(facts.notServed.includes("yanked") ? [notServed("yanked", "whether it was withdrawn")] : []),
  ];
  return present(standing, observedAt, {
    gaps,
    ...(validUntil === undefined ? {} : { validUntil }),
    ...(renewal === undefined ? {} : { renewal }),
  });
}

function licenseChangeOf(input: RegistryFactsInput): Evidence<LicenseChange> {
  const at = input.now.toISOString();
  const { change, metadata, previousMetadata } = input;
  const isUpgrade = change.before !== undefined && change.after?.version !== change.before.version;
  if (!isUpgrade || !comesPublished(change)) return present({}, at);
  const after = licenseIn(metadata, input.contents);
  const before = licenseIn(previousMetadata, input.previousContents);
  if ("gaps" in after) return absent(...after.gaps);
  if ("gaps" in before) return absent(...before.gaps);
  return present({ ...optional("before", before.license), ...optional("after", after.license) }, at);
}

type Gaps = readonly [Gap, ...Gap[]];

/** As the registry states it, else the archive's own manifest. */
function licenseIn(
  metadata: Evidence<PackageMetadata> | undefined,
  contents: Evidence<PackageContents> | undefined,
): { readonly license: string | undefined } | { readonly gaps: Gaps } {
  if (metadata?.state === "present") {
    const { license, notServed: missing } = metadata.facts;
    if (license !== undefined || !missing.includes("license")) return { license };
  }
  if (contents?.state === "present") return { license: contents.facts.license };
  if (metadata === undefined) return { license: undefined };
  if (metadata.state === "absent") return { gaps: metadata.gaps };
  return { gaps: [notServed("license", "its license")] };
}

function installScriptsOf(input: RegistryFactsInput): Evidence<InstallScriptChange> {
  const { change, metadata, previousMetadata, contents, previousContents, policy, now } = input;
  const { type, name, after, before } = change;
  const at = now.toISOString();
  if (after === undefined || namedBy(policy.installScripts, type, name) || !runsScripts(type)) {
    return present({ after: [], commands: {} }, at);
  }
  const own = scriptsIn(after, metadata, contents);
  if ("gaps" in own) return absent(...own.gaps);
  if (before === undefined || own.names.length === 0) {
    return present({ after: own.names, commands: own.commands }, at);
  }
  const previous = scriptsIn(before, previousMetadata, previousContents);
  // That there are some is certain; whether they are new is not.
  if ("gaps" in previous)
    return present({ after: own.names, commands: own.commands, before: own.names }, at, { gaps: previous.gaps });
  return present({ after: own.names, before: previous.names, commands: own.commands }, at);
}

/** Ecosystems whose installers run what a package brings, and say so in what is read. */
function runsScripts(type: string): boolean {
  return type === "npm" || type === "composer";
}

/** What is in the archive counts first, then what its registry says; a lockfile may leave the word out (npm/cli 2606). */
function scriptsIn(
  locked: LockedDependency,
  metadata: Evidence<PackageMetadata> | undefined,
  contents: Evidence<PackageContents> | undefined,
):
  | { readonly names: readonly string[]; readonly commands: Readonly<Record<string, string>> }
  | { readonly gaps: Gaps } {
  if (contents?.state === "present") {
    const { installScripts } = contents.facts;
    return {
      names: [...new Set(installScripts.map(({ name }) => name))],
      commands: Object.fromEntries(installScripts.map(({ name, command }) => [name, command])),
    };
  }
  const facts = metadata?.state === "present" ? metadata.facts : undefined;
  const stated = Object.keys(facts?.scripts ?? {});
  if (stated.length > 0) return { names: stated, commands: facts?.scripts ?? {} };
  if (facts?.hasInstallScript === true || locked.installScript === true) return { names: ["install"], commands: {} };
  if (facts?.hasInstallScript === false) return { names: [], commands: {} };
  if (metadata?.state === "absent") return { gaps: metadata.gaps };
  if (facts === undefined)
    return { gaps: [{ code: "packages.not-served", reason: "nothing tells whether it runs scripts" }] };
  return { gaps: [notServed("scripts", "whether it runs scripts when it is installed")] };
}

function provenanceOf({ change, metadata, previousMetadata, now }: RegistryFactsInput): Evidence<ProvenanceChange> {
  const at = now.toISOString();
  const none: PublishedProvenance = { kind: "none" };
  if (!comesPublished(change) || !attests(change.type)) return present({ after: none }, at);
  if (metadata.state === "absent") return absent(...metadata.gaps);
  const after = metadata.facts.provenance;
  const before =
    change.before === undefined || change.before.version === change.after?.version || previousMetadata === undefined
      ? undefined
      : previousMetadata.state === "absent"
        ? previousMetadata
        : previousMetadata.facts.provenance;
  // What is refused is a finding whatever was before.
  if (after.state === "absent") return absent(...after.gaps);
  if (before === undefined) return present({ after: after.facts }, at, { gaps: after.gaps });
  if (before.state === "absent") return present({ after: after.facts }, at, { gaps: [...after.gaps, ...before.gaps] });
  return present({ after: after.facts, before: before.facts }, at, { gaps: [...after.gaps, ...before.gaps] });
}

/** Ecosystems whose public registries keep attestations that are verified here. */
function attests(type: string): boolean {
  return type === "npm" || type === "pypi";
}

function originOf({ change, metadata, policy, now }: RegistryFactsInput): Evidence<OriginFacts> {
  const { type, name, after } = change;
  const at = now.toISOString();
  const stated: readonly PackageOrigin[] = after?.fetchedFrom === undefined ? [] : [after.fetchedFrom];
  const from = [...stated, ...(after?.otherOrigins ?? [])];
  const privateName = policy.privateNames.find((one) => namedBy([one.name], type, name));
  const unclaimed = metadata.state === "absent" && metadata.gaps.some((gap) => isUnclaimed(gap));
  const facts: OriginFacts = { from, ...optional("privateName", privateName), unclaimed };
  if (privateName === undefined || from.length > 0) return present(facts, at);
  const reason = "the lockfile does not say where it is fetched from";
  return present(facts, at, { gaps: [{ code: "packages.origin-not-stated", reason, concerns: "origin" }] });
}

function isUnclaimed({ code, concerns }: Gap): boolean {
  return code === "packages.not-found" && concerns === "name";
}

function archiveOf({ change, metadata, archive, now }: RegistryFactsInput): Evidence<ArchiveFacts> {
  const { after } = change;
  const at = now.toISOString();
  if (after === undefined || !comesPublished(change)) return present({ mismatches: [] }, at);
  if (metadata.state === "absent") return absent(...metadata.gaps);
  const { facts } = metadata;
  const stated = registryMismatches(after, facts.archives ?? (facts.archive === undefined ? [] : [facts.archive]));
  const fetched = archive?.state === "present" ? archive.facts.mismatches : [];
  const gaps: Gap[] = [
    ...(facts.notServed.includes("hashes") && archive?.state !== "present" && pins(after)
      ? [notServed("hashes", "the hash of its archive")]
      : []),
    ...(archive?.state === "absent" ? archive.gaps : []),
  ];
  return present({ mismatches: [...stated, ...fetched], ...optional("signature", facts.signature) }, at, { gaps });
}

function pins({ hashes, files = {} }: LockedDependency): boolean {
  return Object.keys(hashes).length > 0 || Object.keys(files).length > 0;
}

/** Hashes that a lockfile pins and that none of the registry's archives has. */
function registryMismatches(
  { hashes, files = {} }: LockedDependency,
  archives: readonly PublishedArchive[],
): HashMismatch[] {
  const between = "registry and lockfile";
  const whole = Object.entries(hashes).flatMap(([algorithm, actual]): HashMismatch[] => {
    const published = archives.flatMap((one) => one.hashes[algorithm] ?? []);
    const [expected] = published;
    return expected === undefined || published.includes(actual) ? [] : [{ between, algorithm, expected, actual }];
  });
  const single = Object.entries(files).flatMap(([file, stated]): HashMismatch[] => {
    const colon = stated.indexOf(":");
    const [algorithm, actual] = [stated.slice(0, colon), stated.slice(colon + 1)];
    const expected = archives.find(({ url }) => url.endsWith(`/${encoded(file)}`) || url.endsWith(`/${file}`))?.hashes[
      algorithm
    ];
    return expected === undefined || expected === actual ? [] : [{ between, algorithm, expected, actual }];
  });
  return [...whole, ...single];
}

function comesPublished({ after }: DependencyChange): boolean {
  return after !== undefined && isPublished(after);
}

function notServed(concerns: string, what: string): Gap {
  return {
    code: "packages.not-served",
    reason: `the registry does not tell ${what}`,
    concerns,
  };
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };
}
