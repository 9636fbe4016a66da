/**
 * Assembles the shop's images into OCI layouts, without a container engine and without a network:
 * `node examples/shop/assemble.ts` writes `insecure/.generated/images/NAME` and the same under `hardened`.
 * The same sources give the same digests, those of `hardened` within one week: they are dated by its Monday, or by the
 * Monday of the week of SOURCE_DATE_EPOCH. The insecure shop's Secret goes to `insecure/.generated/kubernetes`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readClock } from "../../src/core/clock.ts";
import { buildWeek, hardenedImages } from "./hardened/images.ts";
import { writeLayout } from "./image.ts";
import { insecureImages } from "./insecure/images.ts";
import { databaseSecret } from "./insecure/secrets.ts";

const shops = {
  insecure: insecureImages,
  hardened: hardenedImages(buildWeek(readClock(), process.env.SOURCE_DATE_EPOCH)),
};

for (const [shop, images] of Object.entries(shops)) {
  for (const image of images) {
    const folder = join(import.meta.dirname, shop, ".generated", "images", image.name);
    process.stdout.write(`${image.reference} ${writeLayout(image, folder)}\n`);
  }
}

const manifests = join(import.meta.dirname, "insecure", ".generated", "kubernetes");
mkdirSync(manifests, { recursive: true });
writeFileSync(join(manifests, "database.yaml"), databaseSecret);
