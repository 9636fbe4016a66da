/**
 * Jobs of the queue, as those who add them and the worker that does them agree on. What is in the table may have been written by
 * an older program: whoever takes a job reads it anew.
 */
import { type Digest, parseDigest } from "../../core/digest.ts";
import { Problem } from "../../core/problem.ts";
import { isObject } from "../../core/untyped.ts";
import type { ImageKey, Job } from "../../store/model.ts";

export interface NewJob extends Pick<Job, "kind" | "about"> {
  readonly key: string;
  readonly notBefore?: Date;
  readonly priority?: number;
}

/** Which job comes first where many wait: the higher. */
export const priorities = {
  /** Somebody waits for the verdict: it was pushed, or is pulled and held back. */
  awaited: 100,
  /** It runs somewhere. */
  running: 50,
  ordinary: 0,
  /** Nothing is wrong with what is known: it is read anew as a newer program reads it. */
  renewal: -50,
} as const;

/** Reads what was pushed and judges it; of an index, all its images. */
export function scanJob({ repository, digest }: ImageKey, priority: number = priorities.awaited): NewJob {
  return { kind: "scan", about: { repository, digest }, key: `scan ${repository}@${digest}`, priority };
}

/** Judges an image anew by what was read of it; without one, all that are due. */
export function rescanJob(image?: ImageKey, priority: number = priorities.ordinary): NewJob {
  if (image === undefined) return { kind: "rescan", about: {}, key: "rescan", priority };
  const { repository, digest } = image;
  return { kind: "rescan", about: { repository, digest }, key: `rescan ${repository}@${digest}`, priority };
}

/**
 * Compares what is stored with what the engine holds.
 *
 * @param repository - of one alone; absent: of the whole catalogue
 */
export function reconcileJob(repository?: string, notBefore?: Date): NewJob {
  return {
    kind: "reconcile",
    about: repository === undefined ? {} : { repository },
    key: repository === undefined ? "reconcile" : `reconcile ${repository}`,
    priority: priorities.ordinary,
    ...(notBefore === undefined ? {} : { notBefore }),
  };
}

/** @throws Problem `registry.job` where it names none */
export function imageOfJob({ id, kind, about }: Job): ImageKey {
  const { repository } = about;
  const digest = parseDigest(about.digest);
  if (typeof repository === "string" && repository !== "" && digest !== undefined) return { repository, digest };
  throw new Problem({
    kind: "input",
    code: "registry.job",
    place: `job ${id} (${kind})`,
    cause: "names no image",
    remedy: "bulkhead registry status lists what failed; a reconcile job finds what was not scanned",
  });
}

/** Undefined: it is about all. @throws Problem `registry.job` */
export function repositoryOfJob({ id, kind, about }: Job): string | undefined {
  if (!isObject(about) || about.repository === undefined) return undefined;
  if (typeof about.repository === "string" && about.repository !== "") return about.repository;
  throw new Problem({
    kind: "input",
    code: "registry.job",
    place: `job ${id} (${kind})`,
    cause: "its repository is not a name",
  });
}

/** Stands for an image where keys are compared and kept in sets. */
export function imageName({ repository, digest }: { readonly repository: string; readonly digest: Digest }): string {
  return `${repository}@${digest}`;
}
