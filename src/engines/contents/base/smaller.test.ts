import assert from "node:assert/strict";
import { test } from "node:test";
import { baseKinds } from "./model.ts";
import { attackersTools, leftOutBy, smallerThan } from "./smaller.ts";

const debian = [
  "apt",
  "bash",
  "base-files",
  "ca-certificates",
  "gcc-14-base",
  "git",
  "libc6",
  "libssl3t64",
  "libx11-dev",
].map((name) => ({ name }));

test("each smaller kind leaves out more", () => {
  const left = (to: "slim" | "distroless" | "static") => leftOutBy(to, debian).map(({ name }) => name);
  assert.deepEqual(left("slim"), ["git", "libx11-dev"]);
  assert.deepEqual(left("distroless"), ["apt", "bash", "git", "libx11-dev"]);
  assert.deepEqual(left("static"), ["apt", "bash", "gcc-14-base", "git", "libc6", "libssl3t64", "libx11-dev"]);
});

test("shells and package managers are named", () => {
  assert.deepEqual(attackersTools(debian), ["apt", "bash"]);
});

test("a step down is smaller than what it is from", () => {
  for (const kind of baseKinds) {
    for (const to of smallerThan(kind)) assert.ok(baseKinds.indexOf(to) < baseKinds.indexOf(kind), `${kind} to ${to}`);
  }
  assert.deepEqual(smallerThan("scratch"), []);
});
