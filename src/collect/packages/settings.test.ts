import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { npmSettingsOf } from "./npmrc.ts";
import { registryOf } from "./registry-of.ts";
import { authorizationFor, baseOf, type RegistrySettings, readRegistrySettings } from "./settings.ts";

type Environment = Readonly<Record<string, string>>;

function settings(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  environment: Environment = {},
): RegistrySettings {
  const home = mkdtempSync(join(tmpdir(), "bulkhead-home-"));
  t.after(() => rmSync(home, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  return readRegistrySettings({ home, environment });
}

// No scanner is to take them for what they stand for.
const [TOKEN, PASSWORD] = ["made-up", "word"].map((text) => text.repeat(2));

test("npm's settings of the user: registry, scopes, credentials by place", (t) => {
  const read = settings(
    t,
    {
      ".npmrc": [
        "registry = https://npm.shop.example/web",
        "; a comment",
        '@shop:registry="https://npm.pkg.example/"',
        `//npm.shop.example/web/:_authToken=\${SHOP_TOKEN}`,
        `//npm.pkg.example/:_auth=${TOKEN}`,
        "//user.example/:username=ann",
        `//user.example/:_password=${Buffer.from(PASSWORD ?? "").toString("base64")}`,
        `//unset.example/:_authToken=\${NOT_SET}`,
      ].join("\n"),
    },
    { SHOP_TOKEN: TOKEN ?? "" },
  );
  assert.equal(read.bases.npm, "https://npm.shop.example/web/");
  assert.deepEqual(read.scopes, { "@shop": "https://npm.pkg.example/" });
  const of = (url: string) => authorizationFor(new URL(url), read.bases.npm ?? "", read);
  assert.equal(of("https://npm.shop.example/web/left"), `Bearer ${TOKEN}`);
  assert.equal(of("https://npm.pkg.example/@shop%2fleft"), `Basic ${TOKEN}`);
  assert.equal(of("https://user.example/left"), `Basic ${Buffer.from(`ann:${PASSWORD}`).toString("base64")}`);
  for (const url of [
    "https://npm.shop.example/other/left",
    "https://npm.shop.example/website",
    "https://npm.shop.example:8443/web/left",
    "https://npm.shop.example.evil.example/web/left",
    "https://unset.example/left",
    // In clear only to the registry that the user wrote so.
    "http://npm.shop.example/web/left",
  ]) {
    assert.equal(of(url), undefined, url);
  }
});

test("npm: variables, which under npm may be a project's word", () => {
  const registry = (environment: Environment, texts: readonly string[] = []) =>
    npmSettingsOf(texts, environment).registry;
  assert.equal(registry({ npm_config_registry: "https://a.example" }), "https://a.example");
  assert.equal(registry({ NPM_CONFIG_REGISTRY: "https://a.example", npm_command: "exec" }), "https://a.example");
  assert.equal(registry({ npm_config_registry: "https://evil.example", npm_command: "exec" }), undefined);
  const file = ["registry=https://b.example"];
  assert.equal(
    registry({ npm_config_registry: "https://evil.example", npm_lifecycle_event: "test" }, file),
    "https://b.example",
  );
});

test("pip's, uv's, cargo's and Go's settings", (t) => {
  assert.equal(
    settings(t, {
      ".config/pip/pip.conf":
        "[install]\nindex-url = https://x.example\n[global]\nindex-url = https://pypi.shop.example/simple\n",
    }).bases.pypi,
    "https://pypi.shop.example/simple/",
  );
  const secret = settings(t, {}, { PIP_INDEX_URL: `https://ann:${PASSWORD}@pypi.shop.example/simple` });
  assert.equal(secret.bases.pypi, "https://pypi.shop.example/simple/");
  assert.deepEqual(secret.authorizations, [
    { place: "//pypi.shop.example/simple/", header: `Basic ${Buffer.from(`ann:${PASSWORD}`).toString("base64")}` },
  ]);
  assert.equal(
    settings(t, {}, { UV_DEFAULT_INDEX: "https://uv.example", PIP_INDEX_URL: "https://pip.example" }).bases.pypi,
    "https://uv.example/",
  );
  const cargo =
    '[source.crates-io]\nreplace-with = "own"\n[source.own]\nregistry = "sparse+https://crates.shop.example/index/"\n';
  assert.equal(settings(t, { ".cargo/config.toml": cargo }).bases.cargo, "https://crates.shop.example/index/");
  assert.equal(settings(t, { ".cargo/config.toml": cargo.replace("sparse+", "") }).bases.cargo, undefined);
  assert.equal(settings(t, { ".cargo/config.toml": "[source" }).bases.cargo, undefined);
  assert.equal(settings(t, {}, { GOPROXY: "https://go.shop.example,direct" }).bases.golang, "https://go.shop.example/");
  assert.deepEqual(settings(t, { ".config/go/env": "GOPROXY=off\n" }).off, ["golang"]);
  assert.deepEqual(settings(t, {}, { GOPRIVATE: "shop.example/*, *.corp.example" }).privateModules, [
    "shop.example/*",
    "*.corp.example",
  ]);
});

test("a registry's URL ends in a slash, and what it says of the user is taken out", () => {
  assert.deepEqual(baseOf("https://a.example/b?c=d#e"), { url: "https://a.example/b/" });
  assert.equal(baseOf("file:///etc/passwd"), undefined);
  assert.equal(baseOf("not a URL"), undefined);
});

test("which registry is asked", (t) => {
  const own = settings(
    t,
    { ".npmrc": "@shop:registry=https://npm.shop.example/\n" },
    { GOPRIVATE: "git.shop.example/*" },
  );
  const of = (asked: Parameters<typeof registryOf>[0], more = {}) => {
    const chosen = registryOf(asked, { settings: own, ...more });
    return "code" in chosen ? chosen.code : `${chosen.by} ${chosen.base}`;
  };
  const registry = (url: string) => ({ kind: "registry", url }) as const;
  assert.equal(of({ type: "npm", name: "left" }), "default https://registry.npmjs.org/");
  assert.equal(of({ type: "npm", name: "@shop/left" }), "settings https://npm.shop.example/");
  assert.equal(
    of({ type: "npm", name: "@shop/left", fetchedFrom: registry("https://npm.shop.example/x.tgz") }),
    "settings https://npm.shop.example/",
  );
  // A public address stands for whatever registry the user has.
  assert.equal(
    of({ type: "npm", name: "@shop/left", fetchedFrom: registry("https://registry.npmjs.org/x.tgz") }),
    "settings https://npm.shop.example/",
  );
  assert.equal(
    of({ type: "npm", name: "left", fetchedFrom: registry("https://evil.example/left/-/left-1.tgz") }),
    "packages.other-registry",
  );
  assert.equal(
    of({ type: "npm", name: "left", fetchedFrom: registry("http://169.254.169.254/left/-/left-1.tgz") }),
    "packages.other-registry",
  );
  assert.equal(
    of(
      { type: "npm", name: "left", fetchedFrom: registry("https://npm.other.example/web/left/-/left-1.tgz") },
      { allowed: ["npm.other.example"] },
    ),
    "policy https://npm.other.example/web/",
  );
  assert.equal(
    of({ type: "npm", name: "left" }, { overrides: { npm: "http://127.0.0.1:1" } }),
    "override http://127.0.0.1:1/",
  );
  assert.equal(of({ type: "golang", name: "git.shop.example/left/v2" }), "packages.registry-off");
  assert.equal(of({ type: "golang", name: "example.com/left" }), "default https://proxy.golang.org/");
  assert.equal(of({ type: "conan", name: "left" }), "packages.unsupported");
  assert.equal(
    of({ type: "npm", name: "left", fetchedFrom: { kind: "file", url: "../left" } }),
    "packages.no-registry",
  );
});

test("whatever settings say, a token goes to no host but its own", () => {
  const host = fc.constantFrom("a.example", "b.example", "a.example.b.example", "a.example:8080");
  const path = fc.constantFrom("/", "/web/", "/web", "/web/../x/", "/website/");
  fc.assert(
    fc.property(host, path, host, path, fc.constantFrom("https:", "http:"), (place, below, asked, at, protocol) => {
      const read = npmSettingsOf([`//${place}${below}:_authToken=${TOKEN}`], {});
      const url = new URL(`${protocol}//${asked}${at}left`);
      const all: RegistrySettings = {
        bases: {},
        scopes: {},
        off: [],
        privateModules: [],
        authorizations: read.authorizations,
      };
      if (authorizationFor(url, "https://registry.npmjs.org/", all) === undefined) return;
      assert.equal(url.protocol, "https:");
      assert.equal(url.host, place);
      assert.ok(url.pathname.startsWith(below.endsWith("/") ? below : `${below}/`), `${below} ${url.pathname}`);
    }),
  );
});
