/** One comment of a pull request that each run brings up to date, over GitHub's REST API. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseJson } from "../src/core/parse-json.ts";
import { Problem } from "../src/core/problem.ts";
import { isObject, type Untyped, valueAt } from "../src/core/untyped.ts";
import { bytesOf } from "../src/net/body.ts";
import { bounds } from "../src/net/bounds.ts";
import { createHttpClient, type HttpClient, type HttpRequest } from "../src/net/client.ts";
import { HttpFailure } from "../src/net/failure.ts";
import type { CommentInputs, Environment } from "./inputs.ts";

/** A hundred comments of 65,536 characters, four bytes each, and what surrounds them. */
const PAGE_BYTES = 32 * 1024 * 1024;
const PER_PAGE = 100;
/** Pages of comments that are looked through for ours. */
const MOST_PAGES = 20;
const PULL_REQUEST_EVENTS: ReadonlySet<string> = new Set(["pull_request", "pull_request_target"]);

export interface CommentRequest extends CommentInputs {
  /** The report, in Markdown. */
  readonly markdown: string;
  /** What was checked: comments of other jobs and other directories are left alone. */
  readonly subject: string;
  /** False: only a comment that is already there is changed. */
  readonly create: boolean;
}

/**
 * Creates the comment, or replaces the text of the one that an earlier run wrote. Not a pull request: nothing is done.
 *
 * @returns what was done, for the log
 * @throws Problem `action.comment` where GitHub refuses, `action.event` where the payload cannot be read
 */
export async function writeComment(environment: Environment, request: CommentRequest): Promise<string | undefined> {
  const number = pullRequestOf(environment);
  if (number === undefined) return undefined;
  const api = apiOf(environment);
  const marker = markerOf(environment, request.subject);
  const client = createHttpClient({ stallMilliseconds: bounds.stallMilliseconds });
  try {
    const known = await findComment(client, api, number, marker, request);
    if (known === undefined && !request.create) return undefined;
    const body = JSON.stringify({ body: `${marker}\n${request.markdown}` });
    const [method, path] =
      known === undefined
        ? (["POST", `issues/${number}/comments`] as const)
        : (["PATCH", `issues/comments/${known}`] as const);
    await ask(client, { method, url: new URL(path, api), headers: headersOf(request), body });
    return `comment ${known === undefined ? "created" : "updated"} on pull request ${number}`;
  } finally {
    client.close();
  }
}

/** The number of the pull request that the run is for. @throws Problem `action.event` */
function pullRequestOf(environment: Environment): number | undefined {
  const { GITHUB_EVENT_NAME: event = "", GITHUB_EVENT_PATH: path = "" } = environment;
  if (!PULL_REQUEST_EVENTS.has(event)) return undefined;
  let payload: unknown;
  try {
    payload = parseJson(readFileSync(path, "utf8"));
  } catch (error) {
    const cause = `cannot read the event: ${(error as Error).message}`;
    throw new Problem({ kind: "unavailable", code: "action.event", place: path, cause }, { cause: error });
  }
  const number = valueAt(payload, ["pull_request", "number"]);
  if (typeof number === "number" && Number.isSafeInteger(number) && number > 0) return number;
  throw new Problem({ kind: "input", code: "action.event", place: path, cause: "no number of a pull request" });
}

/** `https://api.github.com/repos/OWNER/NAME/` @throws Problem `action.comment` */
function apiOf({ GITHUB_API_URL: api = "", GITHUB_REPOSITORY: repository = "" }: Environment): URL {
  const base = URL.parse(`${api}/repos/${repository}/`);
  if (base !== null && /^[\w.-]+\/[\w.-]+$/.test(repository)) return base;
  const cause = "GITHUB_API_URL and GITHUB_REPOSITORY do not name a repository";
  throw new Problem({ kind: "unavailable", code: "action.comment", place: "environment", cause });
}

/** Not shown in the page. It tells comments of other workflows, jobs and directories apart. */
function markerOf({ GITHUB_WORKFLOW = "", GITHUB_JOB = "" }: Environment, subject: string): string {
  const key = JSON.stringify([GITHUB_WORKFLOW, GITHUB_JOB, subject]);
  return `<!-- bulkhead-report ${createHash("sha256").update(key).digest("hex").slice(0, 16)} -->`;
}

/** The id of the comment that begins with the marker. Whoever else writes the marker has another login. */
async function findComment(
  client: HttpClient,
  api: URL,
  number: number,
  marker: string,
  request: CommentRequest,
): Promise<number | undefined> {
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const url = new URL(`issues/${number}/comments?per_page=${PER_PAGE}&page=${page}`, api);
    const comments = await ask(client, { method: "GET", url, headers: headersOf(request) });
    if (!Array.isArray(comments)) throw refused(url, "the answer is not a list of comments");
    for (const comment of comments as readonly unknown[]) {
      const { id, body } = isObject(comment) ? comment : ({} as Untyped);
      const isOurs = valueAt(comment, ["user", "login"]) === request.author;
      if (isOurs && typeof id === "number" && typeof body === "string" && body.startsWith(marker)) return id;
    }
    if (comments.length < PER_PAGE) return undefined;
  }
  return undefined;
}

function headersOf({ token }: CommentInputs): Record<string, string> {
  return {
    accept: "application/vnd.github+json",
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    "x-github-api-version": "2022-11-28",
  };
}

/** @throws Problem `action.comment` */
async function ask(client: HttpClient, request: HttpRequest): Promise<unknown> {
  const { url } = request;
  try {
    const answer = await client.send(request, AbortSignal.timeout(bounds.documentMilliseconds));
    const { stallMilliseconds } = bounds;
    const isSuccess = answer.status >= 200 && answer.status < 300;
    const limit = isSuccess ? PAGE_BYTES : bounds.errorBytes;
    const bytes = await bytesOf(answer, { limit, stallMilliseconds });
    if (isSuccess) return parseJson(bytes.toString());
    throw refused(url, `GitHub answered ${answer.status}`, remedyOf(answer.status));
  } catch (error) {
    if (error instanceof Problem && error.code === "action.comment") throw error;
    if (error instanceof HttpFailure || error instanceof SyntaxError || (error as Error).name === "TimeoutError") {
      throw refused(url, (error as Error).message);
    }
    throw error;
  }
}

function remedyOf(status: number): string | undefined {
  return status === 401 || status === 403 || status === 404
    ? "grant the job pull-requests: write; runs for pull requests of forks have a read-only token"
    : undefined;
}

function refused(url: URL, cause: string, remedy?: string): Problem {
  const place = `${url.origin}${url.pathname}`;
  return new Problem({
    kind: "unavailable",
    code: "action.comment",
    place,
    cause,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
