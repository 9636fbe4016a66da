/** Fixes of workloads are tried before they are made: on the text, the finding is gone and none as severe has come. */
import type { Evaluation } from "../../core/evaluation.ts";
import type { FieldPatch, Finding, Graded } from "../../core/finding.ts";
import { parseJson } from "../../core/parse-json.ts";
import { type Severity, severityRank } from "../../core/severity.ts";
import type { Manifests } from "../../engines/kubernetes/model.ts";
import { type ObjectPatch, patchFile } from "../../engines/kubernetes/patch/file.ts";
import type { FileObject } from "./object-places.ts";

/** Path → text of every file. */
export type Texts = ReadonlyMap<string, string>;

/** One thing to fix: a finding with its patches. */
export interface ObjectFix {
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
  readonly reasons: ReadonlyMap<ObjectFix, string>;
  /** They cannot be made whatever else is; else they may do by themselves. */
  readonly alone: boolean;
}

/** The texts with all of them made, or what cannot be made. */
export function fixTexts(texts: Texts, fixes: readonly ObjectFix[]): Texts | Refusal {
  const changed = new Map(texts);
  const alone = new Map<ObjectFix, string>();
  const together = new Map<ObjectFix, string>();
  for (const [path, own] of Map.groupBy(fixes, ({ object }) => object.source.text.path)) {
    const fixOf = new Map<ObjectPatch, ObjectFix>();
    for (const fix of own) {
      const { document, root } = fix.object.source;
      for (const patch of fix.patches) fixOf.set({ document, root, patch }, fix);
    }
    const made = patchFile(texts.get(path) ?? "", [...fixOf.keys()]);
    if ("text" in made) {
      changed.set(path, made.text);
      continue;
    }
    for (const refused of made.refused) {
      for (const patch of refused.among) {
        const fix = fixOf.get(patch);
        if (fix !== undefined) (refused.alone ? alone : together).set(fix, refused.reason);
      }
    }
  }
  if (alone.size > 0) return { reasons: alone, alone: true };
  return together.size > 0 ? { reasons: together, alone: false } : changed;
}

/** @returns why the fixes do not do, made all at once on those texts; undefined where they do */
export function fixVerifierOf(texts: Texts, before: ReturnType<Judge>, judge: Judge) {
  const counts = countsOf(before.evaluations);
  return (fixes: readonly ObjectFix[]): Refusal | undefined => {
    const changed = fixTexts(texts, fixes);
    if ("reasons" in changed) return changed;
    const refusal = (reason: string, some: readonly ObjectFix[]): Refusal => ({
      reasons: new Map(some.map((fix) => [fix, reason])),
      alone: false,
    });
    const after = judge(changed);
    if (after.manifests.gaps.length > before.manifests.gaps.length) {
      return refusal("less of the file would be readable", fixes);
    }
    const left = countsOf(after.evaluations);
    const kept = fixes.filter(({ finding, asset, ends }) => {
      if (!ends) return false;
      const ended = fixes.filter((other) => other.asset === asset && other.finding.check === finding.check).length;
      const key = keyOf(asset, finding.check);
      return (left.get(key) ?? 0) > (counts.get(key) ?? 0) - ended;
    });
    if (kept.length > 0) return refusal("does not resolve the finding", kept);
    for (const [key, count] of left) {
      if (count <= (counts.get(key) ?? 0)) continue;
      const [asset, check, severity] = parseJson(key) as [string, string, Severity?];
      if (severity === undefined || fixes.some((fix) => fix.asset === asset && fix.next === check)) continue;
      const near = fixes.filter((fix) => fix.asset === asset);
      // What is less than all that is fixed is no reason to keep it.
      const weighed = (near.length > 0 ? near : fixes).filter(
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
  fixes: readonly ObjectFix[],
  refuses: (some: readonly ObjectFix[]) => Refusal | undefined,
  tries: number,
): { readonly chosen: readonly ObjectFix[]; readonly refused: ReadonlyMap<ObjectFix, string> } {
  const refused = new Map<ObjectFix, string>();
  const suspects = new Map<ObjectFix, string>();
  let left = tries;
  let chosen = [...fixes];
  while (chosen.length > 0) {
    const refusal = refuses(chosen);
    left--;
    if (refusal === undefined) break;
    const { reasons, alone } = refusal;
    for (const [fix, reason] of reasons) (alone ? refused : suspects).set(fix, reason);
    // Each time fewer are left; where it takes too many times, those that are left are tried one by one too.
    if (left > tries / 2) chosen = chosen.filter((fix) => !reasons.has(fix));
    else for (const fix of chosen.splice(0)) suspects.set(fix, "conflicts with the other fixes");
  }
  for (const fix of suspects.keys()) {
    if (left-- <= 0) {
      refused.set(fix, `only ${tries} are tried`);
      continue;
    }
    const alone = refuses([fix]);
    if (alone !== undefined) {
      refused.set(fix, alone.reasons.get(fix) ?? "does not work on its own");
      continue;
    }
    const refusal = chosen.length === 0 ? undefined : refuses([...chosen, fix]);
    // What does alone may do on what was made, in the next round.
    if (refusal === undefined) chosen.push(fix);
  }
  return { chosen, refused };
}
