/** The workflow that starts: checks the repository, has each image built and signed, and proposes the deployment. */
import { pinned } from "../actions.ts";
import { mark } from "../mark.ts";
import type { DeliveryPlan, ImagePlan } from "../model.ts";
import { scalar } from "../plan-text.ts";
import { advisories, block, edit, GITHUB, install, list, logIn, policyOption } from "../scripts.ts";
import { secretsOf } from "./image-workflow.ts";
import { environment, node, registryAccess, usesGithubRegistry } from "./parts.ts";

export function pipelineWorkflow(plan: DeliveryPlan): string {
  const { branch, tags, manifests, policy, images } = plan;
  const ignored =
    manifests.length === 0
      ? ""
      : `    # Deployments change these alone: what they name is built already.\n    paths-ignore: ${list(manifests)}\n`;
  return `# ${mark(plan)}
# Pull requests are checked. The default branch, ${tags.length === 0 ? "" : "tags, "}and each Monday's schedule build every image anew, from its bases as they are then.
name: Delivery
on:
  pull_request:
  push:
    branches: ${list([branch])}
${tags.length === 0 ? "" : `    tags: ${list(tags)}\n`}${ignored}  # Rebuilds weekly, for what bases and packages have fixed. GitHub switches schedules off after 60 days without a commit.
  schedule:
    - cron: "17 3 * * 1"

permissions: {}

# One after the other: two at once would deploy the older image last.
concurrency:
  group: delivery-\${{ github.ref }}
  cancel-in-progress: false

${environment(plan)}
jobs:
  # Secrets, Dockerfiles, lockfiles, manifests and pipelines of the repository.
  check:
    name: Check
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    permissions:
      contents: read
    steps:
      - name: Check out
        uses: ${pinned("actions/checkout")}
        with:
          fetch-depth: 0
          persist-credentials: false
${node()}
      - name: Install Bulkhead
        run: |
${block(["set -euo pipefail", ...install()], 10)}
      - name: Fetch advisories
        run: |
${block(["set -euo pipefail", ...advisories()], 10)}
      - name: Check
        run: |
          bulkhead check .${policyOption(policy, branch)} --format table --format markdown="$RUNNER_TEMP/check.md" || result=$?
          if [ -s "$RUNNER_TEMP/check.md" ]; then cat "$RUNNER_TEMP/check.md" >>"$GITHUB_STEP_SUMMARY"; fi
          exit "\${result:-0}"
${images.map((image) => imageJob(plan, image)).join("")}${manifests.length === 0 ? "" : deployJob(plan)}`;
}

function imageJob(plan: DeliveryPlan, { name, dockerfile, context, repository, secrets }: ImagePlan): string {
  const own = new Set(secrets.map(({ variable }) => variable));
  const handed = secretsOf(plan).filter((one) => !one.name.startsWith("BUILD_SECRET_") || own.has(one.name));
  const grants = ["contents: read"];
  const { publisher } = plan.signing;
  if (usesGithubRegistry(plan)) grants.push("packages: write # pushes to ghcr.io");
  grants.push(
    `id-token: write # ${publisher.method === "keyless" ? "the certificate that signs" : "the attestation of the run"}`,
  );
  if (publisher.method === "key") grants.push("attestations: write # the attestation of the run");
  return `
  ${name}:
    name: ${name}
    needs: check
    if: github.event_name != 'pull_request'
    permissions:
${grants.map((grant) => `      ${grant}\n`).join("")}    uses: $/.github/workflows/${plan.signing.workflow}
    with:
      name: ${scalar(name)}
      dockerfile: ${scalar(dockerfile)}
      context: ${scalar(context)}
${repository === undefined ? "" : `      repository: ${scalar(repository)}\n`}${
  handed.length === 0
    ? ""
    : `    secrets:\n${handed.map((one) => `      ${one.name}: \${{ secrets.${one.name} }}\n`).join("")}`
}`;
}

/** A pull request with the new digests: merging it deploys, by whatever applies the manifests. */
function deployJob(plan: DeliveryPlan): string {
  const { images, manifests, branch, tags } = plan;
  const access = registryAccess(plan);
  const needs = plan.isRuled ? verification(plan) : [];
  const condition = tags.length > 0 ? "startsWith(github.ref, 'refs/tags/')" : "github.event_name != 'pull_request'";
  return `
  # Proposes the new digests to whoever reviews deployments. Fill in: what applies ${manifests.length === 1 ? "the manifest" : "the manifests"} of ${branch} to the cluster (Argo CD, Flux,
  # kubectl), and admission there that asks for these signatures (docs/admission.md).
  deploy:
    name: Deploy
    needs: ${list(images.map(({ name }) => name))}
    if: ${condition}
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    environment: ${scalar(plan.environment)}
    permissions:
      contents: write # pushes the branch of the pull request
      pull-requests: write # opens it
${needs.length > 0 && plan.registryAudience !== undefined ? "      id-token: write # the registry's token\n" : ""}${needs.length > 0 && usesGithubRegistry(plan) ? "      packages: read # the signatures in ghcr.io\n" : ""}    steps:
      - name: Check out
        uses: ${pinned("actions/checkout")}
        with:
          ref: ${scalar(branch)}
          fetch-depth: 0
          persist-credentials: false
${needs.length === 0 ? "" : `${node()}\n      - name: Install Bulkhead\n        run: |\n${block(["set -euo pipefail", ...install()], 10)}\n      - name: Verify by the policy\n        env:\n${imagesOf(plan)}${access.env}        run: |\n${block(needs, 10)}\n`}      - name: Put the digests into the manifests
        env:
${imagesOf(plan)}        run: |
${block(["set -euo pipefail", ...edit(manifests)], 10)}
      - name: Open a pull request
        env:
          GH_TOKEN: \${{ github.token }}
        run: |
${block(proposal(plan), 10)}
`;
}

function imagesOf({ images }: DeliveryPlan): string {
  const each = images.map(({ name }) => `            \${{ needs.${name}.outputs.image }}\n`);
  return `          IMAGES: |\n${each.join("")}`;
}

/** By the rules of the policy, as admission will ask. */
function verification(plan: DeliveryPlan): string[] {
  const access = registryAccess(plan);
  return [
    "set -euo pipefail",
    "for image in $IMAGES; do",
    ...[
      "REPOSITORY=${image%@*}",
      ...access.credentials,
      ...logIn(GITHUB),
      `bulkhead verify "$image"${policyOption(plan.policy, plan.branch)}`,
    ].map((line) => `  ${line}`),
    "done",
  ];
}

function proposal({ branch, manifests }: DeliveryPlan): string[] {
  return [
    "set -euo pipefail",
    'if git diff --quiet; then echo "the manifests name these digests already"; exit 0; fi',
    'git config user.name "github-actions[bot]"',
    'git config user.email "41898282+github-actions[bot]@users.noreply.github.com"',
    'git switch --create "deploy/$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT"',
    `git commit --quiet --message "Deploy what run $GITHUB_RUN_ID built" -- ${manifests.join(" ")}`,
    "gh auth setup-git",
    'git push --quiet origin "HEAD:refs/heads/deploy/$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT"',
    `gh pr create --base ${branch} --head "deploy/$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT" --title "Deploy what run $GITHUB_RUN_ID built" \\`,
    '  --body "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"',
  ];
}
