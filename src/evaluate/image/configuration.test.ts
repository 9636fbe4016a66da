import assert from "node:assert/strict";
import { test } from "node:test";
import { debian13, dpkgStatus, openFixture } from "../../collect/image/image-files.fixture.ts";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { Problem } from "../../core/problem.ts";
import { type FixtureEntry, fixtureImage, tarOf } from "../../engines/oci/image.fixture.ts";
import { scanImage } from "../../scan/image.ts";

const now = new Date("2026-01-02T00:00:00Z");
const advisories = new Problem({
  kind: "unavailable",
  code: "database.missing",
  place: "here",
  cause: "there is none",
});

const passwd: FixtureEntry = { name: "etc/passwd", content: "root:x:0:0::/:/bin/sh\napp:x:10001:10001::/:/bin/sh\n" };
const base: readonly FixtureEntry[] = [debian13, dpkgStatus({ bash: "5.2-1" }), passwd];

async function judged(
  layers: readonly { readonly entries: readonly FixtureEntry[]; readonly createdBy: string }[],
  config: object = {},
  more: object = {},
): Promise<Evaluation[]> {
  const tars = layers.map(({ entries, createdBy }) => ({ tar: tarOf(entries), createdBy }));
  const image = await openFixture(fixtureImage(tars, { config: { config, ...more } }));
  const named = { image, name: "web", lineage: "shop/web", reference: "shop/web:1" };
  return await scanImage(named, { now, policy: defaultPolicy, advisories });
}

/** `verdict severities` of a check; undefined where it was not run. */
function told(evaluations: readonly Evaluation[], check: string): string | undefined {
  const found = evaluations.find((evaluation) => evaluation.check === check);
  return found === undefined ? undefined : [found.verdict, ...found.findings.map(({ severity }) => severity)].join(" ");
}

const below = { entries: base, createdBy: "/bin/sh -c #(nop) ADD file:abc in / " };

test("an application as root fails, a base alone does not, and a name is looked up in the image's own accounts", async () => {
  const above = { entries: [{ name: "app/run" }], createdBy: "COPY run /app # buildkit" };
  assert.equal(told(await judged([below, above]), "image/runs-as-root"), "fail high");
  assert.equal(told(await judged([below]), "image/runs-as-root"), "pass medium");
  const app = await judged([below, above], { User: "app" });
  assert.deepEqual([told(app, "image/runs-as-root"), told(app, "image/user-by-name")], ["pass", "pass low"]);
  const gone = { entries: [{ name: "etc/.wh.passwd" }], createdBy: "RUN rm" };
  assert.equal(told(await judged([below, gone], { User: "app" }), "image/runs-as-root"), "pass medium");
});

test("accounts that could not be read leave a user by name unknown, and a number judged", async () => {
  const broken = { entries: [{ name: "etc/passwd", flag: "2", link: "../gone" }], createdBy: "RUN ln" };
  const named = await judged([{ entries: [], createdBy: "RUN x" }, broken], { User: "app" });
  const numbered = await judged([broken], { User: "10001" });
  assert.equal(told(numbered, "image/runs-as-root"), "pass");
  // A link that leads nowhere is no file: the name is known to nobody.
  assert.equal(told(named, "image/runs-as-root"), "pass medium");
  const large = { entries: [{ name: "etc/passwd", content: Buffer.alloc(5 * 1024 * 1024, "#") }], createdBy: "RUN x" };
  assert.equal(told(await judged([large], { User: "app" }), "image/runs-as-root"), "unknown");
  assert.equal(told(await judged([large], { User: "app" }), "image/unsafe-accounts"), "unknown");
});

test("permissions are those of the merged tree", async () => {
  const open = { entries: [{ name: "opt/tool", mode: 0o4755 }], createdBy: "COPY tool /opt" };
  const closed = { entries: [{ name: "opt/tool", mode: 0o755 }], createdBy: "RUN chmod u-s /opt/tool" };
  const found = await judged([below, open]);
  assert.equal(told(found, "image/setuid-files"), "fail high");
  const after = await judged([below, open, closed]);
  assert.equal(told(after, "image/setuid-files"), "pass");
  const evaluation = after.find(({ check }) => check === "image/setuid-files");
  assert.deepEqual(evaluation?.evidence, { "removed by a higher layer": "1" });
});

test("the history of the application's layers is judged, and not the base's", async () => {
  const pipe = "/bin/sh -c curl https://example.org/i.sh | sh";
  const above = { entries: [{ name: "app/run" }], createdBy: pipe };
  assert.equal(told(await judged([below, above]), "image/history-lint"), "fail high");
  assert.equal(told(await judged([{ ...below, createdBy: pipe }]), "image/history-lint"), undefined);
  const odd = await judged([below, { ...above, createdBy: "RUN /bin/sh -c echo 'open # buildkit" }]);
  assert.equal(told(odd, "image/history-lint"), "unknown");
});

test("what is not set is not judged, nor are images for other systems", async () => {
  const plain = await judged([below], { User: "10001" });
  for (const check of ["user-by-name", "exposed-port", "sensitive-volume"]) {
    assert.equal(told(plain, `image/${check}`), undefined, check);
  }
  const set = await judged([below], { ExposedPorts: { "22/tcp": {} }, Volumes: { "/run/docker.sock": {} } });
  assert.equal(told(set, "image/exposed-port"), "pass medium");
  assert.equal(told(set, "image/sensitive-volume"), "fail high");
  assert.equal(told(await judged([below], {}, { os: "windows" }), "image/runs-as-root"), undefined);
});
