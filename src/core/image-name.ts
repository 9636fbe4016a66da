import { parseDigest } from "./digest.ts";

/** The parts of an image's name as written. Not checked: that is the registry client's work. */
export interface ImageName {
  /** Absent: Docker Hub by implication. */
  readonly registry?: string;
  readonly repository: string;
  readonly tag?: string;
  /** What is written behind the `@`: `sha256:…`; whether it is a digest, {@link isPinned} says. */
  readonly digest?: string;
}

/** Takes `registry/repository:tag@digest` apart as Docker does; what is missing stays missing. */
export function splitImageName(written: string): ImageName {
  const at = written.indexOf("@");
  const digest = at === -1 ? undefined : written.slice(at + 1);
  const name = at === -1 ? written : written.slice(0, at);
  const colon = name.lastIndexOf(":");
  const tagged = colon > name.lastIndexOf("/");
  const path = tagged ? name.slice(0, colon) : name;
  const slash = path.indexOf("/");
  const host = slash === -1 ? "" : path.slice(0, slash);
  const isHost = host.includes(".") || host.includes(":") || host === "localhost";
  return {
    ...(isHost ? { registry: host } : {}),
    repository: isHost ? path.slice(slash + 1) : path,
    ...(tagged ? { tag: name.slice(colon + 1) } : {}),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The parts as one name again: `registry/repository:tag@digest`. */
export function wholeName({ registry, repository, tag, digest }: ImageName): string {
  const host = registry === undefined ? "" : `${registry}/`;
  return `${host}${repository}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}

/** Whether it names a digest that is one: `@sha256:abc` is none, and no engine pulls it. */
export function isPinned({ digest }: ImageName): boolean {
  return parseDigest(digest) !== undefined;
}
