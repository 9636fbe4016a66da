import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../collect/policy/default.ts";
import { discover } from "../collect/tree/discover.ts";
import { treeOf } from "../collect/tree/tree.fixture.ts";
import { imageOfDockerfile } from "../evaluate/build/named-images.ts";
import { scanAndFixDockerfile, scanDockerfile } from "./dockerfile.ts";

const DOCKERFILE =
  "ARG BASE\nARG TAG=12\nFROM debian:$TAG AS tools\nRUN cd /tmp\nFROM ${BASE}\nCOPY --from=tools /a /a\n";
const COMPOSE = 'services: {web: {build: {context: web, args: {BASE: "acme.example/php", TAG: "13"}}}}\n';
const context = { policy: defaultPolicy, now: new Date(0) };

test("a base that a Compose file alone names is judged by its name, and a default counts as it stands", async () => {
  using tree = treeOf({ "web/Dockerfile": DOCKERFILE, "compose.yaml": COMPOSE });
  const { root } = tree;
  const found = await discover(root);
  const path = "web/Dockerfile";
  const given = found.given.get(path);
  const { evaluations, file } = scanDockerfile({ root, path, given }, context);
  const told = evaluations.flatMap(({ findings }) => findings.map(({ title }) => title));
  for (const title of [
    "acme.example/php has no tag, which means latest",
    "acme.example/php is not pinned by digest",
    "debian:$TAG is not pinned by digest",
  ]) {
    assert.ok(told.includes(title), title);
  }
  assert.equal(file && imageOfDockerfile(file.dockerfile)?.name, "acme.example/php");
  // Fixes are tried against the same build.
  const { last } = scanAndFixDockerfile({ root, path, given }, { ...context, unsafe: true });
  assert.ok(last.evaluations.some(({ findings }) => findings.some(({ title }) => title.startsWith("acme.example"))));

  const alone = scanDockerfile({ root, path }, context);
  assert.ok(!alone.evaluations.some(({ findings }) => findings.some(({ title }) => title.startsWith("acme.example"))));
});
