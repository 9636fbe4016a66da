import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { type FixtureEntry, fixtureImage, tarOf, writeLayout } from "../../engines/oci/image.fixture.ts";
import { type BaseOptions, imageBase } from "./base.ts";

const folder = mkdtempSync(join(tmpdir(), "image-base-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const options: BaseOptions = {
  ...{ format: "json", all: false, list: false, write: false, quiet: true, cache: false },
  ...{ insecureRegistry: false, plainHttp: false, now: "2026-02-01T00:00:00Z" },
  ...{ bases: join(folder, "bases.json"), db: join(folder, "none.db") },
};

const alpine: readonly FixtureEntry[] = [
  { name: "etc/os-release", content: "ID=alpine\nVERSION_ID=3.22.1\n" },
  { name: "lib/apk/db/installed", content: "P:busybox\nV:1\nA:x86_64\no:busybox\nL:MIT\n\n" },
];
const application: readonly FixtureEntry[] = [
  { name: "app/node_modules/a/package.json", content: '{"name":"a","version":"1.0.0"}' },
];

/** An OCI layout with one image, its history as a Dockerfile leaves it. */
function layout(name: string, ...layers: readonly (readonly FixtureEntry[])[]): string {
  const at = join(folder, name);
  const created = "2026-01-01T00:00:00Z";
  const history = layers.flatMap((_, i) =>
    i === 0
      ? [
          { created, created_by: "ADD rootfs / # buildkit" },
          { created_by: 'CMD ["/bin/sh"]', empty_layer: true },
        ]
      : [{ created: "2026-01-30T00:00:00Z", created_by: "COPY . . # buildkit" }],
  );
  const config = { created: "2026-01-30T00:00:00Z", history };
  writeLayout(at, {
    [name]: fixtureImage(
      layers.map((entries) => ({ tar: tarOf(entries) })),
      { config },
    ),
  });
  return `oci:${at}`;
}

/** What a run writes to standard output, and its exit code. */
async function run(
  reference: string | undefined,
  more: Partial<BaseOptions> = {},
): Promise<{ code: number; out: string }> {
  let out = "";
  const code = await imageBase(reference, { ...options, ...more }, (text) => {
    out += text;
  });
  return { code, out };
}

async function refusal(reference: string | undefined, more: Partial<BaseOptions>): Promise<string> {
  try {
    await run(reference, more);
  } catch (error) {
    assert.ok(error instanceof Problem);
    return error.code;
  }
  return "accepted";
}

test("what an image is built on, with ages and shares", async () => {
  const { code, out } = await run(layout("web", alpine, application));
  assert.equal(code, 0);
  const { base, ageDays, layers, shares, switching } = JSON.parse(out);
  assert.deepEqual([base.kind, base.name, base.by, base.layers], ["alpine", "alpine 3.22.1", "history", 1]);
  assert.deepEqual([base.ageDays, ageDays, layers, base.accepted], [31, 2, 2, true]);
  assert.deepEqual([shares.base.packages, shares.application.packages], [1, 1]);
  assert.deepEqual(
    switching.map(({ to, packages }: { to: string; packages: number }) => [to, packages]),
    [
      ["distroless", 1],
      ["static", 1],
    ],
  );
});

test("a base that is learnt is recognized by its layers, listed, and forgotten", async () => {
  const reference = layout("base", alpine);
  assert.match((await run(undefined, { learn: [reference] })).out, /^learnt oci:.*base {2}alpine {2}1 layer/);
  const { base } = JSON.parse((await run(layout("app", alpine, application))).out);
  assert.deepEqual([base.by, base.confidence, base.name], ["chain", "certain", reference]);
  assert.match((await run(undefined, { list: true })).out, /alpine {2}1 layer/);
  assert.match((await run(undefined, { forget: reference })).out, /^forgot /);
  assert.equal((await run(undefined, { list: true })).out, "");
  assert.equal(await refusal(undefined, { forget: reference }), "bases.forget");
});

test("a base whose kind cannot be told is not learnt", async () => {
  const unknown = layout("odd", [{ name: "usr/bin/pacman", content: "elf" }]);
  assert.equal(await refusal(undefined, { learn: [unknown] }), "bases.learn");
  const { code, out } = await run(unknown);
  assert.deepEqual([code, JSON.parse(out).base], [3, undefined]);
});

test("a root file system is told by its contents", async () => {
  const root = join(folder, "root");
  mkdirSync(join(root, "etc"), { recursive: true });
  mkdirSync(join(root, "lib/apk/db"), { recursive: true });
  for (const { name, content } of alpine) writeFileSync(join(root, name), content ?? "");
  const { base, image } = JSON.parse((await run(`dir:${root}`)).out);
  assert.deepEqual([base.kind, base.layers, base.by, image], ["alpine", 0, "os-release", undefined]);
});

test("the table says the same", async () => {
  const { out } = await run(layout("table", alpine, application), { format: "table" });
  assert.match(out, /kind +alpine, accepted by the policy/);
  assert.match(out, /layers +the lowest 1 of 2/);
  assert.match(out, /vulnerabilities unknown: /);
});

test("configuration is printed, written where nothing is, and never over what is there", async () => {
  const repository = join(folder, "repository");
  mkdirSync(repository, { recursive: true });
  assert.equal(await refusal(repository, { automate: "github" }), "cli.usage");
  writeFileSync(join(repository, "Dockerfile"), "FROM debian:13-slim\n");
  const file = join(repository, ".github/workflows/rebuild.yml");
  const printed = await run(repository, { automate: "github" });
  assert.ok(printed.out.startsWith("# Rebuilds") && !existsSync(file));
  assert.equal((await run(repository, { automate: "github", write: true })).code, 0);
  assert.equal(readFileSync(file, "utf8"), printed.out);
  assert.equal(await refusal(repository, { automate: "github", write: true }), "cli.exists");
  assert.equal(await refusal(repository, { automate: "jenkins" }), "cli.usage");
  const odd = join(repository, "$" + "{{ x }}");
  mkdirSync(odd);
  writeFileSync(join(odd, "Dockerfile"), "FROM a\n");
  const { code, out } = await run(repository, { automate: "dependabot" });
  assert.ok(code === 3 && !out.includes("{{"));
});

test("nothing asked for, two things at once and an unknown format are refused", async () => {
  assert.equal(await refusal(undefined, {}), "cli.usage");
  assert.equal(await refusal(undefined, { list: true, forget: "x" }), "cli.usage");
  assert.equal(await refusal("oci:x", { format: "xml" }), "cli.usage");
});
