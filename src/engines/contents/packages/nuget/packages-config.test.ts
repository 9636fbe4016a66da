import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, unreadOf } from "../../facts.fixture.ts";
import { answersWhateverTheBytes } from "../answers.fixture.ts";
import { packageLines } from "../locked.fixture.ts";
import { nugetPackagesConfig } from "./packages-config.ts";

const CONFIG = `<?xml version="1.0" encoding="utf-8"?>
<packages>
  <!-- <package id="Commented" version="1.0.0" /> -->
  <package id="Newtonsoft.Json" version="13.0.1" targetFramework="net48" />
  <package id="StyleCop" version='1.1.118' developmentDependency="true" />
  <other id="No" version="1"><package id="No" version="1"/></other>
</packages>
`;

function read(content: string | Buffer) {
  return factsOf(nugetPackagesConfig, "src/packages.config", content);
}

describe("packages.config", () => {
  test("packages, and which are for development", () => {
    assert.deepEqual(packageLines(read(CONFIG)), ["Newtonsoft.Json@13.0.1", "StyleCop@1.1.118 development"]);
  });

  test("in UTF-16 too", () => {
    assert.equal(packageLines(read(Buffer.from(`\ufeff${CONFIG}`, "utf16le"))).length, 2);
  });

  test("a package without an id or version is noted", () => {
    const facts = read('<packages><package id="a"/><package/><package id="b" version="1"/></packages>');
    assert.deepEqual(packageLines(facts), ["b@1"]);
    assert.deepEqual(unreadOf(facts), ["package 1 (a) states no version", "package 2 states no name"]);
  });

  test("what is something else is unreadable", () => {
    for (const text of ["", "a", "<packages>", "<configuration/>", "<package id='a' version='1'/>"]) {
      assert.equal(read(text)?.kind, "unreadable", text);
    }
  });

  test("whatever the bytes, an answer", () => answersWhateverTheBytes(nugetPackagesConfig, "packages.config", CONFIG));
});
