import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { imageSbom, type SbomOptions } from "./sbom.ts";

const folder = mkdtempSync(join(tmpdir(), "image-sbom-"));
const epoch = process.env.SOURCE_DATE_EPOCH;
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  if (epoch === undefined) delete process.env.SOURCE_DATE_EPOCH;
  else process.env.SOURCE_DATE_EPOCH = epoch;
});

const output = join(folder, "out.json");
const options: SbomOptions = {
  ...{ format: "spdx", output, timestamp: false, quiet: true, cache: false },
  ...{ insecureRegistry: false, plainHttp: false },
};

function root(manifest: string): string {
  const at = join(folder, `root-${manifest.length}`);
  mkdirSync(join(at, "app/node_modules/a"), { recursive: true });
  writeFileSync(join(at, "app/node_modules/a/package.json"), manifest);
  return `dir:${at}`;
}

const whole = root('{"name":"a","version":"1.0.0"}');

async function writtenDate(more: Partial<SbomOptions>): Promise<string> {
  assert.equal(await imageSbom(whole, { ...options, ...more }), 0);
  return JSON.parse(readFileSync(output, "utf8")).creationInfo.created;
}

test("the date is that of what it is of, the clock's where asked for, and SOURCE_DATE_EPOCH before both", async () => {
  delete process.env.SOURCE_DATE_EPOCH;
  utimesSync(join(whole.slice("dir:".length), "app/node_modules/a/package.json"), 1_700_000_000, 1_700_000_000);
  assert.equal(await writtenDate({}), "2023-11-14T22:13:20Z");
  assert.match(await writtenDate({ timestamp: true }), /^20/);
  process.env.SOURCE_DATE_EPOCH = "1000000000";
  assert.equal(await writtenDate({}), "2001-09-09T01:46:40Z");
  assert.equal(await writtenDate({ timestamp: true }), "2001-09-09T01:46:40Z");
});

test("what is no format, no time and no folder is refused before anything is written", async () => {
  const refused = async (reference: string, more: Partial<SbomOptions>, code: string) =>
    await assert.rejects(
      imageSbom(reference, { ...options, ...more }),
      (error) => error instanceof Problem && error.kind === "usage" && error.code === code,
    );
  await refused(whole, { format: "xml" }, "cli.usage");
  await refused("dir:/nowhere/at/all", {}, "oci.folder");
  for (const text of ["now", "-1", "1e3", "999999999999"]) {
    process.env.SOURCE_DATE_EPOCH = text;
    await refused(whole, {}, "cli.usage");
  }
});

test("what could not be read is exit code 3, and stands in the document", async () => {
  assert.equal(await imageSbom(root("{"), { ...options, format: "cyclonedx" }), 3);
  const { compositions } = JSON.parse(readFileSync(output, "utf8"));
  assert.equal(compositions[0].aggregate, "incomplete");
});
