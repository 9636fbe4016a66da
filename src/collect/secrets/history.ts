/** The secrets of a git repository's whole history: every version of every file once, and what commits and tags say. */
import { setImmediate } from "node:timers/promises";
import { Problem } from "../../core/problem.ts";
import { history } from "../../engines/git/history.ts";
import type { CommitFacts, HistoryBlob, HistoryMessage } from "../../engines/git/model.ts";
import { openRepository } from "../../engines/git/repository.ts";
import type { FoundSecrets, SecretFact } from "../../engines/secrets/model.ts";
import type { SecretScanner } from "../../engines/secrets/scan.ts";
import { createGathering } from "./gathering.ts";

export interface HistoryOptions {
  readonly signal?: AbortSignal;
  /** How many commits, trees or files have been read. */
  readonly onProgress?: (done: number) => void;
}

/**
 * A secret is told once for each path, with the first commit that had it, and is hidden where HEAD has it no more. The
 * order of objects in a repository is any, so that is known at the end.
 *
 * @throws Problem `secrets.history` (usage) where there is no repository
 */
export async function secretsOfHistory(
  root: string,
  scanner: SecretScanner,
  { signal, onProgress }: HistoryOptions = {},
): Promise<FoundSecrets> {
  using repository = openRepository(root, { outside: true });
  if (repository === undefined) {
    throw new Problem({
      kind: "usage",
      code: "secrets.history",
      place: root,
      cause: "it is no git repository",
      remedy: "name the folder that holds .git, or leave --history out",
    });
  }
  const gathering = createGathering(root);
  const first = new Map<string, SecretFact>();
  const scan = scanner.versions();
  const items = history(repository, { unreachable: false });
  let item = items.next();
  for (; !item.done; item = items.next()) {
    const { value } = item;
    if (value.kind === "progress") {
      onProgress?.(value.done);
      await setImmediate();
      signal?.throwIfAborted();
      continue;
    }
    const path = pathOf(value);
    const found = scan(path, value.bytes);
    const fresh: SecretFact[] = [];
    for (const secret of found.secrets) {
      const fact = withCommit(secret, value);
      const key = JSON.stringify([secret.rule, secret.fingerprint, path]);
      const before = first.get(key);
      if (before === undefined) fresh.push(fact);
      first.set(key, before === undefined ? fact : earlier(before, fact));
    }
    gathering.file(path, value.bytes.length, { ...found, secrets: fresh });
  }
  for (const { code, place, reason } of item.value.gaps) gathering.gap({ code, reason: `${place}: ${reason}` });
  const { found, gaps } = gathering.finish();
  const secrets = found.secrets.map(
    (secret) => first.get(JSON.stringify([secret.rule, secret.fingerprint, secret.path])) ?? secret,
  );
  return { found: { ...found, secrets }, gaps };
}

/** What the work tree has beside what was committed; the commit that brought a secret comes first. */
export function together(past: FoundSecrets, present: FoundSecrets): FoundSecrets {
  return {
    found: {
      secrets: [...past.found.secrets, ...present.found.secrets],
      files: past.found.files + present.found.files,
      bytes: past.found.bytes + present.found.bytes,
    },
    gaps: [...past.gaps, ...present.gaps],
  };
}

function pathOf(item: HistoryBlob | HistoryMessage): string {
  if (item.kind === "message") return item.of === "commit" ? "commit message" : "tag message";
  return item.path === "" ? `object ${item.id}` : item.path;
}

function withCommit(secret: SecretFact, item: HistoryBlob | HistoryMessage): SecretFact {
  const hidden = item.kind === "blob" && !item.current;
  return {
    ...secret,
    ...(item.commit === undefined ? {} : { commit: commitOf(item.commit) }),
    ...(hidden ? { hidden: true } : {}),
  };
}

function commitOf({ id, author, email, date }: CommitFacts): NonNullable<SecretFact["commit"]> {
  return { id, author: email === "" ? author : `${author} <${email}>`, ...(date === undefined ? {} : { date }) };
}

/** The one of the earlier commit; what HEAD has of either, it has. */
function earlier(a: SecretFact, b: SecretFact): SecretFact {
  const [chosen, other] = (b.commit?.date ?? "9") < (a.commit?.date ?? "9") ? [b, a] : [a, b];
  if (chosen.hidden !== true || other.hidden === true) return chosen;
  const { hidden: _, ...current } = chosen;
  return current;
}
