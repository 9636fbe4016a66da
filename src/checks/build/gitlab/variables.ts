/** GitLab's predefined variables that others than the project's maintainers decide ("Predefined CI/CD variables reference"). */

/** Free texts: who writes a commit, a branch, a tag or a merge request decides every character, as far as Git lets. */
const FREE: ReadonlySet<string> = new Set([
  "CI_COMMIT_REF_NAME",
  "CI_COMMIT_BRANCH",
  "CI_COMMIT_TAG",
  "CI_COMMIT_TAG_MESSAGE",
  "CI_COMMIT_TITLE",
  "CI_COMMIT_MESSAGE",
  "CI_COMMIT_DESCRIPTION",
  "CI_COMMIT_AUTHOR",
  "CI_BUILD_REF_NAME",
  "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
  "CI_MERGE_REQUEST_TITLE",
  "CI_MERGE_REQUEST_DESCRIPTION",
  "CI_MERGE_REQUEST_LABELS",
  "CI_MERGE_REQUEST_MILESTONE",
  "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME",
  "CI_OPEN_MERGE_REQUESTS",
  "CI_PIPELINE_NAME",
  "GITLAB_USER_NAME",
  "GITLAB_USER_EMAIL",
]);

/** Decided by others too, but of letters, digits and dashes alone. */
const SLUGS: ReadonlySet<string> = new Set(["CI_COMMIT_REF_SLUG"]);

export function isFreeText(name: string | undefined): boolean {
  return name !== undefined && FREE.has(name);
}

/** Also those that can break no command but choose a name. */
export function isChosenByOthers(name: string | undefined): boolean {
  return name !== undefined && (FREE.has(name) || SLUGS.has(name));
}

/** Names of variables in a text: `$NAME`, `${NAME}`, `${NAME:-x}`. */
export function namesIn(text: string): string[] {
  return [...text.matchAll(/\$\{?([A-Za-z_]\w{0,127})/g)].map(([, name = ""]) => name);
}

/** The first variable of the text that others decide. */
export function chosenByOthers(text: string): string | undefined {
  return namesIn(text).find(isChosenByOthers);
}

/** Whether the text is one variable and nothing else. */
export function isVariableAlone(text: string): boolean {
  return /^\$(?:[A-Za-z_]\w{0,127}|\{[A-Za-z_]\w{0,127}\})$/.test(text);
}

const SECRET_ENDS = /(?:_TOKEN|_SECRET|_PASSWORD|_PASSWD|_PASS|_PWD|_KEY|_CREDENTIALS?|_CERT)$/;
const NO_SECRET = /(?:PUBLIC|CACHE|HOST|PRIMARY|PARTITION|SORT|FOREIGN)_KEY$|^CI_JOB_TOKEN_SCOPE/;

/** By how its name ends: `NPM_TOKEN`, `SIGNING_KEY`. */
export function endsLikeSecret(name: string): boolean {
  const upper = name.toUpperCase();
  return SECRET_ENDS.test(upper) && !NO_SECRET.test(upper);
}
