import type { FindingDraft } from "../../core/finding.ts";
import type { ManifestMismatch } from "../../engines/packages/model.ts";
import { clip, clipSubject, SENTENCE } from "../findings/one-line.ts";
import type { LockedManifestCheck } from "../subjects/dependencies.ts";

const id = "build/dependency-manifest-mismatch";

/** A lockfile that pins something else than its manifest asks for. */
export const dependencyManifestMismatch: LockedManifestCheck = {
  id,
  title: "Lockfiles that disagree with their manifest",
  layer: "build",
  category: "configuration",
  controls: [],
  withoutControl: "none of the ten is about packages before an image has them",
  severity: "high",
  documentation: {
    what: "Compares a lockfile with the manifests beside it: a dependency that the manifest names and the lockfile does not pin, one that is pinned at a version that the manifest's range excludes, and a lockfile that was made of another manifest. Not reported: ranges and manifests that are not understood. Severity: high.",
    why: "Reviewers read the manifest, installers obey the lockfile. Where the two differ, either the install fails, or it resolves again what nobody has reviewed, or somebody has written into the lockfile what the manifest does not ask for.",
    fix: "Write the lockfile again with the package manager (`npm install`, `pnpm install`, `uv lock`, …), look at what changes, and install with the option that keeps to it (`npm ci`, `--frozen-lockfile`, `--locked`).",
    references: [
      "https://docs.npmjs.com/cli/commands/npm-ci",
      "https://cheatsheetseries.owasp.org/cheatsheets/NPM_Security_Cheat_Sheet.html",
    ],
  },
  subject: "locked-manifest",
  needs: { mismatches: "partial" },
  *evaluate({ mismatches }) {
    // A lockfile of another manifest differs in every line: one cause is one finding.
    for (const [manifest, own] of Map.groupBy(mismatches, (mismatch) => mismatch.manifest)) {
      if (own.length > TOLD_APART) yield ofManifest(manifest, own);
      else yield* own.map(ofPackage);
    }
  },
};

/** So many of one manifest are told one by one. */
const TOLD_APART = 5;
const NAMED = 10;

function ofPackage(mismatch: ManifestMismatch): FindingDraft {
  const { type, name, wanted, locked, kind, manifest, lockfile, line } = mismatch;
  return {
    subject: clipSubject(`${kind} ${type} ${name} of ${manifest}: ${wanted}`),
    severity: "high",
    title: clip(titleOf(mismatch), SENTENCE),
    locations: [
      { kind: "file", path: manifest, ...(line === undefined ? {} : { line }) },
      ...(manifest === lockfile ? [] : [{ kind: "file", path: lockfile } as const]),
    ],
    matches: {
      ids: [id],
      package: name,
      ...(locked === undefined || kind !== "outside" ? {} : { version: locked }),
      path: lockfile,
    },
    fix: {
      kind: "instruction",
      text: `write ${clip(lockfile)} again with the package manager and review what changes`,
    },
    evidence: {
      package: clip(name),
      manifest: clip(manifest),
      lockfile: clip(lockfile),
      ...(wanted === "" ? {} : { wanted: clip(wanted) }),
      ...(locked === undefined ? {} : { locked: clip(locked) }),
    },
  };
}

function titleOf({ name, wanted, locked, kind, manifest, lockfile }: ManifestMismatch): string {
  const asked = wanted === "" ? name : `${name} ${wanted}`;
  switch (kind) {
    case "missing":
      return `${lockfile} does not pin ${asked} of ${manifest}`;
    case "outside":
      return `${lockfile} pins ${name} ${locked ?? ""}, which ${manifest} excludes: ${wanted}`;
    case "stale":
      return wanted === ""
        ? `${lockfile} has ${name} as a dependency of the project, and ${manifest} does not name it`
        : `${lockfile} was made for ${name} ${locked ?? ""}, and ${manifest} asks for ${wanted}`;
  }
}

function ofManifest(manifest: string, mismatches: readonly ManifestMismatch[]): FindingDraft {
  const { lockfile } = mismatches[0] as ManifestMismatch;
  const names = mismatches.map(({ name }) => name);
  const some = names.slice(0, NAMED).map((name) => clip(name, 60));
  const more = names.length > NAMED ? `, and ${names.length - NAMED} more` : "";
  return {
    // Which they are is told by all of their names and ranges: one that is added is not in anybody's baseline.
    subject: clipSubject(
      `${mismatches
        .map(({ kind, name, wanted }) => `${kind} ${name} ${wanted}`)
        .sort()
        .join(", ")} of ${manifest}`,
    ),
    severity: "high",
    title: clip(`${lockfile} disagrees with ${manifest} in ${names.length} dependencies`, SENTENCE),
    locations: [
      { kind: "file", path: manifest },
      ...(manifest === lockfile ? [] : [{ kind: "file", path: lockfile } as const]),
    ],
    matches: { ids: [id], path: lockfile },
    fix: {
      kind: "instruction",
      text: `write ${clip(lockfile)} again with the package manager and review what changes`,
    },
    evidence: { packages: `${some.join(", ")}${more}`, manifest: clip(manifest), lockfile: clip(lockfile) },
  };
}
