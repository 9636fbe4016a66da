import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { PackageType } from "../../engines/contents/model.ts";
import { serve } from "../../net/loopback.fixture.ts";
import { openRegistries } from "./registries.ts";
import type { RegistrySettings } from "./settings.ts";

const now = new Date("2026-11-25T12:00:00Z");
const none: RegistrySettings = { bases: {}, scopes: {}, authorizations: [], off: [], privateModules: [] };

/** Path → body; what is not among them is not there. */
async function answers(t: TestContext, bodies: (origin: string) => Readonly<Record<string, unknown>>) {
  const server = await serve(t, (request, response) => {
    const body = bodies(server.origin)[request.url ?? ""];
    if (body === undefined) response.writeHead(404).end();
    else response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  return server;
}

async function ask(
  t: TestContext,
  { origin }: { readonly origin: string },
  of: { readonly type: PackageType; readonly name: string; readonly version: string },
  settings = none,
) {
  const registries = openRegistries({
    ...{ offline: false, now, settings, client: { environment: {} } },
    ...(settings === none ? { overrides: { [of.type]: origin } } : {}),
  });
  t.after(() => registries.close());
  const evidence = await registries.metadata(of);
  return evidence.state === "present" ? evidence.facts : evidence.gaps.map(({ code }) => code).join();
}

test("crates.io by its API, another registry by its index", async (t) => {
  const versions = [
    { num: "1.0.0", created_at: "2024-01-01T00:00:00Z", yanked: false, license: "MIT", checksum: "ab".repeat(32) },
  ];
  const api = await answers(t, () => ({ "/api/v1/crates/left": { crate: { id: "left" }, versions } }));
  const asked = { type: "cargo", name: "left", version: "1.0.0" } as const;
  const read = await ask(t, api, asked);
  assert.ok(typeof read !== "string", String(read));
  assert.deepEqual([read.published, read.license, read.yanked], ["2024-01-01T00:00:00.000Z", "MIT", false]);
  const index = await answers(t, () => ({
    "/index/le/ft/left": JSON.stringify({ name: "left", vers: "1.0.0", cksum: "ab".repeat(32), yanked: true }),
  }));
  const own = { ...none, bases: { cargo: `${index.origin}/index/` } };
  const less = await ask(t, index, asked, own);
  assert.ok(typeof less !== "string", String(less));
  assert.deepEqual([less.yanked, less.published], [true, undefined]);
});

test("RubyGems, Packagist and Maven", async (t) => {
  const gems = await answers(t, () => ({
    "/api/v1/versions/left.json": [
      { number: "1.0", platform: "ruby", created_at: "2024-01-01T00:00:00Z", sha: "ab".repeat(32) },
    ],
  }));
  const gem = await ask(t, gems, { type: "gem", name: "left", version: "1.0" });
  assert.ok(typeof gem !== "string" && gem.published === "2024-01-01T00:00:00.000Z", String(gem));
  // What is not listed was withdrawn, or never was.
  assert.equal(await ask(t, gems, { type: "gem", name: "left", version: "9.9" }), "packages.not-found");
  const composer = await answers(t, () => ({
    "/p2/shop/left.json": {
      packages: { "shop/left": [{ version: "v1.0.0", time: "2024-01-01T00:00:00+00:00", abandoned: true }] },
    },
  }));
  const php = await ask(t, composer, { type: "composer", name: "Shop/Left", version: "1.0.0" });
  assert.ok(typeof php !== "string" && php.archived === true && php.published === undefined, String(php));
  const maven = await answers(t, () => ({
    "/org/shop/left/maven-metadata.xml": "<metadata><versions><version>1.0</version></versions></metadata>",
  }));
  const java = await ask(t, maven, { type: "maven", name: "org.shop:left", version: "1.0" });
  assert.ok(typeof java !== "string" && java.notServed.includes("published"), String(java));
});

test("NuGet: pages of the registry's own, and none elsewhere", async (t) => {
  const leaf = (version: string) => ({ catalogEntry: { version, listed: true, published: "2024-01-01T00:00:00Z" } });
  const elsewhere = await answers(t, () => ({ "/page": { items: [leaf("3.0.0")] } }));
  const nuget = await answers(t, (origin) => ({
    "/left/index.json": {
      items: [
        { items: [leaf("1.0.0")] },
        { "@id": `${origin}/left/page2.json` },
        { "@id": `${elsewhere.origin}/page` },
      ],
    },
    "/left/page2.json": { items: [leaf("2.0.0")] },
  }));
  for (const version of ["1.0.0", "2.0.0"]) {
    const read = await ask(t, nuget, { type: "nuget", name: "Left", version });
    assert.ok(typeof read !== "string" && read.published !== undefined, version);
  }
  assert.equal(await ask(t, nuget, { type: "nuget", name: "Left", version: "3.0.0" }), "packages.not-found");
  assert.equal(elsewhere.seen.length, 0);
});

test("Go: a version, what the latest go.mod takes back, and a proxy that has less", async (t) => {
  const bodies = {
    "/shop.example/!left/@v/v1.0.0.info": { Version: "v1.0.0", Time: "2024-01-01T00:00:00Z" },
    "/shop.example/!left/@v/list": "v1.0.0\nv1.1.0\n",
    "/shop.example/!left/@latest": { Version: "v1.1.0" },
    "/shop.example/!left/@v/v1.1.0.mod": "module shop.example/Left\nretract [v1.0.0, v1.0.5] // stolen\n",
  };
  const asked = { type: "golang", name: "shop.example/Left", version: "v1.0.0" } as const;
  const read = await ask(t, await answers(t, () => bodies), asked);
  assert.ok(typeof read !== "string", String(read));
  assert.deepEqual(
    [read.publishedAfter, read.published, read.yanked, read.deprecated, read.versions],
    ["2024-01-01T00:00:00.000Z", undefined, true, "stolen", ["v1.0.0", "v1.1.0"]],
  );
  const { "/shop.example/!left/@latest": _, "/shop.example/!left/@v/list": __, ...rest } = bodies;
  const less = await ask(t, await answers(t, () => rest), asked);
  assert.ok(typeof less !== "string", String(less));
  assert.deepEqual([...less.notServed].filter((field) => ["deprecated", "yanked", "versions"].includes(field)).sort(), [
    "deprecated",
    "versions",
    "yanked",
  ]);
});

test("no name leads to another host, or to another place of the registry", async (t) => {
  const server = await answers(t, () => ({}));
  for (const type of ["npm", "pypi", "cargo", "gem", "composer", "nuget", "golang", "maven"] as const) {
    for (const name of ["../../admin", "a?b#c", "\ud800", "..", "", "%2e%2e/a", "//evil.example/a"]) {
      const told = await ask(t, server, { type, name, version: "1/../2" });
      // Whoever else were asked would not be reached.
      assert.match(String(told), /^packages\.(?:not-found|name|other-registry)$/, `${type} ${name}`);
    }
  }
  assert.ok(server.seen.every(({ url }) => !url.includes("admin") || url.includes("%2F")));
});
