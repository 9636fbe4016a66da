/** Workflows as projects have them, some 3 KB each, no two alike. */

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: of GitHub, not of JavaScript
const TRIGGERS = [
  "on: push",
  "on: [push, pull_request]",
  'on:\n  push:\n    branches: [main]\n    tags: ["v*"]\n  pull_request:\n    paths-ignore: ["docs/**"]',
  "on:\n  pull_request_target:\n    types: [opened, synchronize]",
  "on:\n  workflow_run:\n    workflows: [Workflow 0]\n    types: [completed]",
  'on:\n  schedule:\n    - cron: "17 3 * * 1"\n  workflow_dispatch:\n    inputs:\n      level: { type: choice, options: [low, high] }',
];

const STEPS = [
  "      - uses: actions/checkout@0123456789abcdef0123456789abcdef01234567 # v4.2.0\n        with:\n          persist-credentials: false",
  "      - uses: actions/setup-node@v4\n        with:\n          node-version: ${{ matrix.node }}\n          cache: npm",
  '      - name: Install\n        run: |\n          set -euo pipefail\n          npm ci\n          npm run build -- --mode "${{ github.ref_name }}"\n          echo "version=$(node -p \'require("./package.json").version\')" >> "$GITHUB_OUTPUT"',
  "      - name: Comment\n        if: github.event_name == 'pull_request' && !cancelled()\n        uses: actions/github-script@v7\n        with:\n          script: |\n            const body = process.env.BODY;\n            await github.rest.issues.createComment({ ...context.repo, issue_number: context.issue.number, body });\n        env:\n          BODY: ${{ steps.build.outputs.report }}",
  "      - run: docker build -t ghcr.io/shop/web:${{ github.sha }} . && docker push ghcr.io/shop/web:${{ github.sha }}",
  '      - uses: actions/upload-artifact@v4\n        if: ${{ always() }}\n        with: { name: "logs-${{ matrix.os }}", path: logs/, retention-days: 7 }',
  "      - name: Test\n        run: npm test -- --shard=${{ matrix.shard }}/4\n        env:\n          TOKEN: ${{ secrets.TEST_TOKEN }}\n        timeout-minutes: 20",
  "      - uses: actions/cache@v4\n        with:\n          path: |\n            ~/.cache\n            node_modules\n          key: ${{ runner.os }}-${{ hashFiles('**/package-lock.json') }}",
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: of GitHub, not of JavaScript

/** @returns text by path, from a repository's root */
export function madeWorkflows(count: number): Map<string, string> {
  const files = new Map<string, string>();
  for (let at = 0; at < count; at++) files.set(`.github/workflows/workflow-${at}.yml`, workflow(at));
  return files;
}

function workflow(at: number): string {
  const jobs = Array.from({ length: 1 + (at % 3) }, (_, job) => jobOf(at, job));
  const permissions = at % 4 === 0 ? "" : "permissions:\n  contents: read\n";
  return `# Workflow ${at}\nname: Workflow ${at}\n${TRIGGERS[at % TRIGGERS.length]}\n${permissions}env:\n  CI: "true"\n  RUN: run-${at}\njobs:\n${jobs.join("")}`;
}

function jobOf(at: number, job: number): string {
  const steps = Array.from(
    { length: 5 + ((at + job) % 4) },
    (_, step) => STEPS[(at * 7 + job * 3 + step) % STEPS.length],
  );
  const needs = job === 0 ? "" : `    needs: [job-${job - 1}]\n`;
  return `  job-${job}:
    name: Job ${job} on \${{ matrix.os }}
${needs}    runs-on: \${{ matrix.os }}
    strategy:
      fail-fast: false
      matrix:
        os: [ubuntu-24.04, windows-2025]
        node: [22, 24]
        shard: [1, 2, 3, 4]
    steps:
${steps.join("\n")}
`;
}
