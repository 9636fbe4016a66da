/** Content of a manifest held against what the policy lets be pushed. */
import { compileGlob } from "../../../core/glob.ts";
import type { ManifestContent } from "../../../engines/oci/distribution/content.ts";
import { namesRepository, type PushRules } from "../../../engines/oci/distribution/push-model.ts";
import type { StoredManifest } from "../model.ts";
import type { Fault } from "./verdict.ts";

export function repositoryFaults(repository: string, { repositories }: PushRules): Fault[] {
  if (repositories.length === 0 || namesRepository(repositories, repository)) return [];
  return [
    {
      check: "registry/repository-not-pushed",
      verdict: "fail",
      message: `the policy lets nothing be pushed to ${repository}`,
      fix: `push to one of ${someOf(repositories)}`,
    },
  ];
}

export function contentFaults(content: ManifestContent, manifest: StoredManifest, rules: PushRules): Fault[] {
  return [...mediaTypeFaults(content, manifest, rules.mediaTypes), ...sizeFaults(content, manifest, rules)];
}

/** A blob of so many bytes. */
export function blobFaults(bytes: number, { maxLayerBytes }: PushRules): Fault[] {
  return bytes <= maxLayerBytes ? [] : [tooLarge("the blob has", bytes, maxLayerBytes)];
}

function mediaTypeFaults(
  { artifactType, config, layers }: ManifestContent,
  { mediaType }: StoredManifest,
  patterns: readonly string[],
): Fault[] {
  if (patterns.length === 0) return [];
  const allowed = patterns.map((pattern) => compileGlob(pattern.toLowerCase()));
  const types = [
    ["manifest", mediaType],
    ["artifact", artifactType],
    ["config", config?.mediaType],
    ...layers.map((layer) => ["layer", layer.mediaType]),
  ] as const;
  const refused = types.find(
    ([, type]) => type !== undefined && !allowed.some((matches) => matches(type.toLowerCase())),
  );
  if (refused === undefined) return [];
  const [what, type = ""] = refused;
  return [
    {
      check: "registry/media-type-not-allowed",
      verdict: "fail",
      message: `the ${what}'s media type "${excerpt(type)}" is not among those that may be pushed`,
      fix: `push ${someOf(patterns)}`,
    },
  ];
}

function sizeFaults({ config, layers }: ManifestContent, { bytes }: StoredManifest, rules: PushRules): Fault[] {
  const { maxManifestBytes, maxLayerBytes, maxImageBytes } = rules;
  const sizes = [...(config === undefined ? [] : [config]), ...layers].map(({ size }) => size);
  const largest = Math.max(0, ...sizes);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  return [
    ...(bytes.length > maxManifestBytes ? [tooLarge("the manifest has", bytes.length, maxManifestBytes)] : []),
    ...(largest > maxLayerBytes ? [tooLarge("a layer has", largest, maxLayerBytes)] : []),
    ...(all > maxImageBytes ? [tooLarge("the config and layers together have", all, maxImageBytes)] : []),
  ];
}

function tooLarge(what: string, bytes: number, most: number): Fault {
  return {
    check: "registry/content-too-large",
    verdict: "fail",
    message: `${what} ${bytes} bytes, and ${most} may be pushed`,
    answer: { status: 413, code: "SIZE_INVALID" },
  };
}

function someOf(patterns: readonly string[]): string {
  const shown = patterns.slice(0, 5).join(", ");
  return patterns.length > 5 ? `${shown} (and ${patterns.length - 5} more)` : shown;
}

function excerpt(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`;
}
