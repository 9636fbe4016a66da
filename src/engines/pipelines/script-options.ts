/**
 * What the shell of a script does after a command that fails: whether it ends the script (`errexit`), and whether a pipe fails
 * with any of its commands (`pipefail`) or with its last one alone.
 */

export interface ScriptOptions {
  readonly errexit: boolean;
  readonly pipefail: boolean;
}

/**
 * GitLab's runner begins each script with both, the latter where the shell knows it (gitlab-runner, shells/bash.go,
 * `BashWriter.Finish`). What is read of a shell that nobody knows is believed to fail.
 */
export const STRICT: ScriptOptions = { errexit: true, pipefail: true };

/** Behind `set -euo pipefail`, `set +e`. @param words - its arguments */
export function afterSet(before: ScriptOptions, words: readonly string[]): ScriptOptions {
  let { errexit, pipefail } = before;
  for (const [at, word] of words.entries()) {
    if (!/^[-+][A-Za-z]+$/.test(word)) continue;
    const isOn = word.startsWith("-");
    if (word.includes("e")) errexit = isOn;
    const named = word.endsWith("o") ? words[at + 1] : undefined;
    if (named === "pipefail") pipefail = isOn;
    if (named === "errexit") errexit = isOn;
  }
  return { errexit, pipefail };
}

/** The words by which a script looks at exit codes itself: what it then does with them is its own. */
export const LOOKS_AT_CODES = /\$\?|PIPESTATUS|LASTEXITCODE|errorlevel/i;

export const LOST_IN_PIPE = "its exit code is lost in a pipe: the shell runs without pipefail (GitHub: shell: bash)";
export const LOST_BEHIND = "its exit code is lost: the shell goes on after a command that fails (no set -e)";
