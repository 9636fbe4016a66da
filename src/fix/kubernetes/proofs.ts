/** Fixes of workloads are tried before they are made: on the text, the finding is gone and none as severe has come. */
import type { Evaluation } from "../../core/evaluation.ts";
import type { FieldPatch, Finding, Graded } from "../../core/finding.ts";
import { type Severity, severityRank } from "../../core/severity.ts";
import type { Manifests } from "../../engines/kubernetes/model.ts";
import { type ObjectPatch, patchFile } from "../../engines/kubernetes/patch/file.ts";
import type { FileObject } from "./object-places.ts";

/** Path → text of every file. */
export type Texts = ReadonlyMap<string, string>;

/** One thing to mend: a finding with its patches. */
export interface Mend {
  readonly finding: Finding;
  /** What the finding is about, and what tells its findings apart from others of the same check. */
  readonly asset: string;
  readonly object: FileObject;
  readonly patches: readonly FieldPatch[];
  readonly graded: Graded;
  /** A check whose finding may take this one's place: the next step of the same way. */
  readonly next?: string;
  /** False where it is a step towards the end of the finding alone. */
  readonly ends: boolean;
}

/** Reads and judges other texts of the same files. */
export type Judge = (texts: Texts) => { readonly manifests: Manifests; readonly evaluations: readonly Evaluation[] };

export interface Refusal {
  /** Of those that it is about, why; the others may do. */
  readonly reasons: ReadonlyMap<Mend, string>;
  /** They cannot be made whatever else is; else they may do by themselves. */
  readonly alone: boolean;
}

/** The texts with all of them made, or what cannot be made. */
export function mendTexts(texts: Texts, mends: readonly Mend[]): Texts | Refusal {
  const changed = new Map(texts);
  const alone = new Map<Mend, string>();
  const together = new Map<Mend, string>();
  for (const [path, own] of Map.groupBy(mends, ({ object }) => object.source.text.path)) {
    const mendOf = new Map<ObjectPatch, Mend>();
    for (const mend of own) {
      const { document, root } = mend.object.source;
      for (const patch of mend.patches) mendOf.set({ document, root, patch }, mend);
    }
    const made = patchFile(texts.get(path) ?? "", [...mendOf.keys()]);
    if ("text" in made) {
      changed.set(path, made.text);
      continue;
    }
    for (const refused of made.refused) {
      for (const patch of refused.among) {
        const mend = mendOf.get(patch);
        if (mend !== undefined) (refused.alone ? alone : together).set(mend, refused.reason);
      }
    }
  }
  if (alone.size > 0) return { reasons: alone, alone: true };
  return together.size > 0 ? { reasons: together, alone: false } : changed;
}

/** @returns why the fixes do not do, made all at once on those texts; undefined where they do */
export function proverOf(texts: Texts, before: ReturnType<Judge>, judge: Judge) {
  const counts = countsOf(before.evaluations);
  return (mends: readonly Mend[]): Refusal | undefined => {
    const changed = mendTexts(texts, mends);
    if ("reasons" in changed) return changed;
    const refusal = (reason: string, some: readonly Mend[]): Refusal => ({
      reasons: new Map(some.map((mend) => [mend, reason])),
      alone: false,
    });
    const after = judge(changed);
    if (after.manifests.gaps.length > before.manifests.gaps.length) {
      return refusal("less of the file would be readable", mends);
    }
    const left = countsOf(after.evaluations);
    const kept = mends.filter(({ finding, asset, ends }) => {
      if (!ends) return false;
      const ended = mends.filter((other) => other.asset === asset && other.finding.check === finding.check).length;
      const key = keyOf(asset, finding.check);
      return (left.get(key) ?? 0) > (counts.get(key) ?? 0) - ended;
    });
    if (kept.length > 0) return refusal("does not resolve the finding", kept);
    for (const [key, count] of left) {
      if (count <= (counts.get(key) ?? 0)) continue;
      const [asset, check, severity] = JSON.parse(key) as [string, string, Severity?];
      if (severity === undefined || mends.some((mend) => mend.asset === asset && mend.next === check)) continue;
      const near = mends.filter((mend) => mend.asset === asset);
      // What is less than all that is mended is no reason to keep it.
      const weighed = (near.length > 0 ? near : mends).filter(
        ({ finding }) => severityRank(severity) <= severityRank(finding.severity),
      );
      if (weighed.length > 0) return refusal(`would cause a finding of ${check}`, weighed);
    }
    return undefined;
  };
}

function keyOf(asset: string, ...parts: string[]): string {
  return JSON.stringify([asset, ...parts]);
}

/** Findings by asset and check, and by asset, check and severity; what is excepted counts as known. */
function countsOf(evaluations: readonly Evaluation[]): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const { asset, check, findings, excepted } of evaluations) {
    for (const { severity } of [...findings, ...excepted.map(({ finding }) => finding)]) {
      add(keyOf(asset.lineage, check));
      add(keyOf(asset.lineage, check, severity));
    }
  }
  return counts;
}

/**
 * The fixes that do together, and of the others why each does not. All at once are tried first, which is what a user
 * does; then all but those that did not do; then those one by one.
 */
export function fixesTogether(
  mends: readonly Mend[],
  refuses: (some: readonly Mend[]) => Refusal | undefined,
  tries: number,
): { readonly chosen: readonly Mend[]; readonly refused: ReadonlyMap<Mend, string> } {
  const refused = new Map<Mend, string>();
  const suspects = new Map<Mend, string>();
  let left = tries;
  let chosen = [...mends];
  while (chosen.length > 0) {
    const refusal = refuses(chosen);
    left--;
    if (refusal === undefined) break;
    const { reasons, alone } = refusal;
    for (const [mend, reason] of reasons) (alone ? refused : suspects).set(mend, reason);
    // Each time fewer are left; where it takes too many times, those that are left are tried one by one too.
    if (left > tries / 2) chosen = chosen.filter((mend) => !reasons.has(mend));
    else for (const mend of chosen.splice(0)) suspects.set(mend, "conflicts with the other fixes");
  }
  for (const mend of suspects.keys()) {
    if (left-- <= 0) {
      refused.set(mend, `only ${tries} are tried`);
      continue;
    }
    const alone = refuses([mend]);
    if (alone !== undefined) {
      refused.set(mend, alone.reasons.get(mend) ?? "does not work on its own");
      continue;
    }
    const refusal = chosen.length === 0 ? undefined : refuses([...chosen, mend]);
    // What does alone may do on what was made, in the next round.
    if (refusal === undefined) chosen.push(mend);
  }
  return { chosen, refused };
}
