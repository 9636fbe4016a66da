/** What was learned of the containers of one image: which files they opened, and whether that is all of them. */
import { append } from "../../core/append.ts";
import { counted } from "../../core/counted.ts";
import { printable } from "../../core/printable.ts";
import { trimEndOf } from "../../core/trim.ts";
import type { Learned, LearnedFile, LearnedImage, LearnedWorkload } from "../../engines/events/learn/model.ts";
import type { OpenImage } from "../../engines/oci/image.ts";

export interface Observed {
  readonly files: readonly ObservedFile[];
  /** Why a file that is not among them may have been opened; empty: it was not. */
  readonly missing: readonly string[];
  /** The other images that the same containers ran; a file may be of one of these. */
  readonly others: readonly string[];
  /** Seconds that containers were watched, in sum. */
  readonly seconds: number;
  readonly containers: number;
}

export interface ObservedFile {
  /** As the container saw it, without the leading slash. */
  readonly path: string;
  readonly executed: boolean;
  /**
   * `image`: of the image, as far as anything tells; `changed`: written since the container started; `elsewhere`: in no file
   * system of the image, on a volume or in memory.
   */
  readonly place: "image" | "changed" | "elsewhere";
}

/** The workloads whose containers ran an image. */
export function workloadsOf(
  learned: Learned,
  image: Pick<OpenImage, "configDigest" | "manifestDigest" | "indexDigest">,
): readonly LearnedWorkload[] {
  const digests = digestsOf(image);
  return learned.workloads.filter(({ images }) => images.some((one) => isOneOf(one, digests)));
}

/** Undefined where no workload ran the image. */
export function observedOf(
  learned: Learned,
  image: Pick<OpenImage, "configDigest" | "manifestDigest" | "indexDigest">,
): Observed | undefined {
  const workloads = workloadsOf(learned, image);
  if (workloads.length === 0) return undefined;
  const digests = digestsOf(image);
  const others = workloads.flatMap(({ images }) => images.filter((one) => !isOneOf(one, digests)));
  return {
    files: filesOf(workloads),
    missing: [...new Set(workloads.flatMap(missingOf))],
    others: [...new Set(others.map(({ name, digest, id }) => printable(name ?? digest ?? id ?? "an unnamed image")))],
    seconds: workloads.reduce((sum, { watched }) => sum + watched.seconds, 0),
    containers: workloads.reduce((sum, { watched }) => sum + watched.containers.length, 0),
  };
}

function digestsOf({
  configDigest,
  manifestDigest,
  indexDigest,
}: Pick<OpenImage, "configDigest" | "manifestDigest" | "indexDigest">): ReadonlySet<string> {
  return new Set([configDigest, manifestDigest, indexDigest].filter((digest) => digest !== undefined));
}

/** Runtimes tell the digest of the config, the manifest or the index; podman leaves the algorithm away. */
function isOneOf({ id, digest }: LearnedImage, digests: ReadonlySet<string>): boolean {
  return [id, digest].some(
    (text) => text !== undefined && digests.has(/^[0-9a-f]{64}$/.test(text) ? `sha256:${text}` : text),
  );
}

/** Why something of a workload may have been missed; nothing where it was watched whole, from its containers' start on. */
export function missingOf({ watched, cut }: LearnedWorkload): string[] {
  const found: string[] = [];
  const running = watched.containers.filter(({ start }) => !start).length;
  if (running > 0) found.push(`${counted(running, "container")} ran before they were watched`);
  if (watched.containers.length === 0) found.push("no container was watched");
  const lost = Object.values(watched.lost).reduce((sum, count) => sum + count, 0);
  if (lost > 0) found.push(`${counted(lost, "event")} lost`);
  for (const list of ["opened", "executables"]) {
    const over = cut[list] ?? 0;
    if (over > 0) found.push(`${over} ${list === "opened" ? "opened files" : list} over the limit`);
  }
  if (!watched.complete) append(found, watched.missing.map(printable));
  if (!watched.complete && found.length === 0) found.push("not watched completely");
  return found;
}

/** Each path once for each place that it had. */
function filesOf(workloads: readonly LearnedWorkload[]): ObservedFile[] {
  const found = new Map<string, ObservedFile>();
  for (const workload of workloads) {
    const add = (file: LearnedFile, executed: boolean) => {
      const place = placeOf(file, workload);
      const path = file.path.replace(/^\/+/, "");
      const key = `${place} ${path}`;
      if (path !== "" && (executed || !found.has(key))) found.set(key, { path, executed, place });
    };
    for (const file of workload.opened) add(file, false);
    for (const file of workload.executables) add(file, true);
  }
  return [...found.values()];
}

function placeOf(file: LearnedFile, workload: LearnedWorkload): ObservedFile["place"] {
  if (file.layer === "memfd" || isMounted(file, workload)) return "elsewhere";
  return file.layer === "upper" ? "changed" : "image";
}

/** Whether a file lies on something that was mounted from outside of the image. */
export function isMounted({ path }: LearnedFile, { mounts }: LearnedWorkload): boolean {
  return mounts.some((mount) => {
    const folder = trimEndOf(mount.path, "/");
    return path === folder || path.startsWith(`${folder}/`);
  });
}
