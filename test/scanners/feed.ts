/**
 * `node test/scanners/feed.ts LENGTH [NAME]`: hands the readers that are written by hand texts that repeat one thing over
 * and over, and prints before each which one, at its end how long it took of the processor. Who started it ends it.
 */

import { defaultPolicy } from "../../src/collect/policy/default.ts";
import { present } from "../../src/core/evidence.ts";
import { Problem } from "../../src/core/problem.ts";
import { parseDockerfile } from "../../src/engines/dockerfile/parse.ts";
import { expandCompose } from "../../src/engines/kubernetes/compose/interpolate.ts";
import { readManifests } from "../../src/engines/kubernetes/manifests.ts";
import { scanSteps } from "../../src/engines/pipelines/gates.ts";
import { readPipeline } from "../../src/engines/pipelines/read.ts";
import { lintDockerfile } from "../../src/evaluate/build/dockerfiles.ts";

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: of a shell, not of JavaScript
const PIECES = [
  ...["read -", "read -read -f ", "-a ", "--a ", "a www", "$a", "${a", "${a}", "$(", "`", "'", '"', "\\\n", "\n"],
  ...["<<E ", "a=", "a= ", "; ", "&& ", "| ", "{ ", "( ", "if ", "case ", "[ ", "# ", "\t", "a/", "../", "http://a "],
  ...["curl a | sh;", "sudo ", "chmod 777 a ", "pip install a ", "apt-get install a ", "$((", "${a:-", "a:", "@", ","],
  ...["*", "?", "\u00a0", "\r\n", "\\", "-y ", "=~ ", "<<E\nE\n", "export A=b;", "a() { ", "for a in b; do ", "- "],
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: of a shell

const now = new Date(0);

const lint = (before: string) => (text: string) =>
  lintDockerfile(parseDockerfile("Dockerfile", before + text), present({ ignoreFiles: [] }, now.toISOString()), {
    policy: defaultPolicy,
    now,
  });
const pipeline = (path: string, system: "github" | "gitlab", before: string) => (text: string) =>
  scanSteps([readPipeline(path, before + text.replaceAll("\n", "\n          "), system)]);
const compose = (before: string) => (text: string) => {
  expandCompose(text, new Map());
  readManifests([{ path: "compose.yaml", text: before + text }]);
};

/** Each hand-written reader, by what it reads. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  "a Dockerfile's shell": lint("FROM a\nRUN "),
  "a Dockerfile's variables": lint("FROM a\nENV A="),
  "a Dockerfile's volumes": lint("FROM a\nVOLUME "),
  "a GitHub workflow": pipeline(
    ".github/workflows/a.yml",
    "github",
    "jobs:\n  a:\n    steps:\n      - run: |\n          ",
  ),
  "a GitLab pipeline": pipeline(".gitlab-ci.yml", "gitlab", "a:\n  script:\n    - |\n          "),
  "a workflow's document": pipeline(".github/workflows/a.yml", "github", ""),
  "a Compose file's text": compose("services:\n  a:\n    image: "),
  "a Compose file": compose(""),
};

const length = Number(process.argv[2]);
for (const [reader, read] of Object.entries(READERS)) {
  if (process.argv[3] !== undefined && reader !== process.argv[3]) continue;
  for (const piece of PIECES) {
    process.stdout.write(`${JSON.stringify({ reader, piece })}\n`);
    const before = process.cpuUsage();
    try {
      read(piece.repeat(Math.floor(length / piece.length)));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
    const { user, system } = process.cpuUsage(before);
    process.stdout.write(`${JSON.stringify({ reader, piece, milliseconds: Math.round((user + system) / 1000) })}\n`);
  }
}
