/** Lockfiles: what they pin, judged by the advisories before an image has it. */
import { lstatSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { deniedLicense } from "../checks/build/denied-license.ts";
import { vulnerableDependencies } from "../checks/build/vulnerable-dependencies.ts";
import { fileAsset } from "../core/asset.ts";
import { bounds } from "../core/bounds.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { type Evidence, present } from "../core/evidence.ts";
import { runCheck } from "../core/runner.ts";
import type { Analyser } from "../engines/contents/analyser.ts";
import { folderAnalyserFor } from "../engines/contents/analysers.ts";
import { catalogue } from "../engines/contents/catalogue.ts";
import { licensedPackages } from "../engines/contents/licenses/declared.ts";
import type { FileFacts, Inventory } from "../engines/contents/model.ts";
import { speaksOfLicenses } from "./image/contents-checks.ts";
import { type EvaluateContext, scopesOf } from "./image/evaluate.ts";
import { limitOf } from "./image/file-analysis.ts";
import { assessorOf } from "./vex.ts";

/** Whether a file of a folder of source code is a lockfile. `path` is relative to the folder. */
export function isLockfile(path: string): boolean {
  return folderAnalyserFor(path)?.evidence === "declared";
}

/**
 * All evaluations of one lockfile; none where it pins nothing.
 *
 * @param file - where to read it
 * @param path - relative to the folder that is judged: its name in reports, and what tells its format
 */
export function evaluateLockfile(file: string, path: string, context: EvaluateContext): Evaluation[] {
  const analyser = folderAnalyserFor(path);
  if (analyser === undefined) return [];
  const { policy, now, vex = [] } = context;
  const asset = fileAsset(path);
  // A lockfile declares many packages at one path, and is no program that a statement's product could be.
  const assess = assessorOf(vex, asset, []);
  const { inventory, development } = pinnedBy(analyser, file, path, context);
  if (inventory.state === "present" && inventory.facts.packages.length === 0 && inventory.gaps.length === 0) return [];
  const vulnerabilities = scopesOf(inventory, context).map(({ scope, inventory: own, evidence, looked }) =>
    runCheck(
      vulnerableDependencies,
      { inventory: own, vulnerabilities: evidence },
      {
        asset,
        policy,
        now,
        assess,
        evidence: development === 0 ? looked : { ...looked, "left out": `${development} for development alone` },
        ...(scope === undefined ? {} : { scope }),
      },
    ),
  );
  return [...vulnerabilities, ...licensesOf(inventory, path, context)];
}

function licensesOf(inventory: Evidence<Inventory>, path: string, { policy, now }: EvaluateContext): Evaluation[] {
  if (inventory.state === "absent" || !speaksOfLicenses(policy.licenses)) return [];
  const { packages } = inventory.facts;
  return [
    runCheck(
      deniedLicense,
      {
        licenses: { ...inventory, facts: licensedPackages(packages) },
        policy: present(policy.licenses, now.toISOString()),
      },
      { asset: fileAsset(path), policy, now, evidence: { packages: String(packages.length) } },
    ),
  ];
}

function pinnedBy(
  analyser: Analyser,
  file: string,
  path: string,
  { now }: EvaluateContext,
): { readonly inventory: Evidence<Inventory>; readonly development: number } {
  const read = catalogue([{ path, versions: [{ facts: factsOf(analyser, file, path) }] }]);
  const packages = read.inventory.packages.filter(({ usage }) => usage !== "development");
  const inventory = present({ ...read.inventory, packages }, now.toISOString(), { gaps: read.gaps });
  return { inventory, development: read.inventory.packages.length - packages.length };
}

function factsOf(analyser: Analyser, file: string, path: string): FileFacts {
  const unreadable = (reason: string): FileFacts => ({ kind: "unreadable", code: "contents.unreadable", reason });
  try {
    const { size } = statSync(file);
    const limit = limitOf(analyser);
    if (size > limit) return unreadable(`its ${size} bytes are over the bound of ${limit}`);
    const bytes = readFileSync(file);
    // What it includes is named from the folder that is judged.
    const root = file.endsWith(path) ? file.slice(0, -path.length) : undefined;
    const companions = root === undefined ? new Map() : includedFiles(analyser, { root, path, bytes });
    const facts = analyser.analyse({ path, bytes, companions });
    return facts ?? { kind: "packages", packages: [], unread: [] };
  } catch (error) {
    return unreadable((error as Error).message);
  }
}

/**
 * What a lockfile includes, and what that includes: regular files of the folder, no links among them and their folders.
 * What is not in the answer was not to be had, and the analyser says so.
 */
function includedFiles(
  analyser: Analyser,
  first: { readonly root: string; readonly path: string; readonly bytes: Buffer },
): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  const { root } = first;
  if (analyser.includes === undefined) return found;
  const pending: { readonly path: string; readonly bytes: Buffer }[] = [first];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const path of analyser.includes(next)) {
      if (found.has(path) || found.size >= bounds.includedFiles) continue;
      const bytes = regularFile(root, path, limitOf(analyser));
      if (bytes === undefined) continue;
      found.set(path, bytes);
      pending.push({ path, bytes });
    }
  }
  return found;
}

function regularFile(root: string, path: string, limit: number): Buffer | undefined {
  try {
    const file = `${root}${path}`;
    const stat = lstatSync(file);
    if (!stat.isFile() || stat.size > limit) return undefined;
    // A link among its folders may lead out of the tree.
    const real = realpathSync(root === "" ? "." : root);
    return realpathSync(file) === join(real, path) ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  }
}
