/** What the refs of a repository on a server point to ("Git HTTP transfer protocols", smart clients; "pkt-line format"). */
import { Problem } from "../../core/problem.ts";
import { bytesOf, discard } from "../../net/body.ts";
import { createHttpClient, type HttpClient } from "../../net/client.ts";
import { HttpFailure } from "../../net/failure.ts";
import { describeUrl, follow } from "../../net/redirect.ts";
import { bounds } from "./bounds.ts";

/** Names (`refs/tags/v4`) with the ids of commits; of an annotated tag the commit that it is of. */
export type AdvertisedRefs = ReadonlyMap<string, string>;

/** Asks servers for the refs of repositories. */
export interface RefsClient {
  /**
   * @param url - of the repository: `https://github.com/actions/checkout`
   * @throws Problem `git.remote` (unavailable; input where the answer is none)
   */
  refs(url: URL): Promise<AdvertisedRefs>;
  /** Ends its kept connections. */
  close(): void;
}

export function openRefsClient(): RefsClient {
  const client = createHttpClient({ stallMilliseconds: bounds.gitRemoteMilliseconds });
  return { refs: (url) => fetchRefs(url, client), close: () => client.close() };
}

async function fetchRefs(url: URL, client: HttpClient): Promise<AdvertisedRefs> {
  const asked = new URL(`${url.href.replace(/\/$/, "")}/info/refs?service=git-upload-pack`);
  const signal = AbortSignal.timeout(bounds.gitRemoteMilliseconds);
  try {
    const headers = { accept: "application/x-git-upload-pack-advertisement", "accept-encoding": "identity" };
    const answer = await follow(client, { url: asked, method: "GET", headers }, { signal });
    if (answer.status !== 200) {
      discard(answer, bounds.gitRemoteMilliseconds);
      throw remoteProblem("unavailable", url, `unexpected status ${answer.status}`);
    }
    const bytes = await bytesOf(answer, {
      limit: bounds.gitAdvertisedBytes,
      stallMilliseconds: bounds.gitRemoteMilliseconds,
      signal,
    });
    const refs = readAdvertisedRefs(bytes.toString("utf8"));
    if (refs === undefined) throw remoteProblem("input", url, "not an answer of a Git server");
    return refs;
  } catch (error) {
    if (error instanceof HttpFailure) throw remoteProblem("unavailable", url, error.message);
    if (error instanceof Error && error.name === "TimeoutError") {
      throw remoteProblem("unavailable", url, `did not answer within ${bounds.gitRemoteMilliseconds} ms`);
    }
    throw error;
  }
}

function remoteProblem(kind: "input" | "unavailable", url: URL, cause: string): Problem {
  return new Problem({ kind, code: "git.remote", place: describeUrl(url), cause });
}

/** Of the whole advertisement; undefined where it is none. A line that breaks the form ends it: nothing of it is taken. */
export function readAdvertisedRefs(text: string): AdvertisedRefs | undefined {
  const lines = packetLines(text);
  if (lines === undefined || lines[0]?.trimEnd() !== "# service=git-upload-pack") return undefined;
  const refs = new Map<string, string>();
  for (const line of lines.slice(1)) {
    if (line === "") continue;
    const [ref = ""] = line.replace(/\n$/, "").split("\0", 1);
    const [, id, name] = /^([0-9a-f]{40}|[0-9a-f]{64}) (.+)$/.exec(ref) ?? [];
    if (id === undefined || name === undefined) return undefined;
    // A repository without refs says so by a name that is none.
    if (name === "capabilities^{}") continue;
    refs.set(name.replace(/\^\{\}$/, ""), id);
  }
  return refs;
}

/** Lines with their lengths in four hexadecimal digits before them; a flush packet is an empty one. */
function packetLines(text: string): string[] | undefined {
  const bytes = Buffer.from(text, "utf8");
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const digits = bytes.toString("latin1", at, at + 4);
    if (!/^[0-9a-f]{4}$/.test(digits)) return undefined;
    const length = Number.parseInt(digits, 16);
    if (length === 0) {
      lines.push("");
      at += 4;
      continue;
    }
    if (length < 4 || at + length > bytes.length) return undefined;
    lines.push(bytes.toString("utf8", at + 4, at + length));
    at += length;
  }
  return lines;
}

/** The commit of a tag or branch; undefined where there is none, or two that differ. */
export function commitOf(refs: AdvertisedRefs, ref: string): string | undefined {
  const whole = refs.get(ref);
  if (ref.startsWith("refs/")) return whole;
  const [tag, branch] = [refs.get(`refs/tags/${ref}`), refs.get(`refs/heads/${ref}`)];
  if (tag !== undefined && branch !== undefined && tag !== branch) return undefined;
  return tag ?? branch;
}
