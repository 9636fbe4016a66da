/** For the tests of checks over two layers: what they find in the texts of a tree. */
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Policy } from "../../core/policy.ts";
import { parseDockerfile } from "../../engines/dockerfile/parse.ts";
import { readManifests } from "../../engines/kubernetes/manifests.ts";
import { readGithubFile } from "../../engines/pipelines/github/read.ts";
import { readGitlabPipeline } from "../../engines/pipelines/gitlab/read.ts";
import type { LifecyclePipeline, ReadGithubFile, ReadGitlab } from "../../engines/pipelines/model.ts";
import { type LifecycleInput, lifecyclePipelines } from "./input.ts";
import { evaluateLifecycle } from "./lifecycle.ts";

export interface Tree {
  /** Texts by path: workflows, `.gitlab-ci.yml`, manifests, Dockerfiles. */
  readonly files: Readonly<Record<string, string>>;
  readonly policy?: Partial<Policy>;
  readonly more?: Partial<LifecycleInput>;
}

const now = new Date("2026-11-28T00:00:00Z");

export function inputOf({ files, policy, more }: Tree): LifecycleInput {
  const github: ReadGithubFile[] = [];
  const gitlab: ReadGitlab[] = [];
  const manifests: { path: string; text: string }[] = [];
  const dockerfiles: LifecycleInput["dockerfiles"][number][] = [];
  for (const [path, text] of Object.entries(files)) {
    if (path.startsWith(".github/"))
      github.push({ state: "read", path, text, lossy: false, file: readGithubFile(path, text) });
    else if (path.endsWith(".gitlab-ci.yml")) {
      const pipeline = readGitlabPipeline(path, text, { read: (name) => files[name], match: () => [] });
      gitlab.push({ state: "read", path, pipeline });
    } else if (path.endsWith("Dockerfile")) dockerfiles.push(parseDockerfile(path, text));
    else manifests.push({ path, text });
  }
  const { pipelines, gaps } = lifecyclePipelines(github, gitlab);
  return {
    policy: { ...defaultPolicy, ...policy },
    now,
    pipelines,
    pipelineGaps: gaps,
    updates: [],
    updateGaps: [],
    secretScansLeftOut: [],
    secretScanGaps: [],
    dockerfiles,
    manifests: readManifests(manifests),
    ...more,
  };
}

export function evaluationsOf(tree: Tree): Evaluation[] {
  return evaluateLifecycle(inputOf(tree));
}

/** `name verdict: title` of each, with the findings' lines. */
export function told(tree: Tree): string[] {
  return evaluationsOf(tree).flatMap(({ check, verdict, findings, reason }) => {
    const name = check.replace(/^build\//, "");
    if (findings.length === 0) return [`${name} ${verdict}${verdict === "unknown" ? `: ${reason}` : ""}`];
    return findings.map(({ title, locations }) => {
      const lines = locations.map((one) => (one.kind === "file" ? `${one.line}` : "object"));
      return `${name} ${lines.join(",")}: ${title}`;
    });
  });
}

export function pipelineOf(path: string, text: string): LifecyclePipeline {
  const [pipeline] = inputOf({ files: { [path]: text } }).pipelines;
  if (pipeline === undefined) throw new Error("no pipeline");
  return pipeline;
}

/** A workflow whose one job runs these steps. */
export function workflow(steps: string, head = "on: push"): string {
  const lines = steps.replace(/^\n/, "").trimEnd().split("\n");
  return `${head}\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n${lines.map((line) => `      ${line}`).join("\n")}\n`;
}

export const deployment = (image: string, namespace = "shop") =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: api, namespace: ${namespace} }\nspec:\n  selector: { matchLabels: { app: api } }\n` +
  `  template:\n    metadata: { labels: { app: api } }\n    spec:\n      containers: [{ name: api, image: "${image}" }]\n`;
