/** GitHub's files, evaluated by two threads: with one, a repository of a thousand workflows takes twice as long. */
import { kindOf, readGithub, readPaths } from "../collect/tree/pipelines.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { beginShare, type Share, type Threads, takeShare } from "../core/threads.ts";
import type { ReadGithubFile } from "../engines/pipelines/model.ts";
import { evaluateReadGithub, type WorkflowContext } from "../evaluate/build/workflows.ts";

/** Files of a piece: what is sent at a time. */
const PIECE = 20;

/** With fewer files they are done before a thread has loaded the checks. */
const WORTH = 200;

interface Files {
  readonly root: string;
  /** Relative to the root. */
  readonly paths: readonly string[];
  readonly context: WorkflowContext;
}

/**
 * Begins before this thread has read them, for the other reads for itself.
 *
 * @returns what to ask with the files that were read, in the paths' order; undefined where a thread is not worth its start
 */
export function beginEvaluations(
  threads: Threads | undefined,
  { root, paths: all, context: { policy, now } }: Files,
): ((read: readonly ReadGithubFile[]) => Promise<Evaluation[]>) | undefined {
  const paths = readPaths(all);
  if (threads === undefined || paths.length < WORTH) return undefined;
  const context: WorkflowContext = { policy, now };
  const files: Files = { root, paths, context };
  const work = beginShare<Evaluation[]>(threads, "pipelines", files, Math.ceil(paths.length / PIECE));
  return async (read) => {
    const byPath = new Map(read.map((one) => [one.path, one]));
    const results = await work.finish((at) =>
      pieceOf(paths, at).flatMap((path) => {
        const file = byPath.get(path);
        return file === undefined ? [] : evaluateReadGithub(file, context);
      }),
    );
    return results.flat();
  };
}

/** The other thread's half. */
export function evaluateShare(share: Files & Share, send: (message: unknown) => void): void {
  const { root, paths, context } = share;
  takeShare(
    share,
    (at) =>
      pieceOf(paths, at).flatMap((path) => {
        const kind = kindOf(root, path);
        const file = kind === "gitlab" ? undefined : readGithub(root, path, kind);
        return file === undefined ? [] : evaluateReadGithub(file, context);
      }),
    send,
  );
}

function pieceOf(paths: readonly string[], at: number): readonly string[] {
  return paths.slice(at * PIECE, (at + 1) * PIECE);
}
