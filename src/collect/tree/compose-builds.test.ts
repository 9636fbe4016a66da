import assert from "node:assert/strict";
import { test } from "node:test";
import { composeBuilds, givenArguments } from "./compose-builds.ts";
import { treeOf } from "./tree.fixture.ts";

/** What the Dockerfiles of a Compose file's services are given. */
function given(services: string) {
  using tree = treeOf({ "compose.yaml": `services:\n${services}` });
  const all = givenArguments(composeBuilds(tree.root, ["compose.yaml"]).builds);
  return Object.fromEntries([...all].map(([path, args]) => [path, Object.fromEntries(args)]));
}

test("arguments of builds are read from mappings and lists, as far as their values are certain", () => {
  const services = `
  a: {build: {context: a, args: {BASE: "debian:12", N: 3, OWN: $X, OPEN: , NOT: true, COST: "a$$b"}}}
  b: {build: {context: b, args: ["BASE=alpine:3=x", FROM_ENVIRONMENT, "=x", "TAG=\${TAG:-1}", "EMPTY="]}}
`;
  assert.deepEqual(given(services), {
    "a/Dockerfile": { BASE: "debian:12", N: "3", COST: "a$b" },
    "b/Dockerfile": { BASE: "alpine:3=x", EMPTY: "" },
  });
});

test("what builds of one Dockerfile are given differently, and images that are built here, are not known", () => {
  const services = `
  a: {build: {context: ., args: {BASE: "debian:12", TAG: "1"}}}
  b: {build: {context: ., args: {BASE: "debian:12", TAG: "2"}}}
  c: {build: {context: c, args: {BASE: shop, OTHER: "shop:1"}}, image: shop}
  d: {build: {context: d, args: {BASE: x}}}
  e: {build: d}
  f: {build: {dockerfile_inline: FROM a}, image: within}
  g: {build: {context: g, args: {BASE: within}}}
`;
  assert.deepEqual(given(services), {
    Dockerfile: { BASE: "debian:12" },
    "c/Dockerfile": { OTHER: "shop:1" },
    "d/Dockerfile": {},
    "g/Dockerfile": {},
  });
});
