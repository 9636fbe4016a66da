/** What is in an image or folder, with what advisories say of it. */
import { removedVulnerabilities, scopesOf } from "../collect/image/scopes.ts";
import type { Evidence } from "../core/evidence.ts";
import type { LayerReference } from "../core/location.ts";
import { withOrigins } from "../engines/contents/base/recognise.ts";
import type { BaseImage, Inventory } from "../engines/contents/model.ts";
import type { ReadContents } from "../evaluate/image/facts.ts";
import type { ScanContext } from "./context.ts";

/** An inventory with what the advisories say of it. @param base - of an image alone */
export function contentsOf(
  read: Evidence<Inventory>,
  layers: readonly LayerReference[],
  { advisories, policy, now }: Pick<ScanContext, "advisories" | "policy" | "now">,
  base?: Evidence<BaseImage>,
): ReadContents {
  const inventory =
    read.state === "present" && base?.state === "present"
      ? { ...read, facts: withOrigins(read.facts, base.facts) }
      : read;
  return {
    inventory,
    scopes: scopesOf(inventory, { advisories, now, maxAgeDays: policy.advisories.maxAgeDays }),
    removedVulnerabilities: inventory.state === "absent" ? {} : removedVulnerabilities(inventory.facts, advisories),
    layers,
    ...(base === undefined ? {} : { base }),
  };
}
