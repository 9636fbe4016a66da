/** The little of GitHub's REST API that the action asks: comments of one pull request, on loopback. */
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { json, listen, type Seen } from "../../src/engines/oci/registry/loopback.fixture.ts";

interface Comment {
  readonly id: number;
  readonly user: { login: string };
  body: string;
}

export interface Github {
  readonly origin: string;
  readonly seen: readonly Seen[];
  readonly comments: Comment[];
  add(login: string, body: string): Comment;
}

/** @param status - of every answer to a change, in place of success */
export async function createGithub(t: TestContext, { status }: { readonly status?: number } = {}): Promise<Github> {
  const comments: Comment[] = [];
  const add = (login: string, body: string): Comment => {
    const comment = { id: comments.length + 1, user: { login }, body };
    comments.push(comment);
    return comment;
  };
  const server = await listen(t, async (request, response) => {
    const url = new URL(request.url ?? "", "http://github.invalid");
    if (request.method === "GET") {
      const [size, page] = ["per_page", "page"].map((name) => Number(url.searchParams.get(name)));
      const start = (size ?? 0) * ((page ?? 1) - 1);
      return json(response, 200, comments.slice(start, start + (size ?? 0)));
    }
    const { body } = JSON.parse(await text(request)) as { readonly body: string };
    if (status !== undefined) return json(response, status, { message: "Resource not accessible by integration" });
    if (request.method === "POST") return json(response, 201, add("github-actions[bot]", body));
    const changed = comments.find(({ id }) => url.pathname.endsWith(`/issues/comments/${id}`));
    if (changed === undefined) return json(response, 404, { message: "Not Found" });
    changed.body = body;
    json(response, 200, changed);
  });
  return { origin: server.origin, seen: server.seen, comments, add };
}
