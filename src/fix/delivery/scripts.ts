/** Shell that pipelines of both providers run: each function gives lines for `bash -eo pipefail`. Values come by variables alone. */

import { upper } from "./images.ts";
import type { Signing } from "./model.ts";
import { scalar } from "./plan-text.ts";

/** Where a provider's jobs keep files that are no part of the checkout, and what a commit and a run are called there. */
export interface Variables {
  readonly temporary: string;
  /** Of credentials, for the time of the job. */
  readonly credentials: string;
  readonly commit: string;
  readonly source: string;
  /** Unique a run: the image's tag, which nothing goes by. */
  readonly tag: string;
}

export const GITHUB: Variables = {
  temporary: "$RUNNER_TEMP",
  credentials: "$RUNNER_TEMP/registry",
  commit: "$GITHUB_SHA",
  source: "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY",
  tag: "$GITHUB_SHA-$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT",
};

export const GITLAB: Variables = {
  temporary: "$CI_PROJECT_DIR/delivery",
  credentials: "$(mktemp -d)",
  commit: "$CI_COMMIT_SHA",
  source: "$CI_PROJECT_URL",
  tag: "$CI_COMMIT_SHA-$CI_PIPELINE_ID-$CI_JOB_ID",
};

/** The npm package is bundled, so that the hash of one file is the hash of all that runs. */
export const install = (): string[] => [
  "packed=$(mktemp -d)",
  'npm pack --silent --pack-destination "$packed" "bulkhead@$BULKHEAD_VERSION"',
  'echo "$BULKHEAD_SHA256  $packed/bulkhead-$BULKHEAD_VERSION.tgz" | sha256sum --check --strict',
  'npm install --global --ignore-scripts --offline "$packed/bulkhead-$BULKHEAD_VERSION.tgz"',
];

export const advisories = (): string[] => [
  'if [ -n "$ADVISORIES" ]; then',
  '  bulkhead db pull "$ADVISORIES" --public-key "$ADVISORIES_KEY"',
  "else",
  "  bulkhead db update --quiet",
  "fi",
];

/** `--policy` of the default branch, which the change under review cannot edit. */
export function policyOption(policy: string | undefined, branch: string): string {
  return policy === undefined ? "" : ` --policy "git:origin/${branch}:${policy}"`;
}

export function build(
  { commit, source, temporary }: Variables,
  secrets: readonly { id: string; variable: string }[],
): string[] {
  return [
    `mkdir -p "${temporary}"`,
    "options=()",
    ...secrets.map(
      ({ id, variable }) => `if [ -n "\${${variable}:-}" ]; then options+=(--secret "id=${id},env=${variable}"); fi`,
    ),
    'buildah build --pull --no-cache --format oci --file "$DOCKERFILE" \\',
    `  --label "org.opencontainers.image.revision=${commit}" \\`,
    `  --label "org.opencontainers.image.source=${source}" \\`,
    '  --tag "delivery/$NAME" ${options[@]+"${options[@]}"} "$CONTEXT"',
    `buildah push --digestfile "${temporary}/$NAME.digest" "delivery/$NAME" "oci-archive:${temporary}/$NAME.tar"`,
  ];
}

export function scan({ temporary }: Variables, policy: string): string[] {
  return [
    `bulkhead image scan "oci-archive:${temporary}/$NAME.tar" --dockerfile "$DOCKERFILE"${policy} \\`,
    `  --format table --format json="${temporary}/$NAME.scan.json"`,
    `bulkhead image sbom "oci-archive:${temporary}/$NAME.tar" --format cyclonedx --output "${temporary}/$NAME.cdx.json"`,
  ];
}

/** Credentials in docker's form, which skopeo and bulkhead read. */
export function logIn({ credentials }: Variables): string[] {
  return [
    `DOCKER_CONFIG="${credentials}"`,
    "export DOCKER_CONFIG",
    'mkdir -p -m 700 "$DOCKER_CONFIG"',
    'auth=$(printf \'%s:%s\' "$REGISTRY_USERNAME" "$REGISTRY_PASSWORD" | base64 -w 0)',
    'printf \'{"auths":{"%s":{"auth":"%s"}}}\' "${REPOSITORY%%/*}" "$auth" >"$DOCKER_CONFIG/config.json"',
  ];
}

/** What lands is compared with what was built and scanned. */
export function push({ temporary, tag }: Variables): string[] {
  return [
    `skopeo copy --authfile "$DOCKER_CONFIG/config.json" --preserve-digests --digestfile "${temporary}/$NAME.pushed" \\`,
    `  "oci-archive:${temporary}/$NAME.tar" "docker://$REPOSITORY:${tag}"`,
    `test "$(cat "${temporary}/$NAME.pushed")" = "$(cat "${temporary}/$NAME.digest")"`,
  ];
}

/** @param image - a shell word for `REPOSITORY@DIGEST` */
export function sign(signing: Signing, { temporary }: Variables, token: string): string[] {
  const by = signing.method === "key" ? " --key env://SIGNING_KEY" : token;
  const attest = (rest: string) => `bulkhead attest${by} ${rest} "$IMAGE"`;
  const kinds = {
    slsa: attest('--type slsa --source . --dockerfile "$DOCKERFILE"'),
    sbom: attest(`--type sbom --predicate "${temporary}/$NAME.cdx.json"`),
    vuln: attest(`--type vuln --predicate "${temporary}/$NAME.scan.json"`),
  };
  return [`bulkhead sign${by} "$IMAGE"`, ...signing.attests.map((type) => kinds[type])];
}

/** Secrets of a signer that signs by a key. */
export function keySecrets({ name }: Signing): { readonly key: string; readonly password: string } {
  return { key: `${upper(name)}_KEY`, password: `${upper(name)}_KEY_PASSWORD` };
}

/** Each of `$IMAGES` put into the manifests by digest, in the place of whatever tag or digest stood there. */
export function edit(manifests: readonly string[]): string[] {
  return [
    "version='(:[A-Za-z0-9_.-]+)?(@sha256:[0-9a-f]{64})?'",
    "for image in $IMAGES; do",
    "  name=$(printf '%s' \"${image%@*}\" | sed 's/[.]/[.]/g')",
    `  sed -E -i "s#(^|[[:space:]\\"'])$name$version(\\$|[[:space:]\\"'])#\\1$image\\4#" \\`,
    `    ${manifests.join(" ")}`,
    "done",
  ];
}

/** A block of a script below a key, at the indentation that it is written with. */
export function block(lines: readonly string[], indentation: number): string {
  const space = " ".repeat(indentation);
  return lines.map((line) => (line === "" ? "" : `${space}${line}`)).join("\n");
}

export function list(items: readonly string[]): string {
  return `[${items.map(scalar).join(", ")}]`;
}
