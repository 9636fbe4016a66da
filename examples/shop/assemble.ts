/**
 * Assembles the shop's images into OCI layouts, without a container engine and without a network:
 * `node examples/shop/assemble.ts` writes `insecure/.generated/images/NAME` and the same under `hardened`.
 * The same sources give the same digests.
 */
import { join } from "node:path";
import { hardenedImages } from "./hardened/images.ts";
import { writeLayout } from "./image.ts";
import { insecureImages } from "./insecure/images.ts";

const shops = { insecure: insecureImages, hardened: hardenedImages };

for (const [shop, images] of Object.entries(shops)) {
  for (const image of images) {
    const folder = join(import.meta.dirname, shop, ".generated", "images", image.name);
    process.stdout.write(`${image.reference} ${writeLayout(image, folder)}\n`);
  }
}
