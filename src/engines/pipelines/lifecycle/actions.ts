/** What an action does to an image: by its name and its inputs, as each action's own documentation has them. */
import { lookedUp, NO_SCANNER_SETTINGS, type ScannerSettings } from "../scanner-settings.ts";
import { scannerRunOf, TRIVY_SETTINGS } from "../scanners.ts";
import type { Act } from "./commands.ts";

/** Inputs by their names in lower case. */
export type Inputs = ReadonlyMap<string, string>;

/** @param settings - of scanners, where the action runs */
type Reader = (inputs: Inputs, settings: ScannerSettings) => readonly Act[];

/** @param name - in lower case, without its ref: `docker/build-push-action` */
export function actsOfAction(name: string, inputs: Inputs, settings = NO_SCANNER_SETTINGS): readonly Act[] {
  const known = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (known !== undefined) return known(inputs, settings);
  // Its other workflows are for files.
  if (name.startsWith("slsa-framework/slsa-github-generator/.github/workflows/generator_container_")) {
    return [{ role: "provenance", tool: "slsa-github-generator", ...imageOf(inputs, "image") }];
  }
  // Under the name of whoever published it.
  const own = /\/bulkhead(?:\/|$)/.test(name) ? scansBy(name, { inputs, settings }, "image") : [];
  if (own.length > 0) return own.flatMap((scan): Act[] => [scan, { ...withoutImage(scan), role: "secret-scan" }]);
  // Whatever else says that it verifies signatures or provenance may do so.
  return VERIFIER.test(name)
    ? [
        { role: "verify", tool: name },
        { role: "verify-provenance", tool: name },
      ]
    : [];
}

const VERIFIER =
  /verif(?:y|ier|ication).{0,40}(?:sign|image|attest|provenance|cosign|slsa)|(?:cosign|slsa|attest|image|sign).{0,40}verif(?:y|ier)/;

function imageOf(inputs: Inputs, ...names: readonly string[]): { image?: string } {
  for (const name of names) {
    const value = inputs.get(name)?.split(/[\n,]/)[0]?.trim();
    if (value !== undefined && value !== "") return { image: value };
  }
  return {};
}

function isOn(inputs: Inputs, name: string): boolean {
  const value = inputs.get(name)?.trim().toLowerCase();
  return value !== undefined && value !== "" && value !== "false" && value !== "0" && value !== "no";
}

const buildAndPush: Reader = (inputs) => {
  const tool = "docker/build-push-action";
  const image = imageOf(inputs, "tags");
  const cacheFrom = inputs.get("cache-from")?.trim();
  const outputs = inputs.get("outputs") ?? "";
  const pushes = isOn(inputs, "push") || /push=true|type=registry/.test(outputs);
  return [
    {
      role: "build",
      tool,
      ...image,
      ...(cacheFrom === undefined || cacheFrom === "" ? {} : { cacheFrom }),
      fresh: isOn(inputs, "pull") || isOn(inputs, "no-cache"),
    },
    ...(pushes ? [{ role: "push" as const, tool, ...image }] : []),
    ...(pushes && isOn(inputs, "provenance") ? [{ role: "provenance" as const, tool, ...image }] : []),
    // What the builder attaches goes where the image goes.
    ...(isOn(inputs, "sbom")
      ? [
          { role: "sbom" as const, tool },
          { role: "sbom-use" as const, tool },
        ]
      : []),
  ];
};

/** Of an action that is a scanner's: its inputs say whether it scans, and whether findings fail it. */
function scansBy(
  action: string,
  { inputs, settings }: { readonly inputs: Inputs; readonly settings: ScannerSettings },
  ...images: readonly string[]
): readonly Act[] {
  const run = scannerRunOf({ kind: "action", name: action, inputs }, settings);
  if (run === undefined) return [];
  const { scanner: tool, ignored } = run;
  return [{ role: "scan", tool, ...imageOf(inputs, ...images), ...(ignored === undefined ? {} : { ignored }) }];
}

const trivyAction: Reader = (inputs, settings) => {
  const tool = "trivy-action";
  const format = inputs.get("format") ?? "";
  const output = inputs.get("output");
  if (/^(?:cyclonedx|spdx|spdx-json|github)$/.test(format)) {
    return [
      { role: "sbom", tool, ...(output === undefined ? {} : { file: output }) },
      ...(format === "github" ? [{ role: "sbom-use" as const, tool }] : []),
    ];
  }
  const type = inputs.get("scan-type") ?? "image";
  const beside = lookedUp("--exit-code", TRIVY_SETTINGS, inputs.get("trivy-config")?.trim() || undefined, settings);
  const code = inputs.get("exit-code")?.trim() || beside.value || (beside.unknown === undefined ? "0" : "");
  const isForSecrets = inputs.get("scanners")?.split(",").includes("secret") === true;
  return [
    ...scansBy("aquasecurity/trivy-action", { inputs, settings }, ...(type === "image" ? ["image-ref"] : [])),
    ...(type === "sbom" ? [{ role: "sbom-use" as const, tool }] : []),
    ...(isForSecrets
      ? [{ role: "secret-scan" as const, tool, ...(code === "0" ? { ignored: "exit-code is not set" } : {}) }]
      : []),
  ];
};

function withoutImage({ image: _, ...scan }: Act): Act {
  return scan;
}

const deploys =
  (tool: string, ...names: readonly string[]): Reader =>
  (inputs) => [{ role: "deploy", tool, ...imageOf(inputs, ...names) }];

/** It attests archives and packages, which no cluster admits. */
function isOfFiles(inputs: Inputs): boolean {
  return inputs.has("subject-path") || inputs.has("subject-checksums");
}

const attests: Reader = (inputs) => {
  const about = { tool: "actions/attest", ...imageOf(inputs, "subject-name") };
  if (isOfFiles(inputs)) return [];
  return inputs.has("sbom-path") ? [{ role: "sbom-use", tool: "actions/attest" }] : [{ role: "provenance", ...about }];
};

const ACTIONS: Readonly<Record<string, Reader>> = {
  "docker/build-push-action": buildAndPush,
  "docker/bake-action": (inputs) => [
    { role: "build", tool: "docker/bake-action", fresh: isOn(inputs, "pull") || isOn(inputs, "no-cache") },
    ...(isOn(inputs, "push") ? [{ role: "push" as const, tool: "docker/bake-action" }] : []),
    ...(isOn(inputs, "sbom")
      ? [
          { role: "sbom" as const, tool: "docker/bake-action" },
          { role: "sbom-use" as const, tool: "docker/bake-action" },
        ]
      : []),
  ],
  "redhat-actions/buildah-build": (inputs) => [
    {
      role: "build",
      tool: "buildah-build",
      ...imageOf(inputs, "image"),
      fresh: /--pull/.test(inputs.get("extra-args") ?? ""),
    },
  ],
  "redhat-actions/push-to-registry": (inputs) => [
    { role: "push", tool: "push-to-registry", ...imageOf(inputs, "image") },
  ],
  "aquasecurity/trivy-action": trivyAction,
  "anchore/scan-action": (inputs, settings) => [
    ...scansBy("anchore/scan-action", { inputs, settings }, "image"),
    ...(inputs.has("sbom") ? [{ role: "sbom-use" as const, tool: "anchore/scan-action" }] : []),
  ],
  "docker/scout-action": (inputs, settings) =>
    /sbom/.test(inputs.get("command") ?? "")
      ? [{ role: "sbom", tool: "docker/scout-action" }]
      : scansBy("docker/scout-action", { inputs, settings }, "image"),
  "snyk/actions/docker": (inputs, settings) => scansBy("snyk/actions/docker", { inputs, settings }, "image"),
  "anchore/sbom-action": (inputs) => {
    const file = inputs.get("output-file");
    const tool = "anchore/sbom-action";
    // On a release it attaches what it writes, unless it is told not to.
    const kept = isOn(inputs, "dependency-snapshot") || isOn(inputs, "upload-release-assets");
    return [
      { role: "sbom", tool, ...(file === undefined ? {} : { file }) },
      ...(kept ? [{ role: "sbom-use" as const, tool }] : []),
    ];
  },
  "cyclonedx/gh-node-module-generatebom": (inputs) => [
    { role: "sbom", tool: "gh-node-module-generatebom", file: inputs.get("output") ?? "bom.xml" },
  ],
  "advanced-security/spdx-dependency-submission-action": () => [{ role: "sbom-use", tool: "dependency submission" }],
  "evryfs/sbom-dependency-submission-action": () => [{ role: "sbom-use", tool: "dependency submission" }],
  "dependencytrack/gh-upload-sbom": () => [{ role: "sbom-use", tool: "Dependency-Track" }],
  "actions/attest-build-provenance": (inputs) =>
    isOfFiles(inputs)
      ? []
      : [{ role: "provenance", tool: "actions/attest-build-provenance", ...imageOf(inputs, "subject-name") }],
  "actions/attest": attests,
  "actions/attest-sbom": () => [{ role: "sbom-use", tool: "actions/attest-sbom" }],
  "gitleaks/gitleaks-action": () => [{ role: "secret-scan", tool: "gitleaks-action", history: true }],
  "trufflesecurity/trufflehog": (inputs) => [
    {
      role: "secret-scan",
      tool: "trufflehog",
      history: true,
      // The action itself fails where something is found; its own arguments may say otherwise.
      ...(/--no-fail\b/.test(inputs.get("extra_args") ?? "") ? { ignored: "--no-fail is set" } : {}),
    },
  ],
  "gitguardian/ggshield-action": () => [{ role: "secret-scan", tool: "ggshield" }],
  "gitguardian/ggshield/actions/secret": () => [{ role: "secret-scan", tool: "ggshield" }],
  "azure/k8s-deploy": deploys("azure/k8s-deploy", "images"),
  "azure/container-apps-deploy-action": deploys("azure/container-apps-deploy-action", "imagetodeploy"),
  "azure/webapps-deploy": deploys("azure/webapps-deploy", "images"),
  "aws-actions/amazon-ecs-deploy-task-definition": deploys("amazon-ecs-deploy-task-definition"),
  "google-github-actions/deploy-cloudrun": deploys("deploy-cloudrun", "image"),
  "superfly/flyctl-actions": deploys("flyctl-actions"),
};

/** Actions that hand a file on within continuous integration. */
export function isUpload(name: string): boolean {
  return (
    /^actions\/(?:upload|download)-artifact$/.test(name) ||
    name === "actions/cache" ||
    name.startsWith("actions/cache/")
  );
}
