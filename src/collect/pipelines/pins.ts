/** What actions and images of pipelines point to now: asked of the forge that has the actions, and of the images' registries. */
import { Problem } from "../../core/problem.ts";
import { type AdvertisedRefs, commitOf, openRefsClient } from "../../engines/git/advertised-refs.ts";
import type { Dependabot, GithubFile, Text, Uses } from "../../engines/pipelines/model.ts";
import { type LookUpOptions, lookUpDigests } from "../image/base-digests.ts";
import { bounds } from "./bounds.ts";

export interface LookedUpPins {
  /** `owner/repository`, `v4` → 40 or 64 hex digits. */
  commit(repository: string, ref: string): string | undefined;
  /** `alpine:3.20` → `sha256:…`. */
  digest(image: string): string | undefined;
  /** What was asked in vain, one line each. */
  readonly failed: readonly string[];
}

export interface PinOptions extends Omit<LookUpOptions, "mirrors"> {
  readonly mirrors?: LookUpOptions["mirrors"];
  /** Where actions are; GitHub where absent. */
  readonly forge?: URL;
}

/** Asks once for each repository and image that is not pinned. It never fails: what could not be answered is told. */
export async function lookUpPins(
  files: readonly (GithubFile | Dependabot)[],
  options: PinOptions = {},
): Promise<LookedUpPins> {
  const failed: string[] = [];
  const digests = await lookUpDigests(imagesOf(files), { mirrors: new Map(), ...options });
  for (const [name, answer] of digests) if (answer.kind === "failed") failed.push(`${name}: ${answer.reason}`);
  const refs = await refsOf(repositoriesOf(files), options, failed);
  return {
    commit(repository, ref) {
      const known = refs.get(repository.toLowerCase());
      return known === undefined ? undefined : commitOf(known, ref);
    },
    digest(image) {
      const answer = digests.get(image);
      return answer?.kind === "found" ? answer.digest : undefined;
    },
    failed,
  };
}

async function refsOf(
  repositories: readonly string[],
  { forge = new URL("https://github.com"), onAsk }: PinOptions,
  failed: string[],
): Promise<ReadonlyMap<string, AdvertisedRefs>> {
  const refs = new Map<string, AdvertisedRefs>();
  if (repositories.length === 0) return refs;
  const client = openRefsClient();
  const asked = repositories.slice(0, bounds.pinLookUps);
  if (asked.length < repositories.length) failed.push(`only ${bounds.pinLookUps} actions are looked up in one run`);
  const waiting = asked.toReversed();
  const work = async (): Promise<void> => {
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      onAsk?.(one);
      try {
        refs.set(one, await client.refs(new URL(`${forge.href.replace(/\/$/, "")}/${one}`)));
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        failed.push(error.line());
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: bounds.pinsAtOnce }, work));
  } finally {
    client.close();
  }
  return refs;
}

/** Names of a forge: nothing else of a file gets into a URL. */
const NAME = /^[A-Za-z0-9_.-]{1,100}$/;

function repositoriesOf(files: readonly (GithubFile | Dependabot)[]): string[] {
  const found = new Set<string>();
  for (const uses of files.flatMap(usesIn)) {
    if (uses.kind !== "repository" || uses.refKind !== "symbolic") continue;
    const { owner, repository } = uses;
    const isName = [owner, repository].every((name) => NAME.test(name) && !/^\.+$/.test(name));
    if (isName) found.add(`${owner}/${repository}`.toLowerCase());
  }
  return [...found];
}

function usesIn(file: GithubFile | Dependabot): Uses[] {
  if (file.kind === "dependabot") return [];
  const steps =
    file.kind === "action" ? file.steps : file.jobs.flatMap((job) => (job.kind === "steps" ? job.steps : []));
  const calls = file.kind === "workflow" ? file.jobs.flatMap((job) => (job.kind === "call" ? [job.uses] : [])) : [];
  return [...calls, ...steps.flatMap((step) => (step.kind === "uses" ? [step.uses] : []))];
}

function imagesOf(files: readonly (GithubFile | Dependabot)[]): string[] {
  const texts: (Text | undefined)[] = files.flatMap((file) => {
    if (file.kind === "dependabot") return [];
    if (file.kind === "action") return [file.image];
    return file.jobs.flatMap((job) =>
      job.kind === "steps" ? [job.container?.image, ...job.services.map(({ container }) => container.image)] : [],
    );
  });
  const named = [...texts, ...files.flatMap(usesIn).map((uses) => (uses.kind === "docker" ? uses.text : undefined))];
  return named.flatMap((text) => {
    if (text === undefined || text.expressions.length > 0) return [];
    const name = text.value.replace(/^docker:\/\//, "");
    return name === "" || name.includes("@") || /^dockerfile$/i.test(name) || name.startsWith(".") ? [] : [name];
  });
}
