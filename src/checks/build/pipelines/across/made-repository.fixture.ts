/** A repository whose workflows hand an outsider's files to each other, and the same one hardened. */

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: of GitHub, not of JavaScript
const CACHE = `      - uses: actions/cache@v4
        with: { path: node_modules, key: "\${{ hashFiles('package-lock.json') }}" }
`;

const RELEASE = (more: string, job = "") => `name: Release
on:
  push:
    tags: ["v*"]
jobs:
  publish:
    runs-on: ubuntu-24.04
    permissions:
      contents: read
${job}    steps:
      - uses: actions/checkout@v4
${more}      - run: npm publish
        env:
          NODE_AUTH_TOKEN: \${{ secrets.NPM_TOKEN }}
`;

const BUILD = `name: build
runs:
  using: composite
  steps:
    - run: npm ci && npm run build
      shell: bash
`;

const CI = `name: CI
on: pull_request
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - run: npm test
      - uses: actions/upload-artifact@v4
        with: { name: site, path: dist }
`;

const INTEGRATION = `name: Integration
on: workflow_call
jobs:
  run:
    runs-on: ubuntu-24.04
    permissions:
      contents: read
    steps:
      - run: gh pr checkout \${{ github.event.issue.number }}
      - run: make integration
        env:
          CLOUD: \${{ secrets.CLOUD_KEY }}
`;

/** By path. */
export const vulnerable: Readonly<Record<string, string>> = {
  ".github/workflows/preview.yml": `name: Preview
on:
  pull_request_target:
jobs:
  preview:
    runs-on: ubuntu-24.04
    permissions: {}
    steps:
      - uses: actions/checkout@v4
        with:
          ref: \${{ github.event.pull_request.head.sha }}
      - uses: ./.github/actions/build
`,
  ".github/actions/build/action.yml": BUILD,
  ".github/workflows/release.yml": RELEASE(CACHE),
  ".github/workflows/ci.yml": CI,
  ".github/workflows/deploy.yml": `name: Deploy preview
on:
  workflow_run:
    workflows: [CI]
    types: [completed]
jobs:
  deploy:
    runs-on: ubuntu-24.04
    permissions:
      pages: write
    steps:
      - uses: actions/download-artifact@v4
        with: { name: site, run-id: "\${{ github.event.workflow_run.id }}" }
      - run: ./deploy.sh
`,
  ".github/workflows/comment.yml": `name: Comment
on: issue_comment
jobs:
  integration:
    uses: ./.github/workflows/integration.yml
    secrets: inherit
`,
  ".github/workflows/integration.yml": INTEGRATION,
};

/** The same work, with nothing of an outsider's where there is something to lose. */
export const hardened: Readonly<Record<string, string>> = {
  ...vulnerable,
  ".github/workflows/preview.yml": `name: Preview
on:
  pull_request:
jobs:
  preview:
    runs-on: ubuntu-24.04
    permissions: {}
    steps:
      - uses: actions/checkout@v4
        with:
          ref: \${{ github.event.pull_request.head.sha }}
      - uses: ./.github/actions/build
`,
  ".github/workflows/release.yml": RELEASE("", "    environment: release\n"),
  ".github/workflows/deploy.yml": `name: Deploy preview
on:
  workflow_run:
    workflows: [CI]
    types: [completed]
jobs:
  deploy:
    if: github.event.workflow_run.event == 'push'
    runs-on: ubuntu-24.04
    permissions:
      pages: write
    steps:
      - uses: actions/download-artifact@v4
        with: { name: site, run-id: "\${{ github.event.workflow_run.id }}" }
      - run: ./deploy.sh
  report:
    runs-on: ubuntu-24.04
    permissions:
      pull-requests: write
    steps:
      - uses: actions/download-artifact@v4
        with: { name: site, path: "\${{ runner.temp }}/site", run-id: "\${{ github.event.workflow_run.id }}" }
      - run: grep -c . "$RUNNER_TEMP/site/report.txt"
`,
  ".github/workflows/comment.yml": `name: Comment
on: issue_comment
jobs:
  integration:
    if: contains(fromJSON('["OWNER", "MEMBER"]'), github.event.comment.author_association)
    uses: ./.github/workflows/integration.yml
    secrets: inherit
`,
};
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: of GitHub, not of JavaScript
