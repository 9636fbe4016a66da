import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf } from "../../facts.fixture.ts";
import { packageLines } from "../locked.fixture.ts";
import { cargoLock } from "./cargo-lock.ts";

const crate = (name: string, needs: readonly string[], registry = true) =>
  `[[package]]\nname = "${name}"\nversion = "1.0.0"\n` +
  `${registry ? 'source = "registry+https://github.com/rust-lang/crates.io-index"\n' : ""}` +
  `dependencies = [${needs.map((need) => `"${need}"`).join(", ")}]\n\n`;

const LOCK = `version = 3\n\n${crate("app", ["used", "tester", "both", "unixy", "member"], false)}${crate(
  "member",
  ["renamed"],
  false,
)}${crate("used", ["deep"])}${crate("deep", [])}${crate("tester", ["assert", "deep"])}${crate("assert", [])}${crate(
  "both",
  [],
)}${crate("unixy", [])}${crate("renamed", [])}`;
const ROOT = `[package]
name = "app"

[dependencies]
used = "1"
member = { path = "crates/member" }
both = "1"

[dev-dependencies]
tester = "1"
both = "1"

[target.'cfg(unix)'.dependencies]
unixy = "1"

[workspace]
members = ["crates/member", "tools/*"]
`;
const MEMBER = '[package]\nname = "member"\n\n[dev-dependencies]\nalias = { package = "renamed", version = "1" }\n';

function read(files: Readonly<Record<string, string>>): string[] {
  const companions = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
  return packageLines(factsOf(cargoLock, "rs/Cargo.lock", LOCK, companions)).map((line) => line.replace(/ ->.*/, ""));
}

describe("Cargo.toml beside a Cargo.lock", () => {
  test("what only tests need is for development, through whatever needs it", () => {
    assert.deepEqual(read({ "rs/Cargo.toml": ROOT, "rs/crates/member/Cargo.toml": MEMBER }), [
      "assert@1.0.0 development",
      "both@1.0.0 direct",
      "deep@1.0.0",
      "renamed@1.0.0 direct development",
      "tester@1.0.0 direct development",
      "unixy@1.0.0 direct",
      "used@1.0.0 direct",
    ]);
  });

  test("where a manifest of the project is not at hand or broken, all count", () => {
    for (const files of [
      {},
      { "rs/Cargo.toml": ROOT },
      { "rs/Cargo.toml": ROOT, "rs/crates/member/Cargo.toml": "[package\n" },
    ]) {
      assert.ok(read(files).every((line) => !line.includes("development")));
    }
  });

  test("manifests are looked for beside the lockfile, in members and local paths, never above the root", () => {
    const named = (path: string, text: string) => cargoLock.includes?.({ path, bytes: Buffer.from(text) });
    assert.deepEqual(named("rs/Cargo.lock", LOCK), ["rs/Cargo.toml"]);
    assert.deepEqual(named("rs/Cargo.toml", ROOT), [
      "rs/crates/member/Cargo.toml",
      "rs/crates/member/Cargo.toml",
      "rs/tools/*/Cargo.toml",
    ]);
    for (const path of ["../../../etc", "/etc"]) {
      assert.deepEqual(named("rs/Cargo.toml", `[dependencies]\na = { path = "${path}" }\n`), [], path);
    }
    assert.deepEqual(named("rs/Cargo.toml", "[["), []);
  });
});
