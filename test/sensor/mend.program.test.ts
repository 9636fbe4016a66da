/** Records as the kernel leaves them are put right, and what is none is refused: sensor/test/mend.c, under the sanitizers. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { unmoved } from "../environment.ts";

const sensor = join(import.meta.dirname, "../../sensor");
const missing = ["make", "gcc"].find((name) => spawnSync(name, ["--version"]).status !== 0);

it("mends records of the ring", { skip: missing === undefined ? false : `${missing} is not installed` }, (t) => {
  const build = mkdtempSync(join(tmpdir(), "bulkhead-mend-"));
  t.after(() => rmSync(build, { recursive: true, force: true }));
  const { status, stdout, stderr } = spawnSync("make", ["-s", "-C", sensor, `build=${build}`, "test"], {
    encoding: "utf8",
    env: unmoved,
  });
  assert.equal(status, 0, `${stdout}${stderr}`);
  assert.match(stdout, /mend: as it should be/);
});
