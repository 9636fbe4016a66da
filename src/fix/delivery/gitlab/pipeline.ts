/** GitLab's pipeline: hidden jobs that say how, and three jobs an image that say which. */
import { mark } from "../mark.ts";
import type { DeliveryPlan, ImagePlan, JobImage, Signing } from "../model.ts";
import { scalar } from "../plan-text.ts";
import {
  advisories,
  block,
  build,
  edit,
  GITLAB,
  install,
  keySecrets,
  logIn,
  policyOption,
  push,
  scan,
  sign,
} from "../scripts.ts";

const NO_HASH = "0".repeat(64);

/** The digest is to be filled in. */
function jobImage({ jobImages }: DeliveryPlan, tool: JobImage): string {
  return scalar(`${jobImages[tool]}@sha256:${NO_HASH}`);
}

/** @param included - another file is the root, which states the stages and what starts a pipeline */
export function gitlabPipeline(plan: DeliveryPlan, included: boolean): string {
  const { version, branch, policy, images, manifests } = plan;
  const trusted = policyOption(policy, "$CI_DEFAULT_BRANCH");
  return `# ${mark(plan)}
# Merge requests are checked. ${branch} and its weekly schedule (Build > Pipeline schedules, 17 3 * * 1) build every image anew, scan it, push
# it, and sign its digest. Nothing is pushed that the scan does not pass.
#
${levelOf(plan)}
#
# Fill in the digests of the three images below: skopeo inspect --format '{{.Digest}}' docker://NAME:TAG. Until then no job starts.
${
  included
    ? ""
    : `stages: [test, build, deploy]

workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH

`
}variables:
  BULKHEAD_VERSION: "${version}"
  # Fill in: the SHA-256 of bulkhead-${version}.tgz, from the release's signed SHA256SUMS (docs/install.md). Until then nothing passes.
  BULKHEAD_SHA256: "${NO_HASH}"
  # Your signed copy of the advisory database (docs/ci.md), oci://REGISTRY/REPOSITORY:TAG. Empty: downloaded from OSV in each run.
  ADVISORIES: ""
  ADVISORIES_KEY: .gitlab/advisories.pub

# Node, with Bulkhead by its hash.
.bulkhead:
  image: ${jobImage(plan, "node")}
  variables:
    GIT_DEPTH: "0"
  before_script:
${items(install(), 4)}

# The policy is the default branch's, which a merge request cannot edit.
.policy:
  extends: .bulkhead
  before_script:
    - !reference [.bulkhead, before_script]
    - git fetch --quiet origin "+refs/heads/$CI_DEFAULT_BRANCH:refs/remotes/origin/$CI_DEFAULT_BRANCH"
${items(advisories(), 4)}

.build:
  stage: build
  image: ${jobImage(plan, "buildah")}
  timeout: 1 hour
  interruptible: true
  variables:
    # What an unprivileged runner allows.
    STORAGE_DRIVER: vfs
    BUILDAH_ISOLATION: chroot
  script:
${items(build(GITLAB, uniqueSecrets(plan)), 4)}
  artifacts:
    paths:
      - delivery/$NAME.tar
      - delivery/$NAME.digest
    access: maintainer
    expire_in: 1 day
  rules: &delivered
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH

# Vulnerabilities, secrets and settings at or above the policy's thresholds end the run here; so does what could not be found out.
.scan:
  extends: .policy
  stage: build
  timeout: 30 minutes
  interruptible: true
  script:
${items(scan(GITLAB, trusted), 4)}
  artifacts:
    paths:
      - delivery/$NAME.scan.json
      - delivery/$NAME.cdx.json
    access: maintainer
    expire_in: 30 days
  rules: *delivered

${publishJobs(plan)}
check:
  extends: .policy
  stage: test
  timeout: 30 minutes
  interruptible: true
  script:
    - bulkhead check .${trusted} --format table --format junit=bulkhead.junit.xml
  artifacts:
    when: always
    access: developer
    expire_in: 30 days
    reports:
      junit: bulkhead.junit.xml
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
${images.map((image) => imageJobs(plan, image)).join("")}${manifests.length === 0 ? "" : deployJob(plan)}`;
}

function publishJobs(plan: DeliveryPlan): string {
  const { publisher, countersigners } = plan.signing;
  return [publishJob(plan, publisher), ...countersigners.map((one) => countersignJob(plan, one))].join("\n");
}

/** Pushing takes skopeo, and signing Node: two jobs, of which neither builds. */
function publishJob(plan: DeliveryPlan, signing: Signing): string {
  return `# Pushes what was scanned; the registry's digest is compared with the build's.
.push:
  stage: deploy
  image: ${jobImage(plan, "skopeo")}
  timeout: 15 minutes
  interruptible: false
  environment: ${scalar(signing.name)}
  resource_group: ${scalar(signing.name)}
${idTokens(plan, undefined)}  script:
${items([...credentials(plan), ...logIn(GITLAB), ...push(GITLAB), 'printf \'%s@%s\' "$REPOSITORY" "$(cat "delivery/$NAME.digest")" >"delivery/$NAME.image"'], 4)}
  artifacts:
    paths:
      - delivery/$NAME.image
    access: maintainer
    expire_in: 30 days
  rules: *delivered

.sign:
  extends: .bulkhead
  stage: deploy
  timeout: 15 minutes
  interruptible: false
  environment: ${scalar(signing.name)}
  resource_group: ${scalar(signing.name)}
${idTokens(plan, signing)}  script:
${items([...credentials(plan), ...logIn(GITLAB), 'IMAGE=$(cat "delivery/$NAME.image")', ...signed(signing), ...verified(signing)], 4)}
  rules: *delivered
`;
}

/** Another signer of the policy: it looks for itself, in an environment of its own. */
function countersignJob(plan: DeliveryPlan, signing: Signing): string {
  const scanned = [
    'IMAGE=$(cat "delivery/$NAME.image")',
    `bulkhead image scan "$IMAGE"${policyOption(plan.policy, "$CI_DEFAULT_BRANCH")} --format table --format json="delivery/$NAME.scan.json"`,
    'bulkhead image sbom "$IMAGE" --format cyclonedx --output "delivery/$NAME.cdx.json"',
  ];
  return `# ${signing.name} signs what it has scanned itself. Whoever approves its environment should not be whoever approves ${plan.signing.publisher.name}.
.sign-${signing.name}:
  extends: .policy
  stage: deploy
  timeout: 30 minutes
  interruptible: false
  environment: ${scalar(signing.name)}
  resource_group: ${scalar(signing.name)}
${idTokens(plan, signing)}  script:
${items([...credentials(plan), ...logIn(GITLAB), ...scanned, ...signed(signing)], 4)}
  rules: *delivered
`;
}

function signed(signing: Signing): string[] {
  const lines = sign(signing, GITLAB, " --identity-token env://SIGSTORE_ID_TOKEN");
  if (signing.method === "keyless") return lines;
  const { key, password } = keySecrets(signing);
  return [`export SIGNING_KEY="$${key}" COSIGN_PASSWORD="$${password}"`, ...lines];
}

function verified({ method }: Signing): string[] {
  if (method === "key") return [];
  return [
    'bulkhead verify "$IMAGE" --issuer "$CI_SERVER_URL" \\',
    '  --identity "$CI_PROJECT_URL//.gitlab-ci.yml@refs/heads/$CI_COMMIT_BRANCH"',
  ];
}

/** Tokens of the job's identity, each for one service. */
function idTokens({ registryAudience }: DeliveryPlan, signing: Signing | undefined): string {
  const tokens = [
    ...(signing?.method === "keyless" ? [["SIGSTORE_ID_TOKEN", "sigstore"]] : []),
    ...(registryAudience === undefined ? [] : [["REGISTRY_TOKEN", registryAudience]]),
  ];
  if (tokens.length === 0) return "";
  return `  id_tokens:\n${tokens.map(([name, audience = ""]) => `    ${name}:\n      aud: ${scalar(audience)}\n`).join("")}`;
}

/**
 * GitLab's own registry has a user and a password a job; another takes a token, or variables of the environment, and so may other
 * projects' of the same registry, where the job's are not let in. By `$REPOSITORY`, or, where it is not set, the project's own.
 */
function credentials(plan: DeliveryPlan): string[] {
  const other = plan.images.some(({ repository }) => repository !== undefined);
  const byToken =
    plan.registryAudience === undefined ? [] : ["REGISTRY_USERNAME=job", "REGISTRY_PASSWORD=$REGISTRY_TOKEN"];
  const choose = other
    ? [
        'case "${REPOSITORY:-$CI_REGISTRY_IMAGE}" in',
        '  "$CI_REGISTRY_IMAGE" | "$CI_REGISTRY_IMAGE"/*)',
        ...ofJob.map((line) => `    ${line}`),
        "    ;;",
        '  "$CI_REGISTRY"/*)',
        "    REGISTRY_USERNAME=${REGISTRY_USERNAME:-$CI_REGISTRY_USER}",
        "    REGISTRY_PASSWORD=${REGISTRY_PASSWORD:-$CI_REGISTRY_PASSWORD}",
        "    ;;",
        ...(byToken.length === 0 ? [] : ["  *)", ...byToken.map((line) => `    ${line}`), "    ;;"]),
        "esac",
      ]
    : ofJob;
  return [...choose, "REPOSITORY=${REPOSITORY:-$CI_REGISTRY_IMAGE/$NAME}"];
}

const ofJob = ["REGISTRY_USERNAME=$CI_REGISTRY_USER", "REGISTRY_PASSWORD=$CI_REGISTRY_PASSWORD"] as const;

function imageJobs({ signing }: DeliveryPlan, { name, dockerfile, context, repository }: ImagePlan): string {
  const variables = (...more: readonly string[]) =>
    `  variables:\n    NAME: ${scalar(name)}\n${more.map((line) => `    ${line}\n`).join("")}`;
  const where = repository === undefined ? [] : [`REPOSITORY: ${scalar(repository)}`];
  const file = `DOCKERFILE: ${scalar(dockerfile)}`;
  return `
build ${name}:
  extends: .build
  needs: [check]
${variables(file, `CONTEXT: ${scalar(context)}`)}
scan ${name}:
  extends: .scan
  needs: [build ${name}]
${variables(file)}
push ${name}:
  extends: .push
  needs: [build ${name}, scan ${name}]
${variables(...where)}
sign ${name}:
  extends: .sign
  needs: [scan ${name}, push ${name}]
${variables(...where, file)}${signing.countersigners
  .map(
    (one) => `
sign ${name} as ${one.name}:
  extends: .sign-${one.name}
  needs: [push ${name}, sign ${name}]
${variables(...where, file)}`,
  )
  .join("")}`;
}

/** A merge request with the new digests: merging it deploys, by whatever applies the manifests. */
function deployJob(plan: DeliveryPlan): string {
  const { images, manifests, signing } = plan;
  const last = signing.countersigners.at(-1);
  const needs = images.flatMap(({ name }) => [
    `push ${name}`,
    last === undefined ? `sign ${name}` : `sign ${name} as ${last.name}`,
  ]);
  return `
# Proposes the new digests to whoever reviews deployments. Fill in: what applies the manifests to the cluster (Flux, Argo CD, the agent), and
# admission there that asks for these signatures (docs/admission.md). Allow "Git push requests to the repository" by job tokens
# (Settings > CI/CD > Job token permissions), and protect the environment.
deploy:
  extends: .bulkhead
  stage: deploy
  timeout: 15 minutes
  interruptible: false
  needs: [${needs.join(", ")}]
  environment: ${scalar(plan.environment)}
  resource_group: ${scalar(plan.environment)}
${idTokens(plan, undefined)}  script:
${items(
  [
    'IMAGES=$(for file in delivery/*.image; do cat "$file"; echo; done)',
    ...(plan.isRuled ? verification(plan) : []),
    ...edit(manifests),
    ...proposal(plan),
  ],
  4,
)}
  rules: *delivered
`;
}

function verification(plan: DeliveryPlan): string[] {
  return [
    'git fetch --quiet origin "+refs/heads/$CI_DEFAULT_BRANCH:refs/remotes/origin/$CI_DEFAULT_BRANCH"',
    // In a shell of its own: the next image gets none of this one's credentials.
    "for image in $IMAGES; do (",
    ...[
      "REPOSITORY=${image%@*}",
      ...credentials(plan),
      ...logIn(GITLAB),
      `bulkhead verify "$image"${policyOption(plan.policy, "$CI_DEFAULT_BRANCH")}`,
    ].map((line) => `  ${line}`),
    ") done",
  ];
}

function proposal({ manifests }: DeliveryPlan): string[] {
  return [
    'if git diff --quiet; then echo "the manifests name these digests already"; exit 0; fi',
    'git config user.name "$GITLAB_USER_NAME"',
    'git config user.email "$GITLAB_USER_EMAIL"',
    'git switch --create "deploy/$CI_PIPELINE_ID"',
    `git commit --quiet --message "Deploy what pipeline $CI_PIPELINE_ID built" -- ${manifests.join(" ")}`,
    "git config credential.helper '!f() { echo username=gitlab-ci-token; echo \"password=$CI_JOB_TOKEN\"; }; f'",
    'git push --quiet --push-option merge_request.create --push-option "merge_request.target=$CI_DEFAULT_BRANCH" \\',
    '  "$CI_SERVER_URL/$CI_PROJECT_PATH.git" "HEAD:refs/heads/deploy/$CI_PIPELINE_ID"',
  ];
}

function uniqueSecrets({ images }: DeliveryPlan) {
  return [...new Map(images.flatMap(({ secrets }) => secrets).map((secret) => [secret.variable, secret])).values()];
}

function levelOf({ signing: { publisher } }: DeliveryPlan): string {
  if (publisher.method === "key") {
    return `# SLSA Build: level 1. Provenance is signed by the key of ${publisher.name}, which does not say what built; level 2 needs keyless signatures.`;
  }
  return `# SLSA Build: level 2 on GitLab.com's hosted runners: provenance is signed by the identity of the job, which runs nothing of the Dockerfile.
# Level 1 on runners of your own. Not level 3: who may change the repository may change this file, which builds.
# Signatures are entered in Sigstore's public log, with this project's name. To keep that to yourself, sign by a key (trust.signers).`;
}

/** One entry of a script, which a shell reads whole: lines may continue each other. */
function items(lines: readonly string[], indentation: number): string {
  const space = " ".repeat(indentation);
  return `${space}- |\n${block(["set -eo pipefail", ...lines], indentation + 2)}`;
}
