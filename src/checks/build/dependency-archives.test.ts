import assert from "node:assert/strict";
import { test } from "node:test";
import { added, capability, contentsOf, threat, upgraded } from "../findings/dependency.fixture.ts";
import { dependencyArchiveMismatch } from "./dependency-archive-mismatch.ts";
import { dependencyCapability } from "./dependency-capability.ts";
import { dependencyInStandardLibrary } from "./dependency-in-standard-library.ts";
import { dependencyThreat } from "./dependency-threat.ts";
import { dependencyTiny } from "./dependency-tiny.ts";
import { dependencyTyposquat } from "./dependency-typosquat.ts";

const now = new Date("2026-11-25T00:00:00Z");

test("a threat is told with its file and line, once a rule", () => {
  const change = added();
  const contents = contentsOf({
    threats: [threat({ severity: "medium" }), threat({ path: "lib/other.js", severity: "critical", line: 2 })],
  });
  const [found, ...more] = [...dependencyThreat.evaluate({ change, contents }, now)];
  assert.equal(more.length, 0);
  assert.equal(found?.severity, "critical");
  assert.match(found?.title ?? "", /harmful code: encoded text is executed \(lib\/other\.js:2 and 1 more\)$/);
  assert.equal(found?.evidence.capabilities, "eval, obfuscated");
  assert.deepEqual([...dependencyThreat.evaluate({ change, contents: contentsOf() }, now)], []);
});

test("only what the version before could not do is found", () => {
  const change = upgraded();
  const before = contentsOf({ capabilities: [capability("environment")] });
  const after = contentsOf({
    capabilities: [
      capability("environment"),
      capability("files"),
      capability("network", { line: 9 }),
      capability("network", { path: "install.js", line: 1, atInstall: true }),
    ],
  });
  const [found, ...more] = [
    ...dependencyCapability.evaluate({ change, contents: after, previousContents: before }, now),
  ];
  assert.equal(more.length, 0);
  assert.equal(found?.title, "left 1.1.0 reaches the network when it is installed, which 1.0.0 did not");
  assert.equal(found?.evidence.network, "install.js:1: network()");
  assert.deepEqual([...dependencyCapability.evaluate({ change, contents: after, previousContents: after }, now)], []);
  // What was called before and now runs with the installation is new, too.
  const called = contentsOf({ capabilities: [capability("environment"), capability("network")] });
  const moved = [...dependencyCapability.evaluate({ change, contents: after, previousContents: called }, now)];
  assert.match(moved[0]?.title ?? "", /reaches the network when it is installed/);
});

test("an archive that contradicts its registry is one finding, whatever differs", () => {
  const change = added();
  const contents = contentsOf({ mismatches: ["it has a postinstall script", "its name is right"] });
  const found = [...dependencyArchiveMismatch.evaluate({ change, contents }, now)];
  assert.equal(found.length, 1);
  assert.match(found[0]?.title ?? "", /it has a postinstall script, and 1 more$/);
  assert.deepEqual([...dependencyArchiveMismatch.evaluate({ change, contents: contentsOf() }, now)], []);
});

test("a direct dependency of a few lines is found, one of none, one of many and one that brings others are not", () => {
  const lines = 30;
  const sizes = (more: object, change = added()) => [
    ...dependencyTiny.evaluate({ change, contents: contentsOf(more), lines }, now),
  ];
  assert.deepEqual(
    sizes({ codeLines: 12 }).map(({ title, severity }) => [title, severity]),
    [["left 1.0.0 is 12 lines of code", "low"]],
  );
  assert.deepEqual(sizes({ codeLines: 30 }), []);
  assert.deepEqual(sizes({ codeLines: 0 }), []);
  assert.deepEqual(sizes({ codeLines: 12, dependencies: ["right"] }), []);
  // Told by the check that knows what replaces it.
  assert.deepEqual(sizes({ codeLines: 12 }, added({ name: "left-pad" })), []);
  const transitive = { change: added({ direct: false }), contents: contentsOf({ codeLines: 12 }), lines };
  assert.equal(dependencyTiny.applies?.(transitive), false);
  assert.equal(dependencyTiny.applies?.({ ...transitive, change: added(), lines: 0 }), false);
});

test("a package that the standard library replaces is found by its name", () => {
  const named = (name: string, type: "npm" | "pypi" = "npm") =>
    [...dependencyInStandardLibrary.evaluate({ change: added({ name, type }) }, now)].map(({ fix }) => fix?.text);
  assert.deepEqual(named("left-pad"), ["use String.prototype.padStart instead"]);
  assert.deepEqual(named("Backports.Zoneinfo", "pypi"), ["use zoneinfo instead"]);
  assert.deepEqual(named("express"), []);
  assert.deepEqual(named("toString"), []);
  assert.equal(dependencyInStandardLibrary.applies?.({ change: added({ direct: false }) }), false);
  assert.equal(dependencyInStandardLibrary.applies?.({ change: upgraded() }), false);
});

test("a name that is nearly that of a well-known package is a hint", () => {
  const named = (name: string, type: "npm" | "pypi" = "npm") =>
    [...dependencyTyposquat.evaluate({ change: added({ name, type }) }, now)].map(
      ({ evidence, severity, confidence }) => [evidence.resembles, severity, confidence],
    );
  assert.deepEqual(named("expresss"), [["express", "low", "low"]]);
  assert.deepEqual(named("crossenv"), [["cross-env", "low", "low"]]);
  assert.deepEqual(named("Reqeusts", "pypi"), [["requests", "low", "low"]]);
  assert.deepEqual(named("express"), []);
  assert.deepEqual(named("a-name-of-its-own"), []);
  assert.equal(dependencyTyposquat.applies?.({ change: added({ direct: false }) }), false);
});
