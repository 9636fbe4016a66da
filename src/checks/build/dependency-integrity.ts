import { greatest } from "../../core/extremes.ts";
import {
  type DependencyChange,
  type LockedDependency,
  namedHashes,
  unnamedHashes,
} from "../../engines/packages/model.ts";
import { type DependencySaid, dependencyFinding } from "../findings/dependency-finding.ts";
import type { DependencyCheck } from "../subjects/dependencies.ts";

const id = "build/dependency-integrity";

/** A lockfile that pins other contents for the same version, or none. */
export const dependencyIntegrity: DependencyCheck<"change"> = {
  id,
  title: "Changed, missing or weak lockfile hashes",
  layer: "build",
  category: "configuration",
  controls: [],
  withoutControl: "none of the ten is about packages before an image has them",
  severity: "varies",
  documentation: {
    what: "Compares the hashes that a lockfile pins before and after a change: another hash for the same version from the same place, and a hash that is gone. Of npm's registry packages also those without any hash, or with SHA-1 alone. Hashes of files without names (Pipfile.lock, requirements) are compared as a set. Not reported: hashes of further files of a version (wheels for other platforms), and what comes from a directory or from Git. Severity: high where the hash of a version changed or is gone, medium where some of a set were exchanged, low where it is missing or weak.",
    why: "Versions do not change: registries refuse a second publication. Another hash for the same version means other contents, and a missing one lets the server decide what is installed.",
    fix: "Restore the hash and find out who changed it. Write the lockfile again from the registry where it has none.",
    references: [
      "https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json#packages",
      "https://www.w3.org/TR/SRI/",
    ],
  },
  subject: "dependency",
  needs: { change: "partial" },
  applies: ({ change }) => change.after !== undefined,
  *evaluate({ change }) {
    const said = changedHash(change) ?? missingHash(change);
    if (said !== undefined) yield dependencyFinding(id, change, said);
  },
};

function changedHash({ before, after }: DependencyChange): DependencySaid | undefined {
  if (before === undefined || after === undefined || before.version !== after.version) return undefined;
  // Contents of another place are another matter: that it changed, the sources say.
  if (after.fetchedFrom?.kind === "git" || after.fetchedFrom?.kind === "workspace") return undefined;
  const [own, other] = [hashesOf(before), hashesOf(after)];
  const [differs] = [...own].filter(([key, hex]) => other.has(key) && other.get(key) !== hex);
  if (differs !== undefined) {
    const [key, hex] = differs;
    return {
      about: "changed",
      severity: "high",
      title: "has another hash than before for the same version",
      fix: "do not install it: restore the hash, and find out why it changed",
      evidence: { before: `${key} ${hex}`, after: `${key} ${other.get(key) ?? ""}` },
    };
  }
  const set = changedSet(before, after);
  if (set !== undefined) return set;
  if (unnamedHashes(after).length > 0) return undefined;
  const isWeaker =
    own.size + unnamedHashes(before).length > 0 && strongest(other) < strongest(own, unnamedHashes(before));
  if (!isWeaker) return undefined;
  return {
    about: "lost",
    severity: "high",
    title: other.size === 0 ? "has lost its hash" : "has a weaker hash than before",
    fix: "restore the hash, or write the lockfile again from the registry",
    evidence: { before: [...own.keys()].join(", "), after: [...other.keys()].join(", ") || "none" },
  };
}

/** `sha512` → hex, `FILE sha256` → hex; without those that are of no named file. */
function hashesOf(locked: LockedDependency): ReadonlyMap<string, string> {
  const named = namedHashes(locked).map(([file, { algorithm, hex }]): [string, string] => [
    `${file} ${algorithm}`,
    hex,
  ]);
  return new Map([...Object.entries(locked.hashes), ...named]);
}

/** Hashes of files without names: none of those that were there, or some exchanged for others. */
function changedSet(before: LockedDependency, after: LockedDependency): DependencySaid | undefined {
  const [own, other] = [before, after].map((one) => new Set(unnamedHashes(one).map(({ hex }) => hex)));
  if (own === undefined || other === undefined || own.size === 0 || other.size === 0) return undefined;
  const gone = [...own.difference(other)];
  const added = [...other.difference(own)];
  if (gone.length === 0 || added.length === 0) return undefined;
  const isWhole = gone.length === own.size;
  return {
    about: "changed",
    severity: isWhole ? "high" : "medium",
    title: isWhole
      ? "has other hashes than before for the same version"
      : "has some hashes exchanged for the same version",
    fix: "do not install it: restore the hashes, and find out why they changed",
    evidence: { gone: gone.join(", "), added: added.join(", ") },
  };
}

function strongest(
  hashes: ReadonlyMap<string, string>,
  unnamed: readonly { readonly algorithm: string }[] = [],
): number {
  const order = ["md5", "sha1", "sha256", "sha384", "sha512"];
  // What is of no known kind is held for as strong as any.
  const rank = (key: string) => {
    const at = order.indexOf(key.split(" ").at(-1) ?? "");
    return at < 0 ? order.length : Math.min(at, 2) + 1;
  };
  return greatest([...hashes.keys(), ...unnamed.map(({ algorithm }) => algorithm)].map(rank), 0);
}

/** npm's lockfiles state a hash of all that is from a registry. */
function missingHash({ type, after }: DependencyChange): DependencySaid | undefined {
  if (type !== "npm" || after?.fetchedFrom?.kind !== "registry") return undefined;
  const known = Object.keys(after.hashes);
  if (Object.keys(after.files ?? {}).length > 0 || known.some((one) => one !== "sha1" && one !== "md5"))
    return undefined;
  // A registry alone is no archive whose hash could be stated.
  if (!/\.tgz$/.test(after.fetchedFrom.url)) return undefined;
  const isMissing = known.length === 0;
  return {
    about: isMissing ? "missing" : "weak",
    severity: "low",
    title: isMissing ? "has no hash in the lockfile" : `has only a ${known.join(" and ")} hash in the lockfile`,
    fix: "write the lockfile again with a current package manager",
    evidence: { hashes: known.join(", ") || "none" },
  };
}
