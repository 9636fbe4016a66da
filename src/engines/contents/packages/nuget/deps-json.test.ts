import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { holdsWhateverTheBytes, packageLines } from "../locked.fixture.ts";
import { dotnetDeps } from "./deps-json.ts";

const PATH = "app/shop.deps.json";
const SHA512 = Buffer.alloc(64, 7);
const TARGET = ".NETCoreApp,Version=v8.0/linux-x64";
const RUNTIME_PACK = "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64";

const DEPS = {
  runtimeTarget: { name: TARGET, signature: "" },
  targets: {
    ".NETCoreApp,Version=v8.0": {},
    [TARGET]: {
      "Shop/1.0.0": {
        dependencies: { A: "1.0.0", Meta: "1.0.0", [RUNTIME_PACK]: "8.0.0" },
        runtime: { "Shop.dll": {} },
      },
      "A/1.0.0": { dependencies: { B: "2.0.0", Missing: "1.0.0" }, runtime: { "lib/A.dll": {} } },
      "B/2.0.0": { runtimeTargets: { "runtimes/linux-x64/native/b.so": { rid: "linux-x64" } } },
      "Meta/1.0.0": { dependencies: { B: "2.0.0" } },
      "Empty/1.0.0": { runtime: {} },
      "C/3.0.0": { resources: { "lib/de/C.resources.dll": { locale: "de" } } },
      [`${RUNTIME_PACK}/8.0.0`]: { native: { "libcoreclr.so": {} } },
      "Referenced/1.0.0": { runtime: { "Referenced.dll": {} } },
    },
  },
  libraries: {
    "Shop/1.0.0": { type: "project", sha512: "" },
    "A/1.0.0": { type: "package", sha512: `sha512-${SHA512.toString("base64")}` },
    "B/2.0.0": { type: "package", sha512: "" },
    "Meta/1.0.0": { type: "package" },
    "Empty/1.0.0": { type: "package" },
    "C/3.0.0": { type: "package" },
    [`${RUNTIME_PACK}/8.0.0`]: { type: "runtimepack" },
    "Referenced/1.0.0": { type: "reference" },
  },
};

function read(deps: unknown) {
  return factsOf(dotnetDeps, PATH, typeof deps === "string" ? deps : JSON.stringify(deps));
}

describe("APP.deps.json", () => {
  test("packages that bring a file, runtime packs among them, with their graph", () => {
    assert.deepEqual(packageLines(read(DEPS)), [
      "A@1.0.0 direct -> B@2.0.0",
      "B@2.0.0",
      "C@3.0.0",
      "Microsoft.NETCore.App.Runtime.linux-x64@8.0.0 direct",
    ]);
    assert.deepEqual(packagesOf(read(DEPS))[0]?.hashes, { sha512: "07".repeat(64) });
  });

  test("without its target, all packages and no graph", () => {
    for (const runtimeTarget of [undefined, ".NETCoreApp,Version=v6.0", { name: "x" }]) {
      assert.deepEqual(packageLines(read({ ...DEPS, runtimeTarget })), [
        "A@1.0.0",
        "B@2.0.0",
        "C@3.0.0",
        "Empty@1.0.0",
        "Meta@1.0.0",
        "Microsoft.NETCore.App.Runtime.linux-x64@8.0.0",
      ]);
    }
  });

  test("a library without a version is noted", () => {
    const facts = read({ libraries: { A: { type: "package" }, B: 7, "C/1": { type: "package" } } });
    assert.deepEqual(packageLines(facts), ["C@1"]);
    assert.deepEqual(unreadOf(facts), ["a library (A) states no version"]);
  });

  test("what is something else is unreadable", () => {
    for (const text of ["", "{", "[]", "{}"]) assert.equal(read(text)?.kind, "unreadable", text);
  });

  test("is installed evidence, whatever the application is called", () => {
    assert.equal(dotnetDeps.evidence, "installed");
    for (const path of [PATH, "a.b.Deps.JSON"]) assert.ok(dotnetDeps.wants(path), path);
    for (const path of ["deps.json", "app/shop.json", "shop.deps.json/a.json"])
      assert.ok(!dotnetDeps.wants(path), path);
  });

  test("whatever the bytes, an answer", () => holdsWhateverTheBytes(dotnetDeps, PATH, JSON.stringify(DEPS)));
});
