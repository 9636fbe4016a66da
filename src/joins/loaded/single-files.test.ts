import assert from "node:assert/strict";
import { test } from "node:test";
import { debian13, imageOf } from "../../collect/image/image-files.fixture.ts";
import { elfFile, goBuildInfo } from "../../engines/contents/packages/binary/executable.fixture.ts";
import { zipOf } from "../../formats/zip/zip.fixture.ts";
import { learnedWorkload, statesOf } from "./loaded.fixture.ts";

/** Name → state. */
async function states(
  image: ReturnType<typeof imageOf>,
  files: { readonly opened?: string[]; readonly run?: string[] },
) {
  const found = await statesOf(image, learnedWorkload(image, files));
  return Object.fromEntries(Object.entries(found).map(([name, text]) => [name, text.split(":")[0]]));
}

test("of a static program that ran its own module did; of what is linked into it nothing is known", async () => {
  const program = elfFile({
    ".go.buildinfo": goBuildInfo("go1.24.4", [
      "path\texample.com/shop/api/v2",
      "mod\texample.com/shop/api/v2\tv2.1.0",
      "dep\tgolang.org/x/net\tv0.30.0",
    ]),
  });
  const image = imageOf([debian13, { name: "app/api", content: program, mode: 0o755 }]);
  assert.deepEqual(await states(image, { run: ["/app/api"] }), {
    "example.com/shop/api/v2": "loaded",
    "golang.org/x/net": "unknown",
    stdlib: "unknown",
  });
  assert.deepEqual(await states(image, { opened: ["/app/other"] }), {
    "example.com/shop/api/v2": "not loaded",
    "golang.org/x/net": "not loaded",
    stdlib: "not loaded",
  });
});

test("a jar that was opened is loaded; of the jars within it nothing is known", async () => {
  const stated = (artifact: string) => ({
    name: `META-INF/maven/com.example/${artifact}/pom.properties`,
    content: `version=1.0\ngroupId=com.example\nartifactId=${artifact}\n`,
  });
  const inner = zipOf([stated("inner")]);
  const jar = zipOf([stated("shop"), { name: "BOOT-INF/lib/inner-1.0.jar", content: inner, stored: true }]);
  const image = imageOf([
    debian13,
    { name: "app/shop-1.0.jar", content: jar },
    { name: "app/idle.jar", content: zipOf([stated("idle")]) },
  ]);
  assert.deepEqual(await states(image, { opened: ["/app/shop-1.0.jar"] }), {
    "com.example:idle": "not loaded",
    "com.example:inner": "unknown",
    "com.example:shop": "loaded",
  });
});

test("what Composer installed lies in a folder of its name", async () => {
  const packages = ["acme/used", "acme/idle"].map((name) => ({ name, version: "1.0.0" }));
  const image = imageOf([
    debian13,
    { name: "app/vendor/composer/installed.json", content: JSON.stringify({ packages }) },
    { name: "app/vendor/acme/used/src/Used.php", content: "x" },
    { name: "app/vendor/acme/idle/src/Idle.php", content: "x" },
  ]);
  assert.deepEqual(await states(image, { opened: ["/app/vendor/acme/used/src/Used.php"] }), {
    "acme/used": "loaded",
    "acme/idle": "not loaded",
  });
});

test("an assembly of .NET is loaded where the file of its name is; that one alone proves nothing else", async () => {
  const names = ["Used", "Idle", "Named.Otherwise"];
  const target = Object.fromEntries(names.map((name) => [`${name}/1.0.0`, { runtime: { [`lib/${name}.dll`]: {} } }]));
  const libraries = Object.fromEntries(names.map((name) => [`${name}/1.0.0`, { type: "package" }]));
  const deps = {
    runtimeTarget: { name: ".NETCoreApp,Version=v8.0" },
    targets: { ".NETCoreApp,Version=v8.0": target },
    libraries,
  };
  const image = imageOf([
    debian13,
    { name: "app/api.deps.json", content: JSON.stringify(deps) },
    ...["Used", "Idle"].map((name) => ({ name: `app/${name}.dll`, content: "x" })),
  ]);
  assert.deepEqual(await states(image, { opened: ["/app/Used.dll"] }), {
    Used: "loaded",
    Idle: "unknown",
    "Named.Otherwise": "unknown",
  });
});
