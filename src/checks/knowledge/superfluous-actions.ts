/** Actions that do what the runner's own programs do (GitHub's runner images list gh, jq, git, rustup and docker). */
export interface SuperfluousAction {
  /** What does the same. */
  readonly instead: string;
  /** It does more than that, so that leaving it is a matter of taste. */
  readonly more?: true;
}

/** In lower case, without ref. */
export const SUPERFLUOUS_ACTIONS: Readonly<Record<string, SuperfluousAction>> = {
  "actions-ecosystem/action-add-labels": { instead: "gh issue edit --add-label" },
  "actions-ecosystem/action-remove-labels": { instead: "gh issue edit --remove-label" },
  "actions-ecosystem/action-create-comment": { instead: "gh issue comment" },
  "actions/create-release": { instead: "gh release create" },
  "actions/upload-release-asset": { instead: "gh release upload" },
  "addnab/docker-run-action": { instead: "docker run" },
  "dacbd/create-issue-action": { instead: "gh issue create" },
  "dtolnay/rust-toolchain": { instead: "rustup toolchain install", more: true },
  "elgohr/github-release-action": { instead: "gh release create" },
  "endbug/add-and-commit": { instead: "git add, git commit and git push", more: true },
  "ncipollo/release-action": { instead: "gh release create" },
  "peter-evans/create-or-update-comment": { instead: "gh issue comment", more: true },
  "peter-evans/create-pull-request": { instead: "gh pr create", more: true },
  "sergeysova/jq-action": { instead: "jq" },
  "softprops/action-gh-release": { instead: "gh release create" },
  "stefanzweifel/git-auto-commit-action": { instead: "git add, git commit and git push", more: true },
  "svenstaro/upload-release-action": { instead: "gh release create and gh release upload" },
};
