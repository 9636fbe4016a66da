/** Parts of GitHub's workflows that both files have. */
import { pinned } from "../actions.ts";
import type { DeliveryPlan, Signing } from "../model.ts";
import { isPlain } from "../plan-text.ts";

export const NO_HASH = "0".repeat(64);

/** What the jobs install; the placeholder fails closed. */
export function environment({ version }: DeliveryPlan): string {
  return `env:
  BULKHEAD_VERSION: ${version}
  # Fill in: the SHA-256 of bulkhead-${version}.tgz, from the release's signed SHA256SUMS (docs/install.md). Until then nothing passes.
  BULKHEAD_SHA256: "${NO_HASH}"
  # Your signed copy of the advisory database (docs/ci.md), oci://REGISTRY/REPOSITORY:TAG. Empty: downloaded from OSV in each run.
  ADVISORIES: ""
  ADVISORIES_KEY: .github/advisories.pub
`;
}

export function node(): string {
  return `      - name: Set up Node
        uses: ${pinned("actions/setup-node")}
        with:
          node-version: "24"
          package-manager-cache: false`;
}

/** Of a job that pushes or signs. */
export function permissions(plan: DeliveryPlan, signing: Signing): string {
  const lines = ["    permissions:", "      contents: read"];
  if (usesGithubRegistry(plan)) lines.push("      packages: write # pushes to ghcr.io");
  const isPublisher = signing === plan.signing.publisher;
  const why = [
    ...(signing.method === "keyless"
      ? ["the certificate that signs"]
      : isPublisher
        ? ["the attestation of the run"]
        : []),
    ...(plan.registryAudience === undefined ? [] : ["the registry's token"]),
  ];
  if (why.length > 0) lines.push(`      id-token: write # ${why.join(", ")}`);
  if (isPublisher && signing.method === "key") lines.push("      attestations: write # the attestation of the run");
  return lines.join("\n");
}

/** Whether an image is pushed to GitHub's own registry. */
export function usesGithubRegistry({ images }: DeliveryPlan): boolean {
  return images.some(({ repository }) => repository === undefined || repository.startsWith("ghcr.io/"));
}

function usesOtherRegistry({ images }: DeliveryPlan): boolean {
  return images.some(({ repository }) => repository !== undefined && !repository.startsWith("ghcr.io/"));
}

export interface RegistryAccess {
  /** Lines of a step's `env`. */
  readonly env: string;
  /** Sets REPOSITORY. */
  readonly repository: string;
  /** Set REGISTRY_USERNAME and REGISTRY_PASSWORD, of what REPOSITORY is in. */
  readonly credentials: readonly string[];
  readonly secrets: readonly string[];
}

export function registryAccess(plan: DeliveryPlan): RegistryAccess {
  const github = usesGithubRegistry(plan);
  const other = usesOtherRegistry(plan);
  const { registryAudience: audience } = plan;
  const env: string[] = [];
  if (github) env.push("GITHUB_USER: ${{ github.actor }}", "GITHUB_PACKAGES_TOKEN: ${{ github.token }}");
  const secrets = other && audience === undefined ? ["REGISTRY_USERNAME", "REGISTRY_PASSWORD"] : [];
  for (const name of secrets) env.push(`${name}: \${{ secrets.${name} }}`);
  const fromGithub = ["REGISTRY_USERNAME=$GITHUB_USER", "REGISTRY_PASSWORD=$GITHUB_PACKAGES_TOKEN"];
  const byToken =
    audience === undefined
      ? []
      : [
          "REGISTRY_USERNAME=workflow",
          'REGISTRY_PASSWORD=$(curl --silent --show-error --fail --header "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \\',
          `  "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=${isPlain(audience) ? audience : ""}" | jq -r .value)`,
        ];
  const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
  const choose =
    github && other
      ? [
          'if [ "${REPOSITORY%%/*}" = ghcr.io ]; then',
          ...indented(fromGithub),
          ...(byToken.length === 0 ? [] : ["else", ...indented(byToken)]),
          "fi",
        ]
      : github
        ? fromGithub
        : byToken;
  return {
    env: env.map((line) => `          ${line}\n`).join(""),
    repository: "REPOSITORY=${INPUT_REPOSITORY:-ghcr.io/${GITHUB_REPOSITORY,,}/$NAME}",
    credentials: choose,
    secrets,
  };
}
