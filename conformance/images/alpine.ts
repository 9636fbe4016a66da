/** Two real docker-archives, gzipped as they were published. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { packagesScope } from "../../src/core/scope.ts";
import type { Case } from "../suite.ts";
import { type ImagesContext, inventoryOf, scan } from "./scan.ts";

const IMAGES = [
  {
    file: "alpine-310.tar.gz",
    version: "3.10.4",
    scope: "Alpine:v3.10",
    // The archive's own name for its config: the sha256 of its bytes.
    identity: "sha256:af341ccd2df8b0e2d67cf8dd32e087bfda4e5756ebd1c76bbf3efa0dc246590e",
  },
  {
    file: "alpine-311.tar.gz",
    version: "3.11.5",
    scope: "Alpine:v3.11",
    identity: "sha256:a187dde48cd289ac374ad8539930628314bc581a481cdb41409c9289419ddb72",
  },
] as const;

const PACKAGES = 14;

export async function* alpineCases(context: ImagesContext): AsyncGenerator<Case> {
  for (const { file, version, scope, identity } of IMAGES) {
    const reference = join(context.data, "images", file);
    yield {
      name: `${file}: Alpine ${version} with ${PACKAGES} packages, by its config's digest`,
      async run() {
        const found = await inventoryOf(reference);
        assert.equal(found.identity, identity);
        assert.equal(found.inventory.distribution?.versionId, version);
        assert.equal(found.inventory.packages.length, PACKAGES);
      },
    };
    yield {
      name: `${file}: is judged for ${scope}`,
      async run() {
        const evaluations = await scan(reference, context);
        assert.deepEqual(
          evaluations.map((evaluation) => [evaluation.asset.id, evaluation.scope]),
          [[identity, packagesScope(scope)]],
        );
      },
    };
  }
}
