/** What a manifest is that is no container image, in the words of those who make such artifacts. */
import { isImageConfig, type Manifest } from "./document.ts";

/** By the media type of every layer: cosign stores its signatures with the config of an image. */
const BY_LAYER: readonly (readonly [RegExp, string])[] = [
  [/^application\/vnd\.dev\.cosign\.simplesigning\.v1\+json$/, "a signature of cosign"],
  [/^application\/vnd\.dev\.sigstore\.bundle(?:\.v[\d.]+)?\+json/, "a Sigstore bundle (signature or attestation)"],
  [/^application\/(?:vnd\.dsse\.envelope\.v1|vnd\.in-toto)\+json$|^application\/vnd\.in-toto\./, "an attestation"],
  [/^application\/vnd\.cyclonedx(?:\+(?:json|xml))?$|^(?:application|text)\/spdx(?:\+(?:json|xml))?$/, "an SBOM"],
  [/^application\/vnd\.syft\+json$/, "an SBOM"],
  [/^application\/vnd\.openvex\+json$/, "a VEX document"],
];

/** By the type of the artifact or of its config. */
const BY_TYPE: readonly (readonly [RegExp, string])[] = [
  [/^application\/vnd\.cncf\.notary\.signature$/, "a signature of Notary Project"],
  [/^application\/vnd\.cncf\.helm\.config\.v1\+json$/, "a Helm chart"],
  ...BY_LAYER,
];

const NOTHING_SAID: ReadonlySet<string> = new Set(["", "application/vnd.oci.empty.v1+json"]);

/** `a signature of cosign`, `an artifact of TYPE`; undefined of what may be a container image. */
export function artifactKind({ artifactType, config, layers }: Manifest): string | undefined {
  const types = [artifactType ?? "", config.mediaType];
  const named = nameOf(types, BY_TYPE, "some");
  if (named !== undefined) return named;
  const held =
    layers.length === 0
      ? undefined
      : nameOf(
          layers.map(({ mediaType }) => mediaType),
          BY_LAYER,
          "every",
        );
  if (held !== undefined) return held;
  if (isImageConfig(config.mediaType)) return undefined;
  const type = types.find((each) => !NOTHING_SAID.has(each));
  return type === undefined ? "an artifact of no stated type" : `an artifact of ${type}`;
}

function nameOf(types: readonly string[], names: typeof BY_LAYER, which: "some" | "every"): string | undefined {
  return names.find(([pattern]) => types[which]((type) => pattern.test(type)))?.[1];
}
