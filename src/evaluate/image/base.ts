/** The checks of what an image is built on, and of what its upper layers took away. */
import { fullBase } from "../../checks/image/full-base.ts";
import { removedPackages } from "../../checks/image/removed-packages.ts";
import type { Asset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Evidence, present } from "../../core/evidence.ts";
import type { LayerReference } from "../../core/location.ts";
import type { Policy } from "../../core/policy.ts";
import { runCheck } from "../../core/runner.ts";
import type { BaseImage, Inventory } from "../../engines/contents/model.ts";

interface BaseContext {
  readonly policy: Policy;
  readonly now: Date;
}

/** The evaluation of an image's base. */
export function evaluateBase(asset: Asset, base: Evidence<BaseImage>, { policy, now }: BaseContext): Evaluation {
  const looked = base.state === "present" ? lookedAt(base.facts) : {};
  return runCheck(
    fullBase,
    { base, accept: present(policy.bases.accept, now.toISOString()) },
    { asset, policy, now, evidence: looked },
  );
}

function lookedAt({ kind, name, by, confidence }: BaseImage): Record<string, string> {
  return { kind, ...(name === undefined ? {} : { base: name }), "recognised by": `${by} (${confidence})` };
}

/** The evaluation of what upper layers removed; none where they removed nothing. */
export function evaluateRemoved(
  asset: Asset,
  inventory: Evidence<Inventory>,
  layers: readonly LayerReference[],
  vulnerabilities: Readonly<Record<string, number>>,
  { policy, now }: BaseContext,
): Evaluation[] {
  const removed = inventory.state === "present" ? (inventory.facts.removed ?? []) : [];
  if (inventory.state === "absent" || removed.length === 0) return [];
  const at = now.toISOString();
  return [
    runCheck(
      removedPackages,
      {
        removed: present(removed, at),
        vulnerabilities: present(vulnerabilities, at),
        layers: present(layers, at),
      },
      { asset, policy, now, evidence: { packages: String(removed.length) } },
    ),
  ];
}
