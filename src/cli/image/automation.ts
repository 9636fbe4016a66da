/** Configuration that rebuilds images every week and keeps their bases current, as text. Pure. */

export const automations = ["github", "gitlab", "renovate", "dependabot"] as const;
export type Automation = (typeof automations)[number];

/** One image to build. */
export interface Build {
  /** The Dockerfile, from the root of the repository; plain characters alone, see {@link isPlainPath}. */
  readonly dockerfile: string;
  /** What it builds on, as written. */
  readonly images: readonly string[];
}

export interface ConfigurationFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/**
 * Only such paths are written: in the files made here `$`, quotes and braces mean something to the services that read
 * them, and a folder's name must not become an instruction.
 */
export function isPlainPath(path: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_./@+-]*$/.test(path) && !path.split("/").includes("..");
}

export function configurationOf(automation: Automation, builds: readonly Build[]): ConfigurationFile[] {
  switch (automation) {
    case "github":
      return [{ path: ".github/workflows/rebuild.yml", text: githubWorkflow(builds) }];
    case "gitlab":
      return [{ path: ".gitlab/rebuild.gitlab-ci.yml", text: gitlabJob(builds) }];
    case "renovate":
      return [{ path: "renovate.json", text: renovate() }];
    case "dependabot":
      return [{ path: ".github/dependabot.yml", text: dependabot(builds) }];
  }
}

/** actions/checkout v5.0.0. A tag can be moved to other code, a commit cannot. */
const CHECKOUT = "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0";

function githubWorkflow(builds: readonly Build[]): string {
  const matrix = builds.map(
    (build) => `${bases(build, "          ")}          - dockerfile: ${quoted(build.dockerfile)}
            context: ${quoted(folderOf(build.dockerfile))}
            image: ${quoted(imageName(build.dockerfile))}
`,
  );
  return `# Rebuilds every image once a week on the newest bases, without anything of older builds. What the Dockerfiles pin by
# digest stays as it is until somebody raises it: bulkhead image base --automate dependabot, or renovate.
# The context of each build is the directory of its Dockerfile, and nothing runs but these builds: make both fit yours.
name: Weekly rebuild
on:
  schedule:
    - cron: "17 4 * * 1"
  workflow_dispatch:

permissions: {}

concurrency:
  group: weekly-rebuild
  cancel-in-progress: false

jobs:
  rebuild:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    permissions:
      contents: read
      packages: write
    strategy:
      fail-fast: false
      matrix:
        include:
${matrix.join("")}    steps:
      - uses: ${CHECKOUT}
        with:
          persist-credentials: false
      - name: Build and push
        env:
          CONTEXT: \${{ matrix.context }}
          DOCKERFILE: \${{ matrix.dockerfile }}
          IMAGE: ghcr.io/\${{ github.repository }}/\${{ matrix.image }}
          TOKEN: \${{ github.token }}
          USER_NAME: \${{ github.actor }}
        run: |
          set -euo pipefail
          image="\${IMAGE,,}"
          printf '%s' "$TOKEN" | docker login ghcr.io --username "$USER_NAME" --password-stdin
          docker build --pull --no-cache --file "$DOCKERFILE" --tag "$image:weekly-$(date -u +%Y%m%d)" "$CONTEXT"
          docker push --all-tags "$image"
`;
}

function gitlabJob(builds: readonly Build[]): string {
  const matrix = builds.map(
    (build) => `${bases(build, "      ")}      - DOCKERFILE: ${quoted(build.dockerfile)}
        BUILD_CONTEXT: ${quoted(folderOf(build.dockerfile))}
        IMAGE: ${quoted(imageName(build.dockerfile))}
`,
  );
  return `# Rebuilds every image on the newest bases, without anything of older builds. Include it from .gitlab-ci.yml:
#   include:
#     - local: .gitlab/rebuild.gitlab-ci.yml
# GitLab keeps schedules in the project, not in a file: under Build > Pipeline schedules add one for the default branch
# with "17 4 * * 1" and the variable WEEKLY_REBUILD = true. The context of each build is the directory of its Dockerfile.
# Raise docker:28 to a digest of your registry's copy: a tag can be moved to another image.
weekly-rebuild:
  image: docker:28
  services:
    - docker:28-dind
  variables:
    DOCKER_TLS_CERTDIR: "/certs"
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule" && $WEEKLY_REBUILD == "true" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  timeout: 1 hour
  parallel:
    matrix:
${matrix.join("")}  script:
    - printf '%s' "$CI_REGISTRY_PASSWORD" | docker login "$CI_REGISTRY" --username "$CI_REGISTRY_USER" --password-stdin
    - docker build --pull --no-cache --file "$DOCKERFILE" --tag "$CI_REGISTRY_IMAGE/$IMAGE:weekly-$(date -u +%Y%m%d)" "$BUILD_CONTEXT"
    - docker push --all-tags "$CI_REGISTRY_IMAGE/$IMAGE"
`;
}

/** Renovate finds Dockerfiles itself: what it is told is to pin by digest and to come every week. */
function renovate(): string {
  const configuration = {
    $schema: "https://docs.renovatebot.com/renovate-schema.json",
    extends: ["config:recommended", "docker:pinDigests"],
    enabledManagers: ["dockerfile"],
    packageRules: [
      {
        description: "Digests of base images: every week, as one change",
        matchManagers: ["dockerfile"],
        matchUpdateTypes: ["digest", "pin", "pinDigest"],
        groupName: "base images",
        schedule: ["* 0-5 * * 1"],
      },
    ],
  };
  return `${JSON.stringify(configuration, null, 2)}\n`;
}

function dependabot(builds: readonly Build[]): string {
  const folders = [
    ...new Set(builds.map(({ dockerfile }) => `/${folderOf(dockerfile)}`.replace(/^\/\.$/, "/"))),
  ].sort();
  return `# Raises the tags and digests of base images every week, as one change.
version: 2
updates:
  - package-ecosystem: docker
    directories:
${folders.map((folder) => `      - ${quoted(folder)}\n`).join("")}    schedule:
      interval: weekly
      day: monday
      time: "04:17"
    groups:
      base-images:
        patterns:
          - "*"
`;
}

/** For the reader: what a build is on. Text of a Dockerfile in a comment, so it stays on its line. */
function bases({ images }: Build, indent: string): string {
  const names = images.filter((image) => /^[\w./:@+-]{0,299}[\w]$/.test(image));
  return names.length === 0 ? "" : `${indent}# on ${names.join(", ")}\n`;
}

/** A double-quoted scalar of YAML is what a string of JSON is. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : path.slice(0, slash);
}

/** From where the Dockerfile is: `services/web/Dockerfile` → `services-web`, `Dockerfile.api` → `api`. */
function imageName(path: string): string {
  const folder = folderOf(path);
  const file = path.slice(path.lastIndexOf("/") + 1);
  const own = file.replace(/^(?:Dockerfile|Containerfile)\.?/, "").replace(/\.dockerfile$/i, "");
  const parts = [...(folder === "." ? [] : folder.split("/")), own];
  const name = parts
    .map((part) => part.toLowerCase().replace(/[^a-z0-9]+/g, "-"))
    .join("-")
    .replace(/-{2,}/g, "-");
  const trimmed = name.replace(/^-/, "").replace(/-$/, "");
  return trimmed === "" ? "app" : trimmed;
}
