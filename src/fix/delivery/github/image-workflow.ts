/** The called workflow: one image, from its Dockerfile to a signed digest in the registry. */
import { pinned } from "../actions.ts";
import { mark } from "../mark.ts";
import type { DeliveryPlan, Signing } from "../model.ts";
import { scalar } from "../plan-text.ts";
import {
  advisories,
  block,
  build,
  GITHUB,
  install,
  keySecrets,
  logIn,
  policyOption,
  push,
  scan,
  sign,
} from "../scripts.ts";
import { environment, node, permissions, registryAccess } from "./parts.ts";

export function imageWorkflow(plan: DeliveryPlan): string {
  const { signing, branch, policy } = plan;
  const secrets = secretsOf(plan);
  const trusted = policyOption(policy, branch);
  return `# ${mark(plan)}
# Builds, scans, pushes and signs one image. Nothing is pushed that the scan does not pass: each job needs the one before.
#
${levelOf(plan)}
name: Image
on:
  workflow_call:
    inputs:
      name:
        description: What the image is called in artifacts.
        type: string
        required: true
      dockerfile:
        description: Path of the Dockerfile.
        type: string
        required: true
      context:
        description: Directory that it is built from.
        type: string
        required: true
      repository:
        description: "Where it is pushed to: REGISTRY/REPOSITORY. Empty: ghcr.io, below the repository's own name."
        type: string
        default: ""
${secretDeclarations(secrets)}    outputs:
      image:
        description: "REPOSITORY@sha256:… that is signed."
        value: \${{ jobs.publish.outputs.image }}

permissions: {}

${environment(plan)}
jobs:
  # Runs the Dockerfile, and so whatever it downloads: no identity, and no right to write anywhere.
  build:
    name: Build \${{ inputs.name }}
    runs-on: ubuntu-24.04
    timeout-minutes: 60
    permissions:
      contents: read
    outputs:
      checksums: \${{ steps.build.outputs.checksums }}
    steps:
      - name: Check out
        uses: ${pinned("actions/checkout")}
        with:
          persist-credentials: false
      - name: Build
        id: build
        env:
          NAME: \${{ inputs.name }}
          DOCKERFILE: \${{ inputs.dockerfile }}
          CONTEXT: \${{ inputs.context }}
${buildSecrets(plan)}        run: |
${block(["set -euo pipefail", ...build(GITHUB, uniqueSecrets(plan)), ...checksums(".tar", ".digest")], 10)}
      - name: Keep the image
        uses: ${pinned("actions/upload-artifact")}
        with:
          name: image-\${{ inputs.name }}
          path: |
            \${{ runner.temp }}/\${{ inputs.name }}.tar
            \${{ runner.temp }}/\${{ inputs.name }}.digest
          if-no-files-found: error
          retention-days: 1

  # Vulnerabilities, secrets and settings at or above the policy's thresholds end the run here; so does what could not be found out.
  scan:
    name: Scan \${{ inputs.name }}
    needs: build
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    permissions:
      contents: read
    outputs:
      checksums: \${{ steps.scan.outputs.checksums }}
    steps:
${checkoutAll()}
${node()}
${fetchImage()}
      - name: Compare with what was built
        env:
          CHECKSUMS: \${{ needs.build.outputs.checksums }}
        run: |
${compare(["CHECKSUMS"])}
      - name: Install Bulkhead
        run: |
${block(["set -euo pipefail", ...install()], 10)}
      - name: Fetch advisories
        run: |
${block(["set -euo pipefail", ...advisories()], 10)}
      - name: Scan
        id: scan
        env:
          NAME: \${{ inputs.name }}
          DOCKERFILE: \${{ inputs.dockerfile }}
        run: |
${block(["set -euo pipefail", ...scan(GITHUB, trusted), ...checksums(".scan.json", ".cdx.json")], 10)}
      - name: Keep the evidence
        uses: ${pinned("actions/upload-artifact")}
        with:
          name: evidence-\${{ inputs.name }}
          path: |
            \${{ runner.temp }}/\${{ inputs.name }}.scan.json
            \${{ runner.temp }}/\${{ inputs.name }}.cdx.json
          if-no-files-found: error
          retention-days: 30

  # Builds nothing: pushes what was scanned, and signs it${signing.publisher.method === "key" ? ` with the key of ${signing.publisher.name}` : ", as the identity of this workflow"}.
  publish:
    name: Publish \${{ inputs.name }}
    needs: [build, scan]
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    environment: ${scalar(signing.publisher.name)}
${permissions(plan, signing.publisher)}
    outputs:
      image: \${{ steps.push.outputs.image }}
    steps:
${checkoutAll()}
${node()}
${fetchImage()}
      - name: Fetch the evidence
        uses: ${pinned("actions/download-artifact")}
        with:
          name: evidence-\${{ inputs.name }}
          path: \${{ runner.temp }}
      - name: Compare with what was built and scanned
        env:
          CHECKSUMS: \${{ needs.build.outputs.checksums }}
          EVIDENCE: \${{ needs.scan.outputs.checksums }}
        run: |
${compare(["CHECKSUMS", "EVIDENCE"])}
      - name: Install Bulkhead
        run: |
${block(["set -euo pipefail", ...install()], 10)}
      - name: Push
        id: push
        env:
          NAME: \${{ inputs.name }}
          INPUT_REPOSITORY: \${{ inputs.repository }}
${registryAccess(plan).env}        run: |
${block(["set -euo pipefail", registryAccess(plan).repository, ...registryAccess(plan).credentials, ...logIn(GITHUB), ...push(GITHUB), ...outputs()], 10)}
${signSteps(plan, signing.publisher, "${{ steps.push.outputs.image }}")}${signing.countersigners.map((one) => countersignJob(plan, one)).join("")}`;
}

/** The files of the job, by their hashes, as one word. */
function checksums(...endings: readonly string[]): string[] {
  const files = endings.map((ending) => `"$NAME${ending}"`).join(" ");
  return [`echo "checksums=$(cd "$RUNNER_TEMP" && sha256sum -- ${files} | base64 -w 0)" >>"$GITHUB_OUTPUT"`];
}

function outputs(): string[] {
  return [
    'digest=$(cat "$RUNNER_TEMP/$NAME.digest")',
    'printf \'%s\\n\' "repository=$REPOSITORY" "digest=$digest" "image=$REPOSITORY@$digest" >>"$GITHUB_OUTPUT"',
  ];
}

function compare(variables: readonly string[]): string {
  const lines = variables.map((name) => `printf '%s' "$${name}" | base64 -d | sha256sum --check --strict`);
  return block(["set -euo pipefail", 'cd "$RUNNER_TEMP"', ...lines], 10);
}

/** All branches: the policy is read from the default one. */
function checkoutAll(): string {
  return `      - name: Check out
        uses: ${pinned("actions/checkout")}
        with:
          fetch-depth: 0
          persist-credentials: false`;
}

function fetchImage(): string {
  return `      - name: Fetch the image
        uses: ${pinned("actions/download-artifact")}
        with:
          name: image-\${{ inputs.name }}
          path: \${{ runner.temp }}`;
}

function signSteps(plan: DeliveryPlan, signing: Signing, image: string): string {
  const { key, password } = keySecrets(signing);
  const env =
    signing.method === "key"
      ? `          SIGNING_KEY: \${{ secrets.${key} }}\n          COSIGN_PASSWORD: \${{ secrets.${password} }}\n`
      : "";
  const ending =
    signing.method === "keyless"
      ? [
          `bulkhead verify "$IMAGE" --issuer https://token.actions.githubusercontent.com \\`,
          `  --identity "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/.github/workflows/${plan.signing.workflow}@$GITHUB_REF"`,
        ]
      : [];
  const platform =
    signing.method === "key" && signing === plan.signing.publisher
      ? `      # The key says that its holder signed; this, which of GitHub's runs built it.
      - name: Attest the run
        uses: ${pinned("actions/attest-build-provenance")}
        with:
          subject-name: \${{ steps.push.outputs.repository }}
          subject-digest: \${{ steps.push.outputs.digest }}
`
      : "";
  return `${platform}      - name: Sign and attest
        env:
          IMAGE: ${image}
          NAME: \${{ inputs.name }}
          DOCKERFILE: \${{ inputs.dockerfile }}
${env}        run: |
${block(["set -euo pipefail", 'export DOCKER_CONFIG="$RUNNER_TEMP/registry"', ...sign(signing, GITHUB, ""), ...ending], 10)}
`;
}

/** Another signer of the policy: it looks for itself, in an environment with reviewers of its own. */
function countersignJob(plan: DeliveryPlan, signing: Signing): string {
  const access = registryAccess(plan);
  const scanned = [
    `bulkhead image scan "$IMAGE"${policyOption(plan.policy, plan.branch)} --format table --format json="$RUNNER_TEMP/$NAME.scan.json"`,
    'bulkhead image sbom "$IMAGE" --format cyclonedx --output "$RUNNER_TEMP/$NAME.cdx.json"',
  ];
  return `
  # ${signing.name} signs what it has scanned itself. Whoever approves its environment should not be whoever approves ${plan.signing.publisher.name}.
  sign-${signing.name}:
    name: Sign \${{ inputs.name }} as ${signing.name}
    needs: publish
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    environment: ${scalar(signing.name)}
${permissions(plan, signing)}
    steps:
${checkoutAll()}
${node()}
      - name: Install Bulkhead
        run: |
${block(["set -euo pipefail", ...install()], 10)}
      - name: Fetch advisories
        run: |
${block(["set -euo pipefail", ...advisories()], 10)}
      - name: Scan what was pushed
        env:
          IMAGE: \${{ needs.publish.outputs.image }}
          NAME: \${{ inputs.name }}
          INPUT_REPOSITORY: \${{ inputs.repository }}
${access.env}        run: |
${block(["set -euo pipefail", access.repository, ...access.credentials, ...logIn(GITHUB), ...scanned], 10)}
${signSteps(plan, signing, "${{ needs.publish.outputs.image }}")}`;
}

interface DeclaredSecret {
  readonly name: string;
  readonly description: string;
}

/** Secrets that a caller hands over. */
export function secretsOf(plan: DeliveryPlan): DeclaredSecret[] {
  const { publisher, countersigners } = plan.signing;
  const keys = [publisher, ...countersigners].filter(({ method }) => method === "key");
  return [
    ...uniqueSecrets(plan).map(({ id, variable }) => ({ name: variable, description: `Build secret ${id}.` })),
    ...registryAccess(plan).secrets.map((name) => ({ name, description: "Of the registry." })),
    ...keys.flatMap((signing) => {
      const { key, password } = keySecrets(signing);
      return [
        { name: key, description: `Private key of ${signing.name}, as bulkhead generate-key writes it.` },
        { name: password, description: "Its password." },
      ];
    }),
  ];
}

function secretDeclarations(secrets: readonly DeclaredSecret[]): string {
  if (secrets.length === 0) return "";
  const each = secrets.map(
    ({ name, description }) => `      ${name}:\n        description: ${description}\n        required: false\n`,
  );
  return `    # Secrets of the environments below take the place of what a caller hands over.\n    secrets:\n${each.join("")}`;
}

function uniqueSecrets({ images }: DeliveryPlan) {
  return [...new Map(images.flatMap(({ secrets }) => secrets).map((secret) => [secret.variable, secret])).values()];
}

function buildSecrets(plan: DeliveryPlan): string {
  return uniqueSecrets(plan)
    .map(({ variable }) => `          ${variable}: \${{ secrets.${variable} }}\n`)
    .join("");
}

function levelOf({ signing }: DeliveryPlan): string {
  const { method, name } = signing.publisher;
  if (method === "key") {
    return `# SLSA Build: level 1 by the key of ${name}, which does not say what built; level 2 by the attestation of the run, which GitHub signs.
# Not level 3: who may change the repository may change this file, which builds. For level 3 keep it in a repository with reviewers of
# its own, call it from there by commit, and sign keyless.`;
  }
  return `# SLSA Build: level 2. GitHub's machines build, and provenance is signed by this workflow's identity in a job that runs nothing of
# the Dockerfile. Not level 3: who may change the repository may change this file. For level 3 move it to a repository with reviewers
# of its own, call it by commit (uses: OWNER/builder/.github/workflows/${signing.workflow}@COMMIT), and say so in the policy:
#   trust.signers.builder.identity: https://github.com/OWNER/builder/.github/workflows/${signing.workflow}@COMMIT
#   trust.builders: [{ signer: builder, ids: [the same], level: 3 }]
# Signatures are entered in Sigstore's public log, with this repository's name. To keep that to yourself, sign by a key (trust.signers).`;
}
