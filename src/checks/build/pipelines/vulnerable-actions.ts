import type { RatedSeverity } from "../../../core/severity.ts";

/** An advisory about an action, of GitHub's advisory database (ecosystem `GitHub Actions`). */
export interface ActionAdvisory {
  /** `owner/repository` in lower case. */
  readonly action: string;
  /** The first to show. */
  readonly ids: readonly [string, ...string[]];
  readonly severity: RatedSeverity;
  /** Half a sentence: what it lets happen. */
  readonly says: string;
  /** The first version that has it; absent: all before `fixed`. */
  readonly introduced?: string;
  readonly fixed: string;
}

/** Well-known ones, so that they are found without a database; an action that is not listed is not thereby without flaws. */
export const actionAdvisories: readonly ActionAdvisory[] = [
  {
    action: "actions/download-artifact",
    ids: ["GHSA-cxww-7g56-2vh6", "CVE-2024-42471"],
    severity: "high",
    says: "an artifact may write files outside of its directory",
    introduced: "4.0.0",
    fixed: "4.1.3",
  },
  {
    action: "aquasecurity/trivy-action",
    ids: ["GHSA-69fq-xp46-6x23", "CVE-2026-33634"],
    severity: "critical",
    says: "its tags were moved to code that steals secrets",
    fixed: "0.35.0",
  },
  {
    action: "aquasecurity/trivy-action",
    ids: ["GHSA-9p44-j4g5-cfx5", "CVE-2026-26189"],
    severity: "medium",
    says: "an expression in an input may run shell commands",
    introduced: "0.31.0",
    fixed: "0.34.0",
  },
  {
    action: "atlassian/gajira-comment",
    ids: ["GHSA-xj87-mqvh-88w2", "CVE-2020-14189"],
    severity: "critical",
    says: "the text of an issue may run code",
    fixed: "2.0.2",
  },
  {
    action: "atlassian/gajira-create",
    ids: ["GHSA-4xqx-pqpj-9fqw", "CVE-2020-14188"],
    severity: "critical",
    says: "the text of an issue may run code",
    fixed: "2.0.1",
  },
  {
    action: "azure/setup-kubectl",
    ids: ["GHSA-p756-rfxh-x63h", "CVE-2023-23939"],
    severity: "low",
    says: "the kubectl that it installs is world-writable",
    fixed: "3.0.0",
  },
  {
    action: "check-spelling/check-spelling",
    ids: ["GHSA-g86g-chm8-7r2p", "CVE-2021-32724"],
    severity: "critical",
    says: "a pull request may read the repository's token",
    fixed: "0.0.19",
  },
  {
    action: "dawidd6/action-download-artifact",
    ids: ["GHSA-5xr6-xhww-33m4"],
    severity: "high",
    says: "artifacts of forks are taken for the repository's own",
    fixed: "6.0.0",
  },
  {
    action: "embano1/wip",
    ids: ["GHSA-rg3q-prf8-qxmp", "CVE-2023-30623"],
    severity: "high",
    says: "the title of a pull request may run code",
    fixed: "2.0.0",
  },
  {
    action: "github/codeql-action",
    ids: ["GHSA-vqf5-2xx6-9wfm", "CVE-2025-24362"],
    severity: "high",
    says: "debug artifacts may hold the environment with the token",
    introduced: "3.26.11",
    fixed: "3.28.3",
  },
  {
    action: "gradle/gradle-build-action",
    ids: ["GHSA-h3qr-39j9-4r5v", "CVE-2023-30853"],
    severity: "high",
    says: "secrets may be stored in the cache",
    fixed: "2.4.2",
  },
  {
    action: "hashicorp/vault-action",
    ids: ["GHSA-4mgv-m5cm-f9h7", "CVE-2021-32074"],
    severity: "high",
    says: "multi-line secrets are not masked in logs",
    fixed: "2.2.0",
  },
  {
    action: "pypa/gh-action-pypi-publish",
    ids: ["GHSA-vxmw-7h4f-hqxh"],
    severity: "low",
    says: "expressions are expanded into its scripts",
    fixed: "1.13.0",
  },
  {
    action: "reviewdog/action-setup",
    ids: ["GHSA-qmg3-hpqr-gqvc", "CVE-2025-30154"],
    severity: "high",
    says: "its tag v1 was moved to code that prints secrets",
    fixed: "1.3.2",
  },
  {
    action: "rlespinasse/github-slug-action",
    ids: ["GHSA-6q4m-7476-932w", "CVE-2023-27581"],
    severity: "high",
    says: "the name of a branch may run code",
    introduced: "4.0.0",
    fixed: "4.4.1",
  },
  {
    action: "shivammathur/setup-php",
    ids: ["GHSA-5wxr-w449-57cm"],
    severity: "medium",
    says: "versions of Composer that it pins may print the token",
    fixed: "2.37.1",
  },
  {
    action: "step-security/harden-runner",
    ids: ["GHSA-mxr3-8whj-j74r", "CVE-2025-32955"],
    severity: "medium",
    says: "disable-sudo may be evaded",
    introduced: "0.12.0",
    fixed: "2.12.0",
  },
  {
    action: "step-security/harden-runner",
    ids: ["GHSA-g85v-wf27-67xc", "CVE-2024-52587"],
    severity: "low",
    says: "environment variables may inject commands",
    fixed: "2.10.2",
  },
  {
    action: "tj-actions/branch-names",
    ids: ["GHSA-gq52-6phf-x2r6", "CVE-2025-54416"],
    severity: "critical",
    says: "the name of a branch may run code",
    fixed: "9.0.0",
  },
  {
    action: "tj-actions/branch-names",
    ids: ["GHSA-8v8w-v8xg-79rf", "CVE-2023-49291"],
    severity: "critical",
    says: "the name of a branch may run code",
    fixed: "7.0.7",
  },
  {
    action: "tj-actions/changed-files",
    ids: ["GHSA-mrrh-fwg8-r2c3", "CVE-2025-30066"],
    severity: "high",
    says: "its tags were moved to code that prints secrets",
    fixed: "46.0.1",
  },
  {
    action: "tj-actions/changed-files",
    ids: ["GHSA-mcph-m25j-8j63", "CVE-2023-51664"],
    severity: "high",
    says: "the name of a file may run code",
    fixed: "41.0.0",
  },
  {
    action: "tj-actions/verify-changed-files",
    ids: ["GHSA-ghm2-rq8q-wrhc", "CVE-2023-52137"],
    severity: "high",
    says: "the name of a file may run code",
    fixed: "17.0.0",
  },
  {
    action: "ultralytics/actions",
    ids: ["GHSA-7x29-qqmq-v6qc"],
    severity: "high",
    says: "the name of a branch may run code",
    fixed: "0.0.3",
  },
];
