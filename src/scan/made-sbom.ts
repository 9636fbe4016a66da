/** Bills of materials of what is scanned. */
import { baseOfImage } from "../collect/image/base.ts";
import { inventoryOfFolder, inventoryOfImage } from "../collect/image/inventory.ts";
import type { InventoryContext } from "../collect/image/inventory-context.ts";
import type { Evidence } from "../core/evidence.ts";
import { Problem } from "../core/problem.ts";
import type { KnownBases } from "../engines/contents/base/recognise.ts";
import type { Inventory } from "../engines/contents/model.ts";
import type { Sbom, SbomSubject } from "../engines/contents/sbom/sbom.ts";
import type { NamedImage } from "../engines/oci/open.ts";
import { formatPlatform } from "../engines/oci/platform.ts";
import { layersOf } from "../evaluate/image/assets.ts";

/** @throws Problem where a layer cannot be read: then nothing is known of what is in the image */
export async function sbomOfImage(
  named: NamedImage,
  context: InventoryContext & { readonly bases?: KnownBases },
): Promise<Sbom> {
  const { image, lineage, reference } = named;
  const inventory = await inventoryOfImage(image, context);
  const base = baseOfImage(image, inventory, context);
  const { configDigest, manifestDigest, indexDigest } = image;
  const subject: SbomSubject = {
    kind: "image",
    lineage,
    reference,
    configDigest,
    ...(manifestDigest === undefined ? {} : { manifestDigest }),
    ...(indexDigest === undefined ? {} : { indexDigest }),
    platform: formatPlatform(image.config.platform),
    layers: layersOf(image),
    ...(base.state === "absent" ? {} : { base: base.facts }),
  };
  return sbomOf(subject, inventory);
}

/** @throws Problem where the folder cannot be read */
export async function sbomOfFolder(root: string, lineage: string, context: InventoryContext): Promise<Sbom> {
  return sbomOf({ kind: "folder", lineage }, await inventoryOfFolder(root, context));
}

function sbomOf(subject: SbomSubject, evidence: Evidence<Inventory>): Sbom {
  if (evidence.state === "present") {
    const { distribution, packages, removed = [] } = evidence.facts;
    const inventory = { ...(distribution === undefined ? {} : { distribution }), packages: [...packages, ...removed] };
    return { subject, inventory, gaps: evidence.gaps };
  }
  const [{ code, reason, remedy }] = evidence.gaps;
  throw new Problem({
    ...{ kind: "input", code, place: subject.lineage, cause: reason },
    ...(remedy === undefined ? {} : { remedy }),
  });
}
