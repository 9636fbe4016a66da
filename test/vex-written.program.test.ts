import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { asOf, site } from "./judged-image.fixture.ts";

/** `bulkhead vex` from end to end: what it writes of a policy's exceptions does what they did. */

interface ReportJson {
  readonly evaluations: readonly {
    readonly excepted: readonly { readonly finding: { readonly fingerprint: string; readonly check: string } }[];
  }[];
}

async function judged() {
  const place = site();
  place.image(["old", "older", "fine"]);
  place.advisories({ old: "critical", older: "critical" });
  const run = (...words: readonly string[]) => place.run(...words);
  assert.equal((await run("db", "import", "advisories", "--db", "a.db", "--quiet")).status, 0);
  /** `justification`s of the flaws in old and older; an empty one accepts the risk. */
  const policy = (...said: readonly string[]) =>
    writeFileSync(
      join(place.folder, "policy.yaml"),
      JSON.stringify({
        apiVersion: "bulkhead/v1",
        exceptions: said.map((justification, index) => ({
          id: `CVE-2025-${1_000 + index}`,
          ...(justification === "" ? {} : { justification }),
          reason: "the parser is never called",
          owner: "shop team",
          expires: "2025-12-31",
        })),
      }),
    );
  const vex = (...words: readonly string[]) =>
    run("vex", "oci:image", "--policy", "policy.yaml", "--db", "a.db", ...asOf, ...words);
  const excepted = async (...words: readonly string[]): Promise<string[]> => {
    await run("image", "scan", "oci:image", "--db", "a.db", ...asOf, "--format", "json=out.json", ...words);
    const report = JSON.parse(readFileSync(join(place.folder, "out.json"), "utf8")) as ReportJson;
    return report.evaluations
      .flatMap((evaluation) => evaluation.excepted)
      .map(({ finding: { check, fingerprint } }) => `${check} ${fingerprint}`)
      .sort();
  };
  return { ...place, run, policy, vex, excepted };
}

for (const format of ["openvex", "csaf", "cyclonedx"]) {
  test(`${format}: read back it takes out what the exceptions took out`, async () => {
    using place = await judged();
    place.policy("vulnerable_code_not_in_execute_path", "vulnerable_code_cannot_be_controlled_by_adversary");
    const { status, stderr } = await place.vex("--format", format, "--output", "v.json");
    assert.equal(status, 0, stderr);
    assert.equal(stderr, "");
    const byPolicy = await place.excepted("--policy", "policy.yaml");
    assert.equal(byPolicy.length, 2);
    assert.deepEqual(await place.excepted("--vex", "v.json"), byPolicy);
    assert.deepEqual(await place.excepted(), []);
  });
}

test("an accepted risk stays a finding for whoever reads the document", async () => {
  using place = await judged();
  place.policy("", "component_not_present");
  assert.equal((await place.vex("--output", "v.json")).status, 0);
  assert.equal((await place.excepted("--vex", "v.json")).length, 1);
  const { stdout } = await place.run(
    "image",
    "scan",
    "oci:image",
    "--db",
    "a.db",
    ...asOf,
    "--vex",
    "v.json",
    "--format",
    "plain",
    "--all",
  );
  assert.match(stdout, /VEX affected: risk accepted by shop team until 2025-12-31/);
});

test("two runs write the same, and a document says nothing of another image", async () => {
  using place = await judged();
  place.policy("component_not_present");
  const first = await place.vex();
  assert.equal(first.stdout, (await place.vex()).stdout);
  assert.match(first.stdout, /"author": "shop team"/);
  writeFileSync(join(place.folder, "v.json"), first.stdout);
  place.image(["old", "other"]);
  assert.deepEqual(await place.excepted("--vex", "v.json"), []);
});

test("a document is dated with the time that the run is as of", async () => {
  using place = await judged();
  place.policy("component_not_present");
  const timestamp = (text: string) => (JSON.parse(text) as { timestamp: string }).timestamp;
  assert.equal(timestamp((await place.vex()).stdout), "2025-06-02T00:00:00Z");
});

test("where there is nothing to say, it says so and writes nothing", async () => {
  using place = await judged();
  place.policy();
  const nothing = await place.vex("--output", "v.json");
  assert.equal(nothing.status, 2);
  assert.match(nothing.stderr, /^bulkhead: vex\.empty: policy\.yaml: /);
  place.policy("component_not_present");
  const unnamed = await place.run("vex", "--policy", "policy.yaml", ...asOf);
  assert.equal(unnamed.status, 2);
  assert.match(unnamed.stderr, /^bulkhead: left out: policy\.yaml:1: CVE-2025-1000: matches no single image: /m);
});
