/**
 * Runs a pipeline as GitLab's runner does, as far as the generated one goes: jobs in the order of `needs`, `before_script` and `script` in
 * one shell, artifacts of the jobs that are needed, predefined variables ("Predefined CI/CD variables reference"). The pipeline is put
 * together by the product's own reader: `extends`, `!reference` and anchors.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { readGitlabPipeline } from "../../src/engines/pipelines/gitlab/read.ts";
import type { GitlabJob, GitlabPipeline, GitlabVariable } from "../../src/engines/pipelines/model.ts";
import { checkOut, copyFiles, makeHome, type Site } from "./site.ts";

export interface PipelineRun {
  /** In the order in which they ended well. */
  readonly jobs: readonly string[];
  readonly failure?: { readonly job: string; readonly code: number | null; readonly log: string };
  /** A file that a job kept. */
  artifact(job: string, path: string): string;
}

/** A pipeline of the default branch. @param secrets - by the environment that they are of; "" is any */
export async function runPipeline(
  site: Site,
  secrets: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<PipelineRun> {
  const folder = join(site.folder, `pipeline-${runs++}`);
  const pipeline = readGitlabPipeline(".gitlab-ci.yml", readFileSync(join(site.repository, ".gitlab-ci.yml"), "utf8"), {
    read: () => undefined,
    match: () => [],
  });
  if (pipeline.unread.length > 0) throw new Error(JSON.stringify(pipeline.unread));
  const waiting = pipeline.jobs.filter(({ hidden }) => !hidden);
  const done: string[] = [];
  const artifact = (job: string, path: string) => readFileSync(join(folder, job, path), "utf8");
  while (waiting.length > 0) {
    const at = waiting.findIndex((job) => needsOf(job).every((need) => done.includes(need)));
    const [job] = at < 0 ? [] : waiting.splice(at, 1);
    if (job === undefined) throw new Error(`jobs wait for each other: ${waiting.map(({ name }) => name).join()}`);
    const { code, log } = await runJob(site, pipeline, job, folder, {
      ...secrets[""],
      ...secrets[job.environment?.name?.value ?? ""],
    });
    if (code !== 0) return { jobs: done, failure: { job: job.name, code, log }, artifact };
    done.push(job.name);
  }
  return { jobs: done, artifact };
}

let runs = 0;

function needsOf({ needs }: GitlabJob): string[] {
  return (needs ?? []).flatMap((need) => (need.kind === "job" ? [need.job.value] : []));
}

async function runJob(
  site: Site,
  pipeline: GitlabPipeline,
  job: GitlabJob,
  folder: string,
  secrets: Readonly<Record<string, string>>,
) {
  const project = join(folder, job.name);
  checkOut(site, project);
  const home = join(folder, `${job.name}.home`);
  makeHome(site, home);
  for (const need of needsOf(job)) {
    const paths = artifactsOf(pipeline.jobs.find(({ name }) => name === need));
    copyFiles(join(folder, need), project, paths);
  }
  const predefined: Record<string, string> = {
    GITLAB_CI: "true",
    CI: "true",
    CI_PROJECT_DIR: project,
    CI_PROJECT_PATH: "shop/shop",
    CI_PROJECT_URL: "https://gitlab.com/shop/shop",
    CI_SERVER_URL: "https://gitlab.com",
    CI_COMMIT_SHA: site.git("rev-parse", "HEAD").trim(),
    CI_COMMIT_BRANCH: "main",
    CI_DEFAULT_BRANCH: "main",
    CI_PIPELINE_SOURCE: "push",
    CI_PIPELINE_ID: "888",
    CI_JOB_ID: String(jobs++),
    CI_JOB_TOKEN: "job-token",
    CI_REGISTRY: site.host,
    CI_REGISTRY_IMAGE: `${site.host}/shop/shop`,
    CI_REGISTRY_USER: "gitlab-ci-token",
    CI_REGISTRY_PASSWORD: "job-token",
    GITLAB_USER_NAME: "Someone",
    GITLAB_USER_EMAIL: "someone@example.com",
  };
  const environment = Object.fromEntries(Object.entries(site.environment).filter(([key]) => !/_KEY/.test(key)));
  const script = join(folder, `${job.name}.sh`);
  writeFileSync(script, [...job.beforeScript, ...job.script].map((line) => `${line.text.value}\n`).join(""));
  const child = spawn("bash", ["-eo", "pipefail", script], {
    cwd: project,
    env: {
      ...environment,
      HOME: home,
      PATH: `${join(home, "installed", "bin")}:${site.environment.PATH}`,
      // The remote that a job pushes to is the project's.
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: `url.file://${site.remote}.insteadOf`,
      GIT_CONFIG_VALUE_0: "https://gitlab.com/shop/shop.git",
      ...predefined,
      ...secrets,
      ...valuesOf(pipeline.variables),
      ...valuesOf(job.variables),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  const missing = code === 0 ? artifactsOf(job).filter((path) => !existsSync(join(project, path))) : [];
  if (missing.length > 0) return { code: -1, log: `no artifacts: ${missing.join()}\n${stdout}${stderr}` };
  return { code, log: stdout + stderr };
}

let jobs = 1_000;

function valuesOf(variables: readonly GitlabVariable[]): Record<string, string> {
  return Object.fromEntries(variables.map(({ name, value }) => [name, value?.value ?? ""]));
}

/** Paths that a job keeps, with its variables filled in. */
function artifactsOf(job: GitlabJob | undefined): string[] {
  const values = valuesOf(job?.variables ?? []);
  return (job?.artifacts?.paths ?? []).map(({ value }) => value.replaceAll("$NAME", values.NAME ?? ""));
}
