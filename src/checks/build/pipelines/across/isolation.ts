/**
 * What a build's shape on GitHub lacks for SLSA's Build L2 and L3 (SLSA 1.2, "Build: Requirements for producing artifacts";
 * GitHub, "Using artifact attestations and reusable workflows to achieve SLSA v1 Build Level 3").
 */
import { append } from "../../../../core/append.ts";
import {
  actsOfCommand,
  type GithubFile,
  type Place,
  type RepositoryRuns,
  type RunningJob,
  type RunningStep,
  type RunStep,
  type Step,
  type StepsJob,
} from "../../../../engines/pipelines/model.ts";
import { runnerIn } from "../directory-runners.ts";
import { publisherOf } from "../publishing.ts";
import { isAction } from "../steps.ts";
import { booleanOf, callJobs, inputOf, repositoryOf } from "../uses.ts";
import { attacksOn, nameOf, usesCache } from "./attacks.ts";

export interface IsolationStep {
  readonly level: 2 | 3;
  /** `no provenance that the platform signs`: half a sentence. */
  readonly lacks: string;
  /** What to do: a verb first. */
  readonly fix: string;
  readonly place: Place;
}

export interface Isolation {
  readonly running: RunningJob;
  readonly by: string;
  readonly place: Place;
  /** L2's first. Empty: the shape is that of L3. */
  readonly steps: readonly IsolationStep[];
}

/** One a job that publishes what was built. */
export function isolationsOf(runs: RepositoryRuns): Isolation[] {
  const attacked = new Map(attacksOn(runs).map((attack) => [attack.running, attack]));
  const byEntry = Map.groupBy(runs.jobs, ({ entry }) => entry);
  return runs.jobs.flatMap((running) => {
    const published = publishedIn(running);
    if (published === undefined) return [];
    // Of the same run.
    const all = byEntry.get(running.entry) ?? [];
    const jobs = buildJobs(running, all);
    const attests = attestationsOf(all);
    const steps: IsolationStep[] = [];
    for (const one of jobs) {
      const label = foreignRunner(one.job);
      if (label !== undefined) steps.push({ level: 2, place: one.job.runsOn.place, ...selfHosted(label, nameOf(one)) });
    }
    const generator = generatorOf(running);
    if (attests.length === 0 && !generator && !provenanceByNpm(running)) {
      steps.push({
        level: 2,
        lacks: "no provenance that the platform signs",
        fix: "attest what is built: actions/attest-build-provenance, with id-token: write and attestations: write",
        place: published.place,
      });
    } else if (!generator) append(steps, besideBuild(running, attests, published.place));
    for (const one of jobs) {
      const cache = one.steps.find(({ step }) => step.kind === "uses" && usesCache(step) === true);
      if (cache?.step.kind === "uses") {
        const lacks = `${nameOf(one)} restores a cache that other runs write`;
        steps.push({ level: 3, lacks, fix: `restore no cache in ${nameOf(one)}`, place: cache.step.uses.text.place });
      }
      const key = one.secrets.find(({ name }) => SIGNING_KEY.test(name));
      if (key !== undefined && builds(one)) {
        const lacks = `the signing key ${key.name} is in reach of build steps of ${nameOf(one)}`;
        steps.push({ level: 3, lacks, fix: "sign keyless, or in a job that builds nothing", place: key.place });
      }
      const attack = attacked.get(one);
      if (attack !== undefined) {
        const lacks = `code of outsiders runs in ${nameOf(one)}`;
        steps.push({ level: 3, lacks, fix: "build outsiders' code in another workflow", place: attack.takeover.place });
      }
    }
    return [{ running, ...published, steps: steps.sort((one, other) => one.level - other.level) }];
  });
}

const SIGNING_KEY = /COSIGN|SIGNING|SIGNSTORE|GPG|PGP|PRIVATE_KEY/;

function publishedIn({ steps }: RunningJob): { by: string; place: Place } | undefined {
  for (const { step } of steps) {
    const by = publisherOf(step);
    if (by !== undefined) return { by, place: step.kind === "run" ? step.run.place : step.uses.text.place };
  }
  return undefined;
}

/** The job and those of the same run that it needs, as what is published is built in them. */
function buildJobs(running: RunningJob, jobs: readonly RunningJob[]): RunningJob[] {
  const wanted = new Set(running.job.needs.map(({ value }) => value));
  const around = jobs.filter((one) => one !== running && wanted.has(one.calls[0]?.job.id ?? one.job.id));
  return [running, ...around];
}

/** A label that is none of GitHub's machines; undefined where it is one, or an expression. */
function foreignRunner({ runsOn }: StepsJob): string | undefined {
  return runsOn.labels.find(({ value, expressions }) => expressions.length === 0 && !HOSTED.test(value))?.value;
}

const HOSTED = /^(?:ubuntu|windows|macos)-/i;

function selfHosted(label: string, job: string): Pick<IsolationStep, "lacks" | "fix"> {
  return {
    lacks: `${job} runs on ${label}, which is not known to be a hosted machine made for one run`,
    fix: "build on a runner that GitHub hosts: runs-on: ubuntu-24.04",
  };
}

function attestationsOf(jobs: readonly RunningJob[]): RunningJob[] {
  return jobs.filter((one) => one.steps.some(isAttestation));
}

function isAttestation({ step, file }: RunningStep): boolean {
  if (step.kind === "run") return attestsByCommand(step, file);
  return isAction(step.uses, "actions/attest-build-provenance") || isProvenance(step);
}

/** By the identity of the job: with a key, the platform vouches for nothing. */
function attestsByCommand(step: RunStep, file: GithubFile): boolean {
  if (!step.run.value.includes("attest")) return false;
  return file.runScripts.commands.some(({ step: own, command }) => {
    if (own !== step || command?.program === undefined) return false;
    const words = command.arguments.map(({ text }) => text);
    const isProvenance = actsOfCommand(command.program, words).some(({ role }) => role === "provenance");
    return isProvenance && !words.some((word) => word.startsWith("--key"));
  });
}

/** `actions/attest` makes provenance where no other predicate is named. */
function isProvenance(step: Extract<Step, { kind: "uses" }>): boolean {
  if (!isAction(step.uses, "actions/attest")) return false;
  return ["predicate", "predicate-path", "predicate-type", "sbom-path"].every(
    (name) => inputOf(step.with, name) === undefined,
  );
}

/** The generator builds or attests in a workflow of its own, which callers cannot change. */
function generatorOf({ entry }: RunningJob): boolean {
  return callJobs(entry).some(({ uses }) => repositoryOf(uses) === "slsa-framework/slsa-github-generator");
}

function provenanceByNpm({ steps, workflow, job }: RunningJob): boolean {
  return steps.some(({ step }) => {
    if (step.kind !== "run" || !/\bnpm\s+publish\b/.test(step.run.value)) return false;
    if (/--provenance(?!=false)/.test(step.run.value)) return true;
    const stated = [...step.env, ...job.env, ...workflow.env].find(
      ({ key }) => key.value.toUpperCase() === "NPM_CONFIG_PROVENANCE",
    );
    return booleanOf(stated?.value) === true;
  });
}

/** Provenance is L3's where neither build steps nor who starts the workflow can sign something else. */
function besideBuild(running: RunningJob, attests: readonly RunningJob[], published: Place): IsolationStep[] {
  const open = attests.find(({ calls }) => calls.length === 0);
  if (attests.length > 0 && open === undefined) return [];
  const job = open ?? running;
  return [
    {
      level: 3,
      lacks: `${nameOf(job)} signs provenance beside ${builds(job) ? "its own build steps" : "steps that the workflow may change"}`,
      fix: "build and attest in a reusable workflow, and call it with uses; give id-token: write to that job alone",
      place: open === undefined ? published : (attestationPlace(open) ?? published),
    },
  ];
}

function attestationPlace({ steps }: RunningJob): Place | undefined {
  const step = steps.find(isAttestation)?.step;
  if (step === undefined) return undefined;
  return step.kind === "uses" ? step.uses.text.place : step.run.place;
}

function builds({ steps }: RunningJob): boolean {
  return steps.some(({ step }) => step.kind === "run" && runnerIn(step.run) !== undefined);
}
