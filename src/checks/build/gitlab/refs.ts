/** What Git's references in pipelines name. */

const BRANCHES: ReadonlySet<string> = new Set(
  "main master dev develop development staging production latest HEAD head nightly canary edge stable trunk next release".split(
    " ",
  ),
);

/** 40 or 64 digits. */
export function isCommit(ref: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(ref);
}

/** By its name: GitLab tells branches from tags only once it has the project. */
export function isBranch(ref: string): boolean {
  return BRANCHES.has(ref.replace(/^refs\/heads\//, "")) || ref.startsWith("refs/heads/");
}
