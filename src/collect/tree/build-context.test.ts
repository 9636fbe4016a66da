import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDockerfile } from "../../engines/dockerfile/parse.ts";
import { findContext } from "./build-context.ts";
import { composeBuilds } from "./compose-builds.ts";
import { defaultBranch } from "./default-branch.ts";
import { treeOf } from "./tree.fixture.ts";

const FILES = { "go.mod": "", "services/api/main.go": "", "services/api/conf/a.toml": "" };

test("a Dockerfile is built from the nearest directory that has all that it copies", () => {
  using tree = treeOf(FILES);
  const contextOf = (...lines: string[]) =>
    findContext(tree.root, parseDockerfile("services/api/Dockerfile", `FROM scratch\n${lines.join("\n")}\n`));
  assert.deepEqual(contextOf("COPY main.go /"), { context: "services/api", isCertain: true });
  assert.deepEqual(contextOf("COPY go.mod services/api ./"), { context: ".", isCertain: true });
  assert.deepEqual(contextOf("COPY api/main.go /"), { context: "services", isCertain: true });
  assert.deepEqual(contextOf("COPY none /"), { context: "services/api", isCertain: false });
  // Wildcards, other stages, URLs and what an argument decides say nothing of it.
  const free = [
    "ARG F",
    "COPY conf/*.toml /",
    "COPY --from=0 /x /",
    "ADD https://example.com/x /",
    "COPY $F /",
    "COPY . /",
  ];
  assert.deepEqual(contextOf(...free), { context: "services/api", isCertain: true });
  assert.deepEqual(contextOf("COPY ../../x /"), { context: "services/api", isCertain: true });
});

test("Compose says what is built from where, and what it is called", () => {
  using tree = treeOf({
    "compose.yaml":
      "services:\n  a: { build: services/api, image: 'ghcr.io/x/a:1' }\n  b:\n    build: { context: ., dockerfile: services/b.Dockerfile }\n  c: { image: d }\n",
    "deploy/compose.yaml":
      "services:\n  a: { build: { context: .. } }\n  b: { build: ../.. }\n  c: { build: 'https://x/y.git' }\n",
    "broken/compose.yaml": "services: [\n",
  });
  const { builds } = composeBuilds(tree.root, ["broken/compose.yaml", "compose.yaml", "deploy/compose.yaml"]);
  const given = new Map();
  assert.deepEqual(builds, [
    { dockerfile: "services/api/Dockerfile", context: "services/api", image: "ghcr.io/x/a:1", given },
    { dockerfile: "services/b.Dockerfile", context: ".", given },
    { dockerfile: "Dockerfile", context: ".", given },
  ]);
});

test("the default branch is the remote's, else the usual one that is checked out", () => {
  const branchIn = (files: Readonly<Record<string, string>>) => {
    using tree = treeOf(files);
    return defaultBranch(tree.root);
  };
  const head = { ".git/HEAD": "ref: refs/heads/main\n" };
  assert.equal(branchIn({ ...head, ".git/refs/remotes/origin/HEAD": "ref: refs/remotes/origin/trunk\n" }), "trunk");
  assert.equal(branchIn(head), "main");
  assert.equal(branchIn({ ".git/HEAD": "ref: refs/heads/feature\n" }), undefined);
  assert.equal(branchIn({ ".git": "gitdir: elsewhere\n" }), undefined);
});
