/** Which credentials GitLab's deployment job verifies each image with: its script, run with a `bulkhead` that shows them. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { treeOf } from "../../src/collect/tree/tree.fixture.ts";
import { readGitlabPipeline } from "../../src/engines/pipelines/gitlab/read.ts";
import { planFiles } from "../../src/fix/delivery/delivery.ts";
import type { RepositoryFacts } from "../../src/fix/delivery/model.ts";

const digest = `sha256:${"cd".repeat(32)}`;

/** `own` is in the project's registry by default, `other` in another project's of the same, `far` elsewhere. */
const images = {
  own: "registry.gitlab.example/shop/app/own",
  other: "registry.gitlab.example/base/other",
  far: "r.example.com/shop/far",
};

const facts = (token: boolean): RepositoryFacts => ({
  remote: "gitlab.example/shop/app",
  name: "app",
  below: "",
  branch: "main",
  dockerfiles: ["own", "other", "far"].map((name) => ({
    path: `${name}/Dockerfile`,
    context: name,
    isContextCertain: true,
    secretIds: [],
  })),
  images: [images.other, images.far].map((image) => ({ reference: `${image}:1`, path: "k8s.yaml" })),
  rendered: [],
  lockfiles: [],
  isTaken: () => false,
  policy: {
    path: "bulkhead.yaml",
    registries: [],
    trust: {
      signers: { release: { kind: "key", file: "release.pub" } },
      images: [{ match: "**", signedBy: { of: ["release"], atLeast: 1 }, attestations: [], eachImage: false }],
      builders: [],
    },
    identities: token
      ? [
          {
            provider: "gitlab",
            issuer: "https://gitlab.example",
            audience: "r.example.com",
            claims: {},
            name: "",
            asPod: false,
          },
        ]
      : [],
    environments: [],
  },
  cooldownDays: 7,
});

/** Of each image the user and password that its verification has, as `user:password@host`. */
function credentialsOf(token: boolean, stated: Readonly<Record<string, string>>): string[] {
  using tree = treeOf({});
  const { files } = planFiles("gitlab", facts(token), "0.1.0");
  const path = ".gitlab-ci.yml";
  const text = files.find((file) => file.path === path)?.text ?? "";
  const { jobs } = readGitlabPipeline(path, text, { read: () => undefined, match: () => [] });
  const script = jobs.find(({ name }) => name === "deploy")?.script.map((line) => line.text.value) ?? [];
  const [, verification] = /^(for image in \$IMAGES; do \(\n[\s\S]*?\n\) done)$/m.exec(script.join("\n")) ?? [];
  assert.match(verification ?? "", /bulkhead verify "\$image"/);
  const bin = join(tree.root, "bulkhead");
  writeFileSync(bin, '#!/bin/sh\ncat "$DOCKER_CONFIG/config.json"; echo\n');
  chmodSync(bin, 0o755);
  const shown = execFileSync("bash", ["-ceo", "pipefail", verification ?? ""], {
    encoding: "utf8",
    env: {
      PATH: `${tree.root}:${process.env.PATH}`,
      TMPDIR: tree.root,
      IMAGES: Object.values(images)
        .map((image) => `${image}@${digest}`)
        .join("\n"),
      CI_DEFAULT_BRANCH: "main",
      CI_REGISTRY: "registry.gitlab.example",
      CI_REGISTRY_IMAGE: "registry.gitlab.example/shop/app",
      CI_REGISTRY_USER: "gitlab-ci-token",
      CI_REGISTRY_PASSWORD: "of-the-job",
      ...stated,
    },
  });
  return shown.split("\n").flatMap((line) => {
    if (line === "") return [];
    const { auths } = JSON.parse(line) as { auths: Readonly<Record<string, { auth: string }>> };
    return Object.entries(auths).map(([host, { auth }]) => `${Buffer.from(auth, "base64")}@${host}`);
  });
}

const job = "gitlab-ci-token:of-the-job@registry.gitlab.example";

test("images of the project's registry are verified with the job's own credentials", () => {
  const stated = { REGISTRY_USERNAME: "robot", REGISTRY_PASSWORD: "stated" };
  // Another project's registry may take what is stated for it; the next image gets none of the one before.
  assert.deepEqual(credentialsOf(false, stated), [
    job,
    "robot:stated@registry.gitlab.example",
    "robot:stated@r.example.com",
  ]);
});

test("a token of the job's identity goes to the registry that asks for it alone", () => {
  assert.deepEqual(credentialsOf(true, { REGISTRY_TOKEN: "identity" }), [job, job, "job:identity@r.example.com"]);
});
