/** A real rpm database in SQLite, read where an image has it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fixtureImage, tarOf, writeLayout } from "../../src/engines/oci/image.fixture.ts";
import type { Case } from "../suite.ts";
import { type ImagesContext, inventoryOf, scan } from "./scan.ts";
import { unpackZstd } from "./unpack.ts";

const ARCHIVE = "images/rpmdb-fixtures.tar.zst";
const DATABASE = "pkg/testdata/cbl-mariner-2.0/rpmdb.sqlite";
const PACKAGES = 129;
const OS_RELEASE = 'NAME="Common Base Linux Mariner"\nID=mariner\nVERSION_ID="2.0"\n';

export async function* rpmCases(context: ImagesContext): AsyncGenerator<Case> {
  const content = unpackZstd(join(context.data, ARCHIVE)).get(DATABASE);
  if (content === undefined) throw new Error(`${ARCHIVE} has no ${DATABASE}`);
  const layout = join(context.temporary, "rpm");
  writeLayout(layout, {
    rpm: fixtureImage([
      {
        tar: tarOf([
          { name: "etc/os-release", content: OS_RELEASE },
          { name: "var/lib/rpm/rpmdb.sqlite", content },
        ]),
      },
    ]),
  });

  yield {
    name: `rpm: the SQLite database has ${PACKAGES} packages`,
    async run() {
      const { inventory } = await inventoryOf(`oci:${layout}`);
      assert.equal(inventory.packages.length, PACKAGES);
      assert.deepEqual([...new Set(inventory.packages.map((item) => item.type))], ["rpm"]);
    },
  };
  yield {
    name: "rpm: every package has a name, a version with its release, and a source",
    async run() {
      const { inventory } = await inventoryOf(`oci:${layout}`);
      const partial = inventory.packages.filter(
        ({ name, version, source }) => name === "" || !/.-./.test(version) || source === undefined,
      );
      assert.deepEqual(partial, []);
    },
  };
  yield {
    name: "rpm: a distribution without advisories is unknown, not a pass",
    async run() {
      const evaluations = await scan(`oci:${layout}`, context);
      assert.deepEqual([...new Set(evaluations.map((evaluation) => evaluation.verdict))], ["unknown"]);
    },
  };
}
