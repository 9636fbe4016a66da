import assert from "node:assert/strict";
import { test } from "node:test";
import { absent, type Evidence, present } from "../../../core/evidence.ts";
import type {
  DependencyChange,
  DependencyPolicy,
  LockedDependency,
  PackageContents,
  PackageMetadata,
} from "../model.ts";
import { type RegistryFactsInput, registryFacts } from "./facts.ts";

const now = new Date("2026-11-25T12:00:00Z");
const AT = now.toISOString();

const policy: DependencyPolicy = {
  cooldownDays: 7,
  cooldownExempt: [],
  sources: [],
  gitSources: [],
  privateNames: [],
  installScripts: [],
  tinyPackageLines: 30,
  allowDeprecated: [],
};

function locked(more: Partial<LockedDependency> = {}): LockedDependency {
  return {
    type: "npm",
    name: "left",
    version: "1.1.0",
    hashes: {},
    usage: "runtime",
    through: [],
    lockfile: "package-lock.json",
    ...more,
  };
}

function change(after: Partial<LockedDependency> = {}, before?: Partial<LockedDependency>): DependencyChange {
  const own = locked(after);
  return {
    kind: before === undefined ? "added" : "upgraded",
    ...{ type: own.type, name: own.name, lockfile: own.lockfile, after: own },
    ...(before === undefined ? {} : { before: locked({ version: "1.0.0", ...before }) }),
  };
}

function metadata(more: Partial<PackageMetadata> = {}): Evidence<PackageMetadata> {
  const facts: PackageMetadata = {
    ...{ type: "npm", name: "left", version: "1.1.0", provenance: present({ kind: "none" }, AT), notServed: [] },
    ...more,
  };
  return present(facts, "2026-11-25T00:00:00.000Z", { validUntil: "2026-11-26T00:00:00.000Z" });
}

const gone = absent<PackageMetadata>({ code: "packages.offline", reason: "offline" });

function facts(input: Partial<RegistryFactsInput> & Pick<RegistryFactsInput, "metadata">) {
  return registryFacts({ change: change(), policy, now, ...input });
}

const state = (evidence: Evidence<unknown>) =>
  evidence.state === "absent"
    ? evidence.gaps.map(({ code }) => code)
    : evidence.gaps.length === 0
      ? "whole"
      : "partial";
const of = <T>(evidence: Evidence<T>): T => {
  assert.ok(evidence.state === "present", JSON.stringify(evidence));
  return evidence.facts;
};

test("without an answer everything that needs one is unknown, and nothing else", () => {
  const all = facts({ metadata: gone, previousMetadata: gone, change: change({}, {}) });
  for (const name of ["publication", "standing", "licenseChange", "installScripts", "provenance", "archive"] as const) {
    assert.deepEqual(state(all[name]), ["packages.offline"], name);
  }
  // An ordinary number needs no history, a name that is nobody's no registry.
  assert.equal(state(all.firstRelease), "whole");
  assert.equal(state(all.origin), "whole");
});

test("what is from no registry needs no word of one", () => {
  for (const kind of ["git", "file", "workspace"] as const) {
    const all = facts({ metadata: gone, change: change({ fetchedFrom: { kind, url: "x" } }) });
    for (const name of ["publication", "standing", "licenseChange", "provenance", "archive", "firstRelease"] as const) {
      assert.equal(state(all[name]), "whole", `${kind} ${name}`);
    }
  }
});

test("publication: a date, the bounds of one, or nothing", () => {
  const publication = (more: Partial<PackageMetadata>, own: Partial<DependencyPolicy> = {}) =>
    facts({ metadata: metadata(more), policy: { ...policy, ...own } }).publication;
  assert.deepEqual(of(publication({ published: "2026-11-20T00:00:00.000Z" })), {
    exempt: false,
    after: "2026-11-20T00:00:00.000Z",
    before: "2026-11-20T00:00:00.000Z",
  });
  // A mirror has had it for longer than the cooldown; or it has not.
  assert.equal(state(publication({ publishedBefore: "2026-11-01T00:00:00.000Z", notServed: ["published"] })), "whole");
  assert.equal(
    state(publication({ publishedBefore: "2026-11-20T00:00:00.000Z", notServed: ["published"] })),
    "partial",
  );
  // A commit's time proves youth alone.
  assert.equal(state(publication({ publishedAfter: "2020-01-01T00:00:00.000Z", notServed: ["published"] })), "partial");
  assert.equal(state(publication({ notServed: ["published"] })), "partial");
  assert.deepEqual(of(publication({ notServed: ["published"] }, { cooldownExempt: ["left"] })), { exempt: true });
  assert.deepEqual(of(publication({}, { cooldownDays: 0 })), { exempt: true });
});

test("standing goes stale, and what is not served of it is a gap of its own", () => {
  const { standing } = facts({
    metadata: metadata({ deprecated: "old" }),
    previousMetadata: metadata({ deprecated: "old" }),
  });
  assert.deepEqual(of(standing), { deprecated: "old", yanked: false, archived: false, wasDeprecated: true });
  assert.equal(standing.state === "present" && standing.validUntil, "2026-11-26T00:00:00.000Z");
  assert.equal(state(facts({ metadata: metadata({ notServed: ["deprecated"] }) }).standing), "partial");
  assert.equal(state(facts({ metadata: metadata({ notServed: ["published", "license"] }) }).standing), "whole");
});

test("an implausible number asks for the history, unless it was so before", () => {
  const release = (after: string, versions: readonly string[] | undefined, before?: string) =>
    facts({
      change: change({ version: after }, before === undefined ? undefined : { version: before }),
      metadata: metadata({ ...(versions === undefined ? { notServed: ["versions"] } : { versions }) }),
    }).firstRelease;
  assert.deepEqual(of(release("99.0.0", ["99.0.0", "1.0.0"])), { implausible: true, plausibleVersions: 1 });
  assert.equal(of(release("99.0.1", ["99.0.0"], "99.0.0")).implausible, false);
  assert.deepEqual(state(release("99.0.0", undefined)), ["packages.not-served"]);
  assert.equal(state(release("1.0.0", undefined)), "whole");
});

const contents = (scripts: readonly string[], license?: string): Evidence<PackageContents> =>
  present(
    {
      ...{ files: 1, bytes: 1, codeLines: 1, capabilities: [], threats: [], mismatches: [], dependencies: [] },
      ...(license === undefined ? {} : { license }),
      installScripts: scripts.map((name) => ({ name, command: `run ${name}`, path: "package.json", line: 1 })),
    },
    AT,
  );

test("install scripts: the archive's word before the registry's before the lockfile's", () => {
  const scripts = (input: Partial<RegistryFactsInput> & Pick<RegistryFactsInput, "metadata">) =>
    facts(input).installScripts;
  assert.deepEqual(
    of(scripts({ metadata: metadata({ hasInstallScript: false }), contents: contents(["binding.gyp"]) })).after,
    ["binding.gyp"],
  );
  assert.deepEqual(of(scripts({ metadata: metadata({ scripts: { install: "a" } }) })).commands, { install: "a" });
  assert.deepEqual(of(scripts({ metadata: gone, change: change({ installScript: true }) })).after, ["install"]);
  // That a lockfile has no word of it proves nothing.
  assert.deepEqual(state(scripts({ metadata: gone, change: change({ installScript: false }) })), ["packages.offline"]);
  assert.deepEqual(of(scripts({ metadata: gone, policy: { ...policy, installScripts: ["left"] } })).after, []);
  const upgrade = { change: change({}, {}), metadata: metadata({ hasInstallScript: true }) };
  assert.equal(state(scripts({ ...upgrade, previousMetadata: gone })), "partial");
  assert.deepEqual(of(scripts({ ...upgrade, previousMetadata: metadata({ hasInstallScript: false }) })).before, []);
  // Without a script there is nothing that could be new.
  assert.equal(
    state(scripts({ change: change({}, {}), metadata: metadata({ hasInstallScript: false }), previousMetadata: gone })),
    "whole",
  );
  assert.equal(state(scripts({ metadata: gone, change: change({ type: "cargo" }) })), "whole");
});

test("licenses are compared where both are known", () => {
  const license = (input: Partial<RegistryFactsInput> & Pick<RegistryFactsInput, "metadata">) =>
    facts({ change: change({}, {}), ...input }).licenseChange;
  assert.deepEqual(
    of(license({ metadata: metadata({ license: "MIT" }), previousMetadata: metadata({ license: "ISC" }) })),
    { before: "ISC", after: "MIT" },
  );
  const unserved = metadata({ notServed: ["license"] });
  assert.deepEqual(state(license({ metadata: unserved, previousMetadata: metadata({ license: "ISC" }) })), [
    "packages.not-served",
  ]);
  const read = {
    metadata: unserved,
    contents: contents([], "MIT"),
    previousMetadata: unserved,
    previousContents: contents([], "MIT"),
  };
  assert.deepEqual(of(license(read)), { before: "MIT", after: "MIT" });
  assert.deepEqual(of(facts({ metadata: gone }).licenseChange), {});
});

test("provenance of both versions, each with its gaps", () => {
  const verified = { kind: "verified", builder: "b", source: "s", signer: "x" } as const;
  const upgrade = (after: PackageMetadata["provenance"], before: PackageMetadata["provenance"]) =>
    facts({
      change: change({}, {}),
      metadata: metadata({ provenance: after }),
      previousMetadata: metadata({ provenance: before }),
    }).provenance;
  const unserved = absent<never>({ code: "packages.not-served", reason: "x" });
  assert.deepEqual(of(upgrade(present({ kind: "none" }, AT), present(verified, AT))), {
    after: { kind: "none" },
    before: verified,
  });
  assert.deepEqual(state(upgrade(unserved, present(verified, AT))), ["packages.not-served"]);
  assert.equal(state(upgrade(present(verified, AT), unserved)), "partial");
  assert.equal(state(facts({ metadata: gone, change: change({ type: "cargo" }) }).provenance), "whole");
});

test("a private name whose origin the lockfile does not say is unknown", () => {
  const own = { ...policy, privateNames: [{ name: "left", registry: "npm.shop.example" }] };
  const { origin } = facts({ metadata: gone, policy: own });
  assert.deepEqual([state(origin), of(origin).privateName?.name], ["partial", "left"]);
  const from = { kind: "registry", url: "https://registry.npmjs.org/" } as const;
  assert.equal(state(facts({ metadata: gone, policy: own, change: change({ fetchedFrom: from }) }).origin), "whole");
  const nobodys = absent<PackageMetadata>({ code: "packages.not-found", reason: "x", concerns: "name" });
  assert.equal(of(facts({ metadata: nobodys }).origin).unclaimed, true);
  const version = absent<PackageMetadata>({ code: "packages.not-found", reason: "x", concerns: "version" });
  assert.equal(of(facts({ metadata: version }).origin).unclaimed, false);
});

test("a lockfile's hashes are held against the registry's, and what was fetched against both", () => {
  const archive = { url: "https://files.example/left-1.1.0.whl", hashes: { sha512: "aa", sha1: "bb" } };
  const compared = (hashes: Readonly<Record<string, string>>, more: Partial<LockedDependency> = {}) =>
    of(facts({ change: change({ hashes, ...more }), metadata: metadata({ archive }) }).archive).mismatches;
  assert.deepEqual(compared({ sha512: "aa" }), []);
  assert.deepEqual(compared({ sha512: "cc" }), [
    { between: "registry and lockfile", algorithm: "sha512", expected: "aa", actual: "cc" },
  ]);
  assert.deepEqual(compared({ sha256: "cc" }), []);
  assert.equal(compared({}, { files: { "left-1.1.0.whl": "sha512:cc" } }).length, 1);
  assert.deepEqual(compared({}, { files: { "left-1.1.0.whl": "sha512:aa", "left-1.1.0.tar.gz": "sha512:cc" } }), []);
  // Of files without names one that fits is enough.
  assert.deepEqual(compared({}, { files: { "sha512:aa": "sha512:aa", "sha512:cc": "sha512:cc" } }), []);
  assert.equal(compared({}, { files: { "sha512:cc": "sha512:cc" } }).length, 1);
  // Yarn's is of an archive of its own.
  assert.deepEqual(compared({}, { files: { "yarn 10c0": "sha512:cc" } }), []);
  const unserved = facts({
    change: change({ hashes: { sha512: "aa" } }),
    metadata: metadata({ notServed: ["hashes"] }),
  }).archive;
  assert.equal(state(unserved), "partial");
  assert.equal(
    state(
      facts({ metadata: metadata({ archive }), archive: absent({ code: "packages.unreachable", reason: "x" }) })
        .archive,
    ),
    "partial",
  );
});
