/** Whose word a policy takes: the roots and keys that its rules name, read from where the policy itself is. */
import { realpathSync } from "node:fs";
import { isAbsolute, join, sep } from "node:path";
import { isEvidenceProblem, Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { readFileAt } from "../../engines/git/file-at.ts";
import type { TrustMaterial } from "../../engines/trust/model.ts";
import { type Instance, type KnownRoot, knownRoot } from "../../engines/trust/roots/instances.ts";
import { loadTrustMaterial, readBounded, type TrustSource } from "../../engines/trust/roots/material.ts";
import type { RootSource, TrustRules } from "../../engines/trust/rules-model.ts";

export interface MaterialPlaces {
  /**
   * The tree under review: the policy's relative names are within it, and `git:` names in its repository. Absent: the caller
   * names the files, from the working directory on.
   */
  readonly tree?: string;
  /** For keys that the caller names by `env://NAME`; absent: none, for a policy's words mean the same on every machine. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** What updates of Sigstore's roots keep. */
  readonly roots: string;
}

export interface CollectedMaterial {
  readonly material: TrustMaterial;
  /** The Sigstore instances among its roots, with how old they are and why. */
  readonly known: readonly KnownRoot[];
}

/**
 * Reads every file once. An authority and a key are called as the rules call their files.
 *
 * @throws Problem (usage) `trust.…` where one of them cannot be read or is not what it is named for
 */
export async function collectMaterial(
  { roots, signers }: Pick<TrustRules, "roots" | "signers">,
  places: MaterialPlaces,
): Promise<CollectedMaterial> {
  const known: KnownRoot[] = [];
  const keys = new Set(Object.values(signers).flatMap((signer) => (signer.kind === "key" ? [signer.file] : [])));
  const sources: TrustSource[] = [
    ...roots.map(sourceOf),
    ...[...keys].map((file): TrustSource => ({ kind: "key", file })),
  ];
  const material = await loadTrustMaterial(sources, {
    ...(places.tree === undefined ? {} : { readFile: readerIn(places.tree) }),
    environment: places.environment ?? {},
    rootOf(instance: Instance) {
      const root = knownRoot(instance, places.roots);
      known.push(root);
      const { name, document, asOf } = root;
      return { name, document, asOf };
    },
  });
  return { material, known };
}

function sourceOf(root: RootSource): TrustSource {
  switch (root.kind) {
    case "public-good":
    case "github":
      return { kind: "instance", instance: root.kind };
    case "trusted-root":
      return root;
    case "ca":
      return { kind: "authority", file: root.file, purpose: root.purpose };
  }
}

function readerIn(tree: string): (file: string, limit: number) => Uint8Array {
  return (file, limit) => readNamed(file, limit, tree);
}

/** As `collect/policy/place.ts` names them: absolute, of a commit, or below the tree's root. */
function readNamed(file: string, limit: number, tree: string): Uint8Array {
  if (file.startsWith("git:")) return readCommitted(file, tree);
  return readBounded(isAbsolute(file) ? file : within(tree, file), limit, file);
}

function readCommitted(file: string, tree: string): Uint8Array {
  const [, ref = "", ...path] = file.split(":");
  try {
    return readFileAt(tree, ref, path.join(":"));
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    const { place, message, remedy } = error;
    throw unreadable("trust.unreadable", file, `${place}: ${message}`, error, remedy);
  }
}

/** A link of the tree leads out of it only to a file that somebody else vouches for. */
function within(tree: string, file: string): string {
  let [root, path]: [string, string] = [tree, file];
  try {
    root = realpathSync(tree);
    path = realpathSync(join(tree, file));
  } catch (error) {
    throw unreadable("trust.unreadable", file, systemCause(error), error);
  }
  if (path.startsWith(root.endsWith(sep) ? root : root + sep)) return path;
  throw unreadable("trust.outside", file, "it leads out of the scanned directory", undefined, "name a file in it");
}

function unreadable(code: string, place: string, cause: string, error?: unknown, remedy?: string): Problem {
  return new Problem(
    { kind: "usage", code, place, cause, ...(remedy === undefined ? {} : { remedy }) },
    { cause: error },
  );
}
